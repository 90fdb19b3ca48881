#include "crypto/rsa.h"

#include <gtest/gtest.h>

#include "crypto/sha.h"
#include "tests/unit/crypto/hex.h"
#include "tests/vectors/rsa.h"

namespace simurgh::crypto {
namespace {

const Sha256Digest kDigest = Sha256Of(Ascii(vectors::kRsaMessage));

TEST(RsaVerify, OpensslSignatureSha256_Accepted) {
  EXPECT_EQ(
      RsaVerify(Hex(vectors::kRsa2048Key), RsaHash::kSha256, kDigest, Hex(vectors::kRsa2048Sha256)),
      Verdict::kAccepted);
}

TEST(RsaVerify, Sha1_OnlyInBuildsThatAllowIt) {
  const Sha1Digest digest = Sha1Of(Ascii(vectors::kRsaMessage));
#ifdef SIMURGH_ALLOW_RSA_SHA1
  constexpr Verdict kExpected = Verdict::kAccepted;
#else
  constexpr Verdict kExpected = Verdict::kRejected;
#endif
  EXPECT_EQ(
      RsaVerify(Hex(vectors::kRsa2048Key), RsaHash::kSha1, digest, Hex(vectors::kRsa2048Sha1)),
      kExpected);
  // The hash is part of what is signed: a SHA-1 signature is no SHA-256 signature.
  EXPECT_EQ(
      RsaVerify(Hex(vectors::kRsa2048Key), RsaHash::kSha256, kDigest, Hex(vectors::kRsa2048Sha1)),
      Verdict::kRejected);
}

TEST(RsaVerify, AnyFlippedBit_Rejected) {
  const std::vector<uint8_t> key = Hex(vectors::kRsa2048Key);
  const std::vector<uint8_t> good = Hex(vectors::kRsa2048Sha256);
  ASSERT_EQ(RsaVerify(key, RsaHash::kSha256, kDigest, good), Verdict::kAccepted);  // control
  for (size_t bit = 0; bit < good.size() * 8; bit += 97) {
    std::vector<uint8_t> bad = good;
    bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_EQ(RsaVerify(key, RsaHash::kSha256, kDigest, bad), Verdict::kRejected) << bit;
  }
  for (size_t bit = 0; bit < 256; bit += 19) {
    Sha256Digest other = kDigest;
    other[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_EQ(RsaVerify(key, RsaHash::kSha256, other, good), Verdict::kRejected) << bit;
  }
}

TEST(RsaVerify, OtherSizes_Rejected) {
  const std::vector<uint8_t> key = Hex(vectors::kRsa2048Key);
  const std::vector<uint8_t> good = Hex(vectors::kRsa2048Sha256);
  ASSERT_EQ(RsaVerify(key, RsaHash::kSha256, kDigest, good), Verdict::kAccepted);  // control
  // A right signature of a key of another size.
  EXPECT_EQ(
      RsaVerify(Hex(vectors::kRsa3072Key), RsaHash::kSha256, kDigest, Hex(vectors::kRsa3072Sha256)),
      Verdict::kRejected);
  EXPECT_EQ(RsaVerify(key, RsaHash::kSha256, kDigest, ConstBytes(good).first(255)),
            Verdict::kRejected);
  EXPECT_EQ(RsaVerify(key, RsaHash::kSha256, ConstBytes(kDigest).first(20), good),
            Verdict::kRejected);
  EXPECT_EQ(RsaVerify(ConstBytes(key).first(key.size() - 1), RsaHash::kSha256, kDigest, good),
            Verdict::kRejected);
  EXPECT_EQ(RsaVerify({}, RsaHash::kSha256, kDigest, good), Verdict::kRejected);
  EXPECT_EQ(RsaVerify(key, RsaHash::kSha256, kDigest, {}), Verdict::kRejected);
}

}  // namespace
}  // namespace simurgh::crypto
