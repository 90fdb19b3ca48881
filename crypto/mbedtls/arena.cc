#include "crypto/arena.h"

#include <mbedtls/memory_buffer_alloc.h>

#include <algorithm>

#include "base/check.h"
#include "crypto/secret.h"

namespace simurgh::crypto {
namespace {

// The documented exception to "no mutable globals" (docs/decisions/0002-mbedtls-use.md): mbedTLS
// knows one allocator for the process.
struct Arena {
  Bytes memory;  // empty outside operations
  size_t spared = 0;  // what a test keeps back
  size_t high_water = 0;
};
Arena g_arena;

// What was never written during the operation still shows this.
constexpr uint8_t kPaint = 0xA5;
// The allocator keeps its first block header at the start (eight words).
constexpr size_t kFirstHeader = 8 * sizeof(void*);

}  // namespace

size_t ArenaHighWater() { return g_arena.high_water; }

void ArenaReset(size_t usable) {
  CHECK(usable >= 2 * kFirstHeader && g_arena.memory.empty());
  g_arena.spared = kArenaWhole - usable;
  g_arena.high_water = 0;
}

void ArenaEnter(Bytes memory) {
  CHECK(g_arena.memory.empty());
  const size_t usable = std::min(memory.size(), kArenaWhole - g_arena.spared);
  mbedtls_memory_buffer_alloc_init(memory.data(), usable);  // which zeroes it
  Fill(memory.subspan(std::min(kFirstHeader, usable)), kPaint);
  g_arena.memory = memory;
}

void ArenaLeave() {
  const Bytes memory = g_arena.memory;
  size_t used = memory.size();
  while (used > kFirstHeader && memory[used - 1] == kPaint) {
    --used;
  }
  g_arena.high_water = std::max(g_arena.high_water, used);
  mbedtls_memory_buffer_alloc_free();
  Wipe(memory.first(used));
  g_arena.memory = {};
}

}  // namespace simurgh::crypto
