#include "hal/host/sim_flash.h"

#include <gtest/gtest.h>

#include "hal/host/flash_snapshot.h"

namespace simurgh::hal {
namespace {

struct Rig {
  explicit Rig(SimFlash::Options options = {}) : flash({4, 2048, 4}, memory, options) {
    flash.EraseAll();
  }
  uint8_t At(uint32_t at) {
    uint8_t byte = 0;
    EXPECT_EQ(flash.Read(at, {&byte, 1}), Error::kOk);
    return byte;
  }
  std::vector<uint8_t> memory = std::vector<uint8_t>(4 * 2048);
  SimFlash flash;
};

const uint8_t kWord[4] = {0x0F, 0xF0, 0x00, 0xFF};

TEST(SimFlash, Program_ClearsBitsAndRefusesToSetThem) {
  Rig rig;
  ASSERT_EQ(rig.flash.Program(8, kWord), Error::kOk);
  EXPECT_EQ(rig.At(8), 0x0F);
  const uint8_t fewer[4] = {0x0E, 0x70, 0x00, 0x00};
  EXPECT_EQ(rig.flash.Program(8, fewer), Error::kOk);
  EXPECT_EQ(rig.flash.Program(8, kWord), Error::kHardware);
  EXPECT_EQ(rig.At(9), 0x70);
  ASSERT_EQ(rig.flash.Erase(0), Error::kOk);
  EXPECT_EQ(rig.At(8), 0xFF);
}

TEST(SimFlash, BadRanges_AreRefused) {
  Rig rig;
  EXPECT_EQ(rig.flash.Program(2044, kWord), Error::kOk);
  EXPECT_EQ(rig.flash.Program(2, kWord), Error::kRange);
  EXPECT_EQ(rig.flash.Program(0, ConstBytes(kWord).first(3)), Error::kRange);
  const uint8_t two[8] = {};
  EXPECT_EQ(rig.flash.Program(4092, two), Error::kRange) << "crosses a sector";
  EXPECT_EQ(rig.flash.Program(4 * 2048, kWord), Error::kRange);
  EXPECT_EQ(rig.flash.Erase(4), Error::kRange);
}

TEST(SimFlash, Complement_StoresInvertedBits) {
  Rig rig({.complement = true});
  EXPECT_EQ(rig.memory[100], 0x00);
  ASSERT_EQ(rig.flash.Program(0, kWord), Error::kOk);
  EXPECT_EQ(rig.memory[0], 0xF0);
  EXPECT_EQ(rig.At(0), 0x0F);
}

TEST(SimFlash, Cut_TearsAndThrowsOnceThenFails) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    Rig rig;
    rig.flash.CutAfter(2, seed);
    ASSERT_EQ(rig.flash.Program(0, kWord), Error::kOk);
    EXPECT_THROW((void)rig.flash.Program(4, kWord), PowerCut);
    EXPECT_EQ(rig.flash.Program(8, kWord), Error::kHardware);
    rig.flash.PowerOn();
    for (uint32_t i = 0; i < 4; ++i) {
      EXPECT_EQ(rig.At(4 + i) & kWord[i], kWord[i]) << "only bits of the operation changed";
    }
    EXPECT_EQ(rig.At(8), 0xFF);
    if (seed == 0) {
      EXPECT_EQ(rig.At(4), 0xFF);
    }
    if (seed == 1) {
      EXPECT_EQ(rig.At(4), 0x0F);
    }
  }
}

TEST(SimFlash, CutOfErase_LeavesAMixture) {
  Rig rig;
  const std::vector<uint8_t> zeros(2048);
  ASSERT_EQ(rig.flash.Program(0, zeros), Error::kOk);
  rig.flash.CutAfter(1, 3, SimFlash::CutMode::kFail);
  EXPECT_EQ(rig.flash.Erase(0), Error::kHardware);
  rig.flash.PowerOn();
  int ones = 0;
  for (uint32_t i = 0; i < 2048; ++i) {
    ones += std::popcount(rig.At(i));
  }
  EXPECT_GT(ones, 0);
  EXPECT_LT(ones, 2048 * 8);
}

TEST(SimFlash, TearAgain_EqualsACutWithThatSeed) {
  const std::vector<uint8_t> zeros(2048);
  for (const bool erase : {false, true}) {
    const auto run = [&](Rig& rig, uint32_t seed) {
      ASSERT_EQ(rig.flash.Program(0, zeros), Error::kOk);
      rig.flash.CutAfter(1, seed, SimFlash::CutMode::kFail);
      EXPECT_EQ(erase ? rig.flash.Erase(0) : rig.flash.Program(2048, zeros), Error::kHardware);
    };
    for (uint32_t seed = 0; seed < 12; ++seed) {
      Rig direct, untorn;
      run(direct, seed);
      run(untorn, 0);
      untorn.flash.TearAgain(untorn.flash.last_cut(), seed);
      EXPECT_EQ(direct.memory, untorn.memory) << seed;
    }
  }
}

TEST(FlashSnapshot, Restore_BringsBackEitherMoment) {
  Rig rig;
  ASSERT_EQ(rig.flash.Program(8, kWord), Error::kOk);
  const std::vector<uint8_t> start = rig.memory;
  FlashSnapshot snapshot(rig.flash, rig.memory);
  EXPECT_FALSE(snapshot.changed());
  ASSERT_EQ(rig.flash.Erase(0), Error::kOk);
  ASSERT_EQ(rig.flash.Program(2048, kWord), Error::kOk);
  const std::vector<uint8_t> then = rig.memory;
  const FlashSnapshot::Later later = snapshot.Save();
  EXPECT_EQ(later.sectors.size(), 2u);
  ASSERT_EQ(rig.flash.Program(3 * 2048, kWord), Error::kOk);
  snapshot.Restore(later);
  EXPECT_EQ(rig.memory, then);
  EXPECT_TRUE(snapshot.changed());
  snapshot.Restore();
  EXPECT_EQ(rig.memory, start);
  EXPECT_FALSE(snapshot.changed());
}

TEST(SimFlash, Counts_CountWork) {
  Rig rig;
  ASSERT_EQ(rig.flash.Program(0, kWord), Error::kOk);
  ASSERT_EQ(rig.flash.Erase(2), Error::kOk);
  (void)rig.At(0);
  EXPECT_EQ(rig.flash.counts().programs, 1u);
  EXPECT_EQ(rig.flash.counts().program_bytes, 4u);
  EXPECT_EQ(rig.flash.counts().erases, 1u);
  EXPECT_EQ(rig.flash.counts().reads, 1u);
  EXPECT_EQ(rig.flash.wear()[2], 1u);
}

}  // namespace
}  // namespace simurgh::hal
