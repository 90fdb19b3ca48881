#pragma once

#include <cstdint>

#include "hal/clock.h"

namespace simurgh::hal::cortex_m {

/// Time from SysTick, which counts core clocks and interrupts once per 2^24 of them (0.67 s at
/// 25 MHz): an idle machine is hardly ever woken. Under QEMU's `-icount shift=0` one instruction
/// lasts 1 ns, so a tick is tick_nanoseconds() instructions.
class SysTickClock final : public Clock {
 public:
  /// Starts the timer. @param unix_seconds  the date now, 0 when unknown.
  explicit SysTickClock(uint64_t unix_seconds);
  uint64_t Ticks() const;  ///< core clocks since the start
  uint32_t tick_nanoseconds() const;
  uint64_t Milliseconds() const override;
  uint64_t UnixSeconds() const override;

 private:
  uint64_t unix_seconds_;
};

}  // namespace simurgh::hal::cortex_m
