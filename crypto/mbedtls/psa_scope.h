#pragma once

#include <psa/crypto.h>

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/rng.h"

namespace simurgh::crypto {

/// Size of the arena. Measured need on a Cortex-M4: RSA-2048 verification 6124 bytes, ECDSA
/// verification 3752, ECDH 3368, signing 2216. Block headers are twice as large on a PC, where RSA
/// needs 6864; a test there keeps a quarter spare.
constexpr size_t kArenaBytes = sizeof(void*) == 8 ? 10 * 1024 : 6 * 1024 + 512;
/// Makes the arena ready at the first use.
void ArenaPrepare();

/// PSA during one operation: makes it ready and lends it a generator. PSA asks a process-wide
/// callback for random bytes, which serves from the innermost scope; without a generator it
/// refuses.
class PsaScope {
 public:
  explicit PsaScope(Rng* rng);
  ~PsaScope();
  PsaScope(const PsaScope&) = delete;
  PsaScope& operator=(const PsaScope&) = delete;

 private:
  Rng* outer_;
};

/// A key in a PSA slot for the time of one operation; destroying it wipes the slot.
class PsaKey {
 public:
  PsaKey() = default;
  ~PsaKey() { (void)psa_destroy_key(id_); }
  PsaKey(const PsaKey&) = delete;
  PsaKey& operator=(const PsaKey&) = delete;

  /// `bits` 0 takes the size from the data.
  psa_status_t Import(psa_key_type_t type, size_t bits, psa_algorithm_t algorithm,
                      psa_key_usage_t usage, ConstBytes data);
  psa_status_t Generate(psa_key_type_t type, size_t bits);
  psa_key_id_t id() const { return id_; }

 private:
  psa_key_id_t id_ = PSA_KEY_ID_NULL;
};

/// kFormat for what PSA finds wrong in the data, kHardware for the rest (no arena left, internal).
Error ToError(psa_status_t status);

}  // namespace simurgh::crypto
