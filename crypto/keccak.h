#pragma once

#include <array>
#include <cstdint>

namespace simurgh::crypto {

/// State of Keccak-f[1600]: lane (x, y) of FIPS 202 3.1.2 is element x + 5 y. As a string of bytes
/// every lane is little-endian.
using KeccakState = std::array<uint64_t, 25>;

/// The permutation alone, 24 rounds (FIPS 202 3.3): what TUAK is built on.
void KeccakF1600(KeccakState& state);

}  // namespace simurgh::crypto
