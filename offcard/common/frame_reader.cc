#include "offcard/common/frame_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

/// The longest answer: 65536 bytes and a status word (ISO/IEC 7816-3 12.1.3).
constexpr size_t kMaxAnswer = 65536 + 2;

std::string Reason() { return std::strerror(errno); }

struct Baud {
  uint32_t rate;
  speed_t code;
};
constexpr Baud kBauds[] = {{9600, B9600},       {19200, B19200},     {38400, B38400},
                           {57600, B57600},     {115200, B115200},   {230400, B230400},
                           {460800, B460800},   {921600, B921600},   {1000000, B1000000},
                           {1500000, B1500000}, {2000000, B2000000}, {3000000, B3000000}};

speed_t BaudCode(uint32_t rate) {
  for (const Baud& b : kBauds) {
    if (b.rate == rate) { return b.code; }
  }
  throw UserError(fmt::format("{} baud is not a rate this system knows; try 115200", rate));
}

}  // namespace

FdSerial::~FdSerial() {
  if (fd_ >= 0) { close(fd_); }
}

size_t FdSerial::Read(Bytes out) {
  pollfd p = {fd_, POLLIN, 0};
  int ready;
  do {
    ready = poll(&p, 1, patience_ms_);
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) { return 0; }
  ssize_t n;
  do {
    n = read(fd_, out.data(), out.size());
  } while (n < 0 && errno == EINTR);
  return n > 0 ? static_cast<size_t>(n) : 0;
}

bool FdSerial::Write(ConstBytes data) {
  while (!data.empty()) {
    ssize_t n = send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == ENOTSOCK) { n = write(fd_, data.data(), data.size()); }
    if (n < 0 && errno == EINTR) { continue; }
    if (n <= 0) { return false; }
    data = data.subspan(static_cast<size_t>(n));
  }
  return true;
}

FrameReader::FrameReader(int fd, std::string name)
    : name_(std::move(name)), serial_(fd), client_(serial_), answer_(kMaxAnswer) {
  client_.OnText(
      [](void*, ConstBytes line) {
        std::fprintf(stderr, "card: %.*s\n", static_cast<int>(line.size()),
                     reinterpret_cast<const char*>(line.data()));
      },
      nullptr);
}

void FrameReader::Fail(Error error, const char* doing) const {
  switch (error) {
    case Error::kHardware:
      throw UserError(fmt::format("{}: no answer to {} ({} tries); is the card running and free?",
                                  name_, doing, apdu::FrameClient::kTries));
    case Error::kRange:
      throw UserError(fmt::format("{}: a command has 1..65544 bytes", name_));
    case Error::kState:
      throw UserError(fmt::format("{}: the last exchange failed; reset the card first", name_));
    default:
      throw UserError(fmt::format("{}: the card broke the frame protocol at {}; reset it", name_,
                                  doing));
  }
}

std::vector<uint8_t> FrameReader::Reset() {
  const Result<ConstBytes> atr = client_.Reset();
  if (!atr.ok()) { Fail(atr.error(), "reset"); }
  return {atr.value().begin(), atr.value().end()};
}

std::vector<uint8_t> FrameReader::Transmit(ConstBytes command) {
  const Result<Bytes> answer = client_.Transmit(command, answer_);
  if (!answer.ok()) { Fail(answer.error(), "a command"); }
  return {answer.value().begin(), answer.value().end()};
}

int ConnectTcp(const std::string& host, uint16_t port) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string service = std::to_string(port);
  if (const int e = getaddrinfo(host.c_str(), service.c_str(), &hints, &found); e != 0) {
    throw UserError(fmt::format("tcp:{}:{}: {}", host, port, gai_strerror(e)));
  }
  int fd = -1;
  for (const addrinfo* a = found; a != nullptr && fd < 0; a = a->ai_next) {
    fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
    if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
      close(fd);
      fd = -1;
    }
  }
  const std::string reason = Reason();
  freeaddrinfo(found);
  if (fd < 0) {
    throw UserError(fmt::format("tcp:{}:{}: {}; start a card with: simurgh card run --card "
                                "host:FLASH --listen {}", host, port, reason, port));
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

int ConnectUnix(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw UserError(fmt::format("unix:{}: the path is longer than {} characters", path,
                                sizeof address.sun_path - 1));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const std::string reason = Reason();
    if (fd >= 0) { close(fd); }
    throw UserError(fmt::format("unix:{}: {}", path, reason));
  }
  return fd;
}

int OpenSerial(const std::string& path, uint32_t baud) {
  const speed_t code = BaudCode(baud);
  const int fd = open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) { throw UserError(fmt::format("serial:{}: {}", path, Reason())); }
  termios tio = {};
  if (tcgetattr(fd, &tio) != 0) {
    const std::string reason = Reason();
    close(fd);
    throw UserError(fmt::format("serial:{}: not a serial device ({})", path, reason));
  }
  cfmakeraw(&tio);
  tio.c_cflag |= CLOCAL | CREAD;
  tio.c_cc[VMIN] = 1;
  tio.c_cc[VTIME] = 0;
  cfsetispeed(&tio, code);
  cfsetospeed(&tio, code);
  tcsetattr(fd, TCSANOW, &tio);
  tcflush(fd, TCIOFLUSH);
  return fd;
}

}  // namespace simurgh::offcard
