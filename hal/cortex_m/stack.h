#pragma once

#include <cstdint>

namespace simurgh::hal::cortex_m {

/// Fills the unused part of the thread stack with a pattern; called once, at the start.
void PaintStack();
uint32_t StackBytes();
/// Deepest use of the thread stack since the start, in bytes.
uint32_t StackHighWater();

}  // namespace simurgh::hal::cortex_m
