#include "crypto/hmac.h"

#include "base/check.h"
#include "crypto/secret.h"

namespace simurgh::crypto {

// H(K xor opad | H(K xor ipad | text)), K padded with zeros to a block of the hash (FIPS 198-1 4).
HmacSha256::HmacSha256(ConstBytes key) {
  constexpr uint8_t kIpad = 0x36;
  constexpr uint8_t kOpad = 0x5C;
  CHECK(key.size() <= kBlock);
  Copy(pad_, key);
  for (uint8_t& b : pad_) {
    b ^= kIpad;
  }
  inner_.Update(pad_);
  for (uint8_t& b : pad_) {
    b ^= kIpad ^ kOpad;
  }
}

HmacSha256::~HmacSha256() { Wipe(pad_); }

Sha256Digest HmacSha256::Finish() {
  Sha256Digest inner = inner_.Finish();
  Sha256 outer;
  outer.Update(pad_);
  outer.Update(inner);
  Wipe(inner);
  return outer.Finish();
}

}  // namespace simurgh::crypto
