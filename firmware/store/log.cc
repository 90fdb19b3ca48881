// The log: sectors in a circle, appended to at the head, compacted at the tail.
#include "base/check.h"
#include "firmware/store/store.h"

namespace simurgh::store {
namespace {

using format::EntryHeader;
using format::SectorHeader;

constexpr uint32_t kMinAlign = 8;
constexpr uint32_t kMaxAlign = 32;
constexpr uint32_t kMinSectors = 5;
// One erased sector is always kept for a compaction to spill into; it never needs a second.
constexpr uint32_t kReserveSectors = 1;
constexpr size_t kMaxEntry =
    (sizeof(EntryHeader) + Store::kMaxValue + kMaxAlign - 1) / kMaxAlign * kMaxAlign;

// Commit writes its erases and the commit entry into one sector without a compaction in between.
static_assert((Store::kMaxPending + 1) * kMaxAlign <= 2048 - sizeof(SectorHeader) - 2 * kMaxAlign);

bool PowerOfTwo(uint32_t v) { return v != 0 && (v & (v - 1)) == 0; }

/// Fills in `check` and `crc` for an entry at the place the start value was made from.
void Seal(EntryHeader& header, uint32_t start, ConstBytes payload) {
  uint32_t crc = format::Crc32(start, format::BytesOf(header).first(format::kChecked));
  header.check = static_cast<uint16_t>(crc);
  crc = format::Crc32(crc, format::BytesOf(header).subspan(format::kChecked, 2));
  header.crc = ~format::Crc32(crc, payload);
}

bool HeaderValid(const EntryHeader& header, uint32_t start) {
  const uint32_t crc = format::Crc32(start, format::BytesOf(header).first(format::kChecked));
  return static_cast<uint16_t>(crc) == header.check && header.type() != 0 &&
         header.payload() <= Store::kMaxValue;
}

bool AllBytes(ConstBytes bytes, uint8_t value) {
  return std::all_of(bytes.begin(), bytes.end(), [value](uint8_t b) { return b == value; });
}

}  // namespace

Error Store::ReadShape() {
  const hal::FlashShape shape = flash_.shape();
  const uint64_t total = static_cast<uint64_t>(shape.sectors) * shape.sector_bytes;
  if (shape.sectors < kMinSectors || shape.sectors > 0xFFFF || shape.sector_bytes < 2048 ||
      !PowerOfTwo(shape.sector_bytes) || !PowerOfTwo(shape.program_bytes) ||
      shape.program_bytes > 16 || total > uint64_t{kMaxAlign} << 16) {
    return Error::kUnsupported;
  }
  sectors_ = shape.sectors;
  sector_bytes_ = shape.sector_bytes;
  program_bytes_ = shape.program_bytes;
  align_ = std::max(kMinAlign, program_bytes_);
  while (total > static_cast<uint64_t>(align_) << 16) {
    align_ *= 2;  // a location is 16 bits, in units of the alignment
  }
  return Error::kOk;
}

// What a sector is sure to hold after a pass of compactions (docs/formats/store.md, "Capacity").
uint32_t Store::SectorShare() const {
  return sector_bytes_ - FirstEntry() - 2 * MarkBytes() - EntryBytes(kMaxValue) + align_;
}
uint32_t Store::HardCapacity() const { return (sectors_ - 2 - kReserveSectors) * SectorShare(); }
uint32_t Store::Capacity() const { return HardCapacity() - SectorShare(); }

Error Store::Program(uint32_t at, ConstBytes data) {
  const Error error = flash_.Program(at, data);
  ready_ = ready_ && error == Error::kOk;  // what is on flash now is for the next Mount to find out
  return error;
}

Error Store::EraseSector(uint32_t place) {
  const Error error = flash_.Erase(place);
  ready_ = ready_ && error == Error::kOk;
  return error;
}

/// Makes room for `bytes` of entries in the head sector, compacting as needed.
Error Store::Reserve(uint32_t bytes) {
  if (!ready_) {
    return Error::kHardware;
  }
  for (uint32_t tries = 0; !Fits(bytes); ++tries) {
    if (FreeSectors() > kReserveSectors) {
      return OpenSector(head_seq_ + 1, tail_seq_, 0);
    }
    if (tries > 2 * sectors_) {
      return Error::kFull;  // cannot happen below Capacity()
    }
    TRY(CompactTail());
  }
  return Error::kOk;
}

/// The sector must be erased.
Error Store::OpenSector(uint32_t seq, uint32_t tail, uint32_t flags) {
  SectorHeader header;
  header.align = static_cast<uint8_t>(align_);
  header.sectors = static_cast<uint16_t>(sectors_);
  header.sector_bytes = sector_bytes_;
  header.seq = seq;
  header.tail = tail;
  header.flags = flags;
  header.crc =
      ~format::Crc32(format::kCrcStart, format::BytesOf(header).first(offsetof(SectorHeader, crc)));
  TRY(Program(SectorAddress(seq), format::BytesOf(std::as_const(header))));
  head_seq_ = seq;
  head_pos_ = FirstEntry();
  return Error::kOk;
}

/// Writes an entry where the head stands; there is room. `header` lacks only its checks.
/// @returns its location.
Result<uint16_t> Store::Append(EntryHeader header, ConstBytes first, ConstBytes second) {
  const size_t size = sizeof(header) + first.size() + second.size();
  CHECK(size <= kMaxEntry && head_pos_ + EntryBytes(first.size() + second.size()) <= sector_bytes_);
  std::array<uint8_t, kMaxEntry> buffer;
  const Bytes payload = Bytes(buffer).subspan(sizeof(header), first.size() + second.size());
  Copy(payload, first);
  Copy(payload.subspan(first.size()), second);
  Seal(header, format::EntryCrcStart(head_seq_, head_pos_), payload);
  Copy(buffer, format::BytesOf(std::as_const(header)));
  const size_t programmed = (size + program_bytes_ - 1) & ~size_t{program_bytes_ - 1};
  Fill(Bytes(buffer).subspan(size, programmed - size), 0xFF);

  const uint32_t at = SectorAddress(head_seq_) + head_pos_;
  TRY(Program(at, Bytes(buffer).first(programmed)));
  head_pos_ += EntryBytes(payload.size());
  return static_cast<uint16_t>(at / align_);
}

Error Store::AppendMark(uint16_t type, uint16_t what, const Key& key, uint16_t tx) {
  EntryHeader header{
      key.space, key.object, key.part,
      static_cast<uint16_t>(what << 4 | type | (tx == 0 ? format::kSelfCommitted : 0)), tx};
  TRY(Append(header, {}, {}));
  return Error::kOk;
}

/// Copies what lives in the oldest sector to the head, moves the tail, erases the sector. Opens at
/// most one sector: what is left after the head's rest is filled fits an empty one, because no
/// sector is ever filled beyond what leaves room for one mark.
Error Store::CompactTail() {
  if (tail_seq_ == head_seq_) {
    return Error::kFull;
  }
  const uint32_t old = tail_seq_;
  for (Cursor cursor = Begin(old); TRY(Next(cursor));) {
    TRY(CopyIfLive(cursor));
  }
  if (head_pos_ + MarkBytes() > sector_bytes_) {
    TRY(OpenSector(head_seq_ + 1, old, format::kOpenedByCompaction));
  }
  const uint32_t tail = old + 1;
  const Key as_key{static_cast<uint16_t>(tail), static_cast<uint16_t>(tail >> 16), 0};
  TRY(AppendMark(format::kMeta, format::kTail, as_key, 0));
  tail_seq_ = tail;
  return EraseSector(Place(old));
}

Error Store::CopyIfLive(const Cursor& entry) {
  EntryHeader header = entry.header;
  if (header.type() != format::kValue) {
    return Error::kOk;  // what it erased or committed lies before it, so that is gone or copied
  }
  const Key key{header.space, header.object, header.part};
  const size_t slot = index_.SlotOf(HashOf(key), entry.location);
  Pending* pending = slot == index_.size() ? FindPending(key) : nullptr;
  const bool member =
      pending != nullptr && pending->what == Pending::kPut && pending->location == entry.location;
  if (slot == index_.size() && !member) {
    return Error::kOk;
  }
  if (!Fits(EntryBytes(header.length()))) {
    if (FreeSectors() == 0) {
      return Error::kCorrupt;
    }
    TRY(OpenSector(head_seq_ + 1, tail_seq_, format::kOpenedByCompaction));
  }
  std::array<uint8_t, kMaxValue> buffer;
  const Bytes value = Bytes(buffer).first(header.length());
  TRY(flash_.Read(Address(entry.location) + sizeof(header), value));
  header.tx = member ? tx_ : 0;
  header.length_flags = static_cast<uint16_t>(header.length_flags & ~format::kSelfCommitted) |
                        (member ? 0 : format::kSelfCommitted);
  const uint16_t copy = TRY(Append(header, value, {}));
  if (member) {
    pending->location = copy;
  } else {
    index_.Move(slot, copy);
  }
  return Error::kOk;
}

Store::Cursor Store::Begin(uint32_t seq) const {
  Cursor cursor;
  cursor.seq = seq;
  cursor.next = FirstEntry();
  return cursor;
}

/// @returns false at the end of the sector's entries.
Result<bool> Store::Next(Cursor& cursor) {
  for (cursor.at = cursor.next; cursor.at + MarkBytes() <= sector_bytes_; cursor.at += align_) {
    const uint32_t address = SectorAddress(cursor.seq) + cursor.at;
    TRY(flash_.Read(address, format::BytesOf(cursor.header)));
    const ConstBytes start = format::BytesOf(std::as_const(cursor.header)).first(kMinAlign);
    if (AllBytes(start, 0x00)) {
      continue;  // torn once, and healed
    }
    if (AllBytes(start, 0xFF)) {
      return false;
    }
    cursor.next = cursor.at + EntryBytes(cursor.header.payload());
    cursor.torn = !HeaderValid(cursor.header, format::EntryCrcStart(cursor.seq, cursor.at)) ||
                  cursor.next > sector_bytes_;
    cursor.location = static_cast<uint16_t>(address / align_);
    return !cursor.torn;
  }
  return false;
}

/// Programs payload and payload check to zero. The header proper is written over with itself where
/// the program unit demands it, which changes no bit of it.
Error Store::Wipe(uint16_t location) {
  EntryHeader header;  // from flash: a compaction may have written a copy with other flags
  TRY(flash_.Read(Address(location), format::BytesOf(header)));
  if (header.payload() == 0) {
    return Error::kOk;
  }
  std::array<uint8_t, kMaxEntry> buffer{};
  Copy(buffer, format::BytesOf(std::as_const(header)).first(format::kCovered));
  const size_t from = format::kCovered & ~size_t{program_bytes_ - 1};
  const size_t end = sizeof(header) + header.payload();
  const size_t to = (end + program_bytes_ - 1) & ~size_t{program_bytes_ - 1};
  return Program(Address(location) + static_cast<uint32_t>(from),
                 Bytes(buffer).subspan(from, to - from));
}

}  // namespace simurgh::store
