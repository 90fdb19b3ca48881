#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <vector>

#include "hal/flash.h"

namespace simurgh::hal {

/// Thrown by SimFlash at the operation that a test chose. Whatever was built on the flash must be
/// destroyed and built again, as a card is at power-on.
struct PowerCut {};

/// NOR flash over memory that the caller owns (an array, a mapped file), with the physics that
/// hal/flash.h states: Program only clears bits, Erase sets a sector, a power cut tears.
class SimFlash final : public Flash {
 public:
  struct Options {
    /// Bits are stored inverted, so that a new, all-zero file is an erased flash.
    bool complement = false;
  };
  /// What the operation during which power fails leaves of its changes.
  enum class Tear : uint8_t { kNone, kAll, kRandomBits, kFirstBytes };
  /// How a cut shows to the code above: an exception, or kHardware from then on.
  enum class CutMode : uint8_t { kThrow, kFail };

  struct Counts {
    uint64_t reads = 0;
    uint64_t read_bytes = 0;
    uint64_t programs = 0;
    uint64_t program_bytes = 0;
    uint64_t erases = 0;
    uint64_t operations() const { return programs + erases; }
  };

  /// @param memory  exactly sectors * sector_bytes long. Not erased here: see EraseAll.
  SimFlash(const FlashShape& shape, std::span<uint8_t> memory);
  SimFlash(const FlashShape& shape, std::span<uint8_t> memory, Options options);

  FlashShape shape() const override { return shape_; }
  Error Read(uint32_t at, Bytes out) override;
  Error Program(uint32_t at, ConstBytes data) override;
  Error Erase(uint32_t sector) override;

  /// A factory-new flash. Not counted.
  void EraseAll();

  /// Power fails during the `n`-th program or erase from now (1: the next). `seed` chooses which
  /// bits the torn operation has changed: 0 none, 1 all, others at random.
  void CutAfter(uint64_t n, uint32_t seed, CutMode mode = CutMode::kThrow);
  /// Power is back; no further cut is set.
  void PowerOn();

  /// An operation that a cut stopped.
  struct CutOperation {
    uint64_t number = 0;  ///< what CutAfter was told
    bool erase = false;
    size_t at = 0;
    std::vector<uint8_t> data;  ///< of a program
  };
  const CutOperation& last_cut() const { return cut_; }
  /// Does to the flash what `cut` would have done with another seed. The flash must be as it was
  /// before the operation (seed 0 leaves it so): one run gives every tear.
  void TearAgain(const CutOperation& cut, uint32_t seed);
  bool powered() const { return powered_; }

  const Counts& counts() const { return counts_; }
  void ResetCounts();
  /// Erases of each sector since construction or ResetCounts.
  std::span<const uint32_t> wear() const { return wear_; }

  /// Sectors programmed or erased since construction or ForgetTouched, each once.
  std::span<const uint32_t> touched() const { return touched_; }
  void ForgetTouched();
  /// For who writes the memory behind the flash's back: counts these sectors as touched.
  void Touch(std::span<const uint32_t> sectors);

 private:
  /// @returns true when this operation is the one that is cut.
  bool Cut();
  Error Down(CutOperation operation);
  void ChooseTear(uint64_t number, uint32_t seed);
  void TouchSector(size_t sector);
  uint8_t Torn(uint8_t before, uint8_t after, size_t index, size_t size);
  uint8_t Stored(size_t at) const { return static_cast<uint8_t>(memory_[at] ^ flip_); }
  void Store(size_t at, uint8_t value) { memory_[at] = static_cast<uint8_t>(value ^ flip_); }

  FlashShape shape_;
  std::span<uint8_t> memory_;
  uint8_t flip_;
  Counts counts_;
  std::vector<uint32_t> wear_;
  std::vector<uint32_t> touched_;
  std::vector<bool> is_touched_;
  bool powered_ = true;
  uint64_t cut_in_ = 0;  ///< operations until the cut; 0: none
  uint32_t seed_ = 0;
  CutOperation cut_;
  CutMode mode_ = CutMode::kThrow;
  Tear tear_ = Tear::kNone;
  size_t torn_bytes_ = 0;
  std::minstd_rand random_;
};

}  // namespace simurgh::hal
