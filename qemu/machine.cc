#include "qemu/machine.h"

#include "hal/cortex_m/board.h"
#include "hal/cortex_m/faults.h"
#include "hal/cortex_m/stack.h"

namespace simurgh::qemu {
namespace {

namespace cortex_m = hal::cortex_m;
using hal::card_file::CountersPage;
using hal::card_file::FaultCause;
using hal::card_file::RestartMark;

constexpr uint32_t kFaultyStarts = 4;

uint8_t* FileMemory() { return reinterpret_cast<uint8_t*>(cortex_m::kBoard.file_base); }

}  // namespace

void SystemReset::Restart() { cortex_m::Restart(RestartMark::kRequested); }

void SystemReset::Off() { cortex_m::Halt(); }

Machine::Machine(hal::FlashShape flash)
    : file_(FileMemory()),
      reset_(file_.cause()),
      flash_(FileMemory(), flash, reset_),
      entropy_(file_.seed(), file_.boot()),
      clock_(file_.unix_seconds_at_start()) {
  volatile CountersPage& c = file_.counters();
  if (!file_.prepared()) {
    c.fault.cause = static_cast<uint32_t>(FaultCause::kNoMachinePage);
    cortex_m::Halt();
  }
  const uint32_t starts = static_cast<uint32_t>(file_.boot()) - c.ready;
  if (file_.cause() == hal::ResetCause::kFault && starts >= kFaultyStarts) {
    cortex_m::Halt();
  }
  c.tick_nanoseconds = clock_.tick_nanoseconds();
  c.stack_bytes = cortex_m::StackBytes();
}

Platform Machine::platform() { return {flash_, entropy_, clock_, file_, file_, reset_}; }

void Machine::CountCommand(uint64_t ticks, uint32_t arena_high_water) {
  volatile CountersPage& c = file_.counters();
  c.arena_high_water = arena_high_water;
  c.stack_high_water = cortex_m::StackHighWater();
  file_.CountCommand(ticks, clock_.tick_nanoseconds());
}

void Machine::BootFailed(Error why) {
  volatile CountersPage& c = file_.counters();
  c.fault.line = static_cast<uint32_t>(why);
  c.fault.cause = static_cast<uint32_t>(FaultCause::kBootFailed);
  cortex_m::Halt();
}

}  // namespace simurgh::qemu
