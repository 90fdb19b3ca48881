#include "base/check.h"
#include "crypto/aka.h"

namespace simurgh::crypto {
namespace {

void RotateLeft(ConstBytes in, size_t bytes, Bytes out) {
  for (size_t i = 0; i < in.size(); ++i) {
    out[i] = in[(i + bytes) % in.size()];
  }
}

}  // namespace

AkaVector XorTestAlgorithm(ConstBytes k16, ConstBytes rand16, ConstBytes sqn6, ConstBytes amf2) {
  CHECK(k16.size() == 16 && rand16.size() == 16 && sqn6.size() == 6 && amf2.size() == 2);
  std::array<uint8_t, 16> xdout;
  for (size_t i = 0; i < xdout.size(); ++i) {
    xdout[i] = k16[i] ^ rand16[i];
  }
  AkaVector v;
  v.res = xdout;
  v.res_size = 16;
  RotateLeft(xdout, 1, v.ck);
  RotateLeft(xdout, 2, v.ik);
  Copy(v.ak, ConstBytes(xdout).subspan(3, 6));
  Copy(v.mac_a, sqn6);
  Copy(Bytes(v.mac_a).subspan(6), amf2);
  for (size_t i = 0; i < v.mac_a.size(); ++i) {
    v.mac_a[i] ^= xdout[i];
  }
  v.mac_s = v.mac_a;
  v.ak_s = v.ak;
  return v;
}

}  // namespace simurgh::crypto
