#pragma once

#include <cstdint>

/// What shared Cortex-M code must know of the chip around the core. One constant per machine
/// (qemu/MACHINE/board.cc), next to its linker script.
namespace simurgh::hal::cortex_m {

struct Board {
  const char* name;
  uint32_t cpu_hz;       ///< also the SysTick clock
  uint32_t uart_base;    ///< CMSDK APB UART
  uint32_t uart_rx_irq;  ///< the transmit interrupt is the next one
  uint32_t file_base;    ///< 16 MiB PSRAM, backed by the card file
};

extern const Board kBoard;

}  // namespace simurgh::hal::cortex_m

/// Laid out by sections.ld; only the addresses mean anything.
extern "C" {
extern uint32_t simurgh_vectors[];
extern uint32_t simurgh_code_start[], simurgh_code_end[];
extern uint32_t simurgh_ram_start[], simurgh_ram_end[];
extern uint32_t simurgh_data_load[], simurgh_data_start[], simurgh_data_end[];
extern uint32_t simurgh_bss_start[], simurgh_bss_end[];
extern uint32_t simurgh_stack_bottom[], simurgh_stack_top[];
extern uint32_t simurgh_irq_stack_guard[], simurgh_irq_stack_bottom[], simurgh_irq_stack_top[];
}
