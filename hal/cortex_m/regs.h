#pragma once

#include <cstdint>

/// Core registers of Armv7-M and Armv8-M mainline (Arm DDI 0403 B3, DDI 0553 D1). No CMSIS: the few
/// words needed are here.
namespace simurgh::hal::cortex_m {

inline volatile uint32_t& Reg(uint32_t address) {
  return *reinterpret_cast<volatile uint32_t*>(address);
}

constexpr uint32_t kSysTickCtrl = 0xE000E010;  // SYST_CSR: bit 0 enable, 1 interrupt, 2 core clock
constexpr uint32_t kSysTickReload = 0xE000E014;
constexpr uint32_t kSysTickValue = 0xE000E018;
constexpr uint32_t kNvicSetEnable = 0xE000E100;
constexpr uint32_t kNvicClearEnable = 0xE000E180;
constexpr uint32_t kNvicClearPending = 0xE000E280;
constexpr uint32_t kIcsr = 0xE000ED04;
constexpr uint32_t kVtor = 0xE000ED08;
constexpr uint32_t kAircr = 0xE000ED0C;
constexpr uint32_t kAircrReset = 0x05FA0004;  // VECTKEY and SYSRESETREQ
constexpr uint32_t kCcr = 0xE000ED14;
constexpr uint32_t kCcrDivideTrap = 1u << 4;
constexpr uint32_t kShcsr = 0xE000ED24;
constexpr uint32_t kShcsrFaults = 0xFu << 16;  // MemManage, BusFault, UsageFault, SecureFault (v8)
constexpr uint32_t kCfsr = 0xE000ED28;
constexpr uint32_t kHfsr = 0xE000ED2C;
constexpr uint32_t kMmfar = 0xE000ED34;
constexpr uint32_t kBfar = 0xE000ED38;
constexpr uint32_t kSfsr = 0xE000EDE4;  // Armv8-M only
constexpr uint32_t kMpuCtrl = 0xE000ED94;
constexpr uint32_t kMpuRegion = 0xE000ED98;
constexpr uint32_t kMpuBase = 0xE000ED9C;
constexpr uint32_t kMpuLimit = 0xE000EDA0;  // RASR on v7, RLAR on v8
constexpr uint32_t kMpuAttributes = 0xE000EDC0;  // MAIR0, Armv8-M only

inline void Barrier() { asm volatile("dsb\n\tisb" ::: "memory"); }
inline void DisableInterrupts() { asm volatile("cpsid i" ::: "memory"); }
inline void EnableInterrupts() { asm volatile("cpsie i" ::: "memory"); }
inline void WaitForInterrupt() { asm volatile("dsb\n\twfi" ::: "memory"); }

inline void EnableIrq(uint32_t irq) { Reg(kNvicSetEnable + irq / 32 * 4) = 1u << irq % 32; }
inline void DisableIrq(uint32_t irq) {
  Reg(kNvicClearEnable + irq / 32 * 4) = 1u << irq % 32;
  Barrier();
}
inline void ClearPendingIrq(uint32_t irq) { Reg(kNvicClearPending + irq / 32 * 4) = 1u << irq % 32; }

}  // namespace simurgh::hal::cortex_m
