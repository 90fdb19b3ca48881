#pragma once

namespace simurgh::hal::cortex_m {

/// Turns the MPU on: code is read-only and executable, RAM, card file and UART are never
/// executable, everything else, address 0 and what lies below the thread stack included, is closed.
/// On Armv8-M also sets the limits of both stack pointers. mpu_v7.cc or mpu_v8.cc, chosen by CMake.
void ProtectMemory();

}  // namespace simurgh::hal::cortex_m
