#include "hal/host/host_machine.h"

#include <unistd.h>

namespace simurgh::hal {

uint64_t HostClock::Ticks() const {
  const auto since = std::chrono::steady_clock::now() - start_;
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

uint64_t HostClock::UnixSeconds() const {
  return unix_seconds_ == 0 ? 0 : unix_seconds_ + Milliseconds() / 1000;
}

void HostReset::Restart() {
  file_.MarkRestart(card_file::RestartMark::kRequested);
  requested_ = true;
}

void HostPowerSwitch::Off() { ::_exit(kCutExit); }

HostMachine::HostMachine(uint8_t* memory, FlashShape flash)
    : file_(memory),
      reset_(file_.cause(), file_),
      flash_(memory, flash, power_),
      entropy_(file_.seed(), file_.boot()),
      clock_(file_.unix_seconds_at_start()) {
  file_.counters().tick_nanoseconds = 1;
  file_.counters().stack_high_water = 0;
  file_.counters().stack_bytes = 0;
}

Platform HostMachine::platform() { return {flash_, entropy_, clock_, file_, file_, reset_}; }

void HostMachine::CountCommand(uint64_t ticks, uint32_t arena_high_water) {
  file_.counters().arena_high_water = arena_high_water;
  file_.CountCommand(ticks, 1);
}

}  // namespace simurgh::hal
