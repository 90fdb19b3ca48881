// The TS.48 packages on a whole card: installed from an image, enabled, used on the network.
#include <fstream>
#include <iterator>

#include "firmware/profile/saip_interpreter.h"
#include "offcard/issuer/suci.h"
#include "offcard/issuer/usim.h"
#include "tests/unit/usim/naa_card.h"

namespace simurgh::test {
namespace {

struct Row {
  const char* file;
  bool ber_tlv;
  bool suci;
};
class Ts48Card : public testing::TestWithParam<Row> {};

TEST_P(Ts48Card, AuthenticatesAndTellsItsIdentity) {
  const Row& row = GetParam();
  std::ifstream in(std::string(SIMURGH_SPEC_DIR "/ts48/") + row.file, std::ios::binary);
  const Data package(std::istreambuf_iterator<char>(in), {});
  if (package.empty()) {
    GTEST_SKIP() << "no reference packages in " SIMURGH_SPEC_DIR;
  }
  if (row.ber_tlv && (saip::kCardServices & rsp::Bit(rsp::Service::kBerTlv)) == 0) {
    GTEST_SKIP() << "this card has no BER-TLV files";
  }
  NaaCard card(package);
  const offcard::AuthVector v = offcard::MakeVector(card.network);
  const Response usim = card.Authenticate(0x81, card.Challenge(v));
  ASSERT_EQ(usim.sw, 0x9000);
  const std::string expected = ToText(NaaCard::Fields({v.res, v.ck, v.ik}, {0xDB}));
  EXPECT_EQ(ToText(usim.data).substr(0, expected.size()), expected);  // Kc may follow
  offcard::AuthVector spoilt = v;
  spoilt.autn[15] ^= 1;
  EXPECT_EQ(card.Authenticate(0x81, card.Challenge(spoilt)).sw, 0x9862);

  ASSERT_EQ(card.Ask("00A4000C026F07").sw, 0x9000);
  const std::string imsi = offcard::ImsiDigits(card.Ask("00B0000009").data);
  const Response identity = card.Ask("8078000100");
  if (row.suci) {
    ASSERT_EQ(identity.sw, 0x9000);
    EXPECT_EQ(offcard::SupiOf(offcard::ParseSuci(ToText(identity.data)), {}), "imsi-" + imsi);
  } else {
    EXPECT_EQ(identity.sw, 0x6985);
  }

  card.SelectIsim();
  const Response isim = card.Authenticate(0x81, card.Challenge(offcard::MakeVector(card.network)));
  EXPECT_EQ(isim.sw, 0x9000);
}

INSTANTIATE_TEST_SUITE_P(Packages, Ts48Card,
                         testing::Values(Row{"TS48v2_SAIP2.1_NoBERTLV.der", false, false},
                                         Row{"TS48v7_SAIP2.3_NoBERTLV_NoRAMRFM.der", false, true},
                                         Row{"TS48v5_SAIP2.3_BERTLV_SUCI.der", true, true},
                                         Row{"TS48v7_SAIP2.3_BERTLV_SUCI.der", true, true}));

}  // namespace
}  // namespace simurgh::test
