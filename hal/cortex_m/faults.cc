#include "hal/cortex_m/faults.h"

#include <cstddef>

#include "base/check.h"
#include "hal/cortex_m/board.h"
#include "hal/cortex_m/regs.h"

namespace simurgh::hal::cortex_m {
namespace {

using card_file::CountersPage;
using card_file::FaultCause;
using card_file::FaultRecord;
using card_file::RestartMark;

// No frame was pushed (MSTKERR, STKERR, STKOF): what lies at the stack pointer is not ours to read.
constexpr uint32_t kFrameLost = 1u << 4 | 1u << 12 | 1u << 20;

volatile CountersPage& Counters() {
  return *reinterpret_cast<volatile CountersPage*>(kBoard.file_base + card_file::kCountersAt);
}

void Begin(volatile FaultRecord& f) {
  f.cause = static_cast<uint32_t>(FaultCause::kNone);
  f.count = f.count + 1;
  f.pc = 0;
  f.lr = 0;
  f.xpsr = 0;
  f.sp = 0;
  f.cfsr = Reg(kCfsr);
  f.hfsr = Reg(kHfsr);
  f.mmfar = Reg(kMmfar);
  f.bfar = Reg(kBfar);
  f.sfsr = 0;
  f.line = 0;
  f.text[0] = 0;
}

bool Readable(const uint32_t* frame) {
  return frame >= simurgh_stack_bottom && frame + 8 <= simurgh_irq_stack_top &&
         reinterpret_cast<uintptr_t>(frame) % 4 == 0;
}

}  // namespace

void Halt() {
  DisableInterrupts();
  Reg(kSysTickCtrl) = 0;
  for (;;) {
    WaitForInterrupt();
  }
}

void Restart(RestartMark mark) {
  Counters().restart_mark = static_cast<uint32_t>(mark);
  Barrier();
  Reg(kAircr) = kAircrReset;
  Barrier();
  for (;;) {
  }
}

void Fail(FaultCause cause, uint32_t pc, const char* text, uint32_t line) {
  DisableInterrupts();
  volatile FaultRecord& f = Counters().fault;
  Begin(f);
  f.pc = pc;
  f.line = line;
  size_t i = 0;
  for (; text[i] != 0 && i + 1 < sizeof f.text; ++i) {
    f.text[i] = static_cast<uint8_t>(text[i]);
  }
  f.text[i] = 0;
  f.cause = static_cast<uint32_t>(cause);
  Restart(RestartMark::kFault);
}

/// @param frame  where the core pushed r0-r3, r12, lr, pc, xPSR of the interrupted code.
extern "C" [[noreturn, gnu::used]] void SimurghRecordFault(const uint32_t* frame, uint32_t number) {
  volatile FaultRecord& f = Counters().fault;
  Begin(f);
  f.sp = reinterpret_cast<uintptr_t>(frame);
  if ((f.cfsr & kFrameLost) == 0 && Readable(frame)) {
    f.lr = frame[5];
    f.pc = frame[6];
    f.xpsr = frame[7];
  }
#if __ARM_ARCH == 8
  f.sfsr = Reg(kSfsr);
#endif
  const bool fault = number >= 2 && number <= 7;
  f.line = fault ? 0 : number;
  f.cause = fault ? number : static_cast<uint32_t>(FaultCause::kStrayInterrupt);
  Restart(RestartMark::kFault);
}

// EXC_RETURN bit 2 tells which stack the frame is on.
extern "C" [[gnu::naked, gnu::used]] void SimurghFault() {
  asm volatile(
      "tst lr, #4\n\t"
      "ite eq\n\t"
      "mrseq r0, msp\n\t"
      "mrsne r0, psp\n\t"
      "mrs r1, ipsr\n\t"
      "b SimurghRecordFault\n\t");
}

extern "C" [[gnu::naked, gnu::used]] void SimurghStray() { asm volatile("b SimurghFault\n\t"); }

}  // namespace simurgh::hal::cortex_m

namespace simurgh {

void CheckFailed(const char* condition, const char*, int line) {
  const auto pc = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  hal::cortex_m::Fail(hal::card_file::FaultCause::kCheckFailed, pc, condition,
                      static_cast<uint32_t>(line));
}

}  // namespace simurgh

// What the compiler and the C library may call. Defining them here keeps the library's versions,
// which need the heap, signals and unwinding, out of the firmware.
extern "C" [[noreturn]] void abort() {
  const auto pc = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  simurgh::hal::cortex_m::Fail(simurgh::hal::card_file::FaultCause::kCheckFailed, pc, "abort", 0);
}

extern "C" [[noreturn]] void __cxa_pure_virtual() {
  const auto pc = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  simurgh::hal::cortex_m::Fail(simurgh::hal::card_file::FaultCause::kPureVirtual, pc, "", 0);
}
