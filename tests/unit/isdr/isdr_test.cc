#include "firmware/apps/isdr/isdr.h"

#include "tests/unit/isdr/app_rig.h"

namespace simurgh::apps {
namespace {

using profile::ImageReason;
using test::AppRig;
using test::Data;
using test::ProfileRig;
using test::Repeat;
using test::Response;

Data StoreData(const Data& der, uint8_t p1 = 0x91, uint8_t p2 = 0) {
  Data apdu = {0x80, 0xE2, p1, p2, static_cast<uint8_t>(der.size())};
  apdu.insert(apdu.end(), der.begin(), der.end());
  return apdu;
}

Data Concat(Data a, const Data& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

class IsdrTest : public testing::Test {
 protected:
  void SetUp() override { card_.rig.Manufacture(); }
  ProfileRig& rig() { return card_.rig; }
  Data Iccid(uint8_t n) {
    const profile::Iccid iccid = rig().NewRecord(n).iccid;
    return Data(iccid.begin(), iccid.end());
  }
  /// EnableProfile / DisableProfile by ICCID.
  Response Change(uint8_t tag, uint8_t n, bool refresh = false) {
    return card_.Send(StoreData(Concat(Concat({0xBF, tag, 0x11, 0xA0, 0x0C, 0x5A, 0x0A}, Iccid(n)),
                                       {0x81, 0x01, static_cast<uint8_t>(refresh ? 0xFF : 0)})));
  }
  static Data Result(uint8_t tag, uint8_t value) { return {0xBF, tag, 0x03, 0x80, 0x01, value}; }
  AppRig card_{kIsdr};
};

TEST_F(IsdrTest, Select_AnswersTheProprietaryTemplate) {
  const Response r = card_.Send({0x00, 0xA4, 0x04, 0x00});
  EXPECT_EQ(r.sw, 0x9000);
  const Data tail = {0xE0, 0x05, 0x82, 0x03, 2, 2, 2};
  ASSERT_GT(r.data.size(), tail.size());
  EXPECT_TRUE(Equal(ConstBytes(r.data).last(tail.size()), tail));
}

TEST_F(IsdrTest, GetEid_AnswersTwentyOneBytes) {
  const Response r = card_.Send(StoreData({0xBF, 0x3E, 0x03, 0x5C, 0x01, 0x5A}));
  EXPECT_EQ(r.sw, 0x9000);
  EXPECT_EQ(r.data, Concat({0xBF, 0x3E, 0x12, 0x5A, 0x10}, Repeat(16, 0x89)));
  EXPECT_EQ(card_.Send(StoreData({0xBF, 0x3E, 0x03, 0x5C, 0x01, 0x5B})).sw, 0x6A80);
  EXPECT_EQ(card_.Send(StoreData({0xBF, 0x7E, 0x00})).sw, 0x6A88);
}

TEST_F(IsdrTest, BlocksOutOfOrder_AreRefused) {
  EXPECT_EQ(card_.Send(StoreData({0xBF, 0x3E, 0x03}, 0x11, 0)).sw, 0x9000);
  const Response whole = card_.Send(StoreData({0x5C, 0x01, 0x5A}, 0x91, 1));
  EXPECT_EQ(whole.data.size(), 21u) << "control";
  EXPECT_EQ(card_.Send(StoreData({0xBF, 0x3E, 0x03}, 0x11, 0)).sw, 0x9000);
  EXPECT_EQ(card_.Send(StoreData({0x5C, 0x01, 0x5A}, 0x91, 2)).sw, 0x6985);
  EXPECT_EQ(card_.Send(StoreData({0x5C, 0x01, 0x5A}, 0x91, 1)).sw, 0x6985) << "starts again";
  EXPECT_EQ(card_.Send(StoreData({0x5C}, 0x90, 0)).sw, 0x6A86);
}

TEST_F(IsdrTest, EnableDisableDelete_AnswerTheResultsOfSgp22) {
  rig().Install(7);
  rig().Install(8);
  EXPECT_EQ(Change(0x31, 9).data, Result(0x31, 1));
  EXPECT_EQ(Change(0x32, 7).data, Result(0x32, 2));
  EXPECT_EQ(Change(0x31, 7).data, Result(0x31, 0));
  EXPECT_EQ(Change(0x31, 7).data, Result(0x31, 2));
  EXPECT_EQ(Change(0x31, 8).data, Result(0x31, 0));
  EXPECT_EQ(rig().StateOf(0), profile::State::kDisabled);
  EXPECT_EQ(card_.Send(StoreData(Concat({0xBF, 0x33, 0x0C, 0x5A, 0x0A}, Iccid(8)))).data,
            Result(0x33, 2));
  EXPECT_EQ(Change(0x32, 8).data, Result(0x32, 0));
  EXPECT_EQ(card_.Send(StoreData(Concat({0xBF, 0x33, 0x0C, 0x5A, 0x0A}, Iccid(8)))).data,
            Result(0x33, 0));
  EXPECT_EQ(card_.Send(StoreData({0xBF, 0x31, 0x00})).sw, 0x6A80);
}

TEST_F(IsdrTest, ProfileThatFailsItsBinding_IsRefusedAndListedAsDiscarded) {
  const uint8_t slot = rig().Install(7);
  const fs::File imsi = profile::FindImsi(rig().files(), static_cast<uint16_t>(slot + 1)).value();
  ASSERT_EQ(rig().files().Write(imsi, 0, ProfileRig::Imsi(1)), Error::kOk);
  EXPECT_TRUE(card_.Send({0x80, 0x44, 0, 0, 0}).data.empty());
  EXPECT_EQ(Change(0x31, 7).data, Result(0x31, 127));
  EXPECT_EQ(card_.Send({0x80, 0x44, 0, 0, 0}).data,
            Concat(Concat({0xE3, 0x0F, 0x5A, 0x0A}, Iccid(7)), {0x80, 0x01, 9}));
}

TEST_F(IsdrTest, GetProfilesInfo_HonoursTagListAndCriteria) {
  rig().Install(7);
  rig().Install(8);
  ASSERT_EQ(Change(0x31, 8).data, Result(0x31, 0));
  ASSERT_EQ(card_
                .Send(StoreData(Concat(Concat({0xBF, 0x29, 0x10, 0x5A, 0x0A}, Iccid(7)),
                                       {0x90, 0x02, 'm', 'e'})))
                .data,
            Result(0x29, 0));
  const Response all = card_.Send(StoreData({0xBF, 0x2D, 0x05, 0x5C, 0x03, 0x5A, 0x9F, 0x70}));
  EXPECT_EQ(
      all.data,
      Concat(Concat(Concat(Concat({0xBF, 0x2D, 0x26, 0xA0, 0x24, 0xE3, 0x10, 0x5A, 0x0A}, Iccid(7)),
                           {0x9F, 0x70, 0x01, 0x00, 0xE3, 0x10, 0x5A, 0x0A}),
                    Iccid(8)),
             {0x9F, 0x70, 0x01, 0x01}));
  const Response one = card_.Send(StoreData(
      Concat(Concat({0xBF, 0x2D, 0x11, 0xA0, 0x0C, 0x5A, 0x0A}, Iccid(7)), {0x5C, 0x01, 0x90})));
  EXPECT_EQ(one.data, (Data{0xBF, 0x2D, 0x08, 0xA0, 0x06, 0xE3, 0x04, 0x90, 0x02, 'm', 'e'}));
  EXPECT_EQ(card_.Send(StoreData({0xBF, 0x2D, 0x04, 0xA0, 0x02, 0x5B, 0x00})).data,
            (Data{0xBF, 0x2D, 0x03, 0x81, 0x01, 0x01}));
}

TEST_F(IsdrTest, EnableWithRefresh_QueuesRefresh) {
  rig().Install(7);
  const Data profile = Repeat(20, 0xFF);
  Data terminal_profile = Concat({0x80, 0x10, 0, 0, 20}, profile);
  apdu::Command command = apdu::ParseCommand(terminal_profile).value();
  command.ins = 0x10;
  (void)card_.proactive.TerminalProfile(card_.session(), command);
  const size_t before = card_.proactive.pending();
  EXPECT_EQ(Change(0x31, 7, false).data, Result(0x31, 0));
  EXPECT_EQ(card_.proactive.pending(), before);
  EXPECT_EQ(Change(0x32, 7, true).data, Result(0x32, 0));
  EXPECT_GT(card_.proactive.pending(), before);
}

TEST_F(IsdrTest, SetMode_NeedsASessionOfTheIsdrSet) {
  EXPECT_EQ(card_.Send({0x80, 0x3C, 1, 0}).sw, 0x6982);
  ASSERT_TRUE(card_.OpenSession(profile::kLoaderKeyVersion, 0x22, 0x01));
  EXPECT_EQ(card_.Wrapped({0x80, 0x3C, 1, 0}, {}, 0x01).sw, 0x6982);
  ASSERT_TRUE(card_.OpenSession(profile::kIsdrKeyVersion, 0x11, 0x01));
  EXPECT_EQ(card_.Wrapped({0x80, 0x3C, 1, 0}, {}, 0x01).sw, 0x9000);
  EXPECT_EQ(rig().profiles().mode(), profile::Mode::kTest);
  EXPECT_FALSE(card_.OpenSession(profile::kIsdrKeyVersion, 0x12, 0x01)) << "wrong keys";
}

TEST_F(IsdrTest, TerminalIdAndAutomaticSelection_Work) {
  rig().Install(7);
  EXPECT_EQ(card_.Send(Concat({0x80, 0x3A, 0, 0, 8}, Repeat(8, 0x35))).sw, 0x9000);
  EXPECT_EQ(rig().profiles().terminal_id().value()[0], 0x35);
  EXPECT_EQ(card_.Send({0x80, 0x3A, 0, 0, 1, 1}).sw, 0x6700);
  EXPECT_EQ(card_.Send({0x80, 0x38, 0, 0, 0}).data, Concat({0x5A, 0x0A}, Iccid(7)));
  EXPECT_EQ(rig().StateOf(0), profile::State::kEnabled);
}

TEST_F(IsdrTest, ManufactureTwice_IsRefused) {
  EXPECT_EQ(card_.Send({0x80, 0x3E, 0, 0, 3, 0x88, 1, 0}).sw, 0x6985);
  AppRig blank(kIsdr);
  EXPECT_EQ(blank.Send({0x80, 0x3E, 0, 0, 3, 0x88, 1, 0}).sw, 0x6A80) << "control: only malformed";
  EXPECT_FALSE(profile::Manufactured(blank.rig.store()));
}

TEST_F(IsdrTest, ImageByTwoCommands_IsReceivedAndTheLoaderOrdersItsInstallation) {
  Data image(30000, 0x5C);
  Copy(image, Data{'S', 'I', 'M', 'G', 1, 3, 1, 1});
  Copy(Bytes(image).subspan(8), rig().identity.eid);
  Put64(image, 24, 5);
  Put32(image, 32, static_cast<uint32_t>(image.size() - profile::kImageHeaderBytes));
  Put32(image, 36, 40);
  for (size_t i = 105; i < 108; ++i) {
    image[i] = 0;
  }
  const Data header(image.begin(), image.begin() + profile::kImageHeaderBytes);
  const Response begun = card_.Send(Concat({0x80, 0x32, 0, 0, 204}, header));
  ASSERT_EQ(begun.sw, 0x9000);
  EXPECT_EQ(begun.data, (Data{0, 0, 0, 204}));
  const size_t rest = image.size() - header.size() + 4;
  Data send = {0x80, 0x34, 0, 0,  0, static_cast<uint8_t>(rest >> 8), static_cast<uint8_t>(rest),
               0,    0,    0, 204};
  send.insert(send.end(), image.begin() + static_cast<long>(header.size()), image.end());
  EXPECT_EQ(card_.Send(send, 2041).sw, 0x9000);
  EXPECT_EQ(rig().images().status().state, profile::ImageStore::State::kComplete);
  EXPECT_EQ(card_.Send(send, 2041).sw, 0x6985) << "complete";
  EXPECT_EQ(card_.Send({0x80, 0x36, 0, 0}).sw, 0x6982) << "not the loader";
  ASSERT_TRUE(card_.OpenSession(profile::kIsdrKeyVersion, 0x11, 0x03));
  EXPECT_EQ(card_.Wrapped({0x80, 0x36, 0, 0}, {}, 0x03).sw, 0x6982) << "another key set";

  ASSERT_EQ(
      profile::InstallPendingImage(rig().images(), rig().keys(), rig().rng(), card_),
      Error::kOk);
  EXPECT_EQ(card_.exchanges, 4);
  EXPECT_EQ(rig().images().status().result.reason, ImageReason::kSignature)
      << "the order arrived, and the image is not signed";
  (void)card_.Send({0x00, 0xA4, 0x04, 0x00});  // closes the session, as the card does after boot
  const Response status = card_.Send({0x80, 0x30, 0, 0, 0});
  EXPECT_EQ(status.sw, 0x9000);
  EXPECT_EQ(tlv::Find(status.data, 0x85).value().value[0],
            static_cast<uint8_t>(ImageReason::kSignature));
}

TEST_F(IsdrTest, LoaderWithoutItsKeys_RemovesTheImageWithAReason) {
  Data image(300, 1);
  ASSERT_EQ(rig().images().Begin(ConstBytes(image).first(204), 300, 9), Error::kOk);
  ASSERT_EQ(rig().images().Write(204, ConstBytes(image).subspan(204)), Error::kOk);
  ASSERT_EQ(rig().keys().Delete(profile::CardKeyId(profile::CardSlot::kLoaderSet, 1)), Error::kOk);
  ASSERT_EQ(
      profile::InstallPendingImage(rig().images(), rig().keys(), rig().rng(), card_),
      Error::kOk);
  EXPECT_EQ(rig().images().status().result.reason, ImageReason::kLoader);
  EXPECT_EQ(rig().images().status().state, profile::ImageStore::State::kEmpty);
}

}  // namespace
}  // namespace simurgh::apps
