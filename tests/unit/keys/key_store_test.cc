#include "firmware/keys/key_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "firmware/store/store.h"
#include "hal/host/sim_flash.h"
#include "tests/unit/store/heap_index.h"

namespace simurgh::keys {
namespace {

constexpr hal::FlashShape kShape = {8, 2048, 4};

std::vector<uint8_t> Pattern(size_t size, uint8_t first) {
  std::vector<uint8_t> bytes(size);
  for (size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<uint8_t>(first + 13 * i);
  }
  return bytes;
}

class KeyStoreTest : public testing::Test {
 protected:
  KeyStoreTest()
      : memory_(kShape.sectors * kShape.sector_bytes, 0xFF),
        index_(512),
        flash_(kShape, memory_),
        store_(flash_, index_),
        keys_(store_) {
    EXPECT_EQ(store_.Mount(), Error::kOk);
    keys_.Unlock(root_);
  }
  bool FlashHolds(const std::vector<uint8_t>& bytes) const {
    return std::search(memory_.begin(), memory_.end(), bytes.begin(), bytes.end()) != memory_.end();
  }

  std::vector<uint8_t> root_ = Pattern(32, 1);
  std::vector<uint8_t> memory_;
  store::HeapIndex index_;
  hal::SimFlash flash_;
  store::Store store_;
  KeyStore keys_;
};

TEST_F(KeyStoreTest, PutThenOpen_GivesTheValue) {
  for (const size_t size : {1u, 16u, 32u, 64u, 96u}) {
    const std::vector<uint8_t> value = Pattern(size, 7);
    ASSERT_EQ(keys_.Put({3, 1}, Purpose::kAka, value), Error::kOk);
    KeyValue out;
    ASSERT_EQ(keys_.Open({3, 1}, Purpose::kAka, out), Error::kOk);
    EXPECT_TRUE(Equal(out.view(), value));
  }
  EXPECT_EQ(keys_.Put({3, 1}, Purpose::kAka, Pattern(97, 7)), Error::kRange);
  EXPECT_EQ(keys_.Put({3, 1}, Purpose::kAka, {}), Error::kRange);
}

TEST_F(KeyStoreTest, EveryOtherPurpose_IsRefused) {
  ASSERT_EQ(keys_.Put({0, 1}, Purpose::kSign, Pattern(32, 9)), Error::kOk);
  for (uint8_t p = 1; p <= static_cast<uint8_t>(Purpose::kCave); ++p) {
    KeyValue out;
    const Error error = keys_.Open({0, 1}, static_cast<Purpose>(p), out);
    const bool right = static_cast<Purpose>(p) == Purpose::kSign;
    EXPECT_EQ(error, right ? Error::kOk : Error::kAccess) << int{p};
    EXPECT_EQ(out.size(), right ? 32u : 0u);
  }
}

TEST_F(KeyStoreTest, ValueOnFlash_IsSealed) {
  const std::vector<uint8_t> value = Pattern(32, 77);
  ASSERT_EQ(store_.Put({5, 5, 5}, value), Error::kOk);
  EXPECT_TRUE(FlashHolds(value)) << "control: a plain record shows on the flash";
  ASSERT_EQ(store_.Format(), Error::kOk);
  ASSERT_FALSE(FlashHolds(value));
  ASSERT_EQ(keys_.Put({0, 2}, Purpose::kAka, value), Error::kOk);
  EXPECT_FALSE(FlashHolds(value));
}

TEST_F(KeyStoreTest, RecordMovedToAnotherAddress_DoesNotOpen) {
  ASSERT_EQ(keys_.Put({0, 1}, Purpose::kAka, Pattern(16, 3)), Error::kOk);
  std::vector<uint8_t> sealed(64);
  const Result<size_t> size = store_.Read({0, 0x0002, 1}, 0, sealed);
  ASSERT_TRUE(size.ok());
  sealed.resize(size.value());
  KeyValue out;
  ASSERT_EQ(store_.Put({0, 0x0002, 1}, sealed), Error::kOk);
  EXPECT_EQ(keys_.Open({0, 1}, Purpose::kAka, out), Error::kOk) << "control: same address";
  ASSERT_EQ(store_.Put({0, 0x0002, 2}, sealed), Error::kOk);
  EXPECT_EQ(keys_.Open({0, 2}, Purpose::kAka, out), Error::kCorrupt);
  ASSERT_EQ(store_.Put({4, 0xF002, 1}, sealed), Error::kOk);
  EXPECT_EQ(keys_.Open({4, 1}, Purpose::kAka, out), Error::kCorrupt);
}

TEST_F(KeyStoreTest, AnyChangedByte_DoesNotOpen) {
  ASSERT_EQ(keys_.Put({0, 1}, Purpose::kAka, Pattern(16, 3)), Error::kOk);
  std::vector<uint8_t> sealed(64);
  sealed.resize(store_.Read({0, 0x0002, 1}, 0, sealed).value());
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::vector<uint8_t> changed = sealed;
    changed[i] ^= 0x10;
    ASSERT_EQ(store_.Put({0, 0x0002, 1}, changed), Error::kOk);
    KeyValue out;
    // Byte 0 is the purpose: also a purpose that the caller then asks for must not open it.
    const Purpose asked = static_cast<Purpose>(changed[0]);
    EXPECT_EQ(keys_.Open({0, 1}, asked, out), Error::kCorrupt) << i;
    EXPECT_EQ(out.size(), 0u);
  }
  ASSERT_EQ(store_.Put({0, 0x0002, 1}, sealed), Error::kOk);
  KeyValue out;
  EXPECT_EQ(keys_.Open({0, 1}, Purpose::kAka, out), Error::kOk) << "control";
}

TEST_F(KeyStoreTest, FlashInAnotherDevice_DoesNotOpen) {
  ASSERT_EQ(keys_.Put({0, 1}, Purpose::kAka, Pattern(16, 3)), Error::kOk);
  KeyStore other(store_);
  KeyValue out;
  other.Unlock(root_);
  EXPECT_EQ(other.Open({0, 1}, Purpose::kAka, out), Error::kOk) << "control: same device";
  other.Unlock(Pattern(32, 2));
  EXPECT_EQ(other.Open({0, 1}, Purpose::kAka, out), Error::kCorrupt);
}

TEST_F(KeyStoreTest, Matches_OnlyTheStoredSecret) {
  const std::vector<uint8_t> code = {1, 2, 3, 4};
  ASSERT_EQ(keys_.Put({0, 3}, Purpose::kAdminCode, code), Error::kOk);
  EXPECT_TRUE(Accepted(keys_.Matches({0, 3}, Purpose::kAdminCode, code)));
  EXPECT_FALSE(Accepted(keys_.Matches({0, 3}, Purpose::kAdminCode, ConstBytes(code).first(3))));
  EXPECT_FALSE(
      Accepted(keys_.Matches({0, 3}, Purpose::kAdminCode, std::vector<uint8_t>{1, 2, 3, 5})));
  EXPECT_FALSE(Accepted(keys_.Matches({0, 3}, Purpose::kAka, code)));
  EXPECT_FALSE(Accepted(keys_.Matches({0, 4}, Purpose::kAdminCode, code)));
}

TEST_F(KeyStoreTest, Delete_ThenNotFound) {
  ASSERT_EQ(keys_.Put({2, 1}, Purpose::kOta, Pattern(16, 1)), Error::kOk);
  EXPECT_TRUE(keys_.Has({2, 1}));
  EXPECT_EQ(keys_.Delete({2, 1}), Error::kOk);
  EXPECT_FALSE(keys_.Has({2, 1}));
  KeyValue out;
  EXPECT_EQ(keys_.Open({2, 1}, Purpose::kOta, out), Error::kNotFound);
  EXPECT_EQ(keys_.Delete({2, 1}), Error::kNotFound);
}

}  // namespace
}  // namespace simurgh::keys
