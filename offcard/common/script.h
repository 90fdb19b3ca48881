#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "offcard/common/card.h"
#include "offcard/common/hex.h"

namespace simurgh::offcard {

/// What an answer must look like: hexadecimal digits, '.' for any digit, '*' for any number of
/// bytes, none included. Spaces do not count. The pattern covers the whole answer, status word too.
class Pattern {
 public:
  /// @throws UserError.
  explicit Pattern(std::string_view text);
  bool Matches(ConstBytes bytes) const;
  /// How many bytes from the start agree: where to look in a long answer.
  size_t Agreement(ConstBytes bytes) const;

 private:
  struct Item {
    bool star = false;
    uint8_t value = 0;
    uint8_t mask = 0xFF;
  };
  std::vector<Item> items_;
};

/// One line of a script that does something, with what was said about it in comments.
struct ScriptStep {
  enum class Kind : uint8_t { kCommand, kReset };
  struct Capture {
    int line = 0;
    std::string name;
    long from = 0;  ///< byte offsets into data and status word; negative: from the end
    long to = 0;
    bool open = true;  ///< to the end
  };
  Kind kind = Kind::kCommand;
  int line = 0;                      ///< first line is 1
  Buffer command;                    ///< kCommand: as scriptor sends it
  std::string replacement;           ///< "#<": sent instead when all its variables are known
  std::vector<std::string> expected; ///< "#>" and "#|": one of them must match; empty: anything
  std::vector<Capture> captures;     ///< "#="
  std::string name;                  ///< "#:"
  std::string clause;                ///< "# @clause"
  bool auto_response = false;
  std::vector<std::pair<std::string, std::string>> sets;  ///< "#! set" met before this step
};

/// A script in the syntax of pcsc-tools' scriptor; see tests/scripts/README.md.
struct Script {
  std::string file;
  std::vector<ScriptStep> steps;
};

/// @throws UserError "file:line: what".
Script ParseScript(const std::string& text, const std::string& file);

using Variables = std::map<std::string, std::string>;

struct ScriptResult {
  bool ok = true;
  size_t steps = 0;         ///< steps that ran, the failing one included
  size_t expectations = 0;  ///< steps that had an expectation
  std::string report;       ///< the first difference, several lines; empty when ok
  Variables variables;      ///< after the last step
};

/// Called after every step with what was sent and what came back.
using ScriptTrace = std::function<void(const ScriptStep&, ConstBytes sent, ConstBytes got)>;

/// Runs until the first difference. The card is not reset at the start: scripts say so themselves.
/// @throws UserError: an unknown variable, a slice outside an answer, the card gone.
ScriptResult RunScript(const Script& script, Reader& reader, Variables variables = {},
                       const ScriptTrace& trace = {});

}  // namespace simurgh::offcard
