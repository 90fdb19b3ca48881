// From reset to main(): vector table, memory, protection. No static constructors, no heap.

#include <cstdint>

#include "hal/cortex_m/board.h"
#include "hal/cortex_m/faults.h"
#include "hal/cortex_m/mpu.h"
#include "hal/cortex_m/regs.h"
#include "hal/cortex_m/stack.h"

int main();

namespace simurgh::hal::cortex_m {
namespace {

void InitializeMemory() {
  const uint32_t* from = simurgh_data_load;
  for (uint32_t* to = simurgh_data_start; to != simurgh_data_end; ++to) {
    *to = *from++;
  }
  for (uint32_t* word = simurgh_bss_start; word != simurgh_bss_end; ++word) {
    *word = 0;
  }
}

}  // namespace
}  // namespace simurgh::hal::cortex_m

extern "C" [[noreturn, gnu::used]] void SimurghStart() {
  namespace m = simurgh::hal::cortex_m;
  m::InitializeMemory();
  m::PaintStack();
  m::Reg(m::kVtor) = reinterpret_cast<uintptr_t>(simurgh_vectors);
  m::Reg(m::kCcr) = m::Reg(m::kCcr) | m::kCcrDivideTrap;
  m::Reg(m::kShcsr) = m::Reg(m::kShcsr) | m::kShcsrFaults;
  m::ProtectMemory();
  m::EnableInterrupts();
  (void)main();
  m::Halt();  // main does not return; if it does, stay off
}

// Threads run on the process stack, handlers on the main stack: a handler still has a stack when
// the thread's is used up.
extern "C" [[gnu::naked, noreturn, gnu::used]] void SimurghReset() {
  asm volatile(
      "cpsid i\n\t"
      "ldr r0, =simurgh_stack_top\n\t"
      "msr psp, r0\n\t"
      "movs r0, #2\n\t"
      "msr control, r0\n\t"
      "isb\n\t"
      "b SimurghStart\n\t");
}

extern "C" void SimurghSysTick();
extern "C" void SimurghUartReceive();
extern "C" void SimurghFault();
extern "C" void SimurghStray();

namespace {

using Handler = void (*)();
constexpr int kIrqs = 64;  // more than either machine's UART needs

struct VectorTable {
  uint32_t* stack = simurgh_irq_stack_top;
  Handler exceptions[15];
  Handler irqs[kIrqs];
};

// Every interrupt goes to the UART: it is the only device whose interrupts are ever enabled.
constexpr VectorTable Vectors() {
  VectorTable t{};
  for (Handler& h : t.exceptions) {
    h = SimurghStray;
  }
  t.exceptions[0] = SimurghReset;
  for (int fault = 1; fault <= 6; ++fault) {  // NMI, HardFault .. SecureFault: exceptions 2..7
    t.exceptions[fault] = SimurghFault;
  }
  t.exceptions[14] = SimurghSysTick;
  for (Handler& h : t.irqs) {
    h = SimurghUartReceive;
  }
  return t;
}

[[gnu::section(".vectors"), gnu::used]] constinit const VectorTable table = Vectors();

}  // namespace

