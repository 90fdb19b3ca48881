#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/rng.h"

/// Concealment of a subscription identifier (TS 33.501 annex C): what a USIM computes for the
/// network that knows the private key.
namespace simurgh::crypto {

/// Protection scheme identifiers (TS 33.501 C.1).
enum class SuciScheme : uint8_t { kNull = 0, kProfileA = 1, kProfileB = 2 };

/// Largest ephemeral public key (profile B, compressed) and the MAC tag.
constexpr size_t kSuciMaxPoint = 33;
constexpr size_t kSuciTag = 8;
/// Bytes that the output is longer than the input.
constexpr size_t SuciOverhead(SuciScheme scheme) {
  return scheme == SuciScheme::kNull       ? 0
         : scheme == SuciScheme::kProfileA ? 32 + kSuciTag
                                           : kSuciMaxPoint + kSuciTag;
}

/// Scheme output: ephemeral public key, ciphertext, MAC tag (C.3.2); the input itself for the null
/// scheme.
/// @param public_key  of the home network: 32 bytes (profile A); 33 or 65 bytes (profile B)
/// @param out         input.size() + SuciOverhead(scheme) bytes (CHECKed)
/// @error kFormat: the public key is none of the curve.  kHardware: from the curve arithmetic.
Error ConcealSupi(SuciScheme scheme, ConstBytes public_key, ConstBytes input, Rng& rng, Bytes out);

/// The same with a given ephemeral private key, for published test data. Not the null scheme.
/// @error kFormat: also a scalar out of range.
Error ConcealSupiWith(SuciScheme scheme, ConstBytes public_key, ConstBytes ephemeral32,
                      ConstBytes input, Rng& rng, Bytes out);

}  // namespace simurgh::crypto
