// simurgh pki: the issuer's test keys and certificates.
#include <fmt/format.h>

#include "offcard/cli/commands.h"
#include "offcard/issuer/pki.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string directory;
  std::string from;
  std::string eid;
};

}  // namespace

void AddPki(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* pki = app.add_subcommand("pki", "Make and show the issuer's test keys and certificates");
  pki->require_subcommand(1);
  pki->footer(
      "A key directory holds, in the clear and for tests only: the keys that sign images and profile\n"
      "bindings, a certificate authority with EUM and SM-DP+ certificates (SGP.14 roles), and one file\n"
      "per manufactured card under cards/.\n"
      "Examples:\n"
      "  simurgh pki new keys\n"
      "  simurgh pki import-sgp26 path/to/sgp26 keys      use GSMA's SGP.26 test PKI\n"
      "  simurgh pki show keys");

  const auto directory = [&](CLI::App* c) {
    c->add_option("DIR", o->directory, "key directory")->required()->type_name("");
  };
  CLI::App* make = pki->add_subcommand("new", "Make a directory of fresh keys");
  directory(make);
  make->callback([o] {
    MakeKeyDirectory(KeyDirectory(o->directory));
    fmt::print("{}: new test keys\n{}", o->directory, DescribeKeyDirectory(KeyDirectory(o->directory)));
  });

  CLI::App* import = pki->add_subcommand("import-sgp26", "Use GSMA's SGP.26 test PKI");
  import->add_option("FROM", o->from, "folder with CERT_*_ECDSA_NIST.der and SK_*.pem")
      ->required()
      ->type_name("");
  directory(import);
  import->callback([o] { fmt::print("{}", ImportSgp26(o->from, KeyDirectory(o->directory))); });

  CLI::App* show = pki->add_subcommand("show", "List the certificates and check their chains");
  directory(show);
  show->callback([o] { fmt::print("{}", DescribeKeyDirectory(KeyDirectory(o->directory))); });
}

}  // namespace simurgh::offcard::cli
