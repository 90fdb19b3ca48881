#include "offcard/common/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Answers from a list; remembers what it was asked.
class FakeReader final : public Reader {
 public:
  explicit FakeReader(std::deque<std::string> answers) : answers_(std::move(answers)) {}
  std::vector<uint8_t> Reset() override {
    asked.push_back("reset");
    return FromHex("3B00");
  }
  std::vector<uint8_t> Transmit(ConstBytes command) override {
    asked.push_back(ToHex(command));
    if (answers_.empty()) { throw UserError("fake: no more answers"); }
    const std::vector<uint8_t> answer = FromHex(answers_.front());
    answers_.pop_front();
    return answer;
  }
  std::vector<std::string> asked;

 private:
  std::deque<std::string> answers_;
};

template <typename F>
std::string MessageOf(F&& f) {
  try {
    f();
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

ScriptResult RunText(const std::string& text, FakeReader& reader, Variables variables = {}) {
  return RunScript(ParseScript(text, "t.apdu"), reader, std::move(variables));
}

struct Try {
  const char* pattern;
  const char* bytes;
  bool matches;
};

TEST(Pattern, DigitsDotsAndStars_MatchWholeAnswers) {
  constexpr Try kTries[] = {
      {"9000", "9000", true},          {"9000", "9001", false},     {"9000", "019000", false},
      {"9000", "", false},             {"9...", "91FF", true},      {"9...", "80FF", false},
      {"62..9000", "62019000", true},  {"62..9000", "629000", false},
      {"62 * 9000", "629000", true},   {"62*9000", "62AABB9000", true},
      {"62*9000", "62AABB9001", false}, {"*", "", true},            {"*", "6A82", true},
      {"*90*00", "019002900300", true}, {"*9000", "90009000", true}, {".0 .f", "901F", true},
      {".0 .f", "911F", false},
  };
  for (const Try& t : kTries) {
    EXPECT_EQ(Pattern(t.pattern).Matches(FromHex(t.bytes)), t.matches) << t.pattern << " " << t.bytes;
  }
}

TEST(Pattern, BadText_IsRefused) {
  EXPECT_NO_THROW(Pattern("90 0."));
  for (const char* bad : {"900", "9x00", "9*00", "$A"}) { EXPECT_THROW(Pattern{bad}, UserError) << bad; }
}

TEST(ParseScript, ScriptorForms_AreRead) {
  const Script s = ParseScript("# hello\nreset\n\n00A40004023F00\n00 B0 00 \\\n00 0A\n#: name\n"
                               "# @clause TS 102 221 11.1.3\n00B2010400\n", "t");
  ASSERT_EQ(s.steps.size(), 4u);
  EXPECT_EQ(s.steps[0].kind, ScriptStep::Kind::kReset);
  EXPECT_EQ(ToHex(s.steps[1].command), "00A40004023F00");
  EXPECT_EQ(ToHex(s.steps[2].command), "00B000000A");
  EXPECT_EQ(s.steps[2].line, 6);
  EXPECT_EQ(s.steps[3].name, "name");
  EXPECT_EQ(s.steps[3].clause, "TS 102 221 11.1.3");
}

TEST(ParseScript, WhatScriptorWouldMisread_IsRefusedWithItsLine) {
  EXPECT_NO_THROW(ParseScript("00A40000\n#> 9000\n", "t"));
  const std::pair<const char*, const char*> kBad[] = {
      {"00A4 0000\n", "t:1: '00A4': scriptor wants every byte separated"},
      {"00A40000 # select\n", "t:1: '00A40000'"},
      {"00A40\n", "t:1: command: odd number"},
      {"\n00A4\n", "t:2: a command has at least four bytes"},
      {"# now exit\n", "t:1: scriptor stops at any line with the word 'exit'"},
      {"#> 9000\n", "t:1: an expectation belongs behind a command"},
      {"00A40000\n#> 90x0\n", "t:2: expectation: 'x'"},
      {"00A40000\n#= A-B 1:2\n", "t:2: expected: #= NAME FROM:TO"},
      {"#! auto-reply on\n", "t:1: #! auto-reply on: known directives"},
      {"#< 00A4000402$FID\n", "#< has no command line behind it"},
      {"00A4\\\n", "the script ends after a line that continues"},
  };
  for (const auto& [text, expected] : kBad) {
    EXPECT_THAT(MessageOf([&, t = text] { ParseScript(t, "t"); }), HasSubstr(expected)) << text;
  }
}

TEST(RunScript, EverythingAsExpected_IsOk) {
  FakeReader reader({"9000", "6282"});
  const ScriptResult r = RunText("reset\n#> 3B*\n00A40000\n#> 9000\n00B00000\n#> 9000\n#| 628.\n", reader);
  EXPECT_TRUE(r.ok) << r.report;
  EXPECT_EQ(r.steps, 3u);
  EXPECT_EQ(r.expectations, 3u);
  EXPECT_THAT(reader.asked, ElementsAre("reset", "00A40000", "00B00000"));
}

TEST(RunScript, FirstDifference_IsReportedAndEndsTheRun) {
  FakeReader reader({"62019000", "9000"});
  const ScriptResult r =
      RunText("#: select\n# @clause TS 1\n00A40000\n#> 6202 9000\n00B00000\n#> 9000\n", reader);
  EXPECT_FALSE(r.ok);
  EXPECT_THAT(reader.asked, ElementsAre("00A40000"));
  EXPECT_THAT(r.report, HasSubstr("t.apdu:3: select  [TS 1]"));
  EXPECT_THAT(r.report, HasSubstr("sent      00A40000"));
  EXPECT_THAT(r.report, HasSubstr("expected  6202 9000"));
  EXPECT_THAT(r.report, HasSubstr("got       62019000  (9000: "));
  EXPECT_THAT(r.report, HasSubstr("\n              ^ byte 1"));
}

TEST(RunScript, AutoResponse_IsOffUntilAskedFor) {
  FakeReader raw({"6104"});
  EXPECT_TRUE(RunText("00A40000\n#> 6104\n", raw).ok);
  FakeReader follow({"6104", "010203049000", "6C02", "AABB9000"});
  const ScriptResult r = RunText("#! auto-response on\n01A40000023F00\n#> 01020304 9000\n"
                             "01B0000000\n#> AABB 9000\n", follow);
  EXPECT_TRUE(r.ok) << r.report;
  EXPECT_THAT(follow.asked, ElementsAre("01A40000023F00", "01C0000004", "01B0000000", "01B0000002"));
}

TEST(RunScript, CapturesAndVariables_TravelToLaterCommands) {
  FakeReader reader({"11223344 9000", "9000", "11229000"});
  const ScriptResult r = RunText("0084000004\n#= RAND 0:2\n#= ALL\n"
                             "#< 00880000 $#RAND $RAND\n0088000002FFFF\n#> 9000\n"
                             "00B0000002\n#> $RAND 9000\n", reader);
  EXPECT_TRUE(r.ok) << r.report;
  EXPECT_EQ(reader.asked[1], "00880000021122");
  EXPECT_EQ(r.variables.at("ALL"), "11223344");
}

TEST(RunScript, ReplacementWithoutValue_SendsTheLineAsScriptorWould) {
  const std::string text = "#< 00200001 08 $PIN\n00200001 08\n";
  EXPECT_THROW(ParseScript(text, "t"), UserError);  // mixed spacing
  FakeReader plain({"9000"});
  EXPECT_TRUE(RunText("#< 00200001$#PIN$PIN\n0020000100\n#> 9000\n", plain).ok);
  EXPECT_EQ(plain.asked[0], "0020000100");
  FakeReader given({"9000"});
  EXPECT_TRUE(RunText("#< 00200001$#PIN$PIN\n0020000100\n#> 9000\n", given, {{"PIN", "3132"}}).ok);
  EXPECT_EQ(given.asked[0], "00200001023132");
}

TEST(RunScript, SetDirective_YieldsToTheCommandLine) {
  const char* text = "#! set A 01\n#< 00A40000$A\n00A4000000\n";
  FakeReader first({"9000"});
  RunText(text, first);
  EXPECT_EQ(first.asked[0], "00A4000001");
  FakeReader second({"9000"});
  RunText(text, second, {{"A", "02"}});
  EXPECT_EQ(second.asked[0], "00A4000002");
}

TEST(RunScript, SliceOutsideTheAnswer_NamesTheLine) {
  FakeReader reader({"9000"});
  EXPECT_THAT(MessageOf([&] { RunText("00A40000\n#= A 0:3\n", reader); }),
              HasSubstr("t.apdu:2: #= A: the answer has 2 bytes"));
}

TEST(ExchangeAll, MoreDataAndWrongLe_AreFollowedOnTheChannelOfTheCommand) {
  FakeReader reader({"6102", "11229000", "6C01", "339000"});
  const Answer a = ExchangeAll(reader, FromHex("81CA000000"));
  EXPECT_EQ(ToHex(a.data), "1122");
  const Answer b = ExchangeAll(reader, FromHex("00B0000000"));
  EXPECT_EQ(ToHex(b.data), "33");
  EXPECT_EQ(b.sw, 0x9000);
  EXPECT_THAT(reader.asked, ElementsAre("81CA000000", "01C0000002", "00B0000000", "00B0000001"));
}

TEST(StoreData, LongData_IsChainedByP1AndP2) {
  FakeReader reader({"9000", "9000", "9000"});
  const Answer a = StoreData(reader, FromHex("0102030405"), 0, 2);
  EXPECT_TRUE(a.ok());
  EXPECT_THAT(reader.asked, ElementsAre("80E21100020102", "80E21101020304", "80E291020105"));
}

TEST(StoreData, RefusedBlock_EndsTheChain) {
  FakeReader reader({"6985", "9000"});
  EXPECT_EQ(StoreData(reader, FromHex("01020304"), 0, 2).sw, 0x6985);
  EXPECT_EQ(reader.asked.size(), 1u);
}

struct Uri {
  const char* text;
  CardUri::Kind kind;
  const char* path;
};

TEST(CardUri, EveryForm_IsRead) {
  constexpr Uri kUris[] = {
      {"host:my.card", CardUri::Kind::kHost, "my.card"},
      {"qemu:mps2-an386:a:b.card", CardUri::Kind::kQemu, "a:b.card"},
      {"unix:/tmp/s", CardUri::Kind::kUnix, "/tmp/s"},
      {"serial:/dev/ttyUSB0", CardUri::Kind::kSerial, "/dev/ttyUSB0"},
      {"pcsc:Virtual PCD 00 00", CardUri::Kind::kPcsc, "Virtual PCD 00 00"},
  };
  for (const Uri& u : kUris) {
    const CardUri uri = ParseCardUri(u.text);
    EXPECT_EQ(uri.kind, u.kind) << u.text;
    EXPECT_EQ(uri.path, u.path) << u.text;
  }
  EXPECT_EQ(ParseCardUri("qemu:mps2-an505:f").machine, "mps2-an505");
  EXPECT_EQ(ParseCardUri("serial:/dev/ttyS0@9600").baud, 9600u);
  EXPECT_EQ(ParseCardUri("tcp:[::1]:4000").host, "::1");
  EXPECT_EQ(ParseCardUri("tcp:localhost:4000").port, 4000);
}

TEST(CardUri, WrongForms_SayWhatWasExpected) {
  const std::pair<const char*, const char*> kBad[] = {
      {"my.card", "expected host:FLASH, qemu:"},   {"host:", "expected host:FLASH"},
      {"qemu:mps2-an386", "expected qemu:MACHINE:FLASH"}, {"qemu::f", "expected qemu:"},
      {"tcp:localhost", "expected tcp:HOST:PORT"}, {"tcp:h:0", "expected tcp:"},
      {"tcp:h:65536", "expected tcp:"},            {"tcp::1", "expected tcp:"},
      {"serial:/dev/ttyS0@fast", "expected serial:/dev/ttyX[@BAUD]"}, {"pcsc:", "expected pcsc:"},
  };
  for (const auto& [text, expected] : kBad) {
    EXPECT_THAT(MessageOf([t = text] { ParseCardUri(t); }), HasSubstr(expected)) << text;
  }
}

}  // namespace
}  // namespace simurgh::offcard
