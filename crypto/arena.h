#pragma once

#include <cstddef>

namespace simurgh::crypto {

/// The one static block of memory that mbedTLS allocates from: the card has no heap. It holds
/// scratch numbers of the running operation only and is empty between calls, so all cards of a
/// process share it (one thread).

/// Bytes of the arena.
size_t ArenaSize();
/// The highest byte used since boot or the last ArenaReset, counted from the start: how large the
/// arena must be.
size_t ArenaHighWater();
/// For benches and tests: starts afresh with the first `usable` bytes, at most ArenaSize(). Never
/// during an operation.
void ArenaReset(size_t usable);

}  // namespace simurgh::crypto
