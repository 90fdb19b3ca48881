#include "firmware/apps/isdr/isdr.h"

#include "base/tlv.h"
#include "crypto/scp03.h"
#include "firmware/apps/isdr/handlers.h"
#include "firmware/profile/card_data.h"

namespace simurgh::apps {

namespace isdr {

using apdu::Case;
using apdu::Class;
using apdu::Command;
using apdu::Effect;
using apdu::Entry;
using apdu::Sw;

namespace {

constexpr uint8_t kAid[] = {0xA0, 0x00, 0x00, 0x05, 0x59, 0x10, 0x10, 0xFF,
                            0xFF, 0xFF, 0xFF, 0x89, 0x00, 0x00, 0x01, 0x00};
constexpr uint8_t kSvn[] = {2, 2, 2};  // SGP.22 version supported

// Rows marked kReads that write do so in transactions of their own: images.cc, gp/.
constexpr Entry kTable[] = {
    {Class::kEts, 0x30, Case::k2, Effect::kReads, GetImageStatus},          // image.md
    {Class::kEts, 0x32, Case::kAny, Effect::kReads, BeginImage},            // image.md
    {Class::kEts, 0x34, Case::k3, Effect::kStreams, ImageData},             // image.md
    {Class::kEts, 0x36, Case::kAny, Effect::kReads, InstallImage},          // image.md
    {Class::kEts, 0x38, Case::kAny, Effect::kWrites, SelectAutomatically},  // isdr.md
    {Class::kEts, 0x3A, Case::k3, Effect::kWrites, SetTerminalId},          // isdr.md
    {Class::kEts, 0x3C, Case::kAny, Effect::kWrites, SetMode},              // isdr.md
    {Class::kEts, 0x3E, Case::kAny, Effect::kWrites, Manufacture},          // manufacture.md
    {Class::kEts, 0x44, Case::k2, Effect::kReads, GetDiscarded},            // isdr.md
    {Class::kEts, 0x46, Case::k2, Effect::kReads, GetCardData},             // manufacture.md
    {Class::kEts, 0x48, Case::kAny, Effect::kReads, AbortImage},            // image.md
    {Class::kEts, 0x50, Case::kAny, Effect::kReads, InitializeUpdate},      // GP Amendment D 7.1.1
    {Class::kEts, 0x82, Case::kAny, Effect::kReads, ExternalAuthenticate},  // GP Amendment D 7.1.2
    {Class::kEts, 0xE2, Case::kAny, Effect::kWrites, StoreData},            // SGP.22 5.7.2
};
static_assert(apdu::StrictlyAscending(kTable));

/// FCI with the ISD-R's proprietary template (SGP.22 5.7.1).
Sw Select(Session& session, const Command&, Writer& out) {
  session.assembly = Assembly{};
  constexpr uint8_t kMaximumLength[] = {0xFF};
  {
    tlv::Group fci(out, 0x6F);
    tlv::Add(out, 0x84, kAid);
    {
      tlv::Group proprietary(out, 0xA5);
      tlv::Add(out, 0x9F65, kMaximumLength);
    }
    tlv::Group isdr(out, 0xE0);
    tlv::Add(out, 0x82, kSvn);
  }
  return Sw::kOk;
}

void Deselect(Session& session) {
  session.assembly = Assembly{};
  session.secure.CloseOn(session.channel.number);
}

gp::KeySet SetOf(uint8_t version, profile::CardSlot slot) {
  return {version, profile::CardKeyId(slot, 0), profile::CardKeyId(slot, 1),
          profile::CardKeyId(slot, 2), gp::CardCounter(static_cast<uint16_t>(slot))};
}

}  // namespace

Sw InitializeUpdate(Session& session, const Command& command, Writer& out) {
  const gp::KeySet set = command.p1 == profile::kLoaderKeyVersion
                             ? SetOf(profile::kLoaderKeyVersion, profile::CardSlot::kLoaderSet)
                             : SetOf(profile::kIsdrKeyVersion, profile::CardSlot::kIsdrSet);
  return session.secure.InitializeUpdate(session.store, session.keys, set, kAid, command, out);
}

Sw ExternalAuthenticate(Session& session, const Command& command, Writer&) {
  return session.secure.ExternalAuthenticate(command);
}

bool InSession(const Session& session, uint8_t key_version) {
  return session.secure.active_on(session.channel.number) &&
         session.secure.key_version() == key_version &&
         (session.secure.level() & crypto::Scp03::kCMac) != 0;
}

void AnnounceChange(Session& session) {
  (void)session.proactive.Refresh(cat::RefreshMode::kUiccReset);
}

}  // namespace isdr

const apdu::App kIsdr = {isdr::kAid, isdr::kTable, isdr::Select, isdr::Deselect};

}  // namespace simurgh::apps
