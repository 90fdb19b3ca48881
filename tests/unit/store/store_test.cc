#include "firmware/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/store/store_rig.h"

namespace simurgh::store {
namespace {

using test::StoreRig;
using test::Value;
using Bytes8 = std::vector<uint8_t>;

const Key kA{0, 1, 1};
const Key kB{0, 1, 2};
const Key kC{5, 1, 1};

TEST(Store, BlankFlash_MountsEmpty) {
  StoreRig rig;
  EXPECT_EQ(rig.mounted, Error::kOk);
  EXPECT_FALSE(rig.store->Has(kA));
  EXPECT_EQ(rig.Remount(), Error::kOk);
}

TEST(Store, Put_ReadsBackAlsoAfterMount) {
  StoreRig rig;
  for (size_t size : {0u, 1u, 15u, 16u, 17u, 256u, 512u}) {
    const Bytes8 value = Value(size, 3);
    ASSERT_EQ(rig.store->Put(kA, value), Error::kOk);
    EXPECT_EQ(rig.Get(kA), value);
    ASSERT_EQ(rig.Remount(), Error::kOk);
    EXPECT_EQ(rig.Get(kA), value);
    EXPECT_EQ(rig.store->Size(kA).value(), size);
  }
}

TEST(Store, PutInTwoPieces_IsOneValue) {
  StoreRig rig;
  ASSERT_EQ(rig.store->Put(kA, Bytes8{1, 2, 3}, Bytes8{4, 5}), Error::kOk);
  EXPECT_EQ(rig.Get(kA), (Bytes8{1, 2, 3, 4, 5}));
}

TEST(Store, PutTooLong_IsRangeAndChangesNothing) {
  StoreRig rig;
  ASSERT_EQ(rig.store->Put(kA, Value(512, 1)), Error::kOk);
  EXPECT_EQ(rig.store->Put(kA, Value(513, 2)), Error::kRange);
  EXPECT_EQ(rig.store->Put(kA, Value(512, 2), Value(1, 2)), Error::kRange);
  EXPECT_EQ(rig.store->PutNow(kA, Value(513, 2)), Error::kRange);
  EXPECT_EQ(rig.Get(kA), Value(512, 1));
}

TEST(Store, ReadFromOffset_StopsAtEnd) {
  StoreRig rig;
  ASSERT_EQ(rig.store->Put(kA, Bytes8{1, 2, 3, 4}), Error::kOk);
  uint8_t out[3] = {};
  EXPECT_EQ(rig.store->Read(kA, 2, out).value(), 2u);
  EXPECT_EQ(out[0], 3);
  EXPECT_EQ(rig.store->Read(kA, 4, out).value(), 0u);
  EXPECT_EQ(rig.store->Read(kA, 5, out).error(), Error::kRange);
  EXPECT_EQ(rig.store->Read(kB, 0, out).error(), Error::kNotFound);
}

TEST(Store, Delete_RemovesOneRecord) {
  StoreRig rig;
  ASSERT_EQ(rig.store->Put(kA, Value(9, 1)), Error::kOk);
  ASSERT_EQ(rig.store->Put(kB, Value(9, 2)), Error::kOk);
  EXPECT_EQ(rig.store->Delete(kA), Error::kOk);
  EXPECT_EQ(rig.store->Delete(kA), Error::kNotFound);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_FALSE(rig.store->Has(kA));
  EXPECT_EQ(rig.Get(kB), Value(9, 2));
}

TEST(Store, DropSpace_RemovesThatSpaceOnlyAndItCanBeUsedAgain) {
  StoreRig rig;
  for (uint16_t part = 0; part < 60; ++part) {
    ASSERT_EQ(rig.store->Put({5, 9, part}, Value(3, 1)), Error::kOk);
    ASSERT_EQ(rig.store->Put({6, 9, part}, Value(3, 2)), Error::kOk);
  }
  ASSERT_EQ(rig.store->DropSpace(5), Error::kOk);
  ASSERT_EQ(rig.store->Put({5, 9, 7}, Value(3, 3)), Error::kOk);
  for (int mounts = 0; mounts < 2; ++mounts) {
    for (uint16_t part = 0; part < 60; ++part) {
      EXPECT_EQ(rig.store->Has({5, 9, part}), part == 7);
      EXPECT_EQ(rig.Get({6, 9, part}), Value(3, 2));
    }
    ASSERT_EQ(rig.Remount(), Error::kOk);
  }
}

TEST(Transaction, Commit_MakesAllDurable) {
  StoreRig rig;
  ASSERT_EQ(rig.store->Put(kB, Value(4, 9)), Error::kOk);
  rig.store->Begin();
  ASSERT_EQ(rig.store->Put(kA, Value(4, 1)), Error::kOk);
  ASSERT_EQ(rig.store->Put(kC, Value(4, 2)), Error::kOk);
  ASSERT_EQ(rig.store->Delete(kB), Error::kOk);
  EXPECT_EQ(rig.Get(kA), Value(4, 1));
  EXPECT_FALSE(rig.store->Has(kB));
  ASSERT_EQ(rig.store->Commit(), Error::kOk);
  EXPECT_FALSE(rig.store->open());
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_EQ(rig.Get(kA), Value(4, 1));
  EXPECT_EQ(rig.Get(kC), Value(4, 2));
  EXPECT_FALSE(rig.store->Has(kB));
}

TEST(Transaction, Rollback_RestoresAll) {
  StoreRig rig;
  ASSERT_EQ(rig.store->Put(kB, Value(4, 9)), Error::kOk);
  ASSERT_EQ(rig.store->Put(kC, Value(4, 8)), Error::kOk);
  rig.store->Begin();
  ASSERT_EQ(rig.store->Put(kA, Value(4, 1)), Error::kOk);
  ASSERT_EQ(rig.store->Put(kB, Value(4, 2)), Error::kOk);
  ASSERT_EQ(rig.store->DropSpace(5), Error::kOk);
  EXPECT_FALSE(rig.store->Has(kC));
  rig.store->Rollback();
  for (int mounts = 0; mounts < 2; ++mounts) {
    EXPECT_FALSE(rig.store->Has(kA));
    EXPECT_EQ(rig.Get(kB), Value(4, 9));
    EXPECT_EQ(rig.Get(kC), Value(4, 8));
    ASSERT_EQ(rig.Remount(), Error::kOk);
  }
}

TEST(Transaction, PowerOffBeforeCommit_LeavesNothingAndLaterCommitsDoNotReviveIt) {
  StoreRig rig;
  rig.store->Begin();
  ASSERT_EQ(rig.store->Put(kA, Value(4, 1)), Error::kOk);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  rig.store->Begin();
  ASSERT_EQ(rig.store->Put(kB, Value(4, 2)), Error::kOk);
  ASSERT_EQ(rig.store->Commit(), Error::kOk);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_FALSE(rig.store->Has(kA));
  EXPECT_EQ(rig.Get(kB), Value(4, 2));
}

TEST(Transaction, DropThenPutInSpace_KeepsOnlyThePut) {
  StoreRig rig;
  ASSERT_EQ(rig.store->Put({5, 1, 1}, Value(4, 1)), Error::kOk);
  ASSERT_EQ(rig.store->Put({5, 1, 2}, Value(4, 2)), Error::kOk);
  rig.store->Begin();
  ASSERT_EQ(rig.store->Put({5, 1, 3}, Value(4, 3)), Error::kOk);
  ASSERT_EQ(rig.store->Put({5, 1, 4}, Value(4, 4)), Error::kOk);
  ASSERT_EQ(rig.store->Delete({5, 1, 4}), Error::kOk);
  ASSERT_EQ(rig.store->DropSpace(5), Error::kOk);
  EXPECT_EQ(rig.store->Delete({5, 1, 1}), Error::kNotFound);
  ASSERT_EQ(rig.store->Put({5, 1, 2}, Value(4, 9)), Error::kOk);
  ASSERT_EQ(rig.store->Commit(), Error::kOk);
  for (int mounts = 0; mounts < 2; ++mounts) {
    EXPECT_FALSE(rig.store->Has({5, 1, 1}));
    EXPECT_EQ(rig.Get({5, 1, 2}), Value(4, 9));
    EXPECT_FALSE(rig.store->Has({5, 1, 3}));
    EXPECT_FALSE(rig.store->Has({5, 1, 4}));
    ASSERT_EQ(rig.Remount(), Error::kOk);
  }
}

TEST(Transaction, PutNow_SurvivesRollbackAndPowerOff) {
  StoreRig rig;
  ASSERT_EQ(rig.store->Put(kB, Value(1, 3)), Error::kOk);
  rig.store->Begin();
  ASSERT_EQ(rig.store->Put(kA, Value(4, 1)), Error::kOk);
  ASSERT_EQ(rig.store->PutNow(kB, Value(1, 2)), Error::kOk);
  EXPECT_EQ(rig.Get(kB), Value(1, 2));
  rig.store->Rollback();
  EXPECT_EQ(rig.Get(kB), Value(1, 2));
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_EQ(rig.Get(kB), Value(1, 2));
  EXPECT_FALSE(rig.store->Has(kA));
}

TEST(TransactionDeathTest, PutNowOfWrittenRecord_IsRefusedByCheck) {
  StoreRig rig;
  rig.store->Begin();
  ASSERT_EQ(rig.store->Put(kA, Value(4, 1)), Error::kOk);
  ASSERT_EQ(rig.store->PutNow(kB, Value(4, 1)), Error::kOk);
  EXPECT_DEATH((void)rig.store->PutNow(kA, Value(4, 2)), "does not hold");
}

TEST(Transaction, MoreThanMaxPending_IsFullAndOnlyRollsBack) {
  StoreRig rig;
  rig.store->Begin();
  for (uint16_t i = 0; i < Store::kMaxPending; ++i) {
    ASSERT_EQ(rig.store->Put({1, 1, i}, Value(2, 1)), Error::kOk);
  }
  ASSERT_EQ(rig.store->Put({1, 1, 0}, Value(2, 2)), Error::kOk) << "the same record again";
  EXPECT_EQ(rig.store->Put({1, 2, 0}, Value(2, 1)), Error::kFull);
  EXPECT_EQ(rig.store->Put({1, 1, 0}, Value(2, 1)), Error::kFull) << "broken for good";
  EXPECT_EQ(rig.store->Commit(), Error::kFull);
  EXPECT_FALSE(rig.store->open());
  EXPECT_FALSE(rig.store->Has({1, 1, 0}));
  rig.store->Begin();
  for (uint16_t i = 0; i < Store::kMaxPending; ++i) {
    ASSERT_EQ(rig.store->Put({1, 1, i}, Value(2, 1)), Error::kOk);
  }
  EXPECT_EQ(rig.store->Commit(), Error::kOk);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_TRUE(rig.store->Has({1, 1, Store::kMaxPending - 1}));
}

TEST(Store, ForEach_VisitsCommittedRecordsOfSpaceAndStops) {
  StoreRig rig;
  ASSERT_EQ(rig.store->Put({3, 1, 1}, Value(5, 1)), Error::kOk);
  ASSERT_EQ(rig.store->Put({3, 1, 2}, Value(6, 1)), Error::kOk);
  ASSERT_EQ(rig.store->Put({4, 1, 2}, Value(7, 1)), Error::kOk);
  std::map<uint16_t, size_t> seen;
  const auto visit = [](void* context, const Key& key, size_t size) {
    (*static_cast<std::map<uint16_t, size_t>*>(context))[key.part] = size;
    return true;
  };
  rig.store->ForEach(3, visit, &seen);
  EXPECT_EQ(seen, (std::map<uint16_t, size_t>{{1, 5}, {2, 6}}));
  int calls = 0;
  const auto once = [](void* context, const Key&, size_t) {
    ++*static_cast<int*>(context);
    return false;
  };
  rig.store->ForEach(3, once, &calls);
  EXPECT_EQ(calls, 1);
}

TEST(Store, Format_ForgetsRecordsAndKeepsWear) {
  StoreRig rig;
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(rig.store->Put(kA, Value(100, static_cast<uint8_t>(i))), Error::kOk);
  }
  const auto newest = [&rig] {
    uint32_t seq = 0;
    for (size_t at = 0; at < rig.memory.size(); at += 2048) {
      format::SectorHeader header;
      Copy(format::BytesOf(header), ConstBytes(rig.memory).subspan(at, sizeof(header)));
      seq = header.magic == format::kMagic ? std::max(seq, header.seq) : seq;
    }
    return seq;
  };
  const uint32_t before = newest();
  ASSERT_EQ(rig.store->Format(), Error::kOk);
  EXPECT_FALSE(rig.store->Has(kA));
  EXPECT_EQ(newest(), before + 1);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  EXPECT_FALSE(rig.store->Has(kA));
  EXPECT_EQ(rig.store->Put(kA, Value(3, 3)), Error::kOk);
}

TEST(Store, ForeignFlash_IsCorruptAndFormatHelps) {
  StoreRig rig;
  std::fill(rig.memory.begin(), rig.memory.end(), 0x5A);
  EXPECT_EQ(rig.Remount(), Error::kCorrupt);
  EXPECT_EQ(rig.store->Put(kA, Value(3, 3)), Error::kHardware) << "not mounted";
  EXPECT_EQ(rig.store->Format(), Error::kOk);
  EXPECT_EQ(rig.store->Put(kA, Value(3, 3)), Error::kOk);
  EXPECT_EQ(rig.Remount(), Error::kOk);
  EXPECT_EQ(rig.Get(kA), Value(3, 3));
}

TEST(Store, NewerVersion_IsCorrupt) {
  StoreRig rig;
  ASSERT_EQ(rig.Remount(), Error::kOk);
  format::SectorHeader header;
  Copy(format::BytesOf(header), ConstBytes(rig.memory).first(sizeof(header)));
  header.version = format::kVersion + 1;
  header.crc = ~format::Crc32(format::kCrcStart, format::BytesOf(std::as_const(header)).first(24));
  Copy(rig.memory, format::BytesOf(std::as_const(header)));
  EXPECT_EQ(rig.Remount(), Error::kCorrupt);
  EXPECT_EQ(rig.store->Format(), Error::kOk);
  EXPECT_EQ(rig.Remount(), Error::kOk);
}

TEST(Store, UnusableGeometry_IsUnsupported) {
  EXPECT_EQ(StoreRig({4, 2048, 4}).mounted, Error::kUnsupported);
  EXPECT_EQ(StoreRig({8, 1024, 4}).mounted, Error::kUnsupported);
  EXPECT_EQ(StoreRig({8, 2048, 32}).mounted, Error::kUnsupported);
  EXPECT_EQ(StoreRig({1024, 4096, 4}).mounted, Error::kUnsupported);
  EXPECT_EQ(StoreRig({512, 4096, 4}).mounted, Error::kOk);
  EXPECT_EQ(StoreRig({5, 2048, 16}).mounted, Error::kOk);
}

TEST(Crc32, CheckValue_IsThePublishedOne) {
  const uint8_t digits[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  EXPECT_EQ(~format::Crc32(format::kCrcStart, digits), 0xCBF43926u);
}

}  // namespace
}  // namespace simurgh::store
