// The dispatcher (firmware/card/card.cc): how answers are fetched, what it refuses, transactions.
#include <gtest/gtest.h>

#include "tests/unit/card/card_rig.h"

namespace simurgh::test {
namespace {

/// A manufactured card with one enabled profile; made once, copied into each test.
class Dispatcher : public testing::Test {
 public:
  void SetUp() override {
    if (Flash().empty()) {
      OwnedCard made;
      ASSERT_TRUE(made.rig.Manufacture());
      const Subscriber one = NewSubscriber(1);
      ASSERT_EQ(
          made.rig.Install(made.rig.Pack({.id = 1, .iccid = one.iccid, .package = one.package})),
          0);
      ASSERT_EQ(made.rig.Enable(one.iccid), 0);
      Flash() = made.memory;
    }
    own.memory = Flash();
    ASSERT_EQ(card.Boot(), Error::kOk);
  }
  static Data& Flash() {
    static Data flash;
    return flash;
  }
  std::string Pin1Tries() { return ToText(Data{static_cast<uint8_t>(card.Ask("00200001").sw)}); }
  OwnedCard own;
  CardRig& card = own.rig;
};

const std::string kSelectMf = "00A4000402 3F00";

TEST_F(Dispatcher, AnswerWithoutLe_WaitsForGetResponse) {
  const Response whole = card.Ask(kSelectMf);
  ASSERT_EQ(whole.sw, 0x9000);
  const Response r = card.Send(kSelectMf);
  EXPECT_TRUE(r.data.empty());
  ASSERT_EQ(r.sw, 0x6100 + whole.data.size());
  // In pieces: 5 bytes, then the rest; then there is nothing more.
  const Response first = card.Send("00C0000005");
  EXPECT_EQ(first.data.size(), 5u);
  ASSERT_EQ(first.sw, 0x6100 + whole.data.size() - 5);
  EXPECT_EQ(card.Send("00C00000FF").sw, 0x6C00 + whole.data.size() - 5);  // and nothing is lost
  const Response rest = card.Send("00C0000000");
  EXPECT_EQ(rest.sw, 0x9000);
  EXPECT_EQ(Join({first.data, rest.data}), whole.data);
  EXPECT_EQ(card.Send("00C0000000").sw, 0x6985);
}

TEST_F(Dispatcher, AnswerWithLe_ComesAtOnceOrWithTheRightLength) {
  const Data whole = card.Ask(kSelectMf).data;
  EXPECT_EQ(card.Send(kSelectMf + "00").data, whole);
  const Response few = card.Send(kSelectMf + "04");
  EXPECT_EQ(few.data, Data(whole.begin(), whole.begin() + 4));
  EXPECT_EQ(few.sw, 0x6100 + whole.size() - 4);
  ASSERT_TRUE(card.Ask("00A40000022FE2").ok());
  EXPECT_EQ(card.Send("00B0000000").data.size(), 10u);  // Le 00: all there is
  EXPECT_EQ(card.Send("00B000000A").data.size(), 10u);
  EXPECT_EQ(card.Send("00B0000003").data.size(), 3u);
  EXPECT_EQ(card.Send("00B00000FF").sw, 0x6C0A);
}

TEST_F(Dispatcher, WaitingAnswer_BelongsToItsChannelAndGoesWithTheNextCommand) {
  ASSERT_EQ(card.Ask("0070000001").data, Data{1});
  ASSERT_EQ(card.Send("01A4000402 3F00").sw >> 8, 0x61);
  EXPECT_EQ(card.Send("00C0000000").sw, 0x6985);  // another channel's
  EXPECT_EQ(card.Send("01C0000000").sw, 0x9000);
  ASSERT_EQ(card.Send(kSelectMf).sw >> 8, 0x61);
  ASSERT_EQ(card.Send("80F2000C00").sw, 0x9000);
  EXPECT_EQ(card.Send("00C0000000").sw, 0x6985);
  ASSERT_EQ(card.Send(kSelectMf).sw >> 8, 0x61);
  card.card().Reset();
  EXPECT_EQ(card.Send("00C0000000").sw, 0x6985);
}

TEST_F(Dispatcher, GetResponse_ChecksItsForm) {
  ASSERT_EQ(card.Send(kSelectMf).sw >> 8, 0x61);
  EXPECT_EQ(card.Send("00C0010000").sw, 0x6A86);
  EXPECT_EQ(card.Send("00C000000101").sw, 0x6700);
  EXPECT_EQ(card.Send("FFC0000000").sw, 0x6E00);
  EXPECT_EQ(card.Send("00C0000000").sw, 0x9000);
}

TEST_F(Dispatcher, LongAnswer_ComesInSeveralPieces) {
  ASSERT_TRUE(card.SelectIsdr());
  const Response short_one = card.Ask("80E29100 03 BF2D00");
  // The names of two more profiles make the list longer than 256 bytes.
  for (uint8_t n = 2; n <= 5; ++n) {
    const Subscriber s = NewSubscriber(n);
    ASSERT_EQ(card.Install(card.Pack({.id = n, .iccid = s.iccid, .package = s.package})), 0);
    ASSERT_TRUE(
        card.StoreData(Join({Hex("BF2930 5A0A"), s.iccid, Hex("9022"), Data(0x22, 'n')})).ok());
  }
  const Response first = card.Send("80E29100 03 BF2D00");
  ASSERT_EQ(first.sw, 0x6100);
  const Response piece = card.Send("00C0000000");
  EXPECT_EQ(piece.data.size(), 256u);
  ASSERT_EQ(piece.sw >> 8, 0x61);
  const Response last = card.Send(Join({Hex("00C00000"), Data{static_cast<uint8_t>(piece.sw)}}));
  EXPECT_EQ(last.sw, 0x9000);
  const Response extended = card.Send("80E29100 000003 BF2D00 0800");
  EXPECT_EQ(extended.sw, 0x9000);
  EXPECT_EQ(extended.data, Join({piece.data, last.data}));
  EXPECT_GT(extended.data.size(), short_one.data.size());
  const Response half = card.Send("80E29100 000003 BF2D00 0101");
  EXPECT_EQ(half.data.size(), 256u);
  EXPECT_EQ(half.sw, 0x6100 + extended.data.size() - 256);
}

TEST_F(Dispatcher, WhatCannotBeACommand_WrongLength) {
  for (const char* text : {"", "00", "00A4", "00A400", "00A4000403 3F00", "00A4000401 3F0000",
                           "00A40004 00000F 3F00", "00A40004 000002 3F00 00", "00A40004 0000"}) {
    EXPECT_EQ(card.Send(text).sw, 0x6700) << text;
  }
  EXPECT_EQ(card.Send(kSelectMf).sw >> 8, 0x61);
}

TEST_F(Dispatcher, ClassAndInstruction_Checked) {
  EXPECT_EQ(card.Send("00FC000000").sw, 0x6D00);
  EXPECT_EQ(card.Send("FFA4000402 3F00").sw, 0x6E00);
  EXPECT_EQ(card.Send("10A4000402 3F00").sw, 0x6884);
  EXPECT_EQ(card.Send("50A4000402 3F00").sw, 0x6881);  // chained, but its channel comes first
  EXPECT_EQ(card.Send("01A4000402 3F00").sw, 0x6881);
  EXPECT_EQ(card.Send("4FA4000402 3F00").sw, 0x6881);
  EXPECT_EQ(card.Send("00B00000 02 3F00").sw, 0x6700);  // data where the row has none
  EXPECT_EQ(card.Send("00D60000").sw, 0x6700);          // none where the row has data
}

TEST_F(Dispatcher, ClosedChannel_IsRefusedAgain) {
  ASSERT_EQ(card.Ask("0070000001").data, Data{1});
  EXPECT_EQ(card.Ask("01A4000402 3F00").sw, 0x9000);
  ASSERT_EQ(card.Send("00708001").sw, 0x9000);
  EXPECT_EQ(card.Send("01A4000402 3F00").sw, 0x6881);
  EXPECT_EQ(card.Send("00708001").sw, 0x6881);
}

TEST_F(Dispatcher, SecureMessagingWithoutSession_Refused) {
  ASSERT_TRUE(card.SelectIsdr());
  EXPECT_EQ(card.Send("843C010008 0102030405060708").sw, 0x6985);
  EXPECT_EQ(card.Send("80 3C 01 00").sw, 0x6982);
  // The control: the same command inside a session.
  ASSERT_TRUE(card.OpenSession(0x30, CardRig::kIsdrKey, 0x03));
  EXPECT_TRUE(card.Wrapped("803C0000", {}).ok());
}

TEST_F(Dispatcher, PlainOrWrongCommandInSession_EndsIt) {
  for (const bool plain : {true, false}) {
    ASSERT_TRUE(card.SelectIsdr());
    ASSERT_TRUE(card.OpenSession(0x30, CardRig::kIsdrKey, 0x01));
    EXPECT_EQ(card.Send(plain ? "803C0000" : "843C000008 0102030405060708").sw, 0x6982);
    EXPECT_EQ(card.Wrapped("803C0000", {}).sw, 0x6985);  // it is gone
  }
}

TEST_F(Dispatcher, SessionOfOneChannel_IsNoOtherChannels) {
  ASSERT_TRUE(card.SelectIsdr());
  ASSERT_EQ(card.Ask("0070000001").data, Data{1});
  ASSERT_TRUE(card.SelectIsdr(1));
  ASSERT_TRUE(card.OpenSession(0x30, CardRig::kIsdrKey, 0x03));
  EXPECT_EQ(card.Wrapped("803C0000", {}, 1).sw, 0x6985);
  EXPECT_EQ(card.Send("813C0000").sw, 0x6982);
}

TEST_F(Dispatcher, FailingCommand_LeavesNoTrace) {
  const std::string before = card.Snapshot();
  // MANUFACTURE is refused after half of it had been written.
  OwnedCard blank(3);
  const std::string empty = blank.rig.Snapshot();
  ASSERT_TRUE(blank.rig.SelectIsdr());
  Data spoilt = blank.rig.ManufactureCommand();
  spoilt[spoilt.size() - 67] = 0x8B;  // the tag of the last object
  EXPECT_EQ(blank.rig.Send(spoilt).sw, 0x6A80);
  EXPECT_EQ(blank.rig.Snapshot(), empty);
  ASSERT_TRUE(blank.rig.Manufacture());
  EXPECT_NE(blank.rig.Snapshot(), empty);
  EXPECT_EQ(card.Snapshot(), before);
}

TEST_F(Dispatcher, WrongPin_CountsThoughTheCommandFails) {
  ASSERT_EQ(card.Ask(kSelectUsim).sw, 0x9000);
  EXPECT_EQ(card.Send(std::string("00240001 10 39393939FFFFFFFF") + "37373737FFFFFFFF").sw, 0x63C2);
  EXPECT_EQ(Pin1Tries(), "C2");
  ASSERT_EQ(card.Boot(), Error::kOk);
  ASSERT_EQ(card.Ask(kSelectUsim).sw, 0x9000);
  EXPECT_EQ(Pin1Tries(), "C2");
}

TEST_F(Dispatcher, Reset_ForgetsChannelsPinsAndSelection) {
  ASSERT_EQ(card.Ask("0070000001").data, Data{1});
  ASSERT_EQ(card.Ask(kSelectUsim).sw, 0x9000);
  ASSERT_EQ(card.Ask(kVerifyPin1).sw, 0x9000);
  ASSERT_TRUE(card.Ask("00A4000C026F07").ok());
  ASSERT_EQ(card.Ask("00B0000009").sw, 0x9000);
  card.card().Reset();
  EXPECT_EQ(card.Send("01A4000402 3F00").sw, 0x6881);
  EXPECT_EQ(card.Send("00B0000009").sw, 0x6986);
  ASSERT_EQ(card.Ask(kSelectUsim).sw, 0x9000);
  ASSERT_TRUE(card.Ask("00A4000C026F07").ok());
  EXPECT_EQ(card.Send("00B0000009").sw, 0x6982);
}

TEST_F(Dispatcher, TenCards_KnowNothingOfEachOther) {
  constexpr uint8_t kCards = 10;
  std::vector<std::unique_ptr<OwnedCard>> cards;
  std::vector<std::string> alone;
  for (uint8_t i = 0; i < kCards; ++i) {
    const auto run = [i](OwnedCard& c) {
      c.rig.Manufacture();
      c.rig.SelectIsdr();
      for (uint8_t k = 0; k < i; ++k) {
        c.rig.Ask("803A000008 01020304050607" + ToText(Data{k}));
      }
    };
    OwnedCard single(static_cast<uint8_t>(i + 1));
    run(single);
    alone.push_back(single.rig.Snapshot() + ToText(single.memory));
    cards.push_back(std::make_unique<OwnedCard>(static_cast<uint8_t>(i + 1)));
  }
  for (auto& c : cards) {
    ASSERT_TRUE(c->rig.Manufacture());
  }
  for (auto& c : cards) {
    ASSERT_TRUE(c->rig.SelectIsdr());
  }
  for (uint8_t k = 0; k < kCards; ++k) {  // one command each, in turn
    for (uint8_t i = static_cast<uint8_t>(k + 1); i < kCards; ++i) {
      ASSERT_TRUE(cards[i]->rig.Ask("803A000008 01020304050607" + ToText(Data{k})).ok());
    }
  }
  for (uint8_t i = 0; i < kCards; ++i) {
    EXPECT_TRUE(cards[i]->rig.Snapshot() + ToText(cards[i]->memory) == alone[i]) << int{i};
  }
}

}  // namespace
}  // namespace simurgh::test
