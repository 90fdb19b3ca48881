#pragma once

#include <array>

#include "apdu/link.h"
#include "hal/serial.h"

namespace simurgh::apdu {

/// Card side of the vpcd protocol (virtual PC/SC reader of vsmartcard): 16-bit big-endian length and
/// data; a message of one byte is a control: 00 power off, 01 power on, 02 reset, 04 send the ATR.
class VpcdLink {
 public:
  /// @param room  holds one outgoing message: 2 + the longest answer of the door. A longer answer is
  ///              replaced by 6F00.
  VpcdLink(hal::Serial& serial, Door& door, Bytes room)
      : serial_(serial), door_(door), room_(room) {}

  /// Serves one message. @returns false when the reader is gone.
  bool RunOne();
  void Run() {
    while (RunOne()) {
    }
  }

 private:
  size_t Read(Bytes out);
  bool ReadExactly(Bytes out);
  bool Control(uint8_t control);
  bool Command(size_t size);
  bool Send(ConstBytes message);

  hal::Serial& serial_;
  Door& door_;
  Bytes room_;
  std::array<uint8_t, 512> in_{};  ///< a short message costs one read, not two
  size_t in_at_ = 0;
  size_t in_size_ = 0;
};

}  // namespace simurgh::apdu
