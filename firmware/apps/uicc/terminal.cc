// Logical channels and what the terminal tells of itself (TS 102 221 11.1.17 to 11.1.19).
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
