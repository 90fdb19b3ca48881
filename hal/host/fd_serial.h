#pragma once

#include <string>

#include "hal/serial.h"

namespace simurgh::hal {

/// A serial line over a file descriptor: pipe end, unix or TCP socket, pty. Owns the descriptor.
class FdSerial final : public Serial {
 public:
  explicit FdSerial(int fd);
  ~FdSerial();
  FdSerial(const FdSerial&) = delete;
  FdSerial& operator=(const FdSerial&) = delete;
  size_t Read(Bytes out) override;
  bool Write(ConstBytes data) override;

 private:
  int fd_;
  bool tcp_;  ///< acknowledges at once: a peer that splits its writes would wait 40 ms for it
};

// Where the other side comes from. All throw std::runtime_error with the reason.
int ListenUnix(const std::string& path);
int ListenTcp(const std::string& host, const std::string& port);
int Accept(int listener);
int ConnectTcp(const std::string& host, const std::string& port);
/// A pseudo-terminal in raw mode. @param name  receives the path that a terminal opens.
int OpenPty(std::string& name);

}  // namespace simurgh::hal
