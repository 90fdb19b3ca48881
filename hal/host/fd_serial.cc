#include "hal/host/fd_serial.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace simurgh::hal {
namespace {

[[noreturn]] void Throw(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

bool IsTcp(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  return ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
         (address.ss_family == AF_INET || address.ss_family == AF_INET6);
}

/// First address of host and port that `use` accepts.
template <typename Use>
int WithAddress(const std::string& host, const std::string& port, bool listen, Use use) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = listen ? AI_PASSIVE : 0;
  addrinfo* list = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
  if (failed != 0) {
    throw std::runtime_error(host + ":" + port + ": " + ::gai_strerror(failed));
  }
  for (const addrinfo* a = list; a != nullptr; a = a->ai_next) {
    const int fd = ::socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
    if (fd >= 0 && use(fd, *a)) {
      ::freeaddrinfo(list);
      return fd;
    }
    const int reason = errno;
    ::close(fd);
    errno = reason;
  }
  ::freeaddrinfo(list);
  Throw(host + ":" + port);
}

}  // namespace

FdSerial::FdSerial(int fd) : fd_(fd), tcp_(IsTcp(fd)) {
  if (tcp_) {
    const int on = 1;
    (void)::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
}

FdSerial::~FdSerial() { ::close(fd_); }

size_t FdSerial::Read(Bytes out) {
  for (;;) {
    if (tcp_) {  // the kernel takes this back after a while: ask before every receive
      const int on = 1;
      (void)::setsockopt(fd_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    }
    const ssize_t n = ::read(fd_, out.data(), out.size());
    if (n >= 0) {
      return static_cast<size_t>(n);
    }
    if (errno != EINTR) {
      return 0;
    }
  }
}

bool FdSerial::Write(ConstBytes data) {
  while (!data.empty()) {
    ssize_t n = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == ENOTSOCK) {
      n = ::write(fd_, data.data(), data.size());
    }
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return false;
    }
    data = data.subspan(static_cast<size_t>(n));
  }
  return true;
}

int ListenUnix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw std::runtime_error(path + " is too long for a unix socket");
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  (void)::unlink(path.c_str());
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd, 1) != 0) {
    Throw(path);
  }
  return fd;
}

int ListenTcp(const std::string& host, const std::string& port) {
  return WithAddress(host, port, true, [](int fd, const addrinfo& a) {
    const int on = 1;
    (void)::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return ::bind(fd, a.ai_addr, a.ai_addrlen) == 0 && ::listen(fd, 1) == 0;
  });
}

int ConnectTcp(const std::string& host, const std::string& port) {
  return WithAddress(host, port, false, [](int fd, const addrinfo& a) {
    return ::connect(fd, a.ai_addr, a.ai_addrlen) == 0;
  });
}

int Accept(int listener) {
  for (;;) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) {
      return fd;
    }
    if (errno != EINTR) {
      Throw("accept");
    }
  }
}

int OpenPty(std::string& name) {
  const int fd = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  char path[128];
  if (fd < 0 || ::grantpt(fd) != 0 || ::unlockpt(fd) != 0 || ::ptsname_r(fd, path, sizeof path) != 0) {
    Throw("no pseudo-terminal");
  }
  name = path;
  // An open slave end of our own: the line stays up when a terminal closes its end.
  const int slave = ::open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios t{};
  if (slave < 0 || ::tcgetattr(slave, &t) != 0) {
    Throw(name);
  }
  ::cfmakeraw(&t);
  if (::tcsetattr(slave, TCSANOW, &t) != 0) {
    Throw(name);
  }
  return fd;
}

}  // namespace simurgh::hal
