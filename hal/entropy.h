#pragma once

#include "base/bytes.h"
#include "base/error.h"

namespace simurgh::hal {

/// A source of seed material. Each call gives fresh, full-entropy bytes; the card seeds its DRBG
/// from it at boot. A seeded host or QEMU card returns a reproducible stream instead.
class Entropy {
 public:
  /// @error kHardware: the source failed its health test; nothing may be keyed from it.
  virtual Error Fill(Bytes out) = 0;

 protected:
  ~Entropy() = default;
};

}  // namespace simurgh::hal
