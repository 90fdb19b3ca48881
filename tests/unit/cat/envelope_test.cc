#include "tests/unit/cat/cat_rig.h"

namespace simurgh::cat {
namespace {

using test::Answer;
using test::Bytes;
using test::kEverything;
using test::kFirst;
using test::kSecond;
using test::Rig;

const char* const kMenuSelection = "D3 07 82 02 01 81 90 01 22";
const char* const kTimerExpired = "D7 0C 82 02 82 81 A4 01 01 A5 03 00 50 00";
const char* const kUserActivity = "D6 07 99 01 04 82 02 82 81";
const char* const kSmsPp = "D1 11 82 02 83 81 06 02 91 11 8B 07 04 02 91 11 00 F6 00";

/// Both applications have a menu, the second a timer and an event; nothing is pending.
class Envelopes : public testing::Test {
 protected:
  Envelopes() {
    for (Session::Application& app : rig.session.apps) {
      app.menu = [](Composer& c) { c.Item(2, Ascii("X")); };
      app.heard = [](const Heard&, Writer&) { return apdu::Sw::kOk; };
    }
    EXPECT_EQ(rig.Profile(kEverything), 0x9000);
    EXPECT_TRUE(rig.p.StartTimer(300, kSecond).ok());
    EXPECT_EQ(rig.p.ListenTo(rig.session, kSecond, Bit(Event::kUserActivity)), Error::kOk);
    while (!rig.Next().empty()) { EXPECT_EQ(rig.Respond("00"), 0x9000); }
  }
  std::vector<Heard>& first() { return rig.session.apps[0].envelopes; }
  std::vector<Heard>& second() { return rig.session.apps[1].envelopes; }
  size_t heard() { return first().size() + second().size(); }
  Rig rig;
};

TEST_F(Envelopes, MenuSelection_GoesToTheOwnerOfTheItem) {
  EXPECT_EQ(rig.Envelope(kMenuSelection).sw, 0x9000);
  ASSERT_EQ(second().size(), 1u);
  EXPECT_EQ(second()[0].kind, Heard::Kind::kMenu);
  EXPECT_EQ(second()[0].id, 2);
  EXPECT_FALSE(second()[0].help);
  EXPECT_EQ(rig.Envelope("D3 09 82 02 01 81 90 01 02 15 00").sw, 0x9000);
  ASSERT_EQ(first().size(), 1u);
  EXPECT_TRUE(first()[0].help);
  EXPECT_EQ(rig.Envelope("D3 07 82 02 01 81 90 01 42").sw, 0x6A80) << "nobody's item";
}

TEST_F(Envelopes, TimerExpiration_GoesToItsOwnerOnce) {
  EXPECT_EQ(rig.Envelope(kTimerExpired).sw, 0x9000);
  ASSERT_EQ(second().size(), 1u);
  EXPECT_EQ(second()[0].kind, Heard::Kind::kTimer);
  EXPECT_EQ(second()[0].id, 1);
  EXPECT_EQ(rig.Envelope(kTimerExpired).sw, 0x6A80) << "it has run out";
  EXPECT_EQ(heard(), 1u);
}

TEST_F(Envelopes, Event_GoesToWhoListens) {
  EXPECT_EQ(rig.Envelope(kUserActivity).sw, 0x9000);
  ASSERT_EQ(second().size(), 1u);
  EXPECT_EQ(second()[0].kind, Heard::Kind::kEvent);
  EXPECT_EQ(second()[0].id, 4);
  EXPECT_TRUE(first().empty());
  EXPECT_EQ(rig.Envelope("D6 07 99 01 05 82 02 82 81").sw, 0x9000) << "nobody listens: no harm";
  EXPECT_EQ(rig.Envelope("D6 07 99 01 7F 82 02 82 81").sw, 0x9000);
  EXPECT_EQ(heard(), 1u);
}

TEST_F(Envelopes, Sms_IsOfferedInTurn) {
  rig.session.apps[0].heard = nullptr;  // answers 6A81
  rig.session.apps[1].heard = [](const Heard& h, Writer& out) {
    out.Add(h.tpdu);
    return apdu::Sw::kOk;
  };
  EXPECT_EQ(rig.Envelope(kSmsPp), (Answer{0x9000, Bytes("04 02 91 11 00 F6 00")}));
  EXPECT_EQ(first().size(), 1u);
  rig.session.apps[1].heard = nullptr;
  EXPECT_EQ(rig.Envelope(kSmsPp).sw, 0x6A81) << "nobody's";
}

TEST_F(Envelopes, ServicesTheCardHasNot_Are6A81) {
  for (const char* tag : {"D2", "D4", "D5", "D8", "D9"}) {
    EXPECT_EQ(rig.Envelope(std::string(tag) + " 04 82 02 82 81").sw, 0x6A81) << tag;
    EXPECT_EQ(rig.Envelope(std::string(tag) + " 03 82 02 82").sw, 0x6A80) << tag;
  }
  EXPECT_EQ(heard(), 0u);
}

TEST_F(Envelopes, WhileACommandIsUnderWay_TheToolkitIsBusy) {
  ASSERT_EQ(rig.p.MoreTime(), Error::kOk);
  ASSERT_FALSE(rig.Next().empty());
  for (const char* data : {kMenuSelection, kTimerExpired, kSmsPp}) {
    EXPECT_EQ(rig.Envelope(data).sw, 0x9300) << data;
  }
  EXPECT_EQ(heard(), 0u);
  EXPECT_EQ(rig.Envelope(kUserActivity).sw, 0x9000) << "an event needs no answer";
  ASSERT_EQ(rig.Respond("00"), 0x9000);
  for (const char* data : {kMenuSelection, kTimerExpired, kSmsPp}) {
    EXPECT_EQ(rig.Envelope(data).sw, 0x9000) << "control " << data;
  }
}

TEST_F(Envelopes, WithAFullQueue_TheToolkitIsBusy) {
  for (size_t i = 0; i < Proactive::kQueue; ++i) {
    ASSERT_EQ(rig.p.Provide(LocalInformation::kImei, kFirst, static_cast<uint16_t>(i)), Error::kOk);
  }
  EXPECT_EQ(rig.Envelope(kMenuSelection).sw, 0x9300);
  ASSERT_FALSE(rig.Next().empty());
  ASSERT_EQ(rig.Respond("30"), 0x9000);
  EXPECT_EQ(rig.Envelope(kMenuSelection).sw, 0x9000) << "control";
}

TEST_F(Envelopes, EveryTruncation_IsRefusedAndNobodyHears) {
  for (const char* text : {kMenuSelection, kTimerExpired, kUserActivity, kSmsPp}) {
    const Raw whole = Bytes(text);
    for (size_t n = 1; n < whole.size(); ++n) {
      Raw part(whole.begin(), whole.begin() + static_cast<long>(n));
      EXPECT_EQ(rig.Envelope(part).sw, 0x6A80) << text << " " << n;
      if (n < 2) { continue; }
      part[1] = static_cast<uint8_t>(n - 2);  // a whole envelope with broken or missing objects
      EXPECT_EQ(rig.Envelope(part).sw, 0x6A80) << text << " inner " << n;
    }
    Raw longer = whole;
    longer.push_back(0x00);
    EXPECT_EQ(rig.Envelope(longer).sw, 0x6A80) << text;
  }
  EXPECT_EQ(heard(), 0u);
  EXPECT_EQ(rig.Envelope(kTimerExpired).sw, 0x9000) << "control";
}

TEST_F(Envelopes, WrongDevicesAndValues_AreRefused) {
  for (const char* bad : {
           "D3 07 82 02 82 81 90 01 22",                 // not the keypad
           "D3 07 82 02 01 82 90 01 22",                 // not to the UICC
           "D3 06 82 01 01 90 01 22",                    // one device
           "D3 08 82 02 01 81 90 02 22 00",              // two items
           "D7 0C 82 02 01 81 A4 01 01 A5 03 00 50 00",  // not the terminal
           "D7 0C 82 02 82 81 A4 01 01 A5 03 42 50 00",  // no such time
           "D7 0C 82 02 82 81 A4 01 00 A5 03 00 50 00",  // no such timer
           "D7 0C 82 02 82 81 A4 01 09 A5 03 00 50 00",
           "D7 0C 82 02 82 81 A4 01 02 A5 03 00 50 00",  // not started
           "D6 08 99 02 04 05 82 02 82 81",              // two events
           "D1 0D 82 02 82 81 8B 07 04 02 91 11 00 F6 00",  // not the network
           "D1 06 82 02 83 81 8B 00",                    // no message
       }) {
    EXPECT_EQ(rig.Envelope(bad).sw, 0x6A80) << bad;
  }
  EXPECT_EQ(heard(), 0u);
  EXPECT_EQ(rig.Envelope(kMenuSelection).sw, 0x9000) << "control";
}

TEST(Envelope, BeforeTheTerminalProfile_IsRefused) {
  Rig rig;
  EXPECT_EQ(rig.Envelope(kUserActivity).sw, 0x6985);
  ASSERT_EQ(rig.Profile(kEverything), 0x9000);
  EXPECT_EQ(rig.Envelope(kUserActivity).sw, 0x9000) << "control";
}

TEST(Envelope, MenuThatWasNeverShown_HasNoItems) {
  Rig rig;
  rig.session.apps[0].menu = [](Composer& c) { c.Item(1, Ascii("X")); };
  rig.session.apps[0].heard = [](const Heard&, Writer&) { return apdu::Sw::kOk; };
  ASSERT_EQ(rig.Profile(kEverything), 0x9000);
  EXPECT_EQ(rig.Envelope("D3 07 82 02 01 81 90 01 01").sw, 0x6A80);
  ASSERT_FALSE(rig.Next().empty());
  ASSERT_EQ(rig.Respond("00"), 0x9000);
  EXPECT_EQ(rig.Envelope("D3 07 82 02 01 81 90 01 01").sw, 0x9000) << "control";
}

}  // namespace
}  // namespace simurgh::cat
