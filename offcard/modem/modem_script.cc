#include "offcard/modem/modem_script.h"

#include <fmt/format.h>

#include <sstream>

#include "offcard/common/user_error.h"

namespace simurgh::offcard::modem {
namespace {

struct Word {
  const char* name;
  size_t least, most;  ///< words behind it
};
constexpr size_t kAny = 1000;
constexpr Word kWords[] = {
    // What the terminal is.
    {"imei", 1, 1}, {"imeisv", 1, 1}, {"location", 4, 4}, {"time", 1, 1}, {"language", 1, 1},
    {"battery", 1, 1}, {"access", 1, 1},
    // What its user will say.
    {"answer", 1, 2},
    // What happens.
    {"status", 0, 0}, {"wait", 1, 1}, {"menu", 1, 2}, {"event", 1, 2}, {"sms", 1, 1},
    {"envelope", 1, 1}, {"apdu", 1, kAny}, {"reset", 0, 0},
    // What the card must have asked for.
    {"expect", 1, 2},
};

/// Words between spaces; a quoted one may hold spaces, and \" and \\ . A # begins a comment.
std::vector<std::string> Split(const std::string& text, const std::string& where) {
  std::vector<std::string> words;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == ' ' || text[i] == '\t' || text[i] == '\r') {
      ++i;
      continue;
    }
    if (text[i] == '#') { break; }
    std::string word;
    if (text[i] != '"') {
      while (i < text.size() && text[i] != ' ' && text[i] != '\t' && text[i] != '\r') { word += text[i++]; }
      words.push_back(word);
      continue;
    }
    for (++i; i < text.size() && text[i] != '"'; ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) { ++i; }
      word += text[i];
    }
    if (i == text.size()) { throw UserError(where + ": the quoted text does not end"); }
    ++i;
    words.push_back(word);
  }
  return words;
}

}  // namespace

std::vector<Line> ParseModemScript(const std::string& text, const std::string& file) {
  std::vector<Line> lines;
  std::istringstream in(text);
  std::string raw;
  for (int number = 1; std::getline(in, raw); ++number) {
    const std::string where = fmt::format("{}:{}", file, number);
    std::vector<std::string> words = Split(raw, where);
    if (words.empty()) { continue; }
    const Word* known = nullptr;
    for (const Word& w : kWords) { known = words[0] == w.name ? &w : known; }
    if (known == nullptr) {
      throw UserError(fmt::format("{}: there is no word '{}'; see docs/formats/modem_script.md", where, words[0]));
    }
    const size_t behind = words.size() - 1;
    if (behind < known->least || behind > known->most) {
      throw UserError(fmt::format("{}: '{}' takes {}{} word{} behind it, here are {}", where, known->name,
                                  known->least, known->most > known->least ? " or more" : "",
                                  known->least == 1 ? "" : "s", behind));
    }
    Line line;
    line.number = number;
    line.word = words[0];
    line.rest.assign(words.begin() + 1, words.end());
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace simurgh::offcard::modem
