#pragma once

#include <array>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/rng.h"
#include "crypto/secret.h"

namespace simurgh::crypto {

/// Any 32 bytes are a private key: the function itself clears and sets the bits that RFC 7748 5
/// names. A public key is the u coordinate, little-endian.
using X25519Key = std::array<uint8_t, 32>;

/// X25519(private, 9) (RFC 7748 6.1). `rng` only blinds.
Error X25519Public(ConstBytes private32, Rng& rng, X25519Key& out);
/// X25519(private, public). @error kFormat: the other side's point has small order, so that the
/// result would be zero.
Error X25519(ConstBytes private32, ConstBytes public32, Rng& rng, Secret<32>& shared);

}  // namespace simurgh::crypto
