// Content of elementary files: chunks, patterns and records.
#include <algorithm>

#include "firmware/fs/file_system.h"

namespace simurgh::fs {
namespace {

constexpr uint32_t kChunk = config::kFileChunk;

bool Inside(const File& ef, uint32_t offset, size_t size) {
  return offset <= ef.size && size <= ef.size - offset;
}

bool HasContent(const File& ef) { return ef.ef() && ef.type != Type::kBerTlv; }

}  // namespace

// TS 102 222 6.3.2.2.2: a fill pattern is written once and its last byte repeated to the end, a
// repeat pattern is written over and over; in files of records, for each record anew.
Error FileSystem::ReadDefault(const File& ef, uint32_t offset, Bytes out) {
  if ((ef.flags & flag::kPattern) == 0) {
    Fill(out, ef.fill);
    return Error::kOk;
  }
  uint8_t pattern[kMaxPattern];
  const size_t size = TRY(store_.Read({ef.space, ef.content, part::kPattern}, 0, pattern));
  if (size == 0) {
    return Error::kCorrupt;
  }
  for (size_t i = 0; i < out.size(); ++i) {
    size_t k = offset + i;
    if (ef.record_file()) {
      k %= ef.record_length;
    }
    out[i] = pattern[(ef.flags & flag::kRepeat) != 0 ? k % size : std::min(k, size - 1)];
  }
  return Error::kOk;
}

Error FileSystem::Read(const File& ef, uint32_t offset, Bytes out) {
  if (!HasContent(ef)) {
    return Error::kUnsupported;
  }
  if (!Inside(ef, offset, out.size())) {
    return Error::kRange;
  }
  while (!out.empty()) {
    const uint32_t at = offset % kChunk;
    const Bytes piece = out.first(std::min<size_t>(out.size(), kChunk - at));
    const store::Key key{ef.space, ef.content, static_cast<uint16_t>(offset / kChunk)};
    const Result<size_t> read = store_.Read(key, at, piece);
    if (!read.ok() && read.error() != Error::kNotFound) {
      return read.error();
    }
    if (!read.ok()) {
      TRY(ReadDefault(ef, offset, piece));
    } else if (read.value() != piece.size()) {
      return Error::kCorrupt;
    }
    offset += static_cast<uint32_t>(piece.size());
    out = out.subspan(piece.size());
  }
  return Error::kOk;
}

Error FileSystem::WriteChunk(const File& ef, uint16_t chunk, size_t at, ConstBytes data) {
  uint8_t buffer[kChunk];
  const uint32_t start = chunk * kChunk;
  const Bytes whole = Bytes(buffer).first(std::min<size_t>(kChunk, ef.size - start));
  TRY(Read(ef, start, whole));
  const Bytes place = whole.subspan(at, data.size());
  if (Equal(place, data)) {  // saves flash: profiles spell out defaults, terminals rewrite LOCI
    return Error::kOk;
  }
  Copy(place, data);
  return store_.Put({ef.space, ef.content, chunk}, whole);
}

Error FileSystem::Write(const File& ef, uint32_t offset, ConstBytes data) {
  if (!HasContent(ef)) {
    return Error::kUnsupported;
  }
  if (!Inside(ef, offset, data.size())) {
    return Error::kRange;
  }
  while (!data.empty()) {
    const uint32_t at = offset % kChunk;
    const size_t size = std::min<size_t>(data.size(), kChunk - at);
    TRY(WriteChunk(ef, static_cast<uint16_t>(offset / kChunk), at, data.first(size)));
    offset += static_cast<uint32_t>(size);
    data = data.subspan(size);
  }
  return Error::kOk;
}

// A cyclic file is a ring of slots: record n is in slot (head + n - 1) mod count. A new record
// goes into the slot before the head, which holds the oldest. A file nobody appended to has head
// 0, so that the content of a profile is records 1, 2, ... in order.
Result<uint16_t> FileSystem::HeadSlot(const File& ef) {
  uint8_t head[2] = {};
  const Result<size_t> read = store_.Read({ef.space, ef.content, part::kHead}, 0, head);
  if (!read.ok() && read.error() != Error::kNotFound) {
    return read.error();
  }
  const uint16_t slot = Get16(head);
  return slot < ef.record_count ? Result<uint16_t>(slot) : Result<uint16_t>(Error::kCorrupt);
}

Result<uint32_t> FileSystem::RecordOffset(const File& ef, uint16_t number) {
  if (!ef.record_file()) {
    return Error::kUnsupported;
  }
  if (number == 0 || number > ef.record_count) {
    return Error::kRange;
  }
  uint32_t slot = number - 1u;
  if (ef.type == Type::kCyclic) {
    slot = (slot + TRY(HeadSlot(ef))) % ef.record_count;
  }
  return slot * ef.record_length;
}

Error FileSystem::ReadRecord(const File& ef, uint16_t number, Bytes out) {
  const uint32_t offset = TRY(RecordOffset(ef, number));
  return out.size() == ef.record_length ? Read(ef, offset, out) : Error::kRange;
}

Error FileSystem::WriteRecord(const File& ef, uint16_t number, ConstBytes data) {
  const uint32_t offset = TRY(RecordOffset(ef, number));
  return data.size() == ef.record_length ? Write(ef, offset, data) : Error::kRange;
}

Error FileSystem::Append(const File& ef, ConstBytes data) {
  if (ef.type != Type::kCyclic) {
    return Error::kUnsupported;
  }
  if (data.size() != ef.record_length) {
    return Error::kRange;
  }
  const uint16_t old_head = TRY(HeadSlot(ef));
  const uint16_t slot =
      static_cast<uint16_t>(old_head == 0 ? ef.record_count - 1 : old_head - 1);
  TRY(Write(ef, static_cast<uint32_t>(slot) * ef.record_length, data));
  uint8_t head[2];
  Put16(head, 0, slot);
  return store_.Put({ef.space, ef.content, part::kHead}, head);
}

}  // namespace simurgh::fs
