#include "crypto/aka.h"
#include "firmware/keys/gba.h"
#include "tests/unit/usim/naa_card.h"

namespace simurgh::test {
namespace {

using offcard::AuthVector;
using offcard::MakeVector;

Data Text(const std::string& s) { return Data(s.begin(), s.end()); }
const Data kNaf = Text(std::string("naf.example.com\x01\x00\x00\x00\x02", 20));
const Data kImpi = Text("user@example.com");

// ---- 3G and GSM

TEST(Authenticate, Contexts_ServicesDecide) {
  NaaCard plain{NaaProfile{}};
  const AuthVector v = MakeVector(plain.network);
  const Data rand(v.rand.begin(), v.rand.end());
  EXPECT_EQ(plain.Authenticate(0x80, NaaCard::Fields({rand})).sw, 0x9864);
  EXPECT_EQ(plain.Authenticate(0x82, plain.Challenge(v)).sw, 0x9864);
  EXPECT_EQ(plain.Authenticate(0x84, plain.Challenge(v, {0xDD})).sw, 0x9864);
  EXPECT_EQ(plain.Authenticate(0x83, plain.Challenge(v)).sw, 0x6A86);
  EXPECT_EQ(plain.Authenticate(0x01, plain.Challenge(v)).sw, 0x6A86);
  const Response three_g = plain.Authenticate(0x81, plain.Challenge(v));
  ASSERT_EQ(three_g.sw, 0x9000);
  EXPECT_EQ(ToText(three_g.data), ToText(NaaCard::Fields({v.res, v.ck, v.ik}, {0xDB})));

  NaaProfile with;
  with.Services("usim", {27, 38});
  NaaCard card{with};
  const AuthVector w = MakeVector(card.network);
  const Response with_kc = card.Authenticate(0x81, card.Challenge(w));
  ASSERT_EQ(with_kc.sw, 0x9000);
  const auto kc = crypto::ConversionC3(w.ck, w.ik);
  EXPECT_EQ(ToText(with_kc.data),
            ToText(NaaCard::Fields({w.res, w.ck, w.ik, Data(kc.begin(), kc.end())}, {0xDB})));
  const Response gsm =
      card.Authenticate(0x80, NaaCard::Fields({Data(w.rand.begin(), w.rand.end())}));
  ASSERT_EQ(gsm.sw, 0x9000);
  const auto sres = crypto::ConversionC2(w.res);
  EXPECT_EQ(ToText(gsm.data),
            ToText(NaaCard::Fields({Data(sres.begin(), sres.end()), Data(kc.begin(), kc.end())})));
}

TEST(Authenticate, OddInstruction_ContextsThisCardLacks) {
  NaaCard card{NaaProfile{}};
  EXPECT_EQ(card.Ask("0089808503A00102").sw, 0x9864);  // MBMS
  EXPECT_EQ(card.Ask("0089808603A00102").sw, 0x9864);  // local key establishment
  EXPECT_EQ(card.Ask("0089A08600").sw, 0x9864);
  EXPECT_EQ(card.Ask("0089808103A00102").sw, 0x6A86);  // the even instruction's
  card.SelectIsim();
  EXPECT_EQ(card.Ask("0089808503A00102").sw, 0x6A86);
  EXPECT_EQ(card.Ask("0089808603A00102").sw, 0x9864);
}

TEST(Authenticate, Isim_ImsAndItsContexts) {
  NaaCard card{NaaProfile{}};
  card.SelectIsim();
  const AuthVector v = MakeVector(card.network);
  EXPECT_EQ(card.Authenticate(0x80, card.Challenge(v)).sw, 0x6A86);
  EXPECT_EQ(card.Authenticate(0x82, card.Challenge(v)).sw, 0x9864);
  EXPECT_EQ(card.Authenticate(0x84, card.Challenge(v, {0xDD})).sw, 0x9864);
  const Response ims = card.Authenticate(0x81, card.Challenge(v));
  EXPECT_EQ(ToText(ims.data), ToText(NaaCard::Fields({v.res, v.ck, v.ik}, {0xDB})));
}

// ---- TUAK, from the package to the answer

struct TuakRow {
  const char* options;
  crypto::TuakSizes sizes;
  size_t k_size;
  int iterations;
};
class TuakPackage : public testing::TestWithParam<TuakRow> {};

TEST_P(TuakPackage, InstallsAndAuthenticates) {
  const TuakRow& row = GetParam();
  const Data k(row.k_size, 0x42), topc(32, 0x24);
  NaaProfile profile;
  profile.Tuak(ToText(k), ToText(topc), row.options, row.iterations);
  NaaCard card(profile);
  card.network.tuak = row.sizes;  // not what SubscriptionOf reads from the same byte
  ASSERT_EQ(card.network.k, k);
  ASSERT_EQ(card.network.opc, topc);
  AuthVector v = MakeVector(card.network);
  ASSERT_EQ(v.autn.size(), 8u + row.sizes.mac);
  AuthVector spoilt = v;
  spoilt.autn.back() ^= 1;
  EXPECT_EQ(card.Authenticate(0x81, card.Challenge(spoilt)).sw, 0x9862);
  spoilt.autn = Data(v.autn.begin(), v.autn.end() - 1);
  EXPECT_EQ(card.Authenticate(0x81, card.Challenge(spoilt)).sw, 0x6700);
  const Response r = card.Authenticate(0x81, card.Challenge(v));
  ASSERT_EQ(r.sw, 0x9000);
  EXPECT_EQ(ToText(r.data), ToText(NaaCard::Fields({v.res, v.ck, v.ik}, {0xDB})));
  // Again: the network re-synchronizes with what the card answers.
  const Response sync = card.Authenticate(0x81, card.Challenge(v));
  ASSERT_EQ(sync.data.at(0), 0xDC);
  offcard::Subscription behind = card.network;
  behind.sqn = 0;
  ASSERT_TRUE(offcard::Resynchronize(behind, v.rand, ConstBytes(sync.data).subspan(2)));
  EXPECT_EQ(behind.sqn, card.network.sqn);
}

INSTANTIATE_TEST_SUITE_P(Sizes, TuakPackage,
                         testing::Values(TuakRow{"01", {8, 8, 16, 16}, 16, 1},
                                         TuakRow{"00", {8, 4, 16, 16}, 16, 2},
                                         TuakRow{"0A", {16, 16, 16, 16}, 32, 1},
                                         TuakRow{"53", {32, 32, 32, 32}, 32, 3}));

TEST(TuakPackage, WrongParametersOrServiceMissing_Refused) {
  const Data k(16, 0x42), topc(32, 0x24);
  const auto reason = [&](const std::string& options, int iterations, size_t topc_size) {
    NaaProfile profile;
    profile.Tuak(ToText(k), ToText(Data(topc.begin(), topc.begin() + static_cast<long>(topc_size))),
                 options, iterations);
    OwnedCard own;
    EXPECT_TRUE(own.rig.Manufacture());
    const Data package = profile.Package();
    return own.rig.Install(own.rig.Pack(
        {.id = 1, .iccid = offcard::ReadProfileFacts(package).iccid, .package = package}));
  };
  EXPECT_EQ(reason("01", 1, 32), 0);
  EXPECT_NE(reason("81", 1, 32), 0);
  EXPECT_NE(reason("01", 0, 32), 0);
  EXPECT_NE(reason("01", 1, 31), 0);
}

// ---- GBA

NaaProfile WithGba() {
  NaaProfile profile;
  profile.Services("usim", {68}).Services("isim", {2}).Gba(3);
  return profile;
}

Data Ef(NaaCard& card, const char* fid, const char* read) {
  EXPECT_EQ(card.Ask(std::string("00A4000C02") + fid).sw, 0x9000);
  return card.Ask(read).data;
}

struct Naa {
  bool isim;
  const char *gbabp, *gbanl;
};
class Gba : public testing::TestWithParam<Naa> {
 protected:
  void Select(NaaCard& card) { GetParam().isim ? card.SelectIsim() : card.SelectUsim(); }
};

TEST_P(Gba, BootstrapThenDerive_AsTheServerComputes) {
  NaaCard card{WithGba()};
  Select(card);
  const Data derive = NaaCard::Fields({kNaf, kImpi}, {0xDE});
  EXPECT_EQ(card.Authenticate(0x84, derive).sw, 0x6985);  // nothing was bootstrapped

  const AuthVector v = MakeVector(card.network);
  const AuthVector masked = offcard::MaskForGba(v);
  EXPECT_EQ(card.Authenticate(0x84, card.Challenge(v, {0xDD})).sw, 0x9862);  // no server's vector
  EXPECT_EQ(card.Authenticate(0x81, card.Challenge(masked)).sw, 0x9862);
  const Response boot = card.Authenticate(0x84, card.Challenge(masked, {0xDD}));
  ASSERT_EQ(boot.sw, 0x9000);
  EXPECT_EQ(ToText(boot.data), ToText(NaaCard::Fields({v.res}, {0xDB})));
  const Data gbabp = Ef(card, GetParam().gbabp, "00B0000013");
  EXPECT_EQ(ToText(gbabp), "10" + ToText(v.rand) + "0000");

  // What the terminal adds: B-TID and key lifetime (TS 31.102 5.2.25).
  ASSERT_EQ(card.Ask("00D60011090542544944310241 42").sw, 0x9000);
  const Response naf = card.Authenticate(0x84, derive);
  ASSERT_EQ(naf.sw, 0x9000);
  EXPECT_EQ(ToText(naf.data),
            ToText(NaaCard::Fields({offcard::NafKey(v, true, kImpi, kNaf)}, {0xDB})));
  const Data line = Ef(card, GetParam().gbanl, "00B2010400");
  const std::string expected = "8014" + ToText(kNaf) + "81054254494431";
  EXPECT_EQ(ToText(line).substr(0, expected.size()), expected);
  EXPECT_EQ(ToText(line).find_first_not_of('F', expected.size()), std::string::npos);
  // Ks_int_NAF stays inside.
  Session session = card.own.rig.session();
  const fs::File& adf = session.channel.selection.adf;
  keys::Gba gba(session.store, session.keys);
  keys::Gba::NafKey internal;
  ASSERT_EQ(gba.ReadNafKey(adf.space, adf.object, 1, internal), Error::kOk);
  EXPECT_TRUE(Equal(internal.view(), offcard::NafKey(v, false, kImpi, kNaf)));

  // A replayed vector asks to re-synchronize and leaves Ks as it is.
  const Response again = card.Authenticate(0x84, card.Challenge(masked, {0xDD}));
  EXPECT_EQ(again.data.at(0), 0xDC);
  EXPECT_EQ(ToText(card.Authenticate(0x84, derive).data), ToText(naf.data));
}

INSTANTIATE_TEST_SUITE_P(Applications, Gba,
                         testing::Values(Naa{false, "6FD6", "6FDA"}, Naa{true, "6FD5", "6FD7"}));

TEST(Gba, FourthNafOfThree_TakesTheOldestRecord) {
  NaaCard card{WithGba()};
  const AuthVector v = offcard::MaskForGba(MakeVector(card.network));
  ASSERT_EQ(card.Authenticate(0x84, card.Challenge(v, {0xDD})).sw, 0x9000);
  const auto derive = [&](char name) {
    return card
        .Authenticate(0x84, NaaCard::Fields({Data(10, static_cast<uint8_t>(name)), kImpi}, {0xDE}))
        .sw;
  };
  for (char name : {'a', 'b', 'c', 'a', 'd'}) {
    ASSERT_EQ(derive(name), 0x9000);
  }
  const auto name_of = [&](int record) {
    return static_cast<char>(Ef(card, "6FDA", fmt::format("00B2{:02X}0400", record).c_str()).at(2));
  };
  EXPECT_EQ(name_of(1), 'a');
  EXPECT_EQ(name_of(2), 'd');  // b was the one not used for the longest time
  EXPECT_EQ(name_of(3), 'c');
}

TEST(Gba, MalformedAndTooLong_Refused) {
  NaaCard card{WithGba()};
  const AuthVector v = offcard::MaskForGba(MakeVector(card.network));
  ASSERT_EQ(card.Authenticate(0x84, card.Challenge(v, {0xDD})).sw, 0x9000);
  Data good = NaaCard::Fields({kNaf, kImpi}, {0xDE});
  Data longer = good;
  longer.push_back(0);
  EXPECT_EQ(card.Authenticate(0x84, longer).sw, 0x6700);
  EXPECT_EQ(card.Authenticate(0x84, NaaCard::Fields({kNaf}, {0xDE})).sw, 0x6700);
  EXPECT_EQ(card.Authenticate(0x84, NaaCard::Fields({kNaf, {}}, {0xDE})).sw, 0x6700);
  Data tag = good;
  tag[0] = 0xDF;
  EXPECT_EQ(card.Authenticate(0x84, tag).sw, 0x6A80);
  EXPECT_EQ(card.Authenticate(0x84, NaaCard::Fields({Data(60, 'x'), kImpi}, {0xDE})).sw, 0x9866);
  EXPECT_EQ(card.Authenticate(0x84, good).sw, 0x9000);
}

}  // namespace
}  // namespace simurgh::test
