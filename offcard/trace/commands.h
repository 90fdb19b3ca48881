#pragma once

#include <span>
#include <string>

#include "offcard/trace/tracker.h"

namespace simurgh::offcard::trace {

/// Which selected application a row needs.
enum class For : uint8_t {
  kAll,
  kIsdr,
  kCpa,
  kDomain,  ///< any application without files: GlobalPlatform commands
};

/// What an instruction means. The table is ordered by class, then INS; the first row that fits counts.
struct CommandRow {
  apdu::Class type;
  uint8_t ins;
  For app;
  const char* name;
  const char* clause;
  std::string (*words)(const Context&);  ///< parameters in words; nullptr: nothing to say
};

extern const std::span<const CommandRow> kCommandRows;
extern const std::span<const CommandRow> kGsmRows;

/// nullptr: nobody defined it.
const CommandRow* FindCommand(const Apdu& apdu, const Place& place);

// Shared by both tables.
std::string RecordMode(uint8_t p1, uint8_t mode);
std::string LeWords(const Apdu& apdu);
std::string FidWords(const Place& place, ConstBytes fid);
std::string GetResponseWords(const Context& context);
std::string EnvelopeCommand(const Context& context);
std::string TerminalResponse(const Context& context);

}  // namespace simurgh::offcard::trace
