#include "crypto/const_time.h"

#include <gtest/gtest.h>

#include "tests/unit/crypto/hex.h"

namespace simurgh::crypto {
namespace {

TEST(EqualConstantTime, EqualViews_Accepted) {
  for (size_t size = 0; size < 40; ++size) {
    const std::vector<uint8_t> a(size, 0x5A);
    const std::vector<uint8_t> b(size, 0x5A);
    EXPECT_EQ(EqualConstantTime(a, b), Verdict::kAccepted) << size;
  }
}

TEST(EqualConstantTime, AnySingleBitAnywhere_Rejected) {
  const std::vector<uint8_t> a(17, 0xC3);
  for (size_t bit = 0; bit < a.size() * 8; ++bit) {
    std::vector<uint8_t> b = a;
    b[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_EQ(EqualConstantTime(a, b), Verdict::kRejected) << bit;
  }
}

TEST(EqualConstantTime, OtherSize_Rejected) {
  const std::vector<uint8_t> a(8, 1);
  EXPECT_EQ(EqualConstantTime(a, ConstBytes(a).first(7)), Verdict::kRejected);
  EXPECT_EQ(EqualConstantTime({}, a), Verdict::kRejected);
}

}  // namespace
}  // namespace simurgh::crypto
