// What applications order, and what the engine keeps for them: menu, events, timers.
#include <algorithm>

#include "base/check.h"
#include "base/tlv.h"
#include "firmware/cat/proactive.h"
#include "firmware/config.h"

namespace simurgh::cat {
namespace {

bool NeedsFiles(RefreshMode mode) {
  return mode == RefreshMode::kFileChange || mode == RefreshMode::kInitAndFileChange;
}

/// Objects of a command, written on the stack of the order.
struct Note {
  std::array<uint8_t, Proactive::kNotes> bytes;
  Writer out{bytes};
  Composer objects{out, false};
};

Error QueueNote(Proactive& engine, const Proactive::Order& order, const Note& note) {
  return note.out.overflow() ? Error::kRange : engine.Queue(order, note.out.written());
}

}  // namespace

Error Proactive::Refresh(RefreshMode mode, ConstBytes files, uint8_t count, ConstBytes aid) {
  if (NeedsFiles(mode) != (!files.empty() && count != 0)) {
    return Error::kFormat;
  }
  Note note;
  if (!files.empty()) {
    tlv::AddHeader(note.out, static_cast<uint8_t>(Tag::kFileList) | 0x80u, 1 + files.size());
    note.out.Add8(count);
    note.out.Add(files);
  }
  if (!aid.empty()) {
    note.objects.Add(Tag::kAid, aid);
  }
  return QueueNote(*this, {Type::kRefresh, static_cast<uint8_t>(mode)}, note);
}

Error Proactive::Provide(LocalInformation what, const Client& client, uint16_t token) {
  return Queue({Type::kProvideLocalInformation, static_cast<uint8_t>(what), &client, token}, {});
}

Error Proactive::Poll(uint16_t seconds, const Client* client) {
  constexpr uint8_t kMinutes = 0x00;  // time units: 8.8
  constexpr uint8_t kSeconds = 0x01;
  if (seconds == 0 || seconds > 255 * 60) {
    return Error::kRange;
  }
  const bool short_one = seconds <= 255;
  const uint8_t duration[] = {short_one ? kSeconds : kMinutes,
                              static_cast<uint8_t>(short_one ? seconds : (seconds + 59) / 60)};
  Note note;
  note.objects.Add(Tag::kDuration, duration);
  return QueueNote(*this, {Type::kPollInterval, 0, client}, note);
}

Error Proactive::AskUser(Session& session, const Client& client, uint16_t token) {
  const Error asked = Queue(session, {Type::kGetInkey, kYesNo, &client, token});
  if (asked != Error::kUnsupported) {
    return asked;
  }
  return Queue(session, {Type::kDisplayText, kHighPriority | kWaitForUser, &client, token});
}

bool Proactive::Agreed(const Request& request, const Outcome& outcome) {
  if (outcome.ending != Ending::kDone) {
    return false;
  }
  constexpr uint8_t kYes[] = {0x04, 0x01};  // GET INKEY (6.4.2): 01 yes, 00 no
  return request.type == Type::kDisplayText || Equal(outcome.answer, kYes);
}

// ---- Timers

Result<uint8_t> Proactive::StartTimer(uint32_t seconds, const Client& client) {
  const auto free = std::find(timers_.begin(), timers_.end(), nullptr);
  if (free == timers_.end()) {
    return Error::kFull;
  }
  const uint8_t timer = static_cast<uint8_t>(free - timers_.begin() + 1);
  uint8_t value[3];
  TRY(WriteTimerValue(seconds, value));
  Note note;
  note.objects.Add(Tag::kTimerId, ConstBytes(&timer, 1));
  note.objects.Add(Tag::kTimerValue, value);
  TRY(QueueNote(*this, {Type::kTimerManagement, kTimerStart, &client, timer}, note));
  *free = &client;
  return timer;
}

Error Proactive::AskTimer(uint8_t timer, uint8_t what, const Client& client) {
  if (timer == 0 || timer > kTimers || timers_[timer - 1] != &client) {
    return Error::kNotFound;
  }
  Note note;
  note.objects.Add(Tag::kTimerId, ConstBytes(&timer, 1));
  return QueueNote(*this, {Type::kTimerManagement, what, &client, timer}, note);
}

/// A timer is free again when it was stopped, and when it could not be started.
void Proactive::NoteTimer(ConstBytes note, const Request& request, const Outcome& outcome) {
  if (request.type != Type::kTimerManagement) {
    return;
  }
  const Result<ConstBytes> id = FindObject(note, Tag::kTimerId);
  const bool done = outcome.ending == Ending::kDone || outcome.ending == Ending::kIncomplete;
  const bool stopped = request.qualifier == kTimerStop && done;
  const bool not_started = request.qualifier == kTimerStart && !done;
  if (id.ok() && (stopped || not_started)) {
    timers_[id.value()[0] - 1] = nullptr;
  }
}

// ---- Menu and events

Error Proactive::ListenTo(Session& session, const Client& client, uint32_t events) {
  events_[IndexOf(client)] = static_cast<uint16_t>(events);
  return Queue(session, {Type::kSetUpEventList});
}

bool Proactive::HasMenu(Session& session) const {
  std::array<uint8_t, kMaxCommand> room;
  Writer out(room);
  Composer items(out, false);
  for (const Client* client : clients_) {
    if (client->menu != nullptr) {
      client->menu(session, items);
    }
  }
  return items.items() != 0;
}

Error Proactive::MenuChanged(Session& session) {
  return menu_shown_ || HasMenu(session) ? Queue(session, {Type::kSetUpMenu}) : Error::kOk;
}

/// What the engine says itself, else what the client says.
Error Proactive::ComposeObjects(Session& session, const Request& request, Composer& composer) {
  if (request.type == Type::kSetUpEventList) {
    uint32_t wanted = 0;
    for (const uint16_t events : events_) {
      wanted |= events;
    }
    const uint32_t known = KnownEvents(profile(), wanted);
    StaticVector<uint8_t, kEvents> list;
    for (uint8_t i = 0; i < kEvents; ++i) {
      if ((known >> i & 1) != 0) {
        CHECK(list.Add(i));
      }
    }
    composer.Add(Tag::kEventList, list.view());  // 6.4.16: an empty one ends all
    return Error::kOk;
  }
  if (request.type == Type::kSetUpMenu) {
    composer.Alpha(ConstBytes(config::kMenuTitle));
    for (size_t i = 0; i < clients_.size(); ++i) {
      composer.set_item_base(static_cast<uint8_t>(i * kMenuItemsEach));
      if (clients_[i]->menu != nullptr) {
        clients_[i]->menu(session, composer);
      }
    }
    if (composer.items() == 0) {
      composer.Add(Tag::kItem, {});  // 6.6.7: an empty item removes the menu
    }
    return Error::kOk;
  }
  const Client* client = request.client;
  return client == nullptr || client->compose == nullptr
             ? Error::kOk
             : client->compose(session, request, composer);
}

// ---- Suspension

namespace {

constexpr uint8_t kNobody = 0xFF;
constexpr size_t kFixedState =
    2 + 2 * Proactive::kMaxClients + Proactive::kTimers;  // the terminal profile follows

}  // namespace

void Proactive::Save(Writer& out) const {
  out.Add8(next_number_);
  out.Add8(menu_shown_ ? 1 : 0);
  for (const uint16_t events : events_) {
    out.Add16(events);
  }
  for (const Client* owner : timers_) {
    out.Add8(owner == nullptr ? kNobody : static_cast<uint8_t>(IndexOf(*owner)));
  }
  out.Add(profile());
}

Error Proactive::Restore(ConstBytes state) {
  if (state.size() < kFixedState || state.size() > kFixedState + profile_.size() ||
      state[0] == 0 || state[0] == 0xFF || state[1] > 1) {
    return Error::kCorrupt;
  }
  const ConstBytes owners = state.subspan(2 + 2 * kMaxClients, kTimers);
  for (const uint8_t owner : owners) {
    if (owner != kNobody && owner >= clients_.size()) {
      return Error::kCorrupt;
    }
  }
  Reset();
  next_number_ = state[0];
  menu_shown_ = state[1] != 0;
  for (size_t i = 0; i < kMaxClients; ++i) {
    events_[i] = Get16(state, 2 + 2 * i);
  }
  for (size_t i = 0; i < kTimers; ++i) {
    timers_[i] = owners[i] == kNobody ? nullptr : clients_[owners[i]];
  }
  profile_size_ = static_cast<uint8_t>(state.size() - kFixedState);
  Copy(profile_, state.subspan(kFixedState));
  return Error::kOk;
}

}  // namespace simurgh::cat
