#include "firmware/profile/profile_store.h"

#include "firmware/profile/card_data.h"

namespace simurgh::profile {

namespace {

constexpr uint8_t kNoSlot = 0xFF;
constexpr uint8_t kDiscardedMark = 2;

/// A record of one byte, or `absent`.
uint8_t ReadByte(store::Store& store, const store::Key& key, uint8_t absent) {
  uint8_t value = 0;
  const Result<size_t> size = store.Read(key, 0, Bytes(&value, 1));
  return size.ok() && size.value() == 1 ? value : absent;
}

/// A length-prefixed text out of `rest`.
template <size_t N>
Error TakeText(ConstBytes& rest, Text<N>& out) {
  if (rest.empty() || rest[0] > rest.size() - 1) {
    return Error::kCorrupt;
  }
  TRY(out.Assign(rest.subspan(1, rest[0])));
  rest = rest.subspan(1 + rest[0]);
  return Error::kOk;
}

}  // namespace

ProfileStore::ProfileStore(store::Store& store, keys::KeyStore& keys, fs::FileSystem& files,
                           crypto::Rng& rng, const hal::Identity& identity)
    : store_(store), rng_(rng), binding_(store, keys, files, identity) {}

Error ProfileStore::Boot() { return AbortStaging(); }

store::Key ProfileStore::RecordKey(uint8_t slot, RecordPart part) const {
  return {0, static_cast<uint16_t>(kProfileObject + slot), static_cast<uint16_t>(part)};
}

bool ProfileStore::Used(uint8_t slot) {
  return slot < kSlots && store_.Has(RecordKey(slot, RecordPart::kFixed));
}

Error ProfileStore::Get(uint8_t slot, Record& out) {
  if (!Used(slot)) {
    return Error::kNotFound;
  }
  out = Record{};
  out.slot = slot;
  std::array<uint8_t, kFixedBytes> fixed{};
  const size_t size = TRY(store_.Read(RecordKey(slot, RecordPart::kFixed), 0, fixed));
  if (DecodeFixed(ConstBytes(fixed).first(size), out) != Error::kOk) {
    return Error::kCorrupt;
  }
  std::array<uint8_t, 2 + 64 + 32> names{};
  const size_t names_size = TRY(store_.Read(RecordKey(slot, RecordPart::kNames), 0, names));
  ConstBytes rest = ConstBytes(names).first(names_size);
  TRY(TakeText(rest, out.name));
  TRY(TakeText(rest, out.provider));
  const Result<size_t> nickname =
      store_.Read(RecordKey(slot, RecordPart::kNickname), 0, out.nickname.bytes);
  out.nickname.size = static_cast<uint8_t>(nickname.ValueOr(0));
  std::array<uint8_t, 2> status{};
  if (store_.Read(RecordKey(slot, RecordPart::kStatus), 0, status).ok()) {
    out.state = State::kDiscarded;
    out.reason = static_cast<Reason>(status[1]);
    return Error::kOk;
  }
  const bool enabled = ReadByte(store_, CardKey(CardField::kActive), kNoSlot) == slot;
  out.state = enabled ? State::kEnabled : State::kDisabled;
  return Error::kOk;
}

Error ProfileStore::GetSignature(uint8_t slot, Signature& out) {
  const size_t size = TRY(store_.Read(RecordKey(slot, RecordPart::kSignature), 0, out.bytes));
  out.size = static_cast<uint16_t>(size);
  return Error::kOk;
}

Result<uint8_t> ProfileStore::FindByIccid(ConstBytes iccid10) {
  for (uint8_t slot = 0; slot < kSlots; ++slot) {
    Record record;
    if (Get(slot, record) == Error::kOk && Equal(record.iccid, iccid10)) {
      return slot;
    }
  }
  return Error::kNotFound;
}

Result<uint8_t> ProfileStore::FindByAid(ConstBytes aid16) {
  for (uint8_t slot = 0; slot < kSlots; ++slot) {
    Record named;
    named.slot = slot;
    if (Used(slot) && Equal(named.aid(), aid16)) {
      return slot;
    }
  }
  return Error::kNotFound;
}

Result<uint8_t> ProfileStore::active() {
  const uint8_t slot = ReadByte(store_, CardKey(CardField::kActive), kNoSlot);
  if (!Used(slot) || store_.Has(RecordKey(slot, RecordPart::kStatus))) {
    return Error::kNotFound;
  }
  return slot;
}

uint16_t ProfileStore::active_space() {
  const Result<uint8_t> slot = active();
  return slot.ok() ? static_cast<uint16_t>(slot.value() + 1) : 0;
}

bool ProfileStore::Eligible(const Record& record) {
  return record.state != State::kDiscarded &&
         (mode() == Mode::kNormal || record.profile_class == Class::kTest);
}

BindingCheck ProfileStore::CheckBinding(uint8_t slot) {
  Record record;
  Signature signature;
  if (Get(slot, record) != Error::kOk || GetSignature(slot, signature) != Error::kOk) {
    return {Verdict::kRejected, Reason::kFormat};
  }
  return binding_.Check(record, signature.view(), record.space());
}

Error ProfileStore::Discard(uint8_t slot, Reason reason) {
  const uint8_t status[] = {kDiscardedMark, static_cast<uint8_t>(reason)};
  return store_.PutNow(RecordKey(slot, RecordPart::kStatus), status);
}

/// The only way to become the enabled profile.
Error ProfileStore::Activate(uint8_t slot) {
  const BindingCheck check = CheckBinding(slot);
  if (Accepted(check.verdict)) {
    return store_.Put(CardKey(CardField::kActive), ConstBytes(&slot, 1));
  }
  if (check.reason == Reason::kTerminalUnknown) {
    return Error::kAccess;
  }
  TRY(Discard(slot, check.reason));
  return Error::kAuth;
}

Error ProfileStore::Enable(uint8_t slot) {
  Record record;
  TRY(Get(slot, record));
  if (record.state != State::kDisabled) {
    return Error::kState;
  }
  if (!Eligible(record)) {
    return Error::kAccess;
  }
  return Activate(slot);
}

Error ProfileStore::Disable(uint8_t slot) {
  Record record;
  TRY(Get(slot, record));
  if (record.state != State::kEnabled) {
    return Error::kState;
  }
  return store_.Put(CardKey(CardField::kActive), ConstBytes(&kNoSlot, 1));
}

Error ProfileStore::Delete(uint8_t slot) {
  Record record;
  const Error found = Get(slot, record);
  if (found == Error::kNotFound) {
    return found;
  }
  // A damaged record can be deleted too: nothing else could free its slot.
  if (found == Error::kOk && record.state == State::kEnabled) {
    return Error::kState;
  }
  return DropSlot(slot);
}

Error ProfileStore::DropSlot(uint8_t slot) {
  constexpr RecordPart kParts[] = {RecordPart::kFixed, RecordPart::kSignature, RecordPart::kNames,
                                   RecordPart::kNickname, RecordPart::kStatus};
  for (const RecordPart part : kParts) {
    const store::Key key = RecordKey(slot, part);
    if (store_.Has(key)) {
      TRY(store_.Delete(key));
    }
  }
  if (ReadByte(store_, CardKey(CardField::kActive), kNoSlot) == slot) {
    TRY(store_.Put(CardKey(CardField::kActive), ConstBytes(&kNoSlot, 1)));
  }
  return store_.DropSpace(static_cast<uint16_t>(slot + 1));
}

Error ProfileStore::SetNickname(uint8_t slot, ConstBytes nickname) {
  if (!Used(slot)) {
    return Error::kNotFound;
  }
  Text<64> text;
  TRY(text.Assign(nickname));
  return store_.Put(RecordKey(slot, RecordPart::kNickname), text.view());
}

Result<uint8_t> ProfileStore::AutoSelect(Occasion occasion) {
  // Also a discarded slot counts as "was enabled": power may have failed after the mark.
  const uint8_t was = ReadByte(store_, CardKey(CardField::kActive), kNoSlot);
  if (was == kNoSlot && occasion == Occasion::kBoot) {
    return Error::kNotFound;
  }
  Record record;
  if (was < kSlots && Get(was, record) == Error::kOk && Eligible(record)) {
    const BindingCheck check = CheckBinding(was);
    if (Accepted(check.verdict)) {
      return was;
    }
    if (check.reason != Reason::kTerminalUnknown) {
      TRY(Discard(was, check.reason));
    }
  }
  for (const bool provisioning : {false, true}) {
    for (uint8_t slot = 0; slot < kSlots; ++slot) {
      if (slot == was || Get(slot, record) != Error::kOk || !Eligible(record) ||
          (record.profile_class == Class::kProvisioning) != provisioning) {
        continue;
      }
      const Error error = Activate(slot);
      if (error == Error::kOk) {
        return slot;
      }
      if (error != Error::kAuth && error != Error::kAccess) {
        return error;
      }
    }
  }
  if (was != kNoSlot) {
    TRY(store_.Put(CardKey(CardField::kActive), ConstBytes(&kNoSlot, 1)));
  }
  return Error::kNotFound;
}

Result<bool> ProfileStore::SetTerminalId(ConstBytes id8) {
  if (id8.size() != kTerminalIdBytes) {
    return Error::kFormat;
  }
  const Result<TerminalId> known = terminal_id();
  if (known.ok() && Equal(known.value(), id8)) {
    return false;
  }
  TRY(store_.Put(CardKey(CardField::kTerminalId), id8));
  const Result<uint8_t> before = active();
  Record record;
  if (!before.ok() || Get(before.value(), record) != Error::kOk || !record.bound_to_terminal) {
    return false;
  }
  const Result<uint8_t> after = AutoSelect(Occasion::kBoot);
  if (!after.ok() && after.error() != Error::kNotFound) {
    return after.error();
  }
  return !after.ok() || after.value() != before.value();
}

Result<TerminalId> ProfileStore::terminal_id() {
  TerminalId id{};
  const size_t size = TRY(store_.Read(CardKey(CardField::kTerminalId), 0, id));
  if (size != id.size()) {
    return Error::kCorrupt;
  }
  return id;
}

bool ProfileStore::AsksForTerminal() {
  for (uint8_t slot = 0; slot < kSlots; ++slot) {
    Record record;
    if (Get(slot, record) == Error::kOk && record.bound_to_terminal &&
        record.state != State::kDiscarded) {
      return true;
    }
  }
  return false;
}

Mode ProfileStore::mode() {
  return static_cast<Mode>(ReadByte(store_, CardKey(CardField::kMode), 0));
}

Error ProfileStore::SetMode(Mode mode) {
  const uint8_t value = static_cast<uint8_t>(mode);
  TRY(store_.Put(CardKey(CardField::kMode), ConstBytes(&value, 1)));
  const Result<uint8_t> slot = active();
  Record record;
  if (slot.ok() && Get(slot.value(), record) == Error::kOk && !Eligible(record)) {
    return store_.Put(CardKey(CardField::kActive), ConstBytes(&kNoSlot, 1));
  }
  return Error::kOk;
}

Result<uint16_t> ProfileStore::BeginStaging() {
  TRY(AbortStaging());
  for (uint8_t slot = 0; slot < kSlots; ++slot) {
    if (Used(slot)) {
      continue;
    }
    const uint16_t space = static_cast<uint16_t>(slot + 1);
    store::Transaction transaction(store_);
    TRY(store_.Put(CardKey(CardField::kStaging), ConstBytes(&slot, 1)));
    TRY(store_.DropSpace(space));
    TRY(transaction.Commit());
    return space;
  }
  return Error::kFull;
}

uint16_t ProfileStore::staging_space() {
  const uint8_t slot = ReadByte(store_, CardKey(CardField::kStaging), kNoSlot);
  return slot < kSlots ? static_cast<uint16_t>(slot + 1) : 0;
}

Error ProfileStore::AbortStaging() {
  const uint16_t space = staging_space();
  if (space == 0) {
    return Error::kOk;
  }
  store::Transaction transaction(store_);
  TRY(store_.DropSpace(space));
  TRY(store_.Delete(CardKey(CardField::kStaging)));
  return transaction.Commit();
}

Error ProfileStore::PutRecord(const Record& record, ConstBytes signature) {
  std::array<uint8_t, kFixedBytes> fixed{};
  EncodeFixed(record, fixed);
  TRY(store_.Put(RecordKey(record.slot, RecordPart::kFixed), fixed));
  return store_.Put(RecordKey(record.slot, RecordPart::kSignature), signature);
}

Error ProfileStore::CommitStaging(Record& record, ConstBytes signature) {
  const uint16_t space = staging_space();
  if (space == 0) {
    return Error::kState;
  }
  if (FindByIccid(record.iccid).ok()) {
    return Error::kExists;
  }
  record.slot = static_cast<uint8_t>(space - 1);
  std::array<uint8_t, 2 + 64 + 32> names{};
  Writer out(names);
  out.Add8(record.name.size);
  out.Add(record.name.view());
  out.Add8(record.provider.size);
  out.Add(record.provider.view());
  CHECK(!out.overflow());
  TRY(PutRecord(record, signature));
  TRY(store_.Put(RecordKey(record.slot, RecordPart::kNames), out.written()));
  return store_.Delete(CardKey(CardField::kStaging));
}

Error ProfileStore::Rebind(uint8_t slot) {
  Record record;
  TRY(Get(slot, record));
  Signature signature;
  TRY(binding_.Sign(record, record.space(), rng_, signature));
  return PutRecord(record, signature.view());
}

}  // namespace simurgh::profile
