#pragma once

#include <vector>

#include "firmware/fs/file_system.h"
#include "tests/unit/store/store_rig.h"

namespace simurgh::test {

inline fs::FileSpec Dir(fs::Type type, uint16_t fid) {
  fs::FileSpec spec;
  spec.type = type;
  spec.fid = fid;
  spec.arr_record = 1;
  return spec;
}

inline fs::FileSpec Transparent(uint16_t fid, uint32_t size) {
  fs::FileSpec spec;
  spec.type = fs::Type::kTransparent;
  spec.fid = fid;
  spec.size = size;
  spec.arr_record = 1;
  return spec;
}

inline fs::FileSpec Records(fs::Type type, uint16_t fid, uint16_t length, uint16_t count) {
  fs::FileSpec spec;
  spec.type = type;
  spec.fid = fid;
  spec.record_length = length;
  spec.record_count = count;
  spec.arr_record = 1;
  return spec;
}

/// A store with a file system on it, big enough for a profile.
struct TreeRig : StoreRig {
  static constexpr uint16_t kSpace = 7;
  TreeRig() : StoreRig({64, 4096, 4}, 4096), files(*store) { files.Use(kSpace); }

  /// Creates in a transaction of its own; the test fails through value() when it cannot.
  fs::File Make(const fs::File& parent, const fs::FileSpec& spec) {
    store::Transaction transaction(*store);
    const fs::File file = files.Create(kSpace, parent, spec).value();
    CHECK(transaction.Commit() == Error::kOk);
    return file;
  }
  Error TryMake(const fs::File& parent, const fs::FileSpec& spec) {
    store::Transaction transaction(*store);
    const Result<fs::File> file = files.Create(kSpace, parent, spec);
    return file.ok() ? transaction.Commit() : file.error();
  }
  std::vector<uint8_t> Content(const fs::File& ef) {
    std::vector<uint8_t> bytes(ef.size);
    return files.Read(ef, 0, bytes) == Error::kOk ? bytes : std::vector<uint8_t>{};
  }
  std::vector<uint8_t> Record(const fs::File& ef, uint16_t number) {
    std::vector<uint8_t> bytes(ef.record_length);
    return files.ReadRecord(ef, number, bytes) == Error::kOk ? bytes : std::vector<uint8_t>{};
  }

  fs::FileSystem files;
};

}  // namespace simurgh::test
