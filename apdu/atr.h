#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace simurgh::apdu {

/// Appends TCK, the xor of all bytes after TS (ISO/IEC 7816-3 8.2.5); needed as soon as a protocol
/// other than T=0 is offered.
template <size_t N>
constexpr std::array<uint8_t, N + 1> WithTck(const std::array<uint8_t, N>& atr) {
  std::array<uint8_t, N + 1> out{};
  out[0] = atr[0];
  for (size_t i = 1; i < N; ++i) {
    out[i] = atr[i];
    out[N] = static_cast<uint8_t>(out[N] ^ atr[i]);
  }
  return out;
}

/// The answer to reset (ISO/IEC 7816-3 8.2, ETSI TS 102 221 6.3). T=0 alone: a reader driver that is
/// offered T=1 as well chooses it, and refuses clients that take nothing but T=0.
constexpr auto kAtr = WithTck(std::to_array<uint8_t>({
    0x3B,  // TS: direct convention
    0x9F,  // T0: TA1 and TD1 follow, 15 historical bytes
    0x96,  // TA1: F = 512, D = 32
    0x80,  // TD1: T=0, TD2 follows
    0x3F,  // TD2: T=15 (global bytes), TA3 and TB3 follow
    0xC7,  // TA3: clock stop in either state, classes A, B and C
    0x82,  // TB3: eUICC-related functions supported (TS 102 221 6.3.3)
    // Historical bytes (ISO/IEC 7816-4 8.1.1).
    0x80,              // category: compact TLV objects follow
    0x31, 0xE0,        // card service data: selection by full and partial DF name, EF.DIR by records
    0x73, 0xF6, 0x21,  // capabilities: DF by name, partial name, path, FID; SFI; record numbers
    0x57,              // extended length fields; channels assigned by the card, eight or more
    0x57, 'S', 'i', 'm', 'u', 'r', 'g', 'h',  // card issuer's data
}));
static_assert(kAtr.size() == 23 && kAtr.size() <= 33);

}  // namespace simurgh::apdu
