#include "firmware/keys/gba.h"

#include <algorithm>
#include <array>

#include "crypto/hmac.h"

namespace simurgh::keys {
namespace {

// docs/formats/files.md: parts of the ADF's object, and slots of the profile's keys.
constexpr uint16_t kIndexPart = 0x25;  // which of the profile's applications with GBA keys this is
constexpr uint16_t kOrderPart = 0x26;  // records with a NAF key, the last used one first
constexpr uint16_t kKsSlot = 0x0180;
constexpr uint16_t kNafSlot = 0x0300;

constexpr size_t kRandBytes = 16;
constexpr uint8_t kFunctionCode = 0x01;  // FC of TS 33.220 B.3
constexpr uint8_t kGbaMe[] = {'g', 'b', 'a', '-', 'm', 'e'};
constexpr uint8_t kGbaU[] = {'g', 'b', 'a', '-', 'u'};

KeyId KsId(uint16_t space, uint8_t index) {
  return {space, static_cast<uint16_t>(kKsSlot + index)};
}
KeyId NafId(uint16_t space, uint8_t index, uint8_t record) {
  return {space, static_cast<uint16_t>(kNafSlot + index * Gba::kNafs + record - 1)};
}

// One parameter of the key derivation function and its length (TS 33.220 B.2).
void Parameter(crypto::HmacSha256& kdf, ConstBytes value) {
  std::array<uint8_t, 2> length;
  Put16(length, 0, static_cast<uint16_t>(value.size()));
  kdf.Update(value);
  kdf.Update(length);
}

void NafKeyOf(ConstBytes ks, ConstBytes label, ConstBytes rand, ConstBytes impi, ConstBytes naf_id,
              Gba::NafKey& out) {
  crypto::HmacSha256 kdf(ks);
  kdf.Update(ConstBytes(&kFunctionCode, 1));
  Parameter(kdf, label);
  Parameter(kdf, rand);
  Parameter(kdf, impi);
  Parameter(kdf, naf_id);
  crypto::Sha256Digest digest = kdf.Finish();
  out.Assign(digest);
  crypto::Wipe(digest);
}

}  // namespace

Result<uint8_t> Gba::Index(uint16_t space, uint16_t adf) {
  uint8_t index = 0;
  if (TRY(store_.Read({space, adf, kIndexPart}, 0, Bytes(&index, 1))) != 1 ||
      index >= kApplications) {
    return Error::kCorrupt;
  }
  return index;
}

Error Gba::PutKs(uint16_t space, uint16_t adf, ConstBytes ck, ConstBytes ik, ConstBytes rand16) {
  Result<uint8_t> index = Index(space, adf);
  if (!index.ok()) {
    uint8_t fresh = 0;
    while (fresh < kApplications && keys_.Has(KsId(space, fresh))) {
      ++fresh;
    }
    if (fresh == kApplications) {
      return Error::kFull;
    }
    TRY(store_.Put({space, adf, kIndexPart}, ConstBytes(&fresh, 1)));
    index = fresh;
  }
  KeyValue value;
  value.Resize(kRandBytes + ck.size() + ik.size());
  Copy(value.view(), rand16);
  Copy(value.view().subspan(kRandBytes), ck);
  Copy(value.view().subspan(kRandBytes + ck.size()), ik);
  return keys_.Put(KsId(space, index.value()), Purpose::kGba, value.view());
}

// The slot stays, with a value that is no Ks: it is what keeps an index from being given out twice.
Error Gba::ForgetKs(uint16_t space) {
  constexpr uint8_t kNone = 0;
  for (uint8_t index = 0; index < kApplications && keys_.Has(KsId(space, index)); ++index) {
    TRY(keys_.Put(KsId(space, index), Purpose::kGba, ConstBytes(&kNone, 1)));
  }
  return Error::kOk;
}

Error Gba::Derive(uint16_t space, uint16_t adf, ConstBytes naf_id, ConstBytes impi,
                  NafKey& external, NafKey& internal) {
  KeyValue value;
  TRY(keys_.Open(KsId(space, TRY(Index(space, adf))), Purpose::kGba, value));
  if (value.size() <= kRandBytes) {
    return Error::kNotFound;
  }
  const ConstBytes rand = value.view().first(kRandBytes);
  const ConstBytes ks = value.view().subspan(kRandBytes);
  NafKeyOf(ks, kGbaMe, rand, impi, naf_id, external);
  NafKeyOf(ks, kGbaU, rand, impi, naf_id, internal);
  return Error::kOk;
}

Result<size_t> Gba::ReadOrder(uint16_t space, uint16_t adf, Bytes out) {
  const Result<size_t> size = store_.Read({space, adf, kOrderPart}, 0, out);
  return size.ok() || size.error() != Error::kNotFound ? size : Result<size_t>(size_t{0});
}

Error Gba::PutNafKey(uint16_t space, uint16_t adf, uint8_t record, const NafKey& key) {
  if (record == 0 || record > kNafs) {
    return Error::kRange;
  }
  std::array<uint8_t, kNafs> order{};
  std::array<uint8_t, kNafs> fresh{};
  const size_t size = TRY(ReadOrder(space, adf, order));
  size_t n = 0;
  fresh[n++] = record;
  for (const uint8_t other : ConstBytes(order).first(size)) {
    if (other != record && n < fresh.size()) {
      fresh[n++] = other;
    }
  }
  TRY(store_.Put({space, adf, kOrderPart}, ConstBytes(fresh).first(n)));
  return keys_.Put(NafId(space, TRY(Index(space, adf)), record), Purpose::kGba, key.view());
}

Result<uint8_t> Gba::Oldest(uint16_t space, uint16_t adf) {
  std::array<uint8_t, kNafs> order{};
  const size_t size = TRY(ReadOrder(space, adf, order));
  return size == 0 ? uint8_t{0} : order[size - 1];
}

Error Gba::ReadNafKey(uint16_t space, uint16_t adf, uint8_t record, NafKey& out) {
  KeyValue value;
  TRY(keys_.Open(NafId(space, TRY(Index(space, adf)), record), Purpose::kGba, value));
  out.Assign(value.view());
  return Error::kOk;
}

}  // namespace simurgh::keys
