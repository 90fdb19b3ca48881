#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace simurgh::apdu {

// Historical bytes (ISO/IEC 7816-4 8.1.1).
inline constexpr uint8_t kUiccHistorical[] = {
    0x80,              // category: compact TLV objects follow
    0x31, 0xE0,        // card service data: selection by full and partial DF name, EF.DIR by records
    0x73, 0xF6, 0x21,  // capabilities: DF by name, partial name, path, FID; SFI; record numbers
    0x57,              // extended length fields; channels assigned by the card, eight or more
    0x57, 'S', 'i', 'm', 'u', 'r', 'g', 'h',  // card issuer's data
};
inline constexpr uint8_t kBareHistorical[] = {0x80};

/// What an answer to reset says, and how the card behind it behaves on the contacts. A quirk of a
/// brand is a row here, not code.
struct AtrRow {
  const char* name;
  bool t0 = true;
  bool t1 = false;
  uint8_t ta1 = 0x11;         ///< F and D (7816-3 tables 7 and 8); 11, the default, is not sent
  uint8_t ifsc = 32;          ///< T=1: longest INF the card takes, first TA for T=1
  uint8_t bwi_cwi = 0x45;     ///< T=1: waiting times, first TB for T=1: BWI 4 (1.6 s), CWI 5
  bool crc = false;           ///< T=1: EDC is a CRC instead of an LRC, first TC for T=1
  bool global = true;         ///< T=15 bytes: classes and clock stop, eUICC functions
  bool byte_by_byte = false;  ///< T=0: asks for each data byte by the complement of INS
  ConstBytes historical = kUiccHistorical;
};

/// Rows are referred to by number in card files (docs/formats/card_file.md): append, never reorder.
inline constexpr AtrRow kAtrRows[] = {
    // A reader driver that is offered T=1 as well chooses it, and refuses clients that take nothing
    // but T=0; so this is what PC/SC gets.
    {.name = "t0", .ta1 = 0x96},
    {.name = "t0-t1", .t1 = true, .ta1 = 0x96, .ifsc = 254},
    {.name = "t1", .t0 = false, .t1 = true, .ta1 = 0x96, .ifsc = 254},
    {.name = "t0-t1-crc", .t1 = true, .ta1 = 0x96, .ifsc = 254, .crc = true},
    // The least a card may say, at the default speed, and the slowest way of T=0.
    {.name = "bare", .global = false, .byte_by_byte = true, .historical = kBareHistorical},
    {.name = "short-blocks", .t1 = true, .ta1 = 0x96, .ifsc = 32},
};
/// The row with this number; the default one of contacts when there is none.
constexpr const AtrRow& AtrRowAt(size_t number) {
  constexpr size_t kCount = sizeof kAtrRows / sizeof kAtrRows[0];
  return kAtrRows[number < kCount ? number : 1];
}
inline constexpr size_t kAtrContacts = 1;  ///< the row of a card on contacts, unless told

/// An answer to reset, TS to TCK.
struct Atr {
  std::array<uint8_t, 33> bytes{};
  size_t size = 0;
  constexpr operator ConstBytes() const { return ConstBytes(bytes.data(), size); }  // NOLINT
};

/// ISO/IEC 7816-3 8.2, ETSI TS 102 221 6.3. TCK, the xor of all bytes after TS, is there as soon as
/// anything but T=0 is named.
constexpr Atr MakeAtr(const AtrRow& row) {
  Atr out;
  const auto add = [&out](int byte) { out.bytes[out.size++] = static_cast<uint8_t>(byte); };
  constexpr int kTa = 0x10, kTb = 0x20, kTc = 0x40, kTd = 0x80;
  const bool speed = row.ta1 != 0x11;
  const bool protocols = row.t1 || row.global;
  add(0x3B);  // TS: direct convention
  add((speed ? kTa : 0) | (protocols ? kTd : 0) | static_cast<int>(row.historical.size()));
  if (speed) {
    add(row.ta1);
  }
  if (protocols) {
    add(kTd | (row.t0 ? 0 : 1));  // TD1: the first offer; TD2 follows
  }
  if (row.t1) {  // named in TD2, also for the second time: what follows TD2 is about T=1
    add(kTa | kTb | (row.crc ? kTc : 0) | (row.global ? kTd : 0) | 1);
    add(row.ifsc);
    add(row.bwi_cwi);
    if (row.crc) {
      add(1);
    }
  }
  if (row.global) {
    add(kTa | kTb | 15);
    add(0xC7);  // first TA for T=15: clock stop in either state, classes A, B and C
    add(0x82);  // first TB for T=15: eUICC-related functions supported (TS 102 221 6.3.3)
  }
  for (const uint8_t byte : row.historical) {
    add(byte);
  }
  if (protocols) {
    uint8_t tck = 0;
    for (size_t i = 1; i < out.size; ++i) {
      tck = static_cast<uint8_t>(tck ^ out.bytes[i]);
    }
    add(tck);
  }
  return out;
}

inline constexpr Atr kAtr = MakeAtr(kAtrRows[0]);  ///< of the card behind PC/SC, frames and TCP
static_assert(kAtr.size == 23);

}  // namespace simurgh::apdu
