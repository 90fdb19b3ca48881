#include "apdu/vpcd_link.h"

#include <gtest/gtest.h>

#include <vector>

namespace simurgh::apdu {
namespace {

using Raw = std::vector<uint8_t>;

class Socket final : public hal::Serial {
 public:
  size_t Read(Bytes out) override {
    ++reads;
    const size_t n = std::min({out.size(), input.size() - at, chunk});
    std::copy_n(input.begin() + static_cast<long>(at), n, out.begin());
    at += n;
    return n;
  }
  bool Write(ConstBytes data) override {
    writes.emplace_back(data.begin(), data.end());
    return !gone;
  }
  Raw input;
  size_t at = 0;
  size_t chunk = 100000;
  bool gone = false;
  int reads = 0;
  std::vector<Raw> writes;
};

class TestDoor final : public Door {
 public:
  void Reset() override { ++resets; }
  ConstBytes Atr() override { return atr; }
  void Feed(ConstBytes part) override { fed.insert(fed.end(), part.begin(), part.end()); }
  ConstBytes Finish() override {
    commands.push_back(fed);
    fed.clear();
    return answer;
  }
  Raw atr{0x3B, 0x01, 0x02};
  Raw fed, answer{0x90, 0x00};
  std::vector<Raw> commands;
  int resets = 0;
};

struct Fixture {
  Socket socket;
  TestDoor door;
  Raw room = Raw(300);
  VpcdLink link{socket, door, room};
};

TEST(VpcdLink, Controls_ResetAndAtr) {
  Fixture s;
  s.socket.input = {0, 1, 0x01, 0, 1, 0x02, 0, 1, 0x04, 0, 1, 0x00};
  s.link.Run();
  EXPECT_EQ(s.door.resets, 2);
  ASSERT_EQ(s.socket.writes.size(), 1u);
  EXPECT_EQ(s.socket.writes[0], (Raw{0x00, 0x03, 0x3B, 0x01, 0x02}));
  EXPECT_TRUE(s.door.commands.empty());
}

TEST(VpcdLink, Command_OneWritePerAnswer_InAnyChunks) {
  for (const size_t chunk : {1, 2, 3, 7, 100}) {
    Fixture s;
    s.socket.chunk = chunk;
    s.socket.input = {0, 5, 0x00, 0xC0, 0x00, 0x00, 0x10, 0, 4, 0x00, 0xA4, 0x00, 0x0C};
    s.link.Run();
    EXPECT_EQ(s.door.commands,
              (std::vector<Raw>{{0x00, 0xC0, 0x00, 0x00, 0x10}, {0x00, 0xA4, 0x00, 0x0C}}));
    EXPECT_EQ(s.socket.writes,
              (std::vector<Raw>{{0x00, 0x02, 0x90, 0x00}, {0x00, 0x02, 0x90, 0x00}}));
  }
}

TEST(VpcdLink, ShortMessage_CostsOneRead) {
  Fixture s;
  s.socket.input = {0, 5, 0x00, 0xC0, 0x00, 0x00, 0x10};
  EXPECT_TRUE(s.link.RunOne());
  EXPECT_EQ(s.socket.reads, 1);
  EXPECT_EQ(s.socket.writes.size(), 1u);
  // What came along with it is not lost.
  s.socket.at = 0;
  s.socket.input = {0, 4, 0x00, 0xA4, 0x00, 0x0C, 0, 1, 0x04};
  EXPECT_TRUE(s.link.RunOne());
  EXPECT_TRUE(s.link.RunOne());
  EXPECT_EQ(s.socket.reads, 2);
  EXPECT_EQ(s.socket.writes.back(), (Raw{0x00, 0x03, 0x3B, 0x01, 0x02}));
}

TEST(VpcdLink, LongestCommand_Streams) {
  Fixture s;
  s.socket.input = {0xFF, 0xFF};
  s.socket.input.resize(2 + 65535, 0x5A);
  s.link.Run();
  ASSERT_EQ(s.door.commands.size(), 1u);
  EXPECT_EQ(s.door.commands[0], Raw(65535, 0x5A));
}

TEST(VpcdLink, EveryTruncation_EndsWithoutAnAnswer) {
  const Raw whole{0, 5, 0x00, 0xC0, 0x00, 0x00, 0x10};
  for (size_t n = 0; n <= whole.size(); ++n) {
    Fixture s;
    s.socket.input = Raw(whole.begin(), whole.begin() + static_cast<long>(n));
    s.link.Run();
    EXPECT_EQ(s.door.commands.size(), n == whole.size() ? 1u : 0u);
    EXPECT_EQ(s.socket.writes.size(), n == whole.size() ? 1u : 0u);
  }
}

TEST(VpcdLink, AnswerLongerThanTheRoom_Becomes6F00) {
  Fixture s;
  s.socket.input = {0, 4, 1, 2, 3, 4};
  s.door.answer = Raw(298, 0x11);  // control: just fits
  EXPECT_TRUE(s.link.RunOne());
  EXPECT_EQ(s.socket.writes.back().size(), 300u);
  s.socket.at = 0;
  s.door.answer = Raw(299, 0x11);
  EXPECT_TRUE(s.link.RunOne());
  EXPECT_EQ(s.socket.writes.back(), (Raw{0x00, 0x02, 0x6F, 0x00}));
}

TEST(VpcdLink, EmptyMessageAndUnknownControl_AreIgnored) {
  Fixture s;
  s.socket.input = {0, 0, 0, 1, 0x33, 0, 1, 0x04};
  s.link.Run();
  EXPECT_EQ(s.socket.writes.size(), 1u);
  EXPECT_EQ(s.door.resets, 0);
}

TEST(VpcdLink, ReaderGone_EndsTheLoop) {
  Fixture s;
  s.socket.input = {0, 1, 0x04, 0, 1, 0x04};
  s.socket.gone = true;
  EXPECT_FALSE(s.link.RunOne());
}

}  // namespace
}  // namespace simurgh::apdu
