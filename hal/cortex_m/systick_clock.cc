#include "hal/cortex_m/systick_clock.h"

#include "hal/cortex_m/board.h"
#include "hal/cortex_m/regs.h"

namespace simurgh::hal::cortex_m {
namespace {

constexpr uint32_t kReload = 0xFFFFFF;
constinit volatile uint32_t wraps = 0;  // the timer is one piece of hardware: so is its counter

}  // namespace

extern "C" [[gnu::used]] void SimurghSysTick() { wraps = wraps + 1; }

SysTickClock::SysTickClock(uint64_t unix_seconds) : unix_seconds_(unix_seconds) {
  wraps = 0;
  Reg(kSysTickReload) = kReload;
  Reg(kSysTickValue) = 0;
  Reg(kSysTickCtrl) = 7;
}

uint64_t SysTickClock::Ticks() const {
  for (;;) {
    const uint32_t before = wraps;
    const uint32_t left = Reg(kSysTickValue);
    if (before == wraps) {  // no wrap in between: the two belong together
      return static_cast<uint64_t>(before) * (kReload + 1) + (kReload - left);
    }
  }
}

uint32_t SysTickClock::tick_nanoseconds() const { return 1'000'000'000 / kBoard.cpu_hz; }

uint64_t SysTickClock::Milliseconds() const { return Ticks() / (kBoard.cpu_hz / 1000); }

uint64_t SysTickClock::UnixSeconds() const {
  return unix_seconds_ == 0 ? 0 : unix_seconds_ + Milliseconds() / 1000;
}

}  // namespace simurgh::hal::cortex_m
