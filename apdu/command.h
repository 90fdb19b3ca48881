#pragma once

#include <cstdint>

#include "apdu/cla.h"
#include "base/bytes.h"
#include "base/result.h"

namespace simurgh::apdu {

/// A command APDU as views into the buffer it was parsed from (ISO/IEC 7816-3 12.1).
struct Command {
  uint8_t header[4] = {};  ///< CLA INS P1 P2 as sent (secure messaging and traces need them)
  Cla cla;
  uint8_t ins = 0;
  uint8_t p1 = 0;
  uint8_t p2 = 0;
  Bytes data;              ///< command data, empty in cases 1 and 2; writable for in-place decryption
  uint32_t ne = 0;         ///< maximum answer length: 0 none, up to 256 (short) or 65536 (extended)
  bool has_le = false;     ///< an Le field was sent
  bool extended = false;   ///< length fields were extended
};

/// The four cases, as the table rows state them (ISO/IEC 7816-3 12.1.1).
enum class Case : uint8_t {
  k1,    ///< no data either way
  k2,    ///< answer
  k3,    ///< command data
  k4,    ///< both
  kAny,  ///< the handler decides
};

/// Splits `raw` into header, data and Le; cases 1-4, short and extended. The class is not decoded.
/// @error kFormat: shorter than 4 bytes, or Lc and Le do not fit the length (status word 6700).
Result<Command> ParseCommand(Bytes raw);

}  // namespace simurgh::apdu
