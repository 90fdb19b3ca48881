#include "tests/power_cut/engine.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <vector>

#include "hal/host/flash_snapshot.h"

namespace simurgh::test::internal {
namespace {

constexpr uint64_t kMostFailures = 5;
constexpr uint32_t kUntorn = 0;  // the seed that leaves nothing of the operation

/// Names one cut: `second` is 0 when recovery is not cut.
struct Cut {
  uint64_t first = 0;
  uint32_t seed = 0;
  uint64_t second = 0;
};

/// The cut named by SIMURGH_CUT, when set.
struct Replay {
  std::string scenario;
  Cut cut;
};

std::optional<Replay> ReplayFromEnvironment() {
  const char* text = std::getenv("SIMURGH_CUT");
  if (text == nullptr) {
    return std::nullopt;
  }
  Replay replay;
  const std::string whole = text;
  const size_t colon = whole.find(':');
  replay.scenario = whole.substr(0, colon);
  unsigned long long first = 0;
  unsigned long long second = 0;
  unsigned seed = 0;
  const char* numbers = colon == std::string::npos ? "" : text + colon + 1;
  if (std::sscanf(numbers, "%llu:%u:%llu", &first, &seed, &second) < 2) {
    std::fprintf(stderr, "SIMURGH_CUT is scenario:operation:seed:second operation\n");
    std::exit(2);
  }
  replay.cut = {first, seed, second};
  return replay;
}

/// The `i`-th of the operations to cut when at most `most` of `all` are: the first and the last are
/// among them.
uint64_t Spread(uint64_t i, uint64_t most, uint64_t all) {
  return most < 2 ? 1 + all / 2 : 1 + i * (all - 1) / (most - 1);
}

bool CutsAll() { return std::getenv("SIMURGH_CUT_ALL") != nullptr; }

class Runner {
 public:
  explicit Runner(const ErasedScenario& scenario)
      : s_(scenario),
        memory_(static_cast<size_t>(s_.shape.sectors) * s_.shape.sector_bytes),
        flash_(s_.shape, memory_) {}

  CutReport Run() {
    const std::optional<Replay> replay = ReplayFromEnvironment();
    if (replay && replay->scenario != s_.name) {
      return report_;
    }
    Prepare();
    const std::clock_t start = std::clock();  // of this process: other jobs do not blur it
    if (replay) {
      CutFirst(replay->cut.first, {replay->cut.seed}, replay->cut.second);
    } else {
      CutAll();
    }
    report_.seconds = static_cast<double>(std::clock() - start + 1) / CLOCKS_PER_SEC;
    std::printf("power cut: %-28s %6llu operations %8llu cuts %8.0f cuts/s\n", s_.name.c_str(),
                static_cast<unsigned long long>(report_.operations),
                static_cast<unsigned long long>(report_.cuts),
                static_cast<double>(report_.cuts) / report_.seconds);
    return report_;
  }

 private:
  hal::SimFlash::CutMode Mode() const {
    return s_.fails ? hal::SimFlash::CutMode::kFail : hal::SimFlash::CutMode::kThrow;
  }

  static constexpr uint32_t kTurns = 8;  // tears that take turns in a sampled scenario

  void CutAll() {
    const uint64_t all = report_.operations;
    const bool sampled = s_.most != 0 && s_.most < all && !CutsAll();
    const uint64_t count = sampled ? s_.most : all;
    const bool turns = s_.most != 0 && !CutsAll();
    for (uint64_t i = 0; i < count; ++i) {
      std::vector<uint32_t> seeds(s_.seeds);
      for (uint32_t k = 0; k < s_.seeds; ++k) {
        seeds[k] = turns ? (static_cast<uint32_t>(i) * s_.seeds + k) % kTurns : k;
      }
      CutFirst(sampled ? Spread(i, count, all) : i + 1, seeds, std::nullopt);
    }
  }

  /// Takes the state before and after, and counts the operations between.
  void Prepare() {
    flash_.EraseAll();
    {
      const std::shared_ptr<void> thing = s_.boot(flash_);
      s_.setup(thing.get());
    }
    start_.emplace(flash_, memory_);
    const std::shared_ptr<void> thing = s_.boot(flash_);
    before_ = s_.snapshot(thing.get());
    flash_.ResetCounts();
    s_.act(thing.get());
    report_.operations = flash_.counts().operations();
    after_ = s_.snapshot(thing.get());
    EXPECT_GT(report_.operations, 0u) << s_.name << ": the action writes nothing";
  }

  /// Cuts operation `n` of the action, torn in turn as each of the seeds says. The action runs once:
  /// the flash as it was before the operation gives every tear of it.
  /// @param only  the one operation of the recovery to cut (0: none); all when not given.
  void CutFirst(uint64_t n, const std::vector<uint32_t>& seeds, std::optional<uint64_t> only) {
    start_->Restore();
    if (s_.restart) {
      s_.restart();
    }
    flash_.PowerOn();
    {
      const std::shared_ptr<void> thing = s_.boot(flash_);
      flash_.CutAfter(n, kUntorn, Mode());
      try {
        s_.act(thing.get());
      } catch (const hal::PowerCut&) {
      }
    }
    if (flash_.powered()) {
      Fail({n, seeds.front(), 0}, "the action has fewer operations when it is done again");
      return;
    }
    const hal::FlashSnapshot::Later before_it = start_->Save();
    const hal::SimFlash::CutOperation operation = flash_.last_cut();
    for (const uint32_t seed : seeds) {
      if (report_.failures >= kMostFailures) {
        return;
      }
      start_->Restore(before_it);
      flash_.TearAgain(operation, seed);
      CutRecovery({n, seed, 0}, only);
    }
  }

  /// What follows a cut: the flash is as the cut left it.
  void CutRecovery(const Cut& cut, std::optional<uint64_t> only) {
    const hal::FlashSnapshot::Later torn = start_->Save();
    const uint64_t recovery = Verify(cut);
    if (s_.second_seeds == 0) {
      return;
    }
    if (only) {
      if (*only != 0 && *only <= recovery) {
        CutSecond(torn, {cut.first, cut.seed, *only});
      }
      return;
    }
    const bool sampled = s_.second_most != 0 && s_.second_most < recovery && !CutsAll();
    const uint64_t count = sampled ? s_.second_most : recovery;
    for (uint64_t i = 0; i < count && report_.failures < kMostFailures; ++i) {
      CutSecond(torn, {cut.first, cut.seed, sampled ? Spread(i, count, recovery) : i + 1});
    }
  }

  /// Cuts operation `cut.second` of the recovery, with several tears.
  void CutSecond(const hal::FlashSnapshot::Later& torn, const Cut& cut) {
    start_->Restore(torn);
    flash_.PowerOn();
    flash_.CutAfter(cut.second, kUntorn, Mode());
    try {
      (void)s_.boot(flash_);
    } catch (const hal::PowerCut&) {
    }
    if (flash_.powered()) {
      Fail(cut, "the recovery has fewer operations when it is done again");
      return;
    }
    const hal::FlashSnapshot::Later before_it = start_->Save();
    const hal::SimFlash::CutOperation operation = flash_.last_cut();
    for (uint32_t i = 0; i < s_.second_seeds; ++i) {
      start_->Restore(before_it);
      flash_.TearAgain(operation, cut.seed + 2 + i * 5);
      (void)Verify(cut);
    }
  }

  /// Boots on what a cut left, and looks. @returns how many operations the boot took.
  uint64_t Verify(const Cut& cut) {
    ++report_.cuts;
    flash_.PowerOn();
    flash_.ResetCounts();
    const std::shared_ptr<void> thing = s_.boot(flash_);
    const uint64_t recovery = flash_.counts().operations();
    Judge(cut, thing.get());
    return recovery;
  }

  void Judge(const Cut& cut, void* thing) {
    const std::string state = s_.snapshot(thing);
    if (state != before_ && state != after_ && !(s_.also_legal && s_.also_legal(state))) {
      Fail(cut, "state is neither before nor after:\n" + state + "\nbefore:\n" + before_ +
                    "\nafter:\n" + after_);
      return;
    }
    const std::string fault = s_.fault ? s_.fault(thing, memory_) : "";
    if (!fault.empty()) {
      Fail(cut, fault);
      return;
    }
    if (s_.repeat && state == before_ && before_ != after_) {
      s_.act(thing);
      const std::string again = s_.snapshot(thing);
      if (again != after_) {
        Fail(cut, "done again, the action leads to:\n" + again + "\nafter:\n" + after_);
      }
    }
  }

  void Fail(const Cut& cut, const std::string& what) {
    ++report_.failures;
    ADD_FAILURE() << "SIMURGH_CUT=\"" << s_.name << ":" << cut.first << ":" << cut.seed << ":"
                  << cut.second << "\"  " << what;
  }

  const ErasedScenario& s_;
  std::vector<uint8_t> memory_;
  hal::SimFlash flash_;
  std::optional<hal::FlashSnapshot> start_;
  std::string before_;
  std::string after_;
  CutReport report_;
};

}  // namespace

CutReport Run(const ErasedScenario& scenario) { return Runner(scenario).Run(); }

}  // namespace simurgh::test::internal
