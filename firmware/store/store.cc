// Records outside of a transaction, and what all of the store shares.
#include "firmware/store/store.h"

#include "base/check.h"

namespace simurgh::store {

using format::EntryHeader;

Store::Store(hal::Flash& flash, IndexMemory index) : flash_(flash), index_(index) {}

/// Slot of a committed record; `header` is its entry. @error kNotFound.
Result<size_t> Store::FindSlot(const Key& key, EntryHeader& header) {
  const uint16_t hash = HashOf(key);
  for (size_t slot = index_.Home(hash); index_.Used(slot); slot = index_.Next(slot)) {
    if (!index_.MayBe(slot, hash)) {
      continue;
    }
    TRY(flash_.Read(Address(index_.LocationAt(slot)), format::BytesOf(header)));
    if (header.space == key.space && header.object == key.object && header.part == key.part) {
      return slot;
    }
  }
  return Error::kNotFound;
}

/// The record as the open transaction sees it.
Result<Store::Found> Store::Find(const Key& key) {
  Found found;
  if (!pending_.empty()) {
    const Pending* pending = FindPending(key);
    if (pending != nullptr && pending->what == Pending::kPut) {
      found.location = pending->location;
      TRY(flash_.Read(Address(found.location), format::BytesOf(found.header)));
      return found;
    }
    if (pending != nullptr || SpaceDropped(key.space)) {
      return Error::kNotFound;
    }
  }
  found.location = index_.LocationAt(TRY(FindSlot(key, found.header)));
  return found;
}

Result<size_t> Store::Read(const Key& key, size_t offset, Bytes out) {
  const Found found = TRY(Find(key));
  const size_t size = found.header.payload();
  if (offset > size) {
    return Error::kRange;
  }
  const size_t n = std::min(size - offset, out.size());
  if (n != 0) {
    const size_t at = Address(found.location) + sizeof(EntryHeader) + offset;
    TRY(flash_.Read(static_cast<uint32_t>(at), out.first(n)));
  }
  return n;
}

Result<size_t> Store::Size(const Key& key) { return TRY(Find(key)).header.payload(); }

Error Store::Put(const Key& key, ConstBytes value, Kind kind) { return Put(key, value, {}, kind); }

Error Store::Put(const Key& key, ConstBytes head, ConstBytes tail, Kind kind) {
  if (head.size() > kMaxValue || tail.size() > kMaxValue - head.size()) {
    return Error::kRange;
  }
  return open_ ? PutPending(key, head, tail, kind) : PutCommitted(key, head, tail, kind);
}

Error Store::PutNow(const Key& key, ConstBytes value, Kind kind) {
  CHECK(FindPending(key) == nullptr && !SpaceDropped(key.space));
  return value.size() > kMaxValue ? Error::kRange : PutCommitted(key, value, {}, kind);
}

Error Store::PutCommitted(const Key& key, ConstBytes head, ConstBytes tail, Kind kind) {
  const uint32_t bytes = EntryBytes(head.size() + tail.size());
  EntryHeader old;
  const Result<size_t> slot = FindSlot(key, old);
  if (!slot.ok() && slot.error() != Error::kNotFound) {
    return slot.error();
  }
  const uint32_t old_bytes = slot.ok() ? EntryBytes(old.payload()) : 0;
  if (bytes > old_bytes) {
    const Totals open = PendingTotals();
    const uint32_t after = live_bytes_ - old_bytes + bytes;
    const uint32_t growth = open.gain > 0 ? static_cast<uint32_t>(open.gain) : 0;
    if (after + growth > Capacity() || after + open.bytes > HardCapacity() ||
        (!slot.ok() && index_.count() + open.fresh >= index_.limit())) {
      return Error::kFull;
    }
  }
  TRY(Reserve(bytes));
  const uint16_t length = static_cast<uint16_t>(head.size() + tail.size());
  const uint16_t flags =
      format::kValue | format::kSelfCommitted | (kind == Kind::kSecret ? format::kSecret : 0);
  const EntryHeader header{key.space, key.object, key.part,
                           static_cast<uint16_t>(length << 4 | flags), 0};
  const uint16_t location = TRY(Append(header, head, tail));
  live_bytes_ = live_bytes_ - old_bytes + bytes;
  if (!slot.ok()) {
    index_.Insert(HashOf(key), location);
    return Error::kOk;
  }
  // Compaction may have moved the old entry, but never its slot.
  const uint16_t old_location = index_.LocationAt(slot.value());
  index_.Move(slot.value(), location);
  WipeOld(old_location, old);
  return Error::kOk;
}

Error Store::Delete(const Key& key) { return open_ ? DeletePending(key) : DeleteCommitted(key); }

Error Store::DeleteCommitted(const Key& key) {
  EntryHeader header;
  const size_t slot = TRY(FindSlot(key, header));
  TRY(Reserve(MarkBytes()));
  TRY(AppendMark(format::kErase, format::kDeleteRecord, key, 0));
  RemoveSlot(slot, header, true);
  return Error::kOk;
}

Error Store::DropSpace(uint16_t space) {
  if (open_) {
    return DropPending(space);
  }
  TRY(Reserve(MarkBytes()));
  TRY(AppendMark(format::kErase, format::kDropSpace, {space, 0, 0}, 0));
  return ApplyDrop(space, true);
}

/// Hash of the key of the record at `location`. A flash that cannot be read makes the store useless
/// until the next Mount, so what the index then holds does not matter.
uint16_t Store::HashAt(uint16_t location) {
  EntryHeader header;
  (void)flash_.Read(Address(location), format::BytesOf(header));
  return HashOf({header.space, header.object, header.part});
}

/// Takes a record out of the index. The flash already says that it is gone.
void Store::RemoveSlot(size_t slot, const EntryHeader& header, bool wipe) {
  const uint16_t location = index_.LocationAt(slot);
  index_.Remove(slot, [this](uint16_t at) { return HashAt(at); });
  live_bytes_ -= EntryBytes(header.payload());
  if (wipe) {
    WipeOld(location, header);
  }
}

/// Wipes a secret whose successor or end is durable. A failure does not undo that: it shows in the
/// next write, and the next Mount finishes the wipe.
void Store::WipeOld(uint16_t location, const EntryHeader& header) {
  if (header.secret() && ready_) {
    (void)Wipe(location);
  }
}

Error Store::ApplyPut(const Key& key, uint16_t location, uint32_t bytes, bool wipe) {
  EntryHeader old;
  const Result<size_t> slot = FindSlot(key, old);
  if (!slot.ok()) {
    if (slot.error() != Error::kNotFound) {
      return slot.error();
    }
    if (index_.count() >= index_.limit()) {
      return Error::kFull;
    }
    index_.Insert(HashOf(key), location);
    live_bytes_ += bytes;
    return Error::kOk;
  }
  const uint16_t old_location = index_.LocationAt(slot.value());
  index_.Move(slot.value(), location);
  live_bytes_ = live_bytes_ - EntryBytes(old.payload()) + bytes;
  if (wipe) {
    WipeOld(old_location, old);
  }
  return Error::kOk;
}

Error Store::ApplyDelete(const Key& key, bool wipe) {
  EntryHeader header;
  const Result<size_t> slot = FindSlot(key, header);
  if (!slot.ok()) {
    return slot.error() == Error::kNotFound ? Error::kOk : slot.error();
  }
  RemoveSlot(slot.value(), header, wipe);
  return Error::kOk;
}

Error Store::ApplyDrop(uint16_t space, bool wipe) {
  // A removal moves only entries that come later in their probe run: those that fill the hole are
  // looked at next, and those that come round the end of the table were looked at before.
  for (size_t slot = 0; slot < index_.size();) {
    EntryHeader header;
    if (!index_.Used(slot)) {
      ++slot;
      continue;
    }
    TRY(flash_.Read(Address(index_.LocationAt(slot)), format::BytesOf(header)));
    if (header.space != space) {
      ++slot;
      continue;
    }
    RemoveSlot(slot, header, wipe);
  }
  return Error::kOk;
}

void Store::ForEach(uint16_t space, Visitor visit, void* context) {
  for (size_t slot = 0; slot < index_.size(); ++slot) {
    EntryHeader header;
    if (!index_.Used(slot) ||
        flash_.Read(Address(index_.LocationAt(slot)), format::BytesOf(header)) != Error::kOk ||
        header.space != space) {
      continue;
    }
    if (!visit(context, {header.space, header.object, header.part}, header.payload())) {
      return;
    }
  }
}

uint32_t Store::FreeBytes(uint32_t typical) const {
  if (sectors_ == 0 || typical == 0) {
    return 0;
  }
  const Totals open = PendingTotals();
  const uint32_t growth = open.gain > 0 ? static_cast<uint32_t>(open.gain) : 0;
  const uint32_t used = live_bytes_ + growth;
  const uint32_t fit = used < Capacity() ? (Capacity() - used) / EntryBytes(typical) : 0;
  const size_t records = index_.count() + open.fresh;
  const size_t slots = records < index_.limit() ? index_.limit() - records : 0;
  return static_cast<uint32_t>(std::min<size_t>(fit, slots)) * typical;
}

}  // namespace simurgh::store
