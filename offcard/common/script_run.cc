#include <fmt/format.h>

#include <cctype>

#include "offcard/common/script.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

/// Replaces $NAME by the value and $#NAME by its length in bytes (two digits).
/// @param missing  the first variable without a value; empty when all are known.
std::string Substitute(const std::string& text, const Variables& variables, std::string* missing) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '$') {
      out += text[i++];
      continue;
    }
    const bool length = i + 1 < text.size() && text[i + 1] == '#';
    size_t end = i += length ? 2 : 1;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) {
      ++end;
    }
    const std::string name = text.substr(i, end - i);
    i = end;
    const auto it = variables.find(name);
    if (it == variables.end()) {
      if (missing->empty()) { *missing = "$" + name; }
      continue;
    }
    out += length ? fmt::format("{:02X}", it->second.size() / 2) : it->second;
  }
  return out;
}

class Runner {
 public:
  Runner(const Script& script, Reader& reader, Variables variables)
      : script_(script), reader_(reader) {
    result_.variables = std::move(variables);
  }

  ScriptResult Run(const ScriptTrace& trace) {
    for (const ScriptStep& step : script_.steps) {
      for (const auto& [name, value] : step.sets) { result_.variables.emplace(name, value); }
      const Buffer sent = Command(step);
      const Buffer got = Send(step, sent);
      ++result_.steps;
      if (trace) { trace(step, sent, got); }
      if (!step.expected.empty()) {
        ++result_.expectations;
        if (!Check(step, sent, got)) {
          result_.ok = false;
          break;
        }
      }
      for (const ScriptStep::Capture& capture : step.captures) { Store(capture, got); }
    }
    return std::move(result_);
  }

 private:
  [[noreturn]] void Fail(int line, const std::string& what) const {
    throw UserError(fmt::format("{}:{}: {}", script_.file, line, what));
  }

  Buffer Command(const ScriptStep& step) const {
    if (step.kind == ScriptStep::Kind::kReset || step.replacement.empty()) { return step.command; }
    std::string missing;
    const std::string text = Substitute(step.replacement, result_.variables, &missing);
    if (!missing.empty()) { return step.command; }
    try {
      Buffer command = FromHex(text, "#<");
      if (command.size() < 4) { throw UserError("#<: a command has at least four bytes"); }
      return command;
    } catch (const UserError& e) {
      Fail(step.line, e.what());
    }
  }

  Buffer Send(const ScriptStep& step, const Buffer& command) {
    try {
      if (step.kind == ScriptStep::Kind::kReset) { return reader_.Reset(); }
      if (!step.auto_response) { return reader_.Transmit(command); }
      Answer answer = ExchangeAll(reader_, command);
      answer.data.push_back(static_cast<uint8_t>(answer.sw >> 8));
      answer.data.push_back(static_cast<uint8_t>(answer.sw));
      return answer.data;
    } catch (const UserError& e) {
      Fail(step.line, e.what());
    }
  }

  bool Check(const ScriptStep& step, const Buffer& sent, const Buffer& got) {
    std::string expected;
    size_t agreement = 0;
    for (const std::string& text : step.expected) {
      std::string missing;
      const std::string known = Substitute(text, result_.variables, &missing);
      if (!missing.empty()) {
        Fail(step.line, missing + " has no value; give it with --set " + missing.substr(1) + "=HEX");
      }
      const Pattern pattern(known);
      if (pattern.Matches(got)) { return true; }
      expected += (expected.empty() ? "" : "\n        or  ") + known;
      agreement = std::max(agreement, pattern.Agreement(got));
    }
    std::string status;
    if (step.kind == ScriptStep::Kind::kCommand && got.size() >= 2) {
      status = "  (" + StatusWords(Get16(got, got.size() - 2)) + ")";
    }
    result_.report = fmt::format("{}:{}: {}{}\n", script_.file, step.line,
                                 step.name.empty() ? "the answer differs" : step.name,
                                 step.clause.empty() ? "" : "  [" + step.clause + "]");
    result_.report += fmt::format("  sent      {}\n",
                                  step.kind == ScriptStep::Kind::kReset ? "reset" : ToHex(sent));
    result_.report += fmt::format("  expected  {}\n", expected);
    result_.report += fmt::format("  got       {}{}\n", ToHex(got), status);
    if (agreement > 0) {
      result_.report += fmt::format("  {}^ byte {}\n", std::string(10 + 2 * agreement, ' '),
                                    agreement);
    }
    return false;
  }

  void Store(const ScriptStep::Capture& capture, const Buffer& got) {
    const long size = static_cast<long>(got.size());
    const long from = capture.from < 0 ? size + capture.from : capture.from;
    const long to = capture.open ? size : capture.to < 0 ? size + capture.to : capture.to;
    if (from < 0 || to > size || from > to) {
      Fail(capture.line, fmt::format("#= {}: the answer has {} bytes, status word included",
                                     capture.name, size));
    }
    result_.variables[capture.name] =
        ToHex(ConstBytes(got).subspan(static_cast<size_t>(from), static_cast<size_t>(to - from)));
  }

  const Script& script_;
  Reader& reader_;
  ScriptResult result_;
};

}  // namespace

ScriptResult RunScript(const Script& script, Reader& reader, Variables variables,
                       const ScriptTrace& trace) {
  return Runner(script, reader, std::move(variables)).Run(trace);
}

}  // namespace simurgh::offcard
