#include "crypto/rsa.h"

#include "crypto/mbedtls/psa_scope.h"

namespace simurgh::crypto {
namespace {

constexpr size_t kBits = 2048;

#ifdef SIMURGH_ALLOW_RSA_SHA1
constexpr bool kSha1Allowed = true;
#else
constexpr bool kSha1Allowed = false;
#endif

}  // namespace

Verdict RsaVerify(ConstBytes key, RsaHash hash, ConstBytes digest, ConstBytes signature256) {
  const bool sha1 = hash == RsaHash::kSha1;
  if (sha1 && !kSha1Allowed) {
    return Verdict::kRejected;
  }
  const psa_algorithm_t algorithm =
      PSA_ALG_RSA_PKCS1V15_SIGN(sha1 ? PSA_ALG_SHA_1 : PSA_ALG_SHA_256);
  const RsaScope scope(nullptr);
  PsaKey slot;
  // A size given with the attributes is compared with that of the key: 2048 bits and no other.
  if (slot.Import(PSA_KEY_TYPE_RSA_PUBLIC_KEY, kBits, algorithm, PSA_KEY_USAGE_VERIFY_HASH, key) !=
      PSA_SUCCESS) {
    return Verdict::kRejected;
  }
  const psa_status_t status = psa_verify_hash(slot.id(), algorithm, digest.data(), digest.size(),
                                              signature256.data(), signature256.size());
  return status == PSA_SUCCESS ? Verdict::kAccepted : Verdict::kRejected;
}

}  // namespace simurgh::crypto
