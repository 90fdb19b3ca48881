#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/tlv.h"

namespace simurgh::offcard::trace {

/// A function of ES10, named by the tag of its request and response (SGP.22 5.7).
struct Es10Function {
  tlv::Tag tag = 0;
  const char* name = "";
  const char* clause = "";
};
/// nullptr: no such function.
const Es10Function* FindEs10(tlv::Tag tag);

/// A proactive command by its type (TS 102 223 9.4); "type 7F" when unknown.
std::string ProactiveName(uint8_t type);
/// What a D0 object asks for: name, number and text when it has one. Empty: not a proactive command.
std::string ProactiveWords(ConstBytes command);
/// Command and general result of a TERMINAL RESPONSE (TS 102 223 8.12).
std::string TerminalResponseWords(ConstBytes data);
/// What an ENVELOPE carries, by its tag (TS 102 223 9.1, TS 31.111 9.1).
std::string EnvelopeWords(ConstBytes data);

}  // namespace simurgh::offcard::trace
