#pragma once

#include <cstdint>

#include "hal/card_file.h"

namespace simurgh::hal::cortex_m {

/// Restarts the machine (SYSRESETREQ) and leaves the mark that the next start reads.
[[noreturn]] void Restart(card_file::RestartMark mark);

/// Sleeps for good with interrupts off.
[[noreturn]] void Halt();

/// Writes a fault record with no registers but the return address, then restarts.
[[noreturn]] void Fail(card_file::FaultCause cause, uint32_t pc, const char* text, uint32_t line);

}  // namespace simurgh::hal::cortex_m
