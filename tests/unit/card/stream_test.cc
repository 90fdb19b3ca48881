// Commands that come in pieces, and commands longer than RAM (firmware/card/card_stream.cc).
#include <gtest/gtest.h>

#include "firmware/profile/image_format.h"
#include "tests/unit/card/card_rig.h"

namespace simurgh::test {
namespace {

class Streams : public testing::Test {
 public:
  void SetUp() override {
    ASSERT_TRUE(card.Manufacture());
    const Subscriber one = NewSubscriber(1, false);
    image = card.Pack({.id = 1, .iccid = one.iccid, .package = one.package});
    ASSERT_GT(image.size(), 2 * config::kCommandBytes);
    blank = own.memory;
  }
  /// A card that expects the image's second byte.
  void Begin() {
    own.memory = blank;
    ASSERT_EQ(card.Boot(), Error::kOk);
    ASSERT_TRUE(card.SelectIsdr());
    ASSERT_EQ(card.BeginImage(image).sw, 0x9000);
  }
  /// IMAGE DATA with all that follows the header.
  Data WholeCommand() {
    const size_t size = 4 + image.size() - profile::kImageHeaderBytes;
    return Join({Hex("80340000 00"),
                 Data{static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)},
                 Data{0, 0, 0, profile::kImageHeaderBytes},
                 ConstBytes(image).subspan(profile::kImageHeaderBytes)});
  }
  size_t Received() { return card.session().images.status().received; }
  bool Complete() {
    return card.session().images.status().state == profile::ImageStore::State::kComplete;
  }
  OwnedCard own;
  CardRig& card = own.rig;
  Data image;
  Data blank;
};

TEST_F(Streams, ImageInPiecesOfAnySize_IsTheSame) {
  for (const size_t piece :
       {1u, 2u, 3u, 7u, 255u, 1024u, 2041u, 2047u, 2048u, 2049u, 4096u, 100000u}) {
    Begin();
    EXPECT_EQ(card.SendPieces(WholeCommand(), piece).sw, 0x9000) << piece;
    EXPECT_TRUE(Complete()) << piece;
    ASSERT_EQ(card.Boot(), Error::kOk);
    EXPECT_EQ(card.LastReason(), 0) << piece;
  }
}

TEST_F(Streams, ShortCommandInPieces_IsOneCommand) {
  ASSERT_TRUE(card.SelectIsdr());
  const Response whole = card.Ask("8046000000");
  for (size_t piece = 1; piece < 6; ++piece) {
    const Response r = card.SendPieces(Hex("8046000000"), piece);
    EXPECT_EQ(r.sw, 0x9000);
    EXPECT_EQ(r.data, whole.data);
  }
}

TEST_F(Streams, StreamWithLe_IsTaken) {
  Begin();
  Data command = WholeCommand();
  command.insert(command.end(), {0, 0});
  EXPECT_EQ(card.SendPieces(command, 1000).sw, 0x9000);
  EXPECT_TRUE(Complete());
}

TEST_F(Streams, WrongEnd_WrongLength) {
  for (const int change : {-1, 1, 3}) {
    Begin();
    Data command = WholeCommand();
    command.resize(command.size() + static_cast<size_t>(static_cast<long>(change)));
    EXPECT_EQ(card.SendPieces(command, 1500).sw, 0x6700) << change;
    // The next command is served as if nothing had been.
    EXPECT_TRUE(card.SelectIsdr());
    EXPECT_EQ(card.SendPieces(Hex("8030000000"), 2).sw, 0x9000);
  }
}

TEST_F(Streams, AbortedStream_CanBeResumed) {
  Begin();
  const Data command = WholeCommand();
  card.card().Feed(ConstBytes(command).first(5000));
  card.card().Reset();
  EXPECT_EQ(card.Send("00A4000402 3F00").sw, 0x6A82);  // no profile; and no stream
  ASSERT_TRUE(card.SelectIsdr());
  EXPECT_GT(Received(), 4000u);
  ASSERT_EQ(card.BeginImage(image).sw, 0x9000);
  EXPECT_TRUE(card.SendImage(image, Received(), image.size()));
  EXPECT_TRUE(Complete());
}

TEST_F(Streams, FailingStream_SaysSoOnceAtItsEnd) {
  Begin();
  Data command = WholeCommand();
  command[10] ^= 1;  // the offset
  EXPECT_EQ(card.SendPieces(command, 700).sw, 0x6B00);
  EXPECT_EQ(Received(), profile::kImageHeaderBytes);
  command[10] ^= 1;
  EXPECT_EQ(card.SendPieces(command, 700).sw, 0x9000);
}

TEST_F(Streams, OtherLongCommands_WrongLengthAndOver) {
  Begin();
  const Data body(5000, 0x11);
  for (const char* header :
       {"80E29100 001388", "00D60000 001388", "81340000 001388", "90340000 001388",
        "84340000 001388", "80340000 130000", "80340000 000000"}) {
    const Data command = Join({Hex(header), body});
    for (const size_t piece : {1u, 600u, 6000u}) {
      EXPECT_EQ(card.SendPieces(command, piece).sw, 0x6700) << header;
      EXPECT_EQ(card.Send("8030000000").sw, 0x9000) << header;
    }
  }
  EXPECT_EQ(Received(), profile::kImageHeaderBytes);
}

TEST_F(Streams, LongCommandInSession_IsNotStreamed) {
  Begin();
  ASSERT_TRUE(card.OpenSession(0x30, CardRig::kIsdrKey, 0x01));
  EXPECT_EQ(card.SendPieces(WholeCommand(), 900).sw, 0x6700);
  EXPECT_EQ(Received(), profile::kImageHeaderBytes);
}

TEST_F(Streams, WaitingAnswer_GoesWithAStream) {
  Begin();
  ASSERT_EQ(card.Send("00A4040010A0000005591010FFFFFFFF8900000100").sw >> 8, 0x61);
  ASSERT_EQ(card.SendPieces(WholeCommand(), 999).sw, 0x9000);
  EXPECT_EQ(card.Send("00C0000000").sw, 0x6985);
}

}  // namespace
}  // namespace simurgh::test
