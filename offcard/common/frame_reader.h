#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "apdu/frame_client.h"
#include "hal/serial.h"
#include "offcard/common/card.h"

namespace simurgh::offcard {

/// A file descriptor (socket, pty, serial device) as a byte pipe. Read waits at most `patience_ms`.
class FdSerial final : public hal::Serial {
 public:
  /// Takes the descriptor over and closes it.
  explicit FdSerial(int fd, int patience_ms = 2000) : fd_(fd), patience_ms_(patience_ms) {}
  ~FdSerial();
  FdSerial(const FdSerial&) = delete;
  FdSerial& operator=(const FdSerial&) = delete;
  size_t Read(Bytes out) override;
  bool Write(ConstBytes data) override;

 private:
  int fd_;
  int patience_ms_;
};

/// A card at the other end of a framed byte pipe (docs/formats/frame.md).
class FrameReader final : public Reader {
 public:
  /// @param name  the URI, for errors.
  FrameReader(int fd, std::string name);
  std::vector<uint8_t> Reset() override;
  std::vector<uint8_t> Transmit(ConstBytes command) override;
  Wire wire() const override {
    const apdu::FrameClient::Counters& c = client_.counters();
    return {c.bytes_out, c.bytes_in, c.requests};
  }

 private:
  [[noreturn]] void Fail(Error error, const char* doing) const;

  std::string name_;
  FdSerial serial_;
  apdu::FrameClient client_;
  std::vector<uint8_t> answer_;
};

/// Connected sockets and opened devices, ready for FdSerial. @throws UserError.
int ConnectTcp(const std::string& host, uint16_t port);
int ConnectUnix(const std::string& path);
int OpenSerial(const std::string& path, uint32_t baud);

}  // namespace simurgh::offcard
