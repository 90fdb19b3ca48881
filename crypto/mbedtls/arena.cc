#include "crypto/arena.h"

#include <mbedtls/memory_buffer_alloc.h>
#include <psa/crypto.h>

#include "base/bytes.h"
#include "base/check.h"
#include "crypto/mbedtls/psa_scope.h"

namespace simurgh::crypto {
namespace {

// The documented exception to "no mutable globals" (docs/decisions/0002-mbedtls-use.md): mbedTLS
// knows one allocator for the process.
struct Arena {
  size_t usable;  // 0 before the first use
  alignas(8) uint8_t bytes[kArenaBytes];
};
Arena g_arena;  // zero, so that the firmware keeps it out of its image

// What was never written since the reset still shows this.
constexpr uint8_t kPaint = 0xA5;
// The allocator keeps its first block header at the start (eight words).
constexpr size_t kFirstHeader = 8 * sizeof(void*);

}  // namespace

size_t ArenaSize() { return kArenaBytes; }

size_t ArenaHighWater() {
  size_t used = g_arena.usable;
  while (used > 0 && g_arena.bytes[used - 1] == kPaint) {
    --used;
  }
  return used;
}

void ArenaReset(size_t usable) {
  CHECK(usable >= 2 * kFirstHeader && usable <= kArenaBytes);
  if (g_arena.usable != 0) {
    mbedtls_psa_crypto_free();
    mbedtls_memory_buffer_alloc_free();
  }
  mbedtls_memory_buffer_alloc_init(g_arena.bytes, usable);
  Fill(Bytes(g_arena.bytes).subspan(kFirstHeader), kPaint);
  g_arena.usable = usable;
}

void ArenaPrepare() {
  if (g_arena.usable == 0) {
    ArenaReset(kArenaBytes);
  }
}

}  // namespace simurgh::crypto
