#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/error.h"

namespace simurgh::hal {

/// Geometry of a flash, in bytes. Everything above hal/ works with any sector of 2 KiB or more and
/// any program unit that is a power of two up to 16.
struct FlashShape {
  uint32_t sectors = 0;
  uint32_t sector_bytes = 0;
  uint32_t program_bytes = 0;
};

/// NOR flash: Program clears bits (FF to anything, and again any 1 to 0 in bytes written before),
/// Erase sets a sector to FF. A power cut leaves any subset of the touched bits changed, and reads
/// of them stable. Calls block until the flash is idle.
class Flash {
 public:
  virtual FlashShape shape() const = 0;
  /// @error kRange: outside the flash.  kHardware.
  virtual Error Read(uint32_t at, Bytes out) = 0;
  /// `at` and `data.size()` are multiples of program_bytes; the range lies within one sector.
  /// @error kRange, kHardware (a bit would have to become 1, or the device reported a failure).
  virtual Error Program(uint32_t at, ConstBytes data) = 0;
  virtual Error Erase(uint32_t sector) = 0;

 protected:
  ~Flash() = default;
};

/// A run of sectors of another flash, seen as a flash of its own: how store and secure area share
/// one device without knowing of each other.
class FlashRegion final : public Flash {
 public:
  FlashRegion(Flash& device, uint32_t first_sector, uint32_t sectors)
      : device_(device),
        first_(first_sector),
        sectors_(sectors),
        base_(first_sector * device.shape().sector_bytes),
        bytes_(sectors * device.shape().sector_bytes) {}
  FlashShape shape() const override {
    FlashShape s = device_.shape();
    s.sectors = sectors_;
    return s;
  }
  Error Read(uint32_t at, Bytes out) override {
    return Inside(at, out.size()) ? device_.Read(base_ + at, out) : Error::kRange;
  }
  Error Program(uint32_t at, ConstBytes data) override {
    return Inside(at, data.size()) ? device_.Program(base_ + at, data) : Error::kRange;
  }
  Error Erase(uint32_t sector) override {
    return sector < sectors_ ? device_.Erase(first_ + sector) : Error::kRange;
  }

 private:
  bool Inside(uint32_t at, size_t size) const { return at <= bytes_ && size <= bytes_ - at; }

  Flash& device_;
  uint32_t first_;
  uint32_t sectors_;
  uint32_t base_;   // kept: every read of the card passes here
  uint32_t bytes_;
};

}  // namespace simurgh::hal
