// Commands of classes 0X and 8X, and the look-up.
#include "offcard/trace/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/tlv.h"
#include "offcard/trace/fcp.h"
#include "offcard/trace/file_names.h"
#include "offcard/trace/objects.h"

namespace simurgh::offcard::trace {
namespace {

using apdu::Class;

std::string PathWords(const Place& from, ConstBytes path, bool from_mf) {
  std::string directory = from_mf ? "MF" : from.directory;
  std::string out = from_mf ? "MF" : "";
  for (size_t i = 0; i + 1 < path.size(); i += 2) {
    const uint16_t fid = Get16(path, i);
    const std::string name = fid != kCurrentAdf ? NameOf(directory, fid)
                             : from.app.empty() ? "current application" : from.app;
    directory = fid == kCurrentAdf ? name : directory + "/" + name;
    out += (out.empty() ? "" : "/") + name;
  }
  return out;
}

std::string AidWords(ConstBytes aid) {
  const std::optional<KnownApp> app = FindApp(aid);
  return fmt::format("{} (AID {})", app ? app->name : "application", ToHex(aid));
}

// TS 102 221 tables 11.1 and 11.2.
std::string Select(const Context& c) {
  const Apdu& a = c.apdu;
  std::string what;
  switch (a.p1) {
    case 0x00: what = a.data.empty() ? "MF" : FidWords(c.before, a.data); break;
    case 0x01: what = "child directory " + FidWords(c.before, a.data); break;
    case 0x02: what = "child EF " + FidWords(c.before, a.data); break;
    case 0x03: what = "parent directory"; break;
    case 0x04: what = AidWords(a.data); break;
    case 0x08: what = "path " + PathWords(c.before, a.data, true); break;
    case 0x09: what = "path from here " + PathWords(c.before, a.data, false); break;
    default: what = fmt::format("P1 {:02X}?", a.p1);
  }
  static constexpr const char* kOccurrence[] = {"", ", last", ", next", ", previous"};
  if (a.p1 == 0x04) { what += kOccurrence[a.p2 & 0x03]; }
  const uint8_t answer = a.p2 & 0x0C;
  what += answer == 0x04 ? ", FCP wanted" : answer == 0x0C ? ", no answer" : answer == 0 ? ", FCI wanted" : "";
  if ((a.p2 & 0x60) == 0x40) { what += ", terminates the application"; }
  return what;
}

std::string Status(const Context& c) {
  static constexpr const char* kWhat[] = {"", "application is initialized, ", "application is being terminated, "};
  const std::string what = c.apdu.p1 < 3 ? kWhat[c.apdu.p1] : fmt::format("P1 {:02X}?, ", c.apdu.p1);
  return what + (c.apdu.p2 == 0x00 ? "FCP" : c.apdu.p2 == 0x01 ? "AID" : c.apdu.p2 == 0x0C ? "no answer"
                                             : fmt::format("P2 {:02X}?", c.apdu.p2)) + " wanted";
}

std::string FileOf(const Context& c) {
  return c.target.file.empty() ? "no EF selected" : c.target.file;
}

uint32_t Offset(const Apdu& a) {
  return (a.p1 & 0x80) != 0 ? a.p2 : static_cast<uint32_t>((a.p1 & 0x7F) << 8 | a.p2);
}

std::string ReadBinary(const Context& c) {
  return fmt::format("{}, offset {}{}", FileOf(c), Offset(c.apdu), LeWords(c.apdu));
}

std::string UpdateBinary(const Context& c) {
  return fmt::format("{}, offset {}, {} bytes", FileOf(c), Offset(c.apdu), c.apdu.data.size());
}

std::string Record(const Context& c) {
  return fmt::format("{}, {}{}", FileOf(c), RecordMode(c.apdu.p1, c.apdu.p2 & 0x07), LeWords(c.apdu));
}

std::string UpdateRecord(const Context& c) {
  return fmt::format("{}, {}, {} bytes", FileOf(c), RecordMode(c.apdu.p1, c.apdu.p2 & 0x07),
                     c.apdu.data.size());
}

// Table 11.10.
std::string Search(const Context& c) {
  const uint8_t mode = c.apdu.p2 & 0x07;
  const char* how = mode == 0x04 ? "forward" : mode == 0x05 ? "backward" : mode == 0x06 ? "enhanced" : "specific";
  return fmt::format("{}, {} from record {}", FileOf(c), how, c.apdu.p1);
}

std::string Increase(const Context& c) {
  return fmt::format("{} by {}", FileOf(c), ToHex(c.apdu.data));
}

std::string Pin(const Context& c) {
  return KeyWords(c.apdu.p2) + (c.apdu.data.empty() ? ", asks for the tries left" : "");
}

std::string Replace(const Context& c) {
  return KeyWords(c.apdu.p2) + (c.apdu.p1 == 0x01 ? ", the universal PIN takes its place" : "");
}

std::string File(const Context& c) {
  if (c.apdu.data.empty()) { return c.before.Text(); }
  return c.apdu.p1 == 0x08   ? PathWords(c.before, c.apdu.data, true)
         : c.apdu.p1 == 0x09 ? PathWords(c.before, c.apdu.data, false)
                             : FidWords(c.before, c.apdu.data);
}

std::string Create(const Context& c) {
  const std::optional<Fcp> fcp = ParseFcp(c.apdu.data);
  return fcp ? NameOf(c.before.directory, fcp->fid) + ": " + FcpWords(*fcp) : "no FCP template";
}

std::string Resize(const Context& c) {
  const std::optional<Fcp> fcp = ParseFcp(c.apdu.data);
  if (!fcp) { return "no FCP template"; }
  return NameOf(c.before.directory, fcp->fid) + (fcp->size ? fmt::format(" to {} bytes", *fcp->size) : "");
}

std::string ManageChannel(const Context& c) {
  if (c.apdu.p1 == 0x80) {
    return fmt::format("close channel {}", c.apdu.p2 == 0 ? c.channel() : c.apdu.p2);
  }
  if (c.apdu.p1 != 0) { return fmt::format("P1 {:02X}?", c.apdu.p1); }
  return c.apdu.p2 == 0 ? "open a channel, the card assigns it" : fmt::format("open channel {}", c.apdu.p2);
}

std::string SecureChannel(const Context& c) {
  static constexpr const char* kWhat[] = {"endpoints", "establish: master SA", "establish: connection SA",
                                          "start", "terminate"};
  const uint8_t what = c.apdu.p1 & 0x07;
  return what < std::size(kWhat) ? kWhat[what] : fmt::format("P1 {:02X}?", c.apdu.p1);
}

// TS 31.102 table 7.1 (P2), 7.1.2.
std::string Authenticate(const Context& c) {
  switch (c.apdu.p2 & 0x07) {
    case 0: return "GSM context";
    case 1: return "3G or IMS context";
    case 2: return "VGCS/VBS context";
    case 4:
      if (!c.apdu.data.empty()) {
        return c.apdu.data[0] == 0xDD ? "GBA context, bootstrapping"
               : c.apdu.data[0] == 0xDE ? "GBA context, NAF derivation" : "GBA context";
      }
      return "GBA context";
    case 5: return "MBMS context";
    case 6: return "local key context";
    default: return fmt::format("context {}", c.apdu.p2 & 0x07);
  }
}

std::string ObjectWords(const Context& c) {
  const bool first = (c.apdu.p1 & 0x80) == 0 || (c.apdu.p2 & 0x80) != 0;
  std::string out = FileOf(c) + (first ? ", first block" : ", next block");
  const Result<tlv::Header> header = tlv::ReadHeader(c.apdu.data);
  if (header.ok()) {
    out += fmt::format(", tag {:02X}", header.value().tag);
  } else if (c.apdu.data.size() == 1) {
    out += fmt::format(", tag {:02X}", c.apdu.data[0]);
  }
  return out;
}

std::string Identity(const Context& c) {
  return (c.apdu.p2 & 0x7F) == 0x01 ? "SUCI" : (c.apdu.p2 & 0x7F) == 0x02 ? "SUCI 5G-NSWO"
                                                                          : fmt::format("context {:02X}", c.apdu.p2);
}

std::string Suspend(const Context& c) { return c.apdu.p1 == 0 ? "suspend" : c.apdu.p1 == 1 ? "resume" : ""; }

std::string TerminalProfile(const Context& c) { return fmt::format("{} bytes", c.apdu.data.size()); }

std::string Fetch(const Context& c) {
  const std::string words = ProactiveWords(c.whole);
  return words.empty() ? "the proactive command" : words;
}

std::string StoreData(const Context& c) {
  const std::string block = c.last_block && c.apdu.p2 == 0
                                ? "one block"
                                : fmt::format("block {}, {}", c.apdu.p2, c.last_block ? "the last" : "more follow");
  const Result<tlv::Header> header = tlv::ReadHeader(c.message);
  if (!header.ok()) { return block; }
  const Es10Function* f = FindEs10(header.value().tag);
  return (f != nullptr ? f->name : fmt::format("tag {:02X}", header.value().tag)) + std::string(", ") + block;
}

std::string KeySet(const Context& c) { return fmt::format("key version {:02X}", c.apdu.p1); }

std::string Level(const Context& c) {
  std::string out;
  static constexpr const char* kBits[] = {"C-MAC", "C-DECRYPTION", "", "", "R-MAC", "R-ENCRYPTION"};
  for (size_t i = 0; i < std::size(kBits); ++i) {
    if ((c.apdu.p1 >> i & 1) != 0 && *kBits[i] != 0) { out += (out.empty() ? "" : ", ") + std::string(kBits[i]); }
  }
  return out.empty() ? "no secure messaging" : out;
}

std::string Challenge(const Context& c) { return c.apdu.has_le ? fmt::format("{} bytes", c.apdu.ne) : ""; }
std::string Lengths(const Context& c) { return fmt::format("{} bytes", c.apdu.data.size()); }
std::string Mode(const Context& c) { return c.apdu.p1 == 1 ? "test mode" : "normal mode"; }

// ETSI TS 102 221 table 10.5, TS 102 222 6, GlobalPlatform 11, SGP.22 5.7, docs/formats.
constexpr CommandRow kRows[] = {
    {Class::kIso, 0x04, For::kAll, "DEACTIVATE FILE", "TS 102 221 11.1.14", File},
    {Class::kIso, 0x20, For::kAll, "VERIFY PIN", "TS 102 221 11.1.9", Pin},
    {Class::kIso, 0x24, For::kAll, "CHANGE PIN", "TS 102 221 11.1.10", Pin},
    {Class::kIso, 0x26, For::kAll, "DISABLE PIN", "TS 102 221 11.1.11", Replace},
    {Class::kIso, 0x28, For::kAll, "ENABLE PIN", "TS 102 221 11.1.12", Pin},
    {Class::kIso, 0x2C, For::kAll, "UNBLOCK PIN", "TS 102 221 11.1.13", Pin},
    {Class::kIso, 0x44, For::kAll, "ACTIVATE FILE", "TS 102 221 11.1.15", File},
    {Class::kIso, 0x70, For::kAll, "MANAGE CHANNEL", "TS 102 221 11.1.17", ManageChannel},
    {Class::kIso, 0x73, For::kAll, "MANAGE SECURE CHANNEL", "TS 102 221 11.1.20", SecureChannel},
    {Class::kIso, 0x75, For::kAll, "TRANSACT DATA", "TS 102 221 11.1.21", nullptr},
    {Class::kIso, 0x84, For::kAll, "GET CHALLENGE", "TS 102 221 11.1.18", Challenge},
    {Class::kIso, 0x88, For::kAll, "AUTHENTICATE", "TS 31.102 7.1", Authenticate},
    {Class::kIso, 0x89, For::kAll, "AUTHENTICATE", "TS 31.102 7.1", Authenticate},
    {Class::kIso, 0xA2, For::kAll, "SEARCH RECORD", "TS 102 221 11.1.7", Search},
    {Class::kIso, 0xA4, For::kAll, "SELECT", "TS 102 221 11.1.1", Select},
    {Class::kIso, 0xB0, For::kAll, "READ BINARY", "TS 102 221 11.1.3", ReadBinary},
    {Class::kIso, 0xB2, For::kAll, "READ RECORD", "TS 102 221 11.1.5", Record},
    {Class::kIso, 0xC0, For::kAll, "GET RESPONSE", "TS 102 221 7.3.1.1.5", GetResponseWords},
    {Class::kIso, 0xC2, For::kAll, "ENVELOPE", "ISO/IEC 7816-4 7.6.2", nullptr},
    {Class::kIso, 0xCA, For::kAll, "GET DATA", "GP 11.3", nullptr},
    {Class::kIso, 0xCB, For::kAll, "RETRIEVE DATA", "TS 102 221 11.3.1", ObjectWords},
    {Class::kIso, 0xD6, For::kAll, "UPDATE BINARY", "TS 102 221 11.1.4", UpdateBinary},
    {Class::kIso, 0xDB, For::kAll, "SET DATA", "TS 102 221 11.3.2", ObjectWords},
    {Class::kIso, 0xDC, For::kAll, "UPDATE RECORD", "TS 102 221 11.1.6", UpdateRecord},
    {Class::kIso, 0xE0, For::kAll, "CREATE FILE", "TS 102 222 6.3", Create},
    {Class::kIso, 0xE4, For::kAll, "DELETE FILE", "TS 102 222 6.4", File},
    {Class::kIso, 0xE6, For::kAll, "TERMINATE DF", "TS 102 222 6.7", File},
    {Class::kIso, 0xE8, For::kAll, "TERMINATE EF", "TS 102 222 6.8", File},
    {Class::kIso, 0xFE, For::kAll, "TERMINATE CARD USAGE", "TS 102 222 6.9", nullptr},
    {Class::kEts, 0x10, For::kAll, "TERMINAL PROFILE", "TS 102 221 11.2.1", TerminalProfile},
    {Class::kEts, 0x12, For::kAll, "FETCH", "TS 102 221 11.2.3", Fetch},
    {Class::kEts, 0x14, For::kAll, "TERMINAL RESPONSE", "TS 102 221 11.2.4", TerminalResponse},
    {Class::kEts, 0x30, For::kIsdr, "GET IMAGE STATUS", "docs/formats/image.md", nullptr},
    {Class::kEts, 0x32, For::kIsdr, "BEGIN IMAGE", "docs/formats/image.md", nullptr},
    {Class::kEts, 0x32, For::kAll, "INCREASE", "TS 102 221 11.1.8", Increase},
    {Class::kEts, 0x34, For::kIsdr, "IMAGE DATA", "docs/formats/image.md", Lengths},
    {Class::kEts, 0x36, For::kIsdr, "INSTALL IMAGE", "docs/formats/image.md", nullptr},
    {Class::kEts, 0x38, For::kIsdr, "SELECT AUTOMATICALLY", "docs/formats/isdr.md", nullptr},
    {Class::kEts, 0x3A, For::kIsdr, "SET TERMINAL ID", "docs/formats/isdr.md", nullptr},
    {Class::kEts, 0x3C, For::kIsdr, "SET MODE", "docs/formats/isdr.md", Mode},
    {Class::kEts, 0x3E, For::kIsdr, "MANUFACTURE", "docs/formats/manufacture.md", Lengths},
    {Class::kEts, 0x40, For::kCpa, "PERSONALIZE", "docs/formats/personalization.md", nullptr},
    {Class::kEts, 0x42, For::kCpa, "GET PERSONALIZATION STATUS", "docs/formats/personalization.md", nullptr},
    {Class::kEts, 0x44, For::kIsdr, "GET DISCARDED", "docs/formats/isdr.md", nullptr},
    {Class::kEts, 0x46, For::kIsdr, "GET CARD DATA", "docs/formats/manufacture.md", nullptr},
    {Class::kEts, 0x48, For::kIsdr, "ABORT IMAGE", "docs/formats/image.md", nullptr},
    {Class::kEts, 0x50, For::kDomain, "INITIALIZE UPDATE", "GP Amendment D 7.1.1", KeySet},
    {Class::kEts, 0x76, For::kAll, "SUSPEND UICC", "TS 102 221 11.1.22", Suspend},
    {Class::kEts, 0x78, For::kAll, "GET IDENTITY", "TS 102 221 11.1.23", Identity},
    {Class::kEts, 0x7A, For::kAll, "EXCHANGE CAPABILITIES", "TS 102 221 11.1.24", nullptr},
    {Class::kEts, 0x82, For::kDomain, "EXTERNAL AUTHENTICATE", "GP Amendment D 7.1.2", Level},
    {Class::kEts, 0xAA, For::kAll, "TERMINAL CAPABILITY", "TS 102 221 11.1.19", nullptr},
    {Class::kEts, 0xC0, For::kAll, "GET RESPONSE", "TS 102 221 7.3.1.1.5", GetResponseWords},
    {Class::kEts, 0xC2, For::kAll, "ENVELOPE", "TS 102 221 11.2.2", EnvelopeCommand},
    {Class::kEts, 0xCA, For::kAll, "GET DATA", "GP 11.3", nullptr},
    {Class::kEts, 0xCB, For::kAll, "RETRIEVE DATA", "TS 102 221 11.3.1", ObjectWords},
    {Class::kEts, 0xD4, For::kAll, "RESIZE FILE", "TS 102 222 6.10", Resize},
    {Class::kEts, 0xD8, For::kDomain, "PUT KEY", "GP 11.8", nullptr},
    {Class::kEts, 0xDB, For::kAll, "SET DATA", "TS 102 221 11.3.2", ObjectWords},
    {Class::kEts, 0xE2, For::kDomain, "STORE DATA", "SGP.22 5.7.2", StoreData},
    {Class::kEts, 0xE4, For::kDomain, "DELETE", "GP 11.2", nullptr},
    {Class::kEts, 0xE6, For::kDomain, "INSTALL", "GP 11.5", nullptr},
    {Class::kEts, 0xE8, For::kDomain, "LOAD", "GP 11.6", nullptr},
    {Class::kEts, 0xF0, For::kDomain, "SET STATUS", "GP 11.10", nullptr},
    {Class::kEts, 0xF2, For::kDomain, "GET STATUS", "GP 11.4", nullptr},
    {Class::kEts, 0xF2, For::kAll, "STATUS", "TS 102 221 11.1.2", Status},
};

constexpr bool InOrder() {
  for (size_t i = 1; i < std::size(kRows); ++i) {
    if (kRows[i].type < kRows[i - 1].type) { return false; }
    if (kRows[i].type == kRows[i - 1].type && kRows[i].ins < kRows[i - 1].ins) { return false; }
  }
  return true;
}
static_assert(InOrder());

bool Fits(For app, const Place& place) {
  switch (app) {
    case For::kAll: return true;
    case For::kIsdr: return place.app == "ISD-R" && place.directory == place.app;
    case For::kCpa: return place.app == "CPA" && place.directory == place.app;
    case For::kDomain: return !place.app.empty() && place.directory == place.app && !place.app_has_files;
  }
  return false;
}

}  // namespace

const std::span<const CommandRow> kCommandRows(kRows);

const CommandRow* FindCommand(const Apdu& a, const Place& place) {
  const std::span<const CommandRow> rows = a.cla.type == Class::kGsm ? kGsmRows : kCommandRows;
  // Secured, a command of GlobalPlatform has class 84; an instruction of class 80 else.
  for (const CommandRow& row : rows) {
    if (row.type == a.cla.type && row.ins == a.ins && Fits(row.app, place)) { return &row; }
  }
  return nullptr;
}

// TS 102 221 table 11.8.
std::string RecordMode(uint8_t p1, uint8_t mode) {
  switch (mode) {
    case 2: return "next record";
    case 3: return "previous record";
    case 4: return p1 == 0 ? "current record" : fmt::format("record {}", p1);
    default: return fmt::format("record mode {}?", mode);
  }
}

std::string LeWords(const Apdu& a) { return a.has_le ? fmt::format(", up to {} bytes", a.ne) : ""; }

std::string FidWords(const Place& place, ConstBytes fid) {
  if (fid.size() != 2) { return ToHex(fid) + "?"; }
  const uint16_t number = Get16(fid);
  if (number == kCurrentAdf) {
    return place.app.empty() ? "current application (7FFF)" : place.app + " (7FFF)";
  }
  std::string name = NameOf(place.directory, number);
  // SELECT by FID also finds siblings.
  const size_t slash = place.directory.rfind('/');
  if (FindFile(place.directory, number) == nullptr && slash != std::string::npos) {
    if (const KnownFile* known = FindFile(place.directory.substr(0, slash), number)) { name = known->name; }
  }
  return name.ends_with(fmt::format("{:04X}", number)) ? name : fmt::format("{} ({:04X})", name, number);
}

std::string GetResponseWords(const Context& c) {
  if (c.origin.ins == 0xC0) { return ""; }
  const CommandRow* row = FindCommand(c.origin, c.before);
  return std::string("of ") + (row != nullptr ? row->name : "the command before");
}

std::string EnvelopeCommand(const Context& c) { return EnvelopeWords(c.apdu.data); }
std::string TerminalResponse(const Context& c) { return TerminalResponseWords(c.apdu.data); }

}  // namespace simurgh::offcard::trace
