#include "crypto/x25519.h"

#include "base/check.h"
#include "crypto/mbedtls/psa_scope.h"

namespace simurgh::crypto {
namespace {

constexpr size_t kBits = 255;
constexpr psa_key_type_t kPair = PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY);

}  // namespace

Error X25519Public(ConstBytes private32, Rng& rng, X25519Key& out) {
  CHECK(private32.size() == 32);
  const PsaScope scope(&rng);
  PsaKey key;
  TRY(ToError(key.Import(kPair, kBits, 0, 0, private32)));
  size_t size = 0;
  TRY(ToError(psa_export_public_key(key.id(), out.data(), out.size(), &size)));
  CHECK(size == out.size());
  return Error::kOk;
}

Error X25519(ConstBytes private32, ConstBytes public32, Rng& rng, Secret<32>& shared) {
  CHECK(private32.size() == 32);
  shared.Clear();
  if (public32.size() != 32) {
    return Error::kFormat;
  }
  const PsaScope scope(&rng);
  PsaKey key;
  TRY(ToError(key.Import(kPair, kBits, PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE, private32)));
  const Bytes out = shared.buffer();
  size_t size = 0;
  TRY(ToError(psa_raw_key_agreement(PSA_ALG_ECDH, key.id(), public32.data(), public32.size(),
                                    out.data(), out.size(), &size)));
  CHECK(size == out.size());
  shared.Resize(size);
  return Error::kOk;
}

}  // namespace simurgh::crypto
