// GBA under power cuts: Ks and the RAND that EF.GBABP shows, a NAF's key and its line in EF.GBANL.
#include "offcard/issuer/auc.h"
#include "offcard/issuer/image.h"
#include "tests/power_cut/card_scenario.h"
#include "tests/unit/usim/naa_profile.h"

namespace simurgh::test {
namespace {

/// One profile with GBA, its USIM bootstrapped once.
void ProvisionGba(CardRig& rig, offcard::Subscription& network, offcard::AuthVector& first) {
  NaaProfile profile;
  profile.Services("usim", {68}).Gba(2);
  const Data package = profile.Package();
  const offcard::ProfileFacts facts = offcard::ReadProfileFacts(package);
  ASSERT_TRUE(rig.Manufacture());
  ASSERT_EQ(rig.Install(rig.Pack({.id = 1, .iccid = facts.iccid, .package = package})), 0);
  ASSERT_EQ(rig.Enable(facts.iccid), 0);
  rig.card().Reset();
  network = offcard::SubscriptionOf(facts);
  first = offcard::MakeVector(network, Data(16, 0x11));
}
Response Bootstrap(CardRig& rig, const offcard::AuthVector& v) {
  SelectUsim(rig);
  const Data autn = offcard::MaskForGba(v).autn;
  return rig.Ask(Join({Hex("0088008423DD10"), v.rand, Data{0x10}, autn}));
}
const Data kNafId(8, 'n');
Response DeriveNaf(CardRig& rig) {
  SelectUsim(rig);
  return rig.Ask(Join({Hex("008800840CDE08"), kNafId, Hex("0169")}));
}

/// EF.GBABP and Ks change together: what the card derives always fits the RAND that it shows.
TEST(CardPowerCut, GbaBootstrap_RandAndKsBelongTogether) {
  auto s = Base("gba_bootstrap");
  offcard::Subscription network;
  offcard::AuthVector first, second;
  s.setup = [&](CardRig& rig) {
    ProvisionGba(rig, network, first);
    second = offcard::MakeVector(network, Data(16, 0x22));
    ASSERT_EQ(Bootstrap(rig, first).sw, 0x9000);
  };
  s.act = [&](CardRig& rig) { ASSERT_EQ(Bootstrap(rig, second).sw, 0x9000); };
  // The sequence number is durable first.
  AllowStates(s, {[&](CardRig& rig) {
                SelectUsim(rig);
                const Data data = Join({Hex("10"), second.rand, Hex("10"), second.autn});
                ASSERT_EQ(rig.Ask(Join({Hex("0088008122"), data})).sw, 0x9000);
              }});
  s.repeat = false;  // a vector is good once
  s.fault = [&](CardRig& rig, ConstBytes) -> std::string {
    SelectUsim(rig);
    rig.Ask("00A4000C026FD6");
    const Data shown = rig.Ask("00B0000111").data;
    const Data rand(shown.begin(), shown.begin() + 16);
    const bool is_second = Equal(rand, second.rand);
    if (!is_second && !Equal(rand, first.rand)) {
      return "EF.GBABP shows another RAND";
    }
    const Response naf = DeriveNaf(rig);
    const Data expected = offcard::NafKey(is_second ? second : first, true, Data(1, 'i'), kNafId);
    return naf.sw == 0x9000 && Equal(ConstBytes(naf.data).subspan(2), expected)
               ? ""
               : "Ks is not that of the RAND: " + ToText(naf.data);
  };
  RunAndExpectPass(s);
}

TEST(CardPowerCut, GbaDerivation_KeyAndLineTogether) {
  auto s = Base("gba_naf");
  offcard::Subscription network;
  offcard::AuthVector first;
  s.setup = [&](CardRig& rig) {
    ProvisionGba(rig, network, first);
    ASSERT_EQ(Bootstrap(rig, first).sw, 0x9000);
  };
  s.act = [&](CardRig& rig) { ASSERT_EQ(DeriveNaf(rig).sw, 0x9000); };
  RunAndExpectPass(s);
}

}  // namespace
}  // namespace simurgh::test
