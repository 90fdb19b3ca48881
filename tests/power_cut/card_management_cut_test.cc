// Power cuts while the card learns its terminal, changes its mode, finds itself on a copied flash,
// and counts.
#include <gtest/gtest.h>

#include "firmware/profile/card_data.h"
#include "firmware/profile/record.h"
#include "tests/power_cut/card_scenario.h"

namespace simurgh::test {
namespace {

constexpr const char* kFirstTerminal = "21436587092143F5";
constexpr const char* kSecondTerminal = "21436587092143F6";

uint16_t SetTerminal(CardRig& rig, const std::string& id) {
  return rig.SelectIsdr() ? rig.Ask("803A000008" + id).sw : 0;
}

/// Metadata as CardRig::Pack writes it, with the terminal the profile is bound to.
Data BoundToTerminal(const Subscriber& s, const std::string& terminal) {
  return Join({Hex("5A0A"), s.iccid, Hex("950100 C00300F110 C208"), Hex(terminal)});
}

/// The first profile is enabled and bound to the first terminal, the second to no terminal.
void ProvisionForTerminal(CardRig& rig) {
  ASSERT_TRUE(rig.Manufacture());
  CardRig::Image bound;
  bound.id = 1;
  bound.metadata = BoundToTerminal(One(), kFirstTerminal);
  bound.package = One().package;
  ASSERT_EQ(rig.Install(rig.Pack(bound)), 0);
  ASSERT_EQ(rig.Install(ImageOf(rig, Two(), 2)), 0);
  ASSERT_EQ(SetTerminal(rig, kFirstTerminal), 0x9000);
  ASSERT_EQ(rig.Enable(One().iccid), 0);
}

TEST(CardPowerCut, TerminalLearned_OldOrNew) {
  auto s = Base("terminal_learned");
  s.setup = Provision;
  s.act = [](CardRig& rig) { ASSERT_EQ(SetTerminal(rig, kFirstTerminal), 0x9000); };
  RunAndExpectPass(s);
}

TEST(CardPowerCut, OtherTerminal_ProfileIsDiscardedAndTheNextOneEnabled) {
  auto s = Base("terminal_other");
  s.setup = ProvisionForTerminal;
  s.act = [](CardRig& rig) {
    ASSERT_EQ(SetTerminal(rig, kSecondTerminal), 0x9000);
    ASSERT_EQ(rig.session().profiles.active().ValueOr(9), 1);
  };
  // The mark on the discarded profile is durable before the terminal id is.
  AllowStates(s, {[](CardRig& rig) {
                const uint8_t mark[] = {2, static_cast<uint8_t>(profile::Reason::kWrongTerminal)};
                const auto part = static_cast<uint16_t>(profile::RecordPart::kStatus);
                ASSERT_EQ(rig.session().store.PutNow({0, profile::kProfileObject, part}, mark),
                          Error::kOk);
              }});
  s.fault = [](CardRig& rig, ConstBytes) {  // from wherever, the terminal's word leads to the end
    SetTerminal(rig, kSecondTerminal);
    const bool ended = rig.session().profiles.active().ValueOr(9) == 1 &&
                       rig.session().profiles.terminal_id().ok() &&
                       ToText(rig.session().profiles.terminal_id().value()) == kSecondTerminal;
    return std::string(ended ? "" : "the second profile is not the enabled one");
  };
  s.repeat = false;  // the fault check has done it
  RunAndExpectPass(s);
}

TEST(CardPowerCut, SetMode_ModeAndProfileChangeTogether) {
  auto s = Base("set_mode");
  s.setup = [](CardRig& rig) {
    ASSERT_TRUE(rig.Manufacture());
    CardRig::Image image;
    image.kind = 2;  // provisioning: not to be used in test mode
    image.iccid = One().iccid;
    image.package = One().package;
    ASSERT_EQ(rig.Install(rig.Pack(image)), 0);
    ASSERT_EQ(rig.Enable(One().iccid), 0);
    ASSERT_TRUE(rig.OpenSession(0x30, CardRig::kIsdrKey, 0x01));  // its counter exists from here on
  };
  s.act = [](CardRig& rig) {
    ASSERT_TRUE(rig.SelectIsdr());
    ASSERT_TRUE(rig.OpenSession(0x30, CardRig::kIsdrKey, 0x01));
    ASSERT_TRUE(rig.Wrapped("803C0100", {}).ok());
    ASSERT_FALSE(rig.session().profiles.active().ok());
  };
  RunAndExpectPass(s);
}

/// The flash of one card in another one: both profiles are discarded for good, whenever power fails.
TEST(CardPowerCut, CopiedFlash_EveryProfileIsDiscarded) {
  constexpr uint8_t kOtherCard = 2;
  auto s = Base("copied_flash");
  bool moved = false;
  s.restart = [&moved] { moved = false; };
  s.boot = [&moved](hal::Flash& flash) {
    return std::make_unique<CardRig>(flash, moved ? kOtherCard : 1);
  };
  s.act = [&moved](CardRig& rig) {
    moved = true;
    CardRig other(rig.machine().platform().flash, kOtherCard);
    ASSERT_EQ(other.boot_error(), Error::kOk);
  };
  s.snapshot = [&moved](CardRig& rig) {
    return moved ? CardRig(rig.machine().platform().flash, kOtherCard).Snapshot() : rig.Snapshot();
  };
  s.fault = [](CardRig& rig, ConstBytes) -> std::string {
    for (const Data& iccid : {One().iccid, Two().iccid}) {
      if (rig.Enable(iccid) == 0) {
        return "a copied profile can be enabled";
      }
    }
    return "";
  };
  RunAndExpectPass(s);
}

// ---- Counters

/// The counter of the answer to INITIALIZE UPDATE, 0 when it was refused.
uint32_t NextSequence(CardRig& rig) {
  const Response r = rig.SelectIsdr() ? rig.Ask("8050300008 0102030405060708") : Response{};
  return r.ok() && r.data.size() == 32 ? Get32(r.data, 28) & 0xFFFFFF : 0;
}

TEST(CardPowerCut, SessionCounter_NoValueIsGivenTwice) {
  auto s = Base("session_counter");
  uint32_t told = 0;
  s.act = [&told](CardRig& rig) {
    told = 0;
    for (int i = 0; i < 4; ++i) {
      const uint32_t next = NextSequence(rig);
      ASSERT_GT(next, told);
      told = next;
    }
  };
  s.fault = [&told](CardRig& rig, ConstBytes) {
    const uint32_t next = NextSequence(rig);
    return next > told ? std::string()
                       : "counter " + std::to_string(next) + " after " + std::to_string(told);
  };
  s.repeat = false;  // it would count `told` again
  RunAndExpectPass(s);
}

}  // namespace
}  // namespace simurgh::test
