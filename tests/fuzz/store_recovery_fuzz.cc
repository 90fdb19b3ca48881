// Mount of arbitrary flash bytes: it succeeds or reports why, and what is mounted works.
//
// Input: one byte of options, then patches [offset 2, length 1, bytes], applied in turn to a store
// of 16 KiB. Option bit 0: start from a store with a history instead of an erased flash. Bit 1:
// repair the checks of every sector header and entry afterwards, so that inputs get past them.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "firmware/store/store.h"
#include "hal/host/sim_flash.h"

namespace {

using namespace simurgh;  // NOLINT: one file, one target
using store::Key;
using store::Kind;
using store::Store;
namespace format = store::format;

constexpr hal::FlashShape kShape{8, 2048, 4};
constexpr size_t kBytes = 8 * 2048;
constexpr uint32_t kAlign = 8;

void Require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

std::vector<uint8_t> History() {
  std::vector<uint8_t> memory(kBytes, 0xFF);
  hal::SimFlash flash(kShape, memory);
  store::IndexSlots<128> index;
  Store store(flash, index);
  Require(store.Mount() == Error::kOk);
  for (int i = 0; i < 60; ++i) {
    const std::vector<uint8_t> value(static_cast<size_t>(i * 5), static_cast<uint8_t>(i));
    Require(store.Put({1, 1, static_cast<uint16_t>(i % 9)}, value,
                      i % 4 == 0 ? Kind::kSecret : Kind::kPlain) == Error::kOk);
  }
  store.Begin();
  for (uint16_t i = 0; i < 5; ++i) {
    Require(store.Put({2, 1, i}, std::vector<uint8_t>(30, 1)) == Error::kOk);
  }
  Require(store.Delete({1, 1, 3}) == Error::kOk);
  Require(store.DropSpace(3) == Error::kOk);
  Require(store.Commit() == Error::kOk);
  return memory;
}

void RepairEntries(std::vector<uint8_t>& memory, size_t base, uint32_t seq) {
  for (size_t at = sizeof(format::SectorHeader); at + sizeof(format::EntryHeader) <= 2048;) {
    format::EntryHeader header;
    Copy(format::BytesOf(header), ConstBytes(memory).subspan(base + at, sizeof(header)));
    const size_t end = at + sizeof(header) + header.payload();
    if (header.length_flags == 0xFFFF || end > 2048) {
      return;
    }
    const auto bytes = format::BytesOf(std::as_const(header));
    uint32_t crc = format::Crc32(format::EntryCrcStart(seq, static_cast<uint32_t>(at)),
                                 bytes.first(format::kChecked));
    header.check = static_cast<uint16_t>(crc);
    crc = format::Crc32(crc, bytes.subspan(format::kChecked, 2));
    header.crc = ~format::Crc32(
        crc, ConstBytes(memory).subspan(base + at + sizeof(header), header.payload()));
    Copy(Bytes(memory).subspan(base + at), format::BytesOf(std::as_const(header)));
    at = (end + kAlign - 1) / kAlign * kAlign;
  }
}

void Repair(std::vector<uint8_t>& memory) {
  for (size_t base = 0; base < memory.size(); base += 2048) {
    format::SectorHeader header;
    Copy(format::BytesOf(header), ConstBytes(memory).subspan(base, sizeof(header)));
    if (header.magic != format::kMagic) {
      continue;
    }
    header.crc = ~format::Crc32(
        format::kCrcStart,
        format::BytesOf(std::as_const(header)).first(offsetof(format::SectorHeader, crc)));
    Copy(Bytes(memory).subspan(base), format::BytesOf(std::as_const(header)));
    RepairEntries(memory, base, header.seq);
  }
}

/// Reads all that is there, writes, and checks that what was written is kept by a second mount.
void Use(hal::SimFlash& flash, Store& store) {
  const auto visit = [](void* raw, const Key& key, size_t size) {
    std::array<uint8_t, Store::kMaxValue> value;
    Require(size <= value.size());
    Require(static_cast<Store*>(raw)->Read(key, 0, value).ValueOr(9999) == size);
    return true;
  };
  for (uint16_t space = 0; space < 4; ++space) {
    store.ForEach(space, visit, &store);
  }
  const std::array<uint8_t, 5> value{1, 2, 3, 4, 5};
  bool kept = true;
  for (int i = 0; i < 30; ++i) {
    kept = store.Put({2, 2, 2}, value, Kind::kSecret) == Error::kOk && kept;
    store.Begin();
    (void)store.Put({2, 2, 3}, std::vector<uint8_t>(300, 7));
    (void)store.Delete({1, 1, 1});
    (void)store.Commit();
  }
  (void)store.DropSpace(1);
  store::IndexSlots<128> index;
  Store again(flash, index);
  const Error mounted = again.Mount();
  if (!kept) {
    return;  // more live bytes than the code ever writes: refused, but nothing else is promised
  }
  Require(mounted == Error::kOk);
  std::array<uint8_t, 5> back{};
  Require(again.Read({2, 2, 2}, 0, back).ValueOr(0) == back.size() && back == value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  static const std::vector<uint8_t> history = History();
  std::vector<uint8_t> memory = (data[0] & 1) != 0 ? history : std::vector<uint8_t>(kBytes, 0xFF);
  for (size_t at = 1; at + 3 <= size;) {
    const size_t offset = (data[at] | data[at + 1] << 8) % kBytes;
    const size_t length = data[at + 2];
    at += 3;
    for (size_t i = 0; i < length && at < size && offset + i < kBytes; ++i) {
      memory[offset + i] = data[at++];
    }
  }
  if ((data[0] & 2) != 0) {
    Repair(memory);
  }
  hal::SimFlash flash(kShape, memory);
  store::IndexSlots<128> index;
  Store store(flash, index);
  const Error mounted = store.Mount();
  Require(mounted == Error::kOk || mounted == Error::kCorrupt || mounted == Error::kFull);
  if (mounted == Error::kOk) {
    Use(flash, store);
  }
  Require(store.open() == false && store.Format() == Error::kOk);
  const std::array<uint8_t, 3> value{};
  Require(store.Put({1, 1, 1}, value) == Error::kOk);
  return 0;
}
