// What the tools show of a card: traces that tshark decodes and that give away no secret, the tree,
// snapshots.
#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <set>
#include <thread>

#include "crypto/scp03.h"
#include "offcard/common/door.h"
#include "offcard/common/launcher.h"
#include "offcard/common/script.h"
#include "offcard/common/snapshot.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/auc.h"
#include "offcard/issuer/secure_session.h"
#include "offcard/trace/frame_tap.h"
#include "offcard/trace/tracer.h"
#include "offcard/trace/tree.h"
#include "tests/system/rig.h"

namespace simurgh::system_test {
namespace {

using namespace simurgh::offcard;  // NOLINT
using testing::HasSubstr;
using testing::Not;

struct Output {
  int status = -1;
  std::string text;
};
Output Shell(const std::string& command) {
  Output out;
  std::FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) { return out; }
  char buffer[4096];
  while (const size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) { out.text.append(buffer, n); }
  out.status = pclose(pipe);
  return out;
}

size_t Count(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) { ++n; }
  return n;
}

class Trace : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why = WhyNot("host");
    if (!why.empty()) { GTEST_SKIP() << why; }
    file_ = CopyCard(ProvisionedCard("host").file, dir_, "card");
    kit_ = ProvisionedCard("host").kit;
  }

  TemporaryDirectory dir_;
  std::string file_;
  CardKit kit_;
};

// Names that tshark 4.0 gives to instructions.
struct Name {
  uint8_t ins;
  const char* name;
};
constexpr Name kNames[] = {{0x20, "VERIFY CHV"},   {0x70, "MANAGE CHANNEL"}, {0xA4, "SELECT"},
                           {0xB0, "READ BINARY"},  {0xB2, "READ RECORD"},    {0xC0, "GET RESPONSE"},
                           {0xD6, "UPDATE BINARY"}, {0xDC, "UPDATE RECORD"}, {0xF2, "STATUS"}};

TEST_F(Trace, EveryScript_IsDecodedByTsharkAsSimTraffic) {
  if (Shell("tshark --version").status != 0) { GTEST_SKIP() << "tshark is not installed"; }
  const std::string pcap = dir_ / "t.pcap";
  std::vector<Buffer> packets;
  std::vector<uint16_t> status;
  size_t lines = 0;
  {
    trace::Outputs outputs;
    outputs.pcap = pcap;
    trace::Tracer tracer(outputs);
    const std::filesystem::path scripts = std::filesystem::path(SIMURGH_SOURCE_DIR) / "tests/scripts";
    for (const auto& entry : std::filesystem::directory_iterator(scripts)) {
      if (entry.path().extension() != ".apdu") { continue; }
      TestCard card("host", CopyCard(ProvisionedCard("host").file, dir_, "script"));
      trace::TracedReader traced(card, tracer);
      (void)traced.Reset();
      const ScriptResult result =
          RunScript(ParseScript(ReadTextFile(entry.path()), entry.path()), traced);
      EXPECT_TRUE(result.ok) << result.report;
      lines += result.steps;
    }
  }
  for (const trace::Event& e : trace::ReadTraceFile(pcap)) {
    packets.push_back(e.command.bytes);
    status.push_back(Get16(e.answer.bytes, e.answer.bytes.size() - 2));
  }
  ASSERT_GT(packets.size(), 300u);
  ASSERT_GE(packets.size(), lines * 8 / 10);
  const Output out = Shell("tshark -r '" + pcap + "' -T fields -e _ws.col.Protocol -e _ws.malformed -e _ws.col.Info");
  ASSERT_EQ(out.status, 0);
  std::vector<std::string> rows;
  for (size_t at = 0; at < out.text.size();) {
    const size_t end = out.text.find('\n', at);
    rows.push_back(out.text.substr(at, end - at));
    at = end + 1;
  }
  ASSERT_EQ(rows.size(), packets.size());
  std::set<uint8_t> named;
  for (size_t i = 0; i < rows.size(); ++i) {
    // A command whose data the card called wrong may be as wrong to the decoder.
    const std::set<uint16_t> wrong = {0x6700, 0x6A80, 0x6A81, 0x6A86, 0x6A87};
    EXPECT_TRUE(rows[i].starts_with("GSM SIM\t\t") || wrong.contains(status[i]))
        << i << ": " << rows[i] << " " << ToHex(packets[i]);
    for (const Name& n : kNames) {
      if (packets[i][1] != n.ins || (packets[i][0] == 0x80 && n.ins == 0xB0)) { continue; }
      EXPECT_THAT(rows[i], HasSubstr(n.name)) << ToHex(packets[i]);
      named.insert(n.ins);
    }
  }
  EXPECT_EQ(named.size(), std::size(kNames));
}

/// A card seen from both sides of the redaction: raw bytes, and the files that were written.
struct Session {
  std::string raw;      ///< hex of everything on the line
  std::string written;  ///< the packets in hex, and the texts
  CardKit kit;          ///< keys that MANUFACTURE carried
};

class Recorder final : public Reader {
 public:
  Recorder(Reader& card, std::string& log) : card_(card), log_(log) {}
  std::vector<uint8_t> Reset() override { return card_.Reset(); }
  std::vector<uint8_t> Transmit(ConstBytes command) override {
    std::vector<uint8_t> answer = card_.Transmit(command);
    log_ += ToHex(command) + " " + ToHex(answer) + "\n";
    return answer;
  }

 private:
  Reader& card_;
  std::string& log_;
};

constexpr char kOtherK[] = "00112233445566778899AABBCCDDEEFF";

/// Everything that carries a secret: manufacture, PINs, authentication, personalization in a session
/// that only protects integrity (the card refuses it, the bytes passed all the same).
Session SecretsOnTheLine(const TemporaryDirectory& dir, const std::string& card_file, const CardKit& kit, bool secrets) {
  Session out;
  trace::Outputs outputs;
  outputs.pcap = dir / "s.pcap";
  outputs.record = dir / "s.trace";
  outputs.secrets = secrets;
  const std::string words = dir / "s.txt";
  outputs.text = std::fopen(words.c_str(), "w");
  {
    trace::Tracer tracer(outputs);
    const std::string blank = (dir / (secrets ? "blank1" : "blank0"));
    MakeCardFile(blank);
    {
      TestCard card("host", blank);
      Recorder recorder(card, out.raw);
      trace::TracedReader traced(recorder, tracer);
      (void)traced.Reset();
      out.kit = isdr::Manufacture(traced, Issuer(), KitFor());
    }
    TestCard card("host", card_file);
    Recorder recorder(card, out.raw);
    trace::TracedReader traced(recorder, tracer);
    (void)traced.Reset();
    SelectUsim(traced);
    for (const char* pin : {"0028000108 31323334FFFFFFFF", "A020000108 3939383837373636",
                            "0020000108 31323334FFFFFFFF", "0020000A08 3132333435363738"}) {
      (void)Exchange(traced, FromHex(pin));
    }
    Subscription s;
    s.k = FromHex("465B5CE8B199B49FAA5F0A2EE238A6BC");
    s.opc = FromHex("CD63CB71954A9F4E48A5994E37A02BAF");
    const AuthVector vector = MakeVector(s);
    EXPECT_TRUE(Matches(vector, Authenticate(traced, vector)));
    EXPECT_TRUE(ExchangeAll(traced, Command(0, 0xA4, 4, 0x0C, FromHex("F053494D555247485041"))).ok());
    SecureSession session(traced, 0x32, kit.personalization, crypto::Scp03::kCMac);
    const Buffer data = FromHex(std::string("8001018108") + kAdminCode + "8209080910100000000099 8310" + kOtherK);
    EXPECT_FALSE(session.Exchange(0x80, 0x40, 0, 0, data).ok());
    out.written += tracer.Summary();
  }
  std::fclose(outputs.text);
  out.written += ToHex(ReadFile(outputs.pcap)) + "\n" + ReadTextFile(outputs.record) + ReadTextFile(words);
  return out;
}

/// Values that passed the line in the clear.
std::vector<std::string> Secrets(const Session& session) {
  const std::string& raw = session.raw;
  const CardKit& kit = session.kit;
  std::vector<std::string> out = {"31323334FFFFFFFF", "3132333435363738", "3939383837373636", kAdminCode, kOtherK};
  for (const Buffer& key : {kit.isdr.enc, kit.isdr.mac, kit.isdr.dek, kit.loader.enc, kit.personalization.dek}) {
    out.push_back(ToHex(key));
  }
  // RES, CK, IK and Kc of DB 08 RES 10 CK 10 IK 08 Kc.
  const size_t at = raw.find("DB08");
  EXPECT_NE(at, std::string::npos);
  out.push_back(raw.substr(at + 4, 16));
  out.push_back(raw.substr(at + 22, 32));
  out.push_back(raw.substr(at + 56, 32));
  return out;
}

TEST_F(Trace, KnownSecrets_AreInNoOutputUnlessAskedFor) {
  const std::string copy = CopyCard(file_, dir_, "copy");
  const Session redacted = SecretsOnTheLine(dir_, file_, kit_, false);
  const Session open = SecretsOnTheLine(dir_, copy, kit_, true);
  EXPECT_GT(redacted.written.size(), 10'000u);
  EXPECT_THAT(redacted.written, HasSubstr("**"));
  EXPECT_THAT(redacted.written, HasSubstr("MANUFACTURE"));
  for (const std::string& secret : Secrets(redacted)) {
    EXPECT_THAT(redacted.raw, HasSubstr(secret)) << "the control: it was on the line";
    EXPECT_EQ(Count(redacted.written, secret), 0u) << secret;
  }
  for (const std::string& secret : Secrets(open)) { EXPECT_GE(Count(open.written, secret), 2u) << secret; }
}

TEST_F(Trace, Gsmtap_SendsThePacketsOfThePcapFile) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  {
    trace::Outputs outputs;
    outputs.gsmtap = fmt::format("127.0.0.1:{}", ntohs(address.sin_port));
    trace::Tracer tracer(outputs);
    TestCard card("host", file_);
    trace::TracedReader traced(card, tracer);
    (void)traced.Reset();
    (void)Exchange(traced, FromHex("00A40004022FE2"));
    (void)Exchange(traced, FromHex("0020000A083132333435363738"));
  }
  std::vector<std::string> got;
  uint8_t buffer[512];
  for (int i = 0; i < 2; ++i) {
    const ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    ASSERT_GT(n, 16);
    got.push_back(ToHex(ConstBytes(buffer, static_cast<size_t>(n))));
  }
  close(fd);
  const std::string header = "02040400000000000000000000000000";
  EXPECT_EQ(got[0], header + "00A40004022FE26118");
  EXPECT_EQ(got[1], header + "0020000A08FFFFFFFFFFFFFFFF9000");
}

std::atomic<uint16_t> g_port = 0;

TEST_F(Trace, ClientsThroughADoor_AreSeenLive) {
  const std::string record = dir_ / "live.trace";
  std::atomic<bool> stop = false;
  {
    trace::Outputs outputs;
    outputs.record = record;
    trace::Tracer tracer(outputs);
    trace::FrameTap tap(tracer);
    Start start;
    start.file = file_;
    RunningCard card(start);
    std::thread service([&] {
      ServeTcp(card.fd(), 0, stop, [](uint16_t port) { g_port = port; }, &tap);
    });
    while (g_port == 0) { std::this_thread::yield(); }
    {
      const std::unique_ptr<Reader> client = OpenCard(fmt::format("tcp:127.0.0.1:{}", g_port.load()));
      EXPECT_EQ(ExchangeAll(*client, FromHex("00A40004022FE2")).sw, 0x9000);
      EXPECT_EQ(ToHex(ExchangeAll(*client, FromHex("00B000000A")).data), "980001010000000010F9");
    }
    stop = true;
    service.join();
  }
  const std::string text = ReadTextFile(record);
  EXPECT_THAT(text, HasSubstr(" 00A40004022FE2 6118\n"));
  EXPECT_THAT(text, HasSubstr(" 00B000000A 980001010000000010F99000\n"));
  EXPECT_EQ(Count(text, "\nR "), 1u);
}

const trace::TreeFile* Find(const std::vector<trace::TreeFile>& files, const std::string& path) {
  const size_t slash = path.find('/');
  for (const trace::TreeFile& f : files) {
    if (f.name != path.substr(0, slash)) { continue; }
    return slash == std::string::npos ? &f : Find(f.children, path.substr(slash + 1));
  }
  return nullptr;
}

size_t CountFiles(const std::vector<trace::TreeFile>& files) {
  size_t n = files.size();
  for (const trace::TreeFile& f : files) { n += CountFiles(f.children); }
  return n;
}

TEST_F(Trace, Tree_ShowsFilesSizesRulesAndContents) {
  TestCard card("host", file_);
  trace::TreeOptions options;
  options.contents = true;
  const std::vector<trace::TreeFile> tree = trace::ReadTree(card, options);
  const trace::TreeFile* iccid = Find(tree, "MF/EF.ICCID");
  ASSERT_NE(iccid, nullptr);
  EXPECT_EQ(ToHex(iccid->content.at(0)), "980001010000000010F9");
  const trace::TreeFile* imsi = Find(tree, "ADF.USIM/EF.IMSI");
  ASSERT_NE(imsi, nullptr);
  EXPECT_EQ(imsi->fcp.size, 9u);
  EXPECT_EQ(trace::RuleWords(imsi->permissions), "read: PIN1; update, deactivate, activate, delete, resize: ADM1");
  EXPECT_EQ(ToHex(imsi->content.at(0)), "080910100000000010");
  const trace::TreeFile* adn = Find(tree, "MF/DF.TELECOM/DF.PHONEBOOK/EF 4F3A");
  ASSERT_NE(adn, nullptr);
  EXPECT_EQ(adn->content.size(), 20u);
  const trace::TreeFile* keys = Find(tree, "ADF.USIM/EF.Keys");
  ASSERT_NE(keys, nullptr);
  EXPECT_TRUE(keys->content.empty());
  EXPECT_TRUE(keys->content_hidden);
  EXPECT_NE(Find(tree, "ADF.ISIM/EF.IMPI"), nullptr);
  // A search through all usual identifiers finds nothing that the names missed.
  options.contents = false;
  options.scan = true;
  EXPECT_EQ(CountFiles(trace::ReadTree(card, options)), CountFiles(tree));
  EXPECT_THAT(trace::TreeText(tree), HasSubstr("EF.IMSI 6F07  transparent, 9 bytes, SFI 07  [read: PIN1"));
  EXPECT_THAT(trace::TreeJson(tree), HasSubstr("\"name\": \"EF.IMPI\""));
}

TEST_F(Trace, TreeWithAPinInTheWay_SaysWhatIsMissingAndReadsWithIt) {
  TestCard card("host", file_);
  ASSERT_TRUE(ExchangeAll(card, FromHex("00280001083132 3334FFFFFFFF")).ok());  // PIN1 on
  card.PowerCycle();
  trace::TreeOptions options;
  options.contents = true;
  const std::vector<trace::TreeFile> closed = trace::ReadTree(card, options);
  const trace::TreeFile* imsi = Find(closed, "ADF.USIM/EF.IMSI");
  ASSERT_NE(imsi, nullptr);
  EXPECT_TRUE(imsi->content.empty());
  EXPECT_THAT(imsi->content_note, HasSubstr("reading needs: PIN1"));
  EXPECT_THROW(trace::VerifyPin(card, 0x01, "9999", "--pin"), UserError);
  EXPECT_THROW(trace::VerifyPin(card, 0x01, "123456789", "--pin"), UserError);
  trace::VerifyPin(card, 0x01, "1234", "--pin");
  const std::vector<trace::TreeFile> open = trace::ReadTree(card, options);
  EXPECT_EQ(ToHex(Find(open, "ADF.USIM/EF.IMSI")->content.at(0)), "080910100000000010");
  EXPECT_EQ(CountFiles(open), CountFiles(closed));
}

std::string SnapshotError(const std::string& in, const std::string& card, bool force) {
  try {
    (void)RestoreSnapshot(in, card, force);
  } catch (const UserError& e) {
    return e.what();
  }
  return "restored";
}

TEST_F(Trace, Snapshot_BringsTheWholeCardBack) {
  const std::string snap = dir_ / "s.snap";
  const Buffer before = ReadFile(file_);
  const SnapshotInfo info = SaveSnapshot(file_, snap, false);
  EXPECT_LT(info.bytes, 2'000'000u);
  EXPECT_EQ(info.eid, "89049032123451234512345678901235");
  {
    TestCard card("host", file_);
    SelectUsim(card);
    ASSERT_TRUE(ExchangeAll(card, FromHex("0020000A083132333435363738")).ok());
    ASSERT_TRUE(ExchangeAll(card, FromHex("00D6870009080910100000000077")).ok());
    EXPECT_THROW((void)SaveSnapshot(file_, dir_ / "running", false), UserError);
    EXPECT_THAT(SnapshotError(snap, file_, true), HasSubstr("in use by a running card"));
  }
  EXPECT_NE(ReadFile(file_), before);
  EXPECT_THAT(SnapshotError(snap, file_, false), HasSubstr("--force"));
  EXPECT_EQ(SnapshotError(snap, file_, true), "restored");
  EXPECT_EQ(ReadFile(file_), before);
  EXPECT_EQ(SnapshotError(snap, dir_ / "fresh", false), "restored");
  TestCard card("host", dir_ / "fresh");
  EXPECT_EQ(ToHex(ReadImsi(card)), "080910100000000010");
}

TEST_F(Trace, SpoiltSnapshots_AreRefusedAndChangeNothing) {
  const std::string snap = dir_ / "s.snap";
  const std::string spoilt = dir_ / "spoilt.snap";
  (void)SaveSnapshot(file_, snap, false);
  EXPECT_THROW((void)SaveSnapshot(file_, snap, false), UserError);
  EXPECT_THROW((void)SaveSnapshot(snap, spoilt, false), UserError);
  const Buffer good = ReadFile(snap);
  const std::string hash = FlashHash(file_);
  const auto refused = [&](const Buffer& data) {
    WriteFile(spoilt, data);
    EXPECT_EQ(FlashHash(file_), hash);
    return SnapshotError(spoilt, file_, true);
  };
  for (const size_t size : {size_t{0}, size_t{7}, size_t{20}, size_t{24}, good.size() / 2, good.size() - 1}) {
    EXPECT_NE(refused(Buffer(good.begin(), good.begin() + static_cast<long>(size))), "restored") << size;
  }
  const auto with = [&](size_t at, uint8_t bit) {
    Buffer copy = good;
    copy[at] ^= bit;
    return copy;
  };
  EXPECT_THAT(refused(with(0, 1)), HasSubstr("not a snapshot"));
  EXPECT_THAT(refused(with(8, 2)), HasSubstr("version 3"));
  EXPECT_THAT(refused(with(20, 1)), HasSubstr("torn"));
  EXPECT_THAT(refused(with(good.size() / 2, 0x10)), HasSubstr("checksum"));
  EXPECT_THAT(refused(with(good.size() - 1, 1)), HasSubstr("checksum"));
  EXPECT_EQ(FlashHash(file_), hash);
  EXPECT_EQ(SnapshotError(snap, file_, true), "restored");  // the control
}

}  // namespace
}  // namespace simurgh::system_test
