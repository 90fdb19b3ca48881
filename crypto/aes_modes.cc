#include "base/check.h"
#include "crypto/aes.h"

namespace simurgh::crypto {

void CbcEncrypt(ConstBytes key, const AesBlock& iv, Bytes data) {
  CHECK(data.size() % kAesBlock == 0);
  const Aes aes(key);
  const uint8_t* previous = iv.data();
  for (uint8_t* at = data.data(); at != data.data() + data.size(); at += kAesBlock) {
    for (size_t i = 0; i < kAesBlock; ++i) {
      at[i] ^= previous[i];
    }
    aes.Encrypt(at, at);
    previous = at;
  }
}

void Ctr(const Aes& aes, AesBlock& counter, Bytes data) {
  for (size_t at = 0; at < data.size(); at += kAesBlock) {
    AesBlock stream;
    aes.Encrypt(counter.data(), stream.data());
    const size_t n = std::min(kAesBlock, data.size() - at);
    for (size_t i = 0; i < n; ++i) {
      data[at + i] ^= stream[i];
    }
    for (size_t i = kAesBlock; i-- > 0 && ++counter[i] == 0;) {
    }
  }
}

}  // namespace simurgh::crypto
