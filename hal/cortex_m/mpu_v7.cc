#include <bit>
#include <cstdint>

#include "hal/card_file.h"
#include "hal/cortex_m/board.h"
#include "hal/cortex_m/mpu.h"
#include "hal/cortex_m/regs.h"

namespace simurgh::hal::cortex_m {
namespace {

// Armv7-M MPU (Arm DDI 0403 B3.5): regions are powers of two, aligned to their size, and a higher
// number wins where two overlap.
enum Access : uint32_t { kNone = 0, kReadWrite = 1, kReadOnly = 5 };  // AP, privileged code only
constexpr uint32_t kExecuteNever = 1u << 28;
constexpr uint32_t kNormal = 1u << 19;               // TEX 001 C 0 B 0: memory, not cached
constexpr uint32_t kDevice = 1u << 16;               // TEX 000 C 0 B 1
constexpr uint32_t kCodeBytes = 512 * 1024;          // machine.ld: LENGTH(CODE)
constexpr uint32_t kClosedBytes = 1024;              // below the vector table, null included

void SetRegion(uint32_t number, uint32_t base, uint32_t bytes, Access access, uint32_t attributes) {
  const uint32_t size = static_cast<uint32_t>(std::countr_zero(bytes)) - 1;
  Reg(kMpuRegion) = number;
  Reg(kMpuBase) = base;
  Reg(kMpuLimit) = attributes | access << 24 | size << 1 | 1;
}

uint32_t At(const uint32_t* symbol) { return reinterpret_cast<uintptr_t>(symbol); }

}  // namespace

void ProtectMemory() {
  const uint32_t code = At(simurgh_code_start) - kClosedBytes;
  const uint32_t ram = At(simurgh_ram_start);
  SetRegion(0, code, kCodeBytes, kReadOnly, kNormal);
  SetRegion(1, ram, At(simurgh_ram_end) - ram, kReadWrite, kNormal | kExecuteNever);
  SetRegion(2, kBoard.uart_base, 4096, kReadWrite, kDevice | kExecuteNever);
  SetRegion(3, kBoard.file_base, card_file::kFileBytes, kReadWrite, kNormal | kExecuteNever);
  SetRegion(4, code, kClosedBytes, kNone, kExecuteNever);
  SetRegion(5, At(simurgh_irq_stack_guard), 256, kNone, kExecuteNever);
  Barrier();
  Reg(kMpuCtrl) = 1;  // enabled; no background map; off inside HardFault and NMI
  Barrier();
}

}  // namespace simurgh::hal::cortex_m
