#pragma once

#include <cstdlib>
#include <cstring>

#include "hal/host/flash_snapshot.h"
#include "tests/unit/card/card_rig.h"

namespace simurgh::test {

/// A provisioned card that goes back to where it was before every input: the sectors that the input
/// touched, and the card itself byte by byte. That is sound because a Card owns no heap, is held by
/// nobody but its rig, and lies at the same address after every boot, so that all its views and
/// references still fit.
class FuzzCard {
 public:
  explicit FuzzCard(void (*provision)(CardRig&)) : own_(1) {
    provision(own_.rig);
    Require(own_.rig.Boot() == Error::kOk);
    flash_.emplace(own_.flash, own_.memory);
    bytes_.resize(sizeof(Card));
    std::memcpy(bytes_.data(), Address(), bytes_.size());
  }

  /// The card as provisioned, just booted.
  CardRig& Fresh() {
    flash_->Restore();
    std::memcpy(Address(), bytes_.data(), bytes_.size());
    return own_.rig;
  }

  /// The flash as it is carries a card that boots. Untouched, it is known to.
  void CheckBoots() { Require(!flash_->changed() || own_.rig.Boot() == Error::kOk); }

 private:
  static void Require(bool condition) {
    if (!condition) {
      std::abort();
    }
  }
  void* Address() { return &own_.rig.card(); }

  OwnedCard own_;
  std::optional<hal::FlashSnapshot> flash_;
  Data bytes_;
};

}  // namespace simurgh::test
