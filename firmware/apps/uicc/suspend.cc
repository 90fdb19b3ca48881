#include "firmware/apps/uicc/suspend.h"

#include <algorithm>

#include "crypto/const_time.h"
#include "firmware/apps/uicc/handlers.h"
#include "firmware/apps/uicc/uicc.h"
#include "firmware/profile/card_data.h"

namespace simurgh::apps {
namespace {

using apdu::Command;
using apdu::Sw;
using fs::File;

// The record (docs/formats/suspend.md).
constexpr uint8_t kVersion = 1;
constexpr size_t kTokenBytes = 8;
constexpr size_t kFixedBytes = 1 + kTokenBytes + 2 + 8 + 4 + 1 + cat::Proactive::kStateBytes;
constexpr size_t kPlaceBytes = 4;
constexpr size_t kChannelBytes = 1 + 1 + 3 * kPlaceBytes + 2 + 3;
constexpr size_t kMaxState = kFixedBytes + config::kChannels * kChannelBytes;
static_assert(kMaxState <= store::Store::kMaxValue);
constexpr uint8_t kNoApp = 0xFF;

store::Key StateKey() { return profile::CardKey(profile::CardField::kSuspended); }

// ---- Saving

// A file by its parent's object and its FID; zeros for none.
void AddPlace(const File& file, Writer& out) {
  out.Add16(file.exists() ? file.parent : 0);
  out.Add16(file.exists() ? file.fid : 0);
}

void AddChannel(const Session& session, const Channel& channel, Writer& out) {
  const auto app = std::find(session.apps.begin(), session.apps.end(), channel.app);
  out.Add8(channel.number);
  out.Add8(channel.app == nullptr ? kNoApp : static_cast<uint8_t>(app - session.apps.begin()));
  AddPlace(channel.selection.dir, out);
  AddPlace(channel.selection.ef, out);
  AddPlace(channel.selection.adf, out);
  out.Add16(channel.selection.record);
  out.Add16(channel.verified.scope);
  out.Add8(channel.verified.local);
}

void AddState(Session& session, ConstBytes token, Writer& out) {
  out.Add8(kVersion);
  out.Add(token);
  out.Add16(session.files.space());
  uint8_t verified[8];
  Put64(verified, 0, session.pins.verified());
  out.Add(verified);
  const fs::Selection& basic = session.channels[0].selection;
  out.Add16(basic.gsm_df);
  out.Add16(basic.gsm_ef);
  const size_t size_at = out.size();
  out.Add8(0);
  session.proactive.Save(out);
  out.written()[size_at] = static_cast<uint8_t>(out.size() - size_at - 1);
  for (const Channel& channel : session.channels) {
    if (channel.open) {
      AddChannel(session, channel, out);
    }
  }
}

// ---- Restoring

/// Reads what the card itself wrote; still, lengths are checked before they are believed.
class Input {
 public:
  explicit Input(ConstBytes bytes) : rest_(bytes) {}
  bool done() const { return rest_.empty(); }
  Result<ConstBytes> Take(size_t size) {
    if (rest_.size() < size) {
      return Error::kCorrupt;
    }
    const ConstBytes taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

 private:
  ConstBytes rest_;
};

Error ReadPlace(Session& session, ConstBytes bytes, File& file) {
  File directory;  // what Child needs to know of it
  directory.space = session.files.space();
  directory.type = fs::Type::kDf;
  directory.content = Get16(bytes);
  file = Get16(bytes, 2) == 0 ? File{} : TRY(session.files.Child(directory, Get16(bytes, 2)));
  return Error::kOk;
}

Error ReadChannel(Session& session, ConstBytes bytes) {
  const uint8_t number = bytes[0];
  const uint8_t app = bytes[1];
  if (number >= config::kChannels || (app != kNoApp && app >= session.apps.size())) {
    return Error::kCorrupt;
  }
  Channel& channel = session.channels[number];
  channel.open = true;
  channel.app = app == kNoApp ? nullptr : session.apps[app];
  TRY(ReadPlace(session, bytes.subspan(2), channel.selection.dir));
  TRY(ReadPlace(session, bytes.subspan(2 + kPlaceBytes), channel.selection.ef));
  TRY(ReadPlace(session, bytes.subspan(2 + 2 * kPlaceBytes), channel.selection.adf));
  const ConstBytes rest = bytes.subspan(2 + 3 * kPlaceBytes);
  channel.selection.record = Get16(rest);
  channel.verified.scope = Get16(rest, 2);
  channel.verified.local = rest[4];
  return Error::kOk;
}

/// Every channel as after a reset.
void FreshChannels(Session& session) {
  for (uint8_t i = 0; i < config::kChannels; ++i) {
    session.channels[i] = Channel{};
    session.channels[i].number = i;
  }
  session.channels[0].open = true;
  session.channels[0].selection.Reset(session.files);
}

Error ReadState(Session& session, Input in) {
  const uint16_t space = Get16(TRY(in.Take(2)));
  if (space != session.files.space()) {  // another profile is enabled now
    return Error::kState;
  }
  const uint64_t verified = Get64(TRY(in.Take(8)));
  const ConstBytes gsm = TRY(in.Take(4));
  const size_t size = TRY(in.Take(1))[0];
  TRY(session.proactive.Restore(TRY(in.Take(size))));
  while (!in.done()) {
    TRY(ReadChannel(session, TRY(in.Take(kChannelBytes))));
  }
  session.channels[0].selection.gsm_df = Get16(gsm);
  session.channels[0].selection.gsm_ef = Get16(gsm, 2);
  session.pins.SetVerified(verified);
  return Error::kOk;
}

// ---- The two commands

// Table 11.33: a unit (seconds, minutes, hours, days, ten days) and a number.
Result<uint32_t> Seconds(ConstBytes duration) {
  constexpr uint32_t kUnits[] = {1, 60, 3600, 86400, 864000};
  return duration[0] < std::size(kUnits) ? Result<uint32_t>(kUnits[duration[0]] * duration[1])
                                         : Result<uint32_t>(Error::kFormat);
}

// Something would be lost that a resumed session would miss.
bool Busy(const Session& session) {
  const bool secured =
      std::any_of(session.channels.begin(), session.channels.end(),
                  [&](const Channel& channel) { return session.secure.active_on(channel.number); });
  return secured || session.assembly.active || !session.proactive.idle();
}

// The state is kept in flash, so any duration is as good as the other: the terminal's longest.
Sw Suspend(Session& session, const Command& command, Writer& out) {
  constexpr size_t kDurations = 4;
  if (command.data.size() != kDurations) {
    return Sw::kWrongLength;
  }
  const Result<uint32_t> least = Seconds(command.data);
  const Result<uint32_t> most = Seconds(command.data.subspan(2));
  if (!least.ok() || !most.ok() || least.value() > most.value()) {
    return Sw::kWrongData;
  }
  if (Busy(session)) {
    return Sw::kConditionsNotSatisfied;
  }
  uint8_t token[kTokenBytes];
  session.rng.Fill(token);
  Writer state(session.scratch.first(kMaxState));
  AddState(session, token, state);
  const Error error = session.store.Put(StateKey(), state.written(), store::Kind::kSecret);
  if (error != Error::kOk) {
    return apdu::ToSw(error);
  }
  out.Add(command.data.subspan(2));
  out.Add(token);
  return Sw::kOk;
}

Sw Resume(Session& session, const Command& command) {
  if (command.data.size() != kTokenBytes) {
    return Sw::kWrongLength;
  }
  const Bytes record = session.scratch.first(kMaxState);
  const Result<size_t> size = session.store.Read(StateKey(), 0, record);
  if (!size.ok() || size.value() < kFixedBytes - cat::Proactive::kStateBytes ||
      record[0] != kVersion) {
    return Sw::kConditionsNotSatisfied;
  }
  const ConstBytes token = ConstBytes(record).subspan(1, kTokenBytes);
  if (!Accepted(crypto::EqualConstantTime(token, command.data))) {
    return Sw::kSecurityNotSatisfied;
  }
  FreshChannels(session);
  if (ReadState(session, Input(ConstBytes(record).first(size.value()).subspan(1 + kTokenBytes))) !=
      Error::kOk) {
    FreshChannels(session);
    return Sw::kConditionsNotSatisfied;
  }
  const Error error = session.store.Delete(StateKey());
  return error == Error::kOk ? Sw::kOk : apdu::ToSw(error);
}

}  // namespace

bool Suspended(store::Store& store) { return store.Has(StateKey()); }

bool SuspendedIn(store::Store& store, uint16_t space) {
  uint8_t number[2];
  const Result<size_t> size = store.Read(StateKey(), 1 + kTokenBytes, number);
  return size.ok() && size.value() == sizeof number && Get16(number) == space;
}

bool KeepsSuspension(const Command& command) {
  constexpr uint8_t kTerminalCapability = 0xAA;
  constexpr uint8_t kGetResponse = 0xC0;
  return command.ins == kGetResponse || command.ins == kTerminalCapability ||
         (command.ins == kSuspendIns && command.p1 == 1);
}

Error ForgetSuspension(store::Store& store) { return store.Delete(StateKey()); }

// P1: 00 suspend, 01 resume.
Sw SuspendUicc(Session& session, const Command& command, Writer& out) {
  if (command.p1 > 1 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (session.channel.number != 0) {  // class 80 alone (table 10.5)
    return Sw::kClaNotSupported;
  }
  return command.p1 == 0 ? Suspend(session, command, out) : Resume(session, command);
}

}  // namespace simurgh::apps
