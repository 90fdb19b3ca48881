// PIN commands (TS 102 221 11.1.9 to 11.1.13).
#include <algorithm>

#include "firmware/apps/uicc/handlers.h"

namespace simurgh::apps {
namespace {

using access::kPinBytes;
using access::PinState;
using apdu::Command;
using apdu::Sw;

constexpr uint8_t kReplaceByUniversal = 0x80 | access::kUniversalPin;  // P1 of DISABLE PIN

// Four to eight decimal digits, then FF (as TS 51.011 9.3 has it). Administrative keys are any eight
// bytes.
bool GoodPin(uint8_t reference, ConstBytes value) {
  constexpr size_t kLeastDigits = 4;
  if (access::IsAdm(reference)) {
    return true;
  }
  size_t digits = 0;
  while (digits < value.size() && value[digits] >= '0' && value[digits] <= '9') {
    ++digits;
  }
  const ConstBytes padding = value.subspan(digits);
  return digits >= kLeastDigits &&
         std::all_of(padding.begin(), padding.end(), [](uint8_t b) { return b == 0xFF; });
}

Result<PinState> State(Session& session, uint8_t reference) {
  return session.pins.Query(session.channel.selection, session.channel.verified, reference);
}

// 63Cx while there are tries: of the PIN, or for UNBLOCK of its PUK.
Sw Answer(Session& session, uint8_t reference, Error error, bool puk) {
  switch (error) {
    case Error::kOk:
      return Sw::kOk;
    case Error::kAuth: {
      const Result<PinState> state = State(session, reference);
      if (!state.ok()) {
        return apdu::ToSw(state.error());
      }
      return apdu::WithCount(Sw::kTriesLeft,
                             puk ? state.value().puk_tries_left : state.value().tries_left);
    }
    case Error::kBlocked:
      return Sw::kBlocked;
    case Error::kState:
      return Sw::kDataInvalidated;
    case Error::kNotFound:
      return Sw::kReferencedDataNotFound;
    case Error::kUnsupported:
      return Sw::kConditionsNotSatisfied;
    default:
      return apdu::ToSw(error);
  }
}

// No data: how many tries are left.
Sw TellTries(Session& session, uint8_t reference, bool puk) {
  const Result<PinState> state = State(session, reference);
  if (!state.ok()) {
    return Answer(session, reference, state.error(), puk);
  }
  return apdu::WithCount(Sw::kTriesLeft,
                         puk ? state.value().puk_tries_left : state.value().tries_left);
}

}  // namespace

Sw VerifyPin(Session& session, const Command& command, Writer&) {
  if (command.p1 != 0) {
    return Sw::kWrongP1P2;
  }
  if (command.data.empty()) {
    return TellTries(session, command.p2, false);
  }
  if (command.data.size() != kPinBytes) {
    return Sw::kWrongLength;
  }
  const Error error = session.pins.Verify(session.channel.selection, session.channel.verified,
                                          command.p2, command.data);
  return Answer(session, command.p2, error, false);
}

Sw ChangePin(Session& session, const Command& command, Writer&) {
  if (command.p1 != 0) {
    return Sw::kWrongP1P2;
  }
  if (command.data.size() != 2 * kPinBytes) {
    return Sw::kWrongLength;
  }
  if (!GoodPin(command.p2, command.data.subspan(kPinBytes))) {  // before a try is spent
    return Sw::kWrongData;
  }
  const Error error = session.pins.Change(session.channel.selection, session.channel.verified,
                                          command.p2, command.data.first(kPinBytes),
                                          command.data.subspan(kPinBytes));
  return Answer(session, command.p2, error, false);
}

Sw DisablePin(Session& session, const Command& command, Writer&) {
  if (command.p1 != 0 && command.p1 != kReplaceByUniversal) {
    return Sw::kWrongP1P2;
  }
  if (command.data.size() != kPinBytes) {
    return Sw::kWrongLength;
  }
  const bool replace = command.p1 == kReplaceByUniversal;
  if (replace && !State(session, access::kUniversalPin).ok()) {
    return Sw::kReferencedDataNotFound;
  }
  const Error error = session.pins.Disable(session.channel.selection, session.channel.verified,
                                           command.p2, command.data, replace);
  return Answer(session, command.p2, error, false);
}

Sw EnablePin(Session& session, const Command& command, Writer&) {
  if (command.p1 != 0) {
    return Sw::kWrongP1P2;
  }
  if (command.data.size() != kPinBytes) {
    return Sw::kWrongLength;
  }
  const Error error = session.pins.Enable(session.channel.selection, session.channel.verified,
                                          command.p2, command.data);
  // Enabled already: the PIN is in the state that was asked for, but not by this command.
  return error == Error::kState ? Sw::kConditionsNotSatisfied
                                : Answer(session, command.p2, error, false);
}

Sw UnblockPin(Session& session, const Command& command, Writer&) {
  if (command.p1 != 0) {
    return Sw::kWrongP1P2;
  }
  if (command.data.empty()) {
    return TellTries(session, command.p2, true);
  }
  if (command.data.size() != 2 * kPinBytes) {
    return Sw::kWrongLength;
  }
  if (!GoodPin(command.p2, command.data.subspan(kPinBytes))) {
    return Sw::kWrongData;
  }
  const Error error = session.pins.Unblock(session.channel.selection, session.channel.verified,
                                           command.p2, command.data.first(kPinBytes),
                                           command.data.subspan(kPinBytes));
  return Answer(session, command.p2, error, true);
}

}  // namespace simurgh::apps
