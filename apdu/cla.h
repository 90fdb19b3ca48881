#pragma once

#include <cstdint>

#include "base/result.h"

namespace simurgh::apdu {

/// Class byte, decoded once (ISO/IEC 7816-4 5.4.1, TS 102 221 10.1.1, GlobalPlatform 11.1.4).
enum class Class : uint8_t {
  kIso,  ///< 0X, 4X, 6X: inter-industry
  kEts,  ///< 8X, CX, EX: ETSI TS 102 221 proprietary and GlobalPlatform
  kGsm,  ///< A0: GSM 11.11
};

struct Cla {
  Class type = Class::kIso;
  uint8_t channel = 0;    ///< 0..19
  uint8_t secure = 0;     ///< 0 none, else the secure messaging bits as coded: 04 08 0C, or 20
  bool chained = false;   ///< more blocks of this command follow
};

/// @error kUnsupported: a class no command of ours has (status word 6E00).
Result<Cla> DecodeCla(uint8_t cla);

}  // namespace simurgh::apdu
