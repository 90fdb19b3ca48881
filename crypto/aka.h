#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "crypto/aes.h"

namespace simurgh::crypto {

/// Authentication algorithms of 3GPP TS 33.102: what a USIM and an AuC both compute. SQN and AK are
/// 6 bytes, AMF 2, MAC 8, RES 4..16, CK and IK 16.
struct AkaVector {
  std::array<uint8_t, 8> mac_a{};   ///< f1
  std::array<uint8_t, 8> mac_s{};   ///< f1*
  std::array<uint8_t, 16> res{};    ///< f2, res_size bytes of it
  uint8_t res_size = 8;
  std::array<uint8_t, 16> ck{};     ///< f3
  std::array<uint8_t, 16> ik{};     ///< f4
  std::array<uint8_t, 6> ak{};      ///< f5
  std::array<uint8_t, 6> ak_s{};    ///< f5*
};

/// Milenage (TS 35.206) with operator constants. Defaults are the standard's.
struct MilenageConstants {
  std::array<uint8_t, 5> r{64, 0, 32, 64, 96};  ///< rotations in bits
  std::array<uint8_t, 80> c{};                  ///< c1..c5; filled with the standard's by default
  MilenageConstants() {
    for (int i = 1; i < 5; ++i) {
      c[static_cast<size_t>(16 * i + 15)] = static_cast<uint8_t>(1 << (i - 1));
    }
  }
};

/// OPc = OP xor E_K(OP) (TS 35.206 4.1).
void MilenageOpc(ConstBytes k16, ConstBytes op16, Bytes opc16);

/// A computation for one RAND. Split so that a USIM computes f5 first, checks the MAC, and runs the
/// rest only when it must.
class Milenage {
 public:
  /// All views are copied; they need not outlive the call.
  Milenage(ConstBytes k16, ConstBytes opc16, const MilenageConstants& constants, ConstBytes rand16);
  ~Milenage();
  void F1(ConstBytes sqn6, ConstBytes amf2, Bytes mac_a8, Bytes mac_s8);
  void F2F5(Bytes res8, Bytes ak6);
  void F3(Bytes ck16);
  void F4(Bytes ik16);
  void F5Star(Bytes ak6);

 private:
  void Out(size_t index, AesBlock& out) const;
  Aes aes_;  ///< one key schedule for all functions
  const MilenageConstants constants_;
  AesBlock opc_{};
  AesBlock temp_{};  ///< TEMP = E_K(RAND xor OPc)
};

/// The XOR test algorithm of TS 34.108 8.1.2, XDOUT = K xor RAND. RES is XDOUT, 16 bytes; CK and IK
/// are XDOUT rotated left by one and two bytes; AK is bytes 3..8 of XDOUT; MAC = XDOUT[0..7] xor
/// (SQN | AMF). f1* equals f1 and f5* equals f5 (8.1.2.2).
AkaVector XorTestAlgorithm(ConstBytes k16, ConstBytes rand16, ConstBytes sqn6, ConstBytes amf2);

/// GSM from 3G (TS 33.102 6.8.1.2): c2 SRES from RES, c3 Kc from CK and IK.
std::array<uint8_t, 4> ConversionC2(ConstBytes res);
std::array<uint8_t, 8> ConversionC3(ConstBytes ck, ConstBytes ik);

}  // namespace simurgh::crypto
