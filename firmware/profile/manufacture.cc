#include "firmware/profile/manufacture.h"

#include "base/tlv.h"
#include "crypto/ec.h"
#include "firmware/config.h"
#include "firmware/profile/binding.h"
#include "firmware/profile/card_data.h"
#include "firmware/profile/image_format.h"

namespace simurgh::profile {

namespace {

using keys::Purpose;

constexpr uint8_t kConfigVersion = 1;
constexpr size_t kConfigBytes = 4;
constexpr size_t kBatchKeyBytes = 16;
constexpr size_t kMinAdminCode = 4;
constexpr size_t kMaxAdminCode = 16;
constexpr uint8_t kMaxTries = 15;  // what 63CX can say

constexpr tlv::Tag kTagAdminCode = 0x84;
constexpr tlv::Tag kTagAdminTries = 0x85;
constexpr tlv::Tag kTagDevelopmentKey = 0x86;
constexpr tlv::Tag kTagCommercialKey = 0x87;
constexpr tlv::Tag kTagCommercial = 0x88;
constexpr tlv::Tag kTagBatchKey = 0x89;
constexpr tlv::Tag kTagProviderKey = 0x8A;
constexpr tlv::Tag kTagProfileMenu = 0x8B;

struct SetRow {
  tlv::Tag tag;
  CardSlot slot;
};
constexpr SetRow kSets[] = {
    {0x81, CardSlot::kIsdrSet},
    {0x82, CardSlot::kLoaderSet},
    {0x83, CardSlot::kPersonalizationSet},
};

/// What has been seen; bit n of `tags` is tag 80 + n.
struct Progress {
  CardConfig config;
  uint16_t provider_keys = 0;
  uint32_t tags = 0;
  bool Has(tlv::Tag tag) const { return (tags >> (tag - 0x80) & 1) != 0; }
};

Error PutSet(keys::KeyStore& keys, CardSlot slot, ConstBytes value) {
  const size_t each = value.size() / 3;
  if (value.size() % 3 != 0 || (each != 16 && each != 24 && each != 32)) {
    return Error::kFormat;
  }
  constexpr Purpose kPurposes[] = {Purpose::kScp03Enc, Purpose::kScp03Mac, Purpose::kScp03Dek};
  for (uint16_t i = 0; i < 3; ++i) {
    TRY(keys.Put(CardKeyId(slot, i), kPurposes[i], value.subspan(i * each, each)));
  }
  return Error::kOk;
}

bool KeyTypeFits(ConstBytes typed_key) {
  if (typed_key.size() < 2 || typed_key.size() > 1 + kMaxPublicKey) {
    return false;
  }
  switch (static_cast<PublicKeyType>(typed_key[0])) {
    case PublicKeyType::kP256:
    case PublicKeyType::kBrainpool:
      return typed_key.size() == 66 && typed_key[1] == 0x04;
    case PublicKeyType::kRsa2048:
      return typed_key.size() > 257 && typed_key[1] == 0x30;
  }
  return false;
}

Error PutImageKey(store::Store& store, ImageSigner signer, ConstBytes key) {
  if (key.size() != 65 || key[0] != 0x04) {
    return Error::kFormat;
  }
  return store.Put(CardKey(CardField::kImageKey, static_cast<uint16_t>(signer)), key);
}

Result<uint8_t> OneByte(ConstBytes value, uint8_t low, uint8_t high) {
  if (value.size() != 1 || value[0] < low || value[0] > high) {
    return Error::kFormat;
  }
  return value[0];
}

Error PutObject(store::Store& store, keys::KeyStore& keys, const tlv::Object& o, Progress& p) {
  for (const SetRow& row : kSets) {
    if (o.tag == row.tag) {
      return PutSet(keys, row.slot, o.value);
    }
  }
  switch (o.tag) {
    case kTagAdminCode:
      if (o.value.size() < kMinAdminCode || o.value.size() > kMaxAdminCode) {
        return Error::kFormat;
      }
      return keys.Put(CardKeyId(CardSlot::kAdminCode), Purpose::kAdminCode, o.value);
    case kTagAdminTries:
      p.config.admin_tries = TRY(OneByte(o.value, 1, kMaxTries));
      return Error::kOk;
    case kTagDevelopmentKey:
      return PutImageKey(store, ImageSigner::kDevelopment, o.value);
    case kTagCommercialKey:
      return PutImageKey(store, ImageSigner::kCommercial, o.value);
    case kTagCommercial:
      p.config.commercial = TRY(OneByte(o.value, 0, 1)) != 0;
      return Error::kOk;
    case kTagBatchKey:
      return keys.Put(CardKeyId(CardSlot::kBatch), Purpose::kUnwrapBatch,
                      TRY(tlv::Exactly(o.value, kBatchKeyBytes)));
    case kTagProviderKey:
      if (!KeyTypeFits(o.value) || p.provider_keys == kProviderKeys) {
        return Error::kFormat;
      }
      return store.Put(CardKey(CardField::kProviderKey, p.provider_keys++), o.value);
    case kTagProfileMenu:
      p.config.profile_menu = TRY(OneByte(o.value, 0, 1)) != 0;
      return Error::kOk;
    default:
      return Error::kFormat;
  }
}

/// Makes one key pair; the private half is sealed, the public half a record and a part of the
/// answer.
Error MakeKey(store::Store& store, keys::KeyStore& keys, crypto::Rng& rng, CardSlot slot,
              Purpose purpose, CardField field, tlv::Tag answer, Writer& out) {
  crypto::EcKeyPair pair;
  TRY(crypto::GenerateEcKey(crypto::Curve::kNistP256, rng, pair));
  TRY(keys.Put(CardKeyId(slot), purpose, pair.private_key.view()));
  TRY(store.Put(CardKey(field), pair.public_key));
  tlv::Add(out, answer, pair.public_key);
  return Error::kOk;
}

}  // namespace

bool Manufactured(store::Store& store) { return store.Has(CardKey(CardField::kDeviceId)); }

Result<CardConfig> ReadCardConfig(store::Store& store) {
  std::array<uint8_t, kConfigBytes> raw{};
  const size_t size = TRY(store.Read(CardKey(CardField::kConfig), 0, raw));
  if (size != raw.size() || raw[0] != kConfigVersion || raw[1] > 1 || raw[3] > 1) {
    return Error::kCorrupt;
  }
  return CardConfig{raw[1] == 1, raw[2], raw[3] == 1};
}

Error Manufacture(store::Store& store, keys::KeyStore& keys, crypto::Rng& rng,
                  const hal::Identity& identity, ConstBytes data, Writer& out) {
  if (Manufactured(store)) {
    return Error::kState;
  }
  Progress p;
  p.config.admin_tries = config::kAdminCodeTries;
  for (tlv::Reader r(data); !r.done();) {
    const tlv::Object o = TRY(r.Next());
    if (o.tag < 0x80 || o.tag > kTagProfileMenu || (p.Has(o.tag) && o.tag != kTagProviderKey)) {
      return Error::kFormat;
    }
    TRY(PutObject(store, keys, o, p));
    p.tags |= 1u << (o.tag - 0x80);
  }
  const bool image_key = p.config.commercial
                             ? p.Has(kTagCommercialKey)
                             : p.Has(kTagCommercialKey) || p.Has(kTagDevelopmentKey);
  if (!p.Has(0x81) || !p.Has(0x82) || !p.Has(0x83) || !p.Has(kTagAdminCode) || !image_key) {
    return Error::kFormat;
  }
  tlv::Add(out, 0x80, identity.eid);
  TRY(MakeKey(store, keys, rng, CardSlot::kSign, Purpose::kSign, CardField::kCardSignPublic, 0x81,
              out));
  TRY(MakeKey(store, keys, rng, CardSlot::kAgree, Purpose::kAgree, CardField::kCardAgreePublic,
              0x82, out));
  const uint8_t config[kConfigBytes] = {kConfigVersion, p.config.commercial, p.config.admin_tries,
                                        p.config.profile_menu};
  TRY(store.Put(CardKey(CardField::kConfig), config));
  return store.Put(CardKey(CardField::kDeviceId), identity.eid);
}

}  // namespace simurgh::profile
