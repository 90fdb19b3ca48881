// simurgh script: .apdu files with expectations.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <filesystem>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/script.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string card;
  std::vector<std::string> sets;
  bool verbose = false;
  bool json = false;
  bool check = false;
};

Variables ReadSets(const std::vector<std::string>& sets) {
  Variables variables;
  for (const std::string& set : sets) {
    const size_t equals = set.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw UserError(fmt::format("--set {}: expected NAME=HEX", set));
    }
    const std::string name = set.substr(0, equals);
    variables[name] = ToHex(FromHex(set.substr(equals + 1), "--set " + name));
  }
  return variables;
}

void Print(const ScriptStep& step, ConstBytes sent, ConstBytes got) {
  static std::string name;
  if (step.name != name) {
    name = step.name;
    fmt::print("# {}{}\n", name, step.clause.empty() ? "" : "  [" + step.clause + "]");
  }
  fmt::print("> {}\n< {}\n", step.kind == ScriptStep::Kind::kReset ? "reset" : ToHex(sent), ToHex(got));
}

void Run(const Options& o) {
  std::vector<Script> scripts;
  for (const std::string& file : o.files) { scripts.push_back(ParseScript(ReadTextFile(file), file)); }
  if (o.check) {
    for (const Script& s : scripts) { fmt::print("{}: {} commands, valid\n", s.file, s.steps.size()); }
    return;
  }
  if (o.card.empty()) {
    throw UserError("--card is missing; e.g. --card host:my.card (simurgh script --help)");
  }
  Variables variables = ReadSets(o.sets);
  const std::unique_ptr<Reader> reader = OpenCard(o.card);
  nlohmann::ordered_json log = nlohmann::ordered_json::array();
  bool ok = true;
  for (const Script& script : scripts) {
    size_t done = 0;
    const ScriptResult result =
        RunScript(script, *reader, variables,
                  [&](const ScriptStep& step, ConstBytes sent, ConstBytes got) {
                    if (o.verbose && !o.json) { Print(step, sent, got); }
                    if (++done % 64 == 0) {
                      Progress(fmt::format("{}: {} of {}", script.file, done, script.steps.size()));
                    }
                  });
    Progress("");
    variables = result.variables;
    ok = result.ok;
    if (o.json) {
      log.push_back({{"file", script.file}, {"ok", result.ok}, {"steps", result.steps},
                     {"expectations", result.expectations}, {"report", result.report},
                     {"variables", variables}});
    } else if (ok) {
      fmt::print("{}: ok, {} commands, {} checked\n", script.file, result.steps, result.expectations);
    } else {
      fmt::print(stderr, "{}", result.report);
    }
    if (!ok) { break; }
  }
  if (o.json) { fmt::print("{}\n", log.dump(2)); }
  if (!ok) { throw Quit{1}; }
}

}  // namespace

void AddScript(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("script", "Run .apdu scripts and compare the answers");
  c->add_option("FILE", o->files, "scripts, run one after the other on the same card")
      ->required()
      ->type_name("FILE.apdu...");
  c->add_option("--card", o->card, std::string("the card:\n") + kCardUriHelp)
      ->envname("SIMURGH_CARD")
      ->type_name("URI");
  c->add_option("--set", o->sets, "give the variable NAME a value; may be repeated")
      ->type_name("NAME=HEX")
      ->take_all();
  c->add_flag("-v,--verbose", o->verbose, "print every command and answer");
  c->add_flag("--check", o->check, "only read the scripts; no card is needed");
  c->add_flag("--json", o->json, "print the outcome as JSON");
  c->footer("A script has one command per line in hexadecimal, `reset` lines, and # comments; pcsc-tools'\n"
            "`scriptor` runs it too. `#> 62*9000` behind a command says what must come back: '.' is any\n"
            "digit, '*' any number of bytes. All of it: tests/scripts/README.md.\n"
            "Examples:\n"
            "  simurgh script examples/first-apdus.apdu --card host:my.card -v\n"
            "  simurgh script pin.apdu --card qemu:mps2-an386:my.card --set PIN=31323334FFFFFFFF\n"
            "Exit code 1 at the first difference, which is printed with its line.");
  c->callback([o] { Run(*o); });
}

}  // namespace simurgh::offcard::cli
