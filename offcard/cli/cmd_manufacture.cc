// simurgh manufacture: gives a blank card its keys.
#include <fmt/format.h>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/isdr.h"
#include "offcard/issuer/pki.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string card;
  std::string keys;
  std::string admin_code;
  std::string batch_key;
  int admin_tries = 5;
  bool commercial = false;
  bool profile_menu = false;
};

void Run(const Options& o) {
  const KeyDirectory keys(o.keys);
  keys.Require();
  const std::unique_ptr<Reader> reader = OpenCard(o.card);
  const isdr::CardData card = isdr::ReadCardData(*reader);
  if (card.manufactured) {
    throw UserError(fmt::format("card {}: it has its keys already; a card takes them once", card.eid));
  }
  CardKit kit = NewCardKit(card.eid);
  kit.commercial = o.commercial;
  kit.admin_tries = o.admin_tries;
  kit.profile_menu = o.profile_menu;
  if (!o.admin_code.empty()) { kit.admin_code = ToHex(FromHex(o.admin_code, "--admin-code")); }
  if (!o.batch_key.empty()) {
    kit.batch_key = FromHex(o.batch_key, "--batch-key");
    kit.batch_id = card.batch_id;
    if (kit.batch_key.size() != 16) { throw UserError("--batch-key: 32 hexadecimal digits expected"); }
  }
  kit = isdr::Manufacture(*reader, keys, kit);
  fmt::print("card {}: keys installed, kept in {}\n", kit.eid, keys.KitFile(kit.eid));
  fmt::print("eUICC certificate: {}\n", IssueEuiccCertificate(keys, kit.eid, kit.sign_public));
}

}  // namespace

void AddManufacture(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("manufacture", "Give a blank card its keys, once");
  AddCardOption(*c, o->card);
  c->add_option("--pki", o->keys, "key directory (simurgh pki new)")->required()->type_name("DIR");
  c->add_option("--admin-code", o->admin_code, "personalization secret, 4..16 bytes; default random")
      ->type_name("HEX");
  c->add_option("--admin-tries", o->admin_tries, "wrong admin codes before it locks")
      ->check(CLI::Range(1, 15))
      ->capture_default_str();
  c->add_option("--batch-key", o->batch_key, "key shared by the card's production batch")
      ->type_name("HEX");
  c->add_flag("--commercial", o->commercial, "the card will refuse development signatures");
  c->add_flag("--profile-menu", o->profile_menu,
              "phones show a menu of the profiles, from which the user enables one");
  c->footer("Example:\n  simurgh manufacture --card host:my.card --pki keys");
  c->callback([o] { Run(*o); });
}

}  // namespace simurgh::offcard::cli
