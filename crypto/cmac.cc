#include "crypto/aes.h"
#include "crypto/gf128.h"
#include "crypto/secret.h"

namespace simurgh::crypto {

Cmac::Cmac(ConstBytes key) : aes_(key) {
  aes_.Encrypt(subkey_.data(), subkey_.data());
  DoubleInGf128(subkey_);
}

Cmac::~Cmac() {
  Wipe(subkey_);
  Wipe(chain_);
  Wipe(last_);
}

void Cmac::Update(ConstBytes data) {
  // The last block is treated differently, so a full block waits until more arrives.
  while (!data.empty()) {
    if (filled_ == kAesBlock) {
      for (size_t i = 0; i < kAesBlock; ++i) {
        chain_[i] ^= last_[i];
      }
      aes_.Encrypt(chain_.data(), chain_.data());
      filled_ = 0;
    }
    const size_t n = std::min(kAesBlock - filled_, data.size());
    Copy(Bytes(last_).subspan(filled_), data.first(n));
    filled_ += n;
    data = data.subspan(n);
  }
}

void Cmac::Finish(AesBlock& mac) {
  AesBlock subkey = subkey_;
  if (filled_ < kAesBlock) {
    DoubleInGf128(subkey);
    last_[filled_] = 0x80;
    Fill(Bytes(last_).subspan(filled_ + 1), 0);
  }
  for (size_t i = 0; i < kAesBlock; ++i) {
    chain_[i] = static_cast<uint8_t>(chain_[i] ^ last_[i] ^ subkey[i]);
  }
  aes_.Encrypt(chain_.data(), mac.data());
  Wipe(subkey);
  Wipe(chain_);
  Wipe(last_);
  filled_ = 0;
}

}  // namespace simurgh::crypto
