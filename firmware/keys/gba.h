#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"
#include "firmware/keys/key_store.h"
#include "firmware/store/store.h"

namespace simurgh::keys {

/// Keys of the generic bootstrapping architecture on the card (GBA_U, TS 33.220 5): Ks of the last
/// bootstrapping of each network application, and the Ks_int_NAF derived from it, one for every
/// record of the application's EF.GBANL. An application is named by the object of its ADF.
class Gba {
 public:
  static constexpr uint8_t kApplications = 16;
  static constexpr uint8_t kNafs = 16;
  static constexpr size_t kNafKeyBytes = 32;
  using NafKey = crypto::Secret<kNafKeyBytes>;

  Gba(store::Store& store, KeyStore& keys) : store_(store), keys_(keys) {}

  // Within the open transaction.
  /// Ks = CK | IK, and the RAND it came from (5.3.2). Replaces an older one.
  /// @error kFull: more than kApplications applications, or the store.
  Error PutKs(uint16_t space, uint16_t adf, ConstBytes ck, ConstBytes ik, ConstBytes rand16);
  /// The profile's Ks, of all its applications.
  Error ForgetKs(uint16_t space);
  /// Ks_int_NAF of record 1..kNafs, which becomes the last used one (annex G.2).
  Error PutNafKey(uint16_t space, uint16_t adf, uint8_t record, const NafKey& key);

  /// Ks_ext_NAF and Ks_int_NAF (annex B.3). @error kNotFound: nothing was bootstrapped.
  Error Derive(uint16_t space, uint16_t adf, ConstBytes naf_id, ConstBytes impi, NafKey& external,
               NafKey& internal);
  /// The record whose key was not used for the longest time (annex G.2); 0 when none has a key.
  Result<uint8_t> Oldest(uint16_t space, uint16_t adf);
  /// @error kNotFound.
  Error ReadNafKey(uint16_t space, uint16_t adf, uint8_t record, NafKey& out);

 private:
  Result<uint8_t> Index(uint16_t space, uint16_t adf);
  Result<size_t> ReadOrder(uint16_t space, uint16_t adf, Bytes out);

  store::Store& store_;
  KeyStore& keys_;
};

}  // namespace simurgh::keys
