// simurgh personalize: another subscription under the admin code.
#include <fmt/format.h>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/isdr.h"
#include "offcard/issuer/personalization.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string card, keys, admin_code;
  std::string imsi, k, opc;
};

Buffer Key(const std::string& text, const char* option) {
  const Buffer key = FromHex(text, option);
  if (key.size() != 16 && key.size() != 32) {
    throw UserError(fmt::format("{}: 32 hexadecimal digits expected (TUAK: or 64), there are {}", option,
                                2 * key.size()));
  }
  return key;
}

// The card would refuse all this too, and spend a try of the admin code on some of it.
void Run(const Options& o) {
  if (o.imsi.size() < 6 || o.imsi.size() > 15 ||
      o.imsi.find_first_not_of("0123456789") != std::string::npos) {
    throw UserError(fmt::format("--imsi {}: 6 to 15 digits expected", o.imsi));
  }
  const KeyDirectory keys(o.keys);
  keys.Require();
  const std::unique_ptr<Reader> reader = OpenCard(o.card);
  const CardKit kit = ReadCardKit(keys, isdr::ReadCardData(*reader).eid);
  NewSubscription s;
  s.imsi = o.imsi;
  s.k = Key(o.k, "--k");
  if (!o.opc.empty()) { s.opc = Key(o.opc, "--opc"); }
  const std::string code = o.admin_code.empty() ? kit.admin_code : o.admin_code;
  const PersonalizeResult result =
      Personalize(*reader, kit.personalization, FromHex(code, "--admin-code"), s);
  if (!result.done) {
    throw UserError(fmt::format("PERSONALIZE: {}", result.words));
  }
  fmt::print("subscription replaced: IMSI {}{}\n", o.imsi,
             result.refresh ? "; the card asks the device to refresh" : "; reset the card to use it");
}

}  // namespace

void AddPersonalize(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("personalize", "Replace IMSI and key under the admin code");
  AddCardOption(*c, o->card);
  c->add_option("--pki", o->keys, "key directory that knows the card")->required()->type_name("DIR");
  c->add_option("--imsi", o->imsi, "new IMSI, 6 to 15 digits")->required()->type_name("DIGITS");
  c->add_option("--k", o->k, "new key K")->required()->type_name("HEX");
  c->add_option("--opc", o->opc, "new OPc or TOPc; absent: as it was")->type_name("HEX");
  c->add_option("--admin-code", o->admin_code, "default: the one the card was manufactured with")
      ->type_name("HEX");
  c->footer("Both are replaced or neither; a wrong admin code costs a try.\n"
            "Example:\n  simurgh personalize --card host:my.card --pki keys --imsi 001019876543210 \\\n"
            "      --k 00112233445566778899AABBCCDDEEFF --opc FFEEDDCCBBAA99887766554433221100");
  c->callback([o] { Run(*o); });
}

}  // namespace simurgh::offcard::cli
