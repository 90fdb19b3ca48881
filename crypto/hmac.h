#pragma once

#include "base/bytes.h"
#include "crypto/sha.h"

namespace simurgh::crypto {

/// HMAC with SHA-256 (FIPS 198-1, RFC 2104), streaming. `key` is at most 64 bytes (CHECKed).
class HmacSha256 {
 public:
  explicit HmacSha256(ConstBytes key);
  ~HmacSha256();
  HmacSha256(const HmacSha256&) = delete;
  HmacSha256& operator=(const HmacSha256&) = delete;
  void Update(ConstBytes data) { inner_.Update(data); }
  Sha256Digest Finish();  ///< once

 private:
  static constexpr size_t kBlock = 64;
  std::array<uint8_t, kBlock> pad_{};  ///< the key as the outer hash takes it
  Sha256 inner_;
};

}  // namespace simurgh::crypto
