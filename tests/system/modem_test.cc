// A terminal and a user: `simurgh modem` with the script of examples/ on whole cards.
#include <gtest/gtest.h>

#include <algorithm>

#include "offcard/common/user_error.h"
#include "offcard/modem/modem.h"
#include "tests/system/rig.h"

namespace simurgh::system_test {
namespace {

using namespace simurgh::offcard;  // NOLINT
using modem::Line;
using modem::Modem;
using modem::ParseModemScript;

class Terminals : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string why = WhyNot(GetParam());
    if (!why.empty()) { GTEST_SKIP() << why; }
  }
  /// Operational profile enabled, test profile installed.
  std::unique_ptr<TestCard> NewCard(bool menu) {
    const std::string file = dir_ / (menu ? "menu" : "plain");
    MakeCardFile(file);
    auto card = std::make_unique<TestCard>(GetParam(), file);
    CardKit kit = KitFor();
    kit.profile_menu = menu;
    (void)Provision(*card, kit);
    return card;
  }
  static std::string Enabled(Reader& card) {
    for (const isdr::Profile& p : isdr::ListProfiles(card)) {
      if (p.enabled) { return ToHex(p.iccid); }
    }
    return "";
  }
  Modem Terminal(Reader& card) {
    modem::Terminal terminal;
    terminal.fast = true;
    return Modem(card, terminal, [this](const std::string& line) { printed_ += line + "\n"; });
  }
  static void Play(Modem& modem, const std::string& text) {
    for (const Line& line : ParseModemScript(text, "script")) { modem.Run(line, "script"); }
    modem.CheckAllUsed("script");
  }
  TemporaryDirectory dir_;
  std::string printed_;
};

TEST_P(Terminals, UserChangesTheProfileFromTheMenu) {
  const std::unique_ptr<TestCard> card = NewCard(true);
  const std::string before = Enabled(*card);
  ASSERT_EQ(before, ToHex(IccidOf(OperationalPackage())));
  Modem modem = Terminal(*card);
  modem.PowerOn();
  const std::string example = ReadTextFile(std::string(SIMURGH_SOURCE_DIR) + "/examples/profile-menu.modem");
  const size_t yes = example.find("# Yes:");
  ASSERT_NE(yes, std::string::npos);
  ASSERT_NO_THROW(Play(modem, example.substr(0, yes))) << printed_;
  EXPECT_EQ(Enabled(*card), before) << "the user said no";
  ASSERT_NO_THROW(Play(modem, example.substr(yes))) << printed_;
  EXPECT_EQ(Enabled(*card), ToHex(IccidOf(TestPackage())));
  // What the user ends, and what is in use already, changes nothing.
  ASSERT_NO_THROW(Play(modem, "answer end\nmenu Profiles\nexpect \"SELECT ITEM\"\nexpect nothing\n"
                              "answer item 2\nmenu Profiles\nexpect \"SELECT ITEM\" *\n"
                              "expect \"DISPLAY TEXT\" \"in use\"\nexpect nothing"))
      << printed_;
  EXPECT_EQ(Enabled(*card), ToHex(IccidOf(TestPackage())));
}

TEST_P(Terminals, CardWithoutTheMenu_AsksForNothing) {
  const std::unique_ptr<TestCard> card = NewCard(false);
  Modem modem = Terminal(*card);
  modem.PowerOn();
  EXPECT_NO_THROW(Play(modem, "wait 60\nexpect nothing"));
  EXPECT_THROW(Play(modem, "menu Profiles"), UserError);
  EXPECT_NE(printed_.find("EF.IMSI 6F07: 001010000000001"), std::string::npos) << printed_;
}

INSTANTIATE_TEST_SUITE_P(On, Terminals, testing::Values("host", "mps2-an386"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace simurgh::system_test
