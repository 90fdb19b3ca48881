#pragma once

#include "hal/card_file.h"
#include "base/bytes.h"
#include "hal/device_id.h"
#include "hal/jig.h"
#include "hal/reset.h"

namespace simurgh::hal::card_file {

/// One boot of a machine over a mapped card file: identity, jig, cause of the start, and the
/// counters. Construct it first at every start; it counts the boot.
class FileMachine final : public DeviceId, public Jig {
 public:
  /// @param memory  start of the mapped file, kFileBytes long.
  explicit FileMachine(uint8_t* memory);
  /// False: no launcher has prepared the file. Nothing else may be used then.
  bool prepared() const { return prepared_; }

  const Identity& identity() const override { return identity_; }
  uint16_t Millivolts() override { return static_cast<uint16_t>(machine_.jig_millivolts); }
  ResetCause cause() const { return cause_; }
  uint64_t boot() const { return boot_; }
  uint64_t unix_seconds_at_start() const { return machine_.unix_seconds; }
  ConstBytes seed() const { return seed_; }
  LineKind line_kind() const { return static_cast<LineKind>(machine_.line_kind); }
  uint32_t atr_row() const { return machine_.atr_row; }

  volatile CountersPage& counters() { return counters_; }
  /// The card takes commands from here on.
  void MarkReady() { counters_.ready = static_cast<uint32_t>(boot_); }
  /// What the next start reports as its cause.
  void MarkRestart(RestartMark mark) { counters_.restart_mark = static_cast<uint32_t>(mark); }
  /// Adds one answered command to the counters.
  void CountCommand(uint64_t ticks, uint32_t tick_nanoseconds);

 private:
  volatile MachinePage& machine_;
  volatile CountersPage& counters_;
  bool prepared_;
  Identity identity_;
  std::array<uint8_t, 48> seed_{};
  ResetCause cause_ = ResetCause::kPowerOn;
  uint64_t boot_ = 0;
};

}  // namespace simurgh::hal::card_file
