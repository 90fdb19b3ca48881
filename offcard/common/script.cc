// Reading scripts. What a line means to scriptor is stated where it matters: scripts stay valid for it.
#include "offcard/common/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sstream>

#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

std::string Trim(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) { return ""; }
  return std::string(text.substr(from, text.find_last_not_of(" \t\r") - from + 1));
}

std::string Lower(std::string text) {
  for (char& c : text) { c = static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
  return text;
}

bool IsName(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_';
  });
}

class Parser {
 public:
  explicit Parser(const std::string& file) { script_.file = file; }

  Script Run(const std::string& text) {
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      ++line_;
      Line(line);
    }
    if (!pending_.empty()) { Fail("the script ends after a line that continues (\\)"); }
    if (!replacement_.empty()) { Fail("#< has no command line behind it"); }
    return std::move(script_);
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw UserError(fmt::format("{}:{}: {}", script_.file, line_, what));
  }

  void Line(const std::string& line) {
    const std::string lower = Lower(line);
    // scriptor looks for these words before anything else, in comments too.
    if (lower.find("exit") != std::string::npos) {
      if (Trim(lower) != "exit") { Fail("scriptor stops at any line with the word 'exit'; rephrase it"); }
      Fail("'exit' ends a script early; delete what follows instead");
    }
    if (Trim(line).empty()) { return; }
    if (line[0] == '#') {
      Comment(line);
      return;
    }
    if (lower.find("reset") != std::string::npos) {
      if (Trim(lower) != "reset") { Fail("'reset' stands alone on its line"); }
      Step(ScriptStep::Kind::kReset);
      return;
    }
    Command(line);
  }

  /// Bytes are all separated by one space, or not at all; '\' at the end continues.
  void Command(std::string line) {
    while (!line.empty() && line.back() == '\r') { line.pop_back(); }
    const bool more = !line.empty() && line.back() == '\\';
    if (more) { line.pop_back(); }
    std::string digits = more ? Trim(line) : line;
    if (digits.find_first_of(" \t") != std::string::npos) {
      std::istringstream words(digits);
      for (std::string word; words >> word;) {
        if (word.size() != 2) {
          Fail(fmt::format("'{}': scriptor wants every byte separated by a space, or no space at all "
                           "(and no comment behind a command)", word));
        }
      }
    }
    try {
      const Buffer bytes = FromHex(digits, "command");
      pending_.insert(pending_.end(), bytes.begin(), bytes.end());
    } catch (const UserError& e) {
      Fail(e.what());
    }
    if (more) { return; }
    if (pending_.size() < 4) { Fail("a command has at least four bytes: CLA INS P1 P2"); }
    Step(ScriptStep::Kind::kCommand);
  }

  void Step(ScriptStep::Kind kind) {
    if (kind == ScriptStep::Kind::kReset && (!pending_.empty() || !replacement_.empty())) {
      Fail("reset in the middle of a command");
    }
    ScriptStep step;
    step.kind = kind;
    step.line = line_;
    step.command = std::move(pending_);
    step.replacement = std::move(replacement_);
    step.name = name_;
    step.clause = clause_;
    step.auto_response = auto_response_;
    step.sets = std::move(sets_);
    script_.steps.push_back(std::move(step));
    pending_.clear();
    replacement_.clear();
    sets_.clear();
    expecting_ = false;
  }

  void Comment(const std::string& line) {
    const char mark = line.size() > 1 ? line[1] : ' ';
    const std::string rest = line.size() > 2 ? Trim(std::string_view(line).substr(2)) : "";
    switch (mark) {
      case ':':
        name_ = rest;
        clause_.clear();
        break;
      case '>': Expect(rest, !expecting_); break;
      case '|': Expect(rest, true); break;
      case '=': Last("#=").captures.push_back(ReadCapture(rest)); break;
      case '<': replacement_ += rest; break;
      case '!': Directive(rest); break;
      default:
        if (rest.starts_with("@clause")) { clause_ = Trim(rest.substr(7)); }
        break;
    }
  }

  ScriptStep& Last(const char* mark) {
    if (script_.steps.empty() || !pending_.empty() || !replacement_.empty()) {
      Fail(std::string(mark) + " belongs behind a command");
    }
    return script_.steps.back();
  }

  /// A further "#>" continues the pattern; "#|" starts another one.
  void Expect(const std::string& text, bool starts) {
    ScriptStep& step = Last("an expectation");
    if (starts) {
      step.expected.push_back(text);
    } else {
      step.expected.back() += " " + text;
    }
    expecting_ = true;
    try {
      std::string probe = step.expected.back();
      if (probe.find('$') == std::string::npos) { Pattern check(probe); }
    } catch (const UserError& e) {
      Fail(e.what());
    }
  }

  /// "NAME", "NAME 2:10", "NAME 2:", "NAME :-2".
  ScriptStep::Capture ReadCapture(const std::string& text) const {
    std::istringstream in(text);
    ScriptStep::Capture capture;
    std::string slice;
    in >> capture.name >> slice;
    capture.line = line_;
    if (!IsName(capture.name)) { Fail("expected: #= NAME FROM:TO"); }
    const std::string all = slice.empty() ? ":-2" : slice;  // the data without the status word
    const size_t colon = all.find(':');
    const std::string from = all.substr(0, colon);
    const std::string to = colon == std::string::npos ? "" : all.substr(colon + 1);
    const auto number = [&](const std::string& digits) {
      char* end = nullptr;
      const long n = std::strtol(digits.c_str(), &end, 10);
      if (*end != 0) { Fail("expected: #= NAME FROM:TO"); }
      return n;
    };
    if (colon == std::string::npos) { Fail("expected: #= NAME FROM:TO"); }
    capture.from = from.empty() ? 0 : number(from);
    capture.open = to.empty();
    capture.to = to.empty() ? 0 : number(to);
    return capture;
  }

  void Directive(const std::string& text) {
    std::istringstream in(text);
    std::string word;
    std::string name;
    in >> word >> name;
    if (word == "auto-response" && (name == "on" || name == "off")) {
      auto_response_ = name == "on";
      return;
    }
    if (word == "set" && IsName(name)) {
      std::string value;
      std::getline(in, value);
      try {
        sets_.emplace_back(name, ToHex(FromHex(value, name)));
      } catch (const UserError& e) {
        Fail(e.what());
      }
      return;
    }
    Fail(fmt::format("#! {}: known directives are 'auto-response on|off' and 'set NAME HEX'", text));
  }

  Script script_;
  int line_ = 0;
  Buffer pending_;
  std::string replacement_;
  std::string name_;
  std::string clause_;
  std::vector<std::pair<std::string, std::string>> sets_;
  bool auto_response_ = false;
  bool expecting_ = false;
};

int Digit(char c) {
  if (c >= '0' && c <= '9') { return c - '0'; }
  const char l = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace

Pattern::Pattern(std::string_view text) {
  int held = -1;  // first character of a byte
  for (char c : text) {
    if (c == ' ' || c == '\t') { continue; }
    if (c == '*') {
      if (held >= 0) { throw UserError("expectation: '*' in the middle of a byte"); }
      items_.push_back({true, 0, 0});
      continue;
    }
    if (c != '.' && Digit(c) < 0) {
      throw UserError(fmt::format("expectation: '{}' is not a hexadecimal digit, '.' or '*'", c));
    }
    if (held < 0) {
      held = static_cast<unsigned char>(c);
      continue;
    }
    Item item;
    const char high = static_cast<char>(held);
    item.mask = static_cast<uint8_t>((high == '.' ? 0 : 0xF0) | (c == '.' ? 0 : 0x0F));
    item.value = static_cast<uint8_t>((high == '.' ? 0 : Digit(high) << 4) | (c == '.' ? 0 : Digit(c)));
    items_.push_back(item);
    held = -1;
  }
  if (held >= 0) { throw UserError("expectation: odd number of digits"); }
}

bool Pattern::Matches(ConstBytes bytes) const {
  size_t item = 0;
  size_t at = 0;
  size_t star = SIZE_MAX;  // the last star, and where its next try begins
  size_t retry = 0;
  while (at < bytes.size()) {
    if (item < items_.size() && items_[item].star) {
      star = item++;
      retry = at;
    } else if (item < items_.size() && (bytes[at] & items_[item].mask) == items_[item].value) {
      ++item;
      ++at;
    } else if (star != SIZE_MAX) {
      item = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  return std::all_of(items_.begin() + static_cast<long>(item), items_.end(),
                     [](const Item& i) { return i.star; });
}

size_t Pattern::Agreement(ConstBytes bytes) const {
  size_t at = 0;
  while (at < items_.size() && at < bytes.size() && !items_[at].star &&
         (bytes[at] & items_[at].mask) == items_[at].value) {
    ++at;
  }
  return at;
}

Script ParseScript(const std::string& text, const std::string& file) {
  return Parser(file).Run(text);
}

}  // namespace simurgh::offcard
