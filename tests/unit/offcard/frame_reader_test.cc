#include "offcard/common/frame_reader.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "apdu/frame_link.h"
#include "offcard/common/hex.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

/// Answers every command with the command itself and 9000.
class EchoDoor final : public apdu::Door {
 public:
  void Reset() override { command_.clear(); }
  ConstBytes Atr() override { return atr_; }
  void Feed(ConstBytes part) override { command_.insert(command_.end(), part.begin(), part.end()); }
  ConstBytes Finish() override {
    answer_ = command_;
    answer_.push_back(0x90);
    answer_.push_back(0x00);
    command_.clear();
    return answer_;
  }

 private:
  const std::vector<uint8_t> atr_ = {0x3B, 0x00};
  std::vector<uint8_t> command_;
  std::vector<uint8_t> answer_;
};

TEST(FrameReader, CommandsOfEveryLength_ComeBackOverASocket) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  EchoDoor door;
  std::thread card([&] {
    FdSerial serial(pair[1], -1);
    apdu::FrameLink link(serial, door);
    link.Run();
  });
  {
    FrameReader reader(pair[0], "test");
    EXPECT_EQ(ToHex(reader.Reset()), "3B00");
    for (size_t size : {4u, 5u, 260u, 1024u, 1025u, 5000u, 60000u}) {
      Buffer command(size, 0x5A);
      Buffer expected = command;
      expected.push_back(0x90);
      expected.push_back(0x00);
      EXPECT_EQ(reader.Transmit(command), expected) << size;
    }
    EXPECT_GE(reader.wire().bytes_out, 60000u);
    EXPECT_THROW(reader.Transmit({}), UserError);
  }
  card.join();
}

TEST(FrameReader, CardGone_IsAnErrorInWords) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  close(pair[1]);
  FrameReader reader(pair[0], "test");
  try {
    reader.Reset();
    FAIL() << "no error";
  } catch (const UserError& e) {
    EXPECT_NE(std::string(e.what()).find("test: no answer to reset"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace simurgh::offcard
