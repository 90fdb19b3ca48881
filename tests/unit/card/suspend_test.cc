// SUSPEND UICC where tests/scripts/suspend.apdu does not reach.
#include <gtest/gtest.h>

#include "firmware/profile/card_data.h"
#include "tests/unit/card/card_rig.h"

namespace simurgh::test {
namespace {

const std::string kSuspend = "8076000004003C01180A";

class Suspend : public testing::Test {
 public:
  void SetUp() override {
    ASSERT_TRUE(own.rig.Manufacture());
    for (uint8_t n = 1; n <= 2; ++n) {
      const Subscriber s = NewSubscriber(n);
      ASSERT_EQ(card.Install(card.Pack({.id = n, .iccid = s.iccid, .package = s.package})), 0);
    }
    ASSERT_EQ(card.Enable(NewSubscriber(1).iccid), 0);
    card.card().Reset();
  }
  std::string Token(const Response& r) { return ToText(Data(r.data.begin() + 2, r.data.end())); }
  Response ResumeWith(const std::string& token) { return card.Send("8076010008" + token); }
  OwnedCard own;
  CardRig& card = own.rig;
};

TEST_F(Suspend, AllChannels_ComeBackAsTheyWere) {
  ASSERT_EQ(card.Ask(kVerifyPin1).sw, 0x9000);
  for (int n = 1; n < config::kChannels; ++n) {
    ASSERT_EQ(card.Ask("0070000001").data, Data{static_cast<uint8_t>(n)});
    const std::string cla = ToText(Data{static_cast<uint8_t>(n < 4 ? n : 0x40 + n - 4)});
    ASSERT_TRUE(card.Ask(cla + "A4040407A0000000871002").ok());
    ASSERT_TRUE(card.Ask(cla + "A40000026F07").ok());
  }
  const Response r = card.Send(kSuspend);
  ASSERT_EQ(r.sw, 0x9000);
  ASSERT_EQ(r.data.size(), 10u);
  ASSERT_EQ(card.Boot(), Error::kOk);
  ASSERT_EQ(ResumeWith(Token(r)).sw, 0x9000);
  EXPECT_EQ(card.Send("4FB0000009").data, card.Ask("01B0000009").data);
  EXPECT_EQ(card.Send("4FB0000009").data.size(), 9u);
  EXPECT_EQ(card.session(19).channel.app, card.session(1).channel.app);
  EXPECT_NE(card.session(19).channel.app, nullptr);
  EXPECT_EQ(card.session(19).channel.selection.ef.fid, 0x6F07);
}

TEST_F(Suspend, Reset_WithoutResume_IsAFreshSession) {
  ASSERT_EQ(card.Ask(kSelectUsim).sw, 0x9000);
  const Response r = card.Send(kSuspend);
  ASSERT_EQ(card.Boot(), Error::kOk);
  EXPECT_FALSE(card.session().channel.selection.adf.exists());
  EXPECT_EQ(ResumeWith(Token(r)).sw, 0x9000);  // the control
  EXPECT_TRUE(card.session().channel.selection.adf.exists());
}

TEST_F(Suspend, OtherProfileOrDamagedState_IsRefused) {
  Response r = card.Send(kSuspend);
  const store::Key key = profile::CardKey(profile::CardField::kSuspended);
  Data state(512);
  state.resize(card.session().store.Read(key, 0, state).ValueOr(0));
  ASSERT_GT(state.size(), 40u);
  const auto with = [&](size_t at, uint8_t flip, size_t cut) {
    Data spoilt(state.begin(), state.end() - static_cast<long>(cut));
    if (flip != 0) {
      spoilt[at] ^= flip;
    }
    EXPECT_EQ(card.session().store.Put(key, spoilt, store::Kind::kSecret), Error::kOk);
    EXPECT_EQ(card.Boot(), Error::kOk);
    return ResumeWith(Token(r)).sw;
  };
  EXPECT_EQ(with(0, 0x02, 0), 0x6985);                  // version
  EXPECT_EQ(with(10, 0x03, 0), 0x6985);                 // profile
  EXPECT_EQ(with(state.size() - 19, 0x40, 0), 0x6985);  // channel number
  EXPECT_EQ(with(state.size() - 18, 0x0F, 0), 0x6985);  // application
  EXPECT_EQ(with(state.size() - 14, 0x70, 0), 0x6985);  // a directory that is not there
  EXPECT_EQ(with(0, 0, 1), 0x6985);
  EXPECT_EQ(with(0, 0, state.size()), 0x6985);
  EXPECT_EQ(with(1, 0x01, 0), 0x6982);  // token
  EXPECT_EQ(card.session().channels[0].selection.dir.fid, fs::kMfFid);
  EXPECT_EQ(with(0, 0, 0), 0x9000);  // the control
}

TEST_F(Suspend, OtherProfileAtTheNextBoot_DeletesTheState) {
  const Response r = card.Send(kSuspend);
  ASSERT_EQ(r.sw, 0x9000);
  {  // what the boot after a failed binding check does: another profile is the enabled one
    Session session = card.session();
    const uint8_t second = 1;
    ASSERT_EQ(
        session.store.Put(profile::CardKey(profile::CardField::kActive), ConstBytes(&second, 1)),
        Error::kOk);
  }
  ASSERT_EQ(card.Boot(), Error::kOk);
  ASSERT_EQ(card.session().profiles.active().ValueOr(9), 1);
  EXPECT_FALSE(card.session().store.Has(profile::CardKey(profile::CardField::kSuspended)));
  EXPECT_EQ(ResumeWith(Token(r)).sw, 0x6985);
}

TEST_F(Suspend, InScp03Session_Refused) {
  ASSERT_TRUE(card.SelectIsdr());
  EXPECT_EQ(card.Send(kSuspend).sw, 0x9000);
  ASSERT_TRUE(card.SelectIsdr());
  ASSERT_TRUE(card.OpenSession(0x30, CardRig::kIsdrKey, 0x01));
  EXPECT_EQ(card.Wrapped("80760000", Hex("003C0118")).sw, 0x6985);
}

}  // namespace
}  // namespace simurgh::test
