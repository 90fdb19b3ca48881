// pinCodes, pukCodes, akaParameter, keys of securityDomain.
#include "firmware/profile/saip_grammar.h"

namespace simurgh::saip {
namespace {

using rsp::Status;

// Key material of akaParameter in `buffer_`.
constexpr size_t kKeyAt = 0;
constexpr size_t kOpcAt = 32;
constexpr size_t kRotationAt = 64;
constexpr size_t kXoringAt = 69;
constexpr size_t kCounterAt = 149;
constexpr size_t kDeltaAt = 152;
constexpr size_t kAgeAt = 158;
constexpr size_t kAkaEnd = 164;
static_assert(kAkaEnd <= config::kFileChunk);

constexpr uint8_t kSqnStep[6] = {0x00, 0x00, 0x10, 0x00, 0x00, 0x00};  // default of both limits
constexpr size_t kSqnCount = 32;
static_assert(kSqnCount * 6 <= fs::kMaxPattern);

/// UInt8, 0x100 when it is not one.
uint32_t Uint8(ConstBytes value) {
  const uint32_t v = tlv::ReadUint(value).ValueOr(0x100);
  return v > 0xFF ? 0x100 : v;
}

/// Bit of a PIN or PUK reference in a set: 00..1F and 80..9F.
uint32_t BitOf(uint8_t reference) {
  return (reference & 0x60) != 0 ? 0 : 1u << ((reference & 0x0F) | (reference >> 3 & 0x10));
}

}  // namespace

Error Saip::OnPinReference(ConstBytes value) {
  const uint32_t v = Uint8(value);
  if (v == 0 || v > 0xFF) {
    return Bad(Reason::kPinReference);
  }
  pin_.reference = static_cast<uint8_t>(v);
  return Error::kOk;
}

Error Saip::OnPinValue(ConstBytes value) {
  Copy(pin_.value, value);
  pin_.has_value = true;
  return Error::kOk;
}

Error Saip::OnPinPuk(ConstBytes value) {
  const uint32_t v = Uint8(value);
  if (!rsp::IsPuk(v) || (puks_ & BitOf(static_cast<uint8_t>(v))) == 0) {
    return Bad(Reason::kPinReference, static_cast<uint8_t>(v & 0xFF));
  }
  pin_.puk = static_cast<uint8_t>(v);
  return Error::kOk;
}

Error Saip::OnPinAttributes(ConstBytes value) {
  const uint32_t v = Uint8(value);
  pin_.attributes = static_cast<uint8_t>(v & 0xFF);
  return v > 0xFF ? Bad(Reason::kPinValue) : Error::kOk;
}

// High nibble: attempts at most; low nibble: attempts left.
Error Saip::OnTries(ConstBytes value) {
  const uint32_t v = Uint8(value);
  if (v > 0xFF || (v >> 4) == 0 || (v & 0x0F) > (v >> 4)) {
    return Bad(Reason::kPinValue);
  }
  pin_.tries = static_cast<uint8_t>(v);
  return Error::kOk;
}

// Global references in the context of the MF, local ones anywhere else.
Error Saip::EndPin() {
  const uint8_t reference = pin_.reference;
  const bool mf = pin_dir_.type == fs::Type::kMf;
  const bool fits = mf ? rsp::IsGlobalPin(reference) : rsp::IsLocalPin(reference);
  if (!fits || (pins_ & BitOf(reference)) != 0) {
    return Bad(Reason::kPinReference, reference);
  }
  if (!pin_.has_value) {
    return Bad(Reason::kMissing, 1);
  }
  pins_ |= BitOf(reference);
  access::PinSpec spec;
  spec.reference = reference;
  spec.value = pin_.value;
  spec.puk = pin_.puk;
  spec.attributes = pin_.attributes;
  spec.max_tries = pin_.tries >> 4;
  spec.tries_left = pin_.tries & 0x0F;
  const Error error = sink_.PutPin(pin_dir_, spec);
  crypto::Wipe(pin_.value);
  return error == Error::kOk ? Error::kOk : FailFrom(error, Reason::kPinReference);
}

Error Saip::EndPuk() {
  const uint8_t reference = pin_.reference;
  if (!rsp::IsPuk(reference) || (puks_ & BitOf(reference)) != 0) {
    return Bad(Reason::kPinReference, reference);
  }
  if (!pin_.has_value) {
    return Bad(Reason::kMissing, 1);
  }
  puks_ |= BitOf(reference);
  pins_ |= BitOf(reference);
  access::PukSpec spec;
  spec.reference = reference;
  spec.value = pin_.value;
  spec.max_tries = pin_.tries >> 4;
  spec.tries_left = pin_.tries & 0x0F;
  const Error error = sink_.PutPuk(spec);
  crypto::Wipe(pin_.value);
  return error == Error::kOk ? Error::kOk : FailFrom(error, Reason::kPinReference);
}

// The PINs of this directory are those of another one.
Error Saip::OnPinPath(ConstBytes value) {
  const Result<fs::File> owner = Resolve(value);
  if (!owner.ok()) {
    return FailFrom(owner.error());
  }
  const bool possible = owner.value().directory() && owner.value().type != fs::Type::kMf &&
                        pin_dir_.type != fs::Type::kMf && !owner.value().SameAs(pin_dir_);
  if (!possible) {
    return Bad(Reason::kPath);
  }
  pins_ = 1;
  const Error error = sink_.SharePins(pin_dir_, owner.value());
  return error == Error::kOk ? Error::kOk : FailFrom(error, Reason::kPinReference);
}

// TUAK has a service for each length of K, so it is looked at again when that is known.
Error Saip::OnAlgorithm(ConstBytes value) {
  using rsp::Algorithm;
  using rsp::Service;
  struct Row {
    Algorithm algorithm;
    rsp::Services any_of;
  };
  constexpr Row kRows[] = {
      {Algorithm::kMilenage, rsp::Bit(Service::kMilenage)},
      {Algorithm::kTuak, rsp::Bit(Service::kTuak128) | rsp::Bit(Service::kTuak256)},
      {Algorithm::kUsimTest, rsp::Bit(Service::kUsimTestAlgorithm)},
  };
  const uint32_t v = tlv::ReadUint(value).ValueOr(0);
  aka_.algorithm = static_cast<uint8_t>(v & 0xFF);
  for (const Row& row : kRows) {
    if (v == static_cast<uint32_t>(row.algorithm) && (services_ & row.any_of) != 0) {
      return Error::kOk;
    }
  }
  return Fail(Status::kFeatureNotSupported, Reason::kAlgorithm, aka_.algorithm);
}

Error Saip::OnAlgorithmOptions(ConstBytes value) {
  aka_.options = value[0];
  return Error::kOk;
}

Error Saip::OnKey(ConstBytes value) {
  Copy(Bytes(buffer_).subspan(kKeyAt), value);
  aka_.key_size = static_cast<uint8_t>(value.size());
  return Error::kOk;
}

Error Saip::OnOpc(ConstBytes value) {
  Copy(Bytes(buffer_).subspan(kOpcAt), value);
  aka_.opc_size = static_cast<uint8_t>(value.size());
  return Error::kOk;
}

Error Saip::OnRotation(ConstBytes value) {
  Copy(Bytes(buffer_).subspan(kRotationAt), value);
  aka_.has_rotation = true;
  return Error::kOk;
}

Error Saip::OnXoring(ConstBytes value) {
  Copy(Bytes(buffer_).subspan(kXoringAt), value);
  aka_.has_xoring = true;
  return Error::kOk;
}

Error Saip::OnCounterMax(ConstBytes value) {
  Copy(Bytes(buffer_).subspan(kCounterAt), value);
  aka_.has_counter = true;
  return Error::kOk;
}

Error Saip::OnIterations(ConstBytes value) {
  const uint32_t v = Uint8(value);
  aka_.iterations = static_cast<uint8_t>(v & 0xFF);
  return v == 0 || v > 0xFF ? Bad(Reason::kAlgorithm) : Error::kOk;
}

Error Saip::OnSqnOptions(ConstBytes value) {
  aka_.sqn_options = value[0];
  return Error::kOk;
}

Error Saip::OnSqnDelta(ConstBytes value) {
  Copy(Bytes(buffer_).subspan(kDeltaAt), value);
  aka_.has_delta = true;
  return value[0] > 0x07 ? Bad(Reason::kAlgorithm) : Error::kOk;  // '07FFFFFFFFFF' at most
}

Error Saip::OnSqnAgeLimit(ConstBytes value) {
  Copy(Bytes(buffer_).subspan(kAgeAt), value);
  aka_.has_age = true;
  return value[0] > 0x07 ? Bad(Reason::kAlgorithm) : Error::kOk;
}

Error Saip::OnSqnInit(ConstBytes value) {
  if (aka_.sqn_count == kSqnCount || value[0] > 0x07) {
    return Bad(Reason::kAlgorithm);
  }
  Copy(Bytes(pattern_).subspan(aka_.sqn_count * 6u), value);
  ++aka_.sqn_count;
  return Error::kOk;
}

Error Saip::OnMappingOptions(ConstBytes value) {
  aka_.options = value[0];
  return Error::kOk;
}

Error Saip::OnMappingSource(ConstBytes value) {
  const Result<fs::File> source = sink_.Application(value);
  if (!source.ok()) {
    return FailFrom(source.error());
  }
  aka_.mapped = true;
  const Error error = sink_.MapAka(adf_, source.value(), aka_.options);
  return error == Error::kOk ? Error::kOk : FailFrom(error);
}

Error Saip::EndAka() {
  if (aka_.mapped != !aka_.configured || (aka_.sqn_count != 0 && aka_.sqn_count != kSqnCount)) {
    return Bad(Reason::kMissing, 1);
  }
  if (aka_.mapped) {
    return Error::kOk;
  }
  const bool milenage = aka_.algorithm == static_cast<uint8_t>(rsp::Algorithm::kMilenage);
  const bool tuak = aka_.algorithm == static_cast<uint8_t>(rsp::Algorithm::kTuak);
  const bool right_k = aka_.key_size == 16 || (tuak && aka_.key_size == 32);
  const uint8_t opc_size = milenage ? 16 : tuak ? 32 : 0;
  if (aka_.algorithm == 0 || !right_k || (opc_size != 0 && aka_.opc_size != opc_size)) {
    return Bad(Reason::kAlgorithm, aka_.algorithm);
  }
  const rsp::Service tuak_service =
      aka_.key_size == 32 ? rsp::Service::kTuak256 : rsp::Service::kTuak128;
  if (tuak && (services_ & rsp::Bit(tuak_service)) == 0) {
    return Fail(Status::kFeatureNotSupported, Reason::kAlgorithm, aka_.algorithm);
  }
  const auto at = [this](size_t offset, size_t size) {
    return ConstBytes(buffer_).subspan(offset, size);
  };
  Aka aka;
  aka.algorithm = static_cast<rsp::Algorithm>(aka_.algorithm);
  aka.options = aka_.options;
  aka.key = at(kKeyAt, aka_.key_size);
  aka.sqn_options = aka_.sqn_options;
  aka.sqn_delta = aka_.has_delta ? at(kDeltaAt, 6) : ConstBytes(kSqnStep);
  aka.sqn_age_limit = aka_.has_age ? at(kAgeAt, 6) : ConstBytes(kSqnStep);
  aka.sqn_init = ConstBytes(pattern_).first(aka_.sqn_count * 6u);
  aka.iterations = aka_.iterations;
  aka.opc = at(kOpcAt, opc_size);
  if (milenage) {
    aka.rotation = at(kRotationAt, aka_.has_rotation ? 5 : 0);
    aka.xoring = at(kXoringAt, aka_.has_xoring ? 80 : 0);
  }
  if (milenage || tuak) {
    aka.auth_counter_max = at(kCounterAt, aka_.has_counter ? 3 : 0);
  }
  const Error error = sink_.PutAka(adf_, aka);
  crypto::Wipe(buffer_);
  if (error == Error::kUnsupported) {
    return Fail(Status::kFeatureNotSupported, Reason::kAlgorithm, aka_.algorithm);
  }
  if (error == Error::kFormat) {
    return Bad(Reason::kAlgorithm, aka_.algorithm);
  }
  return error == Error::kOk ? Error::kOk : FailFrom(error);
}

Error Saip::OnKeyUsage(ConstBytes value) {
  key_.usage = value.size() == 2 ? Get16(value) : static_cast<uint16_t>(value[0] << 8);
  return Error::kOk;
}

Error Saip::OnKeyAccess(ConstBytes value) {
  key_.access = value[0];
  return Error::kOk;
}

Error Saip::OnKeyIdentifier(ConstBytes value) {
  key_.identifier = value[0];
  key_.has_identifier = true;
  return Error::kOk;
}

Error Saip::OnKeyVersion(ConstBytes value) {
  key_.version = value[0];
  key_.has_version = true;
  return Error::kOk;
}

Error Saip::OnKeyType(ConstBytes value) {
  Copy(key_.type, value);
  key_.type_size = static_cast<uint8_t>(value.size());
  return Error::kOk;
}

// The value waits in `pattern_` for the end of its component: nothing else uses it in this element.
Error Saip::OnKeyData(ConstBytes value) {
  Copy(pattern_, value);
  key_.value_size = static_cast<uint8_t>(value.size());
  return Error::kOk;
}

Error Saip::OnMacLength(ConstBytes value) {
  const uint32_t v = Uint8(value);
  key_.mac_length = static_cast<uint8_t>(v & 0xFF);
  return v > 0xFF ? Bad(Reason::kKey) : Error::kOk;
}

Error Saip::EndKeyComponent() {
  if (!key_.has_identifier || !key_.has_version || key_.type_size == 0 || key_.value_size == 0) {
    return Bad(Reason::kKey, key_.identifier);
  }
  OtaKey key;
  key.domain = domains_;
  key.version = key_.version;
  key.identifier = key_.identifier;
  key.component = key_.component;
  key.access = key_.access;
  key.mac_length = key_.mac_length;
  key.usage = key_.usage;
  key.type = ConstBytes(key_.type).first(key_.type_size);
  key.value = ConstBytes(pattern_).first(key_.value_size);
  const Error error = sink_.PutOtaKey(key);
  crypto::Wipe(pattern_);
  ++key_.component;
  key_.mac_length = 8;
  key_.type_size = key_.value_size = 0;
  return error == Error::kOk ? Error::kOk : FailFrom(error, Reason::kKey);
}

}  // namespace simurgh::saip
