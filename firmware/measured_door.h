#pragma once

#include "apdu/link.h"
#include "crypto/arena.h"

namespace simurgh {

/// A door in front of the card's that counts what each command costs: the time spent inside the
/// card, without that of the serial line between two pieces. `Machine` has Ticks() and
/// CountCommand(ticks, arena_high_water).
template <typename Machine>
class MeasuredDoor final : public apdu::Door {
 public:
  MeasuredDoor(apdu::Door& card, Machine& machine) : card_(card), machine_(machine) {}

  void Reset() override {
    ticks_ = 0;
    card_.Reset();
  }
  ConstBytes Atr() override { return card_.Atr(); }
  void Feed(ConstBytes part) override {
    const uint64_t from = machine_.Ticks();
    card_.Feed(part);
    ticks_ += machine_.Ticks() - from;
  }
  void Drop() override {
    ticks_ = 0;
    card_.Drop();
  }
  bool TakesData(ConstBytes header) const override { return card_.TakesData(header); }
  ConstBytes Finish() override {
    const uint64_t from = machine_.Ticks();
    const ConstBytes answer = card_.Finish();
    ticks_ += machine_.Ticks() - from;
    machine_.CountCommand(ticks_, static_cast<uint32_t>(crypto::ArenaHighWater()));
    ticks_ = 0;
    return answer;
  }

 private:
  apdu::Door& card_;
  Machine& machine_;
  uint64_t ticks_ = 0;
};

}  // namespace simurgh
