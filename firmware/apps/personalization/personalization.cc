#include "firmware/apps/personalization/personalization.h"

#include "base/tlv.h"
#include "crypto/scp03.h"
#include "firmware/apps/session.h"
#include "firmware/keys/aka.h"
#include "firmware/profile/card_data.h"
#include "firmware/profile/manufacture.h"
#include "firmware/profile/subscription.h"

namespace simurgh::apps {

namespace {

using apdu::Case;
using apdu::Class;
using apdu::Command;
using apdu::Effect;
using apdu::Sw;
using profile::CardField;
using profile::CardKey;
using profile::CardSlot;

constexpr uint8_t kAid[] = {0xF0, 'S', 'I', 'M', 'U', 'R', 'G', 'H', 'P', 'A'};

constexpr uint8_t kChangeSubscription = 0x01;
constexpr size_t kMaxAdminCode = 16;

/// The message (P4). Views into the command, which is all there is of it: nothing is stored.
struct Message {
  ConstBytes admin_code;
  ConstBytes imsi;
  ConstBytes k;
  ConstBytes opc;         ///< empty: stays as it is
  uint8_t algorithm = 0;  ///< 0: stays as it is
};

/// EF.IMSI (TS 31.102 4.2.2): length, then digits in swapped nibbles behind a type nibble, x001.
bool SoundImsi(ConstBytes imsi) {
  return imsi.size() == profile::kImsiBytes && imsi[0] >= 1 && imsi[0] <= 8 &&
         (imsi[1] & 0x07) == 0x01;
}

/// K, OPc or TOPc by its size. Which one the algorithm has, Aka knows.
bool SoundKey(ConstBytes key) { return key.size() == 16 || key.size() == 32; }

/// The next object of `reader` when it has `tag`; kNotFound and nothing consumed otherwise.
Result<ConstBytes> Take(tlv::Reader& reader, tlv::Tag tag) {
  tlv::Reader ahead = reader;
  const tlv::Object o = TRY(ahead.Next());
  if (o.tag != tag) {
    return Error::kNotFound;
  }
  reader = ahead;
  return o.value;
}

/// @error kFormat: anything but the objects of personalization.md in their order.
Result<Message> ReadMessage(ConstBytes data) {
  Message m;
  tlv::Reader reader(data);
  const Result<ConstBytes> command = Take(reader, 0x80);
  const Result<ConstBytes> code = Take(reader, 0x81);
  const Result<ConstBytes> imsi = Take(reader, 0x82);
  const Result<ConstBytes> k = Take(reader, 0x83);
  if (!command.ok() || !code.ok() || !imsi.ok() || !k.ok()) {
    return Error::kFormat;
  }
  const ConstBytes kind = command.value();
  m.admin_code = code.value();
  m.imsi = imsi.value();
  m.k = k.value();
  if (kind.size() != 1 || kind[0] != kChangeSubscription || m.admin_code.empty() ||
      m.admin_code.size() > kMaxAdminCode || !SoundImsi(m.imsi) || !SoundKey(m.k)) {
    return Error::kFormat;
  }
  if (!reader.done()) {
    m.opc = Take(reader, 0x84).ValueOr(ConstBytes{});
  }
  if (!reader.done()) {
    const ConstBytes algorithm = Take(reader, 0x85).ValueOr(ConstBytes{});
    m.algorithm = algorithm.size() == 1 ? algorithm[0] : uint8_t{0xFF};
  }
  if (!reader.done() || (!m.opc.empty() && !SoundKey(m.opc))) {
    return Error::kFormat;
  }
  return m;
}

bool InSession(const Session& session) {
  constexpr uint8_t kNeeded = crypto::Scp03::kCMac | crypto::Scp03::kCEnc;
  return session.secure.active_on(session.channel.number) &&
         session.secure.key_version() == profile::kPersonalizationKeyVersion &&
         (session.secure.level() & kNeeded) == kNeeded;
}

/// Wrong codes in a row. @error kCorrupt.
Result<uint8_t> WrongCodes(store::Store& store) {
  uint8_t wrong = 0;
  const Result<size_t> size = store.Read(CardKey(CardField::kAdminTries), 0, Bytes(&wrong, 1));
  if (!size.ok()) {
    return size.error() == Error::kNotFound ? Result<uint8_t>(uint8_t{0}) : size.error();
  }
  return size.value() == 1 ? Result<uint8_t>(wrong) : Error::kCorrupt;
}

/// Durable before it returns, and read back: what cannot be written was not spent.
Error NoteWrongCodes(store::Store& store, uint8_t wrong) {
  TRY(store.PutNow(CardKey(CardField::kAdminTries), ConstBytes(&wrong, 1)));
  return TRY(WrongCodes(store)) == wrong ? Error::kOk : Error::kHardware;
}

/// Count, then compare. kOk, 63CX, 6983, or what went wrong.
Sw CheckAdminCode(Session& session, ConstBytes code) {
  const Result<profile::CardConfig> config = profile::ReadCardConfig(session.store);
  const Result<uint8_t> wrong = WrongCodes(session.store);
  if (!config.ok() || !wrong.ok()) {
    return Sw::kConditionsNotSatisfied;
  }
  const uint8_t limit = config.value().admin_tries;
  if (wrong.value() >= limit) {
    return Sw::kBlocked;
  }
  const uint8_t spent = static_cast<uint8_t>(wrong.value() + 1);
  if (NoteWrongCodes(session.store, spent) != Error::kOk) {
    return Sw::kMemoryProblem;
  }
  const Verdict verdict = session.keys.Matches(profile::CardKeyId(CardSlot::kAdminCode),
                                               keys::Purpose::kAdminCode, code);
  if (!Accepted(verdict)) {
    return apdu::WithCount(Sw::kTriesLeft, static_cast<uint8_t>(limit - spent));
  }
  return NoteWrongCodes(session.store, 0) == Error::kOk ? Sw::kOk : Sw::kMemoryProblem;
}

/// IMSI, key with its sequence numbers, and binding: within the command's transaction.
Error Replace(Session& session, uint8_t slot, const Message& m) {
  const uint16_t space = static_cast<uint16_t>(slot + 1);
  const fs::File usim = TRY(profile::FindUsim(session.files, space));
  const fs::File imsi = TRY(profile::FindImsi(session.files, space));
  keys::Aka aka(session.store, session.keys);
  if (m.algorithm != 0 &&
      m.algorithm != static_cast<uint8_t>(TRY(aka.Algorithm(space, usim.object)))) {
    return Error::kFormat;
  }
  TRY(session.files.Write(imsi, 0, m.imsi));
  TRY(aka.ReplaceKey(space, usim.object, m.k, m.opc));
  return session.profiles.Rebind(slot);
}

/// What a profile without subscription answers, before any try is spent.
bool HasSubscription(Session& session, uint8_t slot) {
  const uint16_t space = static_cast<uint16_t>(slot + 1);
  const Result<fs::File> usim = profile::FindUsim(session.files, space);
  keys::Aka aka(session.store, session.keys);
  return usim.ok() && profile::FindImsi(session.files, space).ok() &&
         aka.Has(space, usim.value().object);
}

Sw Personalize(Session& session, const Command& command, Writer&) {
  if (!InSession(session)) {
    return Sw::kSecurityNotSatisfied;
  }
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  const Result<Message> message = ReadMessage(command.data);
  if (!message.ok()) {
    return Sw::kWrongData;
  }
  const Result<uint8_t> slot = session.profiles.active();
  if (!slot.ok() || !HasSubscription(session, slot.value())) {
    return Sw::kConditionsNotSatisfied;
  }
  const Sw allowed = CheckAdminCode(session, message.value().admin_code);
  if (allowed != Sw::kOk) {
    return allowed;
  }
  const Error error = Replace(session, slot.value(), message.value());
  if (error != Error::kOk) {
    return error == Error::kFormat ? Sw::kWrongData : apdu::ToSw(error);
  }
  // A full queue already holds a REFRESH.
  (void)session.proactive.Refresh(cat::RefreshMode::kUiccReset);
  return Sw::kOk;
}

Sw GetStatus(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  const Result<profile::CardConfig> config = profile::ReadCardConfig(session.store);
  const Result<uint8_t> wrong = WrongCodes(session.store);
  if (!config.ok() || !wrong.ok()) {
    return Sw::kConditionsNotSatisfied;
  }
  const uint8_t limit = config.value().admin_tries;
  const uint8_t left = wrong.value() < limit ? static_cast<uint8_t>(limit - wrong.value()) : 0;
  tlv::Add(out, 0x80, ConstBytes(&left, 1));
  tlv::Add(out, 0x81, ConstBytes(&limit, 1));
  return Sw::kOk;
}

Sw InitializeUpdate(Session& session, const Command& command, Writer& out) {
  constexpr CardSlot kSet = CardSlot::kPersonalizationSet;
  const gp::KeySet set = {profile::kPersonalizationKeyVersion, profile::CardKeyId(kSet, 0),
                          profile::CardKeyId(kSet, 1), profile::CardKeyId(kSet, 2),
                          gp::CardCounter(static_cast<uint16_t>(kSet))};
  return session.secure.InitializeUpdate(session.store, session.keys, set, kAid, command, out);
}

Sw ExternalAuthenticate(Session& session, const Command& command, Writer&) {
  return session.secure.ExternalAuthenticate(command);
}

constexpr apdu::Entry kTable[] = {
    {Class::kEts, 0x40, Case::k3, Effect::kWrites, Personalize},            // personalization.md
    {Class::kEts, 0x42, Case::k2, Effect::kReads, GetStatus},               // personalization.md
    {Class::kEts, 0x50, Case::kAny, Effect::kReads, InitializeUpdate},      // GP Amendment D 7.1.1
    {Class::kEts, 0x82, Case::kAny, Effect::kReads, ExternalAuthenticate},  // GP Amendment D 7.1.2
};
static_assert(apdu::StrictlyAscending(kTable));

Sw Select(Session&, const Command&, Writer& out) {
  tlv::Group fci(out, 0x6F);
  tlv::Add(out, 0x84, kAid);
  return Sw::kOk;
}

void Deselect(Session& session) { session.secure.CloseOn(session.channel.number); }

}  // namespace

const apdu::App kPersonalization = {kAid, kTable, Select, Deselect};

}  // namespace simurgh::apps
