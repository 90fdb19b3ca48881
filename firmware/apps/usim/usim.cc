#include "firmware/apps/usim/usim.h"

#include "base/tlv.h"
#include "crypto/aka.h"
#include "firmware/apps/session.h"
#include "firmware/keys/aka.h"

namespace simurgh::apps {
namespace {

using apdu::Case;
using apdu::Class;
using apdu::Command;
using apdu::Effect;
using apdu::Sw;

constexpr size_t kRandBytes = 16;

// P2: the authentication context (TS 31.102 table 7.1).
constexpr uint8_t kGsmContext = 0x80;
constexpr uint8_t k3gContext = 0x81;

// Services of EF.UST (TS 31.102 4.2.8): service n is bit (n - 1) % 8 of byte (n - 1) / 8.
constexpr uint16_t kUst = 0x6F38;
constexpr unsigned kGsmAccess = 27;
constexpr unsigned kGsmSecurityContext = 38;

bool Service(Session& session, unsigned number) {
  const Result<fs::File> ust = session.files.Child(session.channel.selection.adf, kUst);
  uint8_t byte = 0;
  if (!ust.ok() ||
      session.files.Read(ust.value(), (number - 1) / 8, Bytes(&byte, 1)) != Error::kOk) {
    return false;
  }
  return (byte >> ((number - 1) % 8) & 1) != 0;
}

// AUTHENTICATE wants the application's PIN (TS 31.102 5.2.1, access condition PIN): the first
// application PIN that its ADF's PIN status template names.
bool PinSatisfied(Session& session) {
  const fs::File& adf = session.channel.selection.adf;
  uint8_t references[fs::kMaxPinReferences];
  const Result<size_t> count = session.files.PinReferences(adf, references);
  if (!count.ok()) {
    return false;
  }
  for (size_t i = 0; i < count.value(); ++i) {
    if (references[i] >= 0x01 && references[i] <= 0x08) {
      fs::Selection there = session.channel.selection;
      there.dir = adf;
      return session.pins.Satisfied(there, session.channel.verified, references[i]);
    }
  }
  return true;
}

Sw SwOf(Error error) {
  switch (error) {
    case Error::kAuth:
      return Sw::kAuthenticationMac;
    case Error::kNotFound:
      return Sw::kReferencedDataNotFound;
    case Error::kBlocked:
      return Sw::kBlocked;
    default:
      return apdu::ToSw(error);
  }
}

// Length and value, as AUTHENTICATE's data and answers are made of.
void AddField(Writer& out, ConstBytes value) {
  out.Add8(static_cast<uint8_t>(value.size()));
  out.Add(value);
}

Result<ConstBytes> TakeField(ConstBytes& data, size_t size) {
  if (data.size() < 1 + size || data[0] != size) {
    return Error::kFormat;
  }
  const ConstBytes field = data.subspan(1, size);
  data = data.subspan(1 + size);
  return field;
}

// 7.1.2.1: DB RES CK IK [Kc], or DC AUTS.
Sw Authenticate3g(Session& session, const Command& command, bool with_kc, Writer& out) {
  ConstBytes data = command.data;
  const Result<ConstBytes> rand = TakeField(data, kRandBytes);
  const Result<ConstBytes> autn = rand.ok() ? TakeField(data, 16) : rand;
  if (!autn.ok() || !data.empty()) {
    return Sw::kWrongLength;
  }
  keys::Aka aka(session.store, session.keys);
  keys::AkaAnswer answer;
  const fs::File& adf = session.channel.selection.adf;
  const Error error =
      aka.Authenticate(adf.space, adf.object, rand.value(), autn.value(), answer);
  if (error != Error::kOk) {
    return SwOf(error);
  }
  if (answer.synchronize) {
    out.Add8(0xDC);
    AddField(out, answer.auts);
    return Sw::kOk;
  }
  out.Add8(0xDB);
  AddField(out, ConstBytes(answer.res).first(answer.res_size));
  AddField(out, answer.ck.view());
  AddField(out, answer.ik.view());
  if (with_kc) {
    AddField(out, crypto::ConversionC3(answer.ck.view(), answer.ik.view()));
  }
  return Sw::kOk;
}

// 7.1.2.2: SRES and Kc.
Sw AuthenticateGsm(Session& session, const Command& command, Writer& out) {
  ConstBytes data = command.data;
  const Result<ConstBytes> rand = TakeField(data, kRandBytes);
  if (!rand.ok() || !data.empty()) {
    return Sw::kWrongLength;
  }
  keys::Aka aka(session.store, session.keys);
  const fs::File& adf = session.channel.selection.adf;
  uint8_t sres[4];
  crypto::Secret<8> kc;
  kc.Resize(8);
  const Error error = aka.AuthenticateGsm(adf.space, adf.object, rand.value(), sres, kc.view());
  if (error != Error::kOk) {
    return SwOf(error);
  }
  AddField(out, sres);
  AddField(out, kc.view());
  return Sw::kOk;
}

// TS 31.102 7.1.1. Sequence numbers write themselves durably, outside any transaction.
Sw AuthenticateUsim(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || (command.p2 != kGsmContext && command.p2 != k3gContext)) {
    return Sw::kWrongP1P2;
  }
  if (!PinSatisfied(session)) {
    return Sw::kSecurityNotSatisfied;
  }
  if (command.p2 == k3gContext) {
    return Authenticate3g(session, command, Service(session, kGsmAccess), out);
  }
  if (!Service(session, kGsmSecurityContext)) {
    return Sw::kAuthenticationContext;
  }
  return AuthenticateGsm(session, command, out);
}

// TS 31.103 7.1: IMS AKA only, the 3G context without Kc.
Sw AuthenticateIsim(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != k3gContext) {
    return Sw::kWrongP1P2;
  }
  if (!PinSatisfied(session)) {
    return Sw::kSecurityNotSatisfied;
  }
  return Authenticate3g(session, command, false, out);
}

constexpr apdu::Entry kUsimTable[] = {
    {Class::kIso, 0x88, Case::k4, Effect::kReads, AuthenticateUsim},  // TS 31.102 7.1
};
constexpr apdu::Entry kIsimTable[] = {
    {Class::kIso, 0x88, Case::k4, Effect::kReads, AuthenticateIsim},  // TS 31.103 7.1
};
static_assert(apdu::StrictlyAscending(kUsimTable) && apdu::StrictlyAscending(kIsimTable));

constexpr uint8_t kUsimAid[] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02};
constexpr uint8_t kIsimAid[] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x04};
constexpr uint8_t kCsimAid[] = {0xA0, 0x00, 0x00, 0x03, 0x43, 0x10, 0x02};

}  // namespace

const apdu::App kUsim{kUsimAid, kUsimTable, nullptr, nullptr};
const apdu::App kIsim{kIsimAid, kIsimTable, nullptr, nullptr};
const apdu::App kCsim{kCsimAid, {}, nullptr, nullptr};

}  // namespace simurgh::apps
