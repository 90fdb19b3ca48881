// The engine itself: it finds what is not safe, names the cut, and the name replays it.
#include "tests/power_cut/engine.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

namespace simurgh::test {
namespace {

/// One 32-bit value in sector 0, replaced through a journal in sector 1 or, to see it fail, not. A
/// value is stored with its complement: torn, the two never fit.
class Cell {
 public:
  enum class How {
    kSafe,            ///< journal, value, journal erased; recovery in the same order
    kNoJournal,       ///< erases the old value before the new one is anywhere
    kUnsafeRecovery,  ///< recovery erases the journal too early: only a second cut shows it
  };
  Cell(hal::Flash& flash, How how) : flash_(flash), how_(how) {
    uint32_t value = 0;
    if (Load(kJournal, value)) {
      if (how_ == How::kUnsafeRecovery) {
        (void)flash_.Erase(kJournal);
      }
      Replace(kHome, value);
    }
    if (!Blank(kJournal)) {
      (void)flash_.Erase(kJournal);
    }
  }
  void Save(uint32_t value) {
    if (how_ == How::kNoJournal) {
      Replace(kHome, value);
      return;
    }
    Replace(kJournal, value);
    Replace(kHome, value);
    (void)flash_.Erase(kJournal);
  }
  std::string Snapshot() {
    uint32_t value = 0;
    return Load(kHome, value) ? std::to_string(value) : "nothing";
  }

 private:
  static constexpr uint32_t kHome = 0, kJournal = 1, kSectorBytes = 256;
  using Stored = std::array<uint8_t, 8>;

  Stored Raw(uint32_t sector) {
    Stored stored{};
    EXPECT_EQ(flash_.Read(sector * kSectorBytes, stored), Error::kOk);
    return stored;
  }
  bool Blank(uint32_t sector) { return Get64(Raw(sector)) == ~uint64_t{0}; }
  bool Load(uint32_t sector, uint32_t& value) {
    const Stored stored = Raw(sector);
    value = Get32(stored);
    return value == ~Get32(stored, 4);
  }
  void Replace(uint32_t sector, uint32_t value) {
    Stored stored{};
    Put32(stored, 0, value);
    Put32(stored, 4, ~value);
    if (!Blank(sector)) {
      (void)flash_.Erase(sector);
    }
    EXPECT_EQ(flash_.Program(sector * kSectorBytes, stored), Error::kOk);
  }

  hal::Flash& flash_;
  How how_;
};

class PowerCutEngine : public testing::Test {
 protected:
  struct Outcome {
    CutReport report;
    std::vector<std::string> failures;
  };
  void SetUp() override {
    if (std::getenv(kVariable) != nullptr) {
      GTEST_SKIP() << "another scenario is being replayed";
    }
  }
  void TearDown() override { ::unsetenv(kVariable); }

  static Outcome Run(Cell::How how) {
    CutScenario<Cell> s;
    s.name = "cell";
    s.shape = {2, 256, 4};
    s.boot = [how](hal::Flash& flash) { return std::make_unique<Cell>(flash, how); };
    s.setup = [](Cell& cell) { cell.Save(17); };
    s.act = [](Cell& cell) { cell.Save(0x12345678); };
    s.snapshot = [](Cell& cell) { return cell.Snapshot(); };
    Outcome outcome;
    testing::TestPartResultArray found;
    {
      testing::ScopedFakeTestPartResultReporter reporter(
          testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &found);
      outcome.report = ForEveryPowerCut(s);
    }
    for (int i = 0; i < found.size(); ++i) {
      outcome.failures.emplace_back(found.GetTestPartResult(i).message());
    }
    return outcome;
  }
  /// What SIMURGH_CUT must be set to, as the failure says it.
  static std::string NameIn(const std::string& failure) {
    const std::string start = std::string(kVariable) + "=\"";
    const size_t from = failure.find(start) + start.size();
    return failure.substr(from, failure.find('"', from) - from);
  }
  static void ExpectReplay(Cell::How how, const Outcome& all) {
    for (const std::string& failure : all.failures) {
      const std::string name = NameIn(failure);
      ::setenv(kVariable, name.c_str(), 1);
      const Outcome again = Run(how);
      ASSERT_FALSE(again.failures.empty()) << name;
      EXPECT_EQ(again.failures.front(), failure);
      EXPECT_LE(again.report.cuts, 3u) << "that cut and no other";
      EXPECT_TRUE(Run(Cell::How::kSafe).failures.empty()) << "control: " << name;
    }
  }
  static constexpr const char* kVariable = "SIMURGH_CUT";
};

TEST_F(PowerCutEngine, SafeCell_Passes) {
  const Outcome all = Run(Cell::How::kSafe);
  EXPECT_TRUE(all.failures.empty()) << all.failures.front();
  EXPECT_EQ(all.report.operations, 4u);  // journal, erase, value, erase
  EXPECT_GT(all.report.cuts, 4u * 8u) << "and second cuts";
}

TEST_F(PowerCutEngine, UnsafeCell_IsReportedAndReplays) {
  const Outcome all = Run(Cell::How::kNoJournal);
  ASSERT_FALSE(all.failures.empty());
  EXPECT_EQ(NameIn(all.failures.front()), "cell:1:1:0") << "the erase went through, and no more";
  EXPECT_NE(all.failures.front().find("nothing"), std::string::npos);
  ExpectReplay(Cell::How::kNoJournal, all);
}

TEST_F(PowerCutEngine, UnsafeRecovery_OnlyASecondCutShowsIt) {
  const Outcome all = Run(Cell::How::kUnsafeRecovery);
  ASSERT_FALSE(all.failures.empty());
  for (const std::string& failure : all.failures) {
    const std::string name = NameIn(failure);
    EXPECT_NE(name.substr(name.rfind(':') + 1), "0") << name;
  }
  ExpectReplay(Cell::How::kUnsafeRecovery, all);
}

TEST_F(PowerCutEngine, NameOfAnotherScenario_RunsNothing) {
  ::setenv(kVariable, "other:1:1:0", 1);
  EXPECT_EQ(Run(Cell::How::kNoJournal).report.cuts, 0u);
}

}  // namespace
}  // namespace simurgh::test
