#include "firmware/store/format.h"

#include <array>

namespace simurgh::store::format {
namespace {

// One row per nibble: 64 bytes of table, two steps per byte.
constexpr std::array<uint32_t, 16> MakeTable() {
  std::array<uint32_t, 16> table{};
  for (uint32_t i = 0; i < 16; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 4; ++bit) {
      crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
    }
    table[i] = crc;
  }
  return table;
}
constexpr std::array<uint32_t, 16> kTable = MakeTable();

}  // namespace

uint32_t Crc32(uint32_t crc, ConstBytes data) {
  for (uint8_t byte : data) {
    crc ^= byte;
    crc = crc >> 4 ^ kTable[crc & 15];
    crc = crc >> 4 ^ kTable[crc & 15];
  }
  return crc;
}

}  // namespace simurgh::store::format
