#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"

namespace simurgh::offcard::cli {
namespace {

using Add = void (*)(CLI::App&);

// In the order of --help.
constexpr Add kCommands[] = {
    AddCard,
    AddApdu,
    AddScript,
    AddTrace,
    AddProfile,
    AddPki,
    AddManufacture,
    AddImage,
    AddProfiles,
    AddPersonalize,
    AddAuth,
    AddModem,
    AddMainJob,
};

constexpr char kFooter[] =
    "First steps:\n"
    "  simurgh card new my.card --eid 89049032123451234512345678901235\n"
    "  simurgh apdu --card host:my.card 00A40004023F00\n"
    "  simurgh script examples/first-apdus.apdu --card host:my.card\n"
    "  simurgh profile build examples/operational.json -o operational.der\n\n"
    "`simurgh COMMAND --help` explains a command with examples. Exit code: 0 done, 1 refused or\n"
    "failed, more than 1: wrong use.";

}  // namespace

CLI::Option* AddCardOption(CLI::App& command, std::string& uri) {
  CLI::Option* card = command.add_option("--card", uri, std::string("the card:\n") + kCardUriHelp)
                          ->required()
                          ->envname("SIMURGH_CARD")
                          ->type_name("URI");
  // Callbacks run in the order of the options: `uri` is there when this one is.
  command.add_option_function<std::string>(
             "--link", [&uri](const std::string& link) { uri = link + "+" + uri; },
             "frame (as without it), or the contacts with protocol t0 or t1")
      ->check(CLI::IsMember({"frame", "t0", "t1"}))
      ->type_name("LINK");
  return card;
}

// CLI11's own conversion takes -1 for the largest number there is, and cuts off what is too long.
CLI::Option* AddNumber(CLI::App& command, const std::string& name, uint64_t& value,
                       const std::string& help, uint64_t low, uint64_t high) {
  const auto fits = [low, high](const std::string& text) -> std::string {
    uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stop == end && number >= low && number <= high
               ? ""
               : fmt::format("'{}' is not a whole number from {} to {}", text, low, high);
  };
  return command.add_option(name, value, help)->check(CLI::Validator(fits, ""))->type_name("N");
}

void Progress(const std::string& text, bool done) {
  if (isatty(STDERR_FILENO) == 0) { return; }
  fmt::print(stderr, "\r\033[K{}{}", text, done ? "\n" : "");
  std::fflush(stderr);
}

}  // namespace simurgh::offcard::cli

int main(int argc, char** argv) {
  using namespace simurgh::offcard::cli;
  CLI::App app("simurgh: everything around the card. Cards, APDUs, profiles, scripts.", "simurgh");
  app.require_subcommand(1);
  app.footer(kFooter);
  app.set_version_flag("--version", "simurgh 0.1.0");
  for (const auto add : kCommands) { add(app); }
  try {
    app.parse(argc, argv);
    return EXIT_SUCCESS;
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) { return app.exit(e); }  // --help, --version
    const auto known = app.get_subcommands([&](CLI::App* c) { return argc > 1 && c->check_name(argv[1]); });
    const bool unknown = argc > 1 && argv[1][0] != '-' && known.empty();
    fmt::print(stderr, "simurgh: {}; `simurgh {}--help` explains\n",
               unknown ? fmt::format("there is no command '{}'", argv[1]) : e.what(),
               argc > 1 && !unknown && argv[1][0] != '-' ? argv[1] + std::string(" ") : "");
    return 2;
  } catch (const Quit& quit) {
    return quit.code;
  } catch (const std::exception& e) {
    fmt::print(stderr, "simurgh: {}\n", e.what());
    return EXIT_FAILURE;
  }
}
