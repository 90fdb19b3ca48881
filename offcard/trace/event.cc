#include "offcard/trace/event.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "offcard/common/user_error.h"

namespace simurgh::offcard::trace {

const char kTraceHeader[] = "simurgh-trace 1";

bool Shown::anything_hidden() const {
  return std::find(hidden.begin(), hidden.end(), true) != hidden.end();
}

void Shown::Hide(size_t from, size_t to) {
  to = std::min(to, bytes.size());
  if (from >= to) { return; }
  hidden.resize(bytes.size(), false);
  for (size_t i = from; i < to; ++i) {
    bytes[i] = 0xFF;
    hidden[i] = true;
  }
}

std::string Shown::Text() const {
  std::string text = ToHex(bytes);
  for (size_t i = 0; i < hidden.size(); ++i) {
    if (hidden[i]) { text.replace(2 * i, 2, "**"); }
  }
  return text;
}

std::string TraceLine(const Event& event) {
  if (event.kind == Event::Kind::kReset) {
    return fmt::format("R {} {}", event.micros, event.answer.Text());
  }
  return fmt::format("C {} {} {}", event.micros, event.command.Text(), event.answer.Text());
}

namespace {

class LineParser {
 public:
  LineParser(std::string_view line, const std::string& file, size_t number)
      : rest_(line), file_(file), number_(number) {}

  Event Parse() {
    Event event;
    const std::string_view kind = Word();
    if (kind != "R" && kind != "C") { Fail("a line starts with R or C"); }
    event.kind = kind == "R" ? Event::Kind::kReset : Event::Kind::kCommand;
    const std::string_view time = Word();
    const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), event.micros);
    if (time.empty() || error != std::errc() || end != time.data() + time.size()) {
      Fail("the second word is the time in microseconds");
    }
    if (event.kind == Event::Kind::kCommand) {
      event.command = Hex(1, "command");
      event.answer = Hex(2, "answer");
    } else {
      event.answer = Hex(2, "answer to reset");
    }
    if (!Word().empty()) { Fail("too many words"); }
    return event;
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw UserError(fmt::format("{}:{}: {}", file_, number_, what));
  }

  std::string_view Word() {
    const size_t from = std::min(rest_.find_first_not_of(' '), rest_.size());
    const size_t to = std::min(rest_.find(' ', from), rest_.size());
    const std::string_view word = rest_.substr(from, to - from);
    rest_ = rest_.substr(to);
    return word;
  }

  Shown Hex(size_t least, const char* what) {
    std::string word(Word());
    Shown out;
    for (size_t i = 0; i + 1 < word.size(); i += 2) {
      const bool hidden = word[i] == '*' && word[i + 1] == '*';
      out.hidden.push_back(hidden);
      if (hidden) { word.replace(i, 2, "FF"); }
    }
    try {
      out.bytes = FromHex(word, what);
    } catch (const UserError& e) {
      Fail(e.what());
    }
    if (out.bytes.size() < least) { Fail(fmt::format("{}: at least {} bytes expected", what, least)); }
    if (!out.anything_hidden()) { out.hidden.clear(); }
    return out;
  }

  std::string_view rest_;
  const std::string& file_;
  size_t number_;
};

}  // namespace

std::vector<Event> ParseTrace(std::string_view text, const std::string& file) {
  std::vector<Event> events;
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) { line.remove_suffix(1); }
    if (number == 1) {
      if (line != kTraceHeader) {
        throw UserError(fmt::format("{}: neither a trace (first line \"{}\") nor a pcap file", file,
                                    kTraceHeader));
      }
      continue;
    }
    if (line.empty() || line[0] == '#') { continue; }
    events.push_back(LineParser(line, file, number).Parse());
  }
  if (number == 0) { throw UserError(fmt::format("{}: the file is empty", file)); }
  return events;
}

}  // namespace simurgh::offcard::trace
