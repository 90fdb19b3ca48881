#include "firmware/profile/record.h"

#include <gtest/gtest.h>

namespace simurgh::profile {
namespace {

Record Sample() {
  Record r;
  r.iccid = {0x98, 0x10, 0x32, 0x54, 0x76, 0x98, 0x10, 0x32, 0x54, 0xF6};
  r.profile_class = Class::kProvisioning;
  r.mno = {0x00, 0xF1, 0x10};
  r.bound_to_ese = true;
  r.bound_to_terminal = true;
  r.ese.fill(0x89);
  r.terminal.fill(0x53);
  r.equation = Equation::kIdEse;
  r.covers = kCoversK;
  r.algorithm = Algorithm::kRsaSha256;
  r.signer = {1, 2, 3, 4, 5, 6, 7, 8};
  return r;
}

TEST(Record, EncodedThenDecoded_IsTheSame) {
  const Record r = Sample();
  std::array<uint8_t, kFixedBytes> fixed{};
  EncodeFixed(r, fixed);
  Record back;
  ASSERT_EQ(DecodeFixed(fixed, back), Error::kOk);
  EXPECT_EQ(back.iccid, r.iccid);
  EXPECT_EQ(back.profile_class, r.profile_class);
  EXPECT_EQ(back.mno, r.mno);
  EXPECT_TRUE(back.bound_to_ese && back.bound_to_terminal);
  EXPECT_EQ(back.ese, r.ese);
  EXPECT_EQ(back.terminal, r.terminal);
  EXPECT_EQ(back.equation, r.equation);
  EXPECT_EQ(back.covers, r.covers);
  EXPECT_EQ(back.algorithm, r.algorithm);
  EXPECT_EQ(back.signer, r.signer);
}

TEST(Record, BytesAreWhereTheFormatPageSays) {
  std::array<uint8_t, kFixedBytes> fixed{};
  EncodeFixed(Sample(), fixed);
  const uint8_t head[] = {0x01, 0x01, 0x03, 0x02, 0x01, 0x03, 0x98};
  EXPECT_TRUE(Equal(ConstBytes(fixed).first(7), head));
  EXPECT_EQ(fixed[18], 0x10);
  EXPECT_EQ(fixed[20], 0x89);
  EXPECT_EQ(fixed[36], 0x53);
  EXPECT_EQ(fixed[44], 0x01);
}

TEST(Record, ValueOutOfRange_IsRefused) {
  std::array<uint8_t, kFixedBytes> sound{};
  EncodeFixed(Sample(), sound);
  const struct {
    size_t at;
    uint8_t value;
  } kBad[] = {{0, 2}, {1, 3}, {2, 4}, {3, 0}, {3, 4}, {4, 4}, {5, 0}, {5, 5}};
  for (const auto& bad : kBad) {
    std::array<uint8_t, kFixedBytes> fixed = sound;
    fixed[bad.at] = bad.value;
    Record r;
    EXPECT_EQ(DecodeFixed(fixed, r), Error::kFormat) << bad.at;
  }
  Record r;
  EXPECT_EQ(DecodeFixed(ConstBytes(sound).first(51), r), Error::kFormat);
  EXPECT_EQ(DecodeFixed(sound, r), Error::kOk) << "control";
}

}  // namespace
}  // namespace simurgh::profile
