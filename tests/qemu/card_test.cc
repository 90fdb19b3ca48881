// The whole card, as a process: one card file, started in turn on the PC and on both QEMU machines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <cstdio>

#include "apdu/frame_client.h"
#include "tests/qemu/selftest_client.h"

namespace simurgh::test {
namespace {

/// A socket that gives up on silence after ten seconds, as FrameClient asks of its Serial.
class Line final : public hal::Serial {
 public:
  explicit Line(int fd) : fd_(fd) {}
  size_t Read(Bytes out) override {
    pollfd p{.fd = fd_, .events = POLLIN, .revents = 0};
    if (::poll(&p, 1, 10'000) <= 0) {
      return 0;
    }
    const ssize_t n = ::read(fd_, out.data(), out.size());
    return n > 0 ? static_cast<size_t>(n) : 0;
  }
  bool Write(ConstBytes data) override {
    return ::write(fd_, data.data(), data.size()) == static_cast<ssize_t>(data.size());
  }

 private:
  int fd_;
};

/// ATR and the answers to a few commands, in order.
std::vector<ByteVector> Session(const offcard::Start& start) {
  const ByteVector kCommands[] = {
      {0x00, 0xA4, 0x00, 0x04, 0x02, 0x3F, 0x00},  // SELECT MF
      {0x00, 0xA4, 0x00, 0x04, 0x02, 0x2F, 0xE2},  // SELECT EF.ICCID
      {0x00, 0xFF, 0x00, 0x00},                    // no such instruction
  };
  offcard::RunningCard card(start);
  Line line(card.fd());
  apdu::FrameClient client(line);
  std::vector<ByteVector> answers;
  const auto atr = client.Reset();
  if (!atr.ok()) {
    ADD_FAILURE() << start.machine << " gives no ATR; "
                  << offcard::DescribeFault(offcard::ReadCounters(start.file).fault) << card.log();
    return answers;
  }
  answers.emplace_back(atr.value().begin(), atr.value().end());
  for (const ByteVector& command : kCommands) {
    ByteVector room(4096);
    const auto answer = client.Transmit(command, room);
    EXPECT_TRUE(answer.ok()) << start.machine;
    const Bytes bytes = answer.ValueOr(Bytes());
    answers.emplace_back(bytes.begin(), bytes.end());
  }
  return answers;
}

bool Available(const std::string& machine) {
  try {
    machine == "host" ? offcard::FindHostCard() : offcard::FindFirmware(machine, "simurgh");
    return true;
  } catch (const offcard::LaunchError& e) {
    std::printf("%s left out: %s\n", machine.c_str(), e.what());
    return false;
  }
}

TEST(CardOnEveryMachine, SameFile_SameAnswersAndFlash) {
  // One file wanders from machine to machine; a second one sees as many starts, all on the first.
  TemporaryCard wandering("one"), resident("one");
  std::string first;
  std::vector<ByteVector> expected;
  int machines = 0;
  for (const std::string machine : {"host", "mps2-an386", "mps2-an505"}) {
    if (!Available(machine)) {
      continue;
    }
    first = first.empty() ? machine : first;
    const auto here = Session({.machine = machine, .file = wandering.file()});
    const auto there = Session({.machine = first, .file = resident.file()});
    ASSERT_EQ(here.size(), 4u) << machine;
    EXPECT_EQ(here, there) << machine;
    EXPECT_GE(here[0].size(), 2u);
    EXPECT_EQ(here[0][0], 0x3B);                      // direct convention
    EXPECT_EQ(here.back(), (ByteVector{0x6D, 0x00}));
    EXPECT_EQ(offcard::ReadFlash(wandering.file(), 1 << 20), offcard::ReadFlash(resident.file(), 1 << 20))
        << machine;
    const auto c = offcard::ReadCounters(wandering.file());
    EXPECT_EQ(c.boots, static_cast<uint64_t>(++machines));
    EXPECT_EQ(c.commands, static_cast<uint64_t>(3 * machines));
    EXPECT_EQ(c.fault.count, 0u);
    std::printf("%s: stack %u of %u, arena %u\n", machine.c_str(), c.stack_high_water, c.stack_bytes,
                c.arena_high_water);
  }
  if (machines < 2) {
    GTEST_SKIP() << "fewer than two machines are built";
  }
}

}  // namespace
}  // namespace simurgh::test
