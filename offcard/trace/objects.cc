#include "offcard/trace/objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "offcard/common/hex.h"

namespace simurgh::offcard::trace {
namespace {

// Ascending tags. BF23 stands inside a bound profile package (SGP.22 2.5.4, 5.5.1).
constexpr Es10Function kEs10[] = {
    {0xA0, "BoundProfilePackage: sequence of 87", "SGP.22 5.7.6"},
    {0xA1, "BoundProfilePackage: sequence of 88", "SGP.22 5.7.6"},
    {0xA2, "BoundProfilePackage: sequence of 87", "SGP.22 5.7.6"},
    {0xA3, "BoundProfilePackage: sequence of 86", "SGP.22 5.7.6"},
    {0x86, "BoundProfilePackage: segment of the profile", "SGP.22 5.7.6"},
    {0x87, "BoundProfilePackage: protected keys or configuration", "SGP.22 5.7.6"},
    {0x88, "BoundProfilePackage: metadata", "SGP.22 5.7.6"},
    {0xBF20, "GetEuiccInfo1", "SGP.22 5.7.8"},
    {0xBF21, "PrepareDownload", "SGP.22 5.7.5"},
    {0xBF22, "GetEuiccInfo2", "SGP.22 5.7.8"},
    {0xBF23, "InitialiseSecureChannel", "SGP.22 5.7.6"},
    {0xBF28, "ListNotification", "SGP.22 5.7.9"},
    {0xBF29, "SetNickname", "SGP.22 5.7.21"},
    {0xBF2B, "RetrieveNotificationsList", "SGP.22 5.7.10"},
    {0xBF2D, "GetProfilesInfo", "SGP.22 5.7.15"},
    {0xBF2E, "GetEUICCChallenge", "SGP.22 5.7.7"},
    {0xBF30, "RemoveNotificationFromList", "SGP.22 5.7.11"},
    {0xBF31, "EnableProfile", "SGP.22 5.7.16"},
    {0xBF32, "DisableProfile", "SGP.22 5.7.17"},
    {0xBF33, "DeleteProfile", "SGP.22 5.7.18"},
    {0xBF34, "eUICCMemoryReset", "SGP.22 5.7.19"},
    {0xBF35, "LoadCRL", "SGP.22 5.7.12"},
    {0xBF36, "LoadBoundProfilePackage", "SGP.22 5.7.6"},
    {0xBF37, "ProfileInstallationResult", "SGP.22 5.7.6"},
    {0xBF38, "AuthenticateServer", "SGP.22 5.7.13"},
    {0xBF3C, "GetEuiccConfiguredAddresses", "SGP.22 5.7.3"},
    {0xBF3E, "GetEuiccData", "SGP.22 5.7.20"},
    {0xBF3F, "SetDefaultDpAddress", "SGP.22 5.7.4"},
    {0xBF41, "CancelSession", "SGP.22 5.7.14"},
    {0xBF43, "GetRAT", "SGP.22 5.7.22"},
};

struct Named {
  uint8_t value;
  const char* name;
};

// TS 102 223 9.4.
constexpr Named kProactive[] = {
    {0x01, "REFRESH"}, {0x02, "MORE TIME"}, {0x03, "POLL INTERVAL"}, {0x04, "POLLING OFF"},
    {0x05, "SET UP EVENT LIST"}, {0x10, "SET UP CALL"}, {0x11, "SEND SS"}, {0x12, "SEND USSD"},
    {0x13, "SEND SHORT MESSAGE"}, {0x14, "SEND DTMF"}, {0x15, "LAUNCH BROWSER"},
    {0x16, "GEOGRAPHICAL LOCATION REQUEST"}, {0x20, "PLAY TONE"}, {0x21, "DISPLAY TEXT"},
    {0x22, "GET INKEY"}, {0x23, "GET INPUT"}, {0x24, "SELECT ITEM"}, {0x25, "SET UP MENU"},
    {0x26, "PROVIDE LOCAL INFORMATION"}, {0x27, "TIMER MANAGEMENT"}, {0x28, "SET UP IDLE MODE TEXT"},
    {0x30, "PERFORM CARD APDU"}, {0x31, "POWER ON CARD"}, {0x32, "POWER OFF CARD"},
    {0x33, "GET READER STATUS"}, {0x34, "RUN AT COMMAND"}, {0x35, "LANGUAGE NOTIFICATION"},
    {0x40, "OPEN CHANNEL"}, {0x41, "CLOSE CHANNEL"}, {0x42, "RECEIVE DATA"}, {0x43, "SEND DATA"},
    {0x44, "GET CHANNEL STATUS"}, {0x45, "SERVICE SEARCH"}, {0x46, "GET SERVICE INFORMATION"},
    {0x47, "DECLARE SERVICE"}, {0x50, "SET FRAMES"}, {0x51, "GET FRAMES STATUS"},
    {0x60, "RETRIEVE MULTIMEDIA MESSAGE"}, {0x61, "SUBMIT MULTIMEDIA MESSAGE"},
    {0x62, "DISPLAY MULTIMEDIA MESSAGE"}, {0x70, "ACTIVATE"}, {0x71, "CONTACTLESS STATE CHANGED"},
    {0x72, "COMMAND CONTAINER"}, {0x73, "ENCAPSULATED SESSION CONTROL"}, {0x81, "END OF SESSION"},
};

// TS 102 223 9.1 and TS 31.111 9.1.
constexpr Named kEnvelopes[] = {
    {0xD1, "SMS-PP download"}, {0xD2, "cell broadcast download"}, {0xD3, "menu selection"},
    {0xD4, "call control"}, {0xD5, "MO short message control"}, {0xD6, "event download"},
    {0xD7, "timer expiration"}, {0xD9, "USSD download"}, {0xDA, "MMS transfer status"},
    {0xDB, "MMS notification download"}, {0xDC, "terminal application"},
    {0xDD, "geographical location reporting"}, {0xDE, "envelope container"}, {0xDF, "ProSe report"},
};

// TS 102 223 8.12, general result.
constexpr Named kResults[] = {
    {0x00, "performed"}, {0x01, "performed, partly understood"}, {0x02, "performed, information missing"},
    {0x03, "REFRESH performed, files read"}, {0x04, "performed, icon not shown"},
    {0x05, "performed, modified by call control"}, {0x06, "performed, limited service"},
    {0x07, "performed, modified"}, {0x08, "REFRESH performed, NAA not active"},
    {0x10, "session ended by the user"}, {0x11, "backward move by the user"},
    {0x12, "no answer from the user"}, {0x13, "help asked by the user"},
    {0x20, "terminal cannot do it now"}, {0x21, "network cannot do it now"},
    {0x22, "user did not accept"}, {0x23, "user cleared down"}, {0x26, "session in progress"},
    {0x30, "beyond the terminal's capabilities"}, {0x31, "type not understood"},
    {0x32, "data not understood"}, {0x33, "number not known"}, {0x34, "SS error"},
    {0x35, "SMS RP error"}, {0x36, "values are missing"}, {0x38, "multiple card error"},
    {0x39, "interaction with call control"}, {0x3A, "bearer independent protocol error"},
};

const char* Find(std::span<const Named> rows, uint8_t value) {
  const auto it = std::find_if(rows.begin(), rows.end(), [&](const Named& n) { return n.value == value; });
  return it == rows.end() ? nullptr : it->name;
}

/// COMPREHENSION-TLV: the top bit of the tag says that the terminal must understand it.
std::optional<tlv::Object> FindSimple(ConstBytes data, uint8_t tag) {
  for (tlv::Reader r(data); !r.done();) {
    const Result<tlv::Object> o = r.Next();
    if (!o.ok()) { return std::nullopt; }
    if ((o.value().tag & 0x7F) == tag && o.value().tag <= 0xFF) { return o.value(); }
  }
  return std::nullopt;
}

std::string TextOf(ConstBytes data, uint8_t tag, size_t skip) {
  const std::optional<tlv::Object> o = FindSimple(data, tag);
  if (!o || o->value.size() <= skip) { return ""; }
  const ConstBytes v = o->value.subspan(skip);
  const bool printable = std::all_of(v.begin(), v.end(), [](uint8_t c) { return c >= 0x20 && c < 0x7F; });
  return printable ? fmt::format(" \"{}\"", std::string(v.begin(), v.end())) : "";
}

}  // namespace

const Es10Function* FindEs10(tlv::Tag tag) {
  const auto it = std::find_if(std::begin(kEs10), std::end(kEs10),
                               [&](const Es10Function& f) { return f.tag == tag; });
  return it == std::end(kEs10) ? nullptr : it;
}

std::string ProactiveName(uint8_t type) {
  const char* name = Find(kProactive, type);
  return name != nullptr ? name : fmt::format("type {:02X}", type);
}

std::string ProactiveWords(ConstBytes command) {
  const Result<tlv::Object> d0 = tlv::Find(command, 0xD0);
  if (!d0.ok()) { return ""; }
  const std::optional<tlv::Object> details = FindSimple(d0.value().value, 0x01);
  if (!details || details->value.size() != 3) { return "proactive command without details"; }
  const uint8_t type = details->value[1];
  std::string out = fmt::format("{}, number {}, qualifier {:02X}", ProactiveName(type), details->value[0],
                                details->value[2]);
  const std::string alpha = TextOf(d0.value().value, 0x05, 0);
  return out + (alpha.empty() ? TextOf(d0.value().value, 0x0D, 1) : alpha);
}

std::string TerminalResponseWords(ConstBytes data) {
  const std::optional<tlv::Object> details = FindSimple(data, 0x01);
  const std::optional<tlv::Object> result = FindSimple(data, 0x03);
  if (!details || details->value.size() != 3 || !result || result->value.empty()) {
    return "command details or result missing";
  }
  const char* words = Find(kResults, result->value[0]);
  return fmt::format("{}: {}", ProactiveName(details->value[1]),
                     words != nullptr ? words : fmt::format("result {:02X}", result->value[0]));
}

std::string EnvelopeWords(ConstBytes data) {
  if (data.empty()) { return "empty"; }
  const char* name = Find(kEnvelopes, data[0]);
  return name != nullptr ? name : fmt::format("tag {:02X}", data[0]);
}

}  // namespace simurgh::offcard::trace
