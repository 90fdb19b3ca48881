#include "offcard/modem/modem.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <thread>

#include "offcard/common/user_error.h"

namespace simurgh::offcard::modem {
namespace {

constexpr uint8_t kTerminalDevice = 0x82, kUicc = 0x81, kKeypad = 0x01, kNetwork = 0x83;
constexpr int kMaxCommands = 200;  // of one card in a row, before this terminal gives up

uint32_t ReadNumber(const std::string& text, uint32_t high, const std::string& where) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > high) {
    throw UserError(fmt::format("{}: '{}' is not a whole number up to {}", where, text, high));
  }
  return value;
}

bool IsNumber(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

uint8_t ItemNamed(const std::vector<Proactive::Item>& items, const std::string& wanted,
                  const std::string& where) {
  for (const Proactive::Item& item : items) {
    if (IsNumber(wanted) ? wanted == std::to_string(item.id) : item.text.find(wanted) != std::string::npos) {
      return item.id;
    }
  }
  throw UserError(fmt::format("{}: there is no item '{}'", where, wanted));
}

struct EventName {
  const char* name;
  uint8_t code;
};
constexpr EventName kEvents[] = {  // TS 102 223 8.25
    {"mt-call", 0}, {"call-connected", 1}, {"call-disconnected", 2}, {"location", 3}, {"user-activity", 4},
    {"idle-screen", 5}, {"card-reader", 6}, {"language", 7}, {"browser", 8}, {"data", 9}, {"channel", 10},
    {"access-technology", 11}, {"display", 12}, {"local-connection", 13}, {"search-mode", 14}, {"browsing", 15}};

uint8_t EventCode(const std::string& text, const std::string& where) {
  for (const EventName& e : kEvents) {
    if (text == e.name) { return e.code; }
  }
  if (!IsNumber(text)) { throw UserError(fmt::format("{}: there is no event '{}'", where, text)); }
  return static_cast<uint8_t>(ReadNumber(text, 255, where));
}

std::tm ReadTime(const std::string& text, const std::string& where) {
  std::tm t{};
  char extra = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%c", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour,
                  &t.tm_min, &t.tm_sec, &extra) != 6 ||
      t.tm_mon < 1 || t.tm_mon > 12 || t.tm_mday < 1 || t.tm_mday > 31 || t.tm_hour > 23 || t.tm_min > 59 ||
      t.tm_sec > 60) {
    throw UserError(fmt::format("{}: '{}' is no time like 2026-11-21T12:00:00", where, text));
  }
  t.tm_year -= 1900;
  t.tm_mon -= 1;
  return t;
}

Buffer CodeTime(const std::tm& t) {  // 8.39: year to second, then the time zone: not known
  return {SwappedByte(t.tm_year % 100), SwappedByte(t.tm_mon + 1), SwappedByte(t.tm_mday), SwappedByte(t.tm_hour),
          SwappedByte(t.tm_min), SwappedByte(t.tm_sec), 0xFF};
}

int FromSwapped(uint8_t b) { return (b & 0x0F) * 10 + (b >> 4); }
uint32_t FromTimerValue(const Buffer& v) {
  return static_cast<uint32_t>(FromSwapped(v[0]) * 3600 + FromSwapped(v[1]) * 60 + FromSwapped(v[2]));
}
Buffer ToTimerValue(uint64_t seconds) {
  const int s = static_cast<int>(std::min<uint64_t>(seconds, 86399));
  return {SwappedByte(s / 3600), SwappedByte(s / 60 % 60), SwappedByte(s % 60)};
}

}  // namespace

Buffer OwnProfile() {
  Buffer p(22, 0x00);
  p[0] = 0x2B;   // profile download, SMS-PP, menu selection, timer expiration
  p[1] = 0x61;   // command result; UCS2 entry and display
  p[2] = 0xEF;   // all of byte 3 but PLAY TONE
  p[3] = 0x63;   // SELECT ITEM, SEND SHORT MESSAGE, SET UP MENU, location and IMEI
  p[4] = 0x7F;   // SET UP EVENT LIST and events up to idle screen
  p[5] = 0xFF;   // events from language selection to search mode
  p[7] = 0x0F;   // timers, date and time, yes or no
  p[8] = 0x99;   // text that stays, language, timing advance, access technology
  p[17] = 0xC0;  // IMEISV, search mode
  p[21] = 0x02;  // battery
  return p;
}

Modem::Modem(Reader& reader, Terminal terminal, Print print, AskPerson person)
    : reader_(reader), terminal_(std::move(terminal)), print_(std::move(print)), person_(std::move(person)) {}

uint64_t Modem::Now() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return skipped_ + static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

/// Sends, and does what the card asks for behind its answer.
Answer Modem::Send(ConstBytes command) {
  const Answer answer = ExchangeAll(reader_, command);
  FetchAll(answer.sw);
  return answer;
}

void Modem::FetchAll(uint16_t sw) {
  for (int i = 0; (sw >> 8) == 0x91 && !reset_wanted_; ++i) {
    if (i == kMaxCommands) { throw UserError("the card asks for more and more; giving up"); }
    const Answer fetched = Exchange(reader_, Command(0x80, 0x12, 0x00, 0x00, {}, sw & 0xFF));
    if (fetched.sw != 0x9000) { throw UserError("FETCH: " + StatusWords(fetched.sw)); }
    const Proactive command = ReadProactive(fetched.data);
    asked_.push_back(command);
    const Performed done = Perform(command);
    print_(fmt::format("card: {} -> {}", Describe(command), done.words));
    if (!done.respond) { return; }
    const uint8_t details[] = {command.number, command.type, command.qualifier};
    const uint8_t devices[] = {kTerminalDevice, kUicc};
    Buffer response;
    AddObject(response, 0x81, details);
    AddObject(response, 0x82, devices);
    AddObject(response, 0x83, done.result);
    response.insert(response.end(), done.objects.begin(), done.objects.end());
    const Answer told = ExchangeAll(reader_, Command(0x80, 0x14, 0x00, 0x00, response));
    if (!told.ok()) { throw UserError("TERMINAL RESPONSE: " + StatusWords(told.sw)); }
    sw = told.sw;
  }
}

// ---- What the card asks for

UserAnswer Modem::NextAnswer(const Proactive& command) {
  if (!answers_.empty()) {
    const UserAnswer answer = answers_.front();
    answers_.pop_front();
    return answer;
  }
  return person_ ? person_(command) : UserAnswer{"default", ""};
}

Modem::Performed Modem::Perform(const Proactive& c) {
  switch (c.type) {
    case 0x01: return Refresh(c);
    case 0x03: {
      Performed p;
      const Buffer* duration = c.Find(0x04);
      if (duration == nullptr || duration->size() != 2) { return {{0x36}, {}, true, "required values are missing"}; }
      const uint32_t units[] = {60, 1, 1};
      poll_seconds_ = std::max<uint32_t>(1, (*duration)[1] * units[std::min<size_t>(2, (*duration)[0])]);
      AddObject(p.objects, 0x84, *duration);
      return p;
    }
    case 0x04: poll_seconds_ = 0; return {};
    case 0x25:
      menu_ = c.items();
      return {{0x00}, {}, true, menu_.empty() ? "menu removed" : "menu shown"};
    case 0x13: return {{0x00}, {}, true, "sent"};
    case 0x02:
    case 0x05: return {};
    case 0x21:
    case 0x22:
    case 0x23:
    case 0x24: return Talk(c);
    case 0x26: return Local(c);
    case 0x27: return Timer(c);
    default: return {{0x30}, {}, true, "beyond this terminal"};
  }
}

Modem::Performed Modem::Talk(const Proactive& c) {
  const UserAnswer a = NextAnswer(c);
  constexpr struct {
    const char* word;
    uint8_t result;
    const char* words;
  } kEndings[] = {{"end", 0x10, "the user ended it"}, {"back", 0x11, "the user went back"},
                  {"none", 0x12, "the user did nothing"}, {"help", 0x13, "the user wants help"}};
  for (const auto& e : kEndings) {
    if (a.word == e.word) { return {{e.result}, {}, true, e.words}; }
  }
  if (a.word == "busy") { return {{0x20, 0x01}, {}, true, "the screen is busy"}; }
  if (a.word == "result") { return {FromHex(a.argument, "answer result"), {}, true, "result " + a.argument}; }
  Performed p;
  const bool yes_no = c.type == 0x22 && (c.qualifier & 0x04) != 0;
  if (c.type == 0x21) {
    p.words = "shown";
  } else if (c.type == 0x24) {
    const std::vector<Proactive::Item> items = c.items();
    if (items.empty()) { return {{0x36}, {}, true, "required values are missing"}; }
    const uint8_t id = a.word == "item" ? ItemNamed(items, a.argument, "answer item") : items[0].id;
    AddObject(p.objects, 0x90, ConstBytes(&id, 1));
    p.words = fmt::format("item {}", id);
  } else if (yes_no) {
    const bool yes = a.word == "yes";
    AddObject(p.objects, 0x8D, Buffer{0x04, static_cast<uint8_t>(yes ? 1 : 0)});
    p.words = yes ? "yes" : "no";
  } else {
    const Buffer* range = c.Find(0x11);
    const Buffer* proposed = c.Find(0x17);
    std::string text = a.word == "text" ? a.argument : "";
    if (a.word != "text") {
      text = proposed != nullptr ? ReadText(*proposed)
                                 : std::string(c.type == 0x22 ? 1 : range != nullptr && !range->empty() ? (*range)[0] : 1, '0');
    }
    AddObject(p.objects, 0x8D, text.empty() ? Buffer{} : CodeText(text));
    p.words = "\"" + text + "\"";
  }
  return p;
}

Modem::Performed Modem::Local(const Proactive& c) {
  Performed p;
  const auto answer = [&](uint8_t tag, const Buffer& value, const std::string& words) {
    AddObject(p.objects, tag, value);
    p.words = words;
    return p;
  };
  switch (c.qualifier) {
    case 0x00: {
      const std::string& mnc = terminal_.mnc;
      const auto digit = [](char d) { return static_cast<uint8_t>(d - '0'); };
      const uint8_t third = mnc.size() == 3 ? digit(mnc[2]) : 0x0F;
      const Buffer place = {static_cast<uint8_t>(digit(terminal_.mcc[1]) << 4 | digit(terminal_.mcc[0])),
                            static_cast<uint8_t>(third << 4 | digit(terminal_.mcc[2])),
                            static_cast<uint8_t>(digit(mnc[1]) << 4 | digit(mnc[0])),
                            static_cast<uint8_t>(terminal_.lac >> 8), static_cast<uint8_t>(terminal_.lac),
                            static_cast<uint8_t>(terminal_.cell >> 8), static_cast<uint8_t>(terminal_.cell)};
      return answer(0x93, place, fmt::format("{} {}, area {}, cell {}", terminal_.mcc, mnc, terminal_.lac, terminal_.cell));
    }
    case 0x01: return answer(0x94, CodeImei(terminal_.imei, "imei"), terminal_.imei);
    case 0x03: {
      std::time_t now = std::time(nullptr);
      std::tm t{};
      if (terminal_.time.empty()) { t = *std::gmtime(&now); } else { t = ReadTime(terminal_.time, "time"); }
      char words[32];
      std::strftime(words, sizeof(words), "%Y-%m-%dT%H:%M:%S", &t);
      return answer(0xA6, CodeTime(t), words);
    }
    case 0x04: return answer(0xAD, Buffer(terminal_.language.begin(), terminal_.language.end()), terminal_.language);
    case 0x05: return answer(0xAE, {0x00, 0x00}, "0");
    case 0x06: return answer(0xBF, {terminal_.access}, std::to_string(terminal_.access));
    case 0x08: return answer(0xE2, CodeImei(terminal_.imeisv, "imeisv"), terminal_.imeisv);
    case 0x09: return answer(0xE5, {0x01}, "automatic");
    case 0x0A: return answer(0xE3, {terminal_.battery}, std::to_string(terminal_.battery));
    default: return {{0x30}, {}, true, "beyond this terminal"};
  }
}

Modem::Performed Modem::Timer(const Proactive& c) {
  const Buffer* id = c.Find(0x24);
  const Buffer* value = c.Find(0x25);
  if (id == nullptr || id->size() != 1 || (c.qualifier == 0 && (value == nullptr || value->size() != 3))) {
    return {{0x36}, {}, true, "required values are missing"};
  }
  Performed p;
  AddObject(p.objects, 0xA4, *id);
  if (c.qualifier == 0) {
    timers_[(*id)[0]] = Now() + FromTimerValue(*value);
    p.words = fmt::format("runs {} s", FromTimerValue(*value));
    return p;
  }
  const auto timer = timers_.find((*id)[0]);
  if (timer == timers_.end()) { return {{0x24}, p.objects, true, "it does not run"}; }
  const uint64_t left = timer->second > Now() ? timer->second - Now() : 0;
  AddObject(p.objects, 0xA5, ToTimerValue(left));
  p.words = fmt::format("{} s left", left);
  if (c.qualifier == 1) { timers_.erase(timer); }
  return p;
}

/// TS 102 223 6.4.7. A UICC reset ends the session, and with it the duty to answer.
Modem::Performed Modem::Refresh(const Proactive& c) {
  constexpr uint8_t kFileChange = 0x01, kUiccReset = 0x04;
  if (c.qualifier == kUiccReset) {
    reset_wanted_ = true;
    return {{0x00}, {}, false, "resetting the card"};
  }
  if (c.qualifier == kFileChange) {
    const Buffer* list = c.Find(0x12);
    return {{0x00}, {}, true, fmt::format("read again: {}", list == nullptr ? "nothing" : ToHex(ConstBytes(*list).subspan(1)))};
  }
  return {{0x00}, {}, true, "initialized again"};
}

// ---- What happens to the terminal

void Modem::SendEnvelope(uint8_t tag, ConstBytes objects, const std::string& what) {
  Buffer data;
  AddObject(data, tag, objects);
  const Answer answer = ExchangeAll(reader_, Command(0x80, 0xC2, 0x00, 0x00, data));
  print_(fmt::format("{}: {}{}", what, StatusWords(answer.sw), answer.data.empty() ? "" : ", " + ToHex(answer.data)));
  if (!answer.ok()) { throw UserError(fmt::format("{}: {}", what, StatusWords(answer.sw))); }
  FetchAll(answer.sw);
}

void Modem::Status() {
  const Answer answer = Send(Command(0x80, 0xF2, 0x00, 0x0C));
  if (!answer.ok()) { print_("STATUS: " + StatusWords(answer.sw)); }
}

void Modem::ExpireTimers() {
  for (auto t = timers_.begin(); t != timers_.end();) {
    if (t->second > Now()) {
      ++t;
      continue;
    }
    const uint8_t id = t->first;
    t = timers_.erase(t);
    Buffer objects;
    AddObject(objects, 0x82, Buffer{kTerminalDevice, kUicc});
    AddObject(objects, 0xA4, ConstBytes(&id, 1));
    AddObject(objects, 0xA5, ToTimerValue(0));
    SendEnvelope(0xD7, objects, fmt::format("timer {} ran out", id));
    t = timers_.begin();  // the card may have changed them
  }
}

void Modem::Wait(uint32_t seconds) {
  const uint64_t end = Now() + seconds;
  uint64_t poll = Now() + poll_seconds_;
  while (Now() < end && !reset_wanted_) {
    uint64_t next = end;
    if (poll_seconds_ != 0) { next = std::min(next, poll); }
    for (const auto& [id, when] : timers_) { next = std::min(next, std::max(when, Now())); }
    if (next > Now()) {
      if (terminal_.fast) {
        skipped_ += next - Now();
      } else {
        std::this_thread::sleep_for(std::chrono::seconds(next - Now()));
      }
    }
    ExpireTimers();
    if (poll_seconds_ != 0 && Now() >= poll) {
      Status();
      poll = Now() + poll_seconds_;
    }
  }
}

void Modem::SelectMenu(const Line& line, const std::string& where) {
  const uint8_t id = ItemNamed(menu_, line.rest[0], where + ": the card's menu");
  Buffer objects;
  AddObject(objects, 0x82, Buffer{kKeypad, kUicc});
  AddObject(objects, 0x90, ConstBytes(&id, 1));
  if (line.rest.size() == 2) {
    if (line.rest[1] != "help") { throw UserError(where + ": behind a menu item there may be 'help' only"); }
    AddObject(objects, 0x15, {});
  }
  SendEnvelope(0xD3, objects, fmt::format("menu item {}", id));
}

void Modem::Expect(const Line& line, const std::string& where) {
  if (line.rest[0] == "nothing") {
    if (expected_ != asked_.size()) {
      throw UserError(fmt::format("{}: the card asked for {}", where, Describe(asked_[expected_])));
    }
    return;
  }
  if (expected_ == asked_.size()) {
    throw UserError(fmt::format("{}: the card asked for nothing more", where));
  }
  const std::string words = Describe(asked_[expected_]);
  const bool same = words.rfind(line.rest[0], 0) == 0 &&
                    (line.rest.size() == 1 || words.find(line.rest[1]) != std::string::npos);
  if (!same) { throw UserError(fmt::format("{}: the card asked for {}", where, words)); }
  ++expected_;
}

/// False: not a line about what the terminal is.
bool Modem::Set(const Line& line, const std::string& where) {
  const std::string& value = line.rest.empty() ? line.word : line.rest[0];
  if (line.word == "imei" || line.word == "imeisv") {
    (void)CodeImei(value, where + ": " + line.word);
    (line.word == "imei" ? terminal_.imei : terminal_.imeisv) = value;
  } else if (line.word == "time") {
    (void)ReadTime(value, where);
    terminal_.time = value;
  } else if (line.word == "language") {
    if (value.size() != 2) { throw UserError(where + ": a language has two letters"); }
    terminal_.language = value;
  } else if (line.word == "battery") {
    terminal_.battery = static_cast<uint8_t>(ReadNumber(value, 255, where));
  } else if (line.word == "access") {
    terminal_.access = static_cast<uint8_t>(ReadNumber(value, 255, where));
  } else if (line.word == "location") {
    const std::string& mnc = line.rest[1];
    if (value.size() != 3 || !IsNumber(value) || mnc.size() < 2 || mnc.size() > 3 || !IsNumber(mnc)) {
      throw UserError(where + ": location takes MCC (3 digits), MNC (2 or 3), area, cell");
    }
    terminal_.mcc = value;
    terminal_.mnc = mnc;
    terminal_.lac = static_cast<uint16_t>(ReadNumber(line.rest[2], 65535, where));
    terminal_.cell = static_cast<uint16_t>(ReadNumber(line.rest[3], 65535, where));
  } else {
    return false;
  }
  return true;
}

void Modem::Run(const Line& line, const std::string& file) {
  const std::string where = fmt::format("{}:{}", file, line.number);
  if (Set(line, where)) { return; }
  const std::string& word = line.word;
  if (word == "answer") {
    static constexpr const char* kKnown[] = {"ok", "yes", "no", "end", "back", "none", "help", "busy", "item", "text", "result"};
    if (std::none_of(std::begin(kKnown), std::end(kKnown), [&](const char* k) { return line.rest[0] == k; })) {
      throw UserError(fmt::format("{}: there is no answer '{}'", where, line.rest[0]));
    }
    answers_.push_back({line.rest[0], line.rest.size() > 1 ? line.rest[1] : ""});
  } else if (word == "status") {
    Status();
  } else if (word == "wait") {
    Wait(ReadNumber(line.rest[0], 100000, where));
  } else if (word == "menu") {
    SelectMenu(line, where);
  } else if (word == "event") {
    const uint8_t code = EventCode(line.rest[0], where);
    Buffer objects;
    AddObject(objects, 0x99, ConstBytes(&code, 1));
    AddObject(objects, 0x82, Buffer{kTerminalDevice, kUicc});
    const Buffer more = line.rest.size() > 1 ? FromHex(line.rest[1], where) : Buffer{};
    objects.insert(objects.end(), more.begin(), more.end());
    SendEnvelope(0xD6, objects, fmt::format("event {}", code));
  } else if (word == "sms") {
    Buffer objects;
    AddObject(objects, 0x82, Buffer{kNetwork, kUicc});
    AddObject(objects, 0x8B, FromHex(line.rest[0], where));
    SendEnvelope(0xD1, objects, "SMS-PP");
  } else if (word == "envelope" || word == "apdu") {
    Buffer bytes;
    for (const std::string& part : line.rest) {
      const Buffer more = FromHex(part, where);
      bytes.insert(bytes.end(), more.begin(), more.end());
    }
    const Answer answer = Send(word == "apdu" ? bytes : Command(0x80, 0xC2, 0x00, 0x00, bytes));
    print_(fmt::format("{}: {} {}", word, StatusWords(answer.sw), ToHex(answer.data)));
  } else if (word == "reset") {
    PowerOn();
  } else if (word == "expect") {
    Expect(line, where);
  }
  while (reset_wanted_) { PowerOn(); }
}

void Modem::CheckAllUsed(const std::string& file) const {
  if (!answers_.empty()) {
    throw UserError(fmt::format("{}: nobody asked for the answer '{}'", file, answers_.front().word));
  }
}

}  // namespace simurgh::offcard::modem
