// The toolkit's transport (TS 102 221 11.2) and the card's own use of it: who is the terminal?
#include "firmware/apps/uicc/handlers.h"
#include "firmware/apps/uicc/uicc.h"

namespace simurgh::apps {
namespace {

using apdu::Command;
using apdu::Sw;

/// The IMEI as the toolkit has it (TS 102 223 8.20, TS 24.008 10.5.1.4: the first digit shares its
/// byte with the type) in the form of terminal ids (SGP.22 DeviceInfo: digits in swapped pairs, F
/// behind the fifteenth).
profile::TerminalId TerminalIdOf(ConstBytes imei8) {
  const auto digit = [&](size_t i) -> uint8_t {  // 0..14
    const uint8_t byte = imei8[(i + 1) / 2];
    return i % 2 == 0 ? byte >> 4 : byte & 0x0F;
  };
  profile::TerminalId id{};
  for (size_t i = 0; i < id.size(); ++i) {
    const uint8_t high = 2 * i + 1 < 15 ? digit(2 * i + 1) : 0x0F;
    id[i] = static_cast<uint8_t>(high << 4 | digit(2 * i));
  }
  return id;
}

// A card that holds a profile bound to a terminal asks the terminal who it is (US 9,232,392: the
// eSE learns its terminal's id).
void AskForTerminal(Session& session) {
  if (session.profiles.AsksForTerminal()) {
    // The queue is full: then it is learned another time.
    (void)session.proactive.Provide(cat::LocalInformation::kImei, kTerminalWatch);
  }
}

Error LearnTerminal(Session& session, const cat::Request&, const cat::Outcome& outcome) {
  if (outcome.ending != cat::Ending::kDone) {
    return Error::kOk;
  }
  if (TRY(session.profiles.SetTerminalId(TerminalIdOf(outcome.answer)))) {
    (void)session.proactive.Refresh(cat::RefreshMode::kUiccReset);
  }
  return Error::kOk;
}

}  // namespace

const cat::Client kTerminalWatch = {.ended = LearnTerminal, .started = AskForTerminal};

Sw TerminalProfile(Session& session, const Command& command, Writer&) {
  return session.proactive.TerminalProfile(session, command);
}

Sw Fetch(Session& session, const Command& command, Writer& out) {
  return session.proactive.Fetch(session, command, out);
}

Sw TerminalResponse(Session& session, const Command& command, Writer&) {
  return session.proactive.TerminalResponse(session, command);
}

Sw Envelope(Session& session, const Command& command, Writer& out) {
  return session.proactive.Envelope(session, command, out);
}

}  // namespace simurgh::apps
