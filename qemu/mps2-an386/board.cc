#include "hal/cortex_m/board.h"

namespace simurgh::hal::cortex_m {

// Arm application note AN386: APB UART0 with interrupts 0 (receive) and 1 (transmit), PSRAM.
constinit const Board kBoard = {
    .name = "mps2-an386",
    .cpu_hz = 25'000'000,
    .uart_base = 0x40004000,
    .uart_rx_irq = 0,
    .file_base = 0x21000000,
};

}  // namespace simurgh::hal::cortex_m
