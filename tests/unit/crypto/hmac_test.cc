#include "crypto/hmac.h"

#include <gtest/gtest.h>

#include "tests/unit/crypto/hex.h"

namespace simurgh::crypto {
namespace {

std::string Mac(ConstBytes key, ConstBytes data) {
  HmacSha256 mac(key);
  mac.Update(data.first(data.size() / 2));
  mac.Update(data.subspan(data.size() / 2));
  return ToHex(mac.Finish());
}

TEST(HmacSha256, Rfc4231_Cases1To3) {
  EXPECT_EQ(Mac(std::vector<uint8_t>(20, 0x0B), Ascii("Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Mac(Ascii("Jefe"), Ascii("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Mac(std::vector<uint8_t>(20, 0xAA), std::vector<uint8_t>(50, 0xDD)),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
}

TEST(HmacSha256, NoKeyAndAWholeBlock_AsOpenssl) {
  EXPECT_EQ(Mac({}, {}), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(Mac(std::vector<uint8_t>(64, 0x0C), Ascii("a block of key")),
            "0cbca46edfed7d6b76c2d541578672f5993825a821c8df69d7b8eaab03f0d65b");
}

}  // namespace
}  // namespace simurgh::crypto
