#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/check.h"

namespace simurgh::store {

/// Memory of an index of `kSlots` slots, three bytes each. The card owns it; the store works on it
/// through IndexMemory.
template <size_t kSlots>
struct IndexSlots {
  std::array<uint16_t, kSlots> locations{};
  std::array<uint8_t, kSlots> tags{};
};
struct IndexMemory {
  IndexMemory(std::span<uint16_t> l, std::span<uint8_t> t) : locations(l), tags(t) {}
  template <size_t kSlots>
  IndexMemory(IndexSlots<kSlots>& slots) : locations(slots.locations), tags(slots.tags) {}  // NOLINT
  std::span<uint16_t> locations;
  std::span<uint8_t> tags;
};

/// Where each record lies: an open-addressing hash table. A slot keeps the location and eight bits of
/// the key's hash, so that a wrong candidate costs a look into the flash once in 256. Location 0
/// means free (it would be the first sector's header).
///
/// Removal shifts entries back and leaves no marks. It must know where they belong, which a slot does
/// not say: the caller's `hash_at` computes a record's hash from the flash again.
class Index {
 public:
  explicit Index(IndexMemory memory) : locations_(memory.locations), tags_(memory.tags) {
    CHECK(size() >= 6 && size() <= 65536 && tags_.size() == size());
  }

  void Clear() {
    for (uint16_t& location : locations_) {
      location = 0;
    }
    count_ = 0;
  }
  size_t size() const { return locations_.size(); }
  size_t count() const { return count_; }
  /// Records it takes: a sixth of the slots stays free, so that probing ends soon.
  size_t limit() const { return size() - size() / 6; }

  size_t Home(uint16_t hash) const {
    return static_cast<uint32_t>(hash) * static_cast<uint32_t>(size()) >> 16;
  }
  size_t Next(size_t slot) const { return slot + 1 == size() ? 0 : slot + 1; }
  bool Used(size_t slot) const { return locations_[slot] != 0; }
  /// Whether the record in this slot may have this hash.
  bool MayBe(size_t slot, uint16_t hash) const { return tags_[slot] == Tag(hash); }
  uint16_t LocationAt(size_t slot) const { return locations_[slot]; }

  /// The slot of the record with this hash at this location, or size().
  size_t SlotOf(uint16_t hash, uint16_t location) const {
    for (size_t slot = Home(hash); Used(slot); slot = Next(slot)) {
      if (locations_[slot] == location) {
        return slot;
      }
    }
    return size();
  }

  void Insert(uint16_t hash, uint16_t location) {
    CHECK(count_ < limit());
    size_t slot = Home(hash);
    while (Used(slot)) {
      slot = Next(slot);
    }
    locations_[slot] = location;
    tags_[slot] = Tag(hash);
    ++count_;
  }
  void Move(size_t slot, uint16_t location) { locations_[slot] = location; }

  /// @param hash_at  uint16_t(uint16_t location): the hash of the key of the record there.
  template <typename HashAt>
  void Remove(size_t slot, const HashAt& hash_at) {
    size_t hole = slot;
    for (size_t at = Next(hole); Used(at); at = Next(at)) {
      // An entry may fill the hole unless its home lies (cyclically) after the hole.
      const size_t home = Home(hash_at(locations_[at]));
      const size_t from_home = at >= home ? at - home : at + size() - home;
      const size_t from_hole = at >= hole ? at - hole : at + size() - hole;
      if (from_home >= from_hole) {
        locations_[hole] = locations_[at];
        tags_[hole] = tags_[at];
        hole = at;
      }
    }
    locations_[hole] = 0;
    --count_;
  }

 private:
  /// The low bits: those that say least about the home slot.
  static uint8_t Tag(uint16_t hash) { return static_cast<uint8_t>(hash); }

  std::span<uint16_t> locations_;
  std::span<uint8_t> tags_;
  size_t count_ = 0;
};

}  // namespace simurgh::store
