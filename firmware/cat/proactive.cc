// The queue: what waits, what is under way, what was answered.
#include "firmware/cat/proactive.h"

#include <algorithm>

#include "base/check.h"
#include "base/tlv.h"
#include "firmware/config.h"

namespace simurgh::cat {

using apdu::Command;
using apdu::Sw;

namespace {

constexpr tlv::Tag kProactiveCommand = 0xD0;
constexpr uint8_t kLastNumber = 0xFE;  // command numbers 01..FE (TS 102 223 8.6)
constexpr uint8_t kPerformed = 0x10;   // general results below: 8.12
constexpr uint8_t kTemporary = 0x20;
constexpr uint8_t kPermanent = 0x30;
constexpr uint8_t kTerminalBusy = 0x20;
constexpr uint8_t kNetworkBusy = 0x21;

// The one use of each object that a TERMINAL RESPONSE must have.
struct Response {
  ConstBytes details;
  ConstBytes result;
};

/// @error kFormat: broken, or without details (3 bytes) or result (1 or more), or from elsewhere
///        than the terminal.
Result<Response> ReadResponse(ConstBytes data) {
  TRY(CheckObjects(data));
  Response out;
  out.details = FindObject(data, Tag::kCommandDetails).ValueOr(ConstBytes{});
  out.result = FindObject(data, Tag::kResult).ValueOr(ConstBytes{});
  constexpr uint8_t kFromTerminal[] = {static_cast<uint8_t>(Device::kTerminal),
                                       static_cast<uint8_t>(Device::kUicc)};
  const Result<ConstBytes> devices = FindObject(data, Tag::kDeviceIdentities);
  if (out.details.size() != 3 || out.result.empty() ||
      (devices.ok() && !Equal(devices.value(), kFromTerminal))) {
    return Error::kFormat;
  }
  return out;
}

Ending EndingOf(uint8_t result) {
  if (result < kPerformed) {
    return Ending::kDone;
  }
  if (result >= kPermanent) {
    return Ending::kRefused;
  }
  if (result >= kTemporary) {
    return Ending::kLater;
  }
  constexpr Ending kByUser[] = {Ending::kEndedByUser, Ending::kBack, Ending::kNoResponse};
  const size_t which = result - kPerformed;
  return which < std::size(kByUser) ? kByUser[which] : Ending::kHelp;
}

Outcome OutcomeOf(const CommandRow& row, const Response& response, ConstBytes data) {
  Outcome outcome;
  outcome.result = response.result[0];
  outcome.info = response.result.subspan(1);
  outcome.ending = EndingOf(outcome.result);
  outcome.objects = data;
  if (outcome.ending != Ending::kDone || row.answer == Tag::kOther) {
    return outcome;
  }
  const Result<ConstBytes> answer = FindObject(data, row.answer);
  if (!answer.ok() || answer.value().size() < row.answer_low ||
      answer.value().size() > row.answer_high) {
    outcome.ending = Ending::kIncomplete;
    return outcome;
  }
  outcome.answer = answer.value();
  return outcome;
}

bool HasRequired(const CommandRow& row, ConstBytes objects) {
  return std::all_of(std::begin(row.required), std::end(row.required), [&](Tag tag) {
    return tag == Tag::kOther || FindObject(objects, tag).ok();
  });
}

}  // namespace

Proactive::Proactive(std::span<const Client* const> clients) : clients_(clients) {
  CHECK(clients.size() <= kMaxClients);
}

size_t Proactive::IndexOf(const Client& client) const {
  size_t i = 0;
  while (i < clients_.size() && clients_[i] != &client) {
    ++i;
  }
  CHECK(i < clients_.size());
  return i;
}

// ---- Into the queue

Error Proactive::Queue(const Order& order, ConstBytes objects) {
  return Enqueue(nullptr, order, objects);
}

Error Proactive::Queue(Session& session, const Order& order) {
  return Enqueue(&session, order, {});
}

/// The same command among those not fetched yet; queue_.size() when there is none.
size_t Proactive::Find(const Order& order, ConstBytes objects) const {
  size_t i = fetched_ ? 1 : 0;
  for (; i < queue_.size(); ++i) {
    const Request& r = queue_[i];
    if (r.type == order.type && r.qualifier == order.qualifier && r.client == order.client &&
        r.token == order.token && Equal(NoteOf(i), objects)) {
      break;
    }
  }
  return i;
}

Error Proactive::Enqueue(Session* session, const Order& order, ConstBytes objects) {
  if (RowFor(order.type, order.qualifier) == nullptr) {
    return Error::kFormat;
  }
  if (has_profile() && !Supports(order.type, order.qualifier)) {
    return Error::kUnsupported;
  }
  const size_t same = Find(order, objects);
  if (same == queue_.size() && queue_.full()) {
    return Error::kFull;
  }
  Request request;
  request.type = order.type;
  request.qualifier = order.qualifier;
  request.number = next_number_;
  request.client = order.client;
  request.token = order.token;
  request.composed = session != nullptr;
  std::array<uint8_t, kMaxCommand> whole;
  Writer out(whole);
  TRY(Compose(session, request, objects, out));
  if (same != queue_.size()) {
    queue_[same].size = static_cast<uint8_t>(out.size());  // what it says may be new
    return Error::kOk;
  }
  if (objects.size() > kNotes - notes_size_) {
    return Error::kFull;
  }
  request.size = static_cast<uint8_t>(out.size());
  request.note_size = static_cast<uint8_t>(objects.size());
  Copy(Bytes(notes_).subspan(notes_size_), objects);
  notes_size_ += objects.size();
  CHECK(queue_.Add(request));
  next_number_ = next_number_ == kLastNumber ? 1 : static_cast<uint8_t>(next_number_ + 1);
  return Error::kOk;
}

/// The whole command: D0 { details, device identities, objects } (6.6). The objects are those given
/// when it was queued, or what the engine (menu, events) or the client says now.
/// @error kRange, kFormat: an object that the command must have is missing; what the client says.
Error Proactive::Compose(Session* session, const Request& request, ConstBytes objects,
                         Writer& out) {
  const CommandRow& row = *RowFor(request.type, request.qualifier);
  size_t start = 0;
  {
    tlv::Group command(out, kProactiveCommand);
    Composer composer(out, ProfileHas(profile(), 2, 0x40));
    const uint8_t details[] = {request.number, static_cast<uint8_t>(request.type),
                               request.qualifier};
    const uint8_t devices[] = {static_cast<uint8_t>(Device::kUicc), static_cast<uint8_t>(row.to)};
    composer.Add(Tag::kCommandDetails, details);
    composer.Add(Tag::kDeviceIdentities, devices);
    start = out.size();
    out.Add(objects);
    if (request.composed) {
      CHECK(session != nullptr);
      TRY(ComposeObjects(*session, request, composer));
    }
    if (!HasRequired(row, out.written().subspan(start))) {
      return out.overflow() ? Error::kRange : Error::kFormat;
    }
  }
  return out.overflow() ? Error::kRange : Error::kOk;
}

ConstBytes Proactive::NoteOf(size_t index) const {
  size_t at = 0;
  for (size_t i = 0; i < index; ++i) {
    at += queue_[i].note_size;
  }
  return ConstBytes(notes_).subspan(at, queue_[index].note_size);
}

// ---- Out of the queue

void Proactive::RemoveAt(size_t index) {
  const ConstBytes note = NoteOf(index);
  const size_t at = static_cast<size_t>(note.data() - notes_.data());
  const size_t behind = notes_size_ - at - note.size();
  Copy(Bytes(notes_).subspan(at), ConstBytes(notes_).subspan(at + note.size(), behind));
  notes_size_ -= note.size();
  queue_.RemoveAt(index);
}

/// The next command that may be sent; queue_.size() when there is none.
size_t Proactive::NextIndex() const {
  size_t i = 0;
  while (i < queue_.size() && queue_[i].held) {
    ++i;
  }
  return i;
}

void Proactive::BringToFront(size_t index) {
  if (index == 0) {
    return;
  }
  const Request request = queue_[index];
  const ConstBytes note = NoteOf(index);
  const auto from = notes_.begin() + (note.data() - notes_.data());
  std::rotate(notes_.begin(), from, from + request.note_size);
  std::rotate(queue_.begin(), queue_.begin() + index, queue_.begin() + index + 1);
}

/// The front goes to the end and waits for the next STATUS.
void Proactive::PutOff() {
  queue_[0].held = true;
  ++queue_[0].tries;
  std::rotate(notes_.begin(), notes_.begin() + queue_[0].note_size, notes_.begin() + notes_size_);
  std::rotate(queue_.begin(), queue_.begin() + 1, queue_.end());
}

void Proactive::StatusSeen() {
  for (Request& request : queue_) {
    request.held = false;
  }
}

bool Proactive::Supports(Type type, uint8_t qualifier) const {
  const CommandRow* row = RowFor(type, qualifier);
  return row != nullptr && ProfileHas(profile(), row->profile_byte, row->profile_bit);
}

// Only what was not fetched yet: the front may be under way.
void Proactive::DropUnsupported(Session& session) {
  for (size_t i = fetched_ ? 1 : 0; i < queue_.size();) {
    const Request request = queue_[i];
    if (Supports(request.type, request.qualifier)) {
      ++i;
      continue;
    }
    const Outcome outcome;
    NoteTimer(NoteOf(i), request, outcome);
    RemoveAt(i);
    (void)End(session, request, outcome);
  }
}

Error Proactive::End(Session& session, const Request& request, const Outcome& outcome) {
  const Client* client = request.client;
  return client == nullptr || client->ended == nullptr ? Error::kOk
                                                       : client->ended(session, request, outcome);
}

/// Lengths again: what the terminal can show and tell was not known when a command was queued.
void Proactive::Measure(Session& session) {
  for (size_t i = fetched_ ? 1 : 0; i < queue_.size(); ++i) {
    std::array<uint8_t, kMaxCommand> whole;
    Writer out(whole);
    if (Compose(&session, queue_[i], NoteOf(i), out) == Error::kOk) {
      queue_[i].size = static_cast<uint8_t>(out.size());  // else FETCH finds out
    }
  }
}

// ---- The terminal's commands

size_t Proactive::pending() const {
  const size_t next = NextIndex();
  return has_profile() && !fetched_ && next < queue_.size() ? queue_[next].size : 0;
}

Sw Proactive::Announce(Sw sw) const {
  const size_t length = pending();
  if (sw != Sw::kOk || length == 0) {
    return sw;
  }
  return apdu::WithCount(Sw::kProactivePending, static_cast<uint8_t>(length));
}

Sw Proactive::TerminalProfile(Session& session, const Command& command) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (command.data.empty()) {
    return Sw::kWrongLength;
  }
  const ConstBytes known = command.data.first(std::min(command.data.size(), profile_.size()));
  profile_ = {};
  Copy(profile_, known);
  profile_size_ = static_cast<uint8_t>(known.size());
  DropUnsupported(session);
  Measure(session);
  for (const Client* client : clients_) {
    if (client->started != nullptr) {
      client->started(session);
    }
  }
  // A full queue: then menu and events come with the next profile.
  if (HasMenu(session)) {
    (void)MenuChanged(session);
  }
  if (std::any_of(events_.begin(), events_.end(), [](uint16_t set) { return set != 0; })) {
    (void)Queue(session, {Type::kSetUpEventList});
  }
  return Sw::kOk;
}

Sw Proactive::Fetch(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  const size_t next = fetched_ ? 0 : NextIndex();
  if (!has_profile() || next == queue_.size()) {
    return Sw::kTechnicalProblem;
  }
  Request& request = queue_[next];
  std::array<uint8_t, kMaxCommand> whole;
  Writer writer(whole);
  if (Compose(&session, request, NoteOf(next), writer) != Error::kOk) {
    // What the client had to say is gone, the file or profile deleted: it is not sent.
    const Request lost = request;
    RemoveAt(next);
    fetched_ = false;
    (void)End(session, lost, Outcome{});
    return Sw::kTechnicalProblem;
  }
  request.size = static_cast<uint8_t>(writer.size());
  if (command.ne != request.size) {
    return apdu::WithCount(Sw::kCorrectLength, request.size);
  }
  BringToFront(next);
  fetched_ = true;
  out.Add(writer.written());
  return Sw::kOk;
}

Sw Proactive::TerminalResponse(Session& session, const Command& command) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (!fetched_) {
    return Sw::kTechnicalProblem;
  }
  const Result<Response> response = ReadResponse(command.data);
  const Request request = queue_[0];
  const uint8_t details[] = {request.number, static_cast<uint8_t>(request.type),
                             request.qualifier};
  if (!response.ok() || !Equal(response.value().details, details)) {
    return Sw::kWrongData;
  }
  const CommandRow& row = *RowFor(request.type, request.qualifier);
  const Outcome outcome = OutcomeOf(row, response.value(), command.data);
  fetched_ = false;
  const bool busy = outcome.result == kTerminalBusy || outcome.result == kNetworkBusy;
  if (busy && row.retries && request.tries + 1 < kMaxTries) {
    PutOff();
    return Sw::kOk;
  }
  NoteTimer(NoteOf(0), request, outcome);
  RemoveAt(0);
  if (request.type == Type::kSetUpMenu && outcome.ending == Ending::kDone) {
    menu_shown_ = HasMenu(session);
  }
  const Error error = End(session, request, outcome);
  return error == Error::kOk ? Sw::kOk : apdu::ToSw(error);
}

}  // namespace simurgh::cat
