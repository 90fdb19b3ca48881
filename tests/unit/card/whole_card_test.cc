// The whole path in one process: a blank card is manufactured, receives an image of the issuer's,
// installs it at boot, enables the profile and authenticates.
#include <gtest/gtest.h>

#include "offcard/common/profile_builder.h"
#include "offcard/issuer/auc.h"
#include "offcard/issuer/image.h"
#include "offcard/issuer/isdr.h"
#include "offcard/issuer/kit.h"
#include "offcard/issuer/pki.h"
#include "tests/unit/card/issued_card.h"

namespace simurgh::test {
namespace {

TEST(WholeCard, ImageOfTheIssuer_InstallsAndAuthenticates) {
  using namespace offcard;
  IssuedCard issued;
  OwnedCard& own = issued.own;
  RigReader& reader = issued.reader;
  ASSERT_TRUE(isdr::ReadCardData(reader).manufactured);

  const auto description = offcard::saip::Json::parse(
      ReadTextFile(std::string(SIMURGH_SOURCE_DIR) + "/examples/operational.json"));
  const Data package = offcard::saip::BuildProfile(description);
  const Data image = PackImage(package, issued.Request(7));

  const isdr::SendResult sent = isdr::SendImage(reader, image);
  ASSERT_EQ(sent.sw, 0x9000);
  EXPECT_EQ(isdr::ReadImageStatus(reader).state, isdr::ImageStatus::State::kComplete);
  EXPECT_TRUE(isdr::ListProfiles(reader).empty());
  ASSERT_EQ(own.rig.Boot(), Error::kOk);
  ASSERT_EQ(own.rig.LastReason(), 0);
  ASSERT_EQ(isdr::ListProfiles(reader).size(), 1u);
  const Data iccid = isdr::ListProfiles(reader)[0].iccid;
  EXPECT_EQ(isdr::IccidDigits(iccid), description["iccid"].get<std::string>());
  EXPECT_EQ(isdr::EnableProfile(reader, iccid, true), 0);
  reader.Reset();
  ASSERT_EQ(own.rig.Ask(kSelectUsim).sw, 0x9000);
  offcard::Subscription subscription;
  subscription.k = FromHex(description["k"].get<std::string>(), "k");
  subscription.opc = FromHex(description["opc"].get<std::string>(), "opc");
  subscription.sqn = 32;
  const AuthVector vector = MakeVector(subscription);
  EXPECT_TRUE(Matches(vector, Authenticate(reader, vector)));
  // The same vector again: re-synchronization, and the AUC can take it.
  const AuthAnswer again = Authenticate(reader, vector);
  ASSERT_EQ(again.kind, AuthAnswer::Kind::kSynchronization);
  EXPECT_TRUE(Resynchronize(subscription, vector.rand, again.auts));
}

TEST(WholeCard, SpoiltImage_InstallsNothing) {
  OwnedCard own;
  ASSERT_TRUE(own.rig.Manufacture());
  const Subscriber one = NewSubscriber(1);
  Data image = own.rig.Pack({.id = 1, .iccid = one.iccid, .package = one.package});
  image.back() ^= 1;
  EXPECT_EQ(own.rig.Install(image), 8);
  image.back() ^= 1;
  EXPECT_EQ(own.rig.Install(image), 0);
}

TEST(WholeCard, TwoProfiles_OneEnabledAtATime) {
  OwnedCard own;
  ASSERT_TRUE(own.rig.Manufacture());
  const Subscriber one = NewSubscriber(1);
  const Subscriber two = NewSubscriber(2);
  ASSERT_EQ(own.rig.Install(own.rig.Pack({.id = 1, .iccid = one.iccid, .package = one.package})),
            0);
  ASSERT_EQ(own.rig.Install(own.rig.Pack({.id = 2, .iccid = two.iccid, .package = two.package})),
            0);
  EXPECT_EQ(own.rig.Enable(one.iccid), 0);
  own.rig.card().Reset();
  EXPECT_EQ(own.rig.Ask(kSelectUsim).sw, 0x9000);
  EXPECT_EQ(own.rig.Ask("00880081 22 10" + std::string(32, '0') + "10" + std::string(32, '0')).sw,
            0x6982);
  EXPECT_EQ(own.rig.Ask(kVerifyPin1).sw, 0x9000);
  const Response answer = own.rig.Ask(NewVector(one, 5, 1).Command());
  EXPECT_EQ(answer.sw, 0x9000);
  EXPECT_EQ(answer.data[0], 0xDB);
  EXPECT_EQ(Data(answer.data.begin() + 2, answer.data.begin() + 10), NewVector(one, 5, 1).res);
  EXPECT_EQ(own.rig.Enable(two.iccid), 0);
  own.rig.card().Reset();
  EXPECT_EQ(own.rig.Ask(kSelectUsim).sw, 0x9000);
  EXPECT_EQ(own.rig.Ask(kVerifyPin1).sw, 0x9000);
  EXPECT_EQ(own.rig.Ask(NewVector(one, 6, 1).Command()).sw, 0x9862);
  EXPECT_EQ(own.rig.Ask(NewVector(two, 6, 1).Command()).sw, 0x9000);
  EXPECT_EQ(own.rig.Delete(two.iccid), 2);
  EXPECT_EQ(own.rig.Disable(two.iccid), 0);
  EXPECT_EQ(own.rig.Delete(two.iccid), 0);
  EXPECT_EQ(own.rig.Delete(two.iccid), 1);
}

TEST(WholeCard, FlashInOtherDevice_HasNoKeys) {
  OwnedCard own;
  ASSERT_TRUE(own.rig.Manufacture());
  const Subscriber one = NewSubscriber(1);
  ASSERT_EQ(own.rig.Install(own.rig.Pack({.id = 1, .iccid = one.iccid, .package = one.package})),
            0);
  ASSERT_EQ(own.rig.Enable(one.iccid), 0);
  for (const bool other : {true, false}) {
    own.rig.machine().identity.root_key[0] ^= 1;  // there, and back
    ASSERT_EQ(own.rig.Boot(), Error::kOk);
    ASSERT_EQ(own.rig.Ask(kSelectUsim).sw, 0x9000);
    ASSERT_EQ(own.rig.Ask(kVerifyPin1).sw, 0x9000);
    EXPECT_EQ(own.rig.Ask(NewVector(one, 5, 1).Command()).sw == 0x9000, !other);
    ASSERT_TRUE(own.rig.SelectIsdr());
    EXPECT_EQ(own.rig.OpenSession(0x30, CardRig::kIsdrKey, 0x03), !other);
  }
}

}  // namespace
}  // namespace simurgh::test
