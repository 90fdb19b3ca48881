#include <gtest/gtest.h>

#include "tests/unit/store/store_rig.h"

namespace simurgh::store {
namespace {

using test::StoreRig;
using test::Value;

const Key kKey{2, 1, 1};
const auto kOld = Value(48, 0x31);
const auto kNew = Value(48, 0x64);

class Secrets : public testing::TestWithParam<uint32_t> {
 protected:
  StoreRig rig{{8, 2048, GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(ProgramUnits, Secrets, testing::Values(1u, 2u, 4u, 8u, 16u));

TEST_P(Secrets, PlainValue_StaysInFlashWhenReplaced) {  // the control of the tests below
  ASSERT_EQ(rig.store->Put(kKey, kOld), Error::kOk);
  ASSERT_EQ(rig.store->Put(kKey, kNew), Error::kOk);
  EXPECT_TRUE(rig.FlashHolds(kOld));
}

TEST_P(Secrets, Replaced_IsGone) {
  ASSERT_EQ(rig.store->Put(kKey, kOld, Kind::kSecret), Error::kOk);
  ASSERT_TRUE(rig.FlashHolds(kOld));
  ASSERT_EQ(rig.store->Put(kKey, kNew, Kind::kSecret), Error::kOk);
  EXPECT_FALSE(rig.FlashHolds(kOld));
  EXPECT_EQ(rig.Get(kKey), kNew);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_EQ(rig.Get(kKey), kNew);
}

TEST_P(Secrets, ReplacedByPlainValue_IsGone) {
  ASSERT_EQ(rig.store->Put(kKey, kOld, Kind::kSecret), Error::kOk);
  ASSERT_EQ(rig.store->PutNow(kKey, kNew), Error::kOk);
  EXPECT_FALSE(rig.FlashHolds(kOld));
}

TEST_P(Secrets, DeletedOrDropped_IsGone) {
  ASSERT_EQ(rig.store->Put(kKey, kOld, Kind::kSecret), Error::kOk);
  ASSERT_EQ(rig.store->Delete(kKey), Error::kOk);
  EXPECT_FALSE(rig.FlashHolds(kOld));
  ASSERT_EQ(rig.store->Put(kKey, kOld, Kind::kSecret), Error::kOk);
  ASSERT_EQ(rig.store->DropSpace(kKey.space), Error::kOk);
  EXPECT_FALSE(rig.FlashHolds(kOld));
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_FALSE(rig.store->Has(kKey));
}

TEST_P(Secrets, Transaction_WipesOldAtCommitAndNewAtRollback) {
  ASSERT_EQ(rig.store->Put(kKey, kOld, Kind::kSecret), Error::kOk);
  rig.store->Begin();
  ASSERT_EQ(rig.store->Put(kKey, kNew, Kind::kSecret), Error::kOk);
  EXPECT_TRUE(rig.FlashHolds(kNew));
  rig.store->Rollback();
  EXPECT_FALSE(rig.FlashHolds(kNew));
  EXPECT_EQ(rig.Get(kKey), kOld);
  rig.store->Begin();
  ASSERT_EQ(rig.store->Put(kKey, Value(48, 0x11), Kind::kSecret), Error::kOk);
  ASSERT_EQ(rig.store->Put(kKey, kNew, Kind::kSecret), Error::kOk);
  EXPECT_FALSE(rig.FlashHolds(Value(48, 0x11)));
  ASSERT_EQ(rig.store->Commit(), Error::kOk);
  EXPECT_FALSE(rig.FlashHolds(kOld));
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_EQ(rig.Get(kKey), kNew);
}

TEST_P(Secrets, UncommittedAtPowerOff_IsGoneAfterMount) {
  rig.store->Begin();
  ASSERT_EQ(rig.store->Put(kKey, kNew, Kind::kSecret), Error::kOk);
  ASSERT_TRUE(rig.FlashHolds(kNew));
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_FALSE(rig.FlashHolds(kNew));
}

TEST_P(Secrets, WipedMemberOfTransaction_DoesNotUndoItsCompanions) {
  rig.store->Begin();
  ASSERT_EQ(rig.store->Put({1, 1, 1}, Value(10, 1)), Error::kOk);
  ASSERT_EQ(rig.store->Put(kKey, kOld, Kind::kSecret), Error::kOk);
  ASSERT_EQ(rig.store->Commit(), Error::kOk);
  ASSERT_EQ(rig.store->Delete(kKey), Error::kOk);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_EQ(rig.Get({1, 1, 1}), Value(10, 1));
  EXPECT_FALSE(rig.store->Has(kKey));
}

TEST_P(Secrets, Compaction_LeavesOneCopy) {
  ASSERT_EQ(rig.store->Put(kKey, kOld, Kind::kSecret), Error::kOk);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(rig.store->Put({1, 1, 1}, std::vector<uint8_t>(100, i & 0xFF)), Error::kOk);
  }
  EXPECT_EQ(rig.Get(kKey), kOld);
  const auto first = std::search(rig.memory.begin(), rig.memory.end(), kOld.begin(), kOld.end());
  ASSERT_NE(first, rig.memory.end());
  EXPECT_EQ(std::search(first + 1, rig.memory.end(), kOld.begin(), kOld.end()), rig.memory.end());
}

TEST_P(Secrets, ValueOfZeros_IsAnOrdinarySecret) {
  const std::vector<uint8_t> zeros(16);
  ASSERT_EQ(rig.store->Put(kKey, zeros, Kind::kSecret), Error::kOk);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_EQ(rig.Get(kKey), zeros);
  ASSERT_EQ(rig.store->Delete(kKey), Error::kOk);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_FALSE(rig.store->Has(kKey));
}

}  // namespace
}  // namespace simurgh::store
