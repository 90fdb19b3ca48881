// The contacts over a byte pipe: card driver and reader line, as over QEMU's UART.
#include "apdu/contact_link.h"

#include <gtest/gtest.h>

#include "tests/unit/apdu/contact_rig.h"

namespace simurgh::test {
namespace {

/// A pipe in one thread: what the reader writes is served at once, in pieces of `chunk` bytes.
struct Pipe {
  struct CardEnd final : hal::Serial {
    size_t Read(Bytes out) override {
      const size_t n = std::min({out.size(), input.size(), chunk});
      std::copy_n(input.begin(), n, out.begin());
      input.erase(input.begin(), input.begin() + static_cast<long>(n));
      return n;
    }
    bool Write(ConstBytes data) override {
      output->insert(output->end(), data.begin(), data.end());
      return true;
    }
    std::deque<uint8_t> input;
    std::deque<uint8_t>* output = nullptr;
    size_t chunk = 1000;
  };
  struct ReaderEnd final : hal::Serial {
    size_t Read(Bytes out) override {
      const size_t n = std::min(out.size(), input.size());
      std::copy_n(input.begin(), n, out.begin());
      input.erase(input.begin(), input.begin() + static_cast<long>(n));
      return n;
    }
    bool Write(ConstBytes data) override {
      card->input.insert(card->input.end(), data.begin(), data.end());
      link->Run();
      return true;
    }
    std::deque<uint8_t> input;
    CardEnd* card = nullptr;
    apdu::ContactLink* link = nullptr;
  };

  explicit Pipe(size_t row) : link(card, door, apdu::kAtrRows[row]), line(reader) {
    card.output = &reader.input;
    reader.card = &card;
    reader.link = &link;
  }
  TestDoor door;
  CardEnd card;
  ReaderEnd reader;
  apdu::ContactLink link;
  offcard::PipeLine line;
};

TEST(ContactLink, BothProtocols_AnswerAsTheDoorDoes_WithEveryByteValue) {
  Raw all(250);
  for (size_t i = 0; i < all.size(); ++i) { all[i] = static_cast<uint8_t>(i); }  // 1B among them
  for (const size_t row : {size_t{0}, apdu::kAtrContacts, size_t{3}, size_t{4}, size_t{5}}) {
    for (const int protocol : {0, 1}) {
      if (protocol == 1 && !apdu::kAtrRows[row].t1) { continue; }
      Pipe pipe(row);
      const offcard::AtrFacts facts = offcard::ReadAtr(offcard::StartCard(pipe.line, protocol));
      offcard::T0Reader t0(pipe.line);
      offcard::T1Reader t1(pipe.line, facts.ifsc, facts.crc);
      for (const Raw& command : {Apdu(0x20, 0), Apdu(0xB0, 200, {}, 0), Apdu(0xA4, 250, all),
                                 Apdu(0xA4, 250, all, 0), Apdu(0xB0, 0x1B1B & 0xFF, {}, 0x1B)}) {
        EXPECT_EQ(protocol == 0 ? t0.Transmit(command) : t1.Transmit(command), AtTheDoor(command))
            << row << " T=" << protocol;
      }
      EXPECT_EQ(t1.counters().damaged, 0u);
    }
  }
}

TEST(ContactLink, ByteByByteFromThePipe_Works) {
  Pipe pipe(apdu::kAtrContacts);
  pipe.card.chunk = 1;  // a block whose bytes trickle in: the guard time is that of the pipe
  (void)offcard::StartCard(pipe.line, 1);
  offcard::T1Reader t1(pipe.line, 254, false);
  const Raw command = Apdu(0xA4, 600, Raw(400, 0x1B), 0);
  EXPECT_EQ(t1.Transmit(command), AtTheDoor(command));
}

TEST(ContactLink, ReaderGoesAwayMidCommand_NextResetAnswers) {
  Pipe pipe(apdu::kAtrContacts);
  const Raw atr = offcard::StartCard(pipe.line, 1);
  const uint8_t half[] = {0x00, 0x00, 0x04, 0x00};
  pipe.line.Send(half);
  EXPECT_EQ(offcard::StartCard(pipe.line, 1), atr);
  EXPECT_EQ(pipe.door.resets, 2);
  EXPECT_TRUE(pipe.door.commands.empty());
}

TEST(ContactLink, WithoutAReset_TheCardIsSilent) {
  Pipe pipe(apdu::kAtrContacts);
  offcard::T1Reader t1(pipe.line, 254, false);
  EXPECT_THROW(t1.Transmit(Apdu(0x20, 0)), offcard::LineError);
  EXPECT_TRUE(pipe.door.commands.empty());
  EXPECT_NO_THROW(offcard::StartCard(pipe.line, 1));
}

TEST(ContactLink, ProtocolNotOffered_IsAnError) {
  Pipe pipe(0);
  EXPECT_THROW(offcard::StartCard(pipe.line, 1), offcard::LineError);
  EXPECT_NO_THROW(offcard::StartCard(pipe.line, 0));
}

}  // namespace
}  // namespace simurgh::test
