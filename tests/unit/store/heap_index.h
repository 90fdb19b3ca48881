#pragma once

#include <cstdint>
#include <vector>

#include "firmware/store/index.h"

namespace simurgh::store {

/// Memory of an index whose size is chosen when the test runs.
struct HeapIndex {
  explicit HeapIndex(size_t slots) : locations(slots), tags(slots) {}
  operator IndexMemory() { return {locations, tags}; }  // NOLINT
  std::vector<uint16_t> locations;
  std::vector<uint8_t> tags;
};

}  // namespace simurgh::store
