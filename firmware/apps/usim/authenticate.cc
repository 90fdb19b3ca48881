// AUTHENTICATE (TS 31.102 7.1, TS 31.103 7.1): contexts, and the 3G and GSM ones themselves.
#include "crypto/aka.h"
#include "firmware/apps/usim/handlers.h"
#include "firmware/keys/aka.h"

namespace simurgh::apps::naa {
namespace {

using apdu::Command;
using apdu::Sw;

constexpr size_t kRandBytes = 16;

// P2 (TS 31.102 table 1 of 7.1.2; TS 31.103 7.1.2): application specific reference data, context.
constexpr uint8_t kGsm = 0x80;
constexpr uint8_t k3g = 0x81;       // EPS, 5G and IMS alike
constexpr uint8_t kVgcsVbs = 0x82;  // ISIM: HTTP digest
constexpr uint8_t kGba = 0x84;
constexpr uint8_t kMbms = 0x85;      // odd INS, USIM only
constexpr uint8_t kLocalKey = 0x86;  // odd INS

// Services of EF.UST.
constexpr unsigned kGsmAccess = 27;
constexpr unsigned kGsmSecurityContext = 38;

bool Service(Session& session, unsigned number) {
  return naa::Service(session, kUsimFiles.service_table, number);
}

// 7.1.2: DB RES CK IK [Kc], or DC AUTS.
Sw Authenticate3g(Session& session, const Command& command, bool with_kc, Writer& out) {
  ConstBytes data = command.data;
  const Result<ConstBytes> rand = TakeField(data);
  const Result<ConstBytes> autn = rand.ok() ? TakeField(data) : rand;
  if (!autn.ok() || rand.value().size() != kRandBytes || !data.empty()) {
    return Sw::kWrongLength;
  }
  keys::Aka aka(session.store, session.keys);
  keys::AkaAnswer answer;
  const fs::File& adf = session.channel.selection.adf;
  const Error error = aka.Authenticate(adf.space, adf.object, rand.value(), autn.value(), answer);
  if (error != Error::kOk) {
    return SwOf(error);
  }
  if (answer.synchronize) {
    out.Add8(0xDC);
    AddField(out, answer.auts_view());
    return Sw::kOk;
  }
  out.Add8(0xDB);
  AddField(out, answer.res_view());
  AddField(out, answer.ck.view());
  AddField(out, answer.ik.view());
  if (with_kc) {
    AddField(out, crypto::ConversionC3(answer.ck.view(), answer.ik.view()));
  }
  return Sw::kOk;
}

// 7.1.2: SRES and Kc.
Sw AuthenticateGsm(Session& session, const Command& command, Writer& out) {
  ConstBytes data = command.data;
  const Result<ConstBytes> rand = TakeField(data);
  if (!rand.ok() || rand.value().size() != kRandBytes || !data.empty()) {
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

}  // namespace

// 7.1.1: a context whose service is not available is not supported. VGCS/VBS never is: its keys are
// none that a profile could bring, and its services are off (firmware/profile/saip_content.cc).
Sw AuthenticateUsim(Session& session, const Command& command, Writer& out) {
  const uint8_t context = command.p2;
  const bool known = context == kGsm || context == k3g || context == kVgcsVbs || context == kGba;
  if (command.p1 != 0 || !known) {
    return Sw::kWrongP1P2;
  }
  if (!PinSatisfied(session)) {
    return Sw::kSecurityNotSatisfied;
  }
  if (context == k3g) {
    return Authenticate3g(session, command, Service(session, kGsmAccess), out);
  }
  if (context == kGba) {
    return AuthenticateGba(session, kUsimFiles, command, out);
  }
  if (context == kVgcsVbs || !Service(session, kGsmSecurityContext)) {
    return Sw::kAuthenticationContext;
  }
  return AuthenticateGsm(session, command, out);
}

// TS 31.103 7.1: IMS AKA is the 3G context without Kc.
Sw AuthenticateIsim(Session& session, const Command& command, Writer& out) {
  constexpr uint8_t kHttpDigest = kVgcsVbs;
  const uint8_t context = command.p2;
  if (command.p1 != 0 || (context != k3g && context != kHttpDigest && context != kGba)) {
    return Sw::kWrongP1P2;
  }
  if (!PinSatisfied(session)) {
    return Sw::kSecurityNotSatisfied;
  }
  if (context == k3g) {
    return Authenticate3g(session, command, false, out);
  }
  return context == kGba ? AuthenticateGba(session, kIsimFiles, command, out)
                         : Sw::kAuthenticationContext;
}

// The odd instruction carries the contexts with TLV data, MBMS and local key establishment. This
// card has neither, so it never asks for their data: any block of them is answered alike.
Sw AuthenticateUsimOdd(Session&, const Command& command, Writer&) {
  const bool known = command.p2 == kMbms || command.p2 == kLocalKey;
  return known ? Sw::kAuthenticationContext : Sw::kWrongP1P2;
}

Sw AuthenticateIsimOdd(Session&, const Command& command, Writer&) {
  return command.p2 == kLocalKey ? Sw::kAuthenticationContext : Sw::kWrongP1P2;
}

}  // namespace simurgh::apps::naa
