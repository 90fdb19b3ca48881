// The card's own management commands: docs/formats/isdr.md, manufacture.md.
#include "base/tlv.h"
#include "firmware/apps/isdr/handlers.h"
#include "firmware/profile/card_data.h"
#include "firmware/profile/manufacture.h"

namespace simurgh::apps::isdr {

using apdu::Command;
using apdu::Sw;
using profile::CardField;
using profile::CardKey;
using profile::ProfileStore;
using profile::Record;

namespace {

/// Adds a card record as one object; nothing when it does not exist.
void AddRecord(Session& session, CardField field, size_t size, tlv::Tag tag, Writer& out) {
  std::array<uint8_t, 65> value{};
  const Result<size_t> read = session.store.Read(CardKey(field), 0, Bytes(value).first(size));
  if (read.ok()) {
    tlv::Add(out, tag, ConstBytes(value).first(read.value()));
  }
}

void AddByte(Writer& out, tlv::Tag tag, uint8_t value) {
  tlv::Add(out, tag, ConstBytes(&value, 1));
}

}  // namespace

/// End of flight mode, or any other wish to have a usable profile. Answers its ICCID; nothing when
/// no profile is left.
Sw SelectAutomatically(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  const Result<uint8_t> before = session.profiles.active();
  const Result<uint8_t> after = session.profiles.AutoSelect(ProfileStore::Occasion::kFlightModeEnd);
  if (!after.ok() && after.error() != Error::kNotFound) {
    return apdu::ToSw(after.error());
  }
  if (before.ok() != after.ok() || (after.ok() && before.value() != after.value())) {
    AnnounceChange(session);
  }
  Record record;
  if (after.ok() && session.profiles.Get(after.value(), record) == Error::kOk) {
    tlv::Add(out, 0x5A, record.iccid);
  }
  return Sw::kOk;
}

Sw SetTerminalId(Session& session, const Command& command, Writer&) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (command.data.size() != profile::kTerminalIdBytes) {
    return Sw::kWrongLength;
  }
  const Result<bool> changed = session.profiles.SetTerminalId(command.data);
  if (!changed.ok()) {
    return apdu::ToSw(changed.error());
  }
  if (changed.value()) {
    AnnounceChange(session);
  }
  return Sw::kOk;
}

/// P1: 00 normal, 01 test-profile mode (I8).
Sw SetMode(Session& session, const Command& command, Writer&) {
  if (!InSession(session, profile::kIsdrKeyVersion)) {
    return Sw::kSecurityNotSatisfied;
  }
  if (command.p1 > 1 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  const bool was_enabled = session.profiles.active().ok();
  const Error error = session.profiles.SetMode(static_cast<profile::Mode>(command.p1));
  if (error != Error::kOk) {
    return apdu::ToSw(error);
  }
  if (was_enabled != session.profiles.active().ok()) {
    AnnounceChange(session);
  }
  return Sw::kOk;
}

Sw Manufacture(Session& session, const Command& command, Writer& out) {
  if (profile::Manufactured(session.store)) {
    return Sw::kConditionsNotSatisfied;
  }
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  const Error error = profile::Manufacture(session.store, session.keys, session.rng,
                                           session.platform.device.identity(), command.data, out);
  if (error == Error::kFormat) {
    return Sw::kWrongData;
  }
  return error == Error::kOk ? Sw::kOk : apdu::ToSw(error);
}

/// E3 { 5A ICCID, 80 reason } for every discarded profile.
Sw GetDiscarded(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  for (uint8_t slot = 0; slot < ProfileStore::kSlots; ++slot) {
    Record record;
    if (session.profiles.Get(slot, record) != Error::kOk ||
        record.state != profile::State::kDiscarded) {
      continue;
    }
    tlv::Group entry(out, 0xE3);
    tlv::Add(out, 0x5A, record.iccid);
    AddByte(out, 0x80, static_cast<uint8_t>(record.reason));
  }
  return Sw::kOk;
}

Sw GetCardData(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  const hal::Identity& identity = session.platform.device.identity();
  const profile::CardConfig config =
      profile::ReadCardConfig(session.store).ValueOr(profile::CardConfig{});
  uint8_t wrong = 0;
  (void)session.store.Read(CardKey(CardField::kAdminTries), 0, Bytes(&wrong, 1));
  tlv::Add(out, 0x80, identity.eid);
  AddByte(out, 0x81, profile::Manufactured(session.store));
  AddByte(out, 0x82, config.commercial);
  AddByte(out, 0x83, static_cast<uint8_t>(session.profiles.mode()));
  AddRecord(session, CardField::kTerminalId, profile::kTerminalIdBytes, 0x84, out);
  AddRecord(session, CardField::kCardSignPublic, 65, 0x85, out);
  AddRecord(session, CardField::kCardAgreePublic, 65, 0x86, out);
  AddByte(
      out, 0x87,
      wrong < config.admin_tries ? static_cast<uint8_t>(config.admin_tries - wrong) : uint8_t{0});
  tlv::Add(out, 0x88, identity.batch);
  return Sw::kOk;
}

}  // namespace simurgh::apps::isdr
