#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/verdict.h"
#include "crypto/rng.h"
#include "crypto/secret.h"

namespace simurgh::crypto {

/// The two curves of SGP.22 2.6.7.
enum class Curve : uint8_t { kNistP256 = 1, kBrainpoolP256r1 = 2 };

/// Uncompressed point: 04 | x | y.
using EcPublicKey = std::array<uint8_t, 65>;
using EcPrivateKey = Secret<32>;
/// r | s, 32 bytes each, big-endian (BSI TR-03111 plain format, as SGP.22 wants).
using EcSignature = std::array<uint8_t, 64>;

struct EcKeyPair {
  EcPrivateKey private_key;
  EcPublicKey public_key{};
};

/// @error kHardware: mbedTLS ran out of arena or met an internal failure.
Error GenerateEcKey(Curve curve, Rng& rng, EcKeyPair& out);
/// @error kFormat: the scalar is not in 1..n-1.
Result<EcPublicKey> EcPublicFromPrivate(Curve curve, ConstBytes private32);

/// The whole point of a compressed one, 02 or 03 | x (SEC 1 2.3.4).
/// @error kFormat: not that form, or no point of the curve has this x.
Result<EcPublicKey> EcDecompress(Curve curve, ConstBytes compressed33);

/// ECDSA over a 32-byte digest. Deterministic (RFC 6979); `rng` only blinds.
Error EcdsaSign(Curve curve, ConstBytes private32, ConstBytes digest32, Rng& rng, EcSignature& out);
/// kRejected for anything that is not a right signature, malformed keys and points included.
Verdict EcdsaVerify(Curve curve, ConstBytes public65, ConstBytes digest32, ConstBytes signature64);

/// x coordinate of the shared point (SGP.22 ECKA, TR-03111 4.3.1).
/// @error kFormat: the public key is not a point of the curve.
Error Ecdh(Curve curve, ConstBytes private32, ConstBytes public65, Rng& rng, Secret<32>& shared);

/// X9.63 KDF with SHA-256: fills all of `out`.
void X963Kdf(ConstBytes shared, ConstBytes info, Bytes out);

}  // namespace simurgh::crypto
