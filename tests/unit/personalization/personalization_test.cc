#include "firmware/apps/personalization/personalization.h"

#include "tests/unit/isdr/app_rig.h"

namespace simurgh::apps {
namespace {

using test::AppRig;
using test::Data;
using test::ProfileRig;
using test::Repeat;
using test::Response;

const Data kCode = {1, 2, 3, 4, 5, 6};

class PersonalizationTest : public testing::Test {
 protected:
  void SetUp() override {
    rig().Manufacture();
    slot_ = rig().Install(7);
    ASSERT_EQ(rig().profiles().Enable(slot_), Error::kOk);
  }
  ProfileRig& rig() { return card_.rig; }
  static Data Message(const Data& code, uint8_t n, const Data& opc = {}) {
    Data data(200);
    Writer w(data);
    tlv::Add(w, 0x80, Data{1});
    tlv::Add(w, 0x81, code);
    tlv::Add(w, 0x82, ProfileRig::Imsi(n));
    tlv::Add(w, 0x83, Repeat(16, n));
    if (!opc.empty()) {
      tlv::Add(w, 0x84, opc);
    }
    return Data(w.written().begin(), w.written().end());
  }
  bool Open(uint8_t level = 0x03) {
    return card_.OpenSession(profile::kPersonalizationKeyVersion, 0x33, level);
  }
  uint16_t Personalize(const Data& message) {
    return card_.Wrapped({0x80, 0x40, 0, 0}, message, 0x03).sw;
  }
  /// Number whose IMSI and K the profile has; -1 when they do not belong together.
  int Subscription() {
    const uint16_t space = static_cast<uint16_t>(slot_ + 1);
    profile::Imsi imsi{};
    EXPECT_EQ(profile::ReadImsi(rig().files(), space, imsi), Error::kOk);
    keys::Aka aka(rig().store(), rig().keys());
    keys::KeyValue key;
    EXPECT_EQ(aka.ReadKey(space, profile::FindUsim(rig().files(), space).value().object, key),
              Error::kOk);
    return Equal(key.view().first(16), Repeat(16, imsi[8])) ? imsi[8] : -1;
  }
  AppRig card_{kPersonalization};
  uint8_t slot_ = 0;
};

TEST_F(PersonalizationTest, RightCode_ReplacesBothAnyNumberOfTimes) {
  ASSERT_TRUE(Open());
  EXPECT_EQ(Subscription(), 7);
  for (uint8_t n = 0x20; n < 0x30; ++n) {
    ASSERT_EQ(Personalize(Message(kCode, n)), 0x9000);
    ASSERT_EQ(Subscription(), n);
    ASSERT_EQ(rig().profiles().CheckBinding(slot_).reason, profile::Reason::kNone);
  }
  rig().Boot();
  EXPECT_EQ(Subscription(), 0x2F);
  EXPECT_EQ(rig().profiles().AutoSelect(profile::ProfileStore::Occasion::kBoot).value(), slot_);
}

TEST_F(PersonalizationTest, NewOpc_IsStoredAndAbsentOpcStays) {
  ASSERT_TRUE(Open());
  const auto opc = [&] {
    // The first key of the profile is that of its first authentication instance: K, then OPc.
    constexpr uint16_t kFirstSlot = 0x0100;
    const keys::KeyId first{static_cast<uint16_t>(slot_ + 1), kFirstSlot};
    keys::KeyValue key;
    EXPECT_EQ(rig().keys().Open(first, keys::Purpose::kAka, key), Error::kOk);
    return Data(key.view().begin() + 16, key.view().end());
  };
  ASSERT_EQ(Personalize(Message(kCode, 8)), 0x9000);
  EXPECT_EQ(opc(), Repeat(16, 0x0C));
  ASSERT_EQ(Personalize(Message(kCode, 9, Repeat(16, 0x77))), 0x9000);
  EXPECT_EQ(opc(), Repeat(16, 0x77));
}

TEST_F(PersonalizationTest, WithoutEncryptedSession_IsRefused) {
  Data plain = {0x80, 0x40, 0, 0};
  const Data message = Message(kCode, 8);
  plain.push_back(static_cast<uint8_t>(message.size()));
  plain.insert(plain.end(), message.begin(), message.end());
  EXPECT_EQ(card_.Send(plain).sw, 0x6982);
  ASSERT_TRUE(Open(0x01));
  EXPECT_EQ(card_.Wrapped({0x80, 0x40, 0, 0}, message, 0x01).sw, 0x6982) << "C-MAC only";
  EXPECT_EQ(Subscription(), 7);
  ASSERT_TRUE(Open(0x03));
  EXPECT_EQ(Personalize(message), 0x9000) << "control";
}

TEST_F(PersonalizationTest, WrongCodes_CountDownThenLockForGood) {
  ASSERT_TRUE(Open());
  const Data wrong = {1, 2, 3, 4, 5, 7};
  for (uint8_t left = config::kAdminCodeTries; left-- > 0;) {
    EXPECT_EQ(Personalize(Message(wrong, 8)), 0x63C0 + left);
    rig().Boot();  // the try is spent whatever happens to the power
    (void)card_.Send({0x00, 0xA4, 0x04, 0x00});
    EXPECT_EQ(card_.Send({0x80, 0x42, 0, 0, 0}).data,
              (Data{0x80, 1, left, 0x81, 1, config::kAdminCodeTries}));
    ASSERT_TRUE(Open());
  }
  EXPECT_EQ(Personalize(Message(kCode, 8)), 0x6983);
  EXPECT_EQ(Subscription(), 7);
}

TEST_F(PersonalizationTest, RightCodeAfterWrongOnes_ResetsTheTries) {
  ASSERT_TRUE(Open());
  EXPECT_EQ(Personalize(Message({9, 9, 9, 9}, 8)), 0x63C4);
  EXPECT_EQ(Personalize(Message(kCode, 8)), 0x9000);
  EXPECT_EQ(Personalize(Message({9, 9, 9, 9}, 9)), 0x63C4);
  EXPECT_EQ(Subscription(), 8);
}

TEST_F(PersonalizationTest, MalformedMessage_SpendsNoTry) {
  ASSERT_TRUE(Open());
  Data other_command = Message(kCode, 8);
  other_command[2] = 2;
  Data bad_imsi = Message(kCode, 8);
  bad_imsi[13] = 9;  // length byte of EF.IMSI
  Data trailing = Message(kCode, 8);
  trailing.push_back(0x90);
  trailing.push_back(0x00);
  Data short_message = Message(kCode, 8);
  short_message.resize(short_message.size() - 1);
  Data other_algorithm = Message(kCode, 8);
  for (const uint8_t b : {0x85, 0x01, 0x03}) {
    other_algorithm.push_back(b);
  }
  for (const Data& message : {other_command, bad_imsi, trailing, short_message, other_algorithm}) {
    EXPECT_EQ(Personalize(message), 0x6A80);
  }
  EXPECT_EQ(Subscription(), 7);
  EXPECT_EQ(Personalize(Message({9, 9, 9, 9}, 8)), 0x63C4) << "all tries were left";
  EXPECT_EQ(Personalize(Message(kCode, 8)), 0x9000) << "control";
}

TEST_F(PersonalizationTest, NoEnabledProfile_IsRefusedWithoutATry) {
  ASSERT_EQ(rig().profiles().Disable(slot_), Error::kOk);
  ASSERT_TRUE(Open());
  EXPECT_EQ(Personalize(Message({9, 9, 9, 9}, 8)), 0x6985);
  ASSERT_EQ(rig().profiles().Enable(slot_), Error::kOk);
  EXPECT_EQ(Personalize(Message({9, 9, 9, 9}, 8)), 0x63C4);
}

TEST_F(PersonalizationTest, AnyPowerCut_LeavesBothOrNeither) {
  const Data before = rig().memory;
  int cuts = 0;
  int changed = 0;
  for (uint32_t seed = 0; seed < 3; ++seed) {
    for (uint64_t n = 1; n < 60; ++n) {
      rig().memory = before;
      rig().Boot();
      ASSERT_TRUE(Open());
      rig().flash.CutAfter(n, seed);
      uint16_t sw = 0;
      bool cut = false;
      try {
        sw = Personalize(Message(kCode, 0x31));
      } catch (const hal::PowerCut&) {
        ++cuts;
        cut = true;
      }
      rig().Boot();
      const int now = Subscription();
      ASSERT_TRUE(now == 0x31 || (cut && now == 7)) << n << " " << std::hex << sw << " " << now;
      ASSERT_EQ(rig().profiles().CheckBinding(slot_).reason, profile::Reason::kNone) << n;
      changed += now == 0x31;
      if (!cut) {
        break;
      }
    }
  }
  EXPECT_GT(cuts, 20);
  EXPECT_GT(changed, 2);
}

}  // namespace
}  // namespace simurgh::apps
