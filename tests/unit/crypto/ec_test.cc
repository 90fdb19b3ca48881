#include "crypto/ec.h"

#include <gtest/gtest.h>

#include "crypto/sha.h"
#include "tests/unit/crypto/hex.h"

namespace simurgh::crypto {
namespace {

struct Seeded : Rng {
  explicit Seeded(uint8_t fill) {
    std::array<uint8_t, kSeedBytes> seed;
    seed.fill(fill);
    Seed(seed);
  }
};

// RFC 6979 A.2.5.
constexpr char kP256Private[] = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr char kP256Public[] =
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr char kP256Order[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr char kBrainpoolOrder[] =
    "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7";

// RFC 7027 A.1.
constexpr char kBrainpoolA[] = "81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d";
constexpr char kBrainpoolPublicA[] =
    "0444106e913f92bc02a1705d9953a8414db95e1aaa49e81d9e85f929a8e3100be5"
    "8ab4846f11caccb73ce49cbdd120f5a900a69fd32c272223f789ef10eb089bdc";
constexpr char kBrainpoolB[] = "55e40bc41e37e3e2ad25c3c6654511ffa8474a91a0032087593852d3e7d76bd3";
constexpr char kBrainpoolPublicB[] =
    "048d2d688c6cf93e1160ad04cc4429117dc2c41825e1e9fca0addd34e6f1b39f7b"
    "990c57520812be512641e47034832106bc7d3e8dd0e4c7f1136d7006547cec6a";

TEST(Ecdsa, Rfc6979P256Sha256_SignaturesAndPublicKey) {
  struct {
    const char *message, *signature;
  } const kRows[] = {
      {"sample",
       "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
       "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
      {"test",
       "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
       "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"},
  };
  const Result<EcPublicKey> key = EcPublicFromPrivate(Curve::kNistP256, Hex(kP256Private));
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(ToHex(key.value()), kP256Public);
  for (const auto& row : kRows) {
    Seeded rng(1);
    EcSignature signature;
    const Sha256Digest digest = Sha256Of(Ascii(row.message));
    ASSERT_EQ(EcdsaSign(Curve::kNistP256, Hex(kP256Private), digest, rng, signature), Error::kOk);
    EXPECT_EQ(ToHex(signature), row.signature);
    EXPECT_EQ(EcdsaVerify(Curve::kNistP256, Hex(kP256Public), digest, signature),
              Verdict::kAccepted);
  }
}

// Made with OpenSSL 3.0 (dgst -sha256 -sign) over "Simurgh profile signature".
TEST(Ecdsa, OpensslSignatures_Accepted_AndUnderTheOtherCurveRejected) {
  struct {
    Curve curve;
    const char *key, *signature;
  } const kRows[] = {
      {Curve::kBrainpoolP256r1,
       "04069b705e298b832759992df85e82b96e2a84a13bcf47606cea53720426526d01"
       "4f737dc1b1325caf5f52d46b6283e3e68608ba176da3fca539cd026def2d77d0",
       "6b61b625b8cae0c6eebbd42221d96534ecaf8c27042450e198684c562b6d88ed"
       "3d8fec7472bef08be8d8184967b1499c7302a47890eef32fd2a8fc080e2182bc"},
      {Curve::kNistP256,
       "0465f86abbef6cbf1367a307e63c7575c6e688bd15b5b773d00894a533acd66c4f"
       "b0676795ffd74e399b5464bde3ee95171c13fbdffad34576f47340029c100944",
       "2ed57a5bc1731b333837217fa910296697c24167359233f065e695bafc1afba2"
       "0a41eefd88b5b41453bce619be683170a578626adf9c9e2872a1c066df0f176d"},
  };
  const Sha256Digest digest = Sha256Of(Ascii("Simurgh profile signature"));
  for (const auto& row : kRows) {
    EXPECT_EQ(EcdsaVerify(row.curve, Hex(row.key), digest, Hex(row.signature)), Verdict::kAccepted);
    const Curve other = row.curve == Curve::kNistP256 ? Curve::kBrainpoolP256r1 : Curve::kNistP256;
    EXPECT_EQ(EcdsaVerify(other, Hex(row.key), digest, Hex(row.signature)), Verdict::kRejected);
  }
}

TEST(Ecdsa, Deterministic_RngOnlyBlinds) {
  const Sha256Digest digest = Sha256Of(Ascii("sample"));
  for (Curve curve : {Curve::kNistP256, Curve::kBrainpoolP256r1}) {
    Seeded rng1(1), rng2(2);
    EcSignature s1, s2;
    ASSERT_EQ(EcdsaSign(curve, Hex(kBrainpoolB), digest, rng1, s1), Error::kOk);
    ASSERT_EQ(EcdsaSign(curve, Hex(kBrainpoolB), digest, rng2, s2), Error::kOk);
    EXPECT_EQ(s1, s2);
  }
}

TEST(Ecdsa, FlippedBitsAndForeignValues_Rejected) {
  for (Curve curve : {Curve::kNistP256, Curve::kBrainpoolP256r1}) {
    const std::vector<uint8_t> key = Hex(kBrainpoolA);
    const Result<EcPublicKey> point = EcPublicFromPrivate(curve, key);
    ASSERT_TRUE(point.ok());
    const Sha256Digest digest = Sha256Of(Ascii("message"));
    Seeded rng(3);
    EcSignature good;
    ASSERT_EQ(EcdsaSign(curve, key, digest, rng, good), Error::kOk);
    ASSERT_EQ(EcdsaVerify(curve, point.value(), digest, good), Verdict::kAccepted);  // control

    for (size_t bit = 0; bit < 512; bit += 37) {
      EcSignature bad = good;
      bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      EXPECT_EQ(EcdsaVerify(curve, point.value(), digest, bad), Verdict::kRejected) << bit;
    }
    for (size_t bit = 0; bit < 256; bit += 51) {
      Sha256Digest other = digest;
      other[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      EXPECT_EQ(EcdsaVerify(curve, point.value(), other, good), Verdict::kRejected) << bit;
    }
    // r or s of 0 and n are outside 1..n-1.
    const std::vector<uint8_t> order =
        Hex(curve == Curve::kNistP256 ? kP256Order : kBrainpoolOrder);
    for (size_t half : {0u, 32u}) {
      EcSignature bad = good;
      Fill(Bytes(bad).subspan(half, 32), 0);
      EXPECT_EQ(EcdsaVerify(curve, point.value(), digest, bad), Verdict::kRejected);
      Copy(Bytes(bad).subspan(half), order);
      EXPECT_EQ(EcdsaVerify(curve, point.value(), digest, bad), Verdict::kRejected);
    }
    EXPECT_EQ(EcdsaVerify(curve, point.value(), digest, ConstBytes(good).first(63)),
              Verdict::kRejected);
    EXPECT_EQ(EcdsaVerify(curve, point.value(), ConstBytes(digest).first(31), good),
              Verdict::kRejected);
    EXPECT_EQ(EcdsaVerify(curve, point.value(), digest, {}), Verdict::kRejected);
  }
}

TEST(Ecdsa, MalformedPublicKeys_Rejected) {
  const Sha256Digest digest = Sha256Of(Ascii("sample"));
  Seeded rng(1);
  EcSignature signature;
  ASSERT_EQ(EcdsaSign(Curve::kNistP256, Hex(kP256Private), digest, rng, signature), Error::kOk);
  std::vector<uint8_t> key = Hex(kP256Public);
  ASSERT_EQ(EcdsaVerify(Curve::kNistP256, key, digest, signature), Verdict::kAccepted);  // control
  key[64] ^= 1;  // off the curve
  EXPECT_EQ(EcdsaVerify(Curve::kNistP256, key, digest, signature), Verdict::kRejected);
  key[64] ^= 1;
  key[0] = 0x02;
  EXPECT_EQ(EcdsaVerify(Curve::kNistP256, ConstBytes(key).first(33), digest, signature),
            Verdict::kRejected);
  EXPECT_EQ(EcdsaVerify(Curve::kNistP256, Hex("00"), digest, signature), Verdict::kRejected);
  EXPECT_EQ(EcdsaVerify(Curve::kNistP256, {}, digest, signature), Verdict::kRejected);
}

TEST(EcKey, ScalarOutsideRange_IsFormatError) {
  Seeded rng(1);
  EcSignature signature;
  const Sha256Digest digest{};
  const std::string zero(64, '0');
  struct {
    Curve curve;
    const char* order;
  } const kRows[] = {{Curve::kNistP256, kP256Order}, {Curve::kBrainpoolP256r1, kBrainpoolOrder}};
  for (const auto& row : kRows) {
    std::vector<uint8_t> highest = Hex(row.order);
    highest[31] -= 1;
    EXPECT_TRUE(EcPublicFromPrivate(row.curve, highest).ok());  // control: n - 1
    EXPECT_EQ(EcPublicFromPrivate(row.curve, Hex(row.order)).error(), Error::kFormat);
    EXPECT_EQ(EcPublicFromPrivate(row.curve, Hex(zero)).error(), Error::kFormat);
    EXPECT_EQ(EcPublicFromPrivate(row.curve, Hex("01")).error(), Error::kFormat);
    EXPECT_EQ(EcdsaSign(row.curve, Hex(zero), digest, rng, signature), Error::kFormat);
  }
}

TEST(EcKey, Generated_IsAWorkingPair_AndTheSeedDecidesIt) {
  for (Curve curve : {Curve::kNistP256, Curve::kBrainpoolP256r1}) {
    Seeded rng(7), again(7), other(8);
    EcKeyPair pair, same, different;
    ASSERT_EQ(GenerateEcKey(curve, rng, pair), Error::kOk);
    ASSERT_EQ(GenerateEcKey(curve, again, same), Error::kOk);
    ASSERT_EQ(GenerateEcKey(curve, other, different), Error::kOk);
    EXPECT_EQ(pair.private_key.size(), 32u);
    EXPECT_EQ(ToHex(pair.private_key.view()), ToHex(same.private_key.view()));
    EXPECT_NE(ToHex(pair.private_key.view()), ToHex(different.private_key.view()));
    const Result<EcPublicKey> derived = EcPublicFromPrivate(curve, pair.private_key.view());
    ASSERT_TRUE(derived.ok());
    EXPECT_EQ(ToHex(derived.value()), ToHex(pair.public_key));
  }
}

TEST(Ecdh, Rfc7027Brainpool_BothSides) {
  Seeded rng(1);
  Secret<32> shared;
  constexpr char kZ[] = "89afc39d41d3b327814b80940b042590f96556ec91e6ae7939bce31f3a18bf2b";
  ASSERT_EQ(Ecdh(Curve::kBrainpoolP256r1, Hex(kBrainpoolA), Hex(kBrainpoolPublicB), rng, shared),
            Error::kOk);
  EXPECT_EQ(ToHex(shared.view()), kZ);
  ASSERT_EQ(Ecdh(Curve::kBrainpoolP256r1, Hex(kBrainpoolB), Hex(kBrainpoolPublicA), rng, shared),
            Error::kOk);
  EXPECT_EQ(ToHex(shared.view()), kZ);
  EXPECT_EQ(ToHex(EcPublicFromPrivate(Curve::kBrainpoolP256r1, Hex(kBrainpoolA)).value()),
            kBrainpoolPublicA);
}

// NIST CAVS 14.1 ECC CDH primitive, P-256, count 0.
TEST(Ecdh, NistCdhP256) {
  Seeded rng(1);
  Secret<32> shared;
  ASSERT_EQ(Ecdh(Curve::kNistP256,
                 Hex("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534"),
                 Hex("04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
                     "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"),
                 rng, shared),
            Error::kOk);
  EXPECT_EQ(ToHex(shared.view()),
            "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b");
}

TEST(Ecdh, PointOffTheCurve_IsFormatErrorAndLeavesNoSecret) {
  for (Curve curve : {Curve::kNistP256, Curve::kBrainpoolP256r1}) {
    Seeded rng(1);
    Secret<32> shared;
    std::vector<uint8_t> point = Hex(curve == Curve::kNistP256 ? kP256Public : kBrainpoolPublicB);
    ASSERT_EQ(Ecdh(curve, Hex(kBrainpoolA), point, rng, shared), Error::kOk);  // control
    point[40] ^= 0x10;
    EXPECT_EQ(Ecdh(curve, Hex(kBrainpoolA), point, rng, shared), Error::kFormat);
    EXPECT_EQ(shared.size(), 0u);
    EXPECT_EQ(Ecdh(curve, Hex(kBrainpoolA), ConstBytes(point).first(64), rng, shared),
              Error::kFormat);
    EXPECT_EQ(Ecdh(curve, Hex(kBrainpoolA), Hex("00"), rng, shared), Error::kFormat);
  }
}

// NIST CAVS ansx963_2001, SHA-256: a shared secret of 192 bits, SharedInfo of 128.
TEST(X963Kdf, NistCavsSha256) {
  std::array<uint8_t, 128> out;
  X963Kdf(Hex("22518b10e70f2a3f243810ae3254139efbee04aa57c7af7d"),
          Hex("75eef81aa3041e33b80971203d2c0c52"), out);
  EXPECT_EQ(ToHex(out),
            "c498af77161cc59f2962b9a713e2b215152d139766ce34a776df11866a69bf2e"
            "52a13d9c7c6fc878c50c5ea0bc7b00e0da2447cfd874f6cf92f30d0097111485"
            "500c90c3af8b487872d04685d14c8d1dc8d7fa08beb0ce0ababc11f0bd496269"
            "142d43525a78e5bc79a17f59676a5706dc54d54d4d1f0bd7e386128ec26afc21");
  std::array<uint8_t, 45> less;
  X963Kdf(Hex("22518b10e70f2a3f243810ae3254139efbee04aa57c7af7d"),
          Hex("75eef81aa3041e33b80971203d2c0c52"), less);
  EXPECT_EQ(ToHex(less), ToHex(ConstBytes(out).first(45)));
}

}  // namespace
}  // namespace simurgh::crypto
