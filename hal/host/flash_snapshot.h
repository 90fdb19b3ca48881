#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hal/host/sim_flash.h"

namespace simurgh::hal {

/// What a SimFlash holds at one moment, and the way back there. Only sectors that were touched in
/// between are copied, so that going back costs what was written, not the size of the flash. One
/// snapshot per flash at a time: it is what uses SimFlash::touched. Nobody else may write `memory`.
class FlashSnapshot {
 public:
  /// Taken here. @param memory  that of `flash`.
  FlashSnapshot(SimFlash& flash, std::span<uint8_t> memory)
      : flash_(flash), memory_(memory), content_(memory.begin(), memory.end()) {
    flash_.ForgetTouched();
  }

  /// A later moment, as the sectors that have been touched since the snapshot.
  struct Later {
    std::vector<uint32_t> sectors;
    std::vector<uint8_t> content;  ///< of each, in turn
  };
  Later Save() const;

  void Restore();
  void Restore(const Later& later);
  /// Something was written since the snapshot or the last Restore().
  bool changed() const { return !flash_.touched().empty(); }

 private:
  template <typename Byte>
  std::span<Byte> Sector(std::span<Byte> in, size_t number) const {
    const size_t bytes = flash_.shape().sector_bytes;
    return in.subspan(number * bytes, bytes);
  }

  SimFlash& flash_;
  std::span<uint8_t> memory_;
  std::vector<uint8_t> content_;
};

}  // namespace simurgh::hal
