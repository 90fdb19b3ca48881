#pragma once

#include <psa/crypto.h>

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/arena.h"
#include "crypto/rng.h"

namespace simurgh::crypto {

/// PSA during one operation: lends it memory and a generator. PSA asks a process-wide callback for
/// random bytes, which serves from the scope; without a generator it refuses. Scopes do not nest.
void EnterPsa(Rng* rng, Bytes memory);
void LeavePsa();

template <size_t kBytes>
class BasicPsaScope {
 public:
  explicit BasicPsaScope(Rng* rng) { EnterPsa(rng, memory_); }
  ~BasicPsaScope() { LeavePsa(); }
  BasicPsaScope(const BasicPsaScope&) = delete;
  BasicPsaScope& operator=(const BasicPsaScope&) = delete;

 private:
  alignas(8) uint8_t memory_[kBytes];
};
using PsaScope = BasicPsaScope<kEcArenaBytes>;
using RsaScope = BasicPsaScope<kRsaArenaBytes>;

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
