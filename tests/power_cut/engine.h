#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "hal/host/sim_flash.h"

namespace simurgh::test {

/// What one scenario did. `operations` counts the programs and erases of the uncut action.
struct CutReport {
  uint64_t operations = 0;
  uint64_t cuts = 0;
  uint64_t failures = 0;
  double seconds = 0;  ///< of processor time, without the setup
};

/// Something that lives on a flash and is cut: a store, a whole card. `Thing` is what `boot` makes.
///
/// `boot` runs at every power-on, also after a cut, and may write (recovery): each of those writes
/// is cut as well. Given the same flash it must do the same operations. `act` is what is cut; it
/// must not catch hal::PowerCut. `snapshot` tells all that matters and must not write.
template <typename Thing>
struct CutScenario {
  std::string name;
  hal::FlashShape shape;
  std::function<std::unique_ptr<Thing>(hal::Flash&)> boot;
  std::function<void(Thing&)> setup;  ///< brings about the state before; not cut
  std::function<void(Thing&)> act;
  std::function<std::string(Thing&)> snapshot;
  /// More states than before and after that a cut may leave (the action has several commits, or a
  /// counter that is durable first). Optional.
  std::function<bool(const std::string& snapshot)> also_legal;
  /// Looks for what must never be, e.g. a secret in the raw flash; "" when all is well. Called
  /// after every recovery. Optional.
  std::function<std::string(Thing&, ConstBytes flash)> fault;
  /// Brings what the scenario holds outside the flash back to where it was after `setup`. Called
  /// before every run of the action. Optional.
  std::function<void()> restart;
  /// When a cut left the state before, the action is done again and must lead to the state after.
  bool repeat = true;
  uint32_t seeds = 8;         ///< tears per operation: 0 none, 1 all, others random
  uint32_t second_seeds = 2;  ///< tears per operation of a recovery; 0: no second cuts
  /// For actions and recoveries of many operations: at most so many of them are cut, evenly spread,
  /// and the tears take turns. 0: all. SIMURGH_CUT_ALL=1 in the environment cuts all of everything.
  uint64_t most = 0;
  uint64_t second_most = 0;
  /// A cut shows as kHardware from every flash operation instead of the exception: for actions that
  /// write in destructors (a rollback). `act` and `boot` must then bear errors.
  bool fails = false;
};

namespace internal {

struct ErasedScenario {
  std::string name;
  hal::FlashShape shape;
  std::function<std::shared_ptr<void>(hal::Flash&)> boot;
  std::function<void(void*)> setup;
  std::function<void(void*)> act;
  std::function<std::string(void*)> snapshot;
  std::function<bool(const std::string&)> also_legal;
  std::function<std::string(void*, ConstBytes)> fault;
  std::function<void()> restart;
  bool repeat = true;
  uint32_t seeds = 0;
  uint32_t second_seeds = 0;
  uint64_t most = 0;
  uint64_t second_most = 0;
  bool fails = false;
};

CutReport Run(const ErasedScenario& scenario);

}  // namespace internal

/// Cuts the power at every program and erase of the action, with several tears each, and then at
/// every one of the recovery that follows. After each cut the thing must boot and equal its state
/// before or after the action. Prints scenario, operations, cuts and cuts per second.
///
/// A failing cut is a gtest failure that names itself; run it alone with the environment variable
/// SIMURGH_CUT="scenario:operation:seed:second operation" (0: no second cut).
template <typename Thing>
CutReport ForEveryPowerCut(const CutScenario<Thing>& s) {
  const auto thing = [](void* p) -> Thing& { return *static_cast<Thing*>(p); };
  internal::ErasedScenario erased;
  erased.name = s.name;
  erased.shape = s.shape;
  erased.boot = [&s](hal::Flash& flash) { return std::shared_ptr<Thing>(s.boot(flash)); };
  erased.setup = [&s, thing](void* p) { s.setup(thing(p)); };
  erased.act = [&s, thing](void* p) { s.act(thing(p)); };
  erased.snapshot = [&s, thing](void* p) { return s.snapshot(thing(p)); };
  erased.also_legal = s.also_legal;
  if (s.fault) {
    erased.fault = [&s, thing](void* p, ConstBytes flash) { return s.fault(thing(p), flash); };
  }
  erased.restart = s.restart;
  erased.repeat = s.repeat;
  erased.seeds = s.seeds;
  erased.second_seeds = s.second_seeds;
  erased.most = s.most;
  erased.second_most = s.second_most;
  erased.fails = s.fails;
  return internal::Run(erased);
}

}  // namespace simurgh::test
