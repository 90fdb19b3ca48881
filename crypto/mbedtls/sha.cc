#include "crypto/sha.h"

#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>

#include <new>

#include "base/check.h"
#include "crypto/secret.h"

namespace simurgh::crypto {
namespace {

mbedtls_sha256_context* Context(uint8_t* bytes) {
  return std::launder(reinterpret_cast<mbedtls_sha256_context*>(bytes));
}

}  // namespace

Sha256::Sha256() {
  static_assert(sizeof(mbedtls_sha256_context) <= kContextBytes);
  static_assert(alignof(mbedtls_sha256_context) <= 8);
  auto* context = new (context_) mbedtls_sha256_context;
  mbedtls_sha256_init(context);
  CHECK(mbedtls_sha256_starts(context, 0) == 0);
}

Sha256::~Sha256() { Wipe(context_); }

void Sha256::Update(ConstBytes data) {
  CHECK(mbedtls_sha256_update(Context(context_), data.data(), data.size()) == 0);
}

Sha256Digest Sha256::Finish() {
  Sha256Digest digest;
  CHECK(mbedtls_sha256_finish(Context(context_), digest.data()) == 0);
  return digest;
}

Sha256Digest Sha256Of(ConstBytes data) {
  Sha256 hash;
  hash.Update(data);
  return hash.Finish();
}

Sha1Digest Sha1Of(ConstBytes data) {
  Sha1Digest digest;
  CHECK(mbedtls_sha1(data.data(), data.size(), digest.data()) == 0);
  return digest;
}

}  // namespace simurgh::crypto
