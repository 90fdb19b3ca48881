#pragma once

#include "hal/card_file/entropy.h"
#include "hal/card_file/flash.h"
#include "hal/card_file/machine.h"
#include "hal/cortex_m/cmsdk_uart.h"
#include "hal/cortex_m/systick_clock.h"
#include "hal/platform.h"

namespace simurgh::qemu {

/// Restart by SYSRESETREQ; the cause of a start is kept in the counters page, since the mps2
/// machines have no register for it.
class SystemReset final : public hal::Reset, public hal::card_file::PowerSwitch {
 public:
  explicit SystemReset(hal::ResetCause cause) : cause_(cause) {}
  hal::ResetCause cause() const override { return cause_; }
  void Restart() override;
  void Off() override;

 private:
  hal::ResetCause cause_;
};

/// One start of a QEMU machine: every device of it, built in order. There is one, and it is not
/// moved: the UART's interrupt knows where it is.
class Machine {
 public:
  /// Stops for good when the card file was not prepared, or when the card has faulted at several
  /// starts in a row without ever becoming ready: a restart would only repeat it.
  explicit Machine(hal::FlashShape flash);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  Platform platform();
  hal::card_file::FileMachine& file() { return file_; }
  hal::Serial& serial() { return uart_; }
  uint64_t Ticks() const { return clock_.Ticks(); }
  /// Puts one answered command, which took `ticks`, into the counters page.
  void CountCommand(uint64_t ticks, uint32_t arena_high_water);
  /// The card cannot start on this flash: leaves a record and sleeps for good.
  [[noreturn]] void BootFailed(Error why);

 private:
  hal::card_file::FileMachine file_;
  SystemReset reset_;
  hal::card_file::FileFlash flash_;
  hal::card_file::FileEntropy entropy_;
  hal::cortex_m::SysTickClock clock_;
  hal::cortex_m::CmsdkUart uart_;
};

}  // namespace simurgh::qemu
