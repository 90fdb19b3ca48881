#include "apdu/t1_block.h"

namespace simurgh::apdu::t1 {
namespace {

uint16_t Crc(ConstBytes data) {
  uint16_t crc = 0xFFFF;
  for (const uint8_t byte : data) {
    crc = static_cast<uint16_t>(crc ^ byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<uint16_t>((crc & 1) != 0 ? crc >> 1 ^ 0x8408 : crc >> 1);
    }
  }
  return crc;
}

uint8_t Lrc(ConstBytes data) {
  uint8_t lrc = 0;
  for (const uint8_t byte : data) {
    lrc = static_cast<uint8_t>(lrc ^ byte);
  }
  return lrc;
}

}  // namespace

size_t Seal(Bytes block, size_t size, bool crc) {
  if (crc) {
    Put16(block, size, Crc(block.first(size)));
  } else {
    block[size] = Lrc(block.first(size));
  }
  return size + EdcBytes(crc);
}

bool Intact(ConstBytes block, bool crc) {
  const size_t size = block.size() - EdcBytes(crc);
  return crc ? Get16(block, size) == Crc(block.first(size)) : Lrc(block) == 0;
}

}  // namespace simurgh::apdu::t1
