#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/writer.h"
#include "crypto/rng.h"
#include "firmware/keys/key_store.h"
#include "firmware/store/store.h"
#include "hal/device_id.h"

/// Turns a blank card into one with keys, once: docs/formats/manufacture.md.
namespace simurgh::profile {

struct CardConfig {
  bool commercial = false;  ///< refuses development signatures
  uint8_t admin_tries = 0;  ///< try limit of the admin code
  bool profile_menu = false;  ///< shows the profile menu (docs/formats/toolkit.md)
};

/// A card whose flash has an EID noted.
bool Manufactured(store::Store& store);
/// @error kNotFound: blank.  kCorrupt.
Result<CardConfig> ReadCardConfig(store::Store& store);

/// Runs MANUFACTURE within the open transaction and writes its answer (EID, public keys).
/// @error kState: done before.  kFormat: data.  kFull, kHardware.
Error Manufacture(store::Store& store, keys::KeyStore& keys, crypto::Rng& rng,
                  const hal::Identity& identity, ConstBytes data, Writer& out);

}  // namespace simurgh::profile
