#include "crypto/suci.h"

#include <gtest/gtest.h>

#include "crypto/ec.h"
#include "crypto/x25519.h"
#include "tests/unit/crypto/hex.h"
#include "tests/vectors/suci.h"

namespace simurgh::crypto {
namespace {

struct Seeded : Rng {
  explicit Seeded(uint8_t fill) {
    std::array<uint8_t, kSeedBytes> seed;
    seed.fill(fill);
    Seed(seed);
  }
};

// RFC 7748 5.2, first vector.
TEST(X25519, Rfc7748_FunctionAsPublished) {
  Seeded rng(1);
  Secret<32> shared;
  ASSERT_EQ(
      X25519(Hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
             Hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"), rng, shared),
      Error::kOk);
  EXPECT_EQ(ToHex(shared.view()),
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
}

TEST(X25519, BothSides_AgreeAndSmallOrderIsRefused) {
  Seeded rng(2);
  const auto a = std::vector<uint8_t>(32, 0x5A);
  const auto b = std::vector<uint8_t>(32, 0xC3);
  X25519Key public_a, public_b;
  ASSERT_EQ(X25519Public(a, rng, public_a), Error::kOk);
  ASSERT_EQ(X25519Public(b, rng, public_b), Error::kOk);
  Secret<32> one, two;
  ASSERT_EQ(X25519(a, public_b, rng, one), Error::kOk);
  ASSERT_EQ(X25519(b, public_a, rng, two), Error::kOk);
  EXPECT_EQ(ToHex(one.view()), ToHex(two.view()));
  EXPECT_NE(X25519(a, std::vector<uint8_t>(32, 0), rng, one), Error::kOk);
  EXPECT_EQ(X25519(a, std::vector<uint8_t>(31, 9), rng, one), Error::kFormat);
}

TEST(EcDecompress, BothSigns_TheWholePoint_AndOthersRefused) {
  const auto whole = Hex(vectors::kSuciBPublic);
  const auto compressed = Hex(vectors::kSuciBCompressed);
  const Result<EcPublicKey> point = EcDecompress(Curve::kNistP256, compressed);
  ASSERT_TRUE(point.ok());
  EXPECT_EQ(ToHex(point.value()), ToHex(whole));
  auto other = compressed;
  other[0] ^= 1;
  const Result<EcPublicKey> mirrored = EcDecompress(Curve::kNistP256, other);
  ASSERT_TRUE(mirrored.ok());
  EXPECT_NE(ToHex(mirrored.value()), ToHex(whole));
  EXPECT_EQ(ToHex(ConstBytes(mirrored.value()).first(33)), ToHex(ConstBytes(whole).first(33)));
  int off_the_curve = 0;  // about half of all x have no point
  for (uint8_t last = 0; last < 16; ++last) {
    other[32] = last;
    off_the_curve += EcDecompress(Curve::kNistP256, other).error() == Error::kFormat ? 1 : 0;
  }
  EXPECT_GT(off_the_curve, 0);
  EXPECT_LT(off_the_curve, 16);
  other[0] = 0x04;
  EXPECT_EQ(EcDecompress(Curve::kNistP256, other).error(), Error::kFormat);
  EXPECT_EQ(EcDecompress(Curve::kNistP256, ConstBytes(compressed).first(32)).error(),
            Error::kFormat);
}

TEST(Suci, Ts33501AnnexC_SchemeOutputs) {
  for (const auto& set : vectors::kSuciSets) {
    SCOPED_TRACE(set.output);
    Seeded rng(3);
    const auto scheme = static_cast<SuciScheme>(set.scheme);
    const auto input = Hex(set.input);
    std::vector<uint8_t> out(input.size() + SuciOverhead(scheme));
    ASSERT_EQ(ConcealSupiWith(scheme, Hex(set.network_public), Hex(set.ephemeral_private), input,
                              rng, out),
              Error::kOk);
    EXPECT_EQ(ToHex(out), set.output);
  }
}

TEST(Suci, NullScheme_IsTheInput) {
  Seeded rng(4);
  const auto input = Hex("00012080f6");
  std::vector<uint8_t> out(input.size());
  ASSERT_EQ(ConcealSupi(SuciScheme::kNull, {}, input, rng, out), Error::kOk);
  EXPECT_EQ(out, input);
}

TEST(Suci, FreshKeys_NeverTheSameOutput) {
  Seeded rng(5);
  const auto input = Hex("00012080f6");
  for (const auto& [scheme, key] : {std::pair{SuciScheme::kProfileA, vectors::kSuciAPublic},
                                    std::pair{SuciScheme::kProfileB, vectors::kSuciBCompressed}}) {
    std::vector<uint8_t> one(input.size() + SuciOverhead(scheme)), two(one.size());
    ASSERT_EQ(ConcealSupi(scheme, Hex(key), input, rng, one), Error::kOk);
    ASSERT_EQ(ConcealSupi(scheme, Hex(key), input, rng, two), Error::kOk);
    EXPECT_NE(one, two);
  }
}

TEST(Suci, KeysThatAreNone_Refused) {
  Seeded rng(6);
  const auto input = Hex("00012080f6");
  std::vector<uint8_t> a(input.size() + SuciOverhead(SuciScheme::kProfileA));
  std::vector<uint8_t> b(input.size() + SuciOverhead(SuciScheme::kProfileB));
  EXPECT_NE(ConcealSupi(SuciScheme::kProfileA, std::vector<uint8_t>(32, 0), input, rng, a),
            Error::kOk);
  EXPECT_NE(ConcealSupi(SuciScheme::kProfileA, Hex(vectors::kSuciBCompressed), input, rng, a),
            Error::kOk);
  EXPECT_EQ(ConcealSupi(SuciScheme::kProfileB, Hex(vectors::kSuciAPublic), input, rng, b),
            Error::kFormat);
  auto off = Hex(vectors::kSuciBPublic);
  off[64] ^= 1;
  EXPECT_EQ(ConcealSupi(SuciScheme::kProfileB, off, input, rng, b), Error::kFormat);
}

}  // namespace
}  // namespace simurgh::crypto
