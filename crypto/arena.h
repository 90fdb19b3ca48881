#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace simurgh::crypto {

/// The memory mbedTLS allocates from: the card has no heap. It lies on the stack of the operation
/// that needs it, is lent for that operation only, and is wiped at its end; between operations
/// nothing of it exists.

/// What an operation brings. Measured on a Cortex-M4: RSA-2048 verification 6124 bytes, ECDSA
/// verification 3752, ECDH 3368, signing 2216. Block headers are twice as large on a PC; a test there
/// keeps a quarter spare.
constexpr bool kWide = sizeof(void*) == 8;
constexpr size_t kEcArenaBytes = kWide ? 8 * 1024 : 4352;
constexpr size_t kRsaArenaBytes = kWide ? 10 * 1024 : 6 * 1024 + 256;

/// The most that any operation used since boot or the last ArenaReset, counted from the start of
/// its memory.
size_t ArenaHighWater();
/// For tests: forgets the high-water mark, and lends operations at most `usable` bytes of what they
/// bring.
void ArenaReset(size_t usable);
constexpr size_t kArenaWhole = SIZE_MAX;

/// Lends `memory` to mbedTLS until Leave. Operations do not nest.
void ArenaEnter(Bytes memory);
void ArenaLeave();

}  // namespace simurgh::crypto
