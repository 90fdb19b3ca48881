#pragma once

#include "crypto/aes.h"

namespace simurgh::crypto {

/// Doubling in GF(2^128), x^128 + x^7 + x^2 + x + 1 (SP 800-38B 6.1, RFC 5297 2.3), without a
/// branch on the secret top bit. Shared by CMAC and SIV.
inline void DoubleInGf128(AesBlock& block) {
  const uint8_t reduce = static_cast<uint8_t>(0x87 & (0u - (block[0] >> 7)));
  for (size_t i = 0; i < kAesBlock - 1; ++i) {
    block[i] = static_cast<uint8_t>(block[i] << 1 | block[i + 1] >> 7);
  }
  block[kAesBlock - 1] = static_cast<uint8_t>(block[kAesBlock - 1] << 1 ^ reduce);
}

}  // namespace simurgh::crypto
