#include <gtest/gtest.h>

#include "crypto/aes.h"
#include "tests/unit/crypto/hex.h"

namespace simurgh::crypto {
namespace {

const std::vector<uint8_t> kKey =
    Hex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
const std::vector<uint8_t> kAssociated = Hex("101112131415161718191a1b1c1d1e1f2021222324252627");

TEST(Siv, Rfc5297A1_SealsAndOpens) {
  const std::vector<uint8_t> plain = Hex("112233445566778899aabbccddee");
  std::vector<uint8_t> sealed(plain.size() + 16);
  SivSeal(kKey, kAssociated, plain, sealed);
  EXPECT_EQ(ToHex(sealed), "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c");
  std::vector<uint8_t> opened(plain.size());
  EXPECT_TRUE(SivOpen(kKey, kAssociated, sealed, opened));
  EXPECT_EQ(opened, plain);
}

// The RFC has no vector of this shape with one string, so the long branch (xorend) is checked
// against the definition, written out step by step.
TEST(Siv, SixteenBytesAndMore_FollowS2v) {
  for (size_t size : {16u, 17u, 31u, 32u, 33u, 64u}) {
    std::vector<uint8_t> plain(size);
    for (size_t i = 0; i < size; ++i) {
      plain[i] = static_cast<uint8_t>(i * 7 + 1);
    }
    std::vector<uint8_t> sealed(size + 16);
    SivSeal(kKey, kAssociated, plain, sealed);

    const ConstBytes mac_key = ConstBytes(kKey).first(16);
    auto cmac = [&](ConstBytes data) {
      Cmac c(mac_key);
      c.Update(data);
      AesBlock out;
      c.Finish(out);
      return out;
    };
    const AesBlock zero{};
    AesBlock d = cmac(zero);
    int carry = 0;
    for (size_t i = 16; i-- > 0;) {  // multiplication by x, bit by bit from the low end
      const int v = d[i] * 2 + carry;
      carry = v >> 8;
      d[i] = static_cast<uint8_t>(v);
    }
    d[15] ^= carry ? 0x87 : 0;
    const AesBlock a = cmac(kAssociated);
    std::vector<uint8_t> t = plain;
    for (size_t i = 0; i < 16; ++i) {
      t[size - 16 + i] ^= static_cast<uint8_t>(d[i] ^ a[i]);
    }
    EXPECT_EQ(ToHex(ConstBytes(sealed).first(16)), ToHex(cmac(t))) << size;
    std::vector<uint8_t> opened(size);
    EXPECT_TRUE(SivOpen(kKey, kAssociated, sealed, opened)) << size;
    EXPECT_EQ(opened, plain);
  }
}

TEST(Siv, AnyFlippedBit_RefusedAndPlainWiped) {
  const std::vector<uint8_t> plain = Hex("112233445566778899aabbccddeeff0011223344");
  std::vector<uint8_t> sealed(plain.size() + 16);
  SivSeal(kKey, kAssociated, plain, sealed);
  std::vector<uint8_t> opened(plain.size());
  ASSERT_TRUE(SivOpen(kKey, kAssociated, sealed, opened));  // control
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::vector<uint8_t> bad = sealed;
    bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    opened.assign(plain.size(), 0xEE);
    EXPECT_FALSE(SivOpen(kKey, kAssociated, bad, opened)) << bit;
    EXPECT_EQ(opened, std::vector<uint8_t>(plain.size(), 0));
  }
}

TEST(Siv, OtherAssociatedDataOrSize_Refused) {
  const std::vector<uint8_t> plain = Hex("00112233");
  std::vector<uint8_t> sealed(plain.size() + 16);
  SivSeal(kKey, kAssociated, plain, sealed);
  std::vector<uint8_t> opened(plain.size());
  EXPECT_TRUE(SivOpen(kKey, kAssociated, sealed, opened));  // control
  EXPECT_FALSE(SivOpen(kKey, ConstBytes(kAssociated).first(23), sealed, opened));
  EXPECT_FALSE(SivOpen(kKey, kAssociated, ConstBytes(sealed).first(15), Bytes()));
  std::vector<uint8_t> longer(plain.size() + 1);
  EXPECT_FALSE(SivOpen(kKey, kAssociated, sealed, longer));
}

TEST(Siv, EmptyPlaintext_SealsToTheTagAlone) {
  std::array<uint8_t, 16> sealed;
  SivSeal(kKey, kAssociated, {}, sealed);
  EXPECT_TRUE(SivOpen(kKey, kAssociated, sealed, Bytes()));
  sealed[0] ^= 1;
  EXPECT_FALSE(SivOpen(kKey, kAssociated, sealed, Bytes()));
}

}  // namespace
}  // namespace simurgh::crypto
