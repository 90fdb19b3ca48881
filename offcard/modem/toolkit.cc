#include "offcard/modem/toolkit.h"

#include <fmt/format.h>

#include <algorithm>

#include "offcard/common/user_error.h"

namespace simurgh::offcard::modem {
namespace {

struct Name {
  uint8_t type;
  const char* name;
};
constexpr Name kNames[] = {
    {0x01, "REFRESH"},        {0x02, "MORE TIME"},       {0x03, "POLL INTERVAL"},
    {0x04, "POLLING OFF"},    {0x05, "SET UP EVENT LIST"}, {0x10, "SET UP CALL"},
    {0x11, "SEND SS"},        {0x12, "SEND USSD"},       {0x13, "SEND SHORT MESSAGE"},
    {0x14, "SEND DTMF"},      {0x15, "LAUNCH BROWSER"},  {0x20, "PLAY TONE"},
    {0x21, "DISPLAY TEXT"},   {0x22, "GET INKEY"},       {0x23, "GET INPUT"},
    {0x24, "SELECT ITEM"},    {0x25, "SET UP MENU"},     {0x26, "PROVIDE LOCAL INFORMATION"},
    {0x27, "TIMER MANAGEMENT"}, {0x28, "SET UP IDLE MODE TEXT"}, {0x40, "OPEN CHANNEL"},
    {0x41, "CLOSE CHANNEL"},  {0x42, "RECEIVE DATA"},    {0x43, "SEND DATA"},
};
constexpr const char* kRefreshModes[] = {
    "initialization and full file change", "file change", "initialization and file change",
    "initialization", "UICC reset", "application reset", "session reset", "steering of roaming",
    "steering of roaming (I-WLAN)", "profile state change", "application update"};
constexpr const char* kLocal[] = {
    "location", "IMEI", "network measurements", "date and time", "language", "timing advance",
    "access technology", "ESN", "IMEISV", "search mode", "battery", "MEID"};
constexpr const char* kTimerActions[] = {"start", "stop", "value"};

template <size_t N>
std::string Word(const char* const (&words)[N], size_t i) {
  return i < N ? words[i] : fmt::format("{:02X}", i);
}

void AddUtf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    out += {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
            static_cast<char>(0x80 | (c & 0x3F))};
  }
}

std::string FromUcs2(ConstBytes text) {
  std::string out;
  for (size_t i = 0; i + 1 < text.size(); i += 2) { AddUtf8(out, Get16(text, i)); }
  return out;
}

/// The GSM default alphabet (TS 23.038 6.2.1), one character a byte; FF fills up.
std::string FromDefaultAlphabet(ConstBytes text) {
  static constexpr uint16_t kLow[] = {
      '@', 0xA3, '$', 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7, '\n', 0xD8, 0xF8, '\r', 0xC5, 0xE5,
      0x394, '_', 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, ' ', 0xC6, 0xE6,
      0xDF, 0xC9};
  std::string out;
  for (const uint8_t c : text) {
    if (c == 0xFF) { break; }
    if (c < 0x20) {
      AddUtf8(out, kLow[c]);
    } else {
      switch (c) {
        case 0x24: AddUtf8(out, 0xA4); break;
        case 0x40: AddUtf8(out, 0xA1); break;
        case 0x5B: AddUtf8(out, 0xC4); break;
        case 0x5C: AddUtf8(out, 0xD6); break;
        case 0x5D: AddUtf8(out, 0xD1); break;
        case 0x5E: AddUtf8(out, 0xDC); break;
        case 0x5F: AddUtf8(out, 0xA7); break;
        case 0x60: AddUtf8(out, 0xBF); break;
        case 0x7B: AddUtf8(out, 0xE4); break;
        case 0x7C: AddUtf8(out, 0xF6); break;
        case 0x7D: AddUtf8(out, 0xF1); break;
        case 0x7E: AddUtf8(out, 0xFC); break;
        case 0x7F: AddUtf8(out, 0xE0); break;
        default: AddUtf8(out, c < 0x80 ? c : '?');
      }
    }
  }
  return out;
}

/// Septets packed into bytes (TS 23.038 6.1.2.1).
Buffer Unpack(ConstBytes packed, size_t septets) {
  Buffer out;
  for (size_t i = 0; i < septets && i * 7 / 8 < packed.size(); ++i) {
    const size_t bit = i * 7;
    uint16_t two = packed[bit / 8];
    if (bit / 8 + 1 < packed.size()) { two |= static_cast<uint16_t>(packed[bit / 8 + 1] << 8); }
    out.push_back(two >> (bit % 8) & 0x7F);
  }
  return out;
}

std::string Digits(ConstBytes swapped) {
  std::string out;
  for (const uint8_t b : swapped) {
    for (const int d : {b & 0x0F, b >> 4}) {
      if (d < 10) { out += static_cast<char>('0' + d); }
    }
  }
  return out;
}

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

std::string ItemList(const Proactive& command) {
  std::string out;
  for (const Proactive::Item& item : command.items()) {
    out += fmt::format("{}{} {}", out.empty() ? ": " : ", ", item.id, item.text);
  }
  return out;
}

}  // namespace

const Buffer* Proactive::Find(uint8_t tag) const {
  for (const Object& o : objects) {
    if (o.tag == tag) { return &o.value; }
  }
  return nullptr;
}

std::string Proactive::title() const {
  const Buffer* alpha = Find(0x05);
  return alpha == nullptr ? "" : ReadAlpha(*alpha);
}

std::string Proactive::text() const {
  const Buffer* text = Find(0x0D);
  return text == nullptr ? title() : ReadText(*text);
}

std::vector<Proactive::Item> Proactive::items() const {
  std::vector<Item> out;
  for (const Object& o : objects) {
    if (o.tag == 0x0F && !o.value.empty()) {
      out.push_back({o.value[0], ReadAlpha(ConstBytes(o.value).subspan(1))});
    }
  }
  return out;
}

std::string Proactive::name() const {
  for (const Name& n : kNames) {
    if (n.type == type) { return n.name; }
  }
  return fmt::format("command {:02X}", type);
}

std::vector<Proactive::Object> ReadObjects(ConstBytes data) {
  std::vector<Proactive::Object> out;
  while (!data.empty()) {
    size_t header = 2;
    size_t length = data.size() < 2 ? 0x80 : data[1];
    if (length == 0x81 && data.size() > 2) {
      length = data[2];
      header = 3;
    } else if (length >= 0x80) {
      throw UserError("the card's command has an object with a broken length");
    }
    if (length > data.size() - header) {
      throw UserError("the card's command ends in the middle of an object");
    }
    const ConstBytes value = data.subspan(header, length);
    out.push_back({static_cast<uint8_t>(data[0] & 0x7F), Buffer(value.begin(), value.end())});
    data = data.subspan(header + length);
  }
  return out;
}

Proactive ReadProactive(ConstBytes data) {
  const bool two = data.size() > 2 && data[1] == 0x81;
  const size_t header = two ? 3 : 2;
  if (data.size() < header || data[0] != 0xD0 || data[two ? 2 : 1] != data.size() - header) {
    throw UserError(fmt::format("FETCH: the answer {} is no proactive command", ToHex(data)));
  }
  Proactive command;
  command.objects = ReadObjects(data.subspan(header));
  const Buffer* details = command.Find(0x01);
  const Buffer* devices = command.Find(0x02);
  if (details == nullptr || details->size() != 3 || devices == nullptr || devices->size() != 2) {
    throw UserError(fmt::format("FETCH: {} lacks command details or device identities", ToHex(data)));
  }
  command.number = (*details)[0];
  command.type = (*details)[1];
  command.qualifier = (*details)[2];
  command.to = (*devices)[1];
  return command;
}

std::string Describe(const Proactive& c) {
  const std::string name = c.name();
  switch (c.type) {
    case 0x01: return fmt::format("{}: {}", name, Word(kRefreshModes, c.qualifier));
    case 0x03: {
      static constexpr const char* kUnits[] = {"minutes", "seconds", "tenths of a second"};
      const Buffer* d = c.Find(0x04);
      return d == nullptr || d->size() != 2 ? name
                                            : fmt::format("{}: {} {}", name, (*d)[1], Word(kUnits, (*d)[0]));
    }
    case 0x05: {
      const Buffer* list = c.Find(0x19);
      return fmt::format("{}: {}", name, list == nullptr || list->empty() ? "none" : ToHex(*list));
    }
    case 0x13: {
      const Buffer* tpdu = c.Find(0x0B);
      return fmt::format("{}: {}", name, tpdu == nullptr ? "no message" : DescribeSms(*tpdu));
    }
    case 0x22: return fmt::format("{}{} {}", name, (c.qualifier & 4) != 0 ? " (yes or no)" : "", Quoted(c.text()));
    case 0x24:
    case 0x25: return fmt::format("{} {}{}", name, Quoted(c.title()), ItemList(c));
    case 0x26: return fmt::format("{}: {}", name, Word(kLocal, c.qualifier));
    case 0x27: {
      const Buffer* id = c.Find(0x24);
      return fmt::format("{}: {} {}", name, Word(kTimerActions, c.qualifier), id == nullptr ? "?" : ToHex(*id));
    }
    default: return c.text().empty() ? name : fmt::format("{} {}", name, Quoted(c.text()));
  }
}

std::string ReadText(ConstBytes coded) {
  if (coded.empty()) { return ""; }
  const ConstBytes text = coded.subspan(1);
  switch (coded[0] & 0x0C) {
    case 0x08: return FromUcs2(text);
    case 0x00: return FromDefaultAlphabet(Unpack(text, text.size() * 8 / 7));
    default: return FromDefaultAlphabet(text);
  }
}

std::string ReadAlpha(ConstBytes coded) {
  return !coded.empty() && coded[0] == 0x80 ? FromUcs2(coded.subspan(1)) : FromDefaultAlphabet(coded);
}

Buffer CodeText(const std::string& utf8) {
  const bool plain = std::all_of(utf8.begin(), utf8.end(), [](char c) {
    return (c >= ' ' && c <= 'z' && std::string("@$_[\\]^`").find(c) == std::string::npos);
  });
  Buffer out = {static_cast<uint8_t>(plain ? 0x04 : 0x08)};
  if (plain) {
    for (const char c : utf8) { out.push_back(static_cast<uint8_t>(c)); }
    return out;
  }
  for (size_t i = 0; i < utf8.size();) {
    const uint8_t first = static_cast<uint8_t>(utf8[i]);
    const size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    uint32_t c = n == 1 ? first : first & (0xFFu >> (n + 1));
    for (size_t k = 1; k < n && i + k < utf8.size(); ++k) {
      c = c << 6 | (static_cast<uint8_t>(utf8[i + k]) & 0x3F);
    }
    out.push_back(static_cast<uint8_t>(c >> 8));
    out.push_back(static_cast<uint8_t>(c));
    i += n;
  }
  return out;
}

std::string DescribeSms(ConstBytes t) {
  // First byte, message reference, destination, protocol, coding, validity, length, user data.
  if (t.size() < 7 || (t[0] & 0x03) != 0x01) { return "TPDU " + ToHex(t); }
  const size_t digits = t[2];
  size_t at = 4 + (digits + 1) / 2;
  const size_t validity = (t[0] & 0x18) == 0 ? 0 : (t[0] & 0x18) == 0x10 ? 1 : 7;
  if (t.size() < at + 3 + validity) { return "TPDU " + ToHex(t); }
  const std::string to = Digits(t.subspan(4, (digits + 1) / 2));
  const uint8_t coding = t[at + 1];
  at += 2 + validity;
  const size_t length = t[at];
  const ConstBytes data = t.subspan(at + 1);
  const bool header = (t[0] & 0x40) != 0;
  const std::string number = (t[3] & 0x70) == 0x10 ? "+" + to : to;
  if (header || (coding & 0x0C) == 0x04) { return fmt::format("to {}: data {}", number, ToHex(data)); }
  const std::string text = (coding & 0x0C) == 0x08 ? FromUcs2(data) : FromDefaultAlphabet(Unpack(data, length));
  return fmt::format("to {}: {}", number, Quoted(text));
}

Buffer CodeImei(const std::string& digits, const std::string& what) {
  if ((digits.size() != 15 && digits.size() != 16) ||
      digits.find_first_not_of("0123456789") != std::string::npos) {
    throw UserError(fmt::format("{} '{}': 15 digits expected, 16 for an IMEISV", what, digits));
  }
  // The first digit shares its byte with the type and whether the number of digits is odd.
  const bool odd = digits.size() % 2 != 0;
  const uint8_t type = odd ? 2 : 3;
  Buffer out = {static_cast<uint8_t>((digits[0] - '0') << 4 | (odd ? 8 : 0) | type)};
  for (size_t i = 1; i < digits.size(); i += 2) {
    const int high = i + 1 < digits.size() ? digits[i + 1] - '0' : 0x0F;
    out.push_back(static_cast<uint8_t>(high << 4 | (digits[i] - '0')));
  }
  return out;
}

uint8_t SwappedByte(int value) { return static_cast<uint8_t>(value % 10 << 4 | value / 10); }

void AddObject(Buffer& to, uint8_t tag, ConstBytes value) {
  to.push_back(tag);
  if (value.size() > 0x7F) { to.push_back(0x81); }
  to.push_back(static_cast<uint8_t>(value.size()));
  to.insert(to.end(), value.begin(), value.end());
}

}  // namespace simurgh::offcard::modem
