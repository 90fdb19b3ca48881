#pragma once

#include <gtest/gtest.h>

#include <set>

#include "tests/power_cut/engine.h"
#include "tests/unit/card/card_rig.h"

/// What the scenarios of a whole card share.
namespace simurgh::test {

using Act = std::function<void(CardRig&)>;

inline const Subscriber& One() {
  static const Subscriber one = NewSubscriber(1);
  return one;
}
inline const Subscriber& Two() {
  static const Subscriber two = NewSubscriber(2);
  return two;
}

inline Data ImageOf(CardRig& rig, const Subscriber& s, uint64_t id) {
  return rig.Pack({.id = id, .iccid = s.iccid, .package = s.package});
}

/// Two profiles, the first enabled.
inline void Provision(CardRig& rig) {
  ASSERT_TRUE(rig.Manufacture());
  ASSERT_EQ(rig.Install(ImageOf(rig, One(), 1)), 0);
  ASSERT_EQ(rig.Install(ImageOf(rig, Two(), 2)), 0);
  ASSERT_EQ(rig.Enable(One().iccid), 0);
  rig.card().Reset();
}

inline void SelectUsim(CardRig& rig) { ASSERT_EQ(rig.Ask(kSelectUsim).sw, 0x9000); }

inline std::unique_ptr<CardRig> BootCard(hal::Flash& flash) {
  auto rig = std::make_unique<CardRig>(flash);
  EXPECT_EQ(rig->boot_error(), Error::kOk);
  return rig;
}

inline CutScenario<CardRig> Base(const std::string& name) {
  CutScenario<CardRig> s;
  s.name = name;
  s.shape = kCardFlash;
  s.boot = BootCard;
  s.setup = Provision;
  s.snapshot = [](CardRig& rig) { return rig.Snapshot(); };
  s.second_most = 4;
  return s;
}

inline void RunAndExpectPass(const CutScenario<CardRig>& s) {
  EXPECT_EQ(ForEveryPowerCut(s).failures, 0u);
}

/// Also legal: the states that other actions lead to from the same start.
inline void AllowStates(CutScenario<CardRig>& s, const std::vector<Act>& acts) {
  auto legal = std::make_shared<std::set<std::string>>();
  std::vector<uint8_t> memory(kCardFlashBytes, 0xFF);
  hal::SimFlash flash(kCardFlash, memory);
  s.setup(*BootCard(flash));
  const std::vector<uint8_t> start = memory;
  for (const Act& act : acts) {
    memory = start;
    const auto rig = BootCard(flash);
    act(*rig);
    legal->insert(rig->Snapshot());
  }
  s.also_legal = [legal](const std::string& state) { return legal->count(state) != 0; };
}

}  // namespace simurgh::test
