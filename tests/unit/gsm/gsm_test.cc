// Class A0 where tests/scripts/gsm.apdu does not reach: other profiles, and the state of the card.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/unit/card/card_rig.h"
#include "tests/unit/uicc/test_card.h"

namespace simurgh {
namespace {

using testing::EndsWith;
using testing::StartsWith;

constexpr uint16_t kDfGsm = 0x7F20;
constexpr uint16_t kDfTelecom = 0x7F10;

/// A profile that has a DF.GSM of its own, empty.
struct OwnDfGsm : testing::Test {
  std::string Send(const std::string& hex) { return card.Send(hex); }
  test::TestCard card;
};

TEST_F(OwnDfGsm, IsNotMixedWithTheUsim) {
  EXPECT_THAT(Send("A0A40000027F20"), StartsWith("0000FFFF7F2002"));
  EXPECT_EQ(card.channels[0].selection.gsm_df, 0);
  EXPECT_EQ(card.channels[0].selection.dir.fid, 0x7F20);
  EXPECT_EQ(Send("A0A40000026F07"), "9404");
  EXPECT_EQ(Send("A0A40000026FAE"), "9404");
  EXPECT_THAT(Send("A0A40000027F21"), EndsWith("9000"));  // DCS 1800 is the same DF
  EXPECT_EQ(card.channels[0].selection.dir.fid, 0x7F20);
}

TEST_F(OwnDfGsm, TelecomFilesOfTheUsim_StillMapped) {
  ASSERT_THAT(Send("A0A40000027F10"), EndsWith("9000"));
  EXPECT_EQ(Send("A0A40000026F3C"), "9404");              // this USIM has no EF.SMS
  EXPECT_THAT(Send("A0A40000026F3B"), EndsWith("9000"));  // but an EF.FDN
  EXPECT_EQ(card.channels[0].selection.ef.fid, 0x6F3B);
  EXPECT_EQ(card.channels[0].selection.dir.fid, kDfTelecom);
}

TEST_F(OwnDfGsm, AccessConditions_AreTheRulesOfEfArr) {
  ASSERT_THAT(Send("A0A40000027F10"), EndsWith("9000"));
  // Rule 1: read always, update CHV1; nobody may invalidate.
  EXPECT_EQ(Send("A0A40000026F3B"),
            "0000000C6F3B040001F0FF0102"
            "01049000");
}

TEST_F(OwnDfGsm, Invalidated_ShowsOnEveryChannel) {
  ASSERT_EQ(Send("0070000001"), "019000");
  ASSERT_EQ(Send("00A4000C022FE2"), "9000");
  ASSERT_EQ(Send("01A4000C022FE2"), "9000");
  EXPECT_EQ(Send("A004000000"), "9804");  // the rule allows nobody
  EXPECT_THAT(Send("01B0000000"), EndsWith("9000"));
  // A rule that lets anybody (08 deactivate, 10 activate).
  fs::File arr = card.files.Child(card.files.Root().value(), 0x2F06).value();
  std::vector<uint8_t> rule = test::Unhex("80011B9000");
  rule.resize(arr.record_length, 0xFF);
  ASSERT_EQ(card.files.WriteRecord(arr, 1, rule), Error::kOk);
  EXPECT_EQ(Send("A004000000"), "9000");
  EXPECT_EQ(Send("01B0000000"), "6984");
  EXPECT_EQ(Send("A0B0000001"), "9810");
  EXPECT_EQ(Send("A044000000"), "9000");
  EXPECT_THAT(Send("01B0000000"), EndsWith("9000"));
}

TEST_F(OwnDfGsm, UiccSelection_LeavesClassA0sNames) {
  ASSERT_THAT(Send("A0A40000027F10"), EndsWith("9000"));
  ASSERT_THAT(Send("A0A40000026F3B"), EndsWith("9000"));
  EXPECT_EQ(card.channels[0].selection.gsm_ef, 0x6F3B);
  ASSERT_EQ(Send("00A4000C023F00"), "9000");
  EXPECT_EQ(card.channels[0].selection.gsm_ef, 0);
}

/// The example profile, which has no DF.GSM.
struct MappedDfGsm : testing::Test {
  MappedDfGsm() : own(1) { own.memory = IssuedFlash(); }
  static const test::Data& IssuedFlash() {
    static const test::Data flash = [] {
      test::OwnedCard made;
      EXPECT_TRUE(made.rig.Manufacture());
      const test::Subscriber one = test::NewSubscriber(1);
      EXPECT_EQ(
          made.rig.Install(made.rig.Pack({.id = 1, .iccid = one.iccid, .package = one.package})),
          0);
      EXPECT_EQ(made.rig.Enable(one.iccid), 0);
      return made.memory;
    }();
    return flash;
  }
  void SetUp() override { ASSERT_EQ(own.rig.Boot(), Error::kOk); }
  uint16_t Sw(const std::string& hex) { return own.rig.Send(hex).sw; }
  const fs::Selection& at() { return own.rig.session().channel.selection; }
  test::OwnedCard own;
};

TEST_F(MappedDfGsm, SelectedByClassA0_IsTheMfToClass00) {
  ASSERT_EQ(Sw("A0A40000027F20"), 0x9F16);
  EXPECT_EQ(at().gsm_df, kDfGsm);
  EXPECT_EQ(at().dir.type, fs::Type::kMf);
  EXPECT_FALSE(at().adf.exists());
  EXPECT_EQ(Sw("00A4000C026F07"), 0x6A82);
  EXPECT_EQ(Sw("00A4000C027FFF"), 0x6A82);  // no application was activated
  EXPECT_EQ(Sw("A0A40000026F07"), 0x9F0F);
  EXPECT_EQ(Sw("00A4000C022FE2"), 0x9000);
  EXPECT_EQ(Sw("A0A40000026F07"), 0x9404);  // DF.GSM was left
}

TEST_F(MappedDfGsm, Reset_ForgetsIt) {
  ASSERT_EQ(Sw("A0A40000027F20"), 0x9F16);
  ASSERT_EQ(Sw("A0A40000026FAE"), 0x9F0F);
  own.rig.card().Reset();
  EXPECT_EQ(Sw("A0B0000001"), 0x9400);
  EXPECT_EQ(Sw("A0A40000026F07"), 0x9404);
  EXPECT_EQ(Sw("A0C0000016"), 0x6F00);
}

TEST_F(MappedDfGsm, WithoutProfile_NothingToSelect) {
  test::OwnedCard blank(2);
  ASSERT_TRUE(blank.rig.Manufacture());
  EXPECT_EQ(blank.rig.Send("A0A40000023F00").sw, 0x9404);
  EXPECT_EQ(blank.rig.Send("A0A40000027F20").sw, 0x9404);
  EXPECT_EQ(blank.rig.Send("A0F2000016").sw, 0x6F00);
  EXPECT_EQ(blank.rig.Send("A02000010831323334FFFFFFFF").sw, 0x9802);
  EXPECT_EQ(blank.rig.Send("A0C0000016").sw, 0x6F00);
  EXPECT_EQ(blank.rig.Send("A0FA000000").sw, 0x9000);
}

TEST_F(MappedDfGsm, WrongCommands_LeaveFlashAndSelection) {
  ASSERT_EQ(Sw("A0A40000027F20"), 0x9F16);
  ASSERT_EQ(Sw("A02000010831323334FFFFFFFF"), 0x9000);
  ASSERT_EQ(Sw("A0A40000026F7E"), 0x9F0F);
  const test::Data before = own.memory;
  for (const char* hex :
       {"A0A40000026FFF", "A0A40100026F07", "A0A4000001 6F", "A0B0000C01", "A0B2010401",
        "A0B2010501", "A0D6000C0101", "A0D6000B020101", "A0DC01040101", "A0A20000 0101",
        "A032000003000001", "A0320000 0101", "A02000040831323334FFFFFFFF",
        "A020000107 31323334FFFFFF", "A08800001000112233445566778899AABBCCDDEEFF", "A0FF000000",
        "A0F2000099", "A0C00000FF", "A01001000101"}) {
    const uint16_t sw = Sw(hex);
    EXPECT_NE(sw >> 8, 0x90) << hex;
    EXPECT_NE(sw >> 8, 0x9F) << hex;
    EXPECT_EQ(own.memory == before, true) << hex;
    EXPECT_EQ(at().gsm_ef, 0x6F7E) << hex;
    EXPECT_EQ(at().gsm_df, kDfGsm) << hex;
  }
  EXPECT_EQ(Sw("A0D600000101"), 0x9000);  // the control
}

/// GSMA's generic test profile.
TEST(Ts48, SimFiles_ReadAndAuthenticate) {
  std::ifstream in(std::string(SIMURGH_SPEC_DIR) + "/ts48/TS48v2_SAIP2.1_NoBERTLV.der",
                   std::ios::binary);
  const test::Data package{std::istreambuf_iterator<char>(in), {}};
  if (package.empty()) {
    GTEST_SKIP() << "no reference data: configure with SIMURGH_SPEC_DIR";
  }
  test::OwnedCard own;
  ASSERT_TRUE(own.rig.Manufacture());
  // As EF.ICCID has it: each digit pair swapped. The profile header has it as it is read.
  constexpr uint8_t kTag[] = {0x83, 0x0A};
  const auto header = std::search(package.begin(), package.end(), std::begin(kTag), std::end(kTag));
  ASSERT_NE(header, package.end());
  test::Data iccid(header + 2, header + 12);
  for (uint8_t& pair : iccid) {
    pair = static_cast<uint8_t>(pair << 4 | pair >> 4);
  }
  const auto image = own.rig.Pack({.id = 1, .iccid = iccid, .package = package});
  ASSERT_EQ(own.rig.Install(image), 0);
  ASSERT_EQ(own.rig.Enable(iccid), 0);
  own.rig.card().Reset();
  const auto sw = [&](const std::string& hex) { return own.rig.Send(hex).sw; };
  ASSERT_EQ(sw("A0A40000027F20"), 0x9F16);
  for (const char* fid :
       {"6F07", "6F20", "6F52", "6F53", "6F78", "6F7B", "6F7E", "6FAD", "6FAE", "6F38", "6F46"}) {
    EXPECT_EQ(sw(std::string("A0A4000002") + fid), 0x9F0F) << fid;
    const test::Response got = own.rig.Send("A0C000000F");
    ASSERT_EQ(got.sw, 0x9000) << fid;
    EXPECT_EQ(test::ToText(got.data).substr(8, 4), fid);
  }
  ASSERT_EQ(sw("A0A40000026F20"), 0x9F0F);
  EXPECT_EQ(own.rig.Send("A0B0000009").data.size(), 9u);
  EXPECT_EQ(sw("A08800001000112233445566778899AABBCCDDEEFF"), 0x9F0C);
  EXPECT_EQ(own.rig.Send("A0C000000C").data.size(), 12u);
}

}  // namespace
}  // namespace simurgh
