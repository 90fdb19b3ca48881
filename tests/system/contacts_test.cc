// The card behind T=0 and T=1 on every machine: the commands of a phone, the same answers as over
// frames, byte for byte.
#include <gtest/gtest.h>

#include <algorithm>

#include "apdu/atr.h"
#include "offcard/common/launcher.h"
#include "offcard/common/script.h"
#include "offcard/common/user_error.h"
#include "tests/system/rig.h"

namespace simurgh::system_test {
namespace {

using namespace simurgh::offcard;  // NOLINT

class Contacts : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string why = WhyNot(GetParam());
    if (!why.empty()) { GTEST_SKIP() << why; }
  }
  static std::unique_ptr<Reader> Open(const std::string& file, Link link, uint32_t row = 1) {
    Start start;
    start.machine = GetParam();
    start.file = file;
    start.atr_row = row;
    return StartCard(start, link);
  }
};

// Commands of all four cases, with answers of every kind: 61xx, 6Cxx, 9000, refusals.
const char* const kCommands[] = {
    "00A40004023F00", "00C0000000",                          // SELECT, all of the FCP
    "00A40004022FE2", "00B000000A", "00B0000000",            // EF.ICCID: right Le, and Le 00
    "00B0000005", "00B000000B",                              // too few, and 6Cxx
    "00A40004022F00", "00B2010400", "00B20104FF",            // EF.DIR by records
    "80F2000000", "80F2000C",                                // STATUS with and without answer
    "00A4040C07A0000000871002", "0028000108 31323334FFFFFFFF",
    "00A40004026F07", "00B0000009", "00B0000000",            // EF.IMSI behind PIN 1
    "00A4000C026F7E", "00D600000B 0102030405060708090A0B", "00B000000B",
    "0070000001", "01A4040410A0000005591010FFFFFFFF8900000100", "01C0000000",
    "81E2910006BF3E035C015A", "01C0000015",                  // GetEID on channel 1
    "0070800100", "0084000008",                              // case 1, GET CHALLENGE
    "00FF000000", "00A4000C021234", "0020000108 3939", "A0FE000000",
};

std::vector<std::string> Answers(Reader& card) {
  std::vector<std::string> out;
  for (const char* const hex : kCommands) {
    const Buffer command = FromHex(hex, "command");
    std::string text = hex;
    text += " -> ";
    try {
      text += ToHex(card.Transmit(command));
    } catch (const UserError&) {
      text += "refused by the reader";
    }
    out.push_back(text);
  }
  return out;
}

TEST_P(Contacts, PhonesCommands_AnswersAreThoseOfFrames) {
  const Provisioned& provisioned = ProvisionedCard("host");
  const TemporaryDirectory dir;
  const std::string reference = CopyCard(provisioned.file, dir, "frames");
  std::vector<std::string> expected;
  {
    const auto card = Open(reference, Link::kFrames);
    expected = Answers(*card);
  }
  ASSERT_NE(std::count_if(expected.begin(), expected.end(),
                          [](const std::string& a) { return a.ends_with("9000"); }), 0);
  struct Way {
    const char* name;
    Link link;
    uint32_t row;
  };
  for (const Way& way : {Way{"t0", Link::kT0, 1}, Way{"t1", Link::kT1, 1}, Way{"crc", Link::kT1, 3},
                         Way{"bare", Link::kT0, 4}, Way{"short", Link::kT1, 5}}) {
    const std::string file = CopyCard(provisioned.file, dir, way.name);
    const auto card = Open(file, way.link, way.row);
    std::vector<std::string> got = Answers(*card);
    ASSERT_EQ(got.size(), expected.size());
    for (size_t i = 0; i < got.size(); ++i) {
      if (got[i] == expected[i]) { continue; }
      // Only T=0, only where the shape of the command cannot be carried.
      EXPECT_TRUE(way.link == Link::kT0 && got[i].ends_with("refused by the reader"))
          << way.name << ": " << got[i] << ", frames: " << expected[i];
    }
    EXPECT_EQ(FlashHash(file), FlashHash(reference)) << way.name;
  }
}

TEST_P(Contacts, Reset_GivesTheRowAndClearsThePin) {
  const TemporaryDirectory dir;
  const std::string file = CopyCard(ProvisionedCard("host").file, dir, "card");
  for (const Link link : {Link::kT0, Link::kT1}) {
    const auto card = Open(file, link);
    const std::vector<uint8_t> atr = card->Reset();
    EXPECT_TRUE(Equal(atr, apdu::MakeAtr(apdu::kAtrRows[apdu::kAtrContacts])));
    const auto say = [&](const char* hex) { return ToHex(card->Transmit(FromHex(hex, ""))); };
    EXPECT_EQ(say("00A4040C07A0000000871002"), "9000");
    // Switched off in the profile: switched on, which verifies it; for the second protocol verified.
    EXPECT_EQ(say(link == Link::kT0 ? "0028000108 31323334FFFFFFFF" : "0020000108 31323334FFFFFFFF"),
              "9000");
    EXPECT_EQ(say("00A4000C026F07"), "9000");
    EXPECT_EQ(say("00B0000009").size(), 22u);
    (void)card->Reset();
    EXPECT_EQ(say("00A4040C07A0000000871002"), "9000");
    EXPECT_EQ(say("00A4000C026F07"), "9000");
    EXPECT_EQ(say("00B0000009"), "6982");
  }
}

TEST_P(Contacts, ImageOf4KB_OverT1_IsTaken) {
  const TemporaryDirectory dir;
  const std::string file = dir / "card";
  MakeCardFile(file);
  const auto card = Open(file, Link::kT1);
  const CardKit kit = isdr::Manufacture(*card, Issuer(), KitFor());
  const Buffer image = ImageFor(kit, OperationalPackage(), ImageKind::kOperational, 1);
  const isdr::SendResult sent = isdr::SendImage(*card, image, 65531);
  EXPECT_EQ(sent.sw, 0x9000);
  EXPECT_EQ(sent.commands, 2u);
}

TEST_P(Contacts, FramesSpokenToContacts_IsAnErrorInWords) {
  const TemporaryDirectory dir;
  const std::string file = CopyCard(ProvisionedCard("host").file, dir, "card");
  EXPECT_THROW(Open(file, Link::kT1, 0), UserError);  // T=1 is not offered by this row
  EXPECT_NO_THROW(Open(file, Link::kT1, 1));
}

INSTANTIATE_TEST_SUITE_P(On, Contacts, testing::Values("host", "mps2-an386", "mps2-an505"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ContactsByName, UriWithALink_OpensThatLink) {
  const std::string why = WhyNot("host");
  if (!why.empty()) { GTEST_SKIP() << why; }
  const TemporaryDirectory dir;
  const std::string file = CopyCard(ProvisionedCard("host").file, dir, "card");
  for (const char* const prefix : {"", "frame+", "t0+", "t1+"}) {
    const auto card = OpenCard(prefix + ("host:" + file));
    EXPECT_EQ(card->Reset().size(), prefix[0] == 't' ? 26u : 23u) << prefix;
  }
  EXPECT_THROW(OpenCard("t1+pcsc:x"), UserError);
  EXPECT_THROW(OpenCard("t2+host:" + file), UserError);
}

}  // namespace
}  // namespace simurgh::system_test
