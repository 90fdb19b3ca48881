// The profile menu: what users of a phone without a profile assistant have. Off unless the card was
// manufactured with it (docs/formats/manufacture.md, docs/formats/toolkit.md).
#include "firmware/apps/isdr/handlers.h"
#include "firmware/apps/isdr/isdr.h"
#include "firmware/profile/manufacture.h"

namespace simurgh::apps {
namespace isdr {
namespace {

using apdu::Sw;
using cat::Composer;
using cat::Ending;
using cat::Heard;
using cat::Outcome;
using cat::Request;
using cat::Type;
using profile::ProfileStore;
using profile::Record;

constexpr uint8_t kProfilesItem = 1;
constexpr uint8_t kCardItem = 2;

/// What a command of the menu is about: Request::token, with the slot in its low byte.
enum Step : uint16_t {
  kPick = 0x0000,
  kAsk = 0x0100,
  kInUse = 0x0200,
  kNotPossible = 0x0300,
  kNoProfiles = 0x0400,
  kCard = 0x0500,
};
constexpr uint16_t kStepMask = 0xFF00;
constexpr uint8_t SlotOf(const Request& request) { return static_cast<uint8_t>(request.token); }

/// A sentence on the stack: names are at most 64 bytes.
struct Sentence {
  std::array<uint8_t, 96> bytes;
  Writer out{bytes};
};

void AddDigits(Writer& out, ConstBytes bytes, bool swapped) {
  for (const uint8_t byte : bytes) {
    const uint8_t digits[] = {static_cast<uint8_t>(byte >> 4), static_cast<uint8_t>(byte & 0x0F)};
    for (const size_t i : {swapped ? 1u : 0u, swapped ? 0u : 1u}) {
      if (digits[i] <= 9) {  // F fills up
        out.Add8(static_cast<uint8_t>('0' + digits[i]));
      }
    }
  }
}

/// Nickname, else the profile's name, else its ICCID.
void AddName(Writer& out, const Record& record) {
  const ConstBytes name = record.nickname.size != 0 ? record.nickname.view() : record.name.view();
  out.Add(name);
  if (name.empty()) {
    AddDigits(out, record.iccid, true);
  }
}

bool Usable(Session& session, uint8_t slot, Record& record) {
  return session.profiles.Get(slot, record) == Error::kOk &&
         record.state != profile::State::kDiscarded;
}

void ComposeList(Session& session, Composer& composer) {
  constexpr size_t kNameBytes = 24;  // 8 of them and the title fit one command
  composer.Alpha(cat::Ascii("Profiles"));
  for (uint8_t slot = 0; slot < ProfileStore::kSlots; ++slot) {
    Record record;
    if (!Usable(session, slot, record)) {
      continue;
    }
    Sentence s;
    if (record.state == profile::State::kEnabled) {
      s.out.Add(cat::Ascii("* "));
    }
    AddName(s.out, record);
    composer.Item(static_cast<uint8_t>(slot + 1), s.out.written(), kNameBytes);
  }
}

Error Compose(Session& session, const Request& request, Composer& composer) {
  const uint16_t step = request.token & kStepMask;
  if (step == kPick) {
    ComposeList(session, composer);
    return Error::kOk;
  }
  Sentence s;
  Record record;
  if (step == kAsk || step == kInUse) {
    TRY(session.profiles.Get(SlotOf(request), record));
  }
  switch (step) {
    case kAsk:
      s.out.Add(cat::Ascii("Use "));
      AddName(s.out, record);
      s.out.Add8('?');
      break;
    case kInUse:
      AddName(s.out, record);
      s.out.Add(cat::Ascii(" is in use"));
      break;
    case kNotPossible:
      s.out.Add(cat::Ascii("This profile cannot be used"));
      break;
    case kNoProfiles:
      s.out.Add(cat::Ascii("No profile is installed"));
      break;
    default:
      s.out.Add(cat::Ascii("EID "));
      AddDigits(s.out, session.platform.device.identity().eid, false);
      break;
  }
  composer.Text(s.out.written());
  return Error::kOk;
}

Error Show(Session& session, uint16_t step, uint8_t slot = 0) {
  return session.proactive.Queue(session,
                                 {Type::kDisplayText, cat::kHighPriority | cat::kWaitForUser,
                                  &kProfileMenu, static_cast<uint16_t>(step | slot)});
}

Error Picked(Session& session, uint8_t slot) {
  Record record;
  if (slot >= ProfileStore::kSlots || !Usable(session, slot, record)) {
    return Show(session, kNotPossible);
  }
  if (record.state == profile::State::kEnabled) {
    return Show(session, kInUse, slot);
  }
  return session.proactive.AskUser(session, kProfileMenu, static_cast<uint16_t>(kAsk | slot));
}

/// As EnableProfile of ES10c with the refresh flag: what that refuses is refused here.
Error Use(Session& session, uint8_t slot) {
  const Error error = session.profiles.Enable(slot);
  switch (error) {
    case Error::kOk:
      AnnounceChange(session);
      return Error::kOk;
    case Error::kNotFound:
    case Error::kState:
    case Error::kAccess:
    case Error::kAuth:
      return Show(session, kNotPossible);
    default:
      return error;
  }
}

Error Ended(Session& session, const Request& request, const Outcome& outcome) {
  if (request.type == Type::kSelectItem && outcome.ending == Ending::kDone) {
    return Picked(session, static_cast<uint8_t>(outcome.answer[0] - 1));
  }
  const bool asked = (request.token & kStepMask) == kAsk;
  return asked && cat::Proactive::Agreed(request, outcome) ? Use(session, SlotOf(request))
                                                           : Error::kOk;
}

bool Wanted(Session& session) {
  return profile::ReadCardConfig(session.store).ValueOr(profile::CardConfig{}).profile_menu;
}

void AddItems(Session& session, Composer& composer) {
  if (Wanted(session)) {
    composer.Item(kProfilesItem, cat::Ascii("Profiles"));
    composer.Item(kCardItem, cat::Ascii("Card information"));
  }
}

bool AnyProfile(Session& session) {
  Record record;
  for (uint8_t slot = 0; slot < ProfileStore::kSlots; ++slot) {
    if (Usable(session, slot, record)) {
      return true;
    }
  }
  return false;
}

Error Chosen(Session& session, uint8_t item) {
  if (item == kCardItem) {
    return Show(session, kCard);
  }
  if (!AnyProfile(session)) {
    return Show(session, kNoProfiles);
  }
  return session.proactive.Queue(session, {Type::kSelectItem, 0, &kProfileMenu, kPick});
}

Sw Hear(Session& session, const Heard& heard, Writer&) {
  if (heard.kind != Heard::Kind::kMenu) {
    return Sw::kFunctionNotSupported;
  }
  if (heard.id != kProfilesItem && heard.id != kCardItem) {
    return Sw::kWrongData;
  }
  const Error error = Chosen(session, heard.id);
  if (error == Error::kFull) {
    return Sw::kToolkitBusy;
  }
  return error == Error::kOk || error == Error::kUnsupported ? Sw::kOk : apdu::ToSw(error);
}

}  // namespace
}  // namespace isdr

const cat::Client kProfileMenu = {.compose = isdr::Compose,
                                  .ended = isdr::Ended,
                                  .menu = isdr::AddItems,
                                  .heard = isdr::Hear};

}  // namespace simurgh::apps
