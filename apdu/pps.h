#pragma once

#include <array>
#include <cstdint>

#include "apdu/atr.h"
#include "base/result.h"

namespace simurgh::apdu {

inline constexpr uint8_t kPpss = 0xFF;
inline constexpr size_t kPpsMost = 6;  ///< PPSS PPS0 PPS1 PPS2 PPS3 PCK

/// Length of a PPS request or response whose first two bytes are known.
constexpr size_t PpsLength(uint8_t pps0) {
  return 3u + (pps0 >> 4 & 1) + (pps0 >> 5 & 1) + (pps0 >> 6 & 1);
}

/// A successful exchange: what the card answers and what holds afterwards.
struct Pps {
  std::array<uint8_t, 4> bytes{};
  size_t size = 0;
  uint8_t protocol = 0;
  uint8_t speed = 0x11;  ///< F and D, coded as TA1
};

/// Whether a card whose ATR says `ta1` also runs at `wanted`: the default speed, or the same F with
/// a D not above its own (ISO/IEC 7816-3 9.2).
bool SpeedOffered(uint8_t ta1, uint8_t wanted);

/// Answers a PPS request (ISO/IEC 7816-3 9.3): echoed as far as the card agrees. A speed it does not
/// offer is left out of the answer and the default speed holds; so are PPS2 and PPS3.
/// @error kFormat: PPSS, length or PCK.  kUnsupported: a protocol that was not offered. The card
///        answers neither.
Result<Pps> AnswerPps(ConstBytes request, const AtrRow& row);

}  // namespace simurgh::apdu
