#include "hal/cortex_m/stack.h"

#include "hal/cortex_m/board.h"

namespace simurgh::hal::cortex_m {
namespace {
constexpr uint32_t kPaint = 0xC0FFEE11;
}

void PaintStack() {
  // 64 bytes below this frame are left alone: they belong to this function.
  auto* end = static_cast<uint32_t*>(__builtin_frame_address(0)) - 16;
  for (volatile uint32_t* word = simurgh_stack_bottom; word < end; ++word) {
    *word = kPaint;
  }
}

uint32_t StackBytes() {
  return static_cast<uint32_t>(simurgh_stack_top - simurgh_stack_bottom) * 4;
}

uint32_t StackHighWater() {
  const volatile uint32_t* word = simurgh_stack_bottom;
  while (word != simurgh_stack_top && *word == kPaint) {
    ++word;
  }
  return static_cast<uint32_t>(simurgh_stack_top - word) * 4;
}

}  // namespace simurgh::hal::cortex_m
