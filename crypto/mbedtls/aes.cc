#include "crypto/aes.h"

#include <mbedtls/aes.h>

#include <new>

#include "base/check.h"
#include "crypto/secret.h"

namespace simurgh::crypto {

Aes::Aes(ConstBytes key) {
  static_assert(sizeof(mbedtls_aes_context) <= kContextBytes);
  static_assert(alignof(mbedtls_aes_context) <= 8);
  CHECK(key.size() == 16 || key.size() == 24 || key.size() == 32);
  auto* context = new (context_) mbedtls_aes_context;
  mbedtls_aes_init(context);
  CHECK(mbedtls_aes_setkey_enc(context, key.data(), static_cast<unsigned>(key.size() * 8)) == 0);
}

Aes::~Aes() { Wipe(context_); }

void Aes::Encrypt(const uint8_t* in, uint8_t* out) const {
  // mbedTLS only reads the schedule here, but does not say const.
  auto* context = const_cast<mbedtls_aes_context*>(
      std::launder(reinterpret_cast<const mbedtls_aes_context*>(context_)));
  CHECK(mbedtls_internal_aes_encrypt(context, in, out) == 0);
}

void CbcDecrypt(ConstBytes key, const AesBlock& iv, Bytes data) {
  CHECK(data.size() % kAesBlock == 0);
  mbedtls_aes_context context;
  mbedtls_aes_init(&context);
  CHECK(mbedtls_aes_setkey_dec(&context, key.data(), static_cast<unsigned>(key.size() * 8)) == 0);
  AesBlock previous = iv;
  for (uint8_t* at = data.data(); at != data.data() + data.size(); at += kAesBlock) {
    AesBlock cipher;
    Copy(cipher, ConstBytes(at, kAesBlock));
    CHECK(mbedtls_internal_aes_decrypt(&context, at, at) == 0);
    for (size_t i = 0; i < kAesBlock; ++i) {
      at[i] ^= previous[i];
    }
    previous = cipher;
  }
  mbedtls_aes_free(&context);  // wipes
}

}  // namespace simurgh::crypto
