// GET IDENTITY (TS 31.102 7.5): the SUCI, computed on the card.
#include <algorithm>

#include "base/tlv.h"
#include "firmware/apps/usim/handlers.h"
#include "firmware/apps/usim/suci.h"
#include "firmware/profile/subscription.h"

namespace simurgh::apps::naa {
namespace {

using apdu::Command;
using apdu::Sw;
using crypto::SuciScheme;

// P2: the identity context.
constexpr uint8_t kSuci = 0x01;
constexpr uint8_t kSuciNswo = 0x02;

// Services of EF.UST.
constexpr unsigned kPrivacy = 124;     // subscription identifier privacy support
constexpr unsigned kSuciByUsim = 125;  // SUCI calculation by the USIM
constexpr unsigned kNaiSupi = 130;     // support for SUPI of type NSI, GLI or GCI
constexpr unsigned kNswo = 142;        // 5G NSWO support

constexpr uint16_t kEfImsi = 0x6F07;
constexpr uint16_t kEfAd = 0x6FAD;
constexpr uint16_t kDf5gs = 0x5FC0;
constexpr uint16_t kEfSuciCalcInfo = 0x4F07;
constexpr uint16_t kEfSupiNai = 0x4F09;
constexpr uint16_t kEfRouting = 0x4F0A;
constexpr uint16_t kDfSaip = 0x5FD0;
constexpr uint16_t kEfSuciCalcInfoUsim = 0x4F01;

constexpr tlv::Tag kSuciTag = 0xA1;
constexpr tlv::Tag kNsiTag = 0x80;      // of EF.SUPI_NAI: network specific identifier
constexpr uint8_t kNaiIdentity = 0x11;  // SUPI format network specific identifier, identity SUCI
constexpr uint8_t kTypeImsi = 0;
constexpr uint8_t kTypeNsi = 1;

// Parts of Session::scratch.
constexpr size_t kInfoBytes = 640;
constexpr size_t kNaiBytes = 192;
constexpr size_t kOutputBytes = kNaiBytes + crypto::SuciOverhead(SuciScheme::kProfileB);
constexpr size_t kValueBytes = 896;  // of which the hexadecimal digits of a NAI are most
static_assert(kInfoBytes + kNaiBytes + kOutputBytes + kValueBytes <= config::kCommandBytes);

bool Service(Session& session, unsigned number) {
  return naa::Service(session, kUsimFiles.service_table, number);
}

/// Content of a transparent EF, as much as fits; empty when there is none.
Bytes ReadFile(Session& session, uint16_t df, uint16_t ef, Bytes buffer) {
  Result<fs::File> file = session.channel.selection.adf;
  if (df != 0) {
    file = session.files.Child(file.value(), df);
  }
  if (file.ok()) {
    file = session.files.Child(file.value(), ef);
  }
  if (!file.ok() || file.value().type != fs::Type::kTransparent) {
    return {};
  }
  const Bytes content = buffer.first(std::min<size_t>(file.value().size, buffer.size()));
  return session.files.Read(file.value(), 0, content) == Error::kOk ? content : Bytes{};
}

/// What the card calculates with is in DF.SAIP, where terminals need not read it; cards that have
/// only the terminal's file use that.
ConstBytes ReadCalcInfo(Session& session, Bytes buffer) {
  const Bytes own = ReadFile(session, kDfSaip, kEfSuciCalcInfoUsim, buffer);
  return own.empty() ? ReadFile(session, kDf5gs, kEfSuciCalcInfo, buffer) : own;
}

RoutingIndicator ReadRouting(Session& session) {
  uint8_t content[4];
  const ConstBytes read = ReadFile(session, kDf5gs, kEfRouting, content);
  if (read.size() < 2 || (read[0] & 0x0F) > 9) {
    return kNoRouting;
  }
  return {read[0], read[1]};
}

Result<ImsiDigits> ReadImsi(Session& session) {
  profile::Imsi imsi{};
  uint8_t ad[4] = {};
  const ConstBytes content = ReadFile(session, 0, kEfImsi, imsi);
  const ConstBytes data = ReadFile(session, 0, kEfAd, ad);
  return ReadImsiDigits(content, data.size() == 4 ? data[3] & 0x0F : 2);
}

/// 5gc-nswo.mncNNN.mccNNN.3gppnetwork.org (TS 33.501 S.3.1).
void WriteNswoRealm(Writer& out, const ImsiDigits& imsi) {
  const auto text = [&out](const char* t) {
    for (; *t != 0; ++t) {
      out.Add8(static_cast<uint8_t>(*t));
    }
  };
  const auto digit = [&](size_t i) { out.Add8(static_cast<uint8_t>('0' + imsi.digit[i])); };
  text("5gc-nswo.mnc");
  if (imsi.mnc == 2) {
    out.Add8('0');
  }
  for (size_t i = 3; i < imsi.msin_at(); ++i) {
    digit(i);
  }
  text(".mcc");
  for (size_t i = 0; i < 3; ++i) {
    digit(i);
  }
  text(".3gppnetwork.org");
}

/// The buffers that a SUCI is made in: pieces of Session::scratch.
struct Workspace {
  explicit Workspace(Bytes scratch)
      : info(scratch.first(kInfoBytes)),
        nai(scratch.subspan(kInfoBytes, kNaiBytes)),
        output(scratch.subspan(kInfoBytes + kNaiBytes, kOutputBytes)),
        value(scratch.subspan(kInfoBytes + kNaiBytes + kOutputBytes, kValueBytes)) {}
  Bytes info, nai, output, value;
};

/// @returns the scheme output, a view into the workspace.
Result<ConstBytes> Conceal(Session& session, const SchemeChoice& choice, ConstBytes input,
                           Workspace& work) {
  const Bytes output = work.output.first(input.size() + crypto::SuciOverhead(choice.scheme));
  TRY(crypto::ConcealSupi(choice.scheme, choice.key, input, session.rng, output));
  return ConstBytes(output);
}

Error SuciOfImsi(Session& session, bool nswo, Workspace& work, Writer& value) {
  const ImsiDigits imsi = TRY(ReadImsi(session));
  const SchemeChoice choice = ChooseScheme(ReadCalcInfo(session, work.info));
  const RoutingIndicator routing = ReadRouting(session);
  std::array<uint8_t, 8> msin{};
  const size_t msin_size = PackMsin(imsi, msin);
  const ConstBytes output = TRY(Conceal(session, choice, ConstBytes(msin).first(msin_size), work));
  if (!nswo) {
    WriteSuci(value, imsi, routing, choice, output);
    return Error::kOk;
  }
  std::array<uint8_t, 12> digits{};
  for (size_t i = imsi.msin_at(); i < imsi.count; ++i) {
    digits[i - imsi.msin_at()] = static_cast<uint8_t>('0' + imsi.digit[i]);
  }
  Writer realm(work.nai);
  WriteNswoRealm(realm, imsi);
  WriteSuciNai(value, kTypeImsi, routing, choice, output,
               ConstBytes(digits).first(imsi.count - imsi.msin_at()), realm.written());
  return Error::kOk;
}

/// The network specific identifier user@realm. @error kNotFound: the SUPI is the IMSI.
Result<ConstBytes> ReadNsi(Session& session, Bytes buffer) {
  if (!Service(session, kNaiSupi)) {
    return Error::kNotFound;
  }
  const ConstBytes content = ReadFile(session, kDf5gs, kEfSupiNai, buffer);
  const Result<tlv::Object> nsi = tlv::Find(content, kNsiTag);
  return nsi.ok() && !nsi.value().value.empty() ? Result<ConstBytes>(nsi.value().value)
                                                : Error::kNotFound;
}

Error SuciOfNsi(Session& session, ConstBytes nsi, Workspace& work, Writer& value) {
  const auto at = std::find(nsi.begin(), nsi.end(), '@');
  const size_t user_size = static_cast<size_t>(at - nsi.begin());
  if (user_size == 0 || user_size == nsi.size()) {
    return Error::kFormat;
  }
  const ConstBytes user = nsi.first(user_size);
  const SchemeChoice choice = ChooseScheme(ReadCalcInfo(session, work.info));
  const ConstBytes output = TRY(Conceal(session, choice, user, work));
  value.Add8(kNaiIdentity);
  WriteSuciNai(value, kTypeNsi, ReadRouting(session), choice, output, user,
               nsi.subspan(user_size + 1));
  return Error::kOk;
}

}  // namespace

Sw GetIdentity(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || (command.p2 != kSuci && command.p2 != kSuciNswo)) {
    return Sw::kWrongP1P2;
  }
  if (!PinSatisfied(session)) {
    return Sw::kSecurityNotSatisfied;
  }
  const bool nswo = command.p2 == kSuciNswo;
  if (!Service(session, kPrivacy) || !Service(session, kSuciByUsim) ||
      (nswo && !Service(session, kNswo))) {
    return Sw::kConditionsNotSatisfied;
  }
  Workspace work(session.scratch);
  Writer value(work.value);
  const Result<ConstBytes> nsi = ReadNsi(session, work.nai);
  // A network specific identifier has its own realm; the form for NSWO is one of IMSIs.
  if (nsi.ok() && nswo) {
    return Sw::kConditionsNotSatisfied;
  }
  const Error error = nsi.ok() ? SuciOfNsi(session, nsi.value(), work, value)
                               : SuciOfImsi(session, nswo, work, value);
  if (error == Error::kFormat || value.overflow()) {
    return Sw::kConditionsNotSatisfied;  // no usable IMSI, or a public key that is none
  }
  if (error != Error::kOk) {
    return apdu::ToSw(error);
  }
  tlv::Add(out, kSuciTag, value.written());
  return Sw::kOk;
}

}  // namespace simurgh::apps::naa
