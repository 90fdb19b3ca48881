// T=0: card machine and reader over one line.
#include "apdu/t0.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/apdu/contact_rig.h"

namespace simurgh::test {
namespace {

constexpr size_t kRows[] = {apdu::kAtrContacts, 4};  // INS for all bytes, and byte by byte

// Every shape a command may have: what comes out is what the door itself says.
std::vector<Raw> AllShapes() {
  std::vector<Raw> out = {Apdu(0x20, 0), Apdu(0xA4, 0), Apdu(0xB0, 0, {}, 0)};
  for (const size_t answer : {1, 2, 5, 254, 255, 256, 257, 300, 700}) {
    out.push_back(Apdu(0xB0, answer, {}, 0));
    out.push_back(Apdu(0xB0, answer, {}, static_cast<int>(answer & 0xFF)));
    out.push_back(Apdu(0xB0, answer, {}, 7));
    for (const size_t data : {1, 2, 100, 255}) {
      out.push_back(Apdu(0xA4, answer, Raw(data, 0x5A)));
      out.push_back(Apdu(0xA4, answer, Raw(data, 0x5A), 0));
      out.push_back(Apdu(0xA4, answer, Raw(data, 0x5A), 9));
    }
  }
  for (const size_t data : {1, 254, 255}) { out.push_back(Apdu(0xD6, 0, Raw(data, 0x60))); }
  return out;
}

TEST(T0, EveryShape_AnswersAsTheDoorDoes) {
  for (const size_t row : kRows) {
    ContactRig rig(row, 0);
    for (const Raw& command : AllShapes()) {
      const size_t before = rig.door.commands.size();
      EXPECT_EQ(rig.Transmit(command), AtTheDoor(command)) << row << ": " << testing::PrintToString(command);
      EXPECT_EQ(rig.door.commands.size(), before + 1);
    }
    EXPECT_EQ(rig.line.silences, 0);
  }
}

TEST(T0, WireOfTheFourCases_IsThatOfIso7816) {
  ContactRig rig(apdu::kAtrContacts, 0);
  rig.line.sent.clear();
  rig.line.received.clear();
  (void)rig.Transmit(Apdu(0xD6, 0, {0x11, 0x22}));
  EXPECT_EQ(rig.line.sent, (std::vector<Raw>{{0x00, 0xD6, 0, 0, 2}, {0x11, 0x22}}));
  EXPECT_EQ(rig.line.received, (std::vector<Raw>{{0xD6}, {0x90, 0x00}}));
  rig.line.sent.clear();
  rig.line.received.clear();
  const Raw answer = rig.Transmit(Apdu(0xB0, 3, {}, 0));
  EXPECT_EQ(rig.line.sent, (std::vector<Raw>{{0x00, 0xB0, 0, 3, 0}, {0x00, 0xB0, 0, 3, 3}}));
  EXPECT_EQ(rig.line.received, (std::vector<Raw>{{0x6C, 0x03}, {0xB0}, answer}));
  rig.line.sent.clear();
  rig.line.received.clear();
  (void)rig.Transmit(Apdu(0xA4, 4, {0x3F}, 0));
  EXPECT_EQ(rig.line.sent, (std::vector<Raw>{{0x00, 0xA4, 0, 4, 1}, {0x3F}, {0x00, 0xC0, 0, 0, 4}}));
}

TEST(T0, AskedAgainAfter6C_IsNotExecutedAgain) {
  ContactRig rig(apdu::kAtrContacts, 0);
  EXPECT_EQ(rig.Transmit(Apdu(0xB0, 5, {}, 0)).size(), 7u);
  EXPECT_EQ(rig.door.commands.size(), 1u);
  // Another command in between: the kept answer is gone, the command runs again.
  rig.line.sent.clear();
  rig.line.Send(Raw{0x00, 0xB0, 0x00, 0x05, 0x00});
  EXPECT_EQ(rig.line.Receive()->value, 0x6C);
  EXPECT_EQ(rig.line.Receive()->value, 0x05);
  EXPECT_EQ(rig.Transmit(Apdu(0x20, 0)), (Raw{0x90, 0x00}));
  EXPECT_EQ(rig.door.commands.size(), 3u);
  EXPECT_EQ(rig.Transmit(Apdu(0xB0, 5, {}, 5)).size(), 7u);
  EXPECT_EQ(rig.door.commands.size(), 4u);
}

TEST(T0, NullBytesWhileWorking_AreWaitedOut) {
  ContactRig rig(apdu::kAtrContacts, 0);
  rig.door.during = [&] {
    for (int i = 0; i < 5; ++i) { rig.line.KeepAlive(); }
  };
  rig.line.received.clear();
  EXPECT_EQ(rig.Transmit(Apdu(0xA4, 0, {1, 2})), (Raw{0x90, 0x00}));
  EXPECT_EQ(rig.line.received[1], (Raw{0x60}));
  EXPECT_EQ(rig.line.received.size(), 1u + 5 + 1);
  EXPECT_TRUE(rig.contact.KeepAlive().empty());  // nothing is being worked on
}

TEST(T0, InsThatLooksLikeAStatusWord_IsRefusedBeforeTheDoor) {
  ContactRig rig(apdu::kAtrContacts, 0);
  EXPECT_EQ(rig.Transmit({0x00, 0x6A, 0, 0}), (Raw{0x6D, 0x00}));
  EXPECT_EQ(rig.Transmit({0x00, 0x90, 0, 0}), (Raw{0x6D, 0x00}));
  EXPECT_EQ(rig.Transmit({0xFF, 0xA4, 0, 0}), (Raw{0x6E, 0x00}));
  EXPECT_TRUE(rig.door.commands.empty());
  EXPECT_EQ(rig.Transmit({0x00, 0xA4, 0, 0}), (Raw{0x90, 0x00}));  // control
}

TEST(T0, ExtendedAndMalformed_AreRefusedByTheReader) {
  ContactRig rig(apdu::kAtrContacts, 0);
  EXPECT_THROW(rig.Transmit(Apdu(0xA4, 0, Raw(256))), offcard::UserError);
  EXPECT_THROW(rig.Transmit({0x00, 0xA4, 0x00}), offcard::UserError);
  EXPECT_THROW(rig.Transmit({0x00, 0xA4, 0x00, 0x00, 0x05, 0x01}), offcard::UserError);
  EXPECT_TRUE(rig.door.commands.empty());
  EXPECT_EQ(rig.Transmit(Apdu(0xA4, 0, Raw(255))), (Raw{0x90, 0x00}));
}

TEST(T0, ParityErrorAnywhere_IsRepeatedAndNobodyNotices) {
  const Raw command = Apdu(0xA4, 6, {1, 2, 3}, 0);
  for (const bool card_side : {false, true}) {
    for (size_t which = 0; which < 14; ++which) {
      ContactRig rig(apdu::kAtrContacts, 0);
      size_t seen = 0;
      (card_side ? rig.line.to_reader : rig.line.to_card) = [&](Burst& burst) {
        for (Character& c : burst) { c.parity_ok = seen++ != which; }
      };
      EXPECT_EQ(rig.Transmit(command), AtTheDoor(command)) << which;
      if (which < (card_side ? 1u + 2 + 1 + 8 : 5u + 3 + 5)) { EXPECT_EQ(rig.line.repeats, 1) << which; }
    }
  }
}

TEST(T0, LostCharacterAnywhere_EndsInAnErrorAndTheNextCommandWorks) {
  const Raw command = Apdu(0xA4, 6, {1, 2, 3}, 0);
  for (const bool card_side : {false, true}) {
    for (size_t which = 0; which < (card_side ? 12u : 13u); ++which) {
      ContactRig rig(apdu::kAtrContacts, 0);
      size_t seen = 0;
      (card_side ? rig.line.to_reader : rig.line.to_card) = [&](Burst& burst) {
        Burst kept;
        for (const Character& c : burst) {
          if (seen++ != which) { kept.push_back(c); }
        }
        burst = kept;
      };
      EXPECT_THROW(rig.Transmit(command), offcard::LineError) << card_side << which;
      while (rig.line.Receive()) {
      }
      EXPECT_EQ(rig.Transmit(command), AtTheDoor(command)) << card_side << which;
    }
  }
}

TEST(T0, ReaderStopsInTheMiddle_NothingReachesTheCard) {
  for (size_t n = 1; n < 8; ++n) {
    ContactRig rig(apdu::kAtrContacts, 0);
    const Raw command = Apdu(0xA4, 0, {1, 2, 3});
    rig.line.Send(ConstBytes(command).first(std::min<size_t>(n, 5)));
    if (n > 5) { rig.line.Send(ConstBytes(command).subspan(5, n - 5)); }
    EXPECT_NE(rig.contact.patience(), 0u);
    while (rig.line.Receive()) {
    }
    EXPECT_TRUE(rig.door.commands.empty());
    EXPECT_EQ(rig.Transmit(command), (Raw{0x90, 0x00})) << n;
  }
}

/// A line of our own making: what does the reader say to a card that misbehaves?
class Scripted final : public offcard::ContactLine {
 public:
  explicit Scripted(Raw answer) : answer_(std::move(answer)) {}
  void Rst() override {}
  void Send(ConstBytes) override {}
  std::optional<Character> Receive() override {
    if (at_ == answer_.size()) { return std::nullopt; }
    return Character{answer_[at_++], true};
  }
  bool Noise() override { return at_ != answer_.size(); }

 private:
  Raw answer_;
  size_t at_ = 0;
};

TEST(T0Reader, BrokenCards_AreErrorsNotAnswers) {
  const Raw read = Apdu(0xB0, 0, {}, 2);
  const auto answer = [&](Raw bytes) {
    Scripted line(std::move(bytes));
    return offcard::T0Reader(line).Transmit(read);
  };
  EXPECT_EQ(answer({0xB0, 1, 2, 0x90, 0x00}), (Raw{1, 2, 0x90, 0x00}));  // control
  EXPECT_EQ(answer({0x60, 0x4F, 1, 0x60, 0xB0, 2, 0x90, 0x00}), (Raw{1, 2, 0x90, 0x00}));
  for (const Raw& bad : {Raw{}, Raw{0x00}, Raw{0xB1}, Raw{0xB0, 1, 2, 0x90}, Raw{0xB0, 1, 2, 0x90, 0, 7},
                         Raw{0xB0, 1, 2, 0xB0, 1}, Raw(200'000, 0x60)}) {
    EXPECT_THROW(answer(bad), offcard::LineError) << testing::PrintToString(bad).substr(0, 60);
  }
}

TEST(T0, SeededSoak_SameAnswersOrACleanError) {
  int answered = 0, failed = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    ContactRig rig(kRows[seed % 2], 0);
    const SimLine::Spoil spoil = [&](Burst& burst) {
      Burst out;
      for (Character c : burst) {
        const unsigned dice = random() % 400;
        if (dice == 0) { continue; }  // lost
        c.parity_ok = dice > 20;
        out.push_back(c);
      }
      burst = out;
    };
    rig.line.to_card = rig.line.to_reader = spoil;
    rig.door.during = [&] {
      for (unsigned i = random() % 3; i != 0; --i) { rig.line.KeepAlive(); }
    };
    const std::vector<Raw> shapes = AllShapes();
    for (int i = 0; i < 60; ++i) {
      const Raw& command = shapes[random() % shapes.size()];
      const size_t before = rig.door.commands.size();
      try {
        EXPECT_EQ(rig.Transmit(command), AtTheDoor(command)) << "seed " << seed << ", command " << i;
        EXPECT_EQ(rig.door.commands.size(), before + 1);
        ++answered;
      } catch (const offcard::LineError&) {
        EXPECT_LE(rig.door.commands.size(), before + 1);
        ++failed;
        rig.line.to_card = rig.line.to_reader = [](Burst&) {};
        (void)offcard::StartCard(rig.line, 0);  // what a reader does then
        rig.line.to_card = rig.line.to_reader = spoil;
      }
    }
  }
  EXPECT_GT(answered, 1000);
  EXPECT_GT(failed, 100);
}

}  // namespace
}  // namespace simurgh::test
