// simurgh auth: the authentication centre's side of AUTHENTICATE.
#include <fmt/format.h>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/auc.h"
#include "offcard/issuer/usim.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string card, pin = "0000";
  std::string k, opc, rand;
  std::string algorithm = "milenage";
  uint64_t sqn = 0;
  int count = 1;
};

Subscription SubscriptionOf(const Options& o) {
  Subscription s;
  s.algorithm = o.algorithm == "xor" ? Subscription::Algorithm::kXor
                                     : Subscription::Algorithm::kMilenage;
  s.k = FromHex(o.k, "--k");
  s.opc = FromHex(o.opc, "--opc");
  s.sqn = o.sqn;
  return s;
}

std::optional<Buffer> RandOf(const Options& o) {
  return o.rand.empty() ? std::nullopt : std::optional<Buffer>(FromHex(o.rand, "--rand"));
}

void PrintVector(const AuthVector& v, uint64_t sqn) {
  fmt::print("RAND {}\nAUTN {}\nXRES {}\nCK   {}\nIK   {}\nSQN  {}\n", ToHex(v.rand), ToHex(v.autn),
             ToHex(v.res), ToHex(v.ck), ToHex(v.ik), sqn);
}

void Run(const Options& o) {
  Subscription s = SubscriptionOf(o);
  if (o.card.empty()) {
    for (int i = 0; i < o.count; ++i) {
      const AuthVector v = MakeVector(s, RandOf(o));
      PrintVector(v, s.sqn);
    }
    return;
  }
  const std::unique_ptr<Reader> reader = OpenCard(o.card);
  SelectUsim(*reader, o.pin);
  for (int i = 0; i < o.count; ++i) {
    AuthVector v = MakeVector(s, RandOf(o));
    AuthAnswer a = Authenticate(*reader, v);
    if (a.kind == AuthAnswer::Kind::kSynchronization) {
      if (!Resynchronize(s, v.rand, a.auts)) {
        throw UserError("AUTHENTICATE: AUTS with a wrong MAC-S; the key or OPc is another one");
      }
      fmt::print("the card asked to re-synchronize: its SQN is {}\n", s.sqn);
      v = MakeVector(s);
      a = Authenticate(*reader, v);
    }
    if (a.kind != AuthAnswer::Kind::kSuccess) {
      throw UserError(fmt::format("AUTHENTICATE: {}", StatusWords(a.sw)));
    }
    if (!Matches(v, a)) { throw UserError("RES, CK or IK is not what the network computes"); }
    PrintVector(v, s.sqn);
    fmt::print("the card's RES, CK and IK are right\n");
  }
}

}  // namespace

void AddAuth(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("auth", "Make authentication vectors and check a card's answers");
  c->add_option("--card", o->card, std::string("run AUTHENTICATE on this card; absent: print vectors\n") +
                                       kCardUriHelp)
      ->type_name("URI");
  c->add_option("--k", o->k, "subscriber key")->required()->type_name("HEX");
  c->add_option("--opc", o->opc, "operator constant (Milenage)")->type_name("HEX");
  c->add_option("--algorithm", o->algorithm, "milenage or xor")
      ->check(CLI::IsMember({"milenage", "xor"}))
      ->capture_default_str();
  c->add_option("--sqn", o->sqn, "sequence number used last; the card re-synchronizes an old one")
      ->capture_default_str();
  c->add_option("--rand", o->rand, "fixed RAND; default random")->type_name("HEX");
  c->add_option("--count", o->count, "how many in a row")->check(CLI::Range(1, 1000));
  c->add_option("--pin", o->pin, "PIN1; empty: do not verify")->capture_default_str();
  c->footer("Example:\n  simurgh auth --card host:my.card --k 465B5CE8B199B49FAA5F0A2EE238A6BC \\\n"
            "      --opc CD63CB71954A9F4E48A5994E37A02BAF --sqn 0");
  c->callback([o] { Run(*o); });
}

}  // namespace simurgh::offcard::cli
