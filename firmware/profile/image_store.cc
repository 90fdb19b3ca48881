#include "firmware/profile/image_store.h"

#include <algorithm>

#include "crypto/sha.h"

namespace simurgh::profile {

namespace {

// Offsets in a journal entry: docs/formats/image.md, "Secure area".
constexpr size_t kAtMagic = 0;
constexpr size_t kAtVersion = 2;
constexpr size_t kAtState = 3;
constexpr size_t kAtSequence = 4;
constexpr size_t kAtTotal = 8;
constexpr size_t kAtDurable = 12;
constexpr size_t kAtImageId = 16;
constexpr size_t kAtHasResult = 24;
constexpr size_t kAtResult = 25;
constexpr size_t kAtCheck = 56;
constexpr size_t kCheckBytes = 8;
constexpr uint8_t kVersion = 1;
static_assert(kAtResult + kImageResultBytes <= kAtCheck);

using Entry = std::array<uint8_t, 64>;
static_assert(kAtCheck + kCheckBytes == sizeof(Entry));

/// Compared in pieces, so that the flash needs no buffer of its own size.
constexpr size_t kCompareBytes = 64;

}  // namespace

uint32_t ImageStore::capacity() const {
  const hal::FlashShape shape = area_.shape();
  return shape.sectors > kJournalSectors ? (shape.sectors - kJournalSectors) * shape.sector_bytes
                                         : 0;
}

bool ImageStore::ReadEntry(uint32_t at, uint32_t& sequence, Status& out, bool& blank) {
  Entry entry{};
  blank = false;
  if (area_.Read(at, entry) != Error::kOk) {
    return false;
  }
  blank = std::all_of(entry.begin(), entry.end(), [](uint8_t b) { return b == 0xFF; });
  const crypto::Sha256Digest check = crypto::Sha256Of(ConstBytes(entry).first(kAtCheck));
  if (blank || entry[kAtMagic] != 'S' || entry[kAtMagic + 1] != 'A' ||
      entry[kAtVersion] != kVersion ||
      !Equal(ConstBytes(entry).subspan(kAtCheck), ConstBytes(check).first(kCheckBytes))) {
    return false;
  }
  sequence = Get32(entry, kAtSequence);
  out = Status{};
  out.state = static_cast<State>(entry[kAtState]);
  out.total = Get32(entry, kAtTotal);
  out.durable = Get32(entry, kAtDurable);
  out.received = out.durable;
  out.image_id = Get64(entry, kAtImageId);
  if (entry[kAtHasResult] == 1) {
    out.result = DecodeImageResult(ConstBytes(entry).subspan(kAtResult, kImageResultBytes));
  }
  return true;
}

Error ImageStore::Mount() {
  status_ = Status{};
  sequence_ = 0;
  tail_size_ = 0;
  uint32_t newest_sector = 0;
  for (uint32_t at = 0; at < kJournalSectors * sector_bytes(); at += kEntryBytes) {
    uint32_t sequence = 0;
    Status found;
    bool blank = false;
    if (ReadEntry(at, sequence, found, blank) && sequence > sequence_) {
      sequence_ = sequence;
      status_ = found;
      newest_sector = at / sector_bytes();
    }
  }
  // The next entry goes after the last place in the newest sector that was ever touched. With no
  // valid entry at all the sectors may still hold torn ones: "full" makes Append erase the other.
  next_entry_ = (newest_sector + 1) * sector_bytes();
  while (sequence_ != 0 && next_entry_ > newest_sector * sector_bytes()) {
    uint32_t sequence = 0;
    Status ignored;
    bool blank = false;
    (void)ReadEntry(next_entry_ - kEntryBytes, sequence, ignored, blank);
    if (!blank) {
      break;
    }
    next_entry_ -= kEntryBytes;
  }
  programmed_ = status_.durable;
  return Error::kOk;
}

Error ImageStore::Append(const Status& next) {
  const uint32_t sector = sector_bytes();
  if (next_entry_ % sector == 0) {
    const uint32_t other = next_entry_ / sector % kJournalSectors;
    TRY(area_.Erase(other));
    next_entry_ = other * sector;
  }
  Entry entry{};
  entry[kAtMagic] = 'S';
  entry[kAtMagic + 1] = 'A';
  entry[kAtVersion] = kVersion;
  entry[kAtState] = static_cast<uint8_t>(next.state);
  Put32(entry, kAtSequence, sequence_ + 1);
  Put32(entry, kAtTotal, next.total);
  Put32(entry, kAtDurable, next.durable);
  Put64(entry, kAtImageId, next.image_id);
  if (next.result.present) {
    entry[kAtHasResult] = 1;
    EncodeImageResult(next.result, Bytes(entry).subspan(kAtResult, kImageResultBytes));
  }
  const crypto::Sha256Digest check = crypto::Sha256Of(ConstBytes(entry).first(kAtCheck));
  Copy(Bytes(entry).subspan(kAtCheck), ConstBytes(check).first(kCheckBytes));
  const uint32_t at = next_entry_;
  next_entry_ += kEntryBytes;
  TRY(area_.Program(at, entry));
  Entry back{};
  TRY(area_.Read(at, back));
  if (back != entry) {
    return Error::kHardware;
  }
  ++sequence_;
  status_ = next;
  return Error::kOk;
}

Error ImageStore::Begin(ConstBytes header, uint32_t total, uint64_t image_id) {
  CHECK(header.size() == kImageHeaderBytes);
  if (total > capacity() || total < header.size()) {
    return Error::kFull;
  }
  if (status_.state != State::kEmpty && status_.total == total &&
      status_.durable >= header.size()) {
    std::array<uint8_t, kImageHeaderBytes> there{};
    TRY(area_.Read(DataAt(0), there));
    if (Equal(there, header)) {
      return Error::kOk;  // the same image: go on where it stopped
    }
  }
  if (status_.state == State::kComplete) {
    return Error::kState;
  }
  Status next;
  next.state = State::kReceiving;
  next.total = total;
  next.image_id = image_id;
  next.result = status_.result;
  TRY(Append(next));
  programmed_ = 0;
  tail_size_ = 0;
  return Write(0, header);
}

Error ImageStore::Program(ConstBytes bytes) {
  const uint32_t sector = sector_bytes();
  if (programmed_ % sector == 0) {
    TRY(area_.Erase(DataAt(programmed_) / sector));
  }
  TRY(area_.Program(DataAt(programmed_), bytes));
  std::array<uint8_t, kCompareBytes> back{};
  for (size_t at = 0; at < bytes.size(); at += back.size()) {
    const size_t n = std::min(back.size(), bytes.size() - at);
    TRY(area_.Read(DataAt(programmed_ + static_cast<uint32_t>(at)), Bytes(back).first(n)));
    if (!Equal(ConstBytes(back).first(n), bytes.subspan(at, n))) {
      return Error::kHardware;
    }
  }
  programmed_ += static_cast<uint32_t>(bytes.size());
  return programmed_ % sector == 0 ? SectorDone() : Error::kOk;
}

/// A full sector is safe: from here a power cut loses nothing before it. The last sector of an
/// image is recorded by the entry that completes it.
Error ImageStore::SectorDone() {
  if (programmed_ >= status_.total) {
    return Error::kOk;
  }
  Status next = status_;
  next.durable = programmed_;
  return Append(next);
}

Error ImageStore::FlushTail() {
  if (tail_size_ == 0) {
    return Error::kOk;
  }
  const size_t unit = area_.shape().program_bytes;
  Fill(Bytes(tail_).subspan(tail_size_, unit - tail_size_), 0xFF);
  tail_size_ = 0;
  return Program(ConstBytes(tail_).first(unit));
}

Error ImageStore::Write(uint32_t offset, ConstBytes piece) {
  if (status_.state != State::kReceiving) {
    return Error::kState;
  }
  if (offset != status_.received || piece.size() > status_.total - status_.received) {
    return Error::kRange;
  }
  const size_t unit = area_.shape().program_bytes;
  CHECK(unit <= kMaxUnit);
  while (!piece.empty()) {
    size_t used = 0;
    Error error = Error::kOk;
    if (tail_size_ != 0 || piece.size() < unit) {
      used = std::min(unit - tail_size_, piece.size());
      Copy(Bytes(tail_).subspan(tail_size_), piece.first(used));
      tail_size_ += used;
      error = tail_size_ == unit ? FlushTail() : Error::kOk;
    } else {
      const size_t left = sector_bytes() - programmed_ % sector_bytes();
      used = std::min(left, piece.size() / unit * unit);
      error = Program(piece.first(used));
    }
    if (error != Error::kOk) {
      return Fail(error);
    }
    status_.received += static_cast<uint32_t>(used);
    piece = piece.subspan(used);
  }
  if (status_.received < status_.total) {
    return Error::kOk;
  }
  const Error flushed = FlushTail();
  if (flushed != Error::kOk) {
    return Fail(flushed);
  }
  Status next = status_;
  next.state = State::kComplete;
  next.durable = next.total;
  const Error appended = Append(next);
  return appended == Error::kOk ? appended : Fail(appended);
}

/// The flash refused: what it holds is known up to the last recorded sector only.
Error ImageStore::Fail(Error error) {
  programmed_ = status_.received = status_.durable;
  tail_size_ = 0;
  return error;
}

Error ImageStore::Read(uint32_t offset, Bytes out) {
  if (status_.state != State::kComplete) {
    return Error::kState;
  }
  if (offset > status_.total || out.size() > status_.total - offset) {
    return Error::kRange;
  }
  return area_.Read(DataAt(offset), out);
}

Error ImageStore::Finish(const ImageResult& result) {
  Status next;
  next.result = result;
  next.result.present = true;
  return Append(next);
}

Error ImageStore::Abort() {
  if (status_.state == State::kEmpty) {
    return Error::kOk;
  }
  Status next;
  next.result = status_.result;
  return Append(next);
}

}  // namespace simurgh::profile
