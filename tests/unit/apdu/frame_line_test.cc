// Reader and card over one line that loses, damages and repeats.
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "apdu/frame_client.h"
#include "apdu/frame_link.h"

namespace simurgh::apdu {
namespace {

using Raw = std::vector<uint8_t>;

// Answers each command with its own bytes and a count of the commands executed so far.
class EchoDoor final : public Door {
 public:
  void Reset() override {
    ++resets;
    fed.clear();
  }
  ConstBytes Atr() override { return atr; }
  void Feed(ConstBytes part) override { fed.insert(fed.end(), part.begin(), part.end()); }
  ConstBytes Finish() override {
    commands.push_back(fed);
    answer = forced_answer.empty() ? fed : forced_answer;
    fed.clear();
    answer.insert(answer.end(), {0x90, static_cast<uint8_t>(commands.size())});
    if (during) {
      during();
    }
    return answer;
  }
  Raw atr{0x3B, 0x00};
  Raw fed, answer, forced_answer;
  std::vector<Raw> commands;
  int resets = 0;
  std::function<void()> during;
};

// What the line does to the n-th write of a side (from 0): may change or empty it.
using Spoil = std::function<void(int, Raw&)>;

class Line {
 public:
  Line() : card_side_(*this), reader_side_(*this), link(card_side_, door), client(reader_side_) {}

  EchoDoor door;
  Spoil to_card = [](int, Raw&) {};
  Spoil to_reader = [](int, Raw&) {};
  int card_writes = 0, reader_writes = 0;

  void Inject(const Raw& bytes) { card_input_.insert(card_input_.end(), bytes.begin(), bytes.end()); }

 private:
  static size_t Take(std::deque<uint8_t>& from, Bytes out) {
    const size_t n = std::min(from.size(), out.size());
    std::copy_n(from.begin(), n, out.begin());
    from.erase(from.begin(), from.begin() + static_cast<long>(n));
    return n;
  }
  struct CardSide final : hal::Serial {
    explicit CardSide(Line& line) : line(line) {}
    size_t Read(Bytes out) override { return Take(line.card_input_, out); }
    bool Write(ConstBytes data) override {
      Raw bytes(data.begin(), data.end());
      line.to_reader(line.card_writes++, bytes);
      line.reader_input_.insert(line.reader_input_.end(), bytes.begin(), bytes.end());
      return true;
    }
    Line& line;
  };
  struct ReaderSide final : hal::Serial {
    explicit ReaderSide(Line& line) : line(line) {}
    size_t Read(Bytes out) override { return Take(line.reader_input_, out); }
    bool Write(ConstBytes data) override {
      Raw bytes(data.begin(), data.end());
      line.to_card(line.reader_writes++, bytes);
      line.Inject(bytes);
      line.link.Run();  // until the input is empty
      return true;
    }
    Line& line;
  };
  std::deque<uint8_t> card_input_, reader_input_;
  CardSide card_side_;
  ReaderSide reader_side_;

 public:
  FrameLink link;
  FrameClient client;
};

Raw Numbers(size_t size, int seed = 0) {
  Raw out(size);
  for (size_t i = 0; i < size; ++i) {
    out[i] = static_cast<uint8_t>(i * 7 + i / 256 + static_cast<size_t>(seed));
  }
  return out;
}

// Transmits and expects the echo with the right count: the command was executed exactly once.
void ExpectEcho(Line& line, const Raw& command) {
  const size_t before = line.door.commands.size();
  Raw room(70000);
  const Result<Bytes> answer = line.client.Transmit(command, room);
  ASSERT_TRUE(answer.ok()) << static_cast<int>(answer.error());
  ASSERT_EQ(line.door.commands.size(), before + 1);
  EXPECT_EQ(line.door.commands.back(), command);
  Raw expected = command;
  expected.insert(expected.end(), {0x90, static_cast<uint8_t>(before + 1)});
  EXPECT_EQ(Raw(answer.value().begin(), answer.value().end()), expected);
}

TEST(FrameLine, Reset_GivesTheAtr) {
  Line line;
  const Result<ConstBytes> atr = line.client.Reset();
  ASSERT_TRUE(atr.ok());
  EXPECT_EQ(Raw(atr.value().begin(), atr.value().end()), line.door.atr);
  EXPECT_EQ(line.door.resets, 1);
}

TEST(FrameLine, EverySizeAroundTheFrame_ArrivesWhole) {
  Line line;
  ASSERT_TRUE(line.client.Reset().ok());
  for (const size_t size : {1, 4, 5, 1021, 1022, 1023, 1024, 1025, 1026, 2046, 2047, 2048, 2049, 65544}) {
    ExpectEcho(line, Numbers(size));
  }
  EXPECT_EQ(line.client.counters().repeats, 0u);
}

TEST(FrameLine, CommandTooLongOrEmpty_IsRefused) {
  Line line;
  ASSERT_TRUE(line.client.Reset().ok());
  Raw room(10);
  EXPECT_EQ(line.client.Transmit(Raw(65545), room).error(), Error::kRange);
  EXPECT_EQ(line.client.Transmit({}, room).error(), Error::kRange);
  ExpectEcho(line, Numbers(5));
}

TEST(FrameLine, AnswerRoomTooSmall_IsReportedAndTheLineGoesOn) {
  Line line;
  ASSERT_TRUE(line.client.Reset().ok());
  Raw room(3000);
  EXPECT_EQ(line.client.Transmit(Numbers(2999), room).error(), Error::kFull);
  EXPECT_TRUE(line.client.Transmit(Numbers(2998), room).ok());  // control
  ExpectEcho(line, Numbers(7));
}

TEST(FrameLine, NoReset_ClientRefusesAndCardExecutesNothing) {
  Line line;
  Raw room(100);
  EXPECT_EQ(line.client.Transmit(Numbers(5), room).error(), Error::kState);
  Raw raw(frame::kMaxFrame);
  const Raw command = Numbers(5);
  raw.resize(frame::Encode({frame::Type::kCommandLast, true, command}, raw));
  line.Inject(raw);
  line.link.Run();
  EXPECT_TRUE(line.door.commands.empty());
  EXPECT_TRUE(line.door.fed.empty());
  EXPECT_EQ(line.card_writes, 1);  // the NAK
  ASSERT_TRUE(line.client.Reset().ok());
  line.Inject(raw);  // control: the same frame after a reset
  line.link.Run();
  EXPECT_EQ(line.door.commands.size(), 1u);
}

// One exchange of three pieces each way, with one write of one side spoilt in every possible place.
class OneFault : public ::testing::TestWithParam<bool> {
 protected:
  static void Spoiling(Line& line, bool card_side, int which, const std::function<void(Raw&)>& how) {
    const int base = card_side ? line.card_writes : line.reader_writes;
    (card_side ? line.to_reader : line.to_card) = [=](int n, Raw& bytes) {
      if (n == base + which) {
        how(bytes);
      }
    };
  }
};

TEST_P(OneFault, LostWrite_IsRepeatedAndExecutedOnce) {
  for (int which = 0; which < 5; ++which) {
    Line line;
    ASSERT_TRUE(line.client.Reset().ok());
    Spoiling(line, GetParam(), which, [](Raw& bytes) { bytes.clear(); });
    ExpectEcho(line, Numbers(2500));
    EXPECT_EQ(line.client.counters().repeats, 1u) << which;
    ExpectEcho(line, Numbers(3, 1));
  }
}

TEST_P(OneFault, RepeatedWrite_IsExecutedOnce) {
  for (int which = 0; which < 5; ++which) {
    Line line;
    ASSERT_TRUE(line.client.Reset().ok());
    Spoiling(line, GetParam(), which, [](Raw& bytes) {
      const Raw copy = bytes;
      bytes.insert(bytes.end(), copy.begin(), copy.end());
    });
    ExpectEcho(line, Numbers(2500));
    ExpectEcho(line, Numbers(3, 1));
  }
}

TEST_P(OneFault, CorruptByteAnywhere_IsExecutedOnce) {
  const Raw command = Numbers(30);
  size_t frame_size = 0;
  {
    Line line;  // control, and the size of the frame
    ASSERT_TRUE(line.client.Reset().ok());
    Spoiling(line, GetParam(), 0, [&](Raw& bytes) { frame_size = bytes.size(); });
    ExpectEcho(line, command);
    EXPECT_EQ(line.client.counters().repeats, 0u);
  }
  ASSERT_GT(frame_size, 30u);
  for (size_t at = 0; at < frame_size; ++at) {
    for (const uint8_t mask : {0x01, 0x80, 0xFF}) {
      Line line;
      ASSERT_TRUE(line.client.Reset().ok());
      Spoiling(line, GetParam(), 0, [=](Raw& bytes) { bytes[at] ^= mask; });
      ExpectEcho(line, command);
      EXPECT_GE(line.client.counters().repeats, 1u) << at;
      ExpectEcho(line, Numbers(3, 1));
    }
  }
}

TEST_P(OneFault, TruncatedAnywhere_IsExecutedOnce) {
  const Raw command = Numbers(30);
  for (size_t keep = 0; keep < 36; ++keep) {
    Line line;
    ASSERT_TRUE(line.client.Reset().ok());
    Spoiling(line, GetParam(), 0, [=](Raw& bytes) { bytes.resize(keep); });
    ExpectEcho(line, command);
    ExpectEcho(line, Numbers(3, 1));
  }
}

TEST_P(OneFault, GarbageBeforeAFrame_DoesNoHarm) {
  for (const Raw& garbage : {Raw{0x00}, Raw{0xC5}, Raw{0xC5, 0x03, 0x04, 0x00}, Raw(3000, 0xC5),
                             Raw{0xC5, 0x03, 0x00, 0x00}}) {
    Line line;
    ASSERT_TRUE(line.client.Reset().ok());
    Spoiling(line, GetParam(), 0,
             [&](Raw& bytes) { bytes.insert(bytes.begin(), garbage.begin(), garbage.end()); });
    ExpectEcho(line, Numbers(30));
    ExpectEcho(line, Numbers(3, 1));
  }
}

INSTANTIATE_TEST_SUITE_P(Side, OneFault, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "ToReader" : "ToCard"; });

TEST(FrameLine, RandomFaults_EveryCommandIsExecutedOnceInOrder) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Line line;
    ASSERT_TRUE(line.client.Reset().ok());
    std::mt19937 random(seed);
    const Spoil sometimes = [&](int, Raw& bytes) {
      if (bytes.empty() || random() % 8 != 0) {
        return;
      }
      switch (random() % 4) {
        case 0:
          bytes.clear();
          break;
        case 1:
          bytes[random() % bytes.size()] ^= static_cast<uint8_t>(1 + random() % 255);
          break;
        case 2:
          bytes.erase(bytes.begin() + static_cast<long>(random() % bytes.size()));
          break;
        default:
          bytes.insert(bytes.begin(), 1 + random() % 20, static_cast<uint8_t>(random()));
          break;
      }
    };
    line.to_card = sometimes;
    line.to_reader = sometimes;
    int failed = 0;
    for (int i = 0; i < 100; ++i) {
      const size_t before = line.door.commands.size();
      const Raw command = Numbers(1 + random() % 3000, i);
      Raw room(4000);
      const Result<Bytes> answer = line.client.Transmit(command, room);
      ASSERT_LE(line.door.commands.size(), before + 1) << "executed twice, seed " << seed;
      if (!answer.ok()) {  // five faults in a row: told, and a reset brings the line back
        ++failed;
        EXPECT_EQ(answer.error(), Error::kHardware);
        while (!line.client.Reset().ok()) {
        }
        continue;
      }
      ASSERT_EQ(line.door.commands.size(), before + 1);
      EXPECT_EQ(line.door.commands.back(), command);
      EXPECT_TRUE(Equal(answer.value().first(command.size()), command));
    }
    EXPECT_LT(failed, 5);
  }
}

TEST(FrameLine, DeadCard_IsReportedAfterFiveTries) {
  Line line;
  ASSERT_TRUE(line.client.Reset().ok());
  line.to_card = [](int, Raw& bytes) { bytes.clear(); };
  Raw room(100);
  const uint32_t before = line.client.counters().repeats;
  EXPECT_EQ(line.client.Transmit(Numbers(5), room).error(), Error::kHardware);
  EXPECT_EQ(line.client.counters().repeats - before, FrameClient::kTries - 1u);
  EXPECT_EQ(line.client.Transmit(Numbers(5), room).error(), Error::kState);
  line.to_card = [](int, Raw&) {};
  ASSERT_TRUE(line.client.Reset().ok());
  ExpectEcho(line, Numbers(5));
}

TEST(FrameLine, KeepAliveAndText_PassBesideTheAnswer) {
  Line line;
  ASSERT_TRUE(line.client.Reset().ok());
  std::string heard;
  line.client.OnText(
      [](void* context, ConstBytes text) {
        static_cast<std::string*>(context)->append(text.begin(), text.end());
      },
      &heard);
  const Raw text{'b', 'o', 'o', 't'};
  line.door.during = [&] {
    line.link.KeepAlive();
    line.link.Text(text);
    line.link.KeepAlive();
  };
  ExpectEcho(line, Numbers(20));
  EXPECT_EQ(heard, "boot");
  EXPECT_EQ(line.client.counters().keep_alives, 2u);
  EXPECT_EQ(line.client.counters().repeats, 0u);
}

TEST(FrameLine, LongAnswerToShortCommand_ComesInPieces) {
  Line line;
  ASSERT_TRUE(line.client.Reset().ok());
  line.door.forced_answer = Numbers(65536);
  Raw room(65538);
  const Result<Bytes> answer = line.client.Transmit(Raw{0x00, 0xB0, 0x00, 0x00}, room);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer.value().size(), 65538u);
  EXPECT_TRUE(Equal(answer.value().first(65536), line.door.forced_answer));
}

TEST(FrameLine, NextWithoutARest_IsAnsweredByNak) {
  Line line;
  ASSERT_TRUE(line.client.Reset().ok());
  Raw raw(frame::kMaxFrame);
  raw.resize(frame::Encode({frame::Type::kNext, true, {}}, raw));
  Raw seen;
  line.to_reader = [&](int, Raw& bytes) { seen = bytes; };
  line.Inject(raw);
  line.link.Run();
  ASSERT_GE(seen.size(), 2u);
  EXPECT_EQ(seen[1] & 0x7F, static_cast<int>(frame::Type::kNak));
}

}  // namespace
}  // namespace simurgh::apdu
