#pragma once

#include <cstdlib>
#include <cstring>

#include "tests/unit/card/card_rig.h"

namespace simurgh::test {

/// A provisioned card whose flash goes back to where it was before every input.
class FuzzCard {
 public:
  explicit FuzzCard(void (*provision)(CardRig&)) : own_(1) {
    provision(own_.rig);
    start_ = own_.memory;
  }

  /// The card as provisioned, just booted.
  CardRig& Fresh() {
    Restore();
    if (own_.rig.Boot() != Error::kOk) {
      std::abort();
    }
    return own_.rig;
  }

  /// The flash as it is carries a card that boots.
  void CheckBoots() {
    if (own_.rig.Boot() != Error::kOk) {
      std::abort();
    }
  }

 private:
  void Restore() {
    const size_t sector = kCardFlash.sector_bytes;
    for (size_t at = 0; at < start_.size(); at += sector) {
      if (std::memcmp(&own_.memory[at], &start_[at], sector) != 0) {
        std::memcpy(&own_.memory[at], &start_[at], sector);
      }
    }
  }

  OwnedCard own_;
  Data start_;
};

}  // namespace simurgh::test
