#include "firmware/gp/secure_channel.h"

#include <algorithm>
#include <array>

#include "crypto/aes.h"
#include "crypto/const_time.h"

namespace simurgh::gp {

using apdu::Class;
using apdu::Command;
using apdu::Sw;
using crypto::Scp03;

namespace {

constexpr uint8_t kInitializeUpdate = 0x50;
constexpr uint8_t kExternalAuthenticate = 0x82;
constexpr size_t kChallenge = 8;
constexpr size_t kMac = 8;
constexpr uint32_t kCounterEnd = 0xFFFFFF;

// Security levels (Amendment D table 7-4).
constexpr uint8_t kLevels[] = {
    0x00,
    Scp03::kCMac,
    Scp03::kCMac | Scp03::kCEnc,
    Scp03::kCMac | Scp03::kRMac,
    Scp03::kCMac | Scp03::kCEnc | Scp03::kRMac,
    Scp03::kCMac | Scp03::kCEnc | Scp03::kRMac | Scp03::kREnc,
};

// Commands that stay plain inside a session: they belong to the transport and to the toolkit, or
// they end the session themselves. None of them acts on behalf of the authenticated host.
struct Plain {
  Class cla;
  uint8_t ins;
};
constexpr Plain kAlwaysPlain[] = {
    {Class::kIso, 0x70},               // MANAGE CHANNEL
    {Class::kIso, 0xA4},               // SELECT
    {Class::kIso, 0xC0},               // GET RESPONSE
    {Class::kEts, 0x10},               // TERMINAL PROFILE
    {Class::kEts, 0x12},               // FETCH
    {Class::kEts, 0x14},               // TERMINAL RESPONSE
    {Class::kEts, kInitializeUpdate},  // starts a new session
    {Class::kEts, 0xAA},               // TERMINAL CAPABILITY
    {Class::kEts, 0xC0},               // GET RESPONSE, as lpac sends it
};

bool AlwaysPlain(const Command& command) {
  return std::any_of(std::begin(kAlwaysPlain), std::end(kAlwaysPlain), [&](const Plain& row) {
    return row.cla == command.cla.type && row.ins == command.ins;
  });
}

// GlobalPlatform secure messaging: b4 b3 = 01, or b6 on the further channels (GP 11.1.4).
bool GpSecured(const apdu::Cla& cla) { return cla.secure == 0x04 || cla.secure == 0x20; }

// R-MAC covers answers with 9000 and warnings only (Amendment D 6.2.5); 91xx is a 9000 with news.
bool Protectable(Sw sw) {
  const uint8_t sw1 = static_cast<uint8_t>(apdu::Value(sw) >> 8);
  return apdu::Succeeded(sw) || sw1 == 0x62 || sw1 == 0x63;
}

}  // namespace

Sw SecureChannel::Refuse(Sw sw) {
  Close();
  return sw;
}

void SecureChannel::Close() {
  scp_.Wipe();
  key_set_ = KeySet{};
  state_ = State::kClosed;
  protected_ = false;
}

// Durable before the challenge leaves the card: no counter value, and so no challenge, is used twice.
Error SecureChannel::NextCounter(store::Store& store, Bytes counter3) {
  uint32_t value = 0;
  const Result<size_t> read = store.Read(key_set_.counter, 0, counter3);
  if (read.ok()) {
    if (read.value() != 3) {
      return Error::kCorrupt;
    }
    value = static_cast<uint32_t>(counter3[0]) << 16 | Get16(counter3, 1);
  } else if (read.error() != Error::kNotFound) {
    return read.error();
  }
  if (value == kCounterEnd) {
    return Error::kState;
  }
  ++value;
  counter3[0] = static_cast<uint8_t>(value >> 16);
  Put16(counter3, 1, static_cast<uint16_t>(value));
  return store.PutNow(key_set_.counter, counter3);
}

Sw SecureChannel::InitializeUpdate(store::Store& store, keys::KeyStore& keys, const KeySet& key_set,
                                   ConstBytes aid, const Command& command, Writer& out) {
  Close();
  if (command.data.size() != kChallenge) {
    return Sw::kWrongLength;
  }
  if (command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (command.p1 != 0 && command.p1 != key_set.version) {
    return Sw::kReferencedDataNotFound;
  }
  keys::KeyValue enc;
  keys::KeyValue mac;
  if (Error e = keys.Open(key_set.enc, keys::Purpose::kScp03Enc, enc); e != Error::kOk) {
    return apdu::ToSw(e);
  }
  if (Error e = keys.Open(key_set.mac, keys::Purpose::kScp03Mac, mac); e != Error::kOk) {
    return apdu::ToSw(e);
  }
  key_set_ = key_set;
  std::array<uint8_t, 3> counter{};
  if (Error e = NextCounter(store, counter); e != Error::kOk) {
    return Refuse(apdu::ToSw(e));
  }
  const auto challenge = Scp03::CardChallenge(enc.view(), counter, aid);
  scp_.Start(enc.view(), mac.view(), command.data, challenge);

  static constexpr uint8_t kDiversification[10] = {};  // static keys are not derived from the card
  out.Add(kDiversification);
  out.Add8(key_set.version);
  out.Add8(kScpIdentifier);
  out.Add8(kScpParameter);
  out.Add(challenge);
  out.Add(scp_.CardCryptogram());
  out.Add(counter);
  if (out.overflow()) {
    return Refuse(Sw::kTechnicalProblem);
  }
  channel_ = command.cla.channel;
  state_ = State::kInitialized;
  return Sw::kOk;
}

Sw SecureChannel::ExternalAuthenticate(const Command& command) {
  if (state_ != State::kInitialized || command.cla.channel != channel_) {
    return Sw::kConditionsNotSatisfied;
  }
  const uint8_t level = command.p1;
  const bool known = std::find(std::begin(kLevels), std::end(kLevels), level) != std::end(kLevels);
  if (command.p2 != 0 || !known) {
    return Refuse(Sw::kWrongP1P2);
  }
  if (command.data.size() != kChallenge + kMac) {
    return Refuse(Sw::kWrongLength);
  }
  // Unwrap has cleared the decoded bits; the byte as sent still has them.
  const Result<apdu::Cla> sent = apdu::DecodeCla(command.header[0]);
  if (!sent.ok() || !GpSecured(sent.value())) {
    return Refuse(Sw::kSecurityNotSatisfied);
  }
  const Scp03::Cryptogram expected = scp_.HostCryptogram();
  if (!Accepted(crypto::EqualConstantTime(expected, command.data.first(kChallenge)))) {
    return Refuse(Sw::kAuthenticationFailed);
  }
  if (!scp_.UnwrapCommand(Scp03::kCMac, command.header, command.data).ok()) {
    return Refuse(Sw::kSecurityNotSatisfied);
  }
  scp_.SetLevel(level);
  state_ = State::kOpen;
  protected_ = false;
  return Sw::kOk;
}

Result<Command> SecureChannel::Unwrap(const Command& command) {
  protected_ = false;
  const bool secured = command.cla.secure != 0;
  const bool opening = state_ == State::kInitialized && channel_ == command.cla.channel &&
                       command.ins == kExternalAuthenticate;
  Command plain = command;
  plain.cla.secure = 0;
  if (opening) {
    return plain;
  }
  if (!active_on(command.cla.channel) || scp_.level() == 0) {
    return secured ? Result<Command>(Error::kState) : plain;
  }
  if (!secured) {
    if (AlwaysPlain(command)) {
      return plain;
    }
    Close();
    return Error::kAuth;
  }
  if (!GpSecured(command.cla)) {
    Close();
    return Error::kAuth;
  }
  const Result<Bytes> data = scp_.UnwrapCommand(scp_.level(), command.header, command.data);
  if (!data.ok()) {
    Close();
    return Error::kAuth;
  }
  plain.data = data.value();
  protected_ = true;
  return plain;
}

Error SecureChannel::Wrap(Writer& response, Sw sw) {
  if (!protected_ || state_ != State::kOpen || (scp_.level() & Scp03::kRMac) == 0 ||
      !Protectable(sw)) {
    return Error::kOk;
  }
  const size_t size = response.size();
  (void)response.Reserve(std::min(response.room(), kWrapOverhead));
  const Result<size_t> wrapped = scp_.WrapResponse(response.written(), size, apdu::Value(sw));
  if (!wrapped.ok()) {
    response.Truncate(0);
    Close();
    return wrapped.error();
  }
  response.Truncate(wrapped.value());
  return Error::kOk;
}

Error SecureChannel::DecryptSensitive(keys::KeyStore& keys, Bytes data) {
  if (state_ != State::kOpen) {
    return Error::kState;
  }
  if (data.empty() || data.size() % crypto::kAesBlock != 0) {
    return Error::kFormat;
  }
  keys::KeyValue dek;
  TRY(keys.Open(key_set_.dek, keys::Purpose::kScp03Dek, dek));
  crypto::CbcDecrypt(dek.view(), crypto::AesBlock{}, data);
  return Error::kOk;
}

}  // namespace simurgh::gp
