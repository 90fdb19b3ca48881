#include "crypto/aka.h"

namespace simurgh::crypto {

// SRES = XRES*1 xor XRES*2 xor XRES*3 xor XRES*4, XRES* being XRES padded with zeros to 16 bytes.
// The 32 bytes that TUAK may give are folded the same way.
std::array<uint8_t, 4> ConversionC2(ConstBytes res) {
  std::array<uint8_t, 4> sres{};
  for (size_t i = 0; i < res.size(); ++i) {
    sres[i % 4] ^= res[i];
  }
  return sres;
}

// Kc = CK1 xor CK2 xor IK1 xor IK2, halves of CK and IK; quarters of the 32 bytes that TUAK may give.
std::array<uint8_t, 8> ConversionC3(ConstBytes ck, ConstBytes ik) {
  std::array<uint8_t, 8> kc{};
  for (const ConstBytes key : {ck, ik}) {
    for (size_t i = 0; i < key.size(); ++i) {
      kc[i % 8] ^= key[i];
    }
  }
  return kc;
}

}  // namespace simurgh::crypto
