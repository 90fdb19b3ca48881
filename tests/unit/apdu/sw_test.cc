#include "apdu/sw.h"

#include <gtest/gtest.h>

#include <string>

#include "apdu/words.h"

namespace simurgh::apdu {
namespace {

TEST(ToSw, OnlyOk_Succeeds) {
  EXPECT_EQ(ToSw(Error::kOk), Sw::kOk);
  for (int e = static_cast<int>(Error::kFormat); e <= static_cast<int>(Error::kCorrupt); ++e) {
    const Sw sw = ToSw(static_cast<Error>(e));
    EXPECT_FALSE(Succeeded(sw)) << e;
    EXPECT_NE(sw, Sw::kTechnicalProblem) << "error without a row: " << e;
  }
}

TEST(ToSw, Reasons_KeepTheirMeaning) {
  EXPECT_EQ(ToSw(Error::kAuth), Sw::kSecurityNotSatisfied);
  EXPECT_EQ(ToSw(Error::kBlocked), Sw::kBlocked);
  EXPECT_EQ(ToSw(Error::kFull), Sw::kNotEnoughMemory);
  EXPECT_EQ(ToSw(Error::kNotFound), Sw::kReferencedDataNotFound);
  EXPECT_EQ(ToSw(Error::kState), Sw::kConditionsNotSatisfied);
}

TEST(Succeeded, Only90xxAnd91xx) {
  for (int value = 0; value <= 0xFFFF; ++value) {
    EXPECT_EQ(Succeeded(static_cast<Sw>(value)), value >= 0x9000 && value <= 0x91FF);
  }
}

TEST(Describe, ExactWordBeforeItsRange) {
  EXPECT_EQ(std::string(Describe(Sw::kOk)), "normal ending");
  EXPECT_NE(std::string(Describe(static_cast<Sw>(0x6283))),
            std::string(Describe(static_cast<Sw>(0x62F1))));
  EXPECT_EQ(std::string(Describe(WithCount(Sw::kTriesLeft, 2))),
            std::string(Describe(WithCount(Sw::kTriesLeft, 9))));
  EXPECT_NE(std::string(Describe(WithCount(Sw::kTriesLeft, 2))),
            std::string(Describe(static_cast<Sw>(0x6300))));
}

TEST(Describe, EveryWord_GetsText) {
  for (int value = 0; value <= 0xFFFF; ++value) {
    ASSERT_NE(Describe(static_cast<Sw>(value)), nullptr);
  }
  EXPECT_EQ(std::string(Describe(static_cast<Sw>(0x1234))), "unknown status word");
}

}  // namespace
}  // namespace simurgh::apdu
