#include "firmware/keys/key_store.h"

#include <array>

#include "base/writer.h"
#include "crypto/aes.h"
#include "crypto/const_time.h"
#include "crypto/ec.h"

namespace simurgh::keys {

namespace {

// A sealed record: purpose (1), then SIV tag (16) and ciphertext.
constexpr size_t kSivBytes = 16;
constexpr size_t kOverhead = 1 + kSivBytes;
constexpr size_t kMaxKey = 96;

// firmware/store/README.md: the card's keys and a profile's keys.
constexpr uint16_t kCardObject = 0x0002;
constexpr uint16_t kProfileObject = 0xF002;

constexpr char kSealLabel[] = "SIMURGH-KEY-SEAL-1";

store::Key Address(KeyId id) {
  return {id.space, id.space == 0 ? kCardObject : kProfileObject, id.slot};
}

/// What a seal is bound to: a record copied to another address, or with another purpose written on
/// it, does not open.
std::array<uint8_t, 7> Context(const store::Key& key, Purpose purpose) {
  std::array<uint8_t, 7> context{};
  Put16(context, 0, key.space);
  Put16(context, 2, key.object);
  Put16(context, 4, key.part);
  context[6] = static_cast<uint8_t>(purpose);
  return context;
}

}  // namespace

void KeyStore::Unlock(ConstBytes root_key32) {
  sealing_key_.Resize(32);
  const ConstBytes label(reinterpret_cast<const uint8_t*>(kSealLabel), sizeof(kSealLabel) - 1);
  crypto::X963Kdf(root_key32, label, sealing_key_.view());
}

Error KeyStore::Put(KeyId id, Purpose purpose, ConstBytes value) {
  CHECK(sealing_key_.size() == 32);
  if (value.empty() || value.size() > kMaxKey) {
    return Error::kRange;
  }
  const store::Key key = Address(id);
  std::array<uint8_t, kOverhead + kMaxKey> record{};
  record[0] = static_cast<uint8_t>(purpose);
  const Bytes sealed = Bytes(record).subspan(1, kSivBytes + value.size());
  crypto::SivSeal(sealing_key_.view(), Context(key, purpose), value, sealed);
  return store_.Put(key, ConstBytes(record).first(1 + sealed.size()), store::Kind::kSecret);
}

Error KeyStore::Delete(KeyId id) { return store_.Delete(Address(id)); }

bool KeyStore::Has(KeyId id) { return store_.Has(Address(id)); }

Error KeyStore::Open(KeyId id, Purpose purpose, KeyValue& out) {
  CHECK(sealing_key_.size() == 32);
  out.Clear();
  const store::Key key = Address(id);
  std::array<uint8_t, kOverhead + kMaxKey + 1> record;  // the last byte stays free when it is ours
  const size_t size = TRY(store_.Read(key, 0, record));
  if (size <= kOverhead || size == record.size()) {
    return Error::kCorrupt;
  }
  if (record[0] != static_cast<uint8_t>(purpose)) {
    return Error::kAccess;
  }
  out.Resize(size - kOverhead);
  const ConstBytes sealed = ConstBytes(record).subspan(1, size - 1);
  if (!crypto::SivOpen(sealing_key_.view(), Context(key, purpose), sealed, out.view())) {
    out.Clear();
    return Error::kCorrupt;
  }
  return Error::kOk;
}

Verdict KeyStore::Matches(KeyId id, Purpose purpose, ConstBytes candidate) {
  KeyValue value;
  if (Open(id, purpose, value) != Error::kOk) {
    return Verdict::kRejected;
  }
  return crypto::EqualConstantTime(value.view(), candidate);
}

}  // namespace simurgh::keys
