#include "apdu/pps.h"

#include <gtest/gtest.h>

#include "apdu/contact.h"
#include "tests/unit/apdu/contact_rig.h"

namespace simurgh::test {
namespace {

using apdu::AnswerPps;
using apdu::kAtrRows;
using apdu::Want;

const apdu::AtrRow& kBoth = kAtrRows[apdu::kAtrContacts];

Raw WithPck(Raw request) {
  uint8_t pck = 0;
  for (const uint8_t b : request) { pck ^= b; }
  request.push_back(pck);
  return request;
}

Raw Answered(const Raw& request, const apdu::AtrRow& row) {
  const auto pps = AnswerPps(request, row);
  EXPECT_TRUE(pps.ok());
  const apdu::Pps p = pps.ValueOr({});
  return {p.bytes.begin(), p.bytes.begin() + static_cast<long>(p.size)};
}

TEST(Pps, WhatIsOffered_IsEchoed) {
  for (const Raw& request : {Raw{0xFF, 0x00}, Raw{0xFF, 0x01}, Raw{0xFF, 0x10, 0x96},
                             Raw{0xFF, 0x11, 0x96}, Raw{0xFF, 0x11, 0x94}, Raw{0xFF, 0x10, 0x11}}) {
    EXPECT_EQ(Answered(WithPck(request), kBoth), WithPck(request));
  }
  EXPECT_EQ(AnswerPps(WithPck({0xFF, 0x11, 0x94}), kBoth).value().speed, 0x94);
  EXPECT_EQ(AnswerPps(WithPck({0xFF, 0x11, 0x94}), kBoth).value().protocol, 1);
}

TEST(Pps, SpeedNotOffered_IsLeftOutAndTheDefaultHolds) {
  for (const uint8_t speed : {0x97, 0x18, 0x95 ^ 0xF0, 0x90, 0x98 ^ 0x02}) {
    const Raw request = WithPck({0xFF, 0x11, speed});
    EXPECT_EQ(Answered(request, kBoth), WithPck({0xFF, 0x01})) << int{speed};
    EXPECT_EQ(AnswerPps(request, kBoth).value().speed, 0x11);
  }
  EXPECT_EQ(Answered(WithPck({0xFF, 0x10, 0x96}), kAtrRows[4]), WithPck({0xFF, 0x00}));
}

TEST(Pps, FurtherParameters_AreLeftOut) {
  EXPECT_EQ(Answered(WithPck({0xFF, 0x71, 0x96, 0x55, 0xAA}), kBoth), WithPck({0xFF, 0x11, 0x96}));
}

TEST(Pps, ProtocolNotOffered_IsNotAnswered) {
  EXPECT_EQ(AnswerPps(WithPck({0xFF, 0x02}), kBoth).error(), Error::kUnsupported);
  EXPECT_EQ(AnswerPps(WithPck({0xFF, 0x01}), kAtrRows[0]).error(), Error::kUnsupported);
  EXPECT_EQ(AnswerPps(WithPck({0xFF, 0x00}), kAtrRows[2]).error(), Error::kUnsupported);
  EXPECT_TRUE(AnswerPps(WithPck({0xFF, 0x01}), kAtrRows[2]).ok());  // control
}

TEST(Pps, EveryDamagedBit_IsNotAnswered) {
  const Raw good = WithPck({0xFF, 0x11, 0x96});
  ASSERT_TRUE(AnswerPps(good, kBoth).ok());
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    Raw bad = good;
    bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(AnswerPps(bad, kBoth).ok()) << bit;
  }
}

// The whole machine: after the answer to reset.
Raw Say(apdu::Contact& card, const Raw& characters) {
  for (const uint8_t c : characters) { (void)card.OnCharacter(c); }
  Raw out;
  while (card.want() == Want::kSend || card.want() == Want::kGap || card.want() == Want::kWork) {
    if (card.want() == Want::kSend) {
      out.insert(out.end(), card.output().begin(), card.output().end());
      card.OnSent();
    } else if (card.want() == Want::kGap) {
      card.OnSilence();
    } else {
      card.Work();
    }
  }
  return out;
}

struct Started {
  explicit Started(const apdu::AtrRow& row) : card(door, row) {
    card.Reset();
    atr = Say(card, {});
  }
  TestDoor door;
  apdu::Contact card;
  Raw atr;
};

const Raw kHeader = {0x00, 0xB0, 0x00, 0x00, 0x00};

TEST(Contact, BeforeAReset_NothingIsUnderstood) {
  TestDoor door;
  apdu::Contact card(door, kBoth);
  EXPECT_TRUE(Say(card, kHeader).empty());
  card.Reset();
  EXPECT_EQ(Say(card, {}).size(), apdu::MakeAtr(kBoth).size);
  EXPECT_FALSE(Say(card, kHeader).empty());  // control
}

TEST(Contact, NoPps_FirstOfferHolds) {
  Started both(kBoth);
  EXPECT_EQ(Say(both.card, kHeader), (Raw{0x90, 0x00}));
  EXPECT_EQ(both.card.protocol(), apdu::Contact::Protocol::kT0);
  Started t1(kAtrRows[2]);
  EXPECT_EQ(Say(t1.card, {0x00, 0xC1, 0x01, 0x40, 0x80}), (Raw{0x00, 0xE1, 0x01, 0x40, 0xA0}));
  EXPECT_EQ(t1.card.protocol(), apdu::Contact::Protocol::kT1);
}

TEST(Contact, SpeedChanges_AfterThePpsAnswerIsSent) {
  Started s(kBoth);
  for (const uint8_t c : WithPck({0xFF, 0x11, 0x96})) { (void)s.card.OnCharacter(c); }
  EXPECT_EQ(s.card.speed(), 0x11);
  s.card.OnSent();
  EXPECT_EQ(s.card.speed(), 0x96);
  EXPECT_EQ(s.card.protocol(), apdu::Contact::Protocol::kT1);
  s.card.Reset();
  EXPECT_EQ(s.card.speed(), 0x11);
}

TEST(Contact, BadPps_CardIsMuteUntilReset) {
  for (const Raw& bad : {Raw{0xFF, 0x11, 0x96, 0x79}, WithPck({0xFF, 0x0E})}) {
    Started s(kBoth);
    EXPECT_TRUE(Say(s.card, bad).empty());
    EXPECT_TRUE(Say(s.card, kHeader).empty());
    s.card.Reset();
    EXPECT_EQ(Say(s.card, {}), s.atr);
    EXPECT_EQ(Say(s.card, WithPck({0xFF, 0x11, 0x96})), WithPck({0xFF, 0x11, 0x96}));
  }
}

TEST(Contact, HalfAPps_CardIsMuteUntilReset) {
  Started s(kBoth);
  EXPECT_TRUE(Say(s.card, {0xFF, 0x11}).empty());
  s.card.OnSilence();
  EXPECT_TRUE(Say(s.card, {0x96, 0x78}).empty());
  EXPECT_EQ(s.card.patience(), 0u);
}

TEST(Contact, PpsOnceACommandCame_IsNoPps) {
  Started s(kBoth);
  EXPECT_EQ(Say(s.card, kHeader), (Raw{0x90, 0x00}));
  EXPECT_EQ(Say(s.card, {0xFF, 0x11, 0x96, 0x78, 0x00}), (Raw{0x6E, 0x00}));
}

TEST(Contact, CharacterRefusedForGood_MuteUntilReset) {
  Started s(kBoth);
  s.card.OnRefused();
  EXPECT_TRUE(Say(s.card, kHeader).empty());
  s.card.Reset();
  (void)Say(s.card, {});
  EXPECT_EQ(Say(s.card, kHeader), (Raw{0x90, 0x00}));
}

TEST(Contact, ParityErrorInPps_IsSignalled) {
  Started s(kBoth);
  EXPECT_TRUE(s.card.OnCharacter(0xFF, false));
  EXPECT_FALSE(s.card.OnCharacter(0xFF, true));
  EXPECT_TRUE(s.card.OnCharacter(0x00, false));
  EXPECT_EQ(Say(s.card, {0x00, 0xFF}), (Raw{0xFF, 0x00, 0xFF}));
}

}  // namespace
}  // namespace simurgh::test
