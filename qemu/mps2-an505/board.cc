#include "hal/cortex_m/board.h"

namespace simurgh::hal::cortex_m {

// Arm application note AN505: secure alias of UART0 with interrupts 32 (receive) and 33
// (transmit); the PSRAM at 0x80000000 is non-secure memory, which secure code may use as data.
constinit const Board kBoard = {
    .name = "mps2-an505",
    .cpu_hz = 20'000'000,
    .uart_base = 0x50200000,
    .uart_rx_irq = 32,
    .file_base = 0x80000000,
};

}  // namespace simurgh::hal::cortex_m
