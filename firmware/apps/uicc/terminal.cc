// Logical channels, what the terminal tells of itself, and the toolkit's transport (TS 102 221
// 11.1.17 to 11.1.19, 11.2).
#include "base/tlv.h"
#include "firmware/apps/uicc/handlers.h"
#include "firmware/apps/uicc/uicc.h"

namespace simurgh::apps {
namespace {

using apdu::Command;
using apdu::Sw;

// The same card, seen from another channel.
Session On(Session& s, Channel& channel) {
  return Session{s.platform, s.rng,      s.store,  s.keys,      s.files,    s.pins,
                 s.secure,   s.profiles, s.images, s.proactive, s.channels, channel,
                 s.stream,   s.assembly, s.scratch, s.apps};
}

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

Sw Open(Session& session, uint8_t wanted, Writer& out) {
  uint8_t number = wanted;
  if (wanted == 0) {
    for (number = 1; number < config::kChannels && session.channels[number].open;) {
      ++number;
    }
  }
  if (number >= config::kChannels || session.channels[number].open) {
    return Sw::kChannelNotSupported;
  }
  Channel& channel = session.channels[number];
  channel = Channel{};
  channel.number = number;
  channel.open = true;
  channel.selection.Reset(session.files);
  // 11.1.17.1: opened from another channel than the basic one, it starts where that one is.
  const Channel& from = session.channel;
  const bool served_adf = from.app != nullptr && from.app->select == nullptr;
  if (from.number != 0 && (from.app == nullptr || served_adf)) {
    channel.selection.SetDirectory(from.selection.dir);
    channel.selection.adf = from.selection.adf;
    channel.app = from.app;
  }
  if (wanted == 0) {
    out.Add8(number);
  }
  return Sw::kOk;
}

Sw Close(Session& session, uint8_t number) {
  if (number == 0 || number >= config::kChannels) {  // the basic channel is always open
    return Sw::kWrongP1P2;
  }
  Channel& channel = session.channels[number];
  if (!channel.open) {
    return Sw::kChannelNotSupported;
  }
  Session there = On(session, channel);
  LeaveApplication(there);
  session.secure.CloseOn(number);
  channel = Channel{};
  channel.number = number;
  return Sw::kOk;
}

}  // namespace

Sw ManageChannel(Session& session, const Command& command, Writer& out) {
  constexpr uint8_t kOpen = 0x00;
  constexpr uint8_t kClose = 0x80;
  if (command.p1 == kOpen) {
    return Open(session, command.p2, out);
  }
  if (command.p1 != kClose) {
    return Sw::kWrongP1P2;
  }
  return Close(session, command.p2 == 0 ? session.channel.number : command.p2);
}

namespace {

/// What is inside the terminal capability template (11.1.19.2): lengths at least so long, at most.
struct CapabilityRow {
  tlv::Tag tag;
  uint8_t least;
  uint8_t most;
};
constexpr uint8_t kAnyLength = 0xFF;
constexpr CapabilityRow kCapabilities[] = {
    {0x80, 3, 3},           // power supply: voltage class, mA, frequency
    {0x81, 0, kAnyLength},  // extended logical channels: any length is as good as none
    {0x82, 1, kAnyLength},  // additional interfaces
    {0x83, 1, kAnyLength},  // eUICC-related
    {0x84, 1, kAnyLength},  // eUICC-related, of the device
};

bool GoodCapability(const tlv::Object& object) {
  for (const CapabilityRow& row : kCapabilities) {
    if (row.tag == object.tag) {
      return object.value.size() >= row.least && object.value.size() <= row.most;
    }
  }
  return true;  // of a later release, or private
}

}  // namespace

// 11.1.19: the card has no behaviour that depends on it, so it is read for form and forgotten.
Sw TerminalCapability(Session&, const Command& command, Writer&) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  tlv::Reader r(command.data);
  const Result<tlv::Object> capability = r.Next();
  if (!capability.ok() || capability.value().tag != 0xA9 || !r.done()) {
    return Sw::kWrongData;
  }
  for (tlv::Reader inner(capability.value().value); !inner.done();) {
    const Result<tlv::Object> object = inner.Next();
    if (!object.ok() || !GoodCapability(object.value())) {
      return Sw::kWrongData;
    }
  }
  return Sw::kOk;
}

// A card that holds a profile bound to a terminal asks the terminal who it is (US 9,232,392: the
// eSE learns its terminal's id).
Sw TerminalProfile(Session& session, const Command& command, Writer&) {
  const Sw sw = session.proactive.TerminalProfile(command);
  if (sw == Sw::kOk && session.profiles.AsksForTerminal()) {
    (void)session.proactive.AskImei();  // the queue is full: then it is learned another time
  }
  return sw;
}

Sw Fetch(Session& session, const Command& command, Writer& out) {
  return session.proactive.Fetch(command, out);
}

Sw TerminalResponse(Session& session, const Command& command, Writer&) {
  const bool knew = session.proactive.imei().ok();
  const Sw sw = session.proactive.TerminalResponse(command);
  const Result<ConstBytes> imei = session.proactive.imei();
  if (sw != Sw::kOk || knew || !imei.ok()) {
    return sw;
  }
  const Result<bool> changed = session.profiles.SetTerminalId(TerminalIdOf(imei.value()));
  if (!changed.ok()) {
    return apdu::ToSw(changed.error());
  }
  if (changed.value()) {
    (void)session.proactive.Refresh(cat::RefreshMode::kUiccReset);
  }
  return Sw::kOk;
}

// TS 102 223 clause 7. The card sets up no menu, no timer and no call control, so all it can hear of
// is an event, which needs no answer.
Sw Envelope(Session& session, const Command& command, Writer&) {
  constexpr tlv::Tag kEventDownload = 0xD6;
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  tlv::Reader r(command.data);
  const Result<tlv::Object> envelope = r.Next();
  if (!envelope.ok() || !r.done()) {
    return Sw::kWrongData;
  }
  if (!session.proactive.has_profile()) {
    return Sw::kConditionsNotSatisfied;
  }
  return envelope.value().tag == kEventDownload ? Sw::kOk : Sw::kFunctionNotSupported;
}

Sw GetChallenge(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (command.ne == 0 || command.ne > 256) {
    return Sw::kWrongLength;
  }
  session.rng.Fill(out.Reserve(command.ne));
  return Sw::kOk;
}

}  // namespace simurgh::apps
