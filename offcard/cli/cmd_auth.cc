// simurgh auth: the authentication centre's side of AUTHENTICATE.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/auc.h"
#include "offcard/issuer/suci.h"
#include "offcard/issuer/usim.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string card, pin = "0000";
  std::string k, opc, top, rand;
  std::string algorithm = "milenage";
  std::string sizes = "64,64,128,128";  // RES, MAC, CK, IK in bits
  uint64_t sqn = 0;
  int count = 1;
  int iterations = 1;
};

struct SuciOptions {
  std::string card, pin = "0000", suci, key_a, key_b;
};

/// "RES,MAC,CK,IK" in bits.
crypto::TuakSizes SizesOf(const std::string& text) {
  std::array<unsigned, 4> bits{};
  char end = 0;
  const bool read = std::sscanf(text.c_str(), "%u,%u,%u,%u%c", &bits[0], &bits[1], &bits[2],
                                &bits[3], &end) == 4;
  const bool right = read && std::all_of(bits.begin(), bits.end(), [](unsigned n) {
    return n % 8 == 0 && n <= 256;
  });
  const auto bytes = [&bits](size_t i) { return static_cast<uint8_t>(bits[i] / 8); };
  const crypto::TuakSizes sizes{bytes(1), bytes(0), bytes(2), bytes(3)};
  if (!right || !sizes.valid()) {
    throw UserError(fmt::format("--sizes {}: bits of RES (32, 64, 128, 256), MAC (64, 128, 256), CK and "
                                "IK (128, 256), e.g. 64,64,128,128", text));
  }
  return sizes;
}

Buffer TuakTopcOf(const Subscription& s, const Buffer& top) {
  if (top.size() != crypto::Tuak::kTopBytes || (s.k.size() != 16 && s.k.size() != 32)) {
    throw UserError("--top: TOP has 32 bytes (64 hexadecimal digits), K 16 or 32");
  }
  Buffer topc(crypto::Tuak::kTopBytes);
  crypto::TuakTopc(s.k, top, s.iterations, topc);
  return topc;
}

Subscription FromOptions(const Options& o) {
  Subscription s;
  s.algorithm = o.algorithm == "xor"    ? Subscription::Algorithm::kXor
                : o.algorithm == "tuak" ? Subscription::Algorithm::kTuak
                                        : Subscription::Algorithm::kMilenage;
  s.k = FromHex(o.k, "--k");
  s.opc = FromHex(o.opc, "--opc");
  if (s.algorithm == Subscription::Algorithm::kTuak) {
    s.tuak = SizesOf(o.sizes);
    s.iterations = static_cast<uint8_t>(o.iterations);
    if (!o.top.empty()) { s.opc = TuakTopcOf(s, FromHex(o.top, "--top")); }
  }
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
  if (o.k.empty()) { throw UserError("auth: --k is required"); }
  Subscription s = FromOptions(o);
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

/// The SUCI of a card, or a given one, back to the SUPI.
void RunSuci(const SuciOptions& o) {
  std::string text = o.suci;
  if (!o.card.empty()) {
    const std::unique_ptr<Reader> reader = OpenCard(o.card);
    SelectUsim(*reader, o.pin);
    const Answer answer = ExchangeAll(*reader, Command(0x80, 0x78, 0x00, 0x01, {}, 256));
    if (!answer.ok()) {
      throw UserError(fmt::format("GET IDENTITY: {}{}", StatusWords(answer.sw),
                                  answer.sw == 0x6985 ? "; are services 124 and 125 of EF.UST on?" : ""));
    }
    text = ToHex(answer.data);
  }
  if (text.empty()) { throw UserError("auth suci: --card or --suci says whose SUCI"); }
  const Suci suci = ParseSuci(text);
  HomeNetworkKey key;
  if (suci.scheme != 0) {
    const std::string& given = suci.scheme == 1 ? o.key_a : o.key_b;
    if (given.empty()) {
      throw UserError(fmt::format("the SUCI is concealed with profile {} under key {}: --key-{} is needed",
                                  suci.scheme == 1 ? "A" : "B", suci.key_id,
                                  suci.scheme == 1 ? "a" : "b"));
    }
    key = ReadHomeNetworkKey(given, suci.scheme);
  }
  fmt::print("SUCI    {}\nscheme  {}\nkey     {}\nrouting {}\nSUPI    {}\n", text, suci.scheme,
             suci.key_id, suci.routing, SupiOf(suci, key));
}

void AddSuci(CLI::App& auth) {
  auto o = std::make_shared<SuciOptions>();
  CLI::App* c = auth.add_subcommand("suci", "De-conceal a SUCI with the home network's private key");
  c->add_option("--card", o->card, std::string("ask this card with GET IDENTITY\n") + kCardUriHelp)
      ->type_name("URI");
  c->add_option("--suci", o->suci, "a SUCI: hexadecimal, or a NAI")->type_name("TEXT");
  c->add_option("--key-a", o->key_a, "private key of profile A (X25519)")->type_name("HEX|PEM");
  c->add_option("--key-b", o->key_b, "private key of profile B (P-256)")->type_name("HEX|PEM");
  c->add_option("--pin", o->pin, "PIN1; empty: do not verify")->capture_default_str();
  c->footer("Example:\n  simurgh auth suci --card host:my.card --key-a keys/home-network-a.pem");
  c->callback([o] { RunSuci(*o); });
}

}  // namespace

void AddAuth(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("auth", "Make authentication vectors and check a card's answers");
  c->add_option("--card", o->card, std::string("run AUTHENTICATE on this card; absent: print vectors\n") +
                                       kCardUriHelp)
      ->type_name("URI");
  c->add_option("--k", o->k, "subscriber key")->type_name("HEX");
  c->add_option("--opc", o->opc, "operator constant: OPc (Milenage) or TOPc (TUAK)")->type_name("HEX");
  c->add_option("--top", o->top, "TUAK: TOP instead of TOPc")->type_name("HEX");
  c->add_option("--algorithm", o->algorithm, "milenage, tuak or xor")
      ->check(CLI::IsMember({"milenage", "tuak", "xor"}))
      ->capture_default_str();
  c->add_option("--sizes", o->sizes, "TUAK: bits of RES, MAC, CK, IK")->capture_default_str();
  c->add_option("--iterations", o->iterations, "TUAK: numberOfKeccak")
      ->check(CLI::Range(1, 255))
      ->capture_default_str();
  c->add_option("--sqn", o->sqn, "sequence number used last; the card re-synchronizes an old one")
      ->capture_default_str();
  c->add_option("--rand", o->rand, "fixed RAND; default random")->type_name("HEX");
  c->add_option("--count", o->count, "how many in a row")->check(CLI::Range(1, 1000));
  c->add_option("--pin", o->pin, "PIN1; empty: do not verify")->capture_default_str();
  c->footer("Example:\n  simurgh auth --card host:my.card --k 465B5CE8B199B49FAA5F0A2EE238A6BC \\\n"
            "      --opc CD63CB71954A9F4E48A5994E37A02BAF --sqn 0");
  AddSuci(*c);
  c->callback([o, c] {
    if (c->get_subcommands().empty()) { Run(*o); }
  });
}

}  // namespace simurgh::offcard::cli
