#pragma once

#include "base/bytes.h"

namespace simurgh::hal {

/// A reliable, ordered byte pipe to the terminal: UART, TCP socket, pty. Framing is apdu/'s work.
class Serial {
 public:
  /// Waits until at least one byte is there, then returns 1..out.size() bytes. 0 means the other
  /// side is gone for good (never on a UART). A board sleeps (WFI) while it waits.
  virtual size_t Read(Bytes out) = 0;
  /// Sends all bytes, as one write where the medium has writes.
  /// @returns false when the other side is gone.
  virtual bool Write(ConstBytes data) = 0;

 protected:
  ~Serial() = default;
};

}  // namespace simurgh::hal
