#include "crypto/keccak.h"

#include <bit>
#include <cstddef>

namespace simurgh::crypto {
namespace {

// Round constants (FIPS 202 3.2.5).
constexpr uint64_t kRoundConstants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
    0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

// rho and pi of one lane: `kFrom` of the old state, rotated, is `kTo` of the new one.
template <size_t kFrom, size_t kTo, int kBits>
inline void Move(const KeccakState& a, const uint64_t* d, KeccakState& b) {
  b[kTo] = std::rotl(a[kFrom] ^ d[kFrom % 5], kBits);
}

}  // namespace

// One round at a time, its 25 moves written out: rotations by constants are what makes it fast on a
// machine with 32-bit registers.
void KeccakF1600(KeccakState& a) {
  KeccakState b;
  for (const uint64_t round_constant : kRoundConstants) {
    uint64_t c[5];
    uint64_t d[5];
    for (size_t x = 0; x < 5; ++x) {
      c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    }
    for (size_t x = 0; x < 5; ++x) {
      d[x] = c[(x + 4) % 5] ^ std::rotl(c[(x + 1) % 5], 1);
    }
    Move<0, 0, 0>(a, d, b);
    Move<1, 10, 1>(a, d, b);
    Move<2, 20, 62>(a, d, b);
    Move<3, 5, 28>(a, d, b);
    Move<4, 15, 27>(a, d, b);
    Move<5, 16, 36>(a, d, b);
    Move<6, 1, 44>(a, d, b);
    Move<7, 11, 6>(a, d, b);
    Move<8, 21, 55>(a, d, b);
    Move<9, 6, 20>(a, d, b);
    Move<10, 7, 3>(a, d, b);
    Move<11, 17, 10>(a, d, b);
    Move<12, 2, 43>(a, d, b);
    Move<13, 12, 25>(a, d, b);
    Move<14, 22, 39>(a, d, b);
    Move<15, 23, 41>(a, d, b);
    Move<16, 8, 45>(a, d, b);
    Move<17, 18, 15>(a, d, b);
    Move<18, 3, 21>(a, d, b);
    Move<19, 13, 8>(a, d, b);
    Move<20, 14, 18>(a, d, b);
    Move<21, 24, 2>(a, d, b);
    Move<22, 9, 61>(a, d, b);
    Move<23, 19, 56>(a, d, b);
    Move<24, 4, 14>(a, d, b);
    for (size_t y = 0; y < 25; y += 5) {
      for (size_t x = 0; x < 5; ++x) {
        a[y + x] = b[y + x] ^ (~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
      }
    }
    a[0] ^= round_constant;
  }
}

}  // namespace simurgh::crypto
