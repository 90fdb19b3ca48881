#pragma once

#include <cstdint>

namespace simurgh {

/// What went wrong, in words every room shares. Handlers turn it into a status word in one place
/// (`ToSw`, apdu/sw.h). `kOk` is zero so that a zeroed structure reads as success-free state only
/// where a caller checks it: every function returning Error is [[nodiscard]].
enum class [[nodiscard]] Error : uint8_t {
  kOk = 0,
  kFormat,      ///< bytes do not follow their format: length, tag, padding, encoding
  kAuth,        ///< a MAC, signature, PIN or cryptogram did not match
  kNotFound,    ///< the record, file, application or key does not exist
  kExists,      ///< something with this name exists already
  kFull,        ///< not enough memory (store, table, buffer given by the caller)
  kState,       ///< legal request at the wrong moment (order, life cycle)
  kAccess,      ///< the access rule is not satisfied
  kBlocked,     ///< no tries left
  kRange,       ///< offset, record number or length outside the object
  kUnsupported, ///< well-formed, but this card does not do it
  kHardware,    ///< the flash, link or entropy source failed
  kCorrupt,     ///< stored data failed its check
};

}  // namespace simurgh
