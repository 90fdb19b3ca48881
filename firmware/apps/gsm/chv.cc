// CHV commands (TS 51.011 8.9 to 8.13): the UICC's PIN commands with other names for things.
#include "firmware/apps/gsm/handlers.h"
#include "firmware/apps/uicc/handlers.h"

namespace simurgh::apps::gsm {
namespace {

using access::kPinBytes;
using apdu::Command;
using apdu::Sw;

constexpr uint8_t kChv1 = 1;
constexpr uint8_t kChv2 = 2;
constexpr uint8_t kFirstLocal = 0x81;

bool IsChv(uint8_t reference, uint8_t chv) {
  return chv == kChv2 ? access::IsLocal(reference) : reference >= 0x01 && reference <= 0x08;
}

// Table 9.4.4: wrong with tries left, blocked, in contradiction with the CHV's status, not there.
Sw Translate(Sw sw) {
  const uint16_t value = apdu::Value(sw);
  if ((value & 0xFFF0) == apdu::Value(Sw::kTriesLeft)) {
    return (value & 0x0F) == 0 ? kChvBlocked : kAccessDenied;
  }
  switch (sw) {
    case Sw::kBlocked:
      return kChvBlocked;
    case Sw::kDataInvalidated:
    case Sw::kConditionsNotSatisfied:
      return kChvStatus;
    case Sw::kReferencedDataNotFound:
      return kNoChv;
    case Sw::kWrongP1P2:
      return Sw::kWrongP1P2Unspecified;
    case Sw::kMemoryProblem:
    case Sw::kNotEnoughMemory:
      return kMemory;
    case Sw::kWrongData:  // a new CHV that is none: a SIM has no word for it
      return Sw::kTechnicalProblem;
    default:
      return sw;
  }
}

/// @param chv  1, 2, or 0 for a P2 that names none.
Sw Run(Session& session, const Command& command, Writer& out, uint8_t chv, size_t length,
       apdu::Handler handler) {
  if (command.p1 != 0 || chv == 0) {
    return Sw::kWrongP1P2Unspecified;
  }
  if (command.data.size() != length) {  // 67xx: what P3 should have been (9.4.6)
    return apdu::WithCount(Sw::kWrongLength, static_cast<uint8_t>(length));
  }
  const UsimView view(session);
  Command translated = command;
  translated.p2 = ChvReference(session, chv);
  return Translate(handler(session, translated, out));
}

uint8_t ChvOf(const Command& command) {
  return command.p2 == kChv1 || command.p2 == kChv2 ? command.p2 : uint8_t{0};
}

}  // namespace

uint8_t ChvReference(Session& session, uint8_t chv) {
  uint8_t references[fs::kMaxPinReferences];
  const size_t count = session.files.PinReferences(UsimAdf(session), references).ValueOr(0);
  for (size_t i = 0; i < count; ++i) {
    if (IsChv(references[i], chv)) {
      return references[i];
    }
  }
  return chv == kChv2 ? kFirstLocal : kChv1;
}

bool Chv1Satisfied(Session& session) {
  return session.pins.Satisfied(session.channel.selection, session.channel.verified,
                                ChvReference(session, kChv1));
}

Sw VerifyChv(Session& session, const Command& command, Writer& out) {
  return Run(session, command, out, ChvOf(command), kPinBytes, VerifyPin);
}

Sw ChangeChv(Session& session, const Command& command, Writer& out) {
  return Run(session, command, out, ChvOf(command), 2 * kPinBytes, ChangePin);
}

// Only CHV1 can be disabled (8.11).
Sw DisableChv(Session& session, const Command& command, Writer& out) {
  return Run(session, command, out, command.p2 == kChv1 ? kChv1 : uint8_t{0}, kPinBytes,
             DisablePin);
}

Sw EnableChv(Session& session, const Command& command, Writer& out) {
  return Run(session, command, out, command.p2 == kChv1 ? kChv1 : uint8_t{0}, kPinBytes, EnablePin);
}

// P2: 00 for CHV1, 02 for CHV2 (9.2.13).
Sw UnblockChv(Session& session, const Command& command, Writer& out) {
  const uint8_t chv = command.p2 == 0 ? kChv1 : command.p2 == kChv2 ? kChv2 : uint8_t{0};
  return Run(session, command, out, chv, 2 * kPinBytes, UnblockPin);
}

}  // namespace simurgh::apps::gsm
