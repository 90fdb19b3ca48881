#include "crypto/rng.h"

#include "base/check.h"
#include "crypto/aes.h"
#include "crypto/secret.h"

namespace simurgh::crypto {
namespace {

void Increment(std::array<uint8_t, 16>& v) {
  for (size_t i = v.size(); i-- > 0 && ++v[i] == 0;) {
  }
}

}  // namespace

Rng::~Rng() {
  Wipe(key_);
  Wipe(v_);
}

// CTR_DRBG_Instantiate without derivation function or personalization string (SP 800-90A
// 10.2.1.3.1).
void Rng::Seed(ConstBytes seed48) {
  CHECK(seed48.size() == kSeedBytes);
  key_.fill(0);
  v_.fill(0);
  Update(seed48);
  seeded_ = true;
}

// CTR_DRBG_Generate without additional input (10.2.1.5.1).
void Rng::Fill(Bytes out) {
  CHECK(seeded_ && out.size() <= 65536);
  {
    const Aes aes(key_);
    while (!out.empty()) {
      Increment(v_);
      std::array<uint8_t, 16> block;
      aes.Encrypt(v_.data(), block.data());
      const size_t n = std::min(block.size(), out.size());
      Copy(out, ConstBytes(block).first(n));
      out = out.subspan(n);
      Wipe(block);
    }
  }
  constexpr std::array<uint8_t, kSeedBytes> kNoInput{};
  Update(kNoInput);
}

// CTR_DRBG_Update (10.2.1.2).
void Rng::Update(ConstBytes provided48) {
  Secret<kSeedBytes> temp;
  {
    const Aes aes(key_);
    for (size_t at = 0; at < kSeedBytes; at += kAesBlock) {
      Increment(v_);
      aes.Encrypt(v_.data(), temp.buffer().data() + at);
    }
  }
  for (size_t i = 0; i < kSeedBytes; ++i) {
    temp.buffer()[i] ^= provided48[i];
  }
  Copy(key_, temp.buffer().first(key_.size()));
  Copy(v_, temp.buffer().subspan(key_.size(), v_.size()));
}

}  // namespace simurgh::crypto
