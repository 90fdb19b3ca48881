#pragma once

#include <chrono>
#include <cstdint>

#include "hal/card_file/entropy.h"
#include "hal/card_file/flash.h"
#include "hal/card_file/machine.h"
#include "hal/platform.h"

namespace simurgh::hal {

/// Time since construction from the steady clock; the date from the machine page.
class HostClock final : public Clock {
 public:
  explicit HostClock(uint64_t unix_seconds) : unix_seconds_(unix_seconds) {}
  uint64_t Ticks() const;  ///< nanoseconds
  uint64_t Milliseconds() const override { return Ticks() / 1'000'000; }
  uint64_t UnixSeconds() const override;

 private:
  uint64_t unix_seconds_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Restart() sets a flag: whoever runs the card destroys it, and starts a new HostMachine.
class HostReset final : public Reset {
 public:
  HostReset(ResetCause cause, card_file::FileMachine& file) : cause_(cause), file_(file) {}
  ResetCause cause() const override { return cause_; }
  void Restart() override;
  bool requested() const { return requested_; }

 private:
  ResetCause cause_;
  card_file::FileMachine& file_;
  bool requested_ = false;
};

/// A staged power cut ends the process at once, with exit status kCutExit.
class HostPowerSwitch final : public card_file::PowerSwitch {
 public:
  static constexpr int kCutExit = 75;
  void Off() override;
};

/// One start of a PC machine over a mapped card file: the same state, the same flash model and the
/// same entropy as a QEMU machine over the same file.
class HostMachine {
 public:
  /// @param memory  a prepared card file (MappedCardFile).
  HostMachine(uint8_t* memory, FlashShape flash);
  HostMachine(const HostMachine&) = delete;
  HostMachine& operator=(const HostMachine&) = delete;

  Platform platform();
  card_file::FileMachine& file() { return file_; }
  bool restart_requested() const { return reset_.requested(); }
  uint64_t Ticks() const { return clock_.Ticks(); }
  /// Puts one answered command into the counters page; on the PC a tick is a nanosecond of real time.
  void CountCommand(uint64_t ticks, uint32_t arena_high_water);

 private:
  card_file::FileMachine file_;
  HostPowerSwitch power_;
  HostReset reset_;
  card_file::FileFlash flash_;
  card_file::FileEntropy entropy_;
  HostClock clock_;
};

}  // namespace simurgh::hal
