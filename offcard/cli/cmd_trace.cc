// simurgh trace: APDUs in words.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/script.h"
#include "offcard/common/user_error.h"
#include "offcard/trace/tracer.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string card;
  std::vector<std::string> scripts;
  std::vector<std::string> commands;
  std::string file;
  bool summary = false;
  bool quiet = false;
  bool colour = false;
  trace::Outputs outputs;
};

trace::Outputs OutputsOf(const Options& o) {
  trace::Outputs out = o.outputs;
  out.text = o.quiet ? nullptr : stdout;
  out.colour = (o.colour || isatty(STDOUT_FILENO) != 0) && !out.json;
  return out;
}

void Finish(const Options& o, const trace::Tracer& tracer) {
  if (o.summary) { fmt::print("{}", tracer.Summary()); }
}

void Run(const Options& o) {
  if (o.card.empty()) {
    throw UserError("--card is missing; e.g. --card host:my.card, or `simurgh trace read FILE`");
  }
  if (o.scripts.empty() == o.commands.empty()) {
    throw UserError("give scripts, or commands with --hex");
  }
  std::vector<Script> scripts;
  for (const std::string& file : o.scripts) { scripts.push_back(ParseScript(ReadTextFile(file), file)); }
  std::vector<Buffer> commands;
  for (const std::string& text : o.commands) { commands.push_back(FromHex(text, "--hex " + text)); }
  const std::unique_ptr<Reader> card = OpenCard(o.card);
  trace::Tracer tracer(OutputsOf(o));
  trace::TracedReader traced(*card, tracer);
  (void)traced.Reset();
  bool ok = true;
  for (const Buffer& command : commands) { ok = ExchangeAll(traced, command).ok() && ok; }
  Variables variables;
  for (const Script& script : scripts) {
    const ScriptResult result = RunScript(script, traced, variables);
    variables = result.variables;
    ok = ok && result.ok;
    if (!result.ok) {
      fmt::print(stderr, "{}", result.report);
      break;
    }
  }
  Finish(o, tracer);
  if (!ok) { throw Quit{1}; }
}

void Read(const Options& o) {
  const std::vector<trace::Event> events = trace::ReadTraceFile(o.file);
  trace::Tracer tracer(OutputsOf(o));
  for (const trace::Event& event : events) { tracer.Show(event); }
  Finish(o, tracer);
}

void AddOutputs(CLI::App& c, Options& o) {
  c.add_option("--record", o.outputs.record, "write a trace file, for `simurgh trace read`")->type_name("FILE");
  c.add_option("--pcap", o.outputs.pcap, "write a pcap file for Wireshark and tshark")->type_name("FILE");
  c.add_option("--gsmtap", o.outputs.gsmtap, "send GSMTAP packets to UDP port 4729")->type_name("HOST[:PORT]");
  c.add_flag("--secrets", o.outputs.secrets, "show PINs and keys instead of **");
  c.add_flag("--json", o.outputs.json, "print a JSON object per line");
  c.add_flag("--summary", o.summary, "end with a table: commands, bytes, time");
  c.add_flag("-q,--quiet", o.quiet, "print no words; for --record, --pcap, --gsmtap and --summary");
  c.add_flag("--colour,--color", o.colour, "colours also when the output is no terminal");
}

}  // namespace

void AddTrace(CLI::App& app) {
  const auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("trace", "Show APDUs with file, meaning, status word and clause");
  c->add_option("SCRIPT", o->scripts, "scripts to run")->type_name("FILE.apdu...");
  c->add_option("--card", o->card, std::string("the card:\n") + kCardUriHelp)
      ->envname("SIMURGH_CARD")->type_name("URI");
  c->add_option("--hex", o->commands, "commands to send instead of a script")->type_name("APDU...");
  AddOutputs(*c, *o);
  c->footer("PINs, keys and what AUTHENTICATE answers are ** in words and files and FF in packets, unless\n"
            "--secrets asks for them. To trace what other programs send: simurgh card run --trace.\n"
            "Examples:\n"
            "  simurgh trace --card host:my.card --hex 00A40004022FE2 00B000000A\n"
            "  simurgh trace --card host:my.card tests/scripts/pysim.apdu --pcap pysim.pcap\n"
            "  simurgh trace read modem.trace --summary");
  c->callback([o, c] {
    if (c->get_subcommands().empty()) { Run(*o); }
  });

  const auto r = std::make_shared<Options>();
  CLI::App* read = c->add_subcommand("read", "Show a recorded trace or a pcap file");
  read->add_option("FILE", r->file, "trace file or pcap file with GSMTAP SIM packets")->required();
  AddOutputs(*read, *r);
  read->footer("Example:\n  simurgh trace read capture.pcap");
  read->callback([r] { Read(*r); });
}

}  // namespace simurgh::offcard::cli
