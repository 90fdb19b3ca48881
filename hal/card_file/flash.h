#pragma once

#include "hal/card_file.h"
#include "hal/flash.h"

namespace simurgh::hal::card_file {

/// The way a machine dies in a staged power cut.
class PowerSwitch {
 public:
  /// Nothing executes after this call.
  virtual void Off() = 0;

 protected:
  ~PowerSwitch() = default;
};

/// NOR flash in the first megabytes of a card file: bits complemented, so zeroes of a new file read
/// as FF. Refuses to turn a 0 into a 1, counts operations in the counters page, and carries out the
/// power cut that the machine page orders. The same code runs on the PC and in QEMU.
class FileFlash final : public Flash {
 public:
  /// @param memory  start of the mapped file; `shape` fits in kFlashReserved.
  FileFlash(uint8_t* memory, FlashShape shape, PowerSwitch& power);
  FlashShape shape() const override { return shape_; }
  Error Read(uint32_t at, Bytes out) override;
  Error Program(uint32_t at, ConstBytes data) override;
  Error Erase(uint32_t sector) override;

 private:
  bool Inside(uint32_t at, size_t size) const;
  bool CutIsNext() const;
  [[noreturn]] void Cut();

  uint8_t* memory_;
  const volatile MachinePage& machine_;
  volatile CountersPage& counters_;
  FlashShape shape_;
  PowerSwitch& power_;
};

/// Decides which of the bits that an interrupted operation was changing did change. A quarter of
/// the seeds changes none, a quarter all, the rest any subset.
class Tear {
 public:
  Tear(uint64_t seed, uint64_t operation);
  uint8_t Mask();  ///< for the next byte: 1 where the change happened

 private:
  uint64_t Next();
  uint64_t state_;
  uint8_t mode_ = 0;
};

}  // namespace simurgh::hal::card_file
