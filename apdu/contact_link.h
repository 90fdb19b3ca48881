#pragma once

#include <array>

#include "apdu/contact.h"
#include "hal/serial.h"

namespace simurgh::apdu {

/// Escapes of the contacts carried over a byte pipe (docs/formats/contacts.md).
namespace wire {
inline constexpr uint8_t kEscape = 0x1B;   ///< doubled: the character 1B
inline constexpr uint8_t kReset = 'R';     ///< RST went low and high again
inline constexpr uint8_t kSilence = 'T';   ///< more than the waiting time has passed
}  // namespace wire

/// The driver of a Contact where the contacts are a byte pipe: QEMU's UART, a pty, a socket. A pipe
/// has no reset line and no clock, so the reader says both (docs/formats/contacts.md).
class ContactLink {
 public:
  ContactLink(hal::Serial& serial, Door& door, const AtrRow& row)
      : serial_(serial), contact_(door, row) {}

  /// Runs until the machine waits for the reader again. @returns false when that one is gone.
  bool RunOne();
  void Run() {
    while (RunOne()) {
    }
  }

 private:
  bool Send(ConstBytes characters);
  void Take(uint8_t byte);

  hal::Serial& serial_;
  Contact contact_;
  std::array<uint8_t, 64> in_{};
  size_t in_at_ = 0;
  size_t in_size_ = 0;
  bool escaped_ = false;
};

}  // namespace simurgh::apdu
