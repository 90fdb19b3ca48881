#include "offcard/issuer/suci.h"
#include "tests/unit/usim/naa_card.h"
#include "tests/vectors/suci.h"

namespace simurgh::test {
namespace {

using offcard::Deconceal;
using offcard::HomeNetworkKey;
using offcard::ParseSuci;
using offcard::SupiOf;

const std::string kKeyA = vectors::kSuciAPublic;
const std::string kKeyB = vectors::kSuciBCompressed;

/// EF.SUCI_Calc_Info: schemes with the index of their key; key 1 is of profile A, 2 of profile B.
std::string CalcInfo(const std::string& schemes, const std::string& b = kKeyB) {
  const std::string list =
      "80011B8120" + kKeyA + "80011E81" + fmt::format("{:02X}", b.size() / 2) + b;
  const std::string length = list.size() / 2 < 128 ? "" : "81";
  return fmt::format("A0{:02X}{}A1{}{:02X}{}", schemes.size() / 2, schemes, length, list.size() / 2,
                     list);
}
NaaProfile WithSuci(const std::string& info) {
  NaaProfile profile;
  profile.Services("usim", {124, 125, 142}).FiveG(info);
  return profile;
}
HomeNetworkKey Key(int scheme) {
  return {Hex(scheme == 1 ? vectors::kSuciAPrivate : vectors::kSuciBPrivate)};
}

constexpr const char* kGetSuci = "8078000100";
constexpr const char* kGetNswo = "8078000200";

TEST(Deconceal, Ts33501AnnexC_BackToTheInput) {
  for (const auto& set : vectors::kSuciSets) {
    SCOPED_TRACE(set.output);
    Data output = Hex(set.output);
    EXPECT_EQ(Deconceal(set.scheme, {Hex(set.network_private)}, output), Hex(set.input));
    output.back() ^= 1;
    EXPECT_THROW(Deconceal(set.scheme, {Hex(set.network_private)}, output), offcard::UserError);
    output.back() ^= 1;
    output[set.scheme == 1 ? 32 : 33] ^= 1;
    EXPECT_THROW(Deconceal(set.scheme, {Hex(set.network_private)}, output), offcard::UserError);
    EXPECT_THROW(Deconceal(3, {Hex(set.network_private)}, output), offcard::UserError);
    EXPECT_THROW(Deconceal(set.scheme, {Hex(set.network_private)}, ConstBytes(output).first(39)),
                 offcard::UserError);
  }
}

TEST(GetIdentity, NullScheme_AsTs33501AnnexC) {
  NaaCard card{WithSuci(CalcInfo("0000"))};
  const Response r = card.Ask(kGetSuci);
  ASSERT_EQ(r.sw, 0x9000);
  EXPECT_EQ(ToText(r.data),
            "A10D"
            "01"
            "722410"
            "12F4"
            "00"
            "00"
            "00012080F6");
  EXPECT_EQ(SupiOf(ParseSuci(ToText(r.data)), {}), "imsi-274012001002086");
}

class SuciProfile : public testing::TestWithParam<int> {};

TEST_P(SuciProfile, GetIdentity_TheNetworkFindsTheImsi) {
  const int scheme = GetParam();
  for (const std::string& b : {kKeyB, std::string(vectors::kSuciBPublic)}) {
    NaaCard card{WithSuci(CalcInfo(scheme == 1 ? "01010202" : "02020101", b))};
    const Response one = card.Ask(kGetSuci);
    const Response two = card.Ask(kGetSuci);
    ASSERT_EQ(one.sw, 0x9000);
    EXPECT_NE(one.data, two.data);  // a fresh ephemeral key each time
    const offcard::Suci suci = ParseSuci(ToText(one.data));
    EXPECT_EQ(suci.scheme, scheme);
    EXPECT_EQ(suci.key_id, scheme == 1 ? 0x1B : 0x1E);
    EXPECT_EQ(suci.routing, "214");
    EXPECT_EQ(SupiOf(suci, Key(scheme)), "imsi-274012001002086");
    EXPECT_EQ(SupiOf(ParseSuci(ToText(two.data)), Key(scheme)), "imsi-274012001002086");
    EXPECT_THROW(SupiOf(suci, {Data(32, 0x11)}), offcard::UserError);
  }
}

TEST_P(SuciProfile, Nswo_ANaiOfTheSameImsi) {
  const int scheme = GetParam();
  NaaCard card{WithSuci(CalcInfo(scheme == 1 ? "0101" : "0202"))};
  const Response r = card.Ask(kGetNswo);
  ASSERT_EQ(r.sw, 0x9000);
  const offcard::Suci suci = ParseSuci(ToText(r.data));
  EXPECT_TRUE(suci.nai);
  EXPECT_EQ(suci.scheme, scheme);
  EXPECT_EQ(suci.realm, "5gc-nswo.mnc012.mcc274.3gppnetwork.org");
  EXPECT_EQ(SupiOf(suci, Key(scheme)), "mcc 274 mnc 012 msin 001002086");
}

TEST_P(SuciProfile, NetworkSpecificIdentifier_IsConcealedInstead) {
  const int scheme = GetParam();
  const std::string nai = "verylongusername1@3gpp.com";
  NaaProfile profile;
  profile.Services("usim", {124, 125, 130, 142})
      .FiveG(CalcInfo(scheme == 1 ? "0101" : "0202"), "F0FFFFFF",
             fmt::format("80{:02X}{}", nai.size(), ToText(Data(nai.begin(), nai.end()))));
  NaaCard card{profile};
  const Response r = card.Ask(kGetSuci);
  ASSERT_EQ(r.sw, 0x9000);
  EXPECT_EQ(SupiOf(ParseSuci(ToText(r.data)), Key(scheme)), "nai-" + nai);
  EXPECT_EQ(card.Ask(kGetNswo).sw, 0x6985);
}

INSTANTIATE_TEST_SUITE_P(Schemes, SuciProfile, testing::Values(1, 2));

TEST(GetIdentity, ParametersServicesAndPin_Refused) {
  NaaCard card{WithSuci(CalcInfo("0000"))};
  EXPECT_EQ(card.Ask("8078010100").sw, 0x6A86);
  EXPECT_EQ(card.Ask("8078000300").sw, 0x6A86);
  EXPECT_EQ(card.Ask("8078000000").sw, 0x6A86);
  EXPECT_EQ(card.Ask("0078000100").sw, 0x6D00);
  EXPECT_EQ(card.Ask("807800010100").sw, 0x6700);
  EXPECT_EQ(card.Ask("0028000108 31323334FFFFFFFF").sw, 0x9000);  // enable PIN 1
  card.own.rig.card().Reset();
  card.SelectUsim();
  EXPECT_EQ(card.Ask(kGetSuci).sw, 0x6982);
  EXPECT_EQ(card.Ask(kVerifyPin1).sw, 0x9000);
  EXPECT_EQ(card.Ask(kGetSuci).sw, 0x9000);
  card.SelectIsim();
  EXPECT_EQ(card.Ask(kGetSuci).sw, 0x6D00);

  for (const std::vector<int>& services : {std::vector<int>{124}, std::vector<int>{125}}) {
    NaaProfile profile;
    profile.Services("usim", services).FiveG(CalcInfo("0000"));
    NaaCard other{profile};
    EXPECT_EQ(other.Ask(kGetSuci).sw, 0x6985);
  }
  NaaProfile without_nswo;
  without_nswo.Services("usim", {124, 125}).FiveG(CalcInfo("0000"));
  NaaCard other{without_nswo};
  EXPECT_EQ(other.Ask(kGetNswo).sw, 0x6985);
  EXPECT_EQ(other.Ask(kGetSuci).sw, 0x9000);
}

TEST(GetIdentity, KeyOffTheCurve_RefusedRatherThanShown) {
  std::string key = vectors::kSuciBPublic;
  NaaCard good{WithSuci(CalcInfo("0202", key))};
  EXPECT_EQ(good.Ask(kGetSuci).sw, 0x9000);
  key.back() = '0';
  NaaCard bad{WithSuci(CalcInfo("0202", key))};
  const Response r = bad.Ask(kGetSuci);
  EXPECT_EQ(r.sw, 0x6985);
  EXPECT_TRUE(r.data.empty());
}

}  // namespace
}  // namespace simurgh::test
