#pragma once

#include <string>

#include "offcard/trace/event.h"
#include "offcard/trace/tracker.h"

namespace simurgh::offcard::trace {

/// An event in words.
struct Description {
  std::string place;    ///< file or application the command works on: "ADF.USIM/EF.IMSI"
  std::string name;     ///< "READ BINARY"; "unknown command" when nobody defined it
  std::string meaning;  ///< parameters in words
  std::string status;   ///< "9000: normal ending"
  std::string clause;   ///< "TS 102 221 11.1.3"
  std::string answer;   ///< FCP and proactive commands in words; empty: nothing to add
  std::string Line() const;  ///< name and meaning
};

/// Describes what a Tracker has just followed. Give it redacted events: it repeats nothing else.
Description Describe(const Event& event, const Context& context);

}  // namespace simurgh::offcard::trace
