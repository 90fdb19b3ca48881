#include "crypto/rng.h"

#include <gtest/gtest.h>

#include "tests/unit/crypto/hex.h"

namespace simurgh::crypto {
namespace {

std::vector<uint8_t> CountingSeed() {
  std::vector<uint8_t> seed(Rng::kSeedBytes);
  for (size_t i = 0; i < seed.size(); ++i) {
    seed[i] = static_cast<uint8_t>(i);
  }
  return seed;
}

// The same generator (AES-256, no derivation function) made the seeds of NIST's known-answer files
// for post-quantum candidates: entropy 00 01 .. 2F, 48 bytes a request.
TEST(Rng, NistKatSeeds_FirstTwoRequests) {
  Rng rng;
  rng.Seed(CountingSeed());
  std::array<uint8_t, 48> out;
  rng.Fill(out);
  EXPECT_EQ(ToHex(out),
            "061550234d158c5ec95595fe04ef7a25767f2e24cc2bc479"
            "d09d86dc9abcfde7056a8c266f9ef97ed08541dbd2e1ffa1");
  rng.Fill(out);
  EXPECT_EQ(ToHex(out),
            "d81c4d8d734fcbfbeade3d3f8a039faa2a2c9957e835ad55"
            "b22e75bf57bb556ac81adde6aeeb4a5a875c3bfcadfa958f");
}

TEST(Rng, SameSeed_SameBytes_OtherSeed_OtherBytes) {
  std::vector<uint8_t> seed = CountingSeed();
  Rng a, b, c;
  a.Seed(seed);
  b.Seed(seed);
  seed[47] ^= 1;
  c.Seed(seed);
  std::array<uint8_t, 33> out_a, out_b, out_c;
  a.Fill(out_a);
  b.Fill(out_b);
  c.Fill(out_c);
  EXPECT_EQ(out_a, out_b);
  EXPECT_NE(out_a, out_c);
}

TEST(Rng, ShortRequest_IsPrefixOfLongOne) {
  Rng a, b;
  a.Seed(CountingSeed());
  b.Seed(CountingSeed());
  std::array<uint8_t, 5> few;
  std::array<uint8_t, 100> many;
  a.Fill(few);
  b.Fill(many);
  EXPECT_EQ(ToHex(few), ToHex(ConstBytes(many).first(5)));
}

TEST(RngDeathTest, Unseeded_IsOurMistake) {
  Rng rng;
  std::array<uint8_t, 4> out;
  EXPECT_DEATH(rng.Fill(out), "seeded_");
}

}  // namespace
}  // namespace simurgh::crypto
