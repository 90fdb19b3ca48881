#include "offcard/trace/tracer.h"

#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <set>

#include "apdu/frame.h"
#include "base/tlv.h"
#include "offcard/common/user_error.h"
#include "offcard/trace/commands.h"
#include "offcard/trace/fcp.h"
#include "offcard/trace/file_names.h"
#include "offcard/trace/frame_tap.h"
#include "offcard/trace/objects.h"

namespace simurgh::offcard::trace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Event Reset() {
  Event e;
  e.kind = Event::Kind::kReset;
  e.answer.bytes = FromHex("3B00");
  return e;
}

Event Exchange(const std::string& command, const std::string& answer) {
  Event e;
  e.command.bytes = FromHex(command);
  e.answer.bytes = FromHex(answer);
  return e;
}

/// Feeds a conversation and keeps what was said about the last event.
struct Talk {
  Talk() { Say(Reset()); }
  Description Say(const Event& e) {
    const Event redacted = redactor.Redact(e);
    command = redacted.command.Text();
    answer = redacted.answer.Text();
    return Describe(redacted, tracker.Follow(redacted));
  }
  Description Say(const std::string& c, const std::string& a) { return Say(Exchange(c, a)); }
  Redactor redactor;
  Tracker tracker;
  std::string command;
  std::string answer;
};

constexpr char kSelectUsim[] = "00A4040C07A0000000871002";
constexpr char kImsiFcp[] = "62178202412183026F078A01058B036F060280020009880138";

TEST(FileNames, KnownFiles_AreUniqueAndEveryDirectoryExists) {
  std::set<std::pair<std::string, uint16_t>> seen;
  std::set<std::string> directories = {"MF", "ADF.USIM", "ADF.ISIM", "ADF.CSIM",
                                       "ADF.USIM/DF.EAP"};  // its FID is the profile's
  for (const KnownFile& f : KnownFiles()) {
    EXPECT_TRUE(seen.insert({f.directory, f.fid}).second) << f.path();
    if (f.is_directory) { directories.insert(f.path()); }
  }
  for (const KnownFile& f : KnownFiles()) { EXPECT_TRUE(directories.contains(f.directory)) << f.path(); }
  EXPECT_GT(KnownFiles().size(), 300u);
}

TEST(FileNames, Names_FollowTheDirectoryAndFallBack) {
  EXPECT_EQ(NameOf("ADF.USIM", 0x6F07), "EF.IMSI");
  EXPECT_EQ(NameOf("ADF.ISIM", 0x6F07), "EF.IST");
  EXPECT_EQ(NameOf("MF/DF.GSM", 0x6F20), "EF.Kc");
  EXPECT_EQ(NameOf("ADF.USIM/DF.5GS", 0x4F07), "EF.SUCI-Calc-Info");
  EXPECT_EQ(NameOf("ADF.USIM", 0x5FC0), "DF.5GS");
  EXPECT_EQ(NameOf("MF/DF 7F66", 0x6F38), "EF 6F38");  // UST, SST: who knows
  EXPECT_EQ(NameOf("MF/DF 7F66", 0x6FAE), "EF.Phase");
  EXPECT_EQ(NameOf("MF", 0x7F66), "DF 7F66");
  EXPECT_EQ(FindApp(FromHex("A0000000871002FF"))->name, "ADF.USIM");
  EXPECT_FALSE(FindApp(FromHex("A00000008710")).has_value());
}

TEST(Tracker, Selections_AreFollowedByFidPathAidAndSfi) {
  Talk t;
  EXPECT_EQ(t.Say("00A40004022FE2", "6118").place, "MF/EF.ICCID");
  EXPECT_EQ(t.Say("00A4000C027F10", "9000").place, "MF/DF.TELECOM");
  EXPECT_EQ(t.Say("00A4000C025F3A", "9000").place, "MF/DF.TELECOM/DF.PHONEBOOK");
  EXPECT_EQ(t.Say("00A4030C", "9000").place, "MF/DF.TELECOM");
  EXPECT_EQ(t.Say("00A4000C026F99", "6A82").place, "MF/DF.TELECOM");  // refused: nothing moves
  EXPECT_EQ(t.Say(kSelectUsim, "9000").place, "ADF.USIM");
  EXPECT_EQ(t.Say("00B0870009", "0809101000000000109000").place, "ADF.USIM/EF.IMSI");
  EXPECT_EQ(t.Say("00A4080C047FFF6F38", "9000").place, "ADF.USIM/EF.UST");
  EXPECT_EQ(t.Say("00A4000C023F00", "9000").place, "MF");
  EXPECT_EQ(t.Say("00A4000C027FFF", "9000").place, "ADF.USIM");
  EXPECT_EQ(t.Say("00A4080C047F206F07", "9000").place, "MF/DF.GSM/EF.IMSI");
  EXPECT_EQ(t.Say(Reset()).place, "MF");
}

TEST(Tracker, Channels_HaveSelectionsOfTheirOwn) {
  Talk t;
  t.Say(kSelectUsim, "9000");
  EXPECT_EQ(t.Say("0070000001", "029000").answer, "channel 2");
  EXPECT_EQ(t.Say("02A4000C022FE2", "9000").place, "MF/EF.ICCID");
  EXPECT_EQ(t.Say("00B0870009", "6982").place, "ADF.USIM/EF.IMSI");
  EXPECT_EQ(t.Say("02B000000A", "980001010000000010F99000").place, "MF/EF.ICCID");
  EXPECT_EQ(t.Say("00708002", "9000").meaning, "close channel 2");
  EXPECT_EQ(t.Say("02B000000A", "6881").place, "?");
}

TEST(Tracker, ShortIdentifiers_AreLearnedFromTheCardsAnswers) {
  Talk t;
  t.Say(kSelectUsim, "9000");
  EXPECT_EQ(t.Say("00B0950001", "009000").place, "ADF.USIM/EF.OCI");  // the table's 15
  t.Say("00A40004026F46", "6119");
  t.Say("00C0000019", "62178202412183026F468A01058B036F06028002001188 01A8 9000");
  EXPECT_EQ(t.Say("00B0950001", "009000").place, "ADF.USIM/EF.SPN");
}

TEST(Describe, Commands_AreNamedWithMeaningStatusAndClause) {
  Talk t;
  Description d = t.Say("00A40004022FE2", "6118");
  EXPECT_EQ(d.Line(), "SELECT: EF.ICCID (2FE2), FCP wanted");
  EXPECT_EQ(d.status, "6118: 24 bytes wait for GET RESPONSE");
  EXPECT_EQ(d.clause, "TS 102 221 11.1.1");
  EXPECT_EQ(t.Say("00A40004023F00", "9000").meaning, "MF (3F00), FCP wanted");
  EXPECT_EQ(t.Say("0020000A083132333435363738", "63C2").status, "63C2: verification failed, 2 tries left");
  EXPECT_EQ(t.Say("00200001", "63C3").meaning, "PIN1, asks for the tries left");
  EXPECT_EQ(t.Say("80F2000C", "9000").clause, "TS 102 221 11.1.2");
  EXPECT_EQ(t.Say("00EE0000", "6D00").Line(), "unknown command EE");
  EXPECT_EQ(t.Say("002000010931", "6700").meaning, "malformed: class or lengths are wrong");
  EXPECT_EQ(t.Say("00A4", "6700").name, "malformed command");
  EXPECT_EQ(t.Say("A0A40000027F20", "9F16").Line(), "SELECT: DF.GSM (7F20)");
  EXPECT_EQ(t.Say("A0A40000026F07", "9F0F").place, "MF/DF.GSM/EF.IMSI");
  EXPECT_EQ(t.Say("A0B0000009", "0809101000000000109000").clause, "TS 51.011 9.2.3");
}

TEST(Describe, Es10AndProactive_AreNamedByTheirTags) {
  Talk t;
  t.Say("00A4040010A0000005591010FFFFFFFF8900000100", "6121");
  Description d = t.Say("80E2910003BF2E00", "6115");
  EXPECT_EQ(d.Line(), "STORE DATA: GetEUICCChallenge, one block");
  EXPECT_EQ(d.clause, "SGP.22 5.7.7");
  EXPECT_EQ(t.Say("80E2110005BF3882030A", "9000").meaning, "AuthenticateServer, block 0, more follow");
  EXPECT_EQ(t.Say("80E291010101", "9000").meaning, "AuthenticateServer, block 1, the last");
  t.Say("80E2910005BF31025A00", "6106");
  EXPECT_EQ(t.Say("00C0000006", "BF3103800101 9000").answer, "answer of EnableProfile, result 1");
  EXPECT_EQ(t.Say("801200000B", "D009810301010482028182 9000").meaning, "REFRESH, number 1, qualifier 04");
  EXPECT_EQ(t.Say("801400000C810301010482028281030100", "9000").meaning, "REFRESH: performed");
  EXPECT_EQ(t.Say("80C2000003D60100", "9000").meaning, "event download");
  EXPECT_EQ(t.Say("80320000020102", "6A80").name, "BEGIN IMAGE");
  t.Say(kSelectUsim, "9000");
  EXPECT_EQ(t.Say("8032000003000001", "6986").name, "INCREASE");
}

TEST(Fcp, AnswersToSelect_AreReadInWords) {
  const std::optional<Fcp> fcp = ParseFcp(FromHex(kImsiFcp));
  ASSERT_TRUE(fcp);
  EXPECT_EQ(FcpWords(*fcp), "transparent, 9 bytes, FID 6F07, SFI 07, activated, rule: EF.ARR 6F06 record 2");
  EXPECT_FALSE(ParseFcp(FromHex("6217820241")));
  EXPECT_FALSE(ParseFcp(FromHex("9000")));
  const std::optional<Fcp> adn = ParseGsmHeader(FromHex("000001F46F3A040011F0220102011C"));
  ASSERT_TRUE(adn);
  EXPECT_THAT(FcpWords(*adn), HasSubstr("linear fixed, 17 records of 28 bytes, FID 6F3A"));
  EXPECT_THAT(FcpWords(*adn), HasSubstr("read, update: CHV1; increase: never"));
}

TEST(Fcp, AccessRules_AreResolvedIntoWords) {
  const auto words = [](const char* rule, bool directory = false) {
    return RuleWords(ReadRule(FromHex(rule), directory));
  };
  EXPECT_EQ(words("800101A406830101950108800102A40683010A950108"), "read: PIN1; update: ADM1");
  EXPECT_EQ(words("8001019000800118A40683010A950108"), "read: always; deactivate, activate: ADM1");
  EXPECT_EQ(words("8001029700FFFFFF"), "update: never");
  EXPECT_EQ(words("800101A010A406830101950108A40683010A950108"), "read: PIN1 or ADM1");
  EXPECT_EQ(words("800101AF10A406830101950108A40683010A950108"), "read: PIN1 and ADM1");
  EXPECT_EQ(words("800101A406830101950108A40683010A950108"), "read: PIN1 or ADM1");
  EXPECT_EQ(words("840132A406830181950108"), "increase: PIN2");
  EXPECT_EQ(words("800106A40683010A950108", true), "create EF, create DF: ADM1");
  EXPECT_EQ(words("800101B400"), "read: ?");
  EXPECT_EQ(words("FFFF"), "no rule");
}

TEST(Redactor, Pins_AreHiddenInEveryCommandAndEveryForm) {
  Talk t;
  for (const char* command : {"00200001083132333435363738", "A0200001083132333435363738",
                              "002400011031323334353637383132333435363738", "0026000108313233343536 3738",
                              "0028000108 3132333435363738", "002C00011031323334353637383132333435363738",
                              "00200001 09 3132333435363738", "E0200001083132333435363738",
                              "0020000100000831323334353637 38"}) {
    t.Say(command, "6982");
    EXPECT_THAT(t.command, Not(HasSubstr("3132"))) << command;
    EXPECT_THAT(t.command, HasSubstr("**")) << command;
  }
  // The control: the same bytes where they are no PIN.
  t.Say("00D60000083132333435363738", "6986");
  EXPECT_THAT(t.command, HasSubstr("3132333435363738"));
}

TEST(Redactor, Authenticate_KeepsTagsAndLengthsOfTheAnswer) {
  Talk t;
  t.Say(kSelectUsim, "9000");
  const std::string challenge = "0088008122 10" + std::string(32, '1') + "10" + std::string(32, '2');
  t.Say(challenge, "6135");
  EXPECT_EQ(t.command, "008800812210" + std::string(32, '1') + "10" + std::string(32, '2'));
  t.Say("00C0000010", "DB08AABBCCDDEEFF001110 AA12AA12AA 6125");
  EXPECT_EQ(t.answer, "DB08****************10**********6125");
  t.Say("00C0000004", "AA12AA12 6121");
  EXPECT_EQ(t.answer, "********6121");
  t.Say("00C0000009", "AA12AA12AA12AA 10AA 9000");
  EXPECT_EQ(t.answer, "**************10**9000");
  // Resynchronisation gives away no key.
  t.Say(challenge, "6110");
  t.Say("00C0000010", "DC0E0102030405060708090A0B0C0D0E9000");
  EXPECT_EQ(t.answer, "DC0E0102030405060708090A0B0C0D0E9000");
  t.Say("A08800001011111111111111111111111111111111", "9F0C");
  t.Say("A0C000000C", "A1A2A3A4B1B2B3B4B5B6B7B8 9000");
  EXPECT_EQ(t.answer, "************************9000");
}

TEST(Redactor, SecureMessagingManufactureAndKeys_AreHidden) {
  Talk t;
  t.Say("00A4040010A0000005591010FFFFFFFF8900000100", "9000");
  t.Say("803E00000D8404313233348601AA8502AABB", "6985");
  EXPECT_EQ(t.command, "803E00000D8404********8601AA8502AABB");
  t.Say("8440000008AABBCCDDEEFF0011", "9000");
  EXPECT_EQ(t.command, "8440000008****************");
  t.Say("8040000003830111", "6982");
  EXPECT_EQ(t.command, "8040000003******");
  t.Say("80D8000003AABBCC", "6D00");
  EXPECT_EQ(t.command, "80D8000003******");
  t.Say("8050300008AABBCCDDEEFF0011", "AABB9000");  // challenges are no secret
  EXPECT_EQ(t.command, "8050300008AABBCCDDEEFF0011");
  EXPECT_EQ(t.answer, "AABB9000");
}

TEST(Redactor, FilesWithKeys_AreHiddenHoweverTheyAreReached) {
  Talk t;
  t.Say(kSelectUsim, "9000");
  t.Say("00B0880003", "0711229000");
  EXPECT_EQ(t.answer, "******9000");
  t.Say("00D6880003071122", "6982");
  EXPECT_EQ(t.command, "00D6880003******");
  t.Say("00A4080C067FFF5F3B4F20", "9000");
  t.Say("00B0000003", "0711229000");
  EXPECT_EQ(t.answer, "******9000");
  t.Say("00A4080C047FFF6F07", "9000");
  t.Say("00B0000003", "0711229000");
  EXPECT_EQ(t.answer, "0711229000");
}

TEST(Redactor, ATraceThatBeganTooLate_HidesWhatItCannotName) {
  Redactor r;
  EXPECT_EQ(r.Redact(Exchange("00B0000003", "0711229000")).answer.Text(), "******9000");
  (void)r.Redact(Reset());
  (void)r.Redact(Exchange("00A4000C022FE2", "9000"));
  EXPECT_EQ(r.Redact(Exchange("00B0000003", "0711229000")).answer.Text(), "0711229000");
}

TEST(Redactor, ConfirmationCodeHash_IsHiddenAcrossBlocks) {
  Talk t;
  t.Say("00A4040010A0000005591010FFFFFFFF8900000100", "9000");
  t.Say("80E211000ABF212430000420 A1A2A3", "9000");
  EXPECT_EQ(t.command, "80E211000ABF212430000420******");
  t.Say("80E2910103B1B2B3", "9000");
  EXPECT_EQ(t.command, "80E2910103******");
  t.Say("80E2910008BF38050403A1A2A3", "9000");
  EXPECT_EQ(t.command, "80E2910008BF38050403A1A2A3");
}

TEST(TraceFile, WrittenAndReadAgain_IsTheSame) {
  Event secret = Exchange("00200001083132333435363738", "9000");
  secret.micros = 77;
  secret.command.Hide(5, 13);
  const std::string text = std::string(kTraceHeader) + "\n# a note\n" + TraceLine(Reset()) + "\n\n" +
                           TraceLine(secret) + "\r\n";
  const std::vector<Event> events = ParseTrace(text, "t");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, Event::Kind::kReset);
  EXPECT_EQ(events[1].micros, 77u);
  EXPECT_EQ(events[1].command.Text(), "0020000108****************");
  EXPECT_EQ(events[1].command.bytes, FromHex("0020000108FFFFFFFFFFFFFFFF"));
  EXPECT_EQ(TraceLine(events[1]), TraceLine(secret));
}

TEST(TraceFile, Malformed_IsRefusedWithItsLine) {
  const auto error = [](const std::string& text) {
    try {
      (void)ParseTrace(text, "file");
    } catch (const UserError& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  const std::string header = std::string(kTraceHeader) + "\n";
  EXPECT_EQ(error(header + "C 1 00A4 9000\n"), "accepted");
  EXPECT_THAT(error(""), HasSubstr("empty"));
  EXPECT_THAT(error("simurgh-trace 2\n"), HasSubstr("neither a trace"));
  EXPECT_THAT(error(header + "C 1 00A4 9000\nX 1 00\n"), HasSubstr("file:3: a line starts with R or C"));
  EXPECT_THAT(error(header + "C x 00A4 9000\n"), HasSubstr("file:2: the second word is the time"));
  EXPECT_THAT(error(header + "C 1 00A4\n"), HasSubstr("file:2: answer"));
  EXPECT_THAT(error(header + "C 1 00A 9000\n"), HasSubstr("file:2"));
  EXPECT_THAT(error(header + "C 1 00A4 9000 00\n"), HasSubstr("too many words"));
}

std::vector<std::string> Tpdus(const std::string& command, const std::string& answer) {
  std::vector<std::string> out;
  for (const Buffer& t : AsTpdus(Exchange(command, answer))) { out.push_back(ToHex(t)); }
  return out;
}

TEST(Gsmtap, Apdus_BecomeWhatATEqual0LineCarries) {
  EXPECT_THAT(Tpdus("00A4000C", "9000"), ElementsAre("00A4000C009000"));
  EXPECT_THAT(Tpdus("00A40004022FE2", "6118"), ElementsAre("00A40004022FE26118"));
  EXPECT_THAT(Tpdus("00A40004022FE200", "AABB9000"), ElementsAre("00A40004022FE26102", "00C0000002AABB9000"));
  EXPECT_THAT(Tpdus("02A40004022FE200", "AABB9000"), ElementsAre("02A40004022FE26102", "02C0000002AABB9000"));
  EXPECT_THAT(Tpdus("00B0000000", "AABB9000"), ElementsAre("00B0000002AABB9000"));
  EXPECT_THAT(Tpdus("00B000000A", "6982"), ElementsAre("00B00000006982"));
  EXPECT_THAT(Tpdus("0020000109313233", "6700"), ElementsAre("00200001033132336700"));
  EXPECT_THAT(Tpdus("00A4", "6700"), ElementsAre());
  EXPECT_THAT(Tpdus("8012000000", "6F00"), ElementsAre());
  EXPECT_TRUE(AsTpdus(Reset()).empty());
  const std::string long_answer(2 * 300, 'A');
  const std::vector<std::string> parts = Tpdus("80CA000000", long_answer + "9000");
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0], "80CA0000006100");
  EXPECT_EQ(parts[1], "00C0000000" + std::string(512, 'A') + "612C");
  EXPECT_EQ(parts[2], "00C000002C" + std::string(88, 'A') + "9000");
  EXPECT_EQ(ToHex(GsmtapPacket(FromHex("AA"))), "02040400000000000000000000000000AA");
}

std::string TempFile(const char* name) { return testing::TempDir() + name; }

TEST(Pcap, WrittenAndReadAgain_GivesTheSameCommands) {
  const std::string path = TempFile("trace.pcap");
  const std::vector<Event> events = {Exchange("00A40004022FE2", "6118"), Exchange("00C0000002", "AABB9000"),
                                     Exchange("00A4000C", "9000"), Exchange("8044000002", "AABB9000")};
  {
    PcapWriter writer(path, 5'000'000);
    for (const Event& e : events) { writer.Write(e); }
  }
  const std::vector<Event> read = ReadTraceFile(path);
  ASSERT_EQ(read.size(), events.size());
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(read[i].command.Text(), events[i].command.Text());
    EXPECT_EQ(read[i].answer.Text(), events[i].answer.Text());
  }
  // Cut anywhere it is refused, at the end of a packet it is shorter; never read beyond.
  const Buffer whole = ReadFile(path);
  size_t refused = 0;
  for (size_t n = 4; n < whole.size(); ++n) {
    const Buffer copy(whole.begin(), whole.begin() + static_cast<long>(n));
    try {
      EXPECT_LT(ReadPcap(copy, "f").size(), events.size());
    } catch (const UserError&) {
      ++refused;
    }
  }
  EXPECT_EQ(refused, whole.size() - 4 - events.size());
  std::remove(path.c_str());
}

TEST(Pcap, FilesThatCannotBeWrittenOrRead_SayWhich) {
  EXPECT_THROW(PcapWriter("/nowhere/t.pcap", 0), UserError);
  EXPECT_THROW(PcapWriter("/dev/full", 0), UserError);
  Buffer other = FromHex("D4C3B2A1020004000000000000000000FFFF000093000000");
  EXPECT_THROW((void)ReadPcap(other, "f"), UserError);
  other[20] = 101;
  EXPECT_TRUE(ReadPcap(other, "f").empty());  // the control: raw IP, no packets
  EXPECT_THROW(GsmtapSender("127.0.0.1:0"), UserError);
  EXPECT_THROW(GsmtapSender("127.0.0.1:99999"), UserError);
}

TEST(Commands, Tables_HaveNamesAndClausesAndFindTheirRows) {
  for (const std::span<const CommandRow> rows : {kCommandRows, kGsmRows}) {
    for (const CommandRow& row : rows) {
      EXPECT_STRNE(row.name, "");
      EXPECT_THAT(row.clause, testing::ContainsRegex("^(TS |SGP|GP|ISO|docs/formats/)"));
      EXPECT_EQ(row.type == apdu::Class::kGsm, rows.data() == kGsmRows.data());
    }
  }
}

/// Frames of a terminal and a card as they pass by.
class Line {
 public:
  explicit Line(FrameTap& tap) : tap_(tap) {}
  void ToCard(apdu::frame::Type type, bool sequence, const std::string& hex) {
    tap_.ToCard(Encode(type, sequence, hex));
  }
  void FromCard(apdu::frame::Type type, bool sequence, const std::string& hex) {
    const Buffer frame = Encode(type, sequence, hex);
    for (const uint8_t byte : frame) { tap_.FromCard(ConstBytes(&byte, 1)); }  // in any pieces
  }

 private:
  static Buffer Encode(apdu::frame::Type type, bool sequence, const std::string& hex) {
    const Buffer payload = FromHex(hex);
    Buffer out(apdu::frame::kMaxFrame);
    out.resize(apdu::frame::Encode({type, sequence, payload}, out));
    return out;
  }
  FrameTap& tap_;
};

TEST(FrameTap, CommandsInPieces_AreSeenOnceDespiteRepetitions) {
  using apdu::frame::Type;
  const std::string path = TempFile("tap.trace");
  {
    Outputs outputs;
    outputs.record = path;
    Tracer tracer(outputs);
    FrameTap tap(tracer);
    Line line(tap);
    line.ToCard(Type::kReset, false, "");
    line.FromCard(Type::kAtr, false, "3B00");
    line.ToCard(Type::kCommandPart, true, "00A40004");
    line.ToCard(Type::kCommandPart, true, "00A40004");  // repeated
    line.FromCard(Type::kAck, true, "");
    line.ToCard(Type::kCommandLast, false, "022FE2");
    line.FromCard(Type::kBusy, false, "");
    line.FromCard(Type::kText, false, "4142");
    line.FromCard(Type::kAnswerPart, false, "6E");
    line.FromCard(Type::kAnswerPart, false, "6E");  // repeated
    line.ToCard(Type::kNext, true, "");
    line.FromCard(Type::kAnswerLast, true, "00");
    line.ToCard(Type::kCommandLast, false, "00A4000C");
    line.FromCard(Type::kAnswerLast, false, "9000");
    line.ToCard(Type::kReset, false, "");
    line.FromCard(Type::kAtr, false, "3B01");
  }
  std::vector<std::string> seen;
  for (const Event& e : ReadTraceFile(path)) { seen.push_back(e.command.Text() + ">" + e.answer.Text()); }
  EXPECT_THAT(seen, ElementsAre(">3B00", "00A40004022FE2>6E00", "00A4000C>9000", ">3B01"));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace simurgh::offcard::trace
