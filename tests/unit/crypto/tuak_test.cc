#include "crypto/tuak.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/unit/crypto/hex.h"
#include "tests/vectors/tuak.h"

namespace simurgh::crypto {
namespace {

// SHA3-256 is this permutation in a sponge of rate 136 with the suffix 01 (FIPS 202 6.1): one
// block.
std::string Sha3Of(ConstBytes message) {
  KeccakState state{};
  auto* bytes = reinterpret_cast<uint8_t*>(state.data());
  Copy(Bytes(bytes, sizeof(KeccakState)), message);
  bytes[message.size()] ^= 0x06;
  bytes[135] ^= 0x80;
  KeccakF1600(state);
  return ToHex(ConstBytes(bytes, 32));
}

TEST(Keccak, Sha3OfShortMessages_AsPublished) {
  EXPECT_EQ(Sha3Of({}), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
  EXPECT_EQ(Sha3Of(Ascii("abc")),
            "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
}

TEST(Tuak, Ts35233Sets1To6_AllFunctions) {
  for (const auto& set : vectors::kTuakSets) {
    SCOPED_TRACE(set.f1);
    const auto k = Hex(set.k);
    const auto rand = Hex(set.rand);
    std::vector<uint8_t> topc(32);
    TuakTopc(k, Hex(set.top), set.iterations, topc);
    EXPECT_EQ(ToHex(topc), set.topc);

    const auto bytes = [](const char* hex) { return static_cast<uint8_t>(std::strlen(hex) / 2); };
    const TuakSizes sizes{bytes(set.f1), bytes(set.f2), bytes(set.f3), bytes(set.f4)};
    ASSERT_TRUE(sizes.valid());
    Tuak tuak(k, topc, set.iterations, sizes, rand);
    std::vector<uint8_t> mac(sizes.mac), res(sizes.res), ck(sizes.ck), ik(sizes.ik), ak(6);
    tuak.F1(Hex(set.sqn), Hex(set.amf), mac);
    EXPECT_EQ(ToHex(mac), set.f1);
    tuak.F1Star(Hex(set.sqn), Hex(set.amf), mac);
    EXPECT_EQ(ToHex(mac), set.f1_star);
    tuak.F2345(res, ck, ik, ak);
    EXPECT_EQ(ToHex(res), set.f2);
    EXPECT_EQ(ToHex(ck), set.f3);
    EXPECT_EQ(ToHex(ik), set.f4);
    EXPECT_EQ(ToHex(ak), set.f5);
    tuak.F5Star(ak);
    EXPECT_EQ(ToHex(ak), set.f5_star);
  }
}

TEST(Tuak, SizesOfOthers_Invalid) {
  EXPECT_TRUE((TuakSizes{8, 4, 16, 16}.valid()));
  EXPECT_FALSE((TuakSizes{4, 4, 16, 16}.valid()));
  EXPECT_FALSE((TuakSizes{8, 5, 16, 16}.valid()));
  EXPECT_FALSE((TuakSizes{8, 8, 8, 16}.valid()));
  EXPECT_FALSE((TuakSizes{8, 8, 16, 24}.valid()));
}

}  // namespace
}  // namespace simurgh::crypto
