#include "firmware/access/pins.h"

#include <gtest/gtest.h>

#include "tests/unit/fs/tree.h"

namespace simurgh {
namespace {

using access::Pins;
using access::PinSpec;
using access::PukSpec;
using access::Verified;
using fs::Selection;
using fs::Type;
using test::Dir;
using test::TreeRig;

constexpr uint8_t kOld[] = {'1', '2', '3', '4', 0xFF, 0xFF, 0xFF, 0xFF};
constexpr uint8_t kNew[] = {'9', '8', '7', '6', 0xFF, 0xFF, 0xFF, 0xFF};
constexpr uint8_t kWrong[] = {'0', '0', '0', '0', 0xFF, 0xFF, 0xFF, 0xFF};
constexpr uint8_t kPuk[] = {'1', '1', '1', '1', '2', '2', '2', '2'};
constexpr uint8_t kAid[] = {0xA0, 0, 0, 0, 0x87, 0x10, 0x02};
constexpr uint8_t kPin1 = 0x01;
constexpr uint8_t kPin2 = 0x81;
constexpr uint8_t kAdm = 0x0A;

class PinsTest : public testing::Test {
 protected:
  PinsTest() : pins(*rig.store) {
    mf = rig.Make({}, Dir(Type::kMf, 0x3F00));
    adf = rig.Make(mf, Adf(0x7FD0, 7));
    other = rig.Make(mf, Adf(0x7FD1, 6));
    store::Transaction transaction(*rig.store);
    CHECK(pins.Put(TreeRig::kSpace, 0, {kPin1, kOld, 1, 7, 3, 3}) == Error::kOk);
    CHECK(pins.Put(TreeRig::kSpace, 0, {kAdm, kOld, 0, 3, 10, 10}) == Error::kOk);
    CHECK(pins.Put(TreeRig::kSpace, adf.object, {kPin2, kOld, 0x81, 3, 3, 3}) == Error::kOk);
    CHECK(pins.PutPuk(TreeRig::kSpace, {1, kPuk, 10, 10}) == Error::kOk);
    CHECK(pins.PutPuk(TreeRig::kSpace, {0x81, kPuk, 10, 2}) == Error::kOk);
    CHECK(transaction.Commit() == Error::kOk);
    at.dir = mf;
    in_adf.dir = in_adf.adf = adf;
    in_other.dir = in_other.adf = other;
  }
  static fs::FileSpec Adf(uint16_t fid, size_t aid_size) {
    fs::FileSpec spec = Dir(Type::kAdf, fid);
    spec.aid = ConstBytes(kAid).first(aid_size);
    return spec;
  }
  int Tries(uint8_t reference, const Selection& where) {
    return pins.Query(where, verified, reference).value().tries_left;
  }
  Error Universal() {
    return pins.Put(TreeRig::kSpace, 0, {access::kUniversalPin, kNew, 0, 7, 3, 3});
  }

  TreeRig rig;
  Pins pins;
  fs::File mf, adf, other;
  Selection at, in_adf, in_other;
  Verified verified;
};

TEST_F(PinsTest, RightValue_VerifiesAndRestoresTries) {
  EXPECT_FALSE(pins.Satisfied(at, verified, kPin1));
  EXPECT_EQ(pins.Verify(at, verified, kPin1, kWrong), Error::kAuth);
  EXPECT_EQ(Tries(kPin1, at), 2);
  EXPECT_EQ(pins.Verify(at, verified, kPin1, kOld), Error::kOk);
  EXPECT_EQ(Tries(kPin1, at), 3);
  EXPECT_TRUE(pins.Satisfied(at, verified, kPin1));
}

TEST_F(PinsTest, WrongValueAfterVerification_TakesItBack) {
  ASSERT_EQ(pins.Verify(at, verified, kPin1, kOld), Error::kOk);
  ASSERT_EQ(pins.Verify(at, verified, kPin1, kWrong), Error::kAuth);
  EXPECT_FALSE(pins.Satisfied(at, verified, kPin1));
}

TEST_F(PinsTest, ThreeWrong_BlocksEvenTheRightOne) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(pins.Verify(at, verified, kPin1, kWrong), Error::kAuth);
  }
  EXPECT_EQ(pins.Verify(at, verified, kPin1, kOld), Error::kBlocked);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  Pins after(*rig.store);
  EXPECT_EQ(after.Verify(at, verified, kPin1, kOld), Error::kBlocked);
}

TEST_F(PinsTest, Unblock_SetsNewPinAndFullTries) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(pins.Verify(at, verified, kPin1, kWrong), Error::kAuth);
  }
  EXPECT_EQ(pins.Unblock(at, verified, kPin1, kWrong, kNew), Error::kAuth);
  EXPECT_EQ(pins.Query(at, verified, kPin1).value().puk_tries_left, 9);
  EXPECT_EQ(pins.Verify(at, verified, kPin1, kOld), Error::kBlocked);
  EXPECT_EQ(pins.Unblock(at, verified, kPin1, kPuk, kNew), Error::kOk);
  EXPECT_EQ(pins.Query(at, verified, kPin1).value().puk_tries_left, 10);
  EXPECT_EQ(Tries(kPin1, at), 3);
  EXPECT_EQ(pins.Verify(at, verified, kPin1, kOld), Error::kAuth);
  EXPECT_EQ(pins.Verify(at, verified, kPin1, kNew), Error::kOk);
}

TEST_F(PinsTest, PukUsedUp_NoMoreUnblocking) {
  EXPECT_EQ(pins.Unblock(in_adf, verified, kPin2, kWrong, kNew), Error::kAuth);
  EXPECT_EQ(pins.Unblock(in_adf, verified, kPin2, kWrong, kNew), Error::kAuth);
  EXPECT_EQ(pins.Unblock(in_adf, verified, kPin2, kPuk, kNew), Error::kBlocked);
  EXPECT_EQ(pins.Unblock(at, verified, kAdm, kPuk, kNew), Error::kBlocked);  // no PUK at all
  EXPECT_EQ(pins.Verify(in_adf, verified, kPin2, kOld), Error::kOk);         // the PIN is as it was
}

TEST_F(PinsTest, Change_NeedsTheOldOne) {
  EXPECT_EQ(pins.Change(at, verified, kPin1, kWrong, kNew), Error::kAuth);
  EXPECT_EQ(Tries(kPin1, at), 2);
  EXPECT_EQ(pins.Verify(at, verified, kPin1, kOld), Error::kOk);
  EXPECT_EQ(pins.Change(at, verified, kPin1, kOld, kNew), Error::kOk);
  EXPECT_EQ(pins.Verify(at, verified, kPin1, kOld), Error::kAuth);
  EXPECT_EQ(pins.Verify(at, verified, kPin1, kNew), Error::kOk);
}

TEST_F(PinsTest, WrongOldInRolledBackChange_StillCosts) {
  {
    store::Transaction transaction(*rig.store);
    EXPECT_EQ(pins.Change(at, verified, kPin1, kWrong, kNew), Error::kAuth);
  }
  EXPECT_EQ(Tries(kPin1, at), 2);
}

TEST_F(PinsTest, RolledBackChange_KeepsOldValue) {
  {
    store::Transaction transaction(*rig.store);
    EXPECT_EQ(pins.Change(at, verified, kPin1, kOld, kNew), Error::kOk);
  }
  EXPECT_EQ(pins.Verify(at, verified, kPin1, kOld), Error::kOk);
}

TEST_F(PinsTest, Disabled_RulesAreSatisfiedAndVerifyIsNot) {
  EXPECT_EQ(pins.Disable(at, verified, kPin1, kWrong, false), Error::kAuth);
  EXPECT_FALSE(pins.Satisfied(at, verified, kPin1));
  EXPECT_EQ(pins.Disable(at, verified, kPin1, kOld, false), Error::kOk);
  EXPECT_TRUE(pins.Satisfied(at, verified, kPin1));
  EXPECT_EQ(pins.Verify(at, verified, kPin1, kOld), Error::kState);
  EXPECT_EQ(pins.Enable(at, verified, kPin1, kOld), Error::kOk);
  EXPECT_EQ(pins.Enable(at, verified, kPin1, kOld), Error::kState);
  pins.Forget();
  EXPECT_FALSE(pins.Satisfied(at, verified, kPin1));
}

TEST_F(PinsTest, AttributesForbidDisabling_Refused) {
  EXPECT_EQ(pins.Disable(in_adf, verified, kPin2, kOld, false), Error::kUnsupported);
  EXPECT_EQ(pins.Disable(at, verified, kPin1, kOld, false), Error::kOk);
}

TEST_F(PinsTest, ReplacedByUniversal_UniversalDecides) {
  ASSERT_EQ(Universal(), Error::kOk);
  ASSERT_EQ(pins.Disable(at, verified, kPin1, kOld, true), Error::kOk);
  EXPECT_FALSE(pins.Satisfied(at, verified, kPin1));
  ASSERT_EQ(pins.Verify(at, verified, access::kUniversalPin, kNew), Error::kOk);
  EXPECT_TRUE(pins.Satisfied(at, verified, kPin1));
}

TEST_F(PinsTest, LocalPin_OnlyOfItsApplicationAndChannel) {
  ASSERT_EQ(pins.Verify(in_adf, verified, kPin2, kOld), Error::kOk);
  EXPECT_TRUE(pins.Satisfied(in_adf, verified, kPin2));
  EXPECT_FALSE(pins.Satisfied(in_adf, Verified{}, kPin2));     // another channel
  EXPECT_FALSE(pins.Satisfied(in_other, verified, kPin2));     // another application: no such PIN
  EXPECT_EQ(pins.Verify(in_other, verified, kPin2, kOld), Error::kNotFound);
  Pins::LeaveApplication(verified);
  EXPECT_FALSE(pins.Satisfied(in_adf, verified, kPin2));
}

TEST_F(PinsTest, SharedLocalPin_IsOnePin) {
  ASSERT_EQ(pins.Share(TreeRig::kSpace, other.object, adf.object), Error::kOk);
  ASSERT_EQ(pins.Verify(in_other, verified, kPin2, kWrong), Error::kAuth);
  EXPECT_EQ(Tries(kPin2, in_adf), 2);
  ASSERT_EQ(pins.Verify(in_other, verified, kPin2, kOld), Error::kOk);
  EXPECT_TRUE(pins.Satisfied(in_adf, verified, kPin2));
}

TEST_F(PinsTest, LocalPinOfAnotherDirectory_IsAnotherPin) {
  ASSERT_EQ(pins.Put(TreeRig::kSpace, other.object, {kPin2, kNew, 0, 3, 3, 3}), Error::kOk);
  ASSERT_EQ(pins.Verify(in_adf, verified, kPin2, kOld), Error::kOk);
  EXPECT_FALSE(pins.Satisfied(in_other, verified, kPin2));
  EXPECT_EQ(pins.Verify(in_other, verified, kPin2, kOld), Error::kAuth);
  EXPECT_EQ(pins.Verify(in_other, verified, kPin2, kNew), Error::kOk);
}

TEST_F(PinsTest, UnknownReference_NotFound) {
  for (const uint8_t reference : {0x00, 0x02, 0x09, 0x0F, 0x11, 0x82, 0x8A, 0xFF}) {
    EXPECT_EQ(pins.Verify(in_adf, verified, reference, kOld), Error::kNotFound) << int{reference};
    EXPECT_FALSE(pins.Satisfied(in_adf, verified, reference));
  }
  EXPECT_EQ(pins.Verify(in_adf, verified, kAdm, kOld), Error::kOk);
}

TEST_F(PinsTest, PowerCutInVerify_NeverGivesFreeTries) {
  const std::vector<uint8_t> saved = rig.memory;
  bool cut = true;
  int spent = 0;
  for (uint64_t n = 1; cut; ++n) {
    rig.memory = saved;
    ASSERT_EQ(rig.Remount(), Error::kOk);
    cut = false;
    bool told = false;
    try {
      Pins here(*rig.store);
      rig.flash.CutAfter(n, static_cast<uint32_t>(n));
      told = here.Verify(at, verified, kPin1, kWrong) == Error::kAuth;
    } catch (const hal::PowerCut&) {
      cut = true;
    }
    ASSERT_EQ(rig.Remount(), Error::kOk);
    const int left = Pins(*rig.store).Query(at, verified, kPin1).value().tries_left;
    EXPECT_TRUE(left == 2 || (left == 3 && !told)) << "cut " << n;
    spent += left == 2;
  }
  EXPECT_GE(spent, 1);
}

}  // namespace
}  // namespace simurgh
