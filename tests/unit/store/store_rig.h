#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "firmware/store/store.h"
#include "hal/host/sim_flash.h"
#include "tests/unit/store/heap_index.h"

namespace simurgh::test {

/// A flash and a store on it that can be powered off and on.
class StoreRig {
 public:
  explicit StoreRig(hal::FlashShape shape = {8, 2048, 4}, size_t slots = 512)
      : memory(static_cast<size_t>(shape.sectors) * shape.sector_bytes, 0xFF),
        flash(shape, memory),
        index_(slots) {
    mounted = Remount();
  }
  Error Remount() {
    flash.PowerOn();
    store = std::make_unique<store::Store>(flash, index_);
    return store->Mount();
  }
  std::vector<uint8_t> Get(const store::Key& key) {
    std::vector<uint8_t> value(store::Store::kMaxValue);
    const Result<size_t> n = store->Read(key, 0, value);
    if (!n.ok()) {
      return {'?'};
    }
    value.resize(n.value());
    return value;
  }
  /// Whether the raw flash holds these bytes anywhere.
  bool FlashHolds(const std::vector<uint8_t>& bytes) const {
    return std::search(memory.begin(), memory.end(), bytes.begin(), bytes.end()) != memory.end();
  }

  std::vector<uint8_t> memory;
  hal::SimFlash flash;
  std::unique_ptr<store::Store> store;
  Error mounted = Error::kOk;

 private:
  store::HeapIndex index_;
};

inline std::vector<uint8_t> Value(size_t size, uint8_t first) {
  std::vector<uint8_t> value(size);
  for (size_t i = 0; i < size; ++i) {
    value[i] = static_cast<uint8_t>(first + i * 7);
  }
  return value;
}

}  // namespace simurgh::test
