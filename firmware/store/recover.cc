// Mount: find the log, read it, finish what a power cut interrupted.
#include "firmware/store/store.h"

namespace simurgh::store {
namespace {

using format::EntryHeader;
using format::SectorHeader;

constexpr size_t kChunk = 256;

bool AllZero(ConstBytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t b) { return b == 0; });
}

}  // namespace

Error Store::Mount() {
  ready_ = false;
  open_ = false;
  pending_.clear();
  failure_ = Error::kOk;
  TRY(ReadShape());
  ready_ = true;
  const Error error = FindLog();
  const Error scanned = error == Error::kOk ? ScanLog() : error;
  const Error cleaned = scanned == Error::kOk ? EraseGarbage() : scanned;
  const Error wiped = cleaned == Error::kOk ? FinishWipes() : cleaned;
  ready_ = ready_ && wiped == Error::kOk;
  return wiped;
}

Error Store::Format() {
  TRY(ReadShape());
  ready_ = true;
  open_ = false;
  pending_.clear();
  index_.Clear();
  live_bytes_ = 0;
  tx_ = 0;
  next_tx_ = 1;
  secrets_seen_ = false;
  if (FindLog() == Error::kOk) {
    // One header makes all before it garbage; a cut after it leaves the rest to the next Mount.
    const uint32_t seq = head_seq_ + 1;
    TRY(EraseSector(Place(seq)));
    TRY(OpenSector(seq, seq, 0));
    tail_seq_ = seq;
    return EraseGarbage();
  }
  uint32_t newest = 0;
  for (uint32_t place = 0; place < sectors_; ++place) {
    SectorHeader header;
    if (ReadSectorHeader(place, header).ValueOr(false)) {  // foreign headers say nothing of wear
      newest = std::max(newest, header.seq);
    }
    TRY(EraseSector(place));
  }
  return FormatBlank(std::max(newest + 1, sectors_));
}

Error Store::FormatBlank(uint32_t seq) {
  TRY(OpenSector(seq, seq, 0));
  tail_seq_ = seq;
  return Error::kOk;
}

/// @returns false when there is no header. @error kCorrupt: another version or geometry.
Result<bool> Store::ReadSectorHeader(uint32_t place, SectorHeader& header) {
  TRY(flash_.Read(place * sector_bytes_, format::BytesOf(header)));
  const ConstBytes covered =
      format::BytesOf(std::as_const(header)).first(offsetof(SectorHeader, crc));
  if (header.magic != format::kMagic || ~format::Crc32(format::kCrcStart, covered) != header.crc) {
    return false;
  }
  if (header.version != format::kVersion || header.align != align_ || header.sectors != sectors_ ||
      header.sector_bytes != sector_bytes_) {
    return Error::kCorrupt;
  }
  return header.seq % sectors_ == place && header.seq >= sectors_ &&
         header.seq < 0xFFFFFFFFu - sectors_;
}

Error Store::FindLog() {
  head_seq_ = 0;
  for (uint32_t place = 0; place < sectors_; ++place) {
    SectorHeader header;
    if (TRY(ReadSectorHeader(place, header))) {
      head_seq_ = std::max(head_seq_, header.seq);
    }
  }
  if (head_seq_ == 0) {
    if (!TRY(Blank())) {
      return Error::kCorrupt;
    }
    TRY(EraseSector(0));  // a first header may have been torn here
    TRY(FormatBlank(sectors_));
  }
  if (!TRY(FindTail())) {
    TRY(DiscardCompaction());
  }
  return CheckLog();
}

/// A flash that was never written, or on which only the very first header was begun.
Result<bool> Store::Blank() {
  // The header that formatting writes has zero bits only where these bytes have.
  SectorHeader first;
  first.align = static_cast<uint8_t>(align_);
  first.sectors = static_cast<uint16_t>(sectors_);
  first.sector_bytes = sector_bytes_;
  first.seq = sectors_;
  first.tail = sectors_;
  first.crc = ~format::Crc32(
      format::kCrcStart, format::BytesOf(std::as_const(first)).first(offsetof(SectorHeader, crc)));
  SectorHeader there;
  TRY(flash_.Read(0, format::BytesOf(there)));
  const ConstBytes want = format::BytesOf(std::as_const(first));
  const ConstBytes have = format::BytesOf(std::as_const(there));
  for (size_t i = 0; i < want.size(); ++i) {
    if ((want[i] & have[i]) != want[i]) {
      return false;
    }
  }
  const uint32_t end = sectors_ * sector_bytes_;
  const uint32_t start = sizeof(SectorHeader);
  return TRY(DirtyEnd(start, end)) == start;
}

/// Sets the tail from the head sector: its header, then its tail entries. @returns false when the
/// head was opened by a compaction that did not finish.
Result<bool> Store::FindTail() {
  SectorHeader header;
  if (!TRY(ReadSectorHeader(Place(head_seq_), header)) || header.seq != head_seq_) {
    return Error::kCorrupt;
  }
  tail_seq_ = header.tail;
  bool finished = (header.flags & format::kOpenedByCompaction) == 0;
  for (Cursor cursor = Begin(head_seq_); TRY(Next(cursor));) {
    const EntryHeader& entry = cursor.header;
    if (entry.type() == format::kMeta && entry.length() == format::kTail &&
        TRY(PayloadValid(cursor))) {
      tail_seq_ = entry.tail_seq();
      finished = true;
    }
  }
  return finished;
}

/// The head holds nothing but copies of what the tail still has. Without this, power cuts during
/// one compaction could use up all free sectors.
Error Store::DiscardCompaction() {
  if (head_seq_ == tail_seq_) {
    return Error::kCorrupt;
  }
  const uint32_t tail = tail_seq_;
  TRY(EraseSector(Place(head_seq_)));
  --head_seq_;
  TRY(FindTail());
  return tail_seq_ == tail ? Error::kOk : Error::kCorrupt;
}

Error Store::CheckLog() {
  if (tail_seq_ > head_seq_ || head_seq_ - tail_seq_ + 1 >= sectors_) {
    return Error::kCorrupt;
  }
  for (uint32_t seq = tail_seq_; seq <= head_seq_; ++seq) {
    SectorHeader header;
    if (!TRY(ReadSectorHeader(Place(seq), header)) || header.seq != seq) {
      return Error::kCorrupt;
    }
  }
  return Error::kOk;
}

Error Store::ScanLog() {
  index_.Clear();
  live_bytes_ = 0;
  tx_ = 0;
  next_tx_ = 1;
  secrets_seen_ = false;
  for (uint32_t seq = tail_seq_; seq <= head_seq_; ++seq) {
    Cursor cursor = Begin(seq);
    while (TRY(Next(cursor))) {
      TRY(ScanEntry(cursor));
    }
    if (seq == head_seq_) {
      TRY(HealHead(cursor));
    } else if (cursor.torn) {
      return Error::kCorrupt;  // a torn entry is healed before anything is written after it
    }
  }
  Close();  // what was not committed is not in effect; its number is not used again
  return Error::kOk;
}

Error Store::ScanEntry(const Cursor& cursor) {
  const EntryHeader& entry = cursor.header;
  secrets_seen_ = secrets_seen_ || entry.secret();
  if (!entry.self_committed() && entry.tx != tx_) {
    pending_.clear();
    tx_ = entry.tx;
  }
  if (!TRY(PayloadValid(cursor))) {
    return Error::kOk;  // torn, or a wiped secret: dead in either case
  }
  if (!entry.self_committed() || entry.type() == format::kMeta) {
    return ScanMember(cursor);
  }
  const Key key{entry.space, entry.object, entry.part};
  if (entry.type() == format::kValue) {
    return ApplyPut(key, cursor.location, EntryBytes(entry.payload()), false);
  }
  return entry.length() == format::kDropSpace ? ApplyDrop(entry.space, false)
                                              : ApplyDelete(key, false);
}

/// Repeats what the transaction did to its table.
Error Store::ScanMember(const Cursor& cursor) {
  const EntryHeader& entry = cursor.header;
  const Key key{entry.space, entry.object, entry.part};
  if (entry.type() == format::kMeta) {
    if (entry.length() != format::kCommit) {
      return Error::kOk;
    }
    const Error error = ApplyPending(false);
    pending_.clear();
    return error;
  }
  Pending pending{key};
  if (entry.type() == format::kValue) {
    pending.location = cursor.location;
    pending.bytes = static_cast<uint16_t>(EntryBytes(entry.payload()));
    return AddRecovered(pending);
  }
  if (entry.length() == format::kCancelSpace) {
    ForgetPending(entry.space);
    return Error::kOk;
  }
  pending.what = entry.length() == format::kDropSpace ? Pending::kDrop : Pending::kDelete;
  return AddRecovered(pending);
}

Error Store::AddRecovered(const Pending& pending) {
  Pending* there = pending.what == Pending::kDrop ? nullptr : FindPending(pending.key);
  if (there != nullptr) {
    *there = pending;
    return Error::kOk;
  }
  return pending_.Add(pending) ? Error::kOk : Error::kCorrupt;
}

Result<bool> Store::PayloadValid(const Cursor& cursor) {
  std::array<uint8_t, kMaxValue> buffer;
  const Bytes value = Bytes(buffer).first(cursor.header.payload());
  if (!value.empty()) {
    const uint32_t at = SectorAddress(cursor.seq) + cursor.at + sizeof(EntryHeader);
    TRY(flash_.Read(at, value));
  }
  const ConstBytes covered = format::BytesOf(cursor.header).first(format::kCovered);
  const uint32_t start = format::EntryCrcStart(cursor.seq, cursor.at);
  return ~format::Crc32(format::Crc32(start, covered), value) == cursor.header.crc;
}

/// End of the last byte in [address, end) that is not erased; `address` when all are.
Result<uint32_t> Store::DirtyEnd(uint32_t address, uint32_t end) {
  std::array<uint8_t, kChunk> buffer;
  Fill(buffer, 0xFF);
  uint32_t dirty = address;
  for (uint32_t at = address; at < end;) {
    const uint32_t n = std::min<uint32_t>(kChunk, end - at);
    TRY(flash_.Read(at, Bytes(buffer).first(n)));
    uint8_t ones = 0xFF;  // most of it is erased: a loop without branches finds that out fastest
    for (const uint8_t byte : buffer) {
      ones &= byte;
    }
    for (uint32_t i = ones == 0xFF ? 0 : n; i-- > 0;) {
      if (buffer[i] != 0xFF) {
        dirty = at + i + 1;
        break;
      }
    }
    at += n;
  }
  return dirty;
}

/// All that is not in the log is garbage, whatever a torn erase has left of it.
Error Store::EraseGarbage() {
  for (uint32_t i = 0; i < FreeSectors(); ++i) {
    const uint32_t place = Place(head_seq_ + 1 + i);
    const uint32_t start = place * sector_bytes_;
    if (TRY(DirtyEnd(start, start + sector_bytes_)) != start) {
      TRY(EraseSector(place));
    }
  }
  return Error::kOk;
}

/// Programs what a torn entry left behind to zero, so that the walk can step over it. From the end
/// backwards, the first unit last: until that one is zero the walk stops there, and nothing in the
/// torn payload can ever be taken for an entry.
Error Store::HealHead(const Cursor& end) {
  static constexpr std::array<uint8_t, kChunk> kZeros{};
  const uint32_t base = SectorAddress(head_seq_);
  const uint32_t from = base + end.at;
  const uint32_t dirty = Align(TRY(DirtyEnd(from, base + sector_bytes_)) - base) + base;
  for (uint32_t to = dirty; to > from;) {
    const uint32_t room = to - from;
    const uint32_t n = room > align_ ? std::min<uint32_t>(kChunk, room - align_) : room;
    TRY(Program(to - n, ConstBytes(kZeros).first(n)));
    to -= n;
  }
  head_pos_ = dirty - base;
  return Error::kOk;
}

/// Wipes dead secrets that still have something to hide.
Error Store::FinishWipes() {
  if (!secrets_seen_) {
    return Error::kOk;
  }
  std::array<uint8_t, kMaxValue> buffer;
  for (uint32_t seq = tail_seq_; seq <= head_seq_; ++seq) {
    for (Cursor cursor = Begin(seq); TRY(Next(cursor));) {
      const EntryHeader& entry = cursor.header;
      if (!entry.secret() || entry.payload() == 0) {
        continue;
      }
      const uint16_t hash = HashOf({entry.space, entry.object, entry.part});
      if (index_.SlotOf(hash, cursor.location) != index_.size()) {
        continue;
      }
      const Bytes value = Bytes(buffer).first(entry.payload());
      TRY(flash_.Read(Address(cursor.location) + sizeof(EntryHeader), value));
      if (entry.crc != 0 || !AllZero(value)) {
        TRY(Wipe(cursor.location));
      }
    }
  }
  return Error::kOk;
}

}  // namespace simurgh::store
