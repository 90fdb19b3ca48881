#pragma once

#include <string>
#include <vector>

namespace simurgh::offcard::modem {

/// One line of a modem script: docs/formats/modem_script.md.
struct Line {
  int number = 0;
  std::string word;               ///< the first one
  std::vector<std::string> rest;  ///< the others; "quoted ones" hold spaces
};

/// @throws UserError "file:line: what": a word that is none, too few or too many behind it.
std::vector<Line> ParseModemScript(const std::string& text, const std::string& file);

}  // namespace simurgh::offcard::modem
