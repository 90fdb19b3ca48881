#pragma once

#include "hal/card_file.h"
#include "hal/entropy.h"

namespace simurgh::hal::card_file {

/// One ChaCha20 permutation with the final addition (RFC 8439 2.3): 16 words in, 64 bytes out.
void ChaChaBlock(const uint32_t (&state)[16], Bytes out64);

/// Entropy that the launcher puts into the machine page. Bytes are ChaCha20 keyed by the 48-byte
/// seed, with the number of the boot, of the call and of the block as its counter: no two boots and
/// no two calls of one file share a byte, and a run with a fixed seed can be repeated on any
/// machine. Full entropy when the seed has it (SeedMode::kRefreshed).
class FileEntropy final : public Entropy {
 public:
  /// @param seed48  the seed; copied.  @param boot  counters.boots of this boot.
  FileEntropy(ConstBytes seed48, uint64_t boot);
  /// @error kHardware: the seed is all zeroes, nobody ever filled it.
  Error Fill(Bytes out) override;

 private:
  uint32_t key_[8];
  uint64_t boot_;
  uint32_t call_ = 0;
  bool seeded_ = false;
};

}  // namespace simurgh::hal::card_file
