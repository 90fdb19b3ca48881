#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <memory>
#include <set>
#include <vector>

#include "hal/card_file/entropy.h"
#include "hal/card_file/flash.h"
#include "hal/card_file/machine.h"
#include "hal/host/host_machine.h"

namespace simurgh::hal::card_file {
namespace {

constexpr FlashShape kShape{.sectors = 8, .sector_bytes = 4096, .program_bytes = 4};
using Vector = std::vector<uint8_t>;

/// A card file in memory, prepared as a launcher does.
class Memory {
 public:
  Memory() : bytes_(kFileBytes) {
    machine().magic = kMagic;
    machine().version = kVersion;
    machine().seed[0] = 1;
  }
  uint8_t* data() { return bytes_.data(); }
  MachinePage& machine() { return *reinterpret_cast<MachinePage*>(data() + kMachineAt); }
  CountersPage& counters() { return *reinterpret_cast<CountersPage*>(data() + kCountersAt); }

 private:
  Vector bytes_;
};

struct PowerIsOff {};
class Throwing final : public PowerSwitch {
 public:
  void Off() override { throw PowerIsOff{}; }
};

Vector ReadAll(Flash& flash, uint32_t at, size_t size) {
  Vector out(size);
  EXPECT_EQ(flash.Read(at, out), Error::kOk);
  return out;
}

TEST(ChaChaBlock, Rfc8439Example_GivesItsKeyStream) {
  // RFC 8439 2.3.2: key 00..1f, counter 1, nonce 000000090000004a00000000.
  uint32_t state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 0x03020100, 0x07060504,
                        0x0b0a0908, 0x0f0e0d0c, 0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c,
                        1,          0x09000000, 0x4a000000, 0};
  Vector out(64);
  ChaChaBlock(state, out);
  const Vector head(out.begin(), out.begin() + 16), tail(out.end() - 4, out.end());
  EXPECT_EQ(head, (Vector{0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd, 0x1f,
                          0xa3, 0x20, 0x71, 0xc4}));
  EXPECT_EQ(tail, (Vector{0xa2, 0x50, 0x3c, 0x4e}));
}

TEST(FileEntropy, BootsCallsAndSeeds_NeverShareABlock) {
  std::set<Vector> blocks;
  size_t drawn = 0;
  for (const uint8_t seed : {1, 2}) {
    for (uint64_t boot = 1; boot <= 4; ++boot) {
      Vector seed48(48, seed);
      FileEntropy e(seed48, boot);
      for (int call = 0; call < 4; ++call) {
        Vector out(128);
        ASSERT_EQ(e.Fill(out), Error::kOk);
        blocks.insert(Vector(out.begin(), out.begin() + 64));
        blocks.insert(Vector(out.begin() + 64, out.end()));
        drawn += 2;
      }
    }
  }
  EXPECT_EQ(blocks.size(), drawn);
}

TEST(FileEntropy, EveryByteOfTheSeed_Matters) {
  Vector plain(48, 5), first(32);
  ASSERT_EQ(FileEntropy(plain, 1).Fill(first), Error::kOk);
  for (size_t i = 0; i < 48; ++i) {
    Vector seed = plain, out(32);
    seed[i] ^= 1;
    ASSERT_EQ(FileEntropy(seed, 1).Fill(out), Error::kOk);
    EXPECT_NE(out, first) << i;
  }
}

TEST(FileEntropy, NoSeed_Refuses) {
  Vector out(16), zero(48), one(48);
  one[47] = 1;
  EXPECT_EQ(FileEntropy(zero, 1).Fill(out), Error::kHardware);
  EXPECT_EQ(FileEntropy(one, 1).Fill(out), Error::kOk);  // control
}

TEST(FileFlash, NewFile_IsErasedAndStoresComplement) {
  Memory memory;
  Throwing power;
  FileFlash flash(memory.data(), kShape, power);
  EXPECT_EQ(ReadAll(flash, 4090, 11), Vector(11, 0xFF));
  ASSERT_EQ(flash.Program(8, Vector{1, 2, 3, 4}), Error::kOk);
  EXPECT_EQ(memory.data()[8], 0xFE);
  EXPECT_EQ(ReadAll(flash, 7, 6), (Vector{0xFF, 1, 2, 3, 4, 0xFF}));
}

TEST(FileFlash, Program_OnlyClearsBits) {
  Memory memory;
  Throwing power;
  FileFlash flash(memory.data(), kShape, power);
  ASSERT_EQ(flash.Program(0, Vector{0xF0, 0xFF, 0xFF, 0xFF}), Error::kOk);
  EXPECT_EQ(flash.Program(0, Vector{0xF1, 0, 0, 0}), Error::kHardware);
  EXPECT_EQ(ReadAll(flash, 0, 4), (Vector{0xF0, 0xFF, 0xFF, 0xFF}));  // refused whole
  EXPECT_EQ(flash.Program(0, Vector{0x30, 0, 0, 0}), Error::kOk);
  EXPECT_EQ(flash.Erase(0), Error::kOk);
  EXPECT_EQ(ReadAll(flash, 0, 4), Vector(4, 0xFF));
  EXPECT_EQ(memory.counters().programs, 2u);
  EXPECT_EQ(memory.counters().programmed_bytes, 8u);
  EXPECT_EQ(memory.counters().erases, 1u);
}

TEST(FileFlash, OutsideOrUnaligned_RefusedWithoutChange) {
  Memory memory;
  Throwing power;
  FileFlash flash(memory.data(), kShape, power);
  const uint32_t end = kShape.sectors * kShape.sector_bytes;
  Vector four(4, 0), eight(8, 0);
  EXPECT_EQ(flash.Program(2, four), Error::kRange);
  EXPECT_EQ(flash.Program(0, Vector(3, 0)), Error::kRange);
  EXPECT_EQ(flash.Program(4092, eight), Error::kRange);
  EXPECT_EQ(flash.Program(end, four), Error::kRange);
  EXPECT_EQ(flash.Program(0xFFFFFFFC, four), Error::kRange);
  EXPECT_EQ(flash.Read(end - 2, four), Error::kRange);
  EXPECT_EQ(flash.Erase(kShape.sectors), Error::kRange);
  EXPECT_EQ(Operations(memory.counters()), 0u);
  EXPECT_EQ(flash.Program(end - 4, four), Error::kOk);  // control
}

TEST(FileFlash, Cut_TearsExactlyThatOperationOnce) {
  Throwing power;
  std::set<int> kinds;
  for (uint64_t seed = 0; seed < 32; ++seed) {
    for (const bool erase : {false, true}) {
      Memory memory;
      FileFlash flash(memory.data(), kShape, power);
      ASSERT_EQ(flash.Program(0, Vector(64, 0x0F)), Error::kOk);
      memory.machine().cut_after = 2;
      memory.machine().torn_seed = seed;
      if (erase) {
        EXPECT_THROW((void)flash.Erase(0), PowerIsOff);
      } else {
        EXPECT_THROW((void)flash.Program(0, Vector(64, 0)), PowerIsOff);
      }
      EXPECT_EQ(memory.counters().cut_at, 2u);
      const Vector now = ReadAll(flash, 0, 64);
      int changed = 0;
      for (const uint8_t b : now) {
        // Program clears of 0F any of its ones; Erase sets any of its zeroes.
        EXPECT_TRUE(erase ? (b & 0x0F) == 0x0F : (b & 0xF0) == 0) << int{b};
        changed += std::popcount(static_cast<uint8_t>(b ^ 0x0F));
      }
      kinds.insert(changed == 0 ? 0 : changed == 256 ? 2 : 1);
      EXPECT_EQ(flash.Erase(0), Error::kOk);  // the next operation is whole again
      EXPECT_EQ(ReadAll(flash, 0, 64), Vector(64, 0xFF));
    }
  }
  EXPECT_THAT(kinds, ::testing::ElementsAre(0, 1, 2));
}

TEST(FileMachine, Boots_AreCountedAndMarksTakenOnce) {
  Memory memory;
  FileMachine first(memory.data());
  EXPECT_TRUE(first.prepared());
  EXPECT_EQ(first.boot(), 1u);
  EXPECT_EQ(first.cause(), ResetCause::kPowerOn);
  first.MarkRestart(RestartMark::kRequested);
  FileMachine second(memory.data());
  EXPECT_EQ(second.cause(), ResetCause::kRequested);
  FileMachine third(memory.data());
  EXPECT_EQ(third.cause(), ResetCause::kPowerOn);
  EXPECT_EQ(third.boot(), 3u);
}

TEST(FileMachine, WrongMagicOrVersion_IsNotPrepared) {
  Memory memory;
  memory.machine().magic ^= 1;
  EXPECT_FALSE(FileMachine(memory.data()).prepared());
  memory.machine().magic ^= 1;
  memory.machine().version = 2;
  EXPECT_FALSE(FileMachine(memory.data()).prepared());
  EXPECT_EQ(memory.counters().boots, 0u);
  memory.machine().version = 1;
  EXPECT_TRUE(FileMachine(memory.data()).prepared());
}

TEST(HostMachine, Platform_ShowsThePage) {
  Memory memory;
  memory.machine().eid[0] = 0x89;
  memory.machine().root_key[31] = 7;
  memory.machine().jig_millivolts = 1650;
  memory.machine().unix_seconds = 1'800'000'000;
  HostMachine machine(memory.data(), kShape);
  Platform p = machine.platform();
  EXPECT_EQ(p.device.identity().eid[0], 0x89);
  EXPECT_EQ(p.device.identity().root_key[31], 7);
  EXPECT_EQ(p.jig.Millivolts(), 1650);
  EXPECT_GE(p.clock.UnixSeconds(), 1'800'000'000u);
  memory.machine().jig_millivolts = 900;  // the jig moves while the card runs
  EXPECT_EQ(p.jig.Millivolts(), 900);
  EXPECT_FALSE(machine.restart_requested());
  p.reset.Restart();
  EXPECT_TRUE(machine.restart_requested());
  HostMachine next(memory.data(), kShape);
  EXPECT_EQ(next.platform().reset.cause(), ResetCause::kRequested);
}

TEST(HostMachine, Cut_EndsTheProcessWithItsStatus) {
  Memory memory;
  memory.machine().cut_after = 1;
  const pid_t child = ::fork();
  if (child == 0) {
    HostMachine machine(memory.data(), kShape);
    (void)(machine.platform().flash.Erase(0) == Error::kOk);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), HostPowerSwitch::kCutExit);
}

}  // namespace
}  // namespace simurgh::hal::card_file
