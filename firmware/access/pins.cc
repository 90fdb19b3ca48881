#include "firmware/access/pins.h"

#include "base/verdict.h"
#include "crypto/const_time.h"
#include "crypto/secret.h"

namespace simurgh::access {
namespace {

// Records (docs/formats/files.md). Global PINs and all PUKs are parts of object F001, local PINs
// parts of their directory.
constexpr uint16_t kObject = 0xF001;
constexpr uint16_t kPukPart = 0x0100;
constexpr uint16_t kTriesPart = 0x0200;  // added to the part of a value in F001
constexpr size_t kDeepest = 8;

constexpr uint8_t kEnabled = 0x01;
constexpr uint8_t kMayChange = 0x02;
constexpr uint8_t kMayDisable = 0x04;
constexpr uint8_t kReplaced = 0x80;

namespace at {
constexpr size_t kAttributes = 0;
constexpr size_t kPuk = 1;
constexpr size_t kMaxTries = 2;
constexpr size_t kReserved = 3;
constexpr size_t kValue = 4;
constexpr size_t kSize = kValue + kPinBytes;
}  // namespace at
static_assert(at::kReserved + 1 == at::kValue && at::kSize == 12);

store::Key ValueKey(uint16_t space, uint16_t owner, uint8_t reference) {
  return {space, owner, reference};
}
store::Key TriesKey(uint16_t space, uint16_t owner, uint8_t reference) {
  const uint16_t part =
      IsLocal(reference)
          ? static_cast<uint16_t>(fs::part::kLocalTries + reference - fs::part::kLocalPin)
          : static_cast<uint16_t>(kTriesPart + reference);
  return {space, owner, part};
}
store::Key PukKey(uint16_t space, uint8_t reference) {
  return {space, kObject, static_cast<uint16_t>(kPukPart + reference)};
}
store::Key PukTriesKey(uint16_t space, uint8_t reference) {
  return {space, kObject, static_cast<uint16_t>(kTriesPart + kPukPart + reference)};
}

uint64_t GlobalBit(uint8_t reference) {
  return uint64_t{1} << ((reference & 0x1F) + (reference >= 0x80 ? 32 : 0));
}
uint8_t LocalBit(uint8_t reference) { return static_cast<uint8_t>(1u << (reference - 0x81)); }

}  // namespace

struct Pins::Pin {
  uint16_t space = 0;
  uint16_t owner = 0;  // object that holds it
  uint8_t reference = 0;
  crypto::Secret<at::kSize> record;

  uint8_t& attributes() { return record.view()[at::kAttributes]; }
  uint8_t attributes() const { return record.view()[at::kAttributes]; }
  uint8_t puk() const { return record.view()[at::kPuk]; }
  uint8_t max_tries() const { return record.view()[at::kMaxTries]; }
  bool enabled() const { return (attributes() & kEnabled) != 0; }
  ConstBytes value() const { return record.view().subspan(at::kValue); }
  Bytes value() { return record.view().subspan(at::kValue); }
  store::Key tries() const { return TriesKey(space, owner, reference); }
};

// ---- Making a profile

Error Pins::Put(uint16_t space, uint16_t directory, const PinSpec& pin) {
  if (!IsReference(pin.reference) || pin.value.size() != kPinBytes ||
      pin.tries_left > pin.max_tries) {
    return Error::kFormat;
  }
  const uint16_t owner = IsLocal(pin.reference) ? directory : kObject;
  crypto::Secret<at::kSize> record;
  record.Resize(at::kSize);
  record.view()[at::kAttributes] = pin.attributes & (kEnabled | kMayChange | kMayDisable);
  record.view()[at::kPuk] = pin.puk;
  record.view()[at::kMaxTries] = pin.max_tries;
  Copy(record.view().subspan(at::kValue), pin.value);
  TRY(store_.Put(ValueKey(space, owner, pin.reference), record.view(), store::Kind::kSecret));
  return store_.Put(TriesKey(space, owner, pin.reference), ConstBytes(&pin.tries_left, 1));
}

Error Pins::PutPuk(uint16_t space, const PukSpec& puk) {
  if (puk.reference == 0 || puk.value.size() != kPinBytes || puk.tries_left > puk.max_tries) {
    return Error::kFormat;
  }
  TRY(store_.Put(PukKey(space, puk.reference), ConstBytes(&puk.max_tries, 1), puk.value,
                 store::Kind::kSecret));
  return store_.Put(PukTriesKey(space, puk.reference), ConstBytes(&puk.tries_left, 1));
}

Error Pins::Share(uint16_t space, uint16_t directory, uint16_t owner) {
  uint8_t object[2];
  Put16(object, 0, owner);
  return store_.Put({space, directory, fs::part::kPinShare}, object);
}

// ---- Finding

// Local PINs belong to the nearest directory that has them: the current one, its own by reference
// (Share), those above it, and at last the current application's.
Result<uint16_t> Pins::Owner(const fs::Selection& where, uint8_t reference) {
  if (!IsLocal(reference)) {
    return kObject;
  }
  const uint16_t space = where.dir.space;
  uint16_t object = where.dir.object;
  for (size_t level = 0; level < kDeepest && object != fs::kMfObject; ++level) {
    uint8_t place[4];
    if (store_.Has(ValueKey(space, object, reference))) {
      return object;
    }
    if (store_.Read({space, object, fs::part::kPinShare}, 0, Bytes(place).first(2)).ok() &&
        store_.Has(ValueKey(space, Get16(place), reference))) {
      return Get16(place);
    }
    if (TRY(store_.Read({space, object, fs::part::kLocation}, 0, place)) != sizeof place) {
      return Error::kCorrupt;
    }
    object = Get16(place);
  }
  // From outside the application's tree (the MF, say) its PINs can still be verified.
  if (where.adf.exists() && store_.Has(ValueKey(space, where.adf.object, reference))) {
    return where.adf.object;
  }
  return Error::kNotFound;
}

Result<Pins::Pin> Pins::Load(const fs::Selection& where, uint8_t reference) {
  if (!IsReference(reference)) {
    return Error::kNotFound;
  }
  Pin pin;
  pin.space = where.dir.space;
  pin.owner = TRY(Owner(where, reference));
  pin.reference = reference;
  pin.record.Resize(at::kSize);
  const store::Key key = ValueKey(pin.space, pin.owner, reference);
  if (TRY(store_.Read(key, 0, pin.record.view())) != at::kSize) {
    return Error::kCorrupt;
  }
  return pin;
}

bool Pins::IsVerified(const Pin& pin, const Verified& verified) const {
  if (!IsLocal(pin.reference)) {
    return (global_ & GlobalBit(pin.reference)) != 0;
  }
  return verified.scope == pin.owner && (verified.local & LocalBit(pin.reference)) != 0;
}

void Pins::Mark(const Pin& pin, Verified& verified, bool is_verified) {
  if (!IsLocal(pin.reference)) {
    const uint64_t bit = GlobalBit(pin.reference);
    global_ = is_verified ? global_ | bit : global_ & ~bit;
    return;
  }
  if (verified.scope != pin.owner) {
    verified = Verified{pin.owner, 0};
  }
  const uint8_t bit = LocalBit(pin.reference);
  verified.local = static_cast<uint8_t>(is_verified ? verified.local | bit : verified.local & ~bit);
}

bool Pins::Satisfied(const fs::Selection& where, const Verified& verified, uint8_t reference) {
  if (!IsLocal(reference) && IsReference(reference) && (global_ & GlobalBit(reference)) != 0) {
    return true;
  }
  const Result<Pin> pin = Load(where, reference);
  if (!pin.ok()) {
    return false;
  }
  if (pin.value().enabled()) {
    return IsVerified(pin.value(), verified);
  }
  if ((pin.value().attributes() & kReplaced) == 0 || reference == kUniversalPin) {
    return true;
  }
  return Satisfied(where, verified, kUniversalPin);  // once: the line above ends it
}

Result<PinMode> Pins::Mode(const fs::Selection& where, uint8_t reference) {
  if (!IsReference(reference)) {
    return Error::kNotFound;
  }
  uint8_t attributes = 0;
  const uint16_t owner = TRY(Owner(where, reference));
  TRY(store_.Read(ValueKey(where.dir.space, owner, reference), 0, Bytes(&attributes, 1)));
  return PinMode{(attributes & kEnabled) != 0, (attributes & kReplaced) != 0};
}

Result<PinState> Pins::Query(const fs::Selection& where, const Verified& verified,
                             uint8_t reference) {
  const Pin pin = TRY(Load(where, reference));
  PinState state;
  state.enabled = pin.enabled();
  state.replaced = (pin.attributes() & kReplaced) != 0;
  state.verified = IsVerified(pin, verified);
  TRY(store_.Read(pin.tries(), 0, Bytes(&state.tries_left, 1)));
  state.has_puk = pin.puk() != 0;
  if (state.has_puk) {
    TRY(store_.Read(PukTriesKey(pin.space, pin.puk()), 0, Bytes(&state.puk_tries_left, 1)));
  }
  return state;
}

// ---- Commands

// Counts first: a try is gone, durably, before a byte is compared, and comes back on success.
Error Pins::Compare(const store::Key& tries, uint8_t max_tries, ConstBytes stored,
                    ConstBytes given) {
  uint8_t left = 0;
  if (TRY(store_.Read(tries, 0, Bytes(&left, 1))) != 1) {
    return Error::kCorrupt;
  }
  if (left == 0) {
    return Error::kBlocked;
  }
  --left;
  TRY(store_.PutNow(tries, ConstBytes(&left, 1)));
  if (!Accepted(crypto::EqualConstantTime(stored, given))) {
    return Error::kAuth;
  }
  return store_.PutNow(tries, ConstBytes(&max_tries, 1));
}

Error Pins::Store(const Pin& pin) {
  return store_.Put(ValueKey(pin.space, pin.owner, pin.reference), pin.record.view(),
                    store::Kind::kSecret);
}

Error Pins::Verify(const fs::Selection& where, Verified& verified, uint8_t reference,
                   ConstBytes value) {
  Pin pin = TRY(Load(where, reference));
  if (!pin.enabled()) {
    return Error::kState;
  }
  const Error error = Compare(pin.tries(), pin.max_tries(), pin.value(), value);
  Mark(pin, verified, error == Error::kOk);
  return error;
}

Error Pins::Change(const fs::Selection& where, Verified& verified, uint8_t reference,
                   ConstBytes old_value, ConstBytes new_value) {
  Pin pin = TRY(Load(where, reference));
  if (!pin.enabled()) {
    return Error::kState;
  }
  if ((pin.attributes() & kMayChange) == 0) {
    return Error::kUnsupported;
  }
  if (new_value.size() != kPinBytes) {
    return Error::kFormat;
  }
  const Error error = Compare(pin.tries(), pin.max_tries(), pin.value(), old_value);
  Mark(pin, verified, error == Error::kOk);
  TRY(error);
  Copy(pin.value(), new_value);
  return Store(pin);
}

Error Pins::Disable(const fs::Selection& where, Verified& verified, uint8_t reference,
                    ConstBytes value, bool replace) {
  Pin pin = TRY(Load(where, reference));
  if (!pin.enabled()) {
    return Error::kState;
  }
  if ((pin.attributes() & kMayDisable) == 0 || (replace && reference == kUniversalPin)) {
    return Error::kUnsupported;
  }
  const Error error = Compare(pin.tries(), pin.max_tries(), pin.value(), value);
  Mark(pin, verified, false);
  TRY(error);
  pin.attributes() = static_cast<uint8_t>((pin.attributes() & ~(kEnabled | kReplaced)) |
                                          (replace ? kReplaced : 0));
  return Store(pin);
}

Error Pins::Enable(const fs::Selection& where, Verified& verified, uint8_t reference,
                   ConstBytes value) {
  Pin pin = TRY(Load(where, reference));
  if (pin.enabled()) {
    return Error::kState;
  }
  const Error error = Compare(pin.tries(), pin.max_tries(), pin.value(), value);
  Mark(pin, verified, error == Error::kOk);
  TRY(error);
  pin.attributes() = static_cast<uint8_t>((pin.attributes() & ~kReplaced) | kEnabled);
  return Store(pin);
}

Error Pins::Unblock(const fs::Selection& where, Verified& verified, uint8_t reference,
                    ConstBytes puk, ConstBytes new_value) {
  Pin pin = TRY(Load(where, reference));
  if (pin.puk() == 0) {
    return Error::kBlocked;
  }
  if (new_value.size() != kPinBytes) {
    return Error::kFormat;
  }
  crypto::Secret<1 + kPinBytes> record;
  record.Resize(1 + kPinBytes);
  if (TRY(store_.Read(PukKey(pin.space, pin.puk()), 0, record.view())) != 1 + kPinBytes) {
    return Error::kCorrupt;
  }
  TRY(Compare(PukTriesKey(pin.space, pin.puk()), record.view()[0], record.view().subspan(1), puk));
  // Full tries first: a power cut between the two leaves the old PIN with fresh tries, which whoever
  // knows the PUK may have.
  const uint8_t full = pin.max_tries();
  TRY(store_.PutNow(pin.tries(), ConstBytes(&full, 1)));
  pin.attributes() = static_cast<uint8_t>((pin.attributes() & ~kReplaced) | kEnabled);
  Copy(pin.value(), new_value);
  TRY(Store(pin));
  Mark(pin, verified, true);
  return Error::kOk;
}

}  // namespace simurgh::access
