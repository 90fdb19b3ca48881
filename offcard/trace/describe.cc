#include "offcard/trace/describe.h"

#include <fmt/format.h>

#include "apdu/words.h"
#include "base/tlv.h"
#include "offcard/common/card.h"
#include "offcard/trace/commands.h"
#include "offcard/trace/fcp.h"
#include "offcard/trace/objects.h"

namespace simurgh::offcard::trace {
namespace {

bool MoreWaits(uint16_t sw) { return sw >> 8 == 0x61 || sw >> 8 == 0x9F; }

std::string SelectAnswer(const Context& c) {
  const bool gsm = c.origin.cla.type == apdu::Class::kGsm;
  const std::optional<Fcp> fcp = gsm ? ParseGsmHeader(c.whole) : ParseFcp(c.whole);
  return fcp ? FcpWords(*fcp) : "";
}

/// The answer of an ES10 function whose first bytes name it, and its result when it has a plain one.
std::string Es10Answer(const Context& c) {
  const Result<tlv::Header> header = tlv::ReadHeader(c.whole);
  if (!header.ok()) { return ""; }
  const Es10Function* f = FindEs10(header.value().tag);
  std::string out = f != nullptr ? std::string("answer of ") + f->name : "";
  const Result<tlv::Object> whole = tlv::Find(c.whole, header.value().tag);
  if (!out.empty() && whole.ok()) {
    const Result<tlv::Object> result = tlv::Find(whole.value().value, 0x80);
    if (result.ok() && result.value().value.size() == 1) {
      out += fmt::format(", result {}", result.value().value[0]);
    }
  }
  return out;
}

std::string AuthenticateAnswer(const Context& c) {
  if (c.whole.empty()) { return ""; }
  return c.whole[0] == 0xDB   ? "authenticated"
         : c.whole[0] == 0xDC ? "synchronisation failure, AUTS follows"
                              : "";
}

std::string AnswerWords(const Context& c) {
  if (c.data.empty() || MoreWaits(c.sw)) { return ""; }
  const uint8_t ins = c.origin.ins;
  const bool ets = c.origin.cla.type == apdu::Class::kEts;
  if (ins == 0xA4 || ins == 0xF2) { return SelectAnswer(c); }
  if (ins == 0x88 && c.origin.cla.type == apdu::Class::kIso) { return AuthenticateAnswer(c); }
  if (ets && ins == 0xE2) { return Es10Answer(c); }
  if (ins == 0x12 && c.apdu.ins != 0x12) { return ProactiveWords(c.whole); }
  if (ins == 0x70 && c.data.size() == 1) { return fmt::format("channel {}", c.data[0]); }
  return "";
}

/// "63C2: verification failed, 2 tries left": the count in place of xx.
std::string StatusText(uint16_t sw) {
  std::string words = apdu::Describe(static_cast<apdu::Sw>(sw));
  const size_t at = words.find("xx");
  if (at != std::string::npos) {
    const int count = sw >> 4 == 0x63C ? sw & 0x0F : (sw & 0xFF) == 0 ? 256 : sw & 0xFF;
    words.replace(at, 2, std::to_string(count));
  }
  return fmt::format("{:04X}: {}", sw, words);
}

}  // namespace

std::string Description::Line() const { return meaning.empty() ? name : name + ": " + meaning; }

Description Describe(const Event& event, const Context& c) {
  Description out;
  if (event.kind == Event::Kind::kReset) {
    out.place = "MF";
    out.name = "RESET";
    out.meaning = fmt::format("answer to reset, {} bytes", event.answer.bytes.size());
    out.clause = "ISO/IEC 7816-3 8.2";
    return out;
  }
  out.place = (c.target.known ? c.target : c.after).Text();
  if (c.apdu.ins == 0xA4 || c.apdu.ins == 0xE0) { out.place = c.after.Text(); }
  out.status = StatusText(c.sw);
  if (event.command.bytes.size() < 4) {
    out.name = "malformed command";
    out.meaning = "a header has four bytes";
    return out;
  }
  const CommandRow* row = FindCommand(c.apdu, c.before);
  out.name = row != nullptr ? row->name : fmt::format("unknown command {:02X}", c.apdu.ins);
  out.clause = row != nullptr ? row->clause : "";
  if (!c.apdu.valid) {
    out.meaning = "malformed: class or lengths are wrong";
    return out;
  }
  if (c.apdu.cla.secure != 0 && c.apdu.ins != 0x82) {
    out.meaning = "inside secure messaging";
  } else if (row != nullptr && row->words != nullptr) {
    out.meaning = row->words(c);
  }
  if (c.channel() != 0) { out.meaning += fmt::format("{}channel {}", out.meaning.empty() ? "" : ", ", c.channel()); }
  if (row != nullptr && c.apdu.ins == 0xE2) {
    const Result<tlv::Header> header = tlv::ReadHeader(c.message);
    const Es10Function* f = header.ok() ? FindEs10(header.value().tag) : nullptr;
    if (f != nullptr) { out.clause = f->clause; }
  }
  out.answer = AnswerWords(c);
  return out;
}

}  // namespace simurgh::offcard::trace
