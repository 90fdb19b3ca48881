#pragma once

#include <array>
#include <cstddef>

#include "base/bytes.h"

namespace simurgh::crypto {

using Sha256Digest = std::array<uint8_t, 32>;
using Sha1Digest = std::array<uint8_t, 20>;

/// SHA-256 (FIPS 180-4), streaming.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void Update(ConstBytes data);
  Sha256Digest Finish();  ///< once

 private:
  static constexpr size_t kContextBytes = 128;
  alignas(8) uint8_t context_[kContextBytes];
};

Sha256Digest Sha256Of(ConstBytes data);

/// SHA-1: for GBA (TS 33.220 5.3.2), and in builds that allow it for profiles signed with it.
Sha1Digest Sha1Of(ConstBytes data);

}  // namespace simurgh::crypto
