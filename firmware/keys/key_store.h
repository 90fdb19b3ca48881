#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/verdict.h"
#include "crypto/secret.h"
#include "firmware/store/store.h"

namespace simurgh::keys {

/// What a key may be used for. A key opened for another purpose is refused (kAccess).
enum class Purpose : uint8_t {
  kAka = 1,        ///< K | OPc of a network application
  kScp03Enc,       ///< GlobalPlatform key set, Key-ENC
  kScp03Mac,
  kScp03Dek,
  kSign,           ///< the card's EC private key for signatures
  kAgree,          ///< the card's EC private key for key agreement (images, ES8+)
  kUnwrapBatch,    ///< symmetric key shared by a production batch
  kAdminCode,      ///< personalization secret
  kOta,            ///< SCP80 keys
  kCave,           ///< CDMA authentication
  kGba,            ///< Ks and NAF keys of a network application (TS 33.220)
};

/// Handle of a key: the space of its owner (0: the card) and a slot in it.
struct KeyId {
  uint16_t space = 0;
  uint16_t slot = 0;
};

/// Longest key value: TUAK K and TOPc.
using KeyValue = crypto::Secret<96>;

/// Keys sealed at rest (AES-SIV under a key derived from the device's root key; the record's
/// address and purpose are bound in). Only this room and crypto/ see bytes.
class KeyStore {
 public:
  explicit KeyStore(store::Store& store) : store_(store) {}
  /// Derives the sealing key. Called once at boot, before anything else here.
  void Unlock(ConstBytes root_key32);

  /// Within the open transaction of the store. Replaces what was there.
  Error Put(KeyId id, Purpose purpose, ConstBytes value);
  Error Delete(KeyId id);
  bool Has(KeyId id);
  /// @error kNotFound.  kAccess: stored for another purpose.  kCorrupt: the seal does not hold (a
  ///        flash from another device, or tampering).
  Error Open(KeyId id, Purpose purpose, KeyValue& out);
  /// Constant-time comparison with a stored secret (admin code). A missing key rejects.
  Verdict Matches(KeyId id, Purpose purpose, ConstBytes candidate);

 private:
  store::Store& store_;
  crypto::Secret<32> sealing_key_;
};

}  // namespace simurgh::keys
