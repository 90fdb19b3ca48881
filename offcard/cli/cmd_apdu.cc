// simurgh apdu: single commands by hand.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/hex.h"
#include "offcard/common/tlv_print.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string card;
  std::vector<std::string> commands;
  bool raw = false;
  bool json = false;
  bool atr = false;
};

void Run(const Options& o) {
  std::vector<Buffer> commands;
  for (const std::string& text : o.commands) {
    commands.push_back(FromHex(text, "APDU " + text));
    if (commands.back().size() < 4) {
      throw UserError(fmt::format("APDU {}: at least four bytes, CLA INS P1 P2, are needed", text));
    }
  }
  const std::unique_ptr<Reader> reader = OpenCard(o.card);
  nlohmann::ordered_json log = nlohmann::ordered_json::array();
  if (o.atr) {
    const std::vector<uint8_t> atr = reader->Reset();
    if (!o.json) { fmt::print("ATR  {}\n", ToHex(atr)); }
    log.push_back({{"atr", ToHex(atr)}});
  }
  bool all_ok = true;
  for (const Buffer& command : commands) {
    const Answer answer = o.raw ? Exchange(*reader, command) : ExchangeAll(*reader, command);
    all_ok = all_ok && (answer.ok() || (o.raw && (answer.sw >> 8) == 0x61));
    if (o.json) {
      log.push_back({{"command", ToHex(command)}, {"data", ToHex(answer.data)},
                     {"sw", fmt::format("{:04X}", answer.sw)}, {"words", StatusWords(answer.sw)}});
      continue;
    }
    fmt::print("> {}\n", ToHex(command));
    if (!answer.data.empty()) { fmt::print("< {}\n{}", ToHex(answer.data), PrintData(answer.data, 4)); }
    fmt::print("< {}\n", StatusWords(answer.sw));
  }
  if (o.json) { fmt::print("{}\n", log.dump(2)); }
  if (!all_ok) { throw Quit{1}; }
}

}  // namespace

void AddApdu(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("apdu", "Send APDUs and print the answers in words");
  AddCardOption(*c, o->card);
  c->add_option("APDU", o->commands, "command APDUs in hexadecimal, sent in this order")
      ->required()
      ->type_name("HEX...");
  c->add_flag("--raw", o->raw, "show 61xx and 6Cxx as they come instead of following them");
  c->add_flag("--atr", o->atr, "reset first and print the answer to reset");
  c->add_flag("--json", o->json, "print a JSON array");
  c->footer("Examples:\n"
            "  simurgh apdu --card host:my.card 00A40004023F00        select the MF\n"
            "  simurgh apdu --card host:my.card 00A40004022FE2 00B000000A\n"
            "                                                         select and read EF.ICCID\n"
            "  simurgh apdu --card pcsc:Virtual --atr 8050000008 --json\n"
            "Exit code 1 when a card answered anything but 90xx or 91xx.");
  c->callback([o] { Run(*o); });
}

}  // namespace simurgh::offcard::cli
