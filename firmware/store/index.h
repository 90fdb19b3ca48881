#pragma once

#include <cstdint>
#include <span>

#include "base/check.h"

namespace simurgh::store {

/// Where each record lies: an open-addressing hash table over words the caller owns, each
/// [hash 16 | location 16]. Location 0 means free (it would be the first sector's header). The home
/// slot is a function of the stored hash, so removal shifts entries back and leaves no marks.
class Index {
 public:
  explicit Index(std::span<uint32_t> slots) : slots_(slots) {
    CHECK(slots.size() >= 6 && slots.size() <= 65536);
  }

  void Clear() {
    for (uint32_t& slot : slots_) {
      slot = 0;
    }
    count_ = 0;
  }
  size_t size() const { return slots_.size(); }
  size_t count() const { return count_; }
  /// Records it takes: a sixth of the slots stays free, so that probing ends soon.
  size_t limit() const { return slots_.size() - slots_.size() / 6; }

  size_t Home(uint16_t hash) const {
    return static_cast<uint32_t>(hash) * static_cast<uint32_t>(slots_.size()) >> 16;
  }
  size_t Next(size_t slot) const { return slot + 1 == slots_.size() ? 0 : slot + 1; }
  bool Used(size_t slot) const { return slots_[slot] != 0; }
  uint16_t HashAt(size_t slot) const { return static_cast<uint16_t>(slots_[slot] >> 16); }
  uint16_t LocationAt(size_t slot) const { return static_cast<uint16_t>(slots_[slot]); }

  /// The slot with exactly this hash and location, or size().
  size_t SlotOf(uint16_t hash, uint16_t location) const {
    const uint32_t word = Word(hash, location);
    for (size_t slot = Home(hash); slots_[slot] != 0; slot = Next(slot)) {
      if (slots_[slot] == word) {
        return slot;
      }
    }
    return size();
  }

  void Insert(uint16_t hash, uint16_t location) {
    CHECK(count_ < limit());
    size_t slot = Home(hash);
    while (slots_[slot] != 0) {
      slot = Next(slot);
    }
    slots_[slot] = Word(hash, location);
    ++count_;
  }
  void Move(size_t slot, uint16_t location) { slots_[slot] = Word(HashAt(slot), location); }

  void Remove(size_t slot) {
    size_t hole = slot;
    for (size_t at = Next(hole); slots_[at] != 0; at = Next(at)) {
      // An entry may fill the hole unless its home lies (cyclically) after the hole.
      const size_t home = Home(HashAt(at));
      const size_t from_home = at >= home ? at - home : at + size() - home;
      const size_t from_hole = at >= hole ? at - hole : at + size() - hole;
      if (from_home >= from_hole) {
        slots_[hole] = slots_[at];
        hole = at;
      }
    }
    slots_[hole] = 0;
    --count_;
  }

 private:
  static uint32_t Word(uint16_t hash, uint16_t location) {
    return static_cast<uint32_t>(hash) << 16 | location;
  }

  std::span<uint32_t> slots_;
  size_t count_ = 0;
};

}  // namespace simurgh::store
