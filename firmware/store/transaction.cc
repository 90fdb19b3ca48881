// The open transaction. Its puts are written as they come, as members of a numbered transaction;
// its erases are kept in RAM and written by Commit, just before the commit entry and with no
// compaction in between. So a copy that compaction makes of a record which the transaction has
// erased always lies before the erase in the log.
#include "base/check.h"
#include "firmware/store/store.h"

namespace simurgh::store {

using format::EntryHeader;

void Store::Begin() {
  CHECK(!open_);
  open_ = true;
  failure_ = Error::kOk;
}

void Store::Close() {
  if (tx_ != 0) {
    next_tx_ = static_cast<uint16_t>(tx_ == 0xFFFF ? 1 : tx_ + 1);
  }
  tx_ = 0;
  pending_.clear();
  failure_ = Error::kOk;
  open_ = false;
}

uint16_t Store::TransactionId() {
  tx_ = next_tx_;
  return tx_;
}

Store::Pending* Store::FindPending(const Key& key) {
  for (Pending& pending : pending_) {
    if (pending.what != Pending::kDrop && pending.key == key) {
      return &pending;
    }
  }
  return nullptr;
}

bool Store::SpaceDropped(uint16_t space) const {
  return std::any_of(pending_.begin(), pending_.end(), [space](const Pending& pending) {
    return pending.what == Pending::kDrop && pending.key.space == space;
  });
}

Store::Totals Store::PendingTotals() const {
  Totals totals;
  for (const Pending& pending : pending_) {
    totals.bytes += pending.bytes;
    totals.gain += pending.bytes - pending.old_bytes;
    totals.fresh += pending.what == Pending::kPut && pending.fresh;
  }
  return totals;
}

/// From here on the transaction can only be rolled back.
Error Store::Fail(Error error) {
  failure_ = error;
  return error;
}

Error Store::PutPending(const Key& key, ConstBytes head, ConstBytes tail, Kind kind) {
  if (failure_ != Error::kOk) {
    return failure_;
  }
  const size_t length = head.size() + tail.size();
  const uint32_t bytes = EntryBytes(length);
  Pending next{key, Pending::kPut, kind == Kind::kSecret};
  Pending* pending = FindPending(key);
  if (pending != nullptr) {
    next.fresh = pending->fresh;
    next.old_bytes = pending->old_bytes;
  } else {
    EntryHeader old;
    const Result<size_t> slot = FindSlot(key, old);
    if (!slot.ok() && slot.error() != Error::kNotFound) {
      return Fail(slot.error());
    }
    next.fresh = !slot.ok();
    next.old_bytes = static_cast<uint16_t>(slot.ok() ? EntryBytes(old.payload()) : 0);
  }
  const Totals open = PendingTotals();
  const int64_t gain =
      int64_t{open.gain} + bytes - (pending != nullptr ? pending->bytes : next.old_bytes);
  if ((pending == nullptr && pending_.full()) ||
      live_bytes_ + open.bytes + bytes > HardCapacity() ||
      (gain > 0 && live_bytes_ + gain > Capacity()) ||
      (next.fresh && index_.count() + open.fresh >= index_.limit())) {
    return Fail(Error::kFull);
  }
  const Error room = Reserve(bytes);  // may move what `pending` points to on flash
  if (room != Error::kOk) {
    return Fail(room);
  }
  const uint16_t flags = format::kValue | (next.secret ? format::kSecret : 0);
  const EntryHeader header{key.space, key.object, key.part,
                           static_cast<uint16_t>(length << 4 | flags), TransactionId()};
  const Result<uint16_t> location = Append(header, head, tail);
  if (!location.ok()) {
    return Fail(location.error());
  }
  next.location = location.value();
  next.bytes = static_cast<uint16_t>(bytes);
  if (pending == nullptr) {
    CHECK(pending_.Add(next));
    return Error::kOk;
  }
  const Pending before = *pending;
  *pending = next;
  return WipePending(before);
}

Error Store::DeletePending(const Key& key) {
  if (failure_ != Error::kOk) {
    return failure_;
  }
  Pending* pending = FindPending(key);
  if (pending != nullptr) {
    if (pending->what == Pending::kDelete) {
      return Error::kNotFound;
    }
    const Pending before = *pending;
    pending->what = Pending::kDelete;
    pending->bytes = 0;
    return WipePending(before);
  }
  if (SpaceDropped(key.space)) {
    return Error::kNotFound;
  }
  EntryHeader header;
  TRY(FindSlot(key, header));
  Pending erase{key, Pending::kDelete};
  erase.old_bytes = static_cast<uint16_t>(EntryBytes(header.payload()));
  return pending_.Add(erase) ? Error::kOk : Fail(Error::kFull);
}

Error Store::DropPending(uint16_t space) {
  if (failure_ != Error::kOk) {
    return failure_;
  }
  for (Pending& pending : pending_) {
    if (pending.key.space == space) {
      TRY(WipePending(pending));
    }
  }
  if (ForgetPending(space)) {
    const Error room = Reserve(MarkBytes());
    const Error error = room != Error::kOk ? room
                                           : AppendMark(format::kErase, format::kCancelSpace,
                                                        {space, 0, 0}, TransactionId());
    if (error != Error::kOk) {
      return Fail(error);
    }
  }
  if (SpaceDropped(space)) {
    return Error::kOk;
  }
  return pending_.Add({{space, 0, 0}, Pending::kDrop}) ? Error::kOk : Fail(Error::kFull);
}

/// Takes puts and deletes of a space out of the table. @returns whether there were any.
bool Store::ForgetPending(uint16_t space) {
  bool any = false;
  for (size_t i = pending_.size(); i-- > 0;) {
    if (pending_[i].what != Pending::kDrop && pending_[i].key.space == space) {
      pending_.RemoveAt(i);
      any = true;
    }
  }
  return any;
}

/// Wipes the value of a put that can no longer come into effect.
Error Store::WipePending(const Pending& pending) {
  return pending.what == Pending::kPut && pending.secret ? Wipe(pending.location) : Error::kOk;
}

void Store::Rollback() {
  CHECK(open_);
  for (const Pending& pending : pending_) {
    if (ready_ && WipePending(pending) != Error::kOk) {
      break;  // the next Mount finishes it; no write succeeds before
    }
  }
  Close();
}

Error Store::Commit() {
  CHECK(open_);
  Error error = failure_;
  if (error == Error::kOk && !pending_.empty()) {
    error = WriteErases();
  }
  if (error != Error::kOk) {
    Rollback();
    return error;
  }
  // Durable from here on. A wipe that fails is finished by the next Mount.
  (void)ApplyPending(true);
  Close();
  return Error::kOk;
}

/// Erases and the commit entry; a lone erase commits itself.
Error Store::WriteErases() {
  const uint32_t erases = static_cast<uint32_t>(std::count_if(
      pending_.begin(), pending_.end(), [](const Pending& p) { return p.what != Pending::kPut; }));
  TRY(Reserve((erases + 1) * MarkBytes()));
  const bool lone = tx_ == 0 && pending_.size() == 1;
  const uint16_t tx = lone ? 0 : TransactionId();
  for (const Pending& pending : pending_) {
    if (pending.what != Pending::kPut) {
      const uint16_t what =
          pending.what == Pending::kDrop ? format::kDropSpace : format::kDeleteRecord;
      TRY(AppendMark(format::kErase, what, pending.key, tx));
    }
  }
  return lone ? Error::kOk : AppendMark(format::kMeta, format::kCommit, {}, tx);
}

/// Drops first: a put of the same transaction into a dropped space came after the drop, because
/// the drop took the earlier ones out of the table.
Error Store::ApplyPending(bool wipe) {
  Error result = Error::kOk;
  const auto note = [&result](Error error) { result = result == Error::kOk ? error : result; };
  for (const Pending& pending : pending_) {
    if (pending.what == Pending::kDrop) {
      note(ApplyDrop(pending.key.space, wipe));
    }
  }
  for (const Pending& pending : pending_) {
    if (pending.what == Pending::kDelete) {
      note(ApplyDelete(pending.key, wipe));
    }
  }
  for (const Pending& pending : pending_) {
    if (pending.what == Pending::kPut) {
      note(ApplyPut(pending.key, pending.location, pending.bytes, wipe));
    }
  }
  return result;
}

}  // namespace simurgh::store
