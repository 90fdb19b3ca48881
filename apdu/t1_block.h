#pragma once

#include <cstdint>

#include "base/bytes.h"

/// Blocks of T=1 (ISO/IEC 7816-3 11.3): NAD PCB LEN INF EDC. Shared by both sides.
namespace simurgh::apdu::t1 {

inline constexpr size_t kPrologue = 3;
inline constexpr size_t kMostInf = 254;
inline constexpr uint8_t kDefaultIfs = 32;  ///< until said otherwise (11.4.2)

// PCB (11.3.2.2).
inline constexpr uint8_t kISequence = 0x40;
inline constexpr uint8_t kIMore = 0x20;
inline constexpr uint8_t kR = 0x80;
inline constexpr uint8_t kRSequence = 0x10;
inline constexpr uint8_t kRDamaged = 1;  ///< error bits of an R-block: EDC or parity
inline constexpr uint8_t kROther = 2;
inline constexpr uint8_t kResynch = 0xC0;  ///< S-blocks, requests
inline constexpr uint8_t kIfs = 0xC1;
inline constexpr uint8_t kAbort = 0xC2;
inline constexpr uint8_t kWtx = 0xC3;
inline constexpr uint8_t kResponse = 0x20;

constexpr bool IsI(uint8_t pcb) { return (pcb & 0x9F) == 0; }
constexpr bool IsR(uint8_t pcb) { return (pcb & 0xEC) == kR; }
constexpr bool Sequence(uint8_t pcb) {
  return (pcb & (IsI(pcb) ? kISequence : kRSequence)) != 0;
}

/// Size of the EDC: an LRC, the xor of all bytes before it; or a CRC, polynomial 1021 reflected,
/// start value FFFF, no final xor, high byte first: what PC/SC drivers compute.
constexpr size_t EdcBytes(bool crc) { return crc ? 2 : 1; }
/// Writes the EDC behind `size` bytes. @returns size with it.
size_t Seal(Bytes block, size_t size, bool crc);
/// Whether the last bytes of `block` are the EDC of those before.
bool Intact(ConstBytes block, bool crc);

}  // namespace simurgh::apdu::t1
