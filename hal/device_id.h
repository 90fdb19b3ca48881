#pragma once

#include <array>
#include <cstdint>

namespace simurgh::hal {

/// What makes this device this device, and lies outside the rewritable flash: fuses on a board, the
/// identity page that the launcher fills on the PC and in QEMU (docs/formats/card_file.md). A copy
/// of the flash into another device meets another Identity.
struct Identity {
  std::array<uint8_t, 16> eid{};       ///< 32 BCD digits (SGP.22 4.3.1); the eSE id
  std::array<uint8_t, 32> root_key{};  ///< device key; everything sealed at rest derives from it
  std::array<uint8_t, 16> batch{};     ///< production batch, zero when none
};

class DeviceId {
 public:
  virtual const Identity& identity() const = 0;

 protected:
  ~DeviceId() = default;
};

}  // namespace simurgh::hal
