#pragma once

#include <cstdint>

namespace simurgh::hal {

/// Time as the platform knows it. `Ticks` is monotonic since boot; `UnixSeconds` is 0 on a platform
/// that cannot vouch for the date.
class Clock {
 public:
  virtual uint64_t Milliseconds() const = 0;
  virtual uint64_t UnixSeconds() const = 0;

 protected:
  ~Clock() = default;
};

}  // namespace simurgh::hal
