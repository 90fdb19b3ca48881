// simurgh card: card files and running cards.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/door.h"
#include "offcard/common/hex.h"
#include "offcard/common/launcher.h"
#include "offcard/common/user_error.h"
#include "offcard/trace/frame_tap.h"
#include "offcard/trace/tracer.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string file;
  std::string to;
  std::string eid;
  std::string batch;
  std::string seed;
  std::string root_key;
  uint16_t jig = 0;
  std::string card;
  uint16_t port = 0;
  bool listen = false;
  std::string vpcd;
  bool json = false;
  bool trace = false;
  trace::Outputs outputs;
};

template <size_t N>
std::array<uint8_t, N> Exact(const std::string& text, const char* what) {
  const Buffer bytes = FromHex(text, what);
  if (bytes.size() != N) {
    throw UserError(fmt::format("{}: {} bytes, {} expected ({} hexadecimal digits)", what,
                                bytes.size(), N, 2 * N));
  }
  std::array<uint8_t, N> out;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

/// 32 decimal digits; the last two are check digits: the number modulo 97 is 1 (SGP.22 4.3.1).
std::array<uint8_t, 16> Eid(const std::string& text) {
  if (text.size() != 32 || text.find_first_not_of("0123456789") != std::string::npos) {
    throw UserError(fmt::format("--eid {}: expected 32 decimal digits", text));
  }
  int rest = 0;
  for (char c : text) { rest = (rest * 10 + (c - '0')) % 97; }
  if (rest != 1) {
    int front = 0;
    for (char c : text.substr(0, 30) + "00") { front = (front * 10 + (c - '0')) % 97; }
    throw UserError(fmt::format("--eid {}: the last two digits are check digits and should be {:02}",
                                text, 98 - front));
  }
  return Exact<16>(text, "--eid");
}

void New(const Options& o) {
  NewCard card;
  card.eid = Eid(o.eid);
  if (!o.batch.empty()) {
    Buffer batch(o.batch.begin(), o.batch.end());
    if (o.batch.size() == 32) { batch = FromHex(o.batch, "--batch"); }
    if (batch.size() > card.batch.size()) {
      throw UserError("--batch: at most 16 characters, or 32 hexadecimal digits");
    }
    std::copy(batch.begin(), batch.end(), card.batch.begin());
  }
  if (!o.seed.empty()) { card.seed = SeedFrom(o.seed); }
  if (!o.root_key.empty()) { card.root_key = Exact<32>(o.root_key, "--root-key"); }
  card.jig_millivolts = o.jig;
  CreateCardFile(o.file, card);
  fmt::print("{}: new card, EID {}\n", o.file, o.eid);
}

std::string BatchText(const std::array<uint8_t, 16>& batch) {
  size_t n = 0;
  while (n < batch.size() && batch[n] >= 0x20 && batch[n] < 0x7F) { ++n; }
  const bool text = n > 0 && std::all_of(batch.begin() + static_cast<long>(n), batch.end(),
                                         [](uint8_t b) { return b == 0; });
  return text ? std::string(batch.begin(), batch.begin() + static_cast<long>(n)) : ToHex(batch);
}

void Info(const Options& o) {
  const Fuses fuses = ReadFuses(o.file);
  const hal::card_file::CountersPage c = ReadCounters(o.file);
  const std::string fault = DescribeFault(c.fault);
  if (o.json) {
    nlohmann::ordered_json json = {
        {"file", o.file}, {"eid", ToHex(fuses.eid)}, {"batch", ToHex(fuses.batch)},
        {"boots", c.boots}, {"commands", c.commands}, {"programs", c.programs},
        {"programmed_bytes", c.programmed_bytes}, {"erases", c.erases}, {"cut_at", c.cut_at},
        {"arena_high_water", c.arena_high_water}, {"stack_high_water", c.stack_high_water},
        {"faults", c.fault.count}, {"last_fault", fault}};
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("EID       {}\n", ToHex(fuses.eid));
  const bool no_batch = fuses.batch == std::array<uint8_t, 16>{};
  fmt::print("batch     {}\n", no_batch ? "none" : BatchText(fuses.batch));
  fmt::print("boots     {}, commands answered {}\n", c.boots, c.commands);
  fmt::print("flash     {} programs ({} bytes), {} erases\n", c.programs, c.programmed_bytes, c.erases);
  fmt::print("memory    worst stack {} of {} bytes, arena {}\n", c.stack_high_water, c.stack_bytes,
             c.arena_high_water);
  if (c.cut_at != 0) { fmt::print("power cut at flash operation {}\n", c.cut_at); }
  fmt::print("faults    {}{}\n", c.fault.count, fault.empty() ? "" : ", last: " + fault);
}

void Clone(const Options& o) {
  CopyFlash(o.file, o.to);
  fmt::print("{}: flash copied from {}; EID and device key stay those of {}\n", o.to, o.file, o.to);
}

std::atomic<bool> g_stop = false;

/// nullptr: nobody asked for a trace. Without a file for it, the trace goes to the terminal.
std::unique_ptr<trace::Tracer> TracerFor(const Options& o) {
  trace::Outputs out = o.outputs;
  const bool wanted = o.trace || !out.pcap.empty() || !out.gsmtap.empty();
  if (!wanted) { return nullptr; }
  if (o.trace && out.record.empty()) {
    out.text = stdout;
    out.colour = isatty(STDOUT_FILENO) != 0;
  }
  return std::make_unique<trace::Tracer>(out);
}

void Run(const Options& o) {
  const CardUri uri = ParseCardUri(o.card);
  if (uri.kind != CardUri::Kind::kHost && uri.kind != CardUri::Kind::kQemu) {
    throw UserError(fmt::format("card '{}': only host: and qemu: cards can be started", o.card));
  }
  if (o.listen == !o.vpcd.empty()) { throw UserError("give one door: --listen PORT or --vpcd HOST:PORT"); }
  std::signal(SIGINT, [](int) { g_stop = true; });
  std::signal(SIGTERM, [](int) { g_stop = true; });
  const std::unique_ptr<trace::Tracer> tracer = TracerFor(o);
  Start start;
  start.machine = uri.kind == CardUri::Kind::kHost ? "host" : uri.machine;
  start.file = uri.path;
  if (o.listen) {
    start.contacts = uri.link != Link::kFrames;  // terminals then say t0+tcp:... or t1+tcp:...
    RunningCard card(start);
    std::optional<trace::FrameTap> tap;
    if (tracer) { tap.emplace(*tracer); }
    ServeTcp(card.fd(), o.port, g_stop, [](uint16_t port) {
      fmt::print("the card listens: --card tcp:127.0.0.1:{} (Ctrl-C stops it)\n", port);
      std::fflush(stdout);
    }, tap ? &*tap : nullptr);
    return;
  }
  const size_t colon = o.vpcd.rfind(':');
  const CardUri door = ParseCardUri("tcp:" + (colon == std::string::npos ? o.vpcd + ":35963" : o.vpcd));
  std::signal(SIGINT, SIG_DFL);  // the service waits inside a read: let the signal end the process
  std::signal(SIGTERM, SIG_DFL);
  const std::unique_ptr<Reader> reader = StartCard(start, uri.link);
  fmt::print("the card is in the virtual reader at {}:{} (Ctrl-C takes it out)\n", door.host, door.port);
  std::fflush(stdout);
  if (!tracer) { return ServeVpcd(*reader, door.host, door.port); }
  trace::TracedReader traced(*reader, *tracer);
  ServeVpcd(traced, door.host, door.port);
}

}  // namespace

void AddCard(CLI::App& app) {
  CLI::App* c = app.add_subcommand("card", "Make, run, inspect and copy cards");
  c->require_subcommand(1);
  c->footer("A card is a file: its flash and, beside it, what is fused into the chip (EID, device key).\n"
            "The same file runs on this PC (host:FILE) and in QEMU (qemu:MACHINE:FILE).");
  auto o = std::make_shared<Options>();

  CLI::App* make = c->add_subcommand("new", "Make a card with empty flash");
  make->add_option("FILE", o->file, "the card file to create")->required();
  make->add_option("--eid", o->eid, "the card's id, 32 digits with check digits")->required();
  make->add_option("--batch", o->batch, "production batch: up to 16 characters, or 32 hexadecimal digits");
  make->add_option("--seed", o->seed, "any text: all randomness follows from it and runs repeat exactly");
  make->add_option("--root-key", o->root_key, "device key, 64 hexadecimal digits (random without)");
  make->add_option("--jig", o->jig, "millivolts on the jig input");
  make->footer("Examples:\n"
               "  simurgh card new my.card --eid 89049032123451234512345678901235\n"
               "  simurgh card new test.card --eid 89049032123451234512345678901235 --seed 1 --batch LOT7");
  make->callback([o] { New(*o); });

  CLI::App* run = c->add_subcommand("run", "Start a card behind a door and keep it");
  run->add_option("--card", o->card, "host:FLASH or qemu:MACHINE:FLASH; t0+... or t1+...: on contacts")
      ->required()
      ->type_name("URI");
  run->add_option("--listen", o->port, "TCP port on this machine for the card's frames; 0: any")
      ->each([o](const std::string&) { o->listen = true; });
  run->add_option("--vpcd", o->vpcd, "virtual PC/SC reader to put the card into, e.g. 127.0.0.1:35963");
  CLI::Option* traced = run->add_option("--trace", o->outputs.record, "show every APDU in words, or record them in a trace file")
      ->expected(0, 1)
      ->type_name("[FILE]");
  run->add_option("--pcap", o->outputs.pcap, "write a pcap file for Wireshark and tshark")->type_name("FILE");
  run->add_option("--gsmtap", o->outputs.gsmtap, "send GSMTAP packets to UDP port 4729")
      ->type_name("HOST[:PORT]");
  run->add_flag("--secrets", o->outputs.secrets, "do not replace PINs and keys in traces");
  run->footer("Examples:\n"
              "  simurgh card run --card qemu:mps2-an386:my.card --listen 4000\n"
              "      then in another terminal: simurgh apdu --card tcp:127.0.0.1:4000 00A40004023F00\n"
              "  simurgh card run --card host:my.card --vpcd 127.0.0.1\n"
              "      then any PC/SC program sees the card (opensc-tool, scriptor, pySim, lpac)\n"
              "  simurgh card run --card host:my.card --vpcd 127.0.0.1 --trace --pcap modem.pcap");
  run->callback([o, traced] {
    o->trace = traced->count() > 0;
    Run(*o);
  });

  CLI::App* info = c->add_subcommand("info", "Show identity, counters and the last fault of a card");
  info->add_option("FILE", o->file, "the card file")->required();
  info->add_flag("--json", o->json, "print JSON");
  AddCardTree(*c);
  AddCardSnapshot(*c);
  info->footer("Works while the card runs.\nExample:\n  simurgh card info my.card");
  info->callback([o] { Info(*o); });

  CLI::App* clone = c->add_subcommand("clone-flash", "Copy the flash of one card into another");
  clone->add_option("FROM", o->file, "the card whose flash is copied")->required();
  clone->add_option("TO", o->to, "the card that gets it; its EID and device key stay")->required();
  clone->footer("What an attacker with a programmer can do; the copy must not work.\n"
                "Example:\n  simurgh card clone-flash my.card other.card");
  clone->callback([o] { Clone(*o); });
}

}  // namespace simurgh::offcard::cli
