// simurgh profiles: the profiles on a card.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/isdr.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string card;
  std::string iccid;
  bool json = false;
};

constexpr const char* kClasses[] = {"test", "provisioning", "operational"};

void List(const Options& o) {
  const std::unique_ptr<Reader> reader = OpenCard(o.card);
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const isdr::Profile& p : isdr::ListProfiles(*reader)) {
    const std::string discarded = isdr::DiscardedWords(*reader, p.iccid);
    const std::string state = !discarded.empty() ? "discarded" : p.enabled ? "enabled" : "disabled";
    json.push_back({{"iccid", isdr::IccidDigits(p.iccid)}, {"state", state},
                    {"class", kClasses[p.profile_class % 3]}, {"name", p.name},
                    {"provider", p.provider}, {"nickname", p.nickname}, {"reason", discarded}});
    if (!o.json) {
      fmt::print("{:<20} {:<9} {:<12} {}{}\n", isdr::IccidDigits(p.iccid), state,
                 kClasses[p.profile_class % 3], p.name,
                 discarded.empty() ? "" : fmt::format(" ({})", discarded));
    }
  }
  if (o.json) {
    fmt::print("{}\n", json.dump(2));
  } else if (json.empty()) {
    fmt::print("no profiles\n");
  }
}

Buffer Iccid(const std::string& digits) {
  if (digits.size() < 18 || digits.size() > 20 ||
      digits.find_first_not_of("0123456789") != std::string::npos) {
    throw UserError(fmt::format("ICCID {}: 18 to 20 digits expected", digits));
  }
  return SwapNibbles(FromHex(digits + std::string(20 - digits.size(), 'F'), "ICCID"));
}

/// A change of state, as `simurgh profiles` offers it.
struct Row {
  const char* name;
  const char* help;
  int (*change)(Reader&, ConstBytes, bool);
  const char* done;
  const char* wrong_state;  ///< result code 2 (SGP.22 5.7.16..18) means this
};
constexpr int kWrongState = 2;

void Change(const Options& o, const Row& row) {
  const std::unique_ptr<Reader> reader = OpenCard(o.card);
  const Buffer iccid = Iccid(o.iccid);
  const int code = row.change(*reader, iccid, true);
  if (code != 0) {
    const std::string discarded = isdr::DiscardedWords(*reader, iccid);
    throw UserError(fmt::format("profile {}: {}{}", o.iccid, code == kWrongState ? row.wrong_state : isdr::ProfileResultWords(code),
                                discarded.empty() ? "" : "; it is discarded: " + discarded));
  }
  fmt::print("profile {} {}\n", o.iccid, row.done);
}

int Delete(Reader& reader, ConstBytes iccid, bool) { return isdr::DeleteProfile(reader, iccid); }

}  // namespace

void AddProfiles(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* profiles = app.add_subcommand("profiles", "List, enable, disable and delete profiles");
  profiles->require_subcommand(1);
  profiles->footer("Example:\n"
                   "  simurgh profiles list --card host:my.card\n"
                   "  simurgh profiles enable 89000123456789012341 --card host:my.card\n"
                   "The files of another profile are seen from the card's next reset on.");
  CLI::App* list = profiles->add_subcommand("list", "List the profiles");
  AddCardOption(*list, o->card);
  list->add_flag("--json", o->json, "print a JSON array");
  list->callback([o] { List(*o); });

  static constexpr Row kRows[] = {
      {"enable", "Enable a profile; the enabled one is disabled", isdr::EnableProfile, "enabled",
       "it is enabled already"},
      {"disable", "Disable the enabled profile", isdr::DisableProfile, "disabled", "it is not enabled"},
      {"delete", "Delete a disabled profile with all its files and keys", Delete, "deleted",
       "it is enabled; disable it first"},
  };
  for (const Row& row : kRows) {
    CLI::App* c = profiles->add_subcommand(row.name, row.help);
    c->add_option("ICCID", o->iccid, "digits, as `list` prints them")->required()->type_name("");
    AddCardOption(*c, o->card);
    c->callback([o, &row] { Change(*o, row); });
  }
}

}  // namespace simurgh::offcard::cli
