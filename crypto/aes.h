#pragma once

#include <array>
#include <cstddef>

#include "base/bytes.h"

namespace simurgh::crypto {

constexpr size_t kAesBlock = 16;
using AesBlock = std::array<uint8_t, kAesBlock>;

/// AES (FIPS 197) with an expanded key of 128, 192 or 256 bits, for encryption. Decryption expands
/// its own schedule where it is needed. Wiped on destruction.
class Aes {
 public:
  explicit Aes(ConstBytes key);  ///< 16, 24 or 32 bytes (CHECKed)
  ~Aes();
  Aes(const Aes&) = delete;
  Aes& operator=(const Aes&) = delete;

  /// One block; `in` and `out` may be the same 16 bytes.
  void Encrypt(const uint8_t* in, uint8_t* out) const;

 private:
  static constexpr size_t kContextBytes = 320;
  alignas(8) uint8_t context_[kContextBytes];
};

/// CBC without padding (SP 800-38A), in place; sizes are multiples of 16 (CHECKed).
void CbcEncrypt(ConstBytes key, const AesBlock& iv, Bytes data);
void CbcDecrypt(ConstBytes key, const AesBlock& iv, Bytes data);

/// CTR (SP 800-38A) in place; the counter block counts big-endian over its 16 bytes. `counter` is
/// left at the next unused block; only the last call of a stream may have a size not divisible by
/// 16.
void Ctr(const Aes& aes, AesBlock& counter, Bytes data);

/// CMAC (SP 800-38B, RFC 4493), streaming.
class Cmac {
 public:
  explicit Cmac(ConstBytes key);
  ~Cmac();
  Cmac(const Cmac&) = delete;
  Cmac& operator=(const Cmac&) = delete;
  void Update(ConstBytes data);
  void Finish(AesBlock& mac);  ///< then the object is ready for a new message under the same key

 private:
  Aes aes_;
  AesBlock subkey_{};  ///< K1 (SP 800-38B 6.1): made once, used for every message
  AesBlock chain_{};
  AesBlock last_{};
  size_t filled_ = 0;
};

/// SIV (RFC 5297) with AES-128 twice (a 32-byte key): deterministic authenticated encryption, used
/// to seal keys at rest. `out` is 16 bytes longer than the plaintext; `associated` is one string.
void SivSeal(ConstBytes key32, ConstBytes associated, ConstBytes plain, Bytes out);
/// @returns false and wipes `plain` when the seal does not hold.
[[nodiscard]] bool SivOpen(ConstBytes key32, ConstBytes associated, ConstBytes sealed, Bytes plain);

}  // namespace simurgh::crypto
