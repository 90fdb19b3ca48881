#include <cstdint>

#include "hal/card_file.h"
#include "hal/cortex_m/board.h"
#include "hal/cortex_m/mpu.h"
#include "hal/cortex_m/regs.h"

namespace simurgh::hal::cortex_m {
namespace {

// Armv8-M MPU (Arm DDI 0553 B10): regions have any multiple of 32 bytes and must not overlap, so
// what is to be closed is left out.
constexpr uint32_t kReadWrite = 0u << 1;  // AP, privileged code only
constexpr uint32_t kReadOnly = 2u << 1;
constexpr uint32_t kExecuteNever = 1;
constexpr uint32_t kNormal = 0u << 1;     // index into the attributes below
constexpr uint32_t kDevice = 1u << 1;
constexpr uint32_t kAttributes = 0x0044;  // 0: memory, not cached; 1: device nGnRnE

void SetRegion(uint32_t number, uint32_t base, uint32_t end, uint32_t access, uint32_t kind) {
  Reg(kMpuRegion) = number;
  Reg(kMpuBase) = base | access;
  Reg(kMpuLimit) = ((end - 1) & ~31u) | kind | 1;
}

uint32_t At(const uint32_t* symbol) { return reinterpret_cast<uintptr_t>(symbol); }

}  // namespace

void ProtectMemory() {
  const Board& b = kBoard;
  Reg(kMpuAttributes) = kAttributes;
  SetRegion(0, At(simurgh_code_start), At(simurgh_code_end), kReadOnly, kNormal);
  SetRegion(1, At(simurgh_ram_start), At(simurgh_ram_end), kReadWrite | kExecuteNever, kNormal);
  SetRegion(2, b.uart_base, b.uart_base + 4096, kReadWrite | kExecuteNever, kDevice);
  SetRegion(3, b.file_base, b.file_base + card_file::kFileBytes, kReadWrite | kExecuteNever, kNormal);
  Barrier();
  Reg(kMpuCtrl) = 1;  // enabled; no background map; off inside HardFault and NMI
  // Room for the exception frame that reports an overflow is not needed: the core does not push it.
  asm volatile("msr psplim, %0" ::"r"(simurgh_stack_bottom));
  asm volatile("msr msplim, %0" ::"r"(simurgh_irq_stack_bottom));
  Barrier();
}

}  // namespace simurgh::hal::cortex_m
