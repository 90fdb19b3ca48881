#include "base/check.h"
#include "crypto/aka.h"

namespace simurgh::crypto {

// SRES = XRES*1 xor XRES*2 xor XRES*3 xor XRES*4, XRES* being XRES padded with zeros to 16 bytes.
std::array<uint8_t, 4> ConversionC2(ConstBytes res) {
  CHECK(res.size() <= 16);
  std::array<uint8_t, 4> sres{};
  for (size_t i = 0; i < res.size(); ++i) {
    sres[i % 4] ^= res[i];
  }
  return sres;
}

// Kc = CK1 xor CK2 xor IK1 xor IK2, halves of CK and IK.
std::array<uint8_t, 8> ConversionC3(ConstBytes ck16, ConstBytes ik16) {
  CHECK(ck16.size() == 16 && ik16.size() == 16);
  std::array<uint8_t, 8> kc{};
  for (size_t i = 0; i < 16; ++i) {
    kc[i % 8] = static_cast<uint8_t>(kc[i % 8] ^ ck16[i] ^ ik16[i]);
  }
  return kc;
}

}  // namespace simurgh::crypto
