#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "crypto/ec.h"
#include "crypto/rng.h"
#include "crypto/sha.h"
#include "offcard/common/hex.h"

namespace simurgh::offcard {

/// Random bytes for the off-card side, seeded from the operating system at first use.
crypto::Rng& SystemRng();

/// An elliptic curve key pair that is kept as a PEM file: test keys, in the clear.
struct EcKey {
  crypto::Curve curve = crypto::Curve::kNistP256;
  std::array<uint8_t, 32> secret{};
  crypto::EcPublicKey point{};
};

EcKey NewEcKey(crypto::Curve curve = crypto::Curve::kNistP256);
/// SEC 1 or PKCS#8 PEM. @throws UserError: no such file, or no P-256/brainpoolP256r1 key in it.
EcKey ReadEcKey(const std::string& path);
void WriteEcKey(const std::string& path, const EcKey& key);

/// r | s over a SHA-256 digest.
crypto::EcSignature Sign(const EcKey& key, const crypto::Sha256Digest& digest);

/// A 2048-bit RSA key for binding signatures (algorithms 3 and 4 of docs/formats/binding.md).
void NewRsaKeyFile(const std::string& path);
/// DER RSAPublicKey.
Buffer RsaPublicKey(const std::string& path);
/// RSASSA-PKCS1-v1_5 over `message`, hashed with SHA-1 when `sha1`, else SHA-256.
Buffer RsaSign(const std::string& path, ConstBytes message, bool sha1);

}  // namespace simurgh::offcard
