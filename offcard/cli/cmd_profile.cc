// simurgh profile: profile packages between JSON and DER.
#include <fmt/format.h>

#include <filesystem>

#include "offcard/cli/commands.h"
#include "offcard/common/profile_builder.h"
#include "offcard/common/saip_check.h"
#include "offcard/common/saip_codec.h"
#include "offcard/common/saip_text.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard::cli {
namespace {

using saip::Json;

struct Options {
  std::string file;
  std::string out;
  bool json = false;
  bool elements = false;
  bool force = false;
};

Json ReadJson(const std::string& file) {
  const std::string text = ReadTextFile(file);
  try {
    return Json::parse(text, nullptr, true, /*ignore_comments=*/true);
  } catch (const nlohmann::json::parse_error& e) {
    size_t line = 1;
    for (size_t i = 0; i + 1 < e.byte && i < text.size(); ++i) { line += text[i] == '\n'; }
    const std::string what = e.what();
    const size_t colon = what.rfind(": ");
    throw UserError(fmt::format("{}:{}: no JSON: {}", file, line,
                                colon == std::string::npos ? what : what.substr(colon + 2)));
  }
}

/// Problems on stderr. @returns how many are fatal.
size_t Report(const std::string& file, const std::vector<saip::Problem>& problems) {
  size_t fatal = 0;
  for (const saip::Problem& p : problems) {
    fatal += p.fatal ? 1 : 0;
    fmt::print(stderr, "{}: {}: {}\n", file, p.fatal ? "error" : "note", saip::ToString(p));
  }
  return fatal;
}

saip::Package Read(const std::string& file, std::vector<saip::Problem>* problems) {
  try {
    return saip::Decode(ReadFile(file), problems);
  } catch (const UserError& e) {
    const std::string what = e.what();
    throw UserError(what.starts_with(file) ? what : file + ": " + what);
  }
}

std::vector<saip::Problem> AllProblems(const std::string& file, saip::Package* package) {
  std::vector<saip::Problem> problems;
  *package = Read(file, &problems);
  const std::vector<saip::Problem> more = saip::Check(*package);
  problems.insert(problems.end(), more.begin(), more.end());
  std::stable_sort(problems.begin(), problems.end(),
                   [](const auto& a, const auto& b) { return a.offset < b.offset; });
  return problems;
}

void Build(const Options& o) {
  const Json json = ReadJson(o.file);
  saip::Package package;
  Buffer der;
  try {
    const Json elements = saip::IsDescription(json) ? saip::Describe(json) : json;
    if (o.elements) {
      fmt::print("{}\n", elements.dump(2));
      return;
    }
    der = saip::Encode(saip::FromJson(elements));
  } catch (const UserError& e) {
    throw UserError(o.file + ": " + e.what());
  }
  if (o.out.empty()) { throw UserError("-o FILE.der is missing: where should the package go?"); }
  std::vector<saip::Problem> problems;
  package = saip::Decode(der, &problems);
  const std::vector<saip::Problem> more = saip::Check(package);
  problems.insert(problems.end(), more.begin(), more.end());
  if (Report(o.file, problems) > 0 && !o.force) {
    throw UserError(o.file + ": not written because of the errors above; --force writes it anyway");
  }
  WriteFile(o.out, der);
  fmt::print("{}: {} elements, {} bytes\n", o.out, package.size(), der.size());
}

void Dump(const Options& o) {
  std::vector<saip::Problem> problems;
  const saip::Package package = Read(o.file, &problems);
  fmt::print("{}", o.json ? saip::ToJson(package).dump(2) + "\n" : saip::ToText(package));
  Report(o.file, problems);
}

void Check(const Options& o) {
  saip::Package package;
  const std::vector<saip::Problem> problems = AllProblems(o.file, &package);
  size_t fatal = 0;
  if (o.json) {
    Json list = Json::array();
    for (const saip::Problem& p : problems) {
      fatal += p.fatal ? 1 : 0;
      list.push_back({{"fatal", p.fatal}, {"byte", p.offset}, {"path", p.path}, {"what", p.what}});
    }
    fmt::print("{}\n", Json({{"ok", fatal == 0}, {"elements", package.size()}, {"problems", list}}).dump(2));
  } else {
    fatal = Report(o.file, problems);
    if (fatal == 0) { fmt::print("{}: ok, {} elements\n", o.file, package.size()); }
  }
  if (fatal > 0) { throw Quit{1}; }
}

}  // namespace

void AddProfile(CLI::App& app) {
  CLI::App* c = app.add_subcommand("profile", "Build, show and check profile packages");
  c->require_subcommand(1);
  auto o = std::make_shared<Options>();

  CLI::App* build = c->add_subcommand("build", "JSON to a DER profile package");
  build->add_option("FILE", o->file, "a description (iccid, imsi, k, ...) or the elements themselves")
      ->required()
      ->type_name("FILE.json");
  build->add_option("-o,--output", o->out, "the package to write")->type_name("FILE.der");
  build->add_flag("--elements", o->elements, "print the elements a description stands for, as JSON");
  build->add_flag("--force", o->force, "write the package although it has errors");
  build->footer("Examples:\n"
                "  simurgh profile build examples/operational.json -o operational.der\n"
                "  simurgh profile build examples/operational.json --elements > elements.json\n"
                "                                   then edit elements.json and build that");
  build->callback([o] { Build(*o); });

  CLI::App* dump = c->add_subcommand("dump", "Show a package as text, or as JSON that builds it again");
  dump->add_option("FILE", o->file, "the package")->required()->type_name("FILE.der");
  dump->add_flag("--json", o->json, "JSON; `simurgh profile build` makes the same bytes of it");
  dump->footer("Example:\n  simurgh profile dump operational.der | less");
  dump->callback([o] { Dump(*o); });

  CLI::App* check = c->add_subcommand("check", "Check encoding and structure of a package");
  check->add_option("FILE", o->file, "the package")->required()->type_name("FILE.der");
  check->add_flag("--json", o->json, "print the problems as JSON");
  check->footer("Errors name byte, element and member. Exit code 1 when there is an error; notes do not count.\n"
                "Example:\n  simurgh profile check operational.der");
  check->callback([o] { Check(*o); });
}

}  // namespace simurgh::offcard::cli
