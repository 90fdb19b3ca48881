#include "hal/card_file/entropy.h"

#include <algorithm>

#include "base/check.h"

namespace simurgh::hal::card_file {
namespace {

constexpr uint32_t kConstants[4] = {0x61707865, 0x3320646E, 0x79622D32, 0x6B206574};  // RFC 8439

constexpr uint32_t Load(ConstBytes b, size_t at) {
  return b[at] | b[at + 1] << 8 | b[at + 2] << 16 | static_cast<uint32_t>(b[at + 3]) << 24;
}

void QuarterRound(uint32_t* x, int a, int b, int c, int d) {  // RFC 8439 2.1
  x[a] += x[b];
  x[d] = std::rotl(x[d] ^ x[a], 16);
  x[c] += x[d];
  x[b] = std::rotl(x[b] ^ x[c], 12);
  x[a] += x[b];
  x[d] = std::rotl(x[d] ^ x[a], 8);
  x[c] += x[d];
  x[b] = std::rotl(x[b] ^ x[c], 7);
}

}  // namespace

void ChaChaBlock(const uint32_t (&state)[16], Bytes out64) {
  CHECK(out64.size() == 64);
  uint32_t x[16];
  std::copy_n(state, 16, x);
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 4; ++i) {
      QuarterRound(x, i, 4 + i, 8 + i, 12 + i);
    }
    for (int i = 0; i < 4; ++i) {
      QuarterRound(x, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
    }
  }
  for (size_t i = 0; i < 16; ++i) {
    const uint32_t word = x[i] + state[i];
    for (size_t k = 0; k < 4; ++k) {
      out64[4 * i + k] = static_cast<uint8_t>(word >> (8 * k));
    }
  }
}

FileEntropy::FileEntropy(ConstBytes seed48, uint64_t boot) : boot_(boot) {
  CHECK(seed48.size() == 48);
  // 48 bytes become one 32-byte key by a block whose nonce words are the last 16 of them, as XChaCha
  // derives a key from a long nonce.
  uint32_t state[16];
  std::copy_n(kConstants, 4, state);
  for (size_t i = 0; i < 12; ++i) {
    state[4 + i] = Load(seed48, 4 * i);
  }
  uint8_t block[64];
  ChaChaBlock(state, block);
  for (size_t i = 0; i < 8; ++i) {
    key_[i] = Load(block, 4 * i);
  }
  seeded_ = std::any_of(seed48.begin(), seed48.end(), [](uint8_t b) { return b != 0; });
}

Error FileEntropy::Fill(Bytes out) {
  if (!seeded_) {
    return Error::kHardware;
  }
  ++call_;
  uint32_t state[16];
  std::copy_n(kConstants, 4, state);
  std::copy_n(key_, 8, state + 4);
  state[13] = call_;
  state[14] = static_cast<uint32_t>(boot_);
  state[15] = static_cast<uint32_t>(boot_ >> 32);
  uint8_t block[64];
  uint32_t number = 0;
  while (!out.empty()) {
    state[12] = number++;
    ChaChaBlock(state, block);
    const size_t n = std::min<size_t>(out.size(), sizeof block);
    Copy(out, ConstBytes(block, n));
    out = out.subspan(n);
  }
  return Error::kOk;
}

}  // namespace simurgh::hal::card_file
