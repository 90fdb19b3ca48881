#include "firmware/store/index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/unit/store/heap_index.h"

namespace simurgh::store {
namespace {

/// Records on an imagined flash: location -> hash. Hashes crowd, so that probe runs are long, meet
/// each other and go round the end of the table.
class IndexTest : public testing::Test {
 protected:
  static constexpr size_t kSlots = 97;

  uint16_t RandomHash() {
    return static_cast<uint16_t>(random_() % 4 == 0 ? random_() : 0xFD00 + random_() % 0x300);
  }
  void Insert() {
    const uint16_t location = ++last_location_;
    const uint16_t hash = RandomHash();
    index_.Insert(hash, location);
    records_[location] = hash;
  }
  void RemoveAny() {
    auto it = records_.begin();
    std::advance(it, random_() % records_.size());
    const size_t slot = index_.SlotOf(it->second, it->first);
    ASSERT_NE(slot, index_.size());
    index_.Remove(slot, [this](uint16_t location) { return records_.at(location); });
    ASSERT_EQ(index_.SlotOf(it->second, it->first), index_.size());
    records_.erase(it);
  }
  void ExpectAllFound() {
    ASSERT_EQ(index_.count(), records_.size());
    for (const auto& [location, hash] : records_) {
      const size_t slot = index_.SlotOf(hash, location);
      ASSERT_NE(slot, index_.size()) << location;
      ASSERT_TRUE(index_.MayBe(slot, hash));
    }
  }

  HeapIndex memory_{kSlots};
  Index index_{memory_};
  std::map<uint16_t, uint16_t> records_;
  uint16_t last_location_ = 0;
  std::mt19937 random_{7};
};

TEST_F(IndexTest, InsertAndRemove_EveryRecordIsFoundAtAnyFill) {
  for (int round = 0; round < 20000; ++round) {
    const bool grow = records_.empty() || (records_.size() < index_.limit() && random_() % 2 == 0);
    grow ? Insert() : RemoveAny();
    if (HasFatalFailure()) {
      return;
    }
    if (round % 16 == 0) {
      ExpectAllFound();
    }
  }
}

TEST_F(IndexTest, Move_KeepsTheSlot) {
  Insert();
  const uint16_t hash = records_.begin()->second;
  const size_t slot = index_.SlotOf(hash, 1);
  index_.Move(slot, 500);
  EXPECT_EQ(index_.SlotOf(hash, 1), index_.size());
  EXPECT_EQ(index_.SlotOf(hash, 500), slot);
}

}  // namespace
}  // namespace simurgh::store
