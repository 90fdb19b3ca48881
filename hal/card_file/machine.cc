#include "hal/card_file/machine.h"

#include "base/bytes.h"

namespace simurgh::hal::card_file {
namespace {

ResetCause CauseOf(uint32_t mark) {
  switch (static_cast<RestartMark>(mark)) {
    case RestartMark::kRequested:
      return ResetCause::kRequested;
    case RestartMark::kFault:
      return ResetCause::kFault;
    case RestartMark::kPowerOn:
      break;
  }
  return ResetCause::kPowerOn;
}

template <size_t N>
void CopyOut(std::array<uint8_t, N>& to, const volatile uint8_t (&from)[N]) {
  for (size_t i = 0; i < N; ++i) {
    to[i] = from[i];
  }
}

}  // namespace

FileMachine::FileMachine(uint8_t* memory)
    : machine_(*reinterpret_cast<volatile MachinePage*>(memory + kMachineAt)),
      counters_(*reinterpret_cast<volatile CountersPage*>(memory + kCountersAt)),
      prepared_(machine_.magic == kMagic && machine_.version == kVersion) {
  if (!prepared_) {
    return;
  }
  CopyOut(identity_.eid, machine_.eid);
  CopyOut(identity_.root_key, machine_.root_key);
  CopyOut(identity_.batch, machine_.batch);
  CopyOut(seed_, machine_.seed);
  cause_ = CauseOf(counters_.restart_mark);
  counters_.restart_mark = static_cast<uint32_t>(RestartMark::kPowerOn);
  boot_ = counters_.boots + 1;
  counters_.boots = boot_;
}

void FileMachine::CountCommand(uint64_t ticks, uint32_t tick_nanoseconds) {
  counters_.last_ticks = ticks;
  counters_.last_instructions = ticks * tick_nanoseconds;
  counters_.tick_nanoseconds = tick_nanoseconds;
  counters_.total_ticks = counters_.total_ticks + ticks;
  counters_.commands = counters_.commands + 1;  // last: whoever polls it reads the rest complete
}

}  // namespace simurgh::hal::card_file
