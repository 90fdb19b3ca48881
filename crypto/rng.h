#pragma once

#include <array>

#include "base/bytes.h"

namespace simurgh::crypto {

/// Deterministic random bit generator: CTR_DRBG of SP 800-90A with AES-256, no derivation function.
/// One per card: the same 48-byte seed gives the same bytes on every machine.
class Rng {
 public:
  static constexpr size_t kSeedBytes = 48;
  Rng() = default;
  ~Rng();
  Rng(const Rng&) = delete;
  Rng& operator=(const Rng&) = delete;
  void Seed(ConstBytes seed48);
  void Fill(Bytes out);  ///< CHECKs that it was seeded; at most 64 KiB a call

 private:
  void Update(ConstBytes provided48);
  std::array<uint8_t, 32> key_{};
  std::array<uint8_t, 16> v_{};
  bool seeded_ = false;
};

}  // namespace simurgh::crypto
