#include "crypto/ec.h"

#include <mbedtls/ecp.h>

#include "base/check.h"
#include "crypto/mbedtls/psa_scope.h"
#include "crypto/sha.h"

namespace simurgh::crypto {
namespace {

constexpr size_t kBits = 256;
constexpr psa_algorithm_t kSign = PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256);
constexpr psa_algorithm_t kVerify = PSA_ALG_ECDSA(PSA_ALG_SHA_256);

psa_ecc_family_t Family(Curve curve) {
  return curve == Curve::kNistP256 ? PSA_ECC_FAMILY_SECP_R1 : PSA_ECC_FAMILY_BRAINPOOL_P_R1;
}

psa_key_type_t PairType(Curve curve) { return PSA_KEY_TYPE_ECC_KEY_PAIR(Family(curve)); }

mbedtls_ecp_group_id GroupId(Curve curve) {
  return curve == Curve::kNistP256 ? MBEDTLS_ECP_DP_SECP256R1 : MBEDTLS_ECP_DP_BP256R1;
}

struct Group {
  Group() { mbedtls_ecp_group_init(&value); }
  ~Group() { mbedtls_ecp_group_free(&value); }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  mbedtls_ecp_group value;
};

struct Point {
  Point() { mbedtls_ecp_point_init(&value); }
  ~Point() { mbedtls_ecp_point_free(&value); }
  Point(const Point&) = delete;
  Point& operator=(const Point&) = delete;
  mbedtls_ecp_point value;
};

psa_status_t ExportPublic(const PsaKey& key, EcPublicKey& out) {
  size_t size = 0;
  const psa_status_t status = psa_export_public_key(key.id(), out.data(), out.size(), &size);
  CHECK(status != PSA_SUCCESS || size == out.size());
  return status;
}

}  // namespace

Error GenerateEcKey(Curve curve, Rng& rng, EcKeyPair& out) {
  const PsaScope scope(&rng);
  PsaKey key;
  TRY(ToError(key.Generate(PairType(curve), kBits)));
  size_t size = 0;
  out.private_key.Resize(32);
  const Bytes scalar = out.private_key.buffer();
  TRY(ToError(psa_export_key(key.id(), scalar.data(), scalar.size(), &size)));
  CHECK(size == scalar.size());
  return ToError(ExportPublic(key, out.public_key));
}

Result<EcPublicKey> EcPublicFromPrivate(Curve curve, ConstBytes private32) {
  // The multiplication is blinded; unpredictable to those who do not know the key is enough here,
  // so the key itself seeds the blinding.
  Secret<Rng::kSeedBytes> seed;
  for (uint8_t half = 0; half < 2; ++half) {
    Sha256 hash;
    hash.Update(ConstBytes(&half, 1));
    hash.Update(private32);
    Sha256Digest digest = hash.Finish();
    Copy(seed.buffer().subspan(16u * half), digest);
    Wipe(digest);
  }
  Rng rng;
  rng.Seed(seed.buffer());

  const PsaScope scope(&rng);
  PsaKey key;
  TRY(ToError(key.Import(PairType(curve), kBits, 0, 0, private32)));
  EcPublicKey out{};
  TRY(ToError(ExportPublic(key, out)));
  return out;
}

// PSA 1.x takes uncompressed points only; the arithmetic below it reads both forms.
Result<EcPublicKey> EcDecompress(Curve curve, ConstBytes compressed33) {
  if (compressed33.size() != 33 || (compressed33[0] & 0xFE) != 0x02) {
    return Error::kFormat;
  }
  const PsaScope scope(nullptr);
  Group group;
  Point point;
  EcPublicKey out{};
  size_t size = 0;
  if (mbedtls_ecp_group_load(&group.value, GroupId(curve)) != 0) {
    return Error::kHardware;
  }
  // The square root is not checked to be one: the point may miss the curve.
  if (mbedtls_ecp_point_read_binary(&group.value, &point.value, compressed33.data(),
                                    compressed33.size()) != 0 ||
      mbedtls_ecp_check_pubkey(&group.value, &point.value) != 0) {
    return Error::kFormat;
  }
  if (mbedtls_ecp_point_write_binary(&group.value, &point.value, MBEDTLS_ECP_PF_UNCOMPRESSED, &size,
                                     out.data(), out.size()) != 0) {
    return Error::kHardware;
  }
  return out;
}

Error EcdsaSign(Curve curve, ConstBytes private32, ConstBytes digest32, Rng& rng,
                EcSignature& out) {
  CHECK(digest32.size() == 32);
  const PsaScope scope(&rng);
  PsaKey key;
  TRY(ToError(key.Import(PairType(curve), kBits, kSign, PSA_KEY_USAGE_SIGN_HASH, private32)));
  size_t size = 0;
  TRY(ToError(psa_sign_hash(key.id(), kSign, digest32.data(), digest32.size(), out.data(),
                            out.size(), &size)));
  CHECK(size == out.size());
  return Error::kOk;
}

Verdict EcdsaVerify(Curve curve, ConstBytes public65, ConstBytes digest32, ConstBytes signature64) {
  if (digest32.size() != 32) {
    return Verdict::kRejected;
  }
  const PsaScope scope(nullptr);
  PsaKey key;
  if (key.Import(PSA_KEY_TYPE_ECC_PUBLIC_KEY(Family(curve)), kBits, kVerify,
                 PSA_KEY_USAGE_VERIFY_HASH, public65) != PSA_SUCCESS) {
    return Verdict::kRejected;
  }
  const psa_status_t status = psa_verify_hash(key.id(), kVerify, digest32.data(), digest32.size(),
                                              signature64.data(), signature64.size());
  return status == PSA_SUCCESS ? Verdict::kAccepted : Verdict::kRejected;
}

Error Ecdh(Curve curve, ConstBytes private32, ConstBytes public65, Rng& rng, Secret<32>& shared) {
  shared.Clear();
  const PsaScope scope(&rng);
  PsaKey key;
  TRY(ToError(key.Import(PairType(curve), kBits, PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE, private32)));
  const Bytes out = shared.buffer();
  size_t size = 0;
  TRY(ToError(psa_raw_key_agreement(PSA_ALG_ECDH, key.id(), public65.data(), public65.size(),
                                    out.data(), out.size(), &size)));
  CHECK(size == out.size());
  shared.Resize(size);
  return Error::kOk;
}

}  // namespace simurgh::crypto
