#include "offcard/common/door.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "apdu/vpcd_link.h"
#include "offcard/common/frame_reader.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

constexpr int kPollMs = 200;  ///< how soon `stop` is noticed

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) { close(fd_); }
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

int Listen(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);  // a card has no access control of its own
  address.sin_port = htons(port);
  if (fd < 0 || bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(fd, 1) != 0) {
    const std::string reason = std::strerror(errno);
    if (fd >= 0) { close(fd); }
    throw UserError(fmt::format("port {}: {}; choose another with --listen", port, reason));
  }
  return fd;
}

uint16_t PortOf(int fd) {
  sockaddr_in address = {};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

bool SendAll(int fd, ConstBytes data) {
  while (!data.empty()) {
    const ssize_t n = send(fd, data.data(), data.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) { continue; }
    if (n <= 0) { return false; }
    data = data.subspan(static_cast<size_t>(n));
  }
  return true;
}

enum class Pumped { kGoesOn, kTerminalGone, kCardGone };

/// Moves what is there in both directions.
Pumped Pump(int card, int terminal, LineTap* tap) {
  pollfd p[2] = {{card, POLLIN, 0}, {terminal, POLLIN, 0}};
  if (poll(p, 2, kPollMs) < 0 && errno != EINTR) { return Pumped::kCardGone; }
  uint8_t buffer[4096];
  if (p[0].revents != 0) {
    const ssize_t n = read(card, buffer, sizeof buffer);
    if (n <= 0) { return Pumped::kCardGone; }
    if (tap != nullptr) { tap->FromCard(ConstBytes(buffer, static_cast<size_t>(n))); }
    if (!SendAll(terminal, ConstBytes(buffer, static_cast<size_t>(n)))) { return Pumped::kTerminalGone; }
  }
  if (p[1].revents != 0) {
    const ssize_t n = read(terminal, buffer, sizeof buffer);
    if (n <= 0) { return Pumped::kTerminalGone; }
    if (tap != nullptr) { tap->ToCard(ConstBytes(buffer, static_cast<size_t>(n))); }
    if (!SendAll(card, ConstBytes(buffer, static_cast<size_t>(n)))) { return Pumped::kCardGone; }
  }
  return Pumped::kGoesOn;
}

/// Turns what the vpcd protocol asks of a card into exchanges with a Reader.
class ReaderDoor final : public apdu::Door {
 public:
  explicit ReaderDoor(Reader& reader) : reader_(reader), atr_(reader.Reset()) {}
  void Reset() override {
    command_.clear();
    atr_ = reader_.Reset();
  }
  ConstBytes Atr() override { return atr_; }
  void Feed(ConstBytes part) override { command_.insert(command_.end(), part.begin(), part.end()); }
  ConstBytes Finish() override {
    answer_ = reader_.Transmit(command_);
    command_.clear();
    return answer_;
  }

 private:
  Reader& reader_;
  std::vector<uint8_t> atr_;
  std::vector<uint8_t> command_;
  std::vector<uint8_t> answer_;
};

}  // namespace

void ServeTcp(int card_fd, uint16_t port, const std::atomic<bool>& stop, void (*ready)(uint16_t), LineTap* tap) {
  const Socket listener(Listen(port));
  ready(PortOf(listener.fd()));
  while (!stop) {
    // The card is watched between terminals too: one that died ends the service.
    pollfd p[2] = {{listener.fd(), POLLIN, 0}, {card_fd, POLLRDHUP, 0}};
    poll(p, 2, kPollMs);
    if ((p[1].revents & (POLLRDHUP | POLLHUP)) != 0) { throw UserError("the card has stopped"); }
    if ((p[0].revents & POLLIN) == 0) { continue; }
    const Socket terminal(accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    const int on = 1;
    setsockopt(terminal.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Pumped state = Pumped::kGoesOn;
    while (!stop && state == Pumped::kGoesOn) { state = Pump(card_fd, terminal.fd(), tap); }
    if (state == Pumped::kCardGone) { throw UserError("the card has stopped"); }
  }
}

void ServeVpcd(Reader& card, const std::string& host, uint16_t port) {
  int fd = -1;
  try {
    fd = ConnectTcp(host, port);
  } catch (const UserError&) {
    throw UserError(fmt::format("vpcd: nobody listens at {}:{}; install vsmartcard-vpcd and start pcscd",
                                host, port));
  }
  FdSerial serial(fd, -1);
  ReaderDoor door(card);
  std::vector<uint8_t> room(65536 + 4);
  apdu::VpcdLink(serial, door, room).Run();
}

}  // namespace simurgh::offcard
