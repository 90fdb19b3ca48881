#pragma once

#include <cstdint>

namespace simurgh::hal {

enum class ResetCause : uint8_t { kPowerOn, kRequested, kFault, kWatchdog };

class Reset {
 public:
  virtual ResetCause cause() const = 0;
  /// Restarts the machine. A board does not return; a host card returns, and its runner rebuilds
  /// the card, which is the same thing.
  virtual void Restart() = 0;

 protected:
  ~Reset() = default;
};

}  // namespace simurgh::hal
