// Commands of a session that write: SUSPEND UICC, and class A0's INVALIDATE.
#include <gtest/gtest.h>

#include "firmware/profile/card_data.h"
#include "firmware/profile/subscription.h"
#include "tests/power_cut/engine.h"
#include "tests/unit/card/card_rig.h"

namespace simurgh::test {
namespace {

constexpr const char* kSuspend = "8076000004003C01180A";

std::unique_ptr<CardRig> BootCard(hal::Flash& flash) {
  auto rig = std::make_unique<CardRig>(flash);
  EXPECT_EQ(rig->boot_error(), Error::kOk);
  return rig;
}

/// One profile, enabled.
void Provision(CardRig& rig) {
  const Subscriber one = NewSubscriber(1);
  ASSERT_TRUE(rig.Manufacture());
  ASSERT_EQ(rig.Install(rig.Pack({.id = 1, .iccid = one.iccid, .package = one.package})), 0);
  ASSERT_EQ(rig.Enable(one.iccid), 0);
  rig.card().Reset();
}

CutScenario<CardRig> Base(const std::string& name) {
  CutScenario<CardRig> s;
  s.name = name;
  s.shape = kCardFlash;
  s.boot = BootCard;
  s.setup = Provision;
  s.snapshot = [](CardRig& rig) { return rig.Snapshot(); };
  s.second_most = 4;
  return s;
}

/// The suspended state alone: a snapshot of everything would send commands, which delete it.
std::string SuspendedState(CardRig& rig) {
  const store::Key key = profile::CardKey(profile::CardField::kSuspended);
  Data state(store::Store::kMaxValue);
  const Result<size_t> size = rig.session().store.Read(key, 0, state);
  state.resize(size.ValueOr(0));
  return size.ok() ? ToText(state) : "none";
}

TEST(SessionPowerCut, SuspendAndResume_StateIsWholeOrGone) {
  auto s = Base("suspend");
  s.snapshot = SuspendedState;
  s.act = [](CardRig& rig) { ASSERT_EQ(rig.Send(kSuspend).sw, 0x9000); };
  EXPECT_EQ(ForEveryPowerCut(s).failures, 0u);
  std::string token;
  s.setup = [&token](CardRig& rig) {
    Provision(rig);
    const Response r = rig.Send(kSuspend);
    ASSERT_EQ(r.sw, 0x9000);
    token = ToText(Data(r.data.begin() + 2, r.data.end()));
  };
  s.name = "resume";
  s.act = [&token](CardRig& rig) { ASSERT_EQ(rig.Send("8076010008" + token).sw, 0x9000); };
  EXPECT_EQ(ForEveryPowerCut(s).failures, 0u);
  s.name = "suspension_forgotten";
  s.act = [](CardRig& rig) { ASSERT_EQ(rig.Send("80F2000C").sw, 0x9000); };
  EXPECT_EQ(ForEveryPowerCut(s).failures, 0u);
}

TEST(SessionPowerCut, Invalidate_BeforeOrAfter) {
  auto s = Base("gsm_invalidate");
  s.act = [](CardRig& rig) {
    ASSERT_EQ(rig.Send(kVerifyAdm1).sw, 0x9000);
    ASSERT_EQ(rig.Send("A0A40000027F20").sw, 0x9F16);
    ASSERT_EQ(rig.Send("A0A40000026F07").sw, 0x9F0F);
    ASSERT_EQ(rig.Send("A0040000").sw, 0x9000);
  };
  std::string spent;  // the state between: ADM 1's try counted, and not yet given back
  {
    std::vector<uint8_t> memory(kCardFlashBytes, 0xFF);
    hal::SimFlash flash(kCardFlash, memory);
    const auto rig = BootCard(flash);
    Provision(*rig);
    ASSERT_EQ(rig->Send("0020000A 08 3030303030303030").sw, 0x63C9);
    spent = rig->Snapshot();
  }
  s.also_legal = [spent](const std::string& state) { return state == spent; };
  s.repeat = false;
  s.fault = [](CardRig& rig, ConstBytes) {
    fs::FileSystem& files = rig.session().files;
    return std::string(profile::FindImsi(files, files.space()).ok() ? "" : "EF.IMSI is gone");
  };
  EXPECT_EQ(ForEveryPowerCut(s).failures, 0u);
}

}  // namespace
}  // namespace simurgh::test
