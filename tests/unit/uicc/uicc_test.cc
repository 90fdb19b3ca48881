#include <gmock/gmock.h>

#include "tests/unit/uicc/test_card.h"

namespace simurgh {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using test::Hex;
using test::TestCard;

const std::string kSelectUsim = "00A4040C07A0000000871002";
const std::string kVerify1 = "002000010831313131FFFFFFFF";
const std::string kVerify2 = "002000810832323232FFFFFFFF";

struct Uicc : testing::Test {
  std::string Send(const std::string& hex) { return card.Send(hex); }
  TestCard card;
};

TEST_F(Uicc, SelectByFid_FollowsTheSearchRules) {
  EXPECT_EQ(Send("00A4000C022FE2"), "9000");   // child EF
  EXPECT_EQ(Send("00A4000C027F10"), "9000");   // child DF
  EXPECT_EQ(Send("00A4000C022FE2"), "6A82");   // an EF of the parent is not in reach
  EXPECT_EQ(Send("00A4000C027F20"), "9000");   // sibling DF
  EXPECT_EQ(Send("00A4000C027F20"), "9000");   // itself
  EXPECT_EQ(Send("00A4000C023F00"), "9000");
  EXPECT_EQ(Send("00A4000C027FD0"), "6A82");   // temporary FID of an ADF
  EXPECT_EQ(Send("00A4000C027FFF"), "6A82");   // no application yet
  EXPECT_EQ(Send(kSelectUsim), "9000");
  EXPECT_EQ(Send("00A4000C023F00"), "9000");
  EXPECT_EQ(Send("00A4000C027FFF"), "9000");
  EXPECT_EQ(Send("00A4000C026F07"), "9000");
}

TEST_F(Uicc, SelectByPath_FromMfAndFromDf) {
  EXPECT_EQ(Send("00A4080C067F105F3A4F01"), "9000");
  EXPECT_EQ(Send("00A4030C"), "9000");         // parent of 5F3A, where the EF is
  EXPECT_EQ(Send("00A4090C045F3A4F01"), "9000");
  EXPECT_EQ(Send("00A4080C047FFF6F07"), "6A82");
  EXPECT_EQ(Send(kSelectUsim), "9000");
  EXPECT_EQ(Send("00A4000C023F00"), "9000");
  EXPECT_EQ(Send("00A4080C047FFF6F07"), "9000");
  EXPECT_EQ(Send("00A4080C047FD06F07"), "6A82");
  EXPECT_EQ(Send("00A4080C037F105F"), "6700");
  EXPECT_EQ(Send("00A4010C027F10"), "6A82");   // child DF: not below the ADF
}

TEST_F(Uicc, WrongParameters_Refused) {
  EXPECT_EQ(Send("00A4020C022FE2"), "6A86");
  EXPECT_EQ(Send("00A40010022FE2"), "6A86");
  EXPECT_EQ(Send("00A4000C032FE200"), "6700");
  EXPECT_EQ(Send("00A4000C022FE2"), "9000");
}

TEST_F(Uicc, FcpOfEf_HasItsParts) {
  ASSERT_EQ(Send(kSelectUsim), "9000");
  EXPECT_EQ(Send("00A40004026F07"),
            "621C" "82024121" "83026F07" "A503C00140" "8A0105" "8B036F0602" "80020009" "880138" "9000");
  EXPECT_THAT(Send("00A40004026F3B"), HasSubstr("8205422100040383026F3B"));
}

TEST_F(Uicc, FcpOfAdf_HasNameAndPinStatus) {
  const std::string fcp = Send("00A4040407A0000000871002");
  EXPECT_THAT(fcp, StartsWith("62"));
  EXPECT_THAT(fcp, HasSubstr("82027821"));
  EXPECT_THAT(fcp, HasSubstr("8410A0000000871002FF33FF018900000100"));
  EXPECT_THAT(fcp, HasSubstr("C60C9001C0830101830181" "83010A"));
  EXPECT_THAT(fcp, EndsWith("9000"));
  ASSERT_EQ(Send("002600010831313131FFFFFFFF"), "9000");
  EXPECT_THAT(Send("80F2000000"), HasSubstr("9001408301"));
  EXPECT_EQ(Send("80F2000C"), "9000");
  EXPECT_EQ(Send("80F2000100"), "8410A0000000871002FF33FF0189000001009000");
}

TEST_F(Uicc, PartialAid_NextAndLast) {
  EXPECT_EQ(Send("00A4040C05A000000087"), "9000");
  EXPECT_EQ(card.channels[0].app, &apps::kUsim);
  EXPECT_EQ(Send("00A4040E05A000000087"), "9000");
  EXPECT_EQ(card.channels[0].app, &apps::kIsim);
  EXPECT_EQ(Send("00A4040E05A000000087"), "6A82");
  EXPECT_EQ(card.channels[0].app, &apps::kIsim);   // a failed selection changes nothing
  EXPECT_EQ(Send("00A4040F05A000000087"), "9000");
  EXPECT_EQ(card.channels[0].app, &apps::kUsim);
  EXPECT_EQ(Send("00A4044C07A0000000871002"), "9000");  // termination
  EXPECT_EQ(card.channels[0].app, nullptr);
  EXPECT_EQ(Send("00A4000C027FFF"), "6A82");
}

TEST_F(Uicc, ReadBinary_OffsetsAndSfi) {
  EXPECT_EQ(Send("00B0000000"), "6986");
  EXPECT_EQ(Send("00B0820000"), "980010325476981032149000");
  EXPECT_EQ(Send("00B0000803"), "32149000");
  EXPECT_EQ(Send("00B0000A00"), "6B00");
  EXPECT_EQ(Send("00B0850000"), "6A82");
  EXPECT_EQ(Send("00B2010400"), "6981");
}

TEST_F(Uicc, AccessRules_HoldForReadsToo) {
  ASSERT_EQ(Send(kSelectUsim), "9000");
  EXPECT_EQ(Send("00B0870000"), "6982");
  EXPECT_EQ(Send(kVerify1), "9000");
  EXPECT_EQ(Send("00B0870000"), "0811111111111111119000" + std::string());
  EXPECT_EQ(Send("00D6870001AA"), "6982");
  EXPECT_EQ(Send(kVerify2), "9000");
  EXPECT_EQ(Send("00D6870001AA"), "9000");
  EXPECT_THAT(Send("00B0870000"), StartsWith("AA11"));
  EXPECT_EQ(Send("00A4000C026F99"), "9000");
  EXPECT_EQ(Send("00B0000000"), "6982");           // never
}

TEST_F(Uicc, SecondPin_ForgottenWithItsApplication) {
  ASSERT_EQ(Send(kSelectUsim), "9000");
  ASSERT_EQ(Send(kVerify1), "9000");
  ASSERT_EQ(Send(kVerify2), "9000");
  ASSERT_EQ(Send("00D6870001AA"), "9000");
  ASSERT_EQ(Send("00A4040C07A0000000871004"), "9000");
  ASSERT_EQ(Send(kSelectUsim), "9000");
  EXPECT_EQ(Send("00D6870001AA"), "6982");
  EXPECT_THAT(Send("00B0870000"), EndsWith("9000"));  // PIN 1 is the card's
}

TEST_F(Uicc, UpdateBinary_BeyondTheEnd_ChangesNothing) {
  ASSERT_EQ(Send(kVerify1), "9000");
  ASSERT_EQ(Send("00A4000C022FE2"), "9000");
  EXPECT_EQ(Send("00D6000902AABB"), "6700");
  EXPECT_EQ(Send("00B0000000"), "980010325476981032149000");
  EXPECT_EQ(Send("00D6000901AA"), "9000");
  EXPECT_EQ(Send("00B0000000"), "980010325476981032AA9000");
}

TEST_F(Uicc, Records_AbsoluteNextPrevious) {
  ASSERT_EQ(Send(kSelectUsim), "9000");
  ASSERT_EQ(Send(kVerify1), "9000");
  ASSERT_EQ(Send("00A4000C026F3B"), "9000");
  ASSERT_EQ(Send("00DC01040401010101"), "9000");
  ASSERT_EQ(Send("00DC02040402020202"), "9000");
  EXPECT_EQ(Send("00DC0204030202"  "02"), "6700");
  EXPECT_EQ(Send("00DC04040404040404"), "6A83");
  EXPECT_EQ(Send("00B2000400"), "6A83");           // current record, but none is
  EXPECT_EQ(Send("00B2000200"), "010101019000");
  EXPECT_EQ(Send("00B2000200"), "020202029000");
  EXPECT_EQ(Send("00B2000400"), "020202029000");
  EXPECT_EQ(Send("00B2000300"), "010101019000");
  EXPECT_EQ(Send("00B2000300"), "6A83");
  EXPECT_EQ(Send("00B2010500"), "6A86");
  EXPECT_EQ(Send("00B2010200"), "6A86");
  EXPECT_EQ(Send("00A20104020202"), "029000");
  EXPECT_EQ(Send("00A2010401FF"), "039000");
  EXPECT_EQ(Send("00A20104019A"), "6282");
}

TEST_F(Uicc, CyclicFile_PreviousAndIncrease) {
  ASSERT_EQ(Send(kSelectUsim), "9000");
  ASSERT_EQ(Send(kVerify1), "9000");
  ASSERT_EQ(Send("00A4000C026F39"), "9000");
  EXPECT_EQ(Send("8032000003000005"), "6982");
  ASSERT_EQ(Send(kVerify2), "9000");
  EXPECT_EQ(Send("00DC010403000001"), "6981");
  EXPECT_EQ(Send("00DC000303000001"), "9000");
  EXPECT_EQ(Send("80320000030000FF"), "0001000000FF9000");
  EXPECT_EQ(Send("00B2010400"), "0001009000");
  EXPECT_EQ(Send("00B2020400"), "0000019000");
  EXPECT_EQ(Send("8032000003FFFFFF"), "9850");
  EXPECT_EQ(Send("00B2010400"), "0001009000");
}

TEST_F(Uicc, PinCommands_CountAndUnblock) {
  EXPECT_EQ(Send("00200001"), "63C3");
  EXPECT_EQ(Send("002000010830303030FFFFFFFF"), "63C2");
  EXPECT_EQ(Send("002000010731313131FFFFFF"), "6700");
  EXPECT_EQ(Send("002001010831313131FFFFFFFF"), "6A86");
  EXPECT_EQ(Send("002000020831313131FFFFFFFF"), "6A88");
  EXPECT_EQ(Send("002400011030303030FFFFFFFF34343434FFFFFFFF"), "63C1");
  EXPECT_EQ(Send("002000010830303030FFFFFFFF"), "63C0");
  EXPECT_EQ(Send(kVerify1), "6983");
  EXPECT_EQ(Send("002C0001"), "63CA");
  EXPECT_EQ(Send("002C0001103030303030303030" "34343434FFFFFFFF"), "63C9");
  EXPECT_EQ(Send("002C0001103838383838383838" "34343434FFFFFFFF"), "9000");
  EXPECT_EQ(Send("002000010834343434FFFFFFFF"), "9000");
  EXPECT_EQ(Send("002400011034343434FFFFFFFF31313131FFFFFFFF"), "9000");
  EXPECT_EQ(Send(kVerify1), "9000");
  EXPECT_EQ(Send("002600010831313131FFFFFFFF"), "9000");
  EXPECT_EQ(Send(kVerify1), "6984");
  EXPECT_EQ(Send("002800010831313131FFFFFFFF"), "9000");
  EXPECT_EQ(Send("002800010831313131FFFFFFFF"), "6985");
}

TEST_F(Uicc, Channels_HaveTheirOwnSelection) {
  ASSERT_EQ(Send("00A4000C027F10"), "9000");
  EXPECT_EQ(Send("0070000001"), "019000");
  EXPECT_EQ(Send("01A4000C022FE2"), "9000");       // the new channel starts at the MF
  EXPECT_EQ(Send("01A4040C07A0000000871002"), "9000");
  EXPECT_EQ(Send("0170000001"), "029000");         // from channel 1: the same directory
  EXPECT_EQ(Send("02A4000C026F07"), "9000");
  EXPECT_EQ(card.channels[2].app, &apps::kUsim);
  EXPECT_EQ(Send("0070800100"), "9000");
  EXPECT_FALSE(card.channels[1].open);
  EXPECT_EQ(Send("0070800100"), "6881");
  EXPECT_EQ(Send("00708000"), "6A86");             // the basic channel stays
  EXPECT_EQ(Send("0070000300"), "9000");
  EXPECT_EQ(Send("0070000300"), "6881");
}

TEST_F(Uicc, AllChannels_NineteenThenNoMore) {
  for (int i = 1; i < config::kChannels; ++i) {
    EXPECT_THAT(Send("0070000001"), EndsWith("9000")) << i;
  }
  EXPECT_EQ(Send("0070000001"), "6881");
}

TEST_F(Uicc, TerminalCommands_CheckForm) {
  EXPECT_EQ(Send("80AA000005A9038301" "07"), "9000");
  EXPECT_EQ(Send("80AA000005A9048301" "07"), "6A80");
  EXPECT_EQ(Send("80AA000002A900"), "9000");
  EXPECT_THAT(Send("0084000008"), EndsWith("9000"));
  EXPECT_EQ(Send("0084000008").size(), 20u);
  EXPECT_EQ(Send("80C2000004D6021900"), "6985");
  EXPECT_EQ(Send("80100000041FFFFFFF"), "9000");
  EXPECT_EQ(Send("80C2000009D60799010482028281"), "9000");
  EXPECT_EQ(Send("80C2000004D6021900"), "6A80");
  EXPECT_EQ(Send("80C2000006D40482028281"), "6A81");
}

/// PIN 1 with the universal PIN in its place (TS 102 221 9.4.1).
struct UniversalPin : Uicc {
  UniversalPin() {
    store::Transaction transaction(*card.store);
    const std::vector<uint8_t> value = test::Unhex("37373737FFFFFFFF");
    CHECK(card.pins.Put(TestCard::kSpace, 0, {access::kUniversalPin, value, 1, 7, 3, 3}) ==
          Error::kOk);
    CHECK(transaction.Commit() == Error::kOk);
  }
  const std::string verify = "002000110837373737FFFFFFFF";
};

TEST_F(UniversalPin, Replaces_AndOpensWhatThePinOpened) {
  ASSERT_EQ(Send(kSelectUsim), "9000");
  EXPECT_EQ(Send("00B0870000"), "6982");
  EXPECT_EQ(Send("002691010831313131FFFFFFFF"), "9000");
  EXPECT_EQ(Send("00B0870000"), "6982");       // the universal PIN stands in its place
  EXPECT_EQ(Send(kVerify1), "6984");
  EXPECT_EQ(Send("002000110836363636FFFFFFFF"), "63C2");
  EXPECT_EQ(Send("00B0870000"), "6982");
  EXPECT_EQ(Send(verify), "9000");
  EXPECT_THAT(Send("00B0870000"), EndsWith("9000"));
  EXPECT_EQ(Send("002800010831313131FFFFFFFF"), "9000");  // enabling ends the replacement
  EXPECT_THAT(Send("00B0870000"), EndsWith("9000"));
  card.pins.Forget();
  EXPECT_EQ(Send(verify), "9000");
  EXPECT_EQ(Send("00B0870000"), "6982");
}

TEST_F(UniversalPin, DisabledToo_LeavesTheReplacedPinOpen) {
  ASSERT_EQ(Send(kSelectUsim), "9000");
  ASSERT_EQ(Send("002691010831313131FFFFFFFF"), "9000");
  ASSERT_EQ(Send("002600110837373737FFFFFFFF"), "9000");
  EXPECT_THAT(Send("00B0870000"), EndsWith("9000"));
  EXPECT_EQ(Send("002691110837373737FFFFFFFF"), "6984");  // it replaces nothing any more
}

TEST_F(UniversalPin, VerificationIsTheCards_AndOutlivesApplications) {
  ASSERT_EQ(Send(kSelectUsim), "9000");
  ASSERT_EQ(Send("002691010831313131FFFFFFFF"), "9000");
  ASSERT_EQ(Send(verify), "9000");
  ASSERT_EQ(Send("00A4044C07A0000000871002"), "9000");
  ASSERT_EQ(Send(kSelectUsim), "9000");
  EXPECT_THAT(Send("00B0870000"), EndsWith("9000"));
  ASSERT_EQ(Send("0070000001"), "019000");
  ASSERT_EQ(Send("01" + kSelectUsim.substr(2)), "9000");
  EXPECT_THAT(Send("01B0870000"), EndsWith("9000"));
}

TEST_F(UniversalPin, StatusTemplate_ShowsTheReplacedPinAsDisabled) {
  const std::string fid = "00A40004027FFF";
  ASSERT_EQ(Send(kSelectUsim), "9000");
  EXPECT_EQ(Send("00200011"), "63C3");
  EXPECT_THAT(Send(fid), HasSubstr("9001C0830101"));
  ASSERT_EQ(Send("002691010831313131FFFFFFFF"), "9000");
  EXPECT_THAT(Send(fid), HasSubstr("900140830101"));
}

TEST_F(Uicc, AdministrativeKeys_AllTen) {
  store::Transaction transaction(*card.store);
  const std::vector<uint8_t> value = test::Unhex("0102030405060708");
  for (const uint8_t base : {0x0A, 0x8A}) {
    for (uint8_t n = 0; n < 5; ++n) {
      ASSERT_EQ(card.pins.Put(TestCard::kSpace, 0,
                              {static_cast<uint8_t>(base + n), value, 0, 3, 5, 5}), Error::kOk);
    }
  }
  ASSERT_EQ(transaction.Commit(), Error::kOk);
  for (const char* reference : {"0A", "0B", "0C", "0D", "0E", "8A", "8B", "8C", "8D", "8E"}) {
    const std::string p2 = reference;
    EXPECT_EQ(Send("002000" + p2), "63C5") << p2;
    EXPECT_EQ(Send("002000" + p2 + "080102030405060700"), "63C4") << p2;
    EXPECT_EQ(Send("002000" + p2 + "080102030405060708"), "9000") << p2;
    // Any eight bytes will do for a key, and it has nothing to unblock it with.
    EXPECT_EQ(Send("002400" + p2 + "1001020304050607080807060504030201"), "9000") << p2;
    EXPECT_EQ(Send("002C00" + p2 + "1031313131313131310807060504030201"), "6983") << p2;
  }
}

TEST_F(Uicc, NewPin_MustBeDigitsAndPadding) {
  for (const char* bad : {"313131FFFFFFFFFF", "3131313A FFFFFFFF", "31313131FF31FFFF",
                          "3131313100000000", "FFFFFFFFFFFFFFFF"}) {
    EXPECT_EQ(Send("0024000110" "31313131FFFFFFFF" + std::string(bad)), "6A80") << bad;
    EXPECT_EQ(Send("002C000110" "3838383838383838" + std::string(bad)), "6A80") << bad;
  }
  EXPECT_EQ(Send("00200001"), "63C3");  // no try was spent
  EXPECT_EQ(Send("002C0001"), "63CA");
  EXPECT_EQ(Send("0024000110" "31313131FFFFFFFF" "3132333435363738"), "9000");
}

TEST_F(Uicc, TerminalCapability_ChecksItsObjects) {
  EXPECT_EQ(Send("80AA00000FA90D8301078003043CFF8100820101"), "9000");
  EXPECT_EQ(Send("80AA000005A903810155"), "9000");   // any length is as good as none
  EXPECT_EQ(Send("80AA000005A903840100"), "9000");
  EXPECT_EQ(Send("80AA000005A903C50100"), "9000");   // private
  EXPECT_EQ(Send("80AA000002A900"), "9000");
  EXPECT_EQ(Send("80AA000006A90480020400"), "6A80");
  EXPECT_EQ(Send("80AA000007A90580040400FF"), "6A80");
  EXPECT_EQ(Send("80AA000004A9028400"), "6A80");
}

// A closed channel leaves nothing behind for the one that gets its number.
TEST_F(Uicc, ClosedChannel_IsFreshWhenOpenedAgain) {
  ASSERT_EQ(Send("0070000001"), "019000");
  ASSERT_EQ(Send("01" + kSelectUsim.substr(2)), "9000");
  ASSERT_EQ(Send("01" + kVerify1.substr(2)), "9000");
  ASSERT_EQ(Send("01" + kVerify2.substr(2)), "9000");
  ASSERT_EQ(Send("01D6870001AA"), "9000");
  ASSERT_EQ(Send("00708001"), "9000");
  EXPECT_EQ(card.channels[1].app, nullptr);
  EXPECT_FALSE(card.channels[1].selection.dir.exists());
  EXPECT_EQ(card.channels[1].verified.local, 0);
  ASSERT_EQ(Send("0070000001"), "019000");
  EXPECT_EQ(Send("01B0000000"), "6986");
  ASSERT_EQ(Send("01" + kSelectUsim.substr(2)), "9000");
  EXPECT_EQ(Send("01D6870001BB"), "6982");           // its second PIN is forgotten
  EXPECT_THAT(Send("01B0870000"), StartsWith("AA"));  // PIN 1 is the card's
}

TEST_F(Uicc, ThreeChannels_EachWithItsFileRecordAndSecondPin) {
  for (int n = 1; n <= 3; ++n) {
    ASSERT_EQ(Send("0070000001"), "0" + std::to_string(n) + "9000");
  }
  ASSERT_EQ(Send(kVerify1), "9000");
  for (const char* cla : {"01", "02", "03"}) {
    ASSERT_EQ(Send(cla + kSelectUsim.substr(2)), "9000");
    ASSERT_EQ(Send(std::string(cla) + "A4000C026F3B"), "9000");
  }
  ASSERT_EQ(Send("01DC01040401010101"), "9000");
  ASSERT_EQ(Send("02DC02040402020202"), "9000");
  EXPECT_EQ(Send("01B2000200"), "010101019000");
  EXPECT_EQ(Send("01B2000200"), "020202029000");
  EXPECT_EQ(Send("02B2000200"), "010101019000");  // its own record pointer
  EXPECT_EQ(Send("03B2000400"), "6A83");
  ASSERT_EQ(Send("02" + kVerify2.substr(2)), "9000");
  EXPECT_EQ(Send("02D6870001AA"), "9000");
  EXPECT_EQ(Send("01D6870001BB"), "6982");
  EXPECT_EQ(Send("03D6870001CC"), "6982");
  ASSERT_EQ(Send("02A4040C07A0000000871004"), "9000");
  EXPECT_EQ(card.channels[1].app, &apps::kUsim);
  EXPECT_EQ(card.channels[2].app, &apps::kIsim);
}

TEST_F(Uicc, SelectByName_SessionBitsAndOccurrences) {
  EXPECT_EQ(Send("00A4042C07A0000000871002"), "6A86");
  EXPECT_EQ(Send("00A4046C07A0000000871002"), "6A86");
  EXPECT_EQ(Send("00A4048C07A0000000871002"), "6A86");
  EXPECT_EQ(Send("00A4000D022FE2"), "6A86");
  EXPECT_EQ(Send("00A4080F027F10"), "6A86");
  EXPECT_EQ(Send("00A4040C"), "9000");            // no name: the first application
  EXPECT_EQ(card.channels[0].app, &apps::kUsim);
  EXPECT_EQ(Send("00A4040D05A000000087"), "9000");
  EXPECT_EQ(card.channels[0].app, &apps::kIsim);
  EXPECT_EQ(Send("00A4040C10A0000000871002FF33FF018900000100"), "9000");
  EXPECT_EQ(Send("00A4040F05A000000087"), "6A82");
}

struct Usim : Uicc {
  std::string Authenticate(uint64_t seq, uint64_t ind) {
    const std::string autn = Hex(card.auc.Autn(test::Auc::Sqn(seq, ind)));
    return Send("0088008122" "10" + Hex(card.auc.rand) + "10" + autn);
  }
};

TEST_F(Usim, Authenticate_NeedsThePin) {
  EXPECT_EQ(Authenticate(1, 0), "6D00");           // no USIM selected
  ASSERT_EQ(Send(kSelectUsim), "9000");
  EXPECT_EQ(Authenticate(1, 0), "6982");
  ASSERT_EQ(Send(kVerify1), "9000");
  EXPECT_THAT(Authenticate(1, 0), StartsWith("DB08"));
}

TEST_F(Usim, Authenticate_KcByServiceAndAutsOnReplay) {
  ASSERT_EQ(Send(kSelectUsim), "9000");
  ASSERT_EQ(Send(kVerify1), "9000");
  const std::string with_kc = Authenticate(1, 0);  // EF.UST: service 27 is there
  EXPECT_EQ(with_kc.size(), 2u * (1 + 9 + 17 + 17 + 9 + 2));
  const std::string sync = Authenticate(1, 0);
  EXPECT_THAT(sync, StartsWith("DC0E"));
  EXPECT_EQ(sync.size(), 2u * (2 + 14 + 2));
  uint64_t sqn = 0;
  EXPECT_TRUE(card.auc.AcceptsAuts(ConstBytes(test::Unhex(sync)).subspan(2, 14), &sqn));
  EXPECT_EQ(sqn, test::Auc::Sqn(1, 0));
  ASSERT_EQ(Send("00A4000C026F38"), "9000");
  ASSERT_EQ(Send("00D600030100"), "9000");         // service 27 off
  EXPECT_EQ(Authenticate(2, 0).size(), 2u * (1 + 9 + 17 + 17 + 2));
}

TEST_F(Usim, GsmContext_ByService) {
  const std::string gsm = "0088008011" "10" + Hex(card.auc.rand);
  ASSERT_EQ(Send(kSelectUsim), "9000");
  ASSERT_EQ(Send(kVerify1), "9000");
  EXPECT_EQ(Send(gsm), "9864");
  ASSERT_EQ(Send("00A4000C026F38"), "9000");
  ASSERT_EQ(Send("00D600040120"), "9000");         // service 38 on
  const std::string answer = Send(gsm);
  EXPECT_THAT(answer, StartsWith("04"));
  EXPECT_EQ(answer.size(), 2u * (5 + 9 + 2));
}

TEST_F(Usim, BadInput_Refused) {
  ASSERT_EQ(Send(kSelectUsim), "9000");
  ASSERT_EQ(Send(kVerify1), "9000");
  std::vector<uint8_t> autn = card.auc.Autn(test::Auc::Sqn(1, 0));
  autn[8] ^= 1;
  EXPECT_EQ(Send("008800812210" + Hex(card.auc.rand) + "10" + Hex(autn)), "9862");
  EXPECT_EQ(Send("008800842210" + Hex(card.auc.rand) + "10" + Hex(autn)), "9864");  // GBA is not offered
  EXPECT_EQ(Send("0088008F2210" + Hex(card.auc.rand) + "10" + Hex(autn)), "6A86");
  EXPECT_EQ(Send("008800811110" + Hex(card.auc.rand)), "6700");
  EXPECT_THAT(Authenticate(1, 0), StartsWith("DB"));
}

TEST_F(Usim, IsimWithoutKey_SaysSo) {
  ASSERT_EQ(Send("00A4040C07A0000000871004"), "9000");
  EXPECT_EQ(Authenticate(1, 0), "6A88");
}

}  // namespace
}  // namespace simurgh
