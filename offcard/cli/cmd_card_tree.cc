// simurgh card tree: the file system of any card.
#include <fmt/format.h>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/trace/tree.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string card;
  std::string pin;
  std::string adm;
  bool json = false;
  trace::TreeOptions tree;
};

void Run(Options o) {
  const std::unique_ptr<Reader> card = OpenCard(o.card);
  // A wrong value costs a try: each is sent once, and the first refusal ends the command.
  if (!o.pin.empty()) { trace::VerifyPin(*card, 0x01, o.pin, "--pin"); }
  if (!o.adm.empty()) { trace::VerifyPin(*card, 0x0A, o.adm, "--adm"); }
  o.tree.progress = [](size_t files) { Progress(fmt::format("{} files", files)); };
  const std::vector<trace::TreeFile> roots = trace::ReadTree(*card, o.tree);
  Progress("");
  fmt::print("{}", o.json ? trace::TreeJson(roots) + "\n" : trace::TreeText(roots));
}

}  // namespace

void AddCardTree(CLI::App& card) {
  const auto o = std::make_shared<Options>();
  CLI::App* c = card.add_subcommand("tree", "Show the file system of a card");
  AddCardOption(*c, o->card);
  c->add_flag("--contents", o->tree.contents, "read the files, too");
  c->add_option("--pin", o->pin, "verify PIN1 first: digits, or 16 hexadecimal digits");
  c->add_option("--adm", o->adm, "verify ADM1 first: up to 8 characters, or 16 hexadecimal digits");
  c->add_flag("--secrets", o->tree.secrets, "with --contents: files that hold keys, too");
  c->add_flag("--scan", o->tree.scan, "try every file identifier of the usual ranges (slow)");
  c->add_flag("--json", o->json, "print JSON");
  c->footer("Asks by SELECT alone, so any UICC works: the files that ETSI and 3GPP define, the applications\n"
            "of EF.DIR, and with --scan whatever answers. Access rules are those of EF.ARR, in words.\n"
            "Examples:\n"
            "  simurgh card tree --card host:my.card\n"
            "  simurgh card tree --card pcsc:Virtual --contents --pin 1234");
  c->callback([o] { Run(*o); });
}

}  // namespace simurgh::offcard::cli
