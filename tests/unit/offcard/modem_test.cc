#include "offcard/modem/modem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "offcard/common/user_error.h"

namespace simurgh::offcard::modem {
namespace {

using testing::HasSubstr;

/// A card that answers 9000 (STATUS: with the commands given, one after the other) and notes what it
/// was told.
class ToolkitCard final : public Reader {
 public:
  explicit ToolkitCard(std::vector<std::string> commands) : commands_(commands.begin(), commands.end()) {}
  std::vector<uint8_t> Reset() override { return FromHex("3B00"); }
  std::vector<uint8_t> Transmit(ConstBytes c) override {
    const std::string text = ToHex(c);
    if (c[1] == 0x12) {
      Buffer answer = FromHex(commands_.front());
      EXPECT_EQ(c[4], answer.size());
      commands_.pop_front();
      answer.insert(answer.end(), {0x90, 0x00});
      return answer;
    }
    if (c[1] == 0x14) {
      responses.push_back(text.substr(10));
      return Waiting();
    }
    if (c[1] == 0xC2) {
      envelopes.push_back(text.substr(10));
      return FromHex(envelope_sw);
    }
    return c[1] == 0xF2 ? Waiting() : FromHex("9000");
  }
  std::vector<std::string> responses, envelopes;
  std::string envelope_sw = "9000";

 private:
  Buffer Waiting() const {
    return commands_.empty() ? FromHex("9000")
                             : Buffer{0x91, static_cast<uint8_t>(FromHex(commands_.front()).size())};
  }
  std::deque<std::string> commands_;
};

Terminal FastTerminal() {
  Terminal t;
  t.fast = true;
  t.time = "2026-11-21T12:34:56";
  return t;
}

/// What the terminal says to one command, after the lines of a script.
std::string ResponseTo(const std::string& command, const std::string& script = "") {
  ToolkitCard card({command});
  Modem modem(card, FastTerminal(), [](const std::string&) {});
  for (const Line& line : ParseModemScript(script + "\nstatus", "s")) { modem.Run(line, "s"); }
  modem.CheckAllUsed("s");
  return card.responses.empty() ? "" : card.responses.at(0);
}

std::string ErrorOf(const std::string& script, std::vector<std::string> commands = {}) {
  ToolkitCard card(std::move(commands));
  Modem modem(card, FastTerminal(), [](const std::string&) {});
  try {
    for (const Line& line : ParseModemScript(script, "s")) { modem.Run(line, "s"); }
    modem.CheckAllUsed("s");
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

constexpr const char* kYesNo = "D00F8103012204820281828D0404476F3F";
constexpr const char* kInput = "D01B8103012300820281828D0C04456E746572203132333435910205" "05";
constexpr const char* kSelect = "D01D810301240082028182850453686F77" "8F03014F6E" "8F040254776F";

TEST(Modem, AnswersToTheUser) {
  EXPECT_EQ(ResponseTo(kYesNo, "answer yes"), "810301220482028281830100" "8D020401");
  EXPECT_EQ(ResponseTo(kYesNo), "810301220482028281830100" "8D020400") << "nobody said yes";
  EXPECT_EQ(ResponseTo(kYesNo, "answer end"), "810301220482028281830110");
  EXPECT_EQ(ResponseTo(kYesNo, "answer busy"), "81030122048202828183022001");
  EXPECT_EQ(ResponseTo(kYesNo, "answer result 3701"), "81030122048202828183023701");
  EXPECT_EQ(ResponseTo(kInput), "810301230082028281830100" "8D06043030303030");
  EXPECT_EQ(ResponseTo(kInput, "answer text 98765"), "810301230082028281830100" "8D06043938373635");
  EXPECT_EQ(ResponseTo(kInput, "answer text \xD0\xB9"), "810301230082028281830100" "8D03080439");
}

TEST(Modem, SelectItem) {
  const std::string select = "D019810301240082028182" "850453686F77" "8F03014F6E" "8F03025477";
  EXPECT_EQ(ResponseTo(select), "810301240082028281830100" "900101");
  EXPECT_EQ(ResponseTo(select, "answer item 2"), "810301240082028281830100" "900102");
  EXPECT_EQ(ResponseTo(select, "answer item Tw"), "810301240082028281830100" "900102");
  EXPECT_THAT(ErrorOf("answer item 3\nstatus", {select}), HasSubstr("there is no item '3'"));
  EXPECT_EQ(Describe(ReadProactive(FromHex(select))), "SELECT ITEM \"Show\": 1 On, 2 Tw");
  EXPECT_THROW((void)ReadProactive(FromHex(kSelect)), UserError) << "its length is wrong";
}

TEST(Modem, LocalInformation) {
  const auto ask = [](const char* qualifier) {
    return "D009810301" "26" + std::string(qualifier) + "82028182";
  };
  EXPECT_EQ(ResponseTo(ask("01"), "imei 490154203237518"), "81030126018202828183010094084A09512430325781");
  EXPECT_EQ(ResponseTo(ask("00"), "location 001 01 1 2"), "810301260082028281830100930700F1100001" "0002");
  EXPECT_EQ(ResponseTo(ask("00"), "location 310 410 258 3"), "8103012600820282818301009307130014" "01020003");
  EXPECT_EQ(ResponseTo(ask("03")), "810301260382028281830100A60762111221436" "5FF");
  EXPECT_EQ(ResponseTo(ask("04"), "language de"), "810301260482028281830100AD026465");
  EXPECT_EQ(ResponseTo(ask("07")), "810301260782028281830130") << "an ESN it has not";
}

TEST(Modem, TimersRunInFastTime) {
  // Start timer 1 with 5 minutes, ask for it, then let it run out.
  ToolkitCard card({"D011810301270082028182A40101A503005000", "D00C810302270282028182A40101"});
  Modem modem(card, FastTerminal(), [](const std::string&) {});
  modem.Status();
  ASSERT_EQ(card.responses.size(), 2u);
  EXPECT_THAT(card.responses[1], testing::StartsWith("810302270282028281830100A40101A503"));
  modem.Wait(200);
  EXPECT_TRUE(card.envelopes.empty());
  modem.Wait(200);
  ASSERT_EQ(card.envelopes.size(), 1u);
  EXPECT_EQ(card.envelopes[0], "D70C82028281A40101A503000000");
  modem.Wait(1000);
  EXPECT_EQ(card.envelopes.size(), 1u);
}

TEST(Modem, TextsInAllCodings) {
  EXPECT_EQ(ReadText(FromHex("04414211")), "AB_");
  EXPECT_EQ(ReadText(FromHex("08043900E9")), "\xD0\xB9\xC3\xA9");
  EXPECT_EQ(ReadText(FromHex("00C8329BFD06")), "Hello");
  EXPECT_EQ(ReadAlpha(FromHex("4142FFFF")), "AB");
  EXPECT_EQ(DescribeSms(FromHex("0100099110325476F840F40C54657374204D657373616765")),
            "to +012345678: data 54657374204D657373616765");
  EXPECT_EQ(DescribeSms(FromHex("010004811032" "0000" "05C8329BFD06")), "to 0123: \"Hello\"");
}

TEST(ModemScript, EveryMistake_SaysWhereAndWhat) {
  EXPECT_EQ(ErrorOf("status\n# nothing\nwait 1"), "") << "control";
  EXPECT_THAT(ErrorOf("status\ndance"), HasSubstr("s:2: there is no word 'dance'"));
  EXPECT_THAT(ErrorOf("wait"), HasSubstr("s:1: 'wait' takes 1"));
  EXPECT_THAT(ErrorOf("status now"), HasSubstr("s:1: 'status' takes 0"));
  EXPECT_THAT(ErrorOf("wait long"), HasSubstr("s:1: 'long' is not a whole number"));
  EXPECT_THAT(ErrorOf("wait -1"), HasSubstr("s:1"));
  EXPECT_THAT(ErrorOf("expect \"SET UP"), HasSubstr("s:1: the quoted text does not end"));
  EXPECT_THAT(ErrorOf("imei 12"), HasSubstr("s:1: imei '12': 15 digits"));
  EXPECT_THAT(ErrorOf("time noon"), HasSubstr("s:1: 'noon' is no time"));
  EXPECT_THAT(ErrorOf("location 01 01 1 1"), HasSubstr("s:1: location takes"));
  EXPECT_THAT(ErrorOf("event dinner"), HasSubstr("s:1: there is no event 'dinner'"));
  EXPECT_THAT(ErrorOf("answer maybe"), HasSubstr("s:1: there is no answer 'maybe'"));
  EXPECT_THAT(ErrorOf("answer yes"), HasSubstr("nobody asked for the answer 'yes'"));
  EXPECT_THAT(ErrorOf("menu 1"), HasSubstr("s:1: the card's menu: there is no item '1'"));
  EXPECT_THAT(ErrorOf("expect REFRESH"), HasSubstr("s:1: the card asked for nothing more"));
  EXPECT_THAT(ErrorOf("status\nexpect REFRESH", {kYesNo}), HasSubstr("s:2: the card asked for GET INKEY"));
  EXPECT_THAT(ErrorOf("status\nexpect nothing", {kYesNo}), HasSubstr("s:2: the card asked for GET INKEY"));
  EXPECT_EQ(ErrorOf("status\nexpect \"GET INKEY\" Go\nexpect nothing", {kYesNo}), "") << "control";
}

TEST(Modem, CardThatRefusesOrSpeaksNonsense_IsReported) {
  EXPECT_THAT(ErrorOf("status", {"D0098103012600820281"}), HasSubstr("no proactive command"));
  EXPECT_THAT(ErrorOf("status", {"D00581030126" "00"}), HasSubstr("lacks"));
  EXPECT_THAT(ErrorOf("status", {"D00681030126" "0082"}), HasSubstr("broken length"));
  ToolkitCard card({});
  card.envelope_sw = "9300";
  Modem modem(card, FastTerminal(), [](const std::string&) {});
  EXPECT_THROW(modem.Run(ParseModemScript("event 4", "s").at(0), "s"), UserError);
  card.envelope_sw = "9000";
  EXPECT_NO_THROW(modem.Run(ParseModemScript("event 4", "s").at(0), "s")) << "control";
}

}  // namespace
}  // namespace simurgh::offcard::modem
