// What each command of the card costs, on a QEMU machine that counts instructions: a card file is
// made, manufactured and given profiles by image, then every command is sent many times. Prints the
// tables of docs/benchmarks.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>

#include "base/tlv.h"
#include "base/writer.h"
#include "offcard/common/card.h"
#include "offcard/common/launcher.h"
#include "offcard/common/temporary_directory.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/auc.h"
#include "offcard/issuer/image.h"
#include "offcard/issuer/isdr.h"
#include "offcard/issuer/pki.h"
#include "offcard/issuer/secure_session.h"
#include "tests/bench/bench_profile.h"
#include "tests/bench/bench_table.h"
#include "tests/unit/usim/naa_profile.h"
#include "tests/vectors/suci.h"

namespace simurgh::bench {
namespace {

using namespace simurgh::offcard;
using saip::Json;

constexpr char kEid[] = "89049032123451234512345678901235";
constexpr uint8_t kPersonalizationKeyVersion = 0x32;
constexpr size_t kLargeImage = 40 * 1024;
constexpr uint64_t kCompactions = 100;  // erased sectors of store and secure area
constexpr uint64_t kReadTarget = 3000;            // SELECT, READ, STATUS
constexpr uint64_t kAuthenticateTarget = 30'000;  // Milenage, one atomic SQN commit
constexpr uint64_t kTuakTarget = 50'000;

struct Options {
  std::string machine = "mps2-an386";
  int rounds = 25;
  bool markdown = false;
};

struct Signing {
  BindingAlgorithm algorithm;
  const char* key_file;
  const char* name;
};
constexpr Signing kP256{BindingAlgorithm::kP256, KeyDirectory::kProvider, "P-256"};
constexpr Signing kRsa{BindingAlgorithm::kRsaSha256, KeyDirectory::kProviderRsa, "RSA-2048"};
constexpr Signing kBrainpool{BindingAlgorithm::kBrainpool, KeyDirectory::kProviderBrainpool,
                             "brainpoolP256r1"};

class CardBench {
 public:
  CardBench(const Options& options, const std::string& directory)
      : options_(options),
        file_(directory + "/bench.card"),
        keys_(directory + "/keys"),
        kit_(NewCardKit(kEid)) {
    MakeKeyDirectory(keys_);
    NewCard card;
    const Buffer eid = FromHex(kEid);
    std::copy(eid.begin(), eid.end(), card.eid.begin());
    card.seed = SeedFrom("card_bench");
    CreateCardFile(file_, card);
  }

  void Run() {
    Boot("Boot, empty flash");
    Manufacture();
    Install(MakePackage(1, 0), kP256);
    Install(MakePackage(2, 0), kRsa);
    Install(MakePackage(3, 0), kBrainpool);
    Install(MakePackage(4, kLargeImage), kP256);
    Churn();
    Boot("Boot, four profiles");
    MeasureSwitching();
    MeasureFiles();
    MeasurePins();
    MeasureAuthenticate();
    MeasureIsdr();
    NotePeak("file system, PIN, AUTHENTICATE, ISD-R commands");
    MeasurePersonalize();
    MeasureNetworkKeys();
  }

  void Print() const {
    fmt::print("{}\n", table_.Print(options_.markdown));
    fmt::print("{}\n", Peaks());
    for (const std::string& note : notes_) {
      fmt::print("{}{}\n", options_.markdown ? "- " : "", note);
    }
  }

 private:
  // ---- Measuring

  hal::card_file::CountersPage Counters() const { return ReadCounters(file_); }

  /// Starts the machine anew; one row for what it did until it took commands.
  void Boot(const std::string& name) {
    reader_.reset();
    const auto before = Counters();
    reader_ = StartCard({.machine = options_.machine, .file = file_, .icount = true});
    (void)offcard::Exchange(*reader_, Command(0x80, 0xF2, 0, 0x0C));  // the counters follow a command
    const auto after = Counters();
    table_.Add(name, Cost::Of(before, after, after.boot_ticks * after.tick_nanoseconds));
    NotePeak(name);
  }

  /// The deepest stack and arena since the last start, under the name of what was done last.
  void NotePeak(const std::string& name) {
    const auto c = Counters();
    if (c.fault.count != 0) {
      throw UserError(name + ": the card has faulted: " + DescribeFault(c.fault));
    }
    stack_bytes_ = c.stack_bytes;
    const auto known =
        std::find_if(peaks_.begin(), peaks_.end(), [&](const Peak& p) { return p.name == name; });
    if (known == peaks_.end()) {
      peaks_.push_back({name, c.stack_high_water, c.arena_high_water});
    } else {
      known->stack = std::max(known->stack, c.stack_high_water);
      known->arena = std::max(known->arena, c.arena_high_water);
    }
  }

  /// One command and its row.
  /// @throws UserError when it does not answer `sw`; below 100 only its first byte is compared.
  Answer Measure(const std::string& name, ConstBytes command, uint16_t sw) {
    const auto before = Counters();
    const Answer answer = offcard::Exchange(*reader_, command);
    const auto after = Counters();
    if (answer.sw != sw && (answer.sw >> 8) != sw) {
      throw UserError(fmt::format("{}: {} ({})", name, StatusWords(answer.sw), ToHex(command)));
    }
    if (after.commands != before.commands + 1) {
      throw UserError(name + ": was not one command");
    }
    table_.Add(name, Cost::Of(before, after, after.last_instructions));
    return answer;
  }

  void Repeat(const std::string& name, const char* hex, uint16_t sw, uint64_t target = 0) {
    table_.SetTarget(name, target);
    for (int i = 0; i < options_.rounds; ++i) { Measure(name, FromHex(hex), sw); }
  }

  void Do(const char* hex) {
    const Answer answer = ExchangeAll(*reader_, FromHex(hex));
    if (!answer.ok()) { throw UserError(fmt::format("{}: {}", hex, StatusWords(answer.sw))); }
  }

  // ---- Scenarios

  void Manufacture() {
    isdr::Select(*reader_);
    const auto before = Counters();
    kit_ = isdr::Manufacture(*reader_, keys_, kit_);
    const auto after = Counters();
    table_.Add("MANUFACTURE, two P-256 key pairs",
               Cost::Of(before, after,
                        (after.total_ticks - before.total_ticks) * after.tick_nanoseconds));
    NotePeak("MANUFACTURE");
  }

  Buffer Image(ConstBytes package, const Signing& signing) {
    ImageRequest request;
    request.signing_key = ReadEcKey(keys_.File(KeyDirectory::kImageDevelopment));
    request.image_id = ++last_image_;
    request.eid = FromHex(kEid);
    request.agree_public = kit_.agree_public;
    request.name = "Bench";
    request.provider_name = "Simurgh";
    request.binding = BindingRequest{.algorithm = signing.algorithm,
                                     .eid = FromHex(kEid),
                                     .key_file = keys_.File(signing.key_file)};
    return PackImage(package, request);
  }

  void Send(const Buffer& image, size_t chunk) {
    const auto before = Counters();
    const Reader::Wire wire = reader_->wire();
    const isdr::SendResult sent = isdr::SendImage(*reader_, image, chunk);
    const auto after = Counters();
    const Reader::Wire wire_after = reader_->wire();
    if (sent.sw != 0x9000) { throw UserError("IMAGE DATA: " + StatusWords(sent.sw)); }
    const auto per_kib = [&](uint64_t count) { return count * 1024 / image.size(); };
    table_.Add(image.size() > kLargeImage / 2 ? "Image received, per KiB of a large one"
                                              : "Image received, per KiB of a small one",
               {per_kib((after.total_ticks - before.total_ticks) * after.tick_nanoseconds),
                per_kib(after.programs - before.programs),
                per_kib(after.programmed_bytes - before.programmed_bytes),
                per_kib(after.erases - before.erases)});
    if (notes_.size() >= 4) { return; }
    notes_.push_back(fmt::format(
        "Image of {} bytes, up to {} bytes a command: {} commands; on the wire {} bytes out, {} back.",
        image.size(), chunk, sent.commands, wire_after.bytes_out - wire.bytes_out,
        wire_after.bytes_in - wire.bytes_in));
  }

  void Install(const Buffer& package, const Signing& signing) {
    const Buffer image = Image(package, signing);
    Send(image, 65531);
    const std::string name =
        fmt::format("Boot with install, image of {} bytes, {}", image.size(), signing.name);
    Boot(name);
    const isdr::ImageStatus status = isdr::ReadImageStatus(*reader_);
    if (!status.last || status.last->reason != 0) {
      throw UserError(name + ": " + (status.last ? isdr::ReasonWords(*status.last) : "no result"));
    }
    packages_.push_back(package);
  }

  /// Large profiles come and go until the store's log has gone round: installs then run through
  /// compactions, which is where the stack is deepest.
  void Churn() {
    const uint64_t erases = Counters().erases;
    for (int i = 0; Counters().erases < erases + kCompactions; ++i) {
      if (i == 50) { throw UserError("the log does not go round"); }
      Install(MakePackage(10 + i, kLargeImage), kP256);
      const int result = isdr::DeleteProfile(*reader_, ReadProfileFacts(packages_.back()).iccid);
      if (result != 0) { throw UserError("DeleteProfile: " + isdr::ProfileResultWords(result)); }
      NotePeak("DeleteProfile");
      packages_.pop_back();
    }
  }

  void Switch(const std::string& name, tlv::Tag tag, ConstBytes package) {
    Buffer buffer(64);
    Writer out(buffer);
    {
      tlv::Group function(out, tag);
      {
        tlv::Group choice(out, 0xA0);
        tlv::Add(out, 0x5A, ReadProfileFacts(package).iccid);
      }
      const uint8_t no_refresh = 0;
      tlv::Add(out, 0x81, ConstBytes(&no_refresh, 1));
    }
    isdr::Select(*reader_);
    (void)Measure(name, Command(0x80, 0xE2, 0x91, 0x00, out.written()), 0x61);
    const Answer answer = ExchangeAll(*reader_, FromHex("00C0000000"));
    if (answer.data.empty() || answer.data.back() != 0) {
      throw UserError(name + ": result " + ToHex(answer.data));
    }
  }

  void MeasureSwitching() {
    const Signing* const signings[] = {&kP256, &kRsa, &kBrainpool};
    for (size_t i = 0; i < 3; ++i) {
      for (int round = 0; round < 3; ++round) {
        Switch(fmt::format("EnableProfile, binding {}", signings[i]->name), 0xBF31, packages_[i]);
        if (round == 0) { NotePeak(fmt::format("EnableProfile, binding {}", signings[i]->name)); }
        Switch("DisableProfile", 0xBF32, packages_[i]);
      }
    }
    Switch("EnableProfile, binding P-256", 0xBF31, packages_[0]);
  }

  void SelectUsim() {
    (void)reader_->Reset();
    Do("00A4040C07A0000000871002");
    Do("0020000108 31323334FFFFFFFF");
  }

  void MeasureFiles() {
    (void)reader_->Reset();
    Repeat("SELECT MF by FID, FCP in the answer", "00A40004023F00", 0x61, kReadTarget);
    Repeat("STATUS, FCP of the MF", "80F20000", 0x61);
    Repeat("SELECT EF.ICCID by FID, no answer", "00A4000C022FE2", 0x9000, kReadTarget);
    Repeat("SELECT EF.ICCID by FID, FCP in the answer", "00A40004022FE2", 0x61, kReadTarget);
    Repeat("READ BINARY, 10 bytes, always readable", "00B000000A", 0x9000, kReadTarget);
    Do("00A4000C022F00");
    Repeat("READ RECORD, EF.DIR", "00B2010420", 0x9000, kReadTarget);
    Repeat("SELECT USIM by AID, FCP in the answer", "00A4040407A0000000871002", 0x61, kReadTarget);
    for (int i = 0; i < options_.rounds; ++i) {
      Do("00A4040C07A0000000871002");
      const Answer selected = offcard::Exchange(*reader_, FromHex("00A40004023F00"));
      (void)Measure("GET RESPONSE, an FCP", Command(0, 0xC0, 0, 0, {}, selected.sw & 0xFF), 0x9000);
    }
    table_.SetTarget("GET RESPONSE, an FCP", kReadTarget);
    SelectUsim();
    Repeat("STATUS, no answer", "80F2000C", 0x9000, kReadTarget);
    Repeat("STATUS, FCP of the USIM", "80F20000", 0x61, kReadTarget);
    Repeat("SELECT EF.IMSI by FID, FCP in the answer", "00A40004026F07", 0x61, kReadTarget);
    Repeat("READ BINARY, EF.IMSI behind PIN1", "00B0000009", 0x9000, kReadTarget);
    Do("00A4000C026F7E");
    for (int i = 0; i < options_.rounds; ++i) {  // unchanged content would not be written
      Buffer loci(11, 0x11);
      loci[0] = static_cast<uint8_t>(i + 1);
      (void)Measure("UPDATE BINARY, EF.LOCI", Command(0x00, 0xD6, 0, 0, loci), 0x9000);
    }
    Do("00A4000C026F42");
    Answer record = ExchangeAll(*reader_, FromHex("00B2010400"));
    for (int i = 0; i < options_.rounds; ++i) {
      record.data[0] = static_cast<uint8_t>(i + 1);
      const Buffer update = Command(0x00, 0xDC, 1, 4, record.data);
      (void)Measure(fmt::format("UPDATE RECORD, EF.SMSP, {} bytes", record.data.size()), update,
                    0x9000);
    }
  }

  void MeasurePins() {
    Repeat("VERIFY PIN, right", "0020000108 31323334FFFFFFFF", 0x9000);
    for (int i = 0; i < options_.rounds; ++i) {
      (void)Measure("VERIFY PIN, wrong", FromHex("0020000108 39393939FFFFFFFF"), 0x63);
      Do("0020000108 31323334FFFFFFFF");
    }
  }

  void MeasureVectors(const std::string& name, uint64_t target, Subscription subscription,
                      const std::string& again) {
    table_.SetTarget(name, target);
    for (int i = 0; i < 2 * options_.rounds; ++i) {
      const AuthVector vector = MakeVector(subscription);
      Buffer data = {16};
      data.insert(data.end(), vector.rand.begin(), vector.rand.end());
      data.push_back(static_cast<uint8_t>(vector.autn.size()));
      data.insert(data.end(), vector.autn.begin(), vector.autn.end());
      const Buffer command = Command(0x00, 0x88, 0x00, 0x81, data);
      (void)Measure(name, command, 0x61);
      const Answer answer = ExchangeAll(*reader_, FromHex("00C0000000"));
      const ConstBytes res = ConstBytes(answer.data).subspan(2).first(vector.res.size());
      if (!Equal(res, vector.res)) { throw UserError(name + ": RES is wrong"); }
      if (i % 2 == 0) { (void)Measure(again, command, 0x61); }
    }
  }

  void MeasureAuthenticate() {
    const Json json = Json::parse(ReadTextFile(SIMURGH_SOURCE_DIR "/examples/operational.json"));
    Subscription subscription;
    subscription.k = FromHex(json["k"].get<std::string>());
    subscription.opc = FromHex(json["opc"].get<std::string>());
    MeasureVectors("AUTHENTICATE, Milenage", kAuthenticateTarget, subscription,
                   "AUTHENTICATE, SQN used before: AUTS");
  }

  /// TUAK with a key of 256 bits, and the SUCI under both profiles, in profiles of their own.
  void MeasureNetworkKeys() {
    const Buffer k(32, 0x42), topc(32, 0x24);
    const std::string key_lists[] = {
        "A0020101A1258001018120" + std::string(vectors::kSuciAPublic),
        "A0020201A1268001018121" + std::string(vectors::kSuciBCompressed)};
    for (int i = 0; i < 2; ++i) {
      const std::string iccid = fmt::format("890010100000009{:03}", i);
      test::NaaProfile profile(iccid + LuhnDigit(iccid));
      profile.Tuak(ToHex(k), ToHex(topc), "01", 1).Services("usim", {124, 125}).FiveG(key_lists[i]);
      Install(profile.Package(), kP256);
      Switch("EnableProfile, binding P-256", 0xBF31, packages_.back());
      (void)reader_->Reset();
      Do("00A4040C07A0000000871002");
      const std::string name = fmt::format("GET IDENTITY, profile {}", i == 0 ? "A" : "B");
      for (int round = 0; round < 5; ++round) { (void)Measure(name, FromHex("8078000100"), 0x9000); }
      NotePeak(name);
    }
    Subscription subscription;
    subscription.algorithm = Subscription::Algorithm::kTuak;
    subscription.k = k;
    subscription.opc = topc;
    MeasureVectors("AUTHENTICATE, TUAK, K of 256 bits", kTuakTarget, subscription,
                   "AUTHENTICATE, TUAK, SQN used before: AUTS");
    NotePeak("AUTHENTICATE, TUAK");
  }

  void MeasureIsdr() {
    const char* const select = "00A4040010A0000005591010FFFFFFFF8900000100";
    Repeat("SELECT ISD-R", select, 0x61, kReadTarget);
    Repeat("GetProfilesInfo, four profiles", "80E2910003BF2D00", 0x61);
    Repeat("GetEID", "80E2910006BF3E035C015A", 0x61);
  }

  void MeasurePersonalize() {
    for (int i = 0; i < 5; ++i) {
      (void)reader_->Reset();
      Do("00A404000AF053494D555247485041");
      SecureSession session(*reader_, kPersonalizationKeyVersion, kit_.personalization, 0x33);
      Buffer buffer(128);
      Writer out(buffer);
      const uint8_t change = 1;
      tlv::Add(out, 0x80, ConstBytes(&change, 1));
      tlv::Add(out, 0x81, FromHex(kit_.admin_code));
      tlv::Add(out, 0x82, FromHex("081910100000000099"));
      tlv::Add(out, 0x83, Buffer(16, static_cast<uint8_t>(i)));
      const auto before = Counters();
      const Answer answer = session.Exchange(0x84, 0x40, 0, 0, out.written());
      const auto after = Counters();
      if (!answer.ok()) { throw UserError("PERSONALIZE: " + StatusWords(answer.sw)); }
      table_.Add("PERSONALIZE, new IMSI and K, under SCP03",
                 Cost::Of(before, after,
                          (after.total_ticks - before.total_ticks) * after.tick_nanoseconds));
    }
    NotePeak("PERSONALIZE");
  }

  // ---- Printing

  std::string Peaks() const {
    std::string out = options_.markdown
                          ? "| since the last start | stack | arena |\n|---|--:|--:|\n"
                          : fmt::format("{:<62} {:>6} {:>6}\n", "since the last start", "stack", "arena");
    uint32_t stack = 0, arena = 0;
    for (const Peak& p : peaks_) {
      out += options_.markdown ? fmt::format("| {} | {} | {} |\n", p.name, p.stack, p.arena)
                               : fmt::format("{:<62} {:>6} {:>6}\n", p.name, p.stack, p.arena);
      stack = std::max(stack, p.stack);
      arena = std::max(arena, p.arena);
    }
    return out + fmt::format("\nWorst: stack {} of {} bytes, arena {} bytes.\n", stack, stack_bytes_,
                             arena);
  }

  struct Peak {
    std::string name;
    uint32_t stack = 0;
    uint32_t arena = 0;
  };

  Options options_;
  std::string file_;
  KeyDirectory keys_;
  CardKit kit_;
  std::unique_ptr<Reader> reader_;
  uint64_t last_image_ = 0;
  std::vector<Buffer> packages_;
  Table table_;
  std::vector<Peak> peaks_;
  std::vector<std::string> notes_;
  uint32_t stack_bytes_ = 0;
};

}  // namespace
}  // namespace simurgh::bench

int main(int argc, char** argv) {
  using namespace simurgh::bench;
  Options options;
  CLI::App app("Instructions and flash operations of every command, counted by QEMU (-icount): "
               "instructions, not cycles.");
  app.add_option("--machine", options.machine, "mps2-an386 or mps2-an505");
  app.add_option("--rounds", options.rounds, "times each command is sent")->check(CLI::Range(1, 1000));
  app.add_flag("--markdown", options.markdown, "print Markdown tables");
  CLI11_PARSE(app, argc, argv);
  const TemporaryDirectory directory;
  CardBench bench(options, directory.path());
  try {
    bench.Run();
  } catch (const std::exception& e) {
    bench.Print();
    fmt::print(stderr, "card_bench: {}\n", e.what());
    return 1;
  }
  bench.Print();
  return 0;
}
