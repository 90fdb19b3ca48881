// Administrative commands (TS 102 222) and BER-TLV objects (TS 102 221 11.3), command by command.
#include <gtest/gtest.h>

#include "tests/unit/uicc/test_card.h"

namespace simurgh::test {
namespace {

std::string Tlv(const std::string& tag, const std::string& value) {
  char length[16];
  const size_t n = value.size() / 2;
  std::snprintf(length, sizeof length, n < 0x80 ? "%02zX" : n < 0x100 ? "81%02zX" : "82%04zX", n);
  return tag + length + value;
}
std::string Data(const std::string& header, const std::string& data) {
  char length[16];
  const size_t n = data.size() / 2;
  std::snprintf(length, sizeof length, n < 0x100 ? "%02zX" : "00%04zX", n);
  return header + length + data;
}

// All that the access mode byte can name, and INCREASE, RESIZE FILE: always.
const std::string kFree = Tlv("AB", "80017F9000" "8401D49000" "8401329000");

class Admin : public TestCard, public testing::Test {
 public:
  Admin() {
    fs::FileSpec spec = Dir(fs::Type::kDf, 0x7F30);
    spec.arr_record = 0;
    spec.rule_tag = 0xAB;
    const std::vector<uint8_t> rule = Unhex(kFree.substr(4));
    spec.rule = rule;
    Make(files.Root().value(), spec);
    EXPECT_EQ(Send("00A4000C027F30"), "9000");
  }
  std::string Create(const std::string& items) {
    return Send(Data("00E00000", Tlv("62", items)));
  }
  std::string Ef(const std::string& fid, size_t size) {
    char hex[16];
    std::snprintf(hex, sizeof hex, "%04zX", size);
    return Create("82024121" "8302" + fid + "8A0105" + kFree + "8002" + hex + "8800");
  }
  std::string Resize(const std::string& fid, const std::string& items, const char* p1 = "00") {
    return Send(Data(std::string("80D4") + p1 + "00", Tlv("62", "8302" + fid + items)));
  }
  size_t Records() {
    size_t count = 0;
    store->ForEach(kSpace, [](void* n, const store::Key&, size_t) {
      ++*static_cast<size_t*>(n);
      return true;
    }, &count);
    return count;
  }
};

TEST_F(Admin, CreateEf_IsSelectedAndReadsAsItsPattern) {
  EXPECT_EQ(Create("82024121" "83026F01" "8A0105" + kFree + "800104" "880108" "A503C10155"), "9000");
  EXPECT_EQ(Send("00B0000004"), "555555559000");
  EXPECT_EQ(Send("00B0810004"), "555555559000");
  EXPECT_EQ(Create("82024121" "83026F01" "8A0105" + kFree + "800104" "8800"), "6A89");
  EXPECT_EQ(Create("8205422100050383026F028A0105" + kFree + "80010F" "8800"), "9000");
  EXPECT_EQ(Send("00B2030405"), "FFFFFFFFFF9000");
  EXPECT_EQ(Create("82044621000383026F038A0105" + kFree + "800109" "8800" "A503C20100"), "9000");
  EXPECT_EQ(Send("80320000010700"), "000007079000");
}

TEST_F(Admin, CreateAsPySimDoes_InItsOrderOfParameters) {
  EXPECT_EQ(Create("8202412183026F118A01058B032F0601800200108800"), "9000");
  EXPECT_EQ(Send("00B0000001"), "FF9000");
  EXPECT_EQ(Create("820442210004" "83026F128A01058B032F060180020010" "880110"), "9000");
  EXPECT_EQ(Send("00B2011404"), "FFFFFFFF9000");
  EXPECT_EQ(Create("8202782183025F118A01058B032F0601"), "9000");
  EXPECT_EQ(Send("80F2000000").substr(0, 2), "62");
}

TEST_F(Admin, CreateDf_BecomesCurrent_AndChildrenNeedItsRule) {
  EXPECT_EQ(Create("82027821" "83025F01" "8A0105" + kFree + "C606" "90010083010A"), "9000");
  EXPECT_EQ(Ef("4F01", 2), "9000");
  EXPECT_EQ(Send("00A4000C025F01"), "9000");
  EXPECT_EQ(Send("00A4000C024F01"), "9000");
  EXPECT_EQ(Send("00A4000C023F00"), "9000");
  EXPECT_EQ(Ef("6F77", 2), "6982");  // the MF's rule creates nothing
  EXPECT_EQ(Send("00A4000C026F77"), "6A82");
}

TEST_F(Admin, CreateAdf_ByName) {
  EXPECT_EQ(Create("82027821" "83027FAA" "8407A0000000871099" "8A0105" + kFree), "6A80");  // below a DF
  EXPECT_EQ(Send("00A4000C023F00"), "9000");
  EXPECT_EQ(Create("82027821" "83027FAA" "8407A0000000871099" "8A0105" + kFree), "6982");
  std::vector<uint8_t> all(40, 0xFF);
  simurgh::Copy(all, Unhex("80017F9000"));
  ASSERT_EQ(files.WriteRecord(files.Child(files.Root().value(), 0x2F06).value(), 1, all), Error::kOk);
  const std::string adf = "82027821" "83027FAA" "8407A0000000871099" "8A0105" + kFree;
  EXPECT_EQ(Create(adf), "9000");
  EXPECT_EQ(Ef("6F01", 2), "9000");
  EXPECT_EQ(Send("00A4000C023F00"), "9000");
  EXPECT_EQ(Create("82027821" "83027FAB" "8407A0000000871099" "8A0105" + kFree), "6A8A");
  EXPECT_EQ(Send("00A4040C07A0000000871099"), "9000");
  EXPECT_EQ(Send("00A4000C026F01"), "9000");
  EXPECT_EQ(Send("00E40000027FAA"), "9000");
  EXPECT_EQ(Send("00A4040C07A0000000871099"), "6A82");
  EXPECT_EQ(Send("00A4040C07A0000000871002"), "9000");  // the others are found as before
  EXPECT_EQ(Send("00A4040C07A0000000871004"), "9000");
}

TEST_F(Admin, CreateWithWrongParameters_ChangesNothing) {
  const size_t before = Records();
  const std::string good = "82024121" "83026F01" "8A0105" + kFree + "800104" "8800";
  const std::string wrong[] = {
      "83026F01" "8A0105" + kFree + "800104",                       // no descriptor
      "82024121" "8A0105" + kFree + "800104",                       // no FID
      "82024121" "83026F01" "8A0105" "800104",                      // no access rule
      "82024121" "83026F01" "8A0105" + kFree,                       // no size
      "82024121" "83026F01" "8A0105" + kFree + "800100",            // nothing in it
      "82024121" "83026F01" "8A010C" + kFree + "800104",            // terminated from the start
      "82024121" "83020011" "8A0105" + kFree + "800104",            // a FID that cannot be
      "82044221000583026F01" "8A0105" + kFree + "800104",           // no whole record
      "8205422100050383026F01" "8A0105" + kFree + "80010A",         // three records are 15 bytes
      "82024121" "83026F01" "8A0105" + kFree + kFree + "800104",    // two rules
      "82024121" "83026F01" "8A0105" "8B00" "800104",               // a rule that is none
      "82024121" "83026F01" "8A0105" + kFree + "800104" "88010F",   // SFI with low bits
      "82024121" "83026F01" "8A0105" + kFree + "800104" "A506C10155C20155"};
  for (const std::string& items : wrong) {
    EXPECT_EQ(Create(items), "6A80") << items;
    EXPECT_EQ(Records(), before);
  }
  EXPECT_EQ(Send(Data("00E00000", "6102" "8000")), "6A80");
  EXPECT_EQ(Send(Data("00E00000", Tlv("62", good) + "00")), "6A80");
  EXPECT_EQ(Send(Data("00E00100", Tlv("62", good))), "6A86");
  EXPECT_EQ(Ef("6F01", 0xFFFF), store->FreeBytes(256) < 0xFFFF ? "6A84" : "9000");
  EXPECT_EQ(Create("82024121" "83026F02" "8A0105" + kFree + "800104" "8800"), "9000");
}

TEST_F(Admin, DeleteEf_AllOfItIsGone) {
  const size_t before = Records();
  ASSERT_EQ(Ef("6F01", 1000), "9000");
  for (int i = 0; i < 4; ++i) {
    char at[8];
    std::snprintf(at, sizeof at, "%04X", i * 250);
    ASSERT_EQ(Send("00D6" + std::string(at) + "0101"), "9000");
  }
  EXPECT_EQ(Send("00E40000026F01"), "9000");
  EXPECT_EQ(Records(), before);
  EXPECT_EQ(Send("00B0000001"), "6986");
  EXPECT_EQ(Send("00A4000C026F01"), "6A82");
  EXPECT_EQ(Send("00E40000026F01"), "6A82");
  EXPECT_EQ(Ef("6F01", 10), "9000");
  EXPECT_EQ(Send("00B0000002"), "FFFF9000");
}

TEST_F(Admin, DeleteDf_WithItsChildren_FromInside) {
  ASSERT_EQ(Ef("6F00", 1), "9000");
  const size_t before = Records();
  ASSERT_EQ(Create("82027821" "83025F01" "8A0105" + kFree), "9000");
  for (int i = 1; i <= 20; ++i) {
    char fid[8];
    std::snprintf(fid, sizeof fid, "4F%02X", i);
    ASSERT_EQ(Ef(fid, 300), "9000");
    ASSERT_EQ(Send("00D600000101"), "9000");
  }
  ASSERT_EQ(Create("82027821" "83025F02" "8A0105" + kFree), "9000");
  ASSERT_EQ(Ef("4F01", 3), "9000");
  ASSERT_EQ(Send("00A4030C"), "9000");
  EXPECT_EQ(Send("00E40000025F01"), "9000");
  EXPECT_EQ(Records(), before);
  EXPECT_EQ(Send("00A4000C025F01"), "6A82");
  EXPECT_EQ(Send("00A4000C026F00"), "9000");  // the directory above is current
}

TEST_F(Admin, Delete_NeedsTheRightAndNobodyElse) {
  ASSERT_EQ(Ef("6F01", 3), "9000");
  ASSERT_EQ(Send("0070000001"), "019000");
  ASSERT_EQ(Send("01A4080C047F306F01"), "9000");
  EXPECT_EQ(Send("00E40000026F01"), "6985");
  ASSERT_EQ(Send("01A4000C023F00"), "9000");
  EXPECT_EQ(Send("00E40000026F01"), "9000");
  EXPECT_EQ(Send("00E40000023F00"), "6A82");
  ASSERT_EQ(Send("00A4000C023F00"), "9000");
  EXPECT_EQ(Send("00E40000022FE2"), "6982");
  EXPECT_EQ(Send("00E40000022FE3"), "6A82");
  EXPECT_EQ(Send("00E400000100"), "6700");
  EXPECT_EQ(Send("00E40001022FE2"), "6A86");
  EXPECT_EQ(Send("00A4000C022FE2"), "9000");
}

TEST_F(Admin, DeleteTargetOfALink_ContentStaysWithTheLink) {
  const fs::File df = files.Child(files.Root().value(), 0x7F30).value();
  ASSERT_EQ(Ef("6F01", 3), "9000");
  ASSERT_EQ(Send("00D6000003010203"), "9000");
  const fs::File target = files.Child(df, 0x6F01).value();
  fs::FileSpec spec = Transparent(0x6F02, 0);
  spec.arr_fid = 0x2F06;
  spec.link = &target;
  Make(df, spec);
  EXPECT_EQ(Resize("6F01", "800105"), "6985");
  EXPECT_EQ(Send("00E40000026F01"), "9000");
  EXPECT_EQ(Send("00A4000C026F02"), "9000");
  EXPECT_EQ(Send("00B0000003"), "0102039000");
}

TEST_F(Admin, Resize_KeepsWhatFits) {
  ASSERT_EQ(Ef("6F01", 300), "9000");
  ASSERT_EQ(Send("00D60000020102"), "9000");
  ASSERT_EQ(Send("00D6012A020304"), "9000");
  EXPECT_EQ(Resize("6F01", "80020190"), "9000");
  EXPECT_EQ(Send("00B0012804"), "FFFF03049000");
  EXPECT_EQ(Send("00B0018E02"), "FFFF9000");
  EXPECT_EQ(Resize("6F01", "800101"), "9000");
  EXPECT_EQ(Send("00B0000001"), "019000");
  EXPECT_EQ(Send("00B0000100"), "6B00");
  EXPECT_EQ(Resize("6F01", "80020190"), "9000");  // what was cut off does not come back
  EXPECT_EQ(Send("00B0000002"), "01FF9000");
  EXPECT_EQ(Send("00B0012A02"), "FFFF9000");
  EXPECT_EQ(Resize("6F01", "800100"), "6A80");
  EXPECT_EQ(Resize("6F01", ""), "6A80");
  EXPECT_EQ(Resize("6F09", "800101"), "6A82");
}

TEST_F(Admin, ResizeRecords_WholeOnesOnly_OtherChannelsSeeIt) {
  ASSERT_EQ(Create("82044221000483026F02" "8A0105" + kFree + "800108" "8800"), "9000");
  ASSERT_EQ(Send("0070000001"), "019000");
  ASSERT_EQ(Send("01A4080C047F306F02"), "9000");
  EXPECT_EQ(Send("01B2030404"), "6A83");
  EXPECT_EQ(Resize("6F02", "80010B"), "6A80");
  EXPECT_EQ(Resize("6F02", "80010C"), "9000");
  EXPECT_EQ(Send("01B2030404"), "FFFFFFFF9000");
  EXPECT_EQ(Resize("6F02", "800104"), "9000");
  EXPECT_EQ(Send("01B2020404"), "6A83");
  ASSERT_EQ(Create("82044621000483026F03" "8A0105" + kFree + "800108" "8800"), "9000");
  EXPECT_EQ(Resize("6F03", "80010C"), "6981");
}

TEST_F(Admin, LifeCycle_DeactivateActivateTerminate) {
  ASSERT_EQ(Ef("6F01", 3), "9000");
  EXPECT_EQ(Send("00040000"), "9000");
  EXPECT_EQ(Send("00B0000003"), "6984");
  EXPECT_EQ(Send("00A4000C026F01"), "6283");
  EXPECT_EQ(Resize("6F01", "800101"), "6984");
  EXPECT_EQ(Send("00440000026F01"), "9000");
  EXPECT_EQ(Send("00B0000003"), "FFFFFF9000");
  EXPECT_EQ(Send("00040800047F306F01"), "9000");
  EXPECT_EQ(Send("00440900026F01"), "9000");
  EXPECT_EQ(Send("00440100026F01"), "6A86");
  EXPECT_EQ(Send("0044000001FF"), "6700");
  EXPECT_EQ(Send("00E60000026F01"), "6981");
  EXPECT_EQ(Send("00E80000026F01"), "9000");
  EXPECT_EQ(Send("00440000026F01"), "6985");
  EXPECT_EQ(Send("00B0000003"), "6984");
  EXPECT_EQ(Send("00A4000C026F01"), "6285");
  EXPECT_EQ(Send("00E40000026F01"), "9000");  // the one thing left to do with it
}

TEST_F(Admin, TerminateDf_ItsFilesCannotBeUsed) {
  ASSERT_EQ(Create("82027821" "83025F01" "8A0105" + kFree), "9000");
  ASSERT_EQ(Ef("4F01", 3), "9000");
  EXPECT_EQ(Send("00E80000025F01"), "6981");
  EXPECT_EQ(Send("00E60000025F01"), "9000");
  EXPECT_EQ(Send("00B0000001"), "6985");
  EXPECT_EQ(Ef("4F02", 3), "6985");
  EXPECT_EQ(Send("00E40000025F01"), "9000");
  EXPECT_EQ(Ef("4F02", 3), "9000");
}

TEST_F(Admin, TerminateCardUsage_OnlyWithTheRight) {
  EXPECT_EQ(Send("00FE0000"), "6982");
  EXPECT_EQ(Send("00FE0001"), "6A86");
  ASSERT_EQ(Ef("6F01", 3), "9000");
  fs::File mf = files.Root().value();
  ASSERT_EQ(files.SetLifeCycle(mf, fs::LifeCycle::kTerminated), Error::kOk);
  EXPECT_EQ(Send("00B0000003"), "6985");
  EXPECT_EQ(Ef("6F02", 3), "6985");
  EXPECT_EQ(Send("00FE0000"), "6985");
}

TEST_F(Admin, CompactRule_GrantsAlwaysOnly) {
  ASSERT_EQ(Create("82024121" "83026F01" "8A0105" "8C03" "0300FF" "800103" "8800"), "9000");
  EXPECT_EQ(Send("00B0000003"), "6982");   // read: never
  EXPECT_EQ(Send("00D60000020102"), "9000");  // update: always
  EXPECT_EQ(Send("00E40000026F01"), "6982");
  EXPECT_NE(Send("00A40004026F01").find("8C030300FF"), std::string::npos);
}

// ---- BER-TLV

class Objects : public Admin {
 public:
  Objects() {
    EXPECT_EQ(Create("82027921" "83026F50" "8A0105" + kFree + "80020100" "8800" "A5048602" "0800"), "9000");
  }
  std::string Set(const std::string& data, const char* p2 = "80") {
    return Send(Data(std::string("80DB00") + p2, data));
  }
  std::string Get(const std::string& tag) { return Send(Data("80CB0080", tag) + "00"); }
};

TEST_F(Objects, SetReplaceDelete) {
  EXPECT_EQ(Get("81"), "6A88");
  EXPECT_EQ(Set("810401020304"), "9000");
  EXPECT_EQ(Get("81"), "8104010203049000");
  EXPECT_EQ(Set("8102AABB"), "9000");
  EXPECT_EQ(Get("81"), "8102AABB9000");
  EXPECT_EQ(Set("8200"), "9000");
  EXPECT_EQ(Get("82"), "82009000");
  EXPECT_EQ(Set("9F1F0155"), "9000");
  EXPECT_EQ(Get("5C"), "5C0481829F1F9000");
  EXPECT_EQ(Set("81"), "9000");
  EXPECT_EQ(Get("81"), "6A88");
  EXPECT_EQ(Set("81"), "6A88");
  EXPECT_EQ(Get("5C"), "5C03829F1F9000");
}

TEST_F(Objects, Blocks_OldObjectUntilTheLastOne) {
  ASSERT_EQ(Set("8101AA"), "9000");
  std::string value;
  for (int i = 0; i < 600; ++i) {
    char hex[4];
    std::snprintf(hex, sizeof hex, "%02X", i % 251);
    value += hex;
  }
  EXPECT_EQ(Set("81820258" + value.substr(0, 400)), "63F1");
  EXPECT_EQ(Get("81"), "8101AA9000");
  EXPECT_EQ(Set(value.substr(400, 400), "00"), "6985");  // reading ended it
  EXPECT_EQ(Set("81820258" + value.substr(0, 400)), "63F1");
  EXPECT_EQ(Set("FF", "40"), "6A80");  // the first block again, but it is no object
  EXPECT_EQ(Set("81820258" + value.substr(0, 400)), "63F1");
  EXPECT_EQ(Set("FFFF", "00"), "63F1");
  EXPECT_EQ(Set(value.substr(400, 400), "40"), "63F1");  // instead of FFFF
  EXPECT_EQ(Set(value.substr(800), "00"), "9000");
  EXPECT_EQ(Send("80CB00800181C8"), "81820258" + value.substr(0, 392) + "62F1");
  EXPECT_EQ(Send("80CB0040C8"), "81820258" + value.substr(0, 392) + "62F1");
  EXPECT_EQ(Send("80CB000000"), value.substr(392, 512) + "62F1");
  EXPECT_EQ(Send("80CB000000"), value.substr(904) + "9000");
  EXPECT_EQ(Send("80CB000000"), "6985");
}

TEST_F(Objects, TooMuchOrMalformed_OldObjectStays) {
  ASSERT_EQ(Set("8101AA"), "9000");
  const size_t before = Records();
  EXPECT_EQ(Set("81820801" "00"), "6A84");       // over the maximum file size
  EXPECT_EQ(Set("8183010000" "00"), "6A84");
  EXPECT_EQ(Set("8101AABB"), "6A80");
  EXPECT_EQ(Set("818101AA"), "6A80");            // not the shortest length
  EXPECT_EQ(Set("8180AA"), "6A80");
  EXPECT_EQ(Set("00"), "6A80");
  EXPECT_EQ(Set("9F"), "6A80");
  EXPECT_EQ(Set("5C0181"), "6A80");
  EXPECT_EQ(Set("8103AA"), "63F1");
  EXPECT_EQ(Set("BBCCDD", "00"), "6A80");        // one too many
  EXPECT_EQ(Set("BBCC", "00"), "6985");
  EXPECT_EQ(Set("82", "80"), "6A88");            // sweeps up
  EXPECT_EQ(Records(), before);
  EXPECT_EQ(Send("80DB0180028200"), "6A86");
  EXPECT_EQ(Send("80DB0020028200"), "6A86");
  EXPECT_EQ(Send("80DB009F028200"), "6A86");
  EXPECT_EQ(Send("80CB008000"), "6700");
  EXPECT_EQ(Send("80CB0000018100"), "6700");
  EXPECT_EQ(Get("8182"), "6A80");
  EXPECT_EQ(Get("81"), "8101AA9000");
  ASSERT_EQ(Ef("6F01", 3), "9000");
  EXPECT_EQ(Get("81"), "6981");
  EXPECT_EQ(Set("8101AA"), "6981");
  EXPECT_EQ(Send("00A4000C026F50"), "9000");
  EXPECT_EQ(Send("00B0000001"), "6981");
  EXPECT_EQ(Send("00B2010401"), "6981");
}

TEST_F(Objects, ManyObjects_SixtyFourAndNoMore) {
  for (int i = 0; i < 62; ++i) {
    char hex[16];
    std::snprintf(hex, sizeof hex, "9F%02X01%02X", 0x20 + i, i);
    ASSERT_EQ(Set(hex), "9000");
  }
  for (const char* data : {"810101", "820102"}) {
    ASSERT_EQ(Set(data), "9000");
  }
  EXPECT_EQ(Set("830103"), "6A84");
  EXPECT_EQ(Get("9F3B"), "9F3B011B9000");
  EXPECT_EQ(Get("5C").size(), 2 * (2 + 126 + 2));
}

TEST_F(Objects, TwoChannels_TheSecondWriterWins) {
  ASSERT_EQ(Send("0070000001"), "019000");
  ASSERT_EQ(Send("01A4080C047F306F50"), "9000");
  EXPECT_EQ(Set("81041122"), "63F1");
  EXPECT_EQ(Send("81DB00800381" "01" "AA"), "9000");
  EXPECT_EQ(Set("3344", "00"), "6985");
  EXPECT_EQ(Get("81"), "8101AA9000");
  EXPECT_EQ(Send("81CB0080018101"), "8162F1");
  EXPECT_EQ(Set("8101BB"), "9000");
  EXPECT_EQ(Send("81CB000000"), "6985");
}

TEST_F(Objects, FcpAndResize_TellTheLimits) {
  ASSERT_EQ(Set("81040102030405").substr(0, 4), "6A80");
  ASSERT_EQ(Set("810401020304"), "9000");
  const std::string fcp = Send("00A40004026F50");
  EXPECT_NE(fcp.find("82027921"), std::string::npos);
  EXPECT_NE(fcp.find("A50F" "830207FA" "840101" "85020100" "86020800"), std::string::npos) << fcp;
  EXPECT_NE(fcp.find("80020006"), std::string::npos);
  EXPECT_EQ(Resize("6F50", "800100" "A503860104"), "6A84");  // mode 0: they do not fit
  EXPECT_EQ(Get("81"), "8104010203049000");
  EXPECT_EQ(Resize("6F50", "800100" "A503860104", "01"), "9000");
  EXPECT_EQ(Get("81"), "6A88");
  EXPECT_EQ(Set("810401020304"), "6A84");
  EXPECT_EQ(Set("81020102"), "9000");
  EXPECT_EQ(Resize("6F50", "800100" "A503860106"), "9000");
  EXPECT_EQ(Get("81"), "810201029000");
}

TEST_F(Objects, DeletedWithTheFile) {
  const size_t before = Records();
  ASSERT_EQ(Set("81820300" + std::string(400, 'A')), "63F1");
  ASSERT_EQ(Set("8203010203"), "9000");
  EXPECT_GT(Records(), before);
  EXPECT_EQ(Send("00E40000026F50"), "9000");
  EXPECT_EQ(Records(), before - 2);  // its descriptor and its rule
}

}  // namespace
}  // namespace simurgh::test
