#include <gtest/gtest.h>

#include "tests/unit/store/store_rig.h"

namespace simurgh::store {
namespace {

using test::StoreRig;
using test::Value;

uint16_t FillUp(StoreRig& rig, size_t size) {
  uint16_t i = 0;
  while (rig.store->Put({1, 1, i}, Value(size, static_cast<uint8_t>(i))) == Error::kOk) {
    ++i;
  }
  return i;
}

void ExpectAllThere(StoreRig& rig, uint16_t count, size_t size) {
  for (uint16_t i = 0; i < count; ++i) {
    ASSERT_EQ(rig.Get({1, 1, i}), Value(size, static_cast<uint8_t>(i))) << i;
  }
}

TEST(FullStore, Put_IsFullAndLosesNothing) {
  for (size_t size : {1u, 24u, 200u, 511u, 512u}) {
    for (uint32_t program : {1u, 16u}) {
      StoreRig rig({8, 2048, program}, 4096);
      const uint32_t promised = rig.store->FreeBytes(static_cast<uint32_t>(size));
      const uint16_t count = FillUp(rig, size);
      EXPECT_EQ(count * size, promised);
      EXPECT_EQ(rig.store->FreeBytes(static_cast<uint32_t>(size)), 0u);
      EXPECT_EQ(rig.store->Put({1, 2, 0}, Value(size, 0)), Error::kFull);
      ExpectAllThere(rig, count, size);
      ASSERT_EQ(rig.Remount(), Error::kOk);
      ExpectAllThere(rig, count, size);
      EXPECT_EQ(rig.store->FreeBytes(static_cast<uint32_t>(size)), 0u);
    }
  }
}

TEST(FullStore, ReplaceWithSameSize_WorksForEver) {
  StoreRig rig;
  const uint16_t count = FillUp(rig, 120);
  for (int i = 0; i < 5000; ++i) {
    const Key key{1, 1, static_cast<uint16_t>(i * 7 % count)};
    const auto value = Value(120, static_cast<uint8_t>(key.part));
    if (i % 2 == 0) {
      ASSERT_EQ(rig.store->PutNow(key, value), Error::kOk) << i;
      continue;
    }
    rig.store->Begin();
    ASSERT_EQ(rig.store->Put(key, value), Error::kOk) << i;
    ASSERT_EQ(rig.store->Put({1, 1, static_cast<uint16_t>((key.part + 1) % count)},
                             Value(120, static_cast<uint8_t>((key.part + 1) % count))),
              Error::kOk)
        << i;
    ASSERT_EQ(rig.store->Commit(), Error::kOk) << i;
  }
  ExpectAllThere(rig, count, 120);
}

TEST(FullStore, DeleteAndDrop_SucceedAndMakeRoom) {
  StoreRig rig;
  const uint32_t empty = rig.store->FreeBytes();
  for (int round = 0; round < 50; ++round) {
    const uint16_t count = FillUp(rig, 120);
    ASSERT_GT(count, 30);
    for (uint16_t i = 0; i < 10; ++i) {
      ASSERT_EQ(rig.store->Delete({1, 1, i}), Error::kOk) << round;
    }
    EXPECT_GT(rig.store->FreeBytes(), 0u);
    ASSERT_EQ(rig.store->DropSpace(1), Error::kOk) << round;
    ASSERT_EQ(rig.store->FreeBytes(), empty) << round;
  }
}

TEST(FullStore, TransactionThatDoesNotFit_LeavesStoreAsItWas) {
  StoreRig rig;
  const uint16_t count = FillUp(rig, 120);
  for (int i = 0; i < 200; ++i) {
    rig.store->Begin();
    EXPECT_EQ(rig.store->Put({2, 1, 1}, Value(300, 1)), Error::kFull);
    EXPECT_EQ(rig.store->Commit(), Error::kFull);
    rig.store->Begin();
    Error error = Error::kOk;
    for (uint16_t k = 0; k < Store::kMaxPending && error == Error::kOk; ++k) {
      error = rig.store->Put({1, 1, k}, Value(120, 0xEE));
    }
    EXPECT_EQ(error, Error::kFull) << "old and new values together are more than the store";
    rig.store->Rollback();
  }
  ExpectAllThere(rig, count, 120);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  ExpectAllThere(rig, count, 120);
}

TEST(FullStore, IndexLimit_IsFull) {
  StoreRig rig({16, 4096, 4}, 60);
  const uint16_t count = FillUp(rig, 4);
  EXPECT_EQ(count, 50);
  rig.store->Begin();
  EXPECT_EQ(rig.store->Put({2, 1, 1}, Value(4, 1)), Error::kFull);
  rig.store->Rollback();
  EXPECT_EQ(rig.store->PutNow({1, 1, 3}, Value(4, 3)), Error::kOk);
  ExpectAllThere(rig, count, 4);
  ASSERT_EQ(rig.store->Delete({1, 1, 0}), Error::kOk);
  EXPECT_EQ(rig.store->Put({2, 1, 1}, Value(4, 1)), Error::kOk);
}

TEST(FullStore, TenThousandAbortedTransactions_LeaveFreeBytesAsBefore) {
  StoreRig rig;
  ASSERT_EQ(rig.store->Put({1, 1, 1}, Value(50, 1)), Error::kOk);
  const uint32_t before = rig.store->FreeBytes();
  for (int i = 0; i < 10000; ++i) {
    rig.store->Begin();
    for (uint16_t k = 0; k < 12; ++k) {
      ASSERT_EQ(rig.store->Put({7, 1, k}, Value(256, 1)), Error::kOk) << i;
    }
    rig.store->Rollback();
    ASSERT_EQ(rig.store->FreeBytes(), before) << i;
  }
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_EQ(rig.store->FreeBytes(), before);
  EXPECT_EQ(rig.Get({1, 1, 1}), Value(50, 1));
}

TEST(FullStore, TenThousandDroppedSpaces_LeaveFreeBytesAsBefore) {
  StoreRig rig;
  ASSERT_EQ(rig.store->Put({1, 1, 1}, Value(50, 1)), Error::kOk);
  const uint32_t before = rig.store->FreeBytes();
  for (int i = 0; i < 10000; ++i) {
    for (uint16_t k = 0; k < 6; ++k) {
      ASSERT_EQ(rig.store->Put({7, 1, k}, Value(256, 1)), Error::kOk) << i;
    }
    ASSERT_EQ(rig.store->DropSpace(7), Error::kOk) << i;
    ASSERT_EQ(rig.store->FreeBytes(), before) << i;
  }
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_EQ(rig.store->FreeBytes(), before);
}

TEST(Wear, UpdatesOfOneRecord_AreSpreadEvenly) {
  StoreRig rig({16, 2048, 4});
  for (uint16_t i = 0; i < 60; ++i) {
    ASSERT_EQ(rig.store->Put({1, 1, i}, Value(100, 1)), Error::kOk);
  }
  rig.flash.ResetCounts();
  for (int i = 0; i < 100000; ++i) {
    ASSERT_EQ(rig.store->PutNow({1, 1, 0}, Value(24, static_cast<uint8_t>(i))), Error::kOk);
  }
  uint32_t most = 0;
  uint64_t all = 0;
  for (uint32_t erases : rig.flash.wear()) {
    most = std::max(most, erases);
    all += erases;
  }
  EXPECT_LE(most * 16.0 / static_cast<double>(all), 1.2);
  EXPECT_GT(all, 1000u);
}

}  // namespace
}  // namespace simurgh::store
