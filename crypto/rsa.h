#pragma once

#include "base/bytes.h"
#include "base/verdict.h"

namespace simurgh::crypto {

enum class RsaHash : uint8_t { kSha256, kSha1 };

/// RSASSA-PKCS1-v1_5 verification (RFC 8017 8.2.2) with a 2048-bit key.
/// @param key  DER RSAPublicKey (RFC 8017 A.1.1).  @param digest  32 or 20 bytes.
/// kRejected for anything not right. In builds without SIMURGH_ALLOW_RSA_SHA1, kSha1 is always
/// rejected.
Verdict RsaVerify(ConstBytes key, RsaHash hash, ConstBytes digest, ConstBytes signature256);

}  // namespace simurgh::crypto
