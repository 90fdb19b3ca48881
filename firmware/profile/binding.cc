#include "firmware/profile/binding.h"

#include "crypto/ec.h"
#include "crypto/rsa.h"
#include "crypto/secret.h"
#include "crypto/sha.h"
#include "firmware/keys/aka.h"
#include "firmware/profile/card_data.h"
#include "firmware/profile/subscription.h"

namespace simurgh::profile {

namespace {

constexpr uint8_t kDomain[] = {'S', 'I', 'M', 'U', 'R', 'G', 'H', '-', 'B',
                               'I', 'N', 'D', 'I', 'N', 'G', '-', '1'};
constexpr size_t kMaxTypedKey = 1 + kMaxPublicKey;
static_assert(sizeof(kDomain) + 8 * 3 + 4 + kIccidBytes + kMnoIdBytes + kEidBytes +
                  kTerminalIdBytes + kImsiBytes + 32 + kMaxTypedKey <=
              kMaxBindingMessage);

// Field tags: docs/formats/binding.md.
enum class Field : uint8_t {
  kPolicy = 1,
  kProfileId,
  kMno,
  kEse,
  kTerminal,
  kImsi,
  kK,
  kProviderKey,
};

bool CoversIds(const Record& record) { return record.equation != Equation::kIdImsi; }
bool CoversImsi(const Record& record) { return record.equation != Equation::kIdEse; }

/// The fields of a message; `plain` leaves tags and lengths away (algorithm 4).
class MessageWriter {
 public:
  MessageWriter(Writer& out, bool plain) : out_(out), plain_(plain) {}
  void Add(Field field, ConstBytes value) {
    if (!plain_) {
      out_.Add8(static_cast<uint8_t>(field));
      out_.Add16(static_cast<uint16_t>(value.size()));
    }
    out_.Add(value);
  }

 private:
  Writer& out_;
  bool plain_;
};

PublicKeyType TypeFor(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kEcdsaP256:
      return PublicKeyType::kP256;
    case Algorithm::kEcdsaBrainpool:
      return PublicKeyType::kBrainpool;
    case Algorithm::kRsaSha256:
    case Algorithm::kRsaSha1:
      break;
  }
  return PublicKeyType::kRsa2048;
}

bool Supported(Algorithm algorithm) {
#ifdef SIMURGH_ALLOW_RSA_SHA1
  (void)algorithm;
  return true;
#else
  return algorithm != Algorithm::kRsaSha1;
#endif
}

Verdict Verify(Algorithm algorithm, ConstBytes key, ConstBytes message, ConstBytes signature) {
  switch (algorithm) {
    case Algorithm::kEcdsaP256:
      return crypto::EcdsaVerify(crypto::Curve::kNistP256, key, crypto::Sha256Of(message),
                                 signature);
    case Algorithm::kEcdsaBrainpool:
      return crypto::EcdsaVerify(crypto::Curve::kBrainpoolP256r1, key, crypto::Sha256Of(message),
                                 signature);
    case Algorithm::kRsaSha256:
      return crypto::RsaVerify(key, crypto::RsaHash::kSha256, crypto::Sha256Of(message), signature);
    case Algorithm::kRsaSha1:
      return crypto::RsaVerify(key, crypto::RsaHash::kSha1, crypto::Sha1Of(message), signature);
  }
  return Verdict::kRejected;
}

}  // namespace

void WriteBindingMessage(const Record& record, const BindingFacts& facts, Writer& out) {
  const bool plain = record.algorithm == Algorithm::kRsaSha1;
  MessageWriter fields(out, plain);
  if (!plain) {
    out.Add(kDomain);
    const uint8_t policy[] = {static_cast<uint8_t>(record.profile_class),
                              static_cast<uint8_t>(record.equation), record.covers,
                              static_cast<uint8_t>(record.algorithm)};
    fields.Add(Field::kPolicy, policy);
  }
  fields.Add(Field::kProfileId, record.iccid);
  if (!plain) {
    fields.Add(Field::kMno, record.mno);
  }
  if (CoversIds(record) && record.bound_to_ese) {
    fields.Add(Field::kEse, record.ese);
  }
  if (CoversIds(record) && record.bound_to_terminal) {
    fields.Add(Field::kTerminal, record.terminal);
  }
  if (CoversImsi(record)) {
    fields.Add(Field::kImsi, facts.imsi);
  }
  if ((record.covers & kCoversK) != 0) {
    fields.Add(Field::kK, facts.k);
  }
  if ((record.covers & kCoversProviderKey) != 0) {
    fields.Add(Field::kProviderKey, plain ? facts.provider_key.subspan(1) : facts.provider_key);
  }
}

SignerId SignerIdOf(ConstBytes typed_key) {
  const crypto::Sha256Digest digest = crypto::Sha256Of(typed_key);
  SignerId id{};
  Copy(id, ConstBytes(digest).first(id.size()));
  return id;
}

Reason Binding::CheckIds(const Record& record) {
  Eid noted{};
  const Result<size_t> device = store_.Read(CardKey(CardField::kDeviceId), 0, noted);
  if (device.ok() && noted != identity_.eid) {
    return Reason::kForeignFlash;
  }
  if (record.bound_to_ese && record.ese != identity_.eid) {
    return Reason::kWrongEse;
  }
  if (CoversIds(record) && !record.bound_to_ese && !record.bound_to_terminal) {
    return Reason::kFormat;
  }
  if (!record.bound_to_terminal) {
    return Reason::kNone;
  }
  TerminalId terminal{};
  if (!store_.Read(CardKey(CardField::kTerminalId), 0, terminal).ok()) {
    return Reason::kTerminalUnknown;
  }
  return record.terminal == terminal ? Reason::kNone : Reason::kWrongTerminal;
}

/// The trusted key that `record.signer` names, with its type byte in front.
Reason Binding::FindSigner(const Record& record, Bytes typed_key, size_t& size) {
  if (record.signer_is_card()) {
    typed_key[0] = static_cast<uint8_t>(PublicKeyType::kP256);
    const Result<size_t> n =
        store_.Read(CardKey(CardField::kCardSignPublic), 0, typed_key.subspan(1));
    size = 1 + n.ValueOr(0);
    return n.ok() ? Reason::kNone : Reason::kUnknownSigner;
  }
  for (uint16_t i = 0; i < kProviderKeys; ++i) {
    const Result<size_t> n = store_.Read(CardKey(CardField::kProviderKey, i), 0, typed_key);
    if (n.ok() && SignerIdOf(typed_key.first(n.value())) == record.signer) {
      size = n.value();
      return Reason::kNone;
    }
  }
  return Reason::kUnknownSigner;
}

/// Collects the facts from `space` and writes the message. `out` holds K when it is covered.
Reason Binding::Message(const Record& record, uint16_t space, ConstBytes typed_key, Writer& out) {
  BindingFacts facts;
  facts.provider_key = typed_key;
  Imsi imsi{};
  if (CoversImsi(record)) {
    if (ReadImsi(files_, space, imsi) != Error::kOk) {
      return Reason::kNoImsi;
    }
    facts.imsi = imsi;
  }
  keys::KeyValue k;
  if ((record.covers & kCoversK) != 0) {
    const Result<fs::File> usim = FindUsim(files_, space);
    keys::Aka aka(store_, keys_);
    if (!usim.ok() || aka.ReadKey(space, usim.value().object, k) != Error::kOk) {
      return Reason::kNoKey;
    }
    facts.k = k.view();
  }
  WriteBindingMessage(record, facts, out);
  return out.overflow() ? Reason::kFormat : Reason::kNone;
}

BindingCheck Binding::Check(const Record& record, ConstBytes signature, uint16_t space) {
  const auto refuse = [](Reason reason) { return BindingCheck{Verdict::kRejected, reason}; };
  const Reason ids = CheckIds(record);
  if (ids != Reason::kNone) {
    return refuse(ids);
  }
  std::array<uint8_t, kMaxTypedKey> typed_key{};
  size_t key_size = 0;
  const Reason signer = FindSigner(record, typed_key, key_size);
  if (signer != Reason::kNone) {
    return refuse(signer);
  }
  if (!Supported(record.algorithm) ||
      typed_key[0] != static_cast<uint8_t>(TypeFor(record.algorithm))) {
    return refuse(Reason::kAlgorithm);
  }
  crypto::Secret<kMaxBindingMessage> message;
  Writer out(message.buffer());
  const ConstBytes key = ConstBytes(typed_key).first(key_size);
  const Reason written = Message(record, space, key, out);
  if (written != Reason::kNone) {
    return refuse(written);
  }
  const Verdict verdict = Verify(record.algorithm, key.subspan(1), out.written(), signature);
  return {verdict, Accepted(verdict) ? Reason::kNone : Reason::kSignature};
}

Error Binding::Sign(Record& record, uint16_t space, crypto::Rng& rng, Signature& out) {
  if (!record.bound_to_ese && !record.bound_to_terminal) {
    record.bound_to_ese = true;
    record.ese = identity_.eid;
  }
  record.algorithm = Algorithm::kEcdsaP256;
  record.signer = SignerId{};
  std::array<uint8_t, kMaxTypedKey> typed_key{};
  size_t key_size = 0;
  if (FindSigner(record, typed_key, key_size) != Reason::kNone) {
    return Error::kNotFound;
  }
  crypto::Secret<kMaxBindingMessage> message;
  Writer writer(message.buffer());
  if (Message(record, space, ConstBytes(typed_key).first(key_size), writer) != Reason::kNone) {
    return Error::kState;
  }
  keys::KeyValue private_key;
  TRY(keys_.Open(CardKeyId(CardSlot::kSign), keys::Purpose::kSign, private_key));
  crypto::EcSignature signature{};
  TRY(crypto::EcdsaSign(crypto::Curve::kNistP256, private_key.view(),
                        crypto::Sha256Of(writer.written()), rng, signature));
  Copy(out.bytes, signature);
  out.size = signature.size();
  return Error::kOk;
}

}  // namespace simurgh::profile
