#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "crypto/keccak.h"
#include "crypto/secret.h"

namespace simurgh::crypto {

/// Lengths in bytes that an operator chose for TUAK (TS 35.231 5.2): MAC 8, 16 or 32; RES 4, 8, 16
/// or 32; CK and IK 16 or 32.
struct TuakSizes {
  uint8_t mac = 8;
  uint8_t res = 8;
  uint8_t ck = 16;
  uint8_t ik = 16;
  bool valid() const {
    const auto long_key = [](uint8_t n) { return n == 16 || n == 32; };
    return (mac == 8 || long_key(mac)) && (res == 4 || res == 8 || long_key(res)) && long_key(ck) &&
           long_key(ik);
  }
};

/// TUAK (TS 35.231): the functions of TS 33.102 from the permutation Keccak-f[1600]. For one K,
/// TOPc and RAND. Wiped on destruction.
class Tuak {
 public:
  static constexpr size_t kTopBytes = 32;

  /// @param k           16 or 32 bytes
  /// @param iterations  of the permutation, at least 1 (TS 35.231 7.2)
  /// Views must outlive the object.
  Tuak(ConstBytes k, ConstBytes topc32, uint8_t iterations, const TuakSizes& sizes,
       ConstBytes rand16);
  ~Tuak();
  Tuak(const Tuak&) = delete;
  Tuak& operator=(const Tuak&) = delete;

  void F1(ConstBytes sqn6, ConstBytes amf2, Bytes mac);      ///< MAC-A
  void F1Star(ConstBytes sqn6, ConstBytes amf2, Bytes mac);  ///< MAC-S
  void F2345(Bytes res, Bytes ck, Bytes ik, Bytes ak6);      ///< all from one permutation
  void F5Star(Bytes ak6);

 private:
  void Run(uint8_t instance, ConstBytes sqn, ConstBytes amf);

  ConstBytes k_;
  ConstBytes topc_;
  ConstBytes rand_;
  uint8_t iterations_;
  TuakSizes sizes_;
  KeccakState state_{};
};

/// TOPc from the operator's TOP (TS 35.231 6.1).
void TuakTopc(ConstBytes k, ConstBytes top32, uint8_t iterations, Bytes topc32);

}  // namespace simurgh::crypto
