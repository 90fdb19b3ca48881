// simurgh modem: a terminal for any card.
#include <fmt/format.h>

#include <iostream>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/user_error.h"
#include "offcard/modem/modem.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string card, script, profile;
  modem::Terminal terminal;
  uint64_t run = 0;
  bool interactive = false;
};

/// What the person in front of the terminal says; the end of input is "none".
modem::UserAnswer AskPerson(const modem::Proactive& command) {
  const bool yes_no = command.type == 0x22 && (command.qualifier & 0x04) != 0;
  const char* how = command.type == 0x21   ? "Enter"
                    : command.type == 0x24 ? "number or text of an item"
                    : yes_no               ? "yes or no"
                                           : "text";
  fmt::print("{}\n  {} (or: end, back, help) > ", modem::Describe(command), how);
  std::fflush(stdout);
  std::string line;
  if (!std::getline(std::cin, line)) { return {"none", ""}; }
  if (line == "end" || line == "back" || line == "help") { return {line, ""}; }
  if (command.type == 0x21) { return {"ok", ""}; }
  if (command.type == 0x24) { return {"item", line}; }
  return yes_no ? modem::UserAnswer{line, ""} : modem::UserAnswer{"text", line};
}

void Run(const Options& o) {
  modem::Terminal terminal = o.terminal;
  (void)modem::CodeImei(terminal.imei, "--imei");
  if (!terminal.pin.empty() && (terminal.pin.size() < 4 || terminal.pin.size() > 8)) {
    throw UserError(fmt::format("--pin {}: 4 to 8 digits expected", terminal.pin));
  }
  terminal.profile = FromHex(o.profile, "--profile");
  if (terminal.profile.size() > 255) { throw UserError("--profile: at most 255 bytes"); }
  std::vector<modem::Line> lines;
  if (!o.script.empty()) { lines = modem::ParseModemScript(ReadTextFile(o.script), o.script); }
  const std::unique_ptr<Reader> reader = OpenCard(o.card);
  modem::Modem modem(*reader, terminal, [](const std::string& line) { fmt::print("{}\n", line); },
                     o.interactive ? AskPerson : modem::Modem::AskPerson());
  // What stands in front of the first step describes the terminal that is powered on.
  size_t next = 0;
  const auto is_step = [](const modem::Line& l) {
    constexpr const char* kSteps[] = {"status", "wait", "menu", "event", "sms", "envelope", "apdu", "reset", "expect"};
    return std::any_of(std::begin(kSteps), std::end(kSteps), [&](const char* s) { return l.word == s; });
  };
  for (; next < lines.size() && !is_step(lines[next]) && lines[next].word != "answer"; ++next) {
    modem.Run(lines[next], o.script);
  }
  modem.PowerOn();
  for (; next < lines.size(); ++next) { modem.Run(lines[next], o.script); }
  if (o.run != 0) { modem.Wait(static_cast<uint32_t>(o.run)); }
  modem.CheckAllUsed(o.script);
}

}  // namespace

void AddModem(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("modem", "Be the terminal: boot a card, answer its proactive commands");
  AddCardOption(*c, o->card);
  c->add_option("--script", o->script, "what happens and what the user says (docs/formats/modem_script.md)")
      ->type_name("FILE");
  c->add_option("--imei", o->terminal.imei, "15 digits")->capture_default_str();
  c->add_option("--pin", o->terminal.pin, "PIN1; default: not verified");
  c->add_option("--profile", o->profile, "TERMINAL PROFILE; default: all this terminal can do")->type_name("HEX");
  AddNumber(*c, "--run", o->run, "stay on for N seconds after the script, polling", 1, 100000);
  c->add_flag("--fast", o->terminal.fast, "time passes without waiting");
  c->add_flag("--interactive", o->interactive, "ask the person at the keyboard what the script does not answer");
  c->footer("Examples:\n"
            "  simurgh modem --card host:my.card\n"
            "  simurgh modem --card host:my.card --script examples/profile-menu.modem --fast\n"
            "  simurgh modem --card pcsc:ACS --interactive --run 600");
  c->callback([o] { Run(*o); });
}

}  // namespace simurgh::offcard::cli
