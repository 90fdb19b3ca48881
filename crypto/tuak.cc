#include "crypto/tuak.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace simurgh::crypto {
namespace {

// Byte positions in the 200 bytes of the permutation's input (TS 35.231 6: INOUT[0..1599], TOPc in
// bits 0..255, INSTANCE 256, ALGONAME 264, RAND 320, AMF 448, SQN 464, K 512, padding 768 and
// 1087).
namespace at {
constexpr size_t kTopc = 0;
constexpr size_t kInstance = 32;
constexpr size_t kName = 33;
constexpr size_t kRand = 40;
constexpr size_t kAmf = 56;
constexpr size_t kSqn = 58;
constexpr size_t kKey = 64;
constexpr size_t kPadding = 96;
constexpr size_t kPaddingEnd = 135;
// The output.
constexpr size_t kRes = 0;
constexpr size_t kMac = 0;
constexpr size_t kCk = 32;
constexpr size_t kIk = 64;
constexpr size_t kAk = 96;
}  // namespace at

constexpr uint8_t kName[] = {'T', 'U', 'A', 'K', '1', '.', '0'};

// INSTANCE (TS 35.231 6.2 to 6.5), bit 0 of the standard being the highest here.
constexpr uint8_t kStar = 0x80;
constexpr uint8_t kKeys = 0x40;  // f2 to f5 and f5*
constexpr uint8_t kLongCk = 0x04;
constexpr uint8_t kLongIk = 0x02;
constexpr uint8_t kLongK = 0x01;

/// Bits 2..4: the length of MAC or RES; 32 bits are coded as none.
uint8_t LengthBits(size_t bytes) { return static_cast<uint8_t>(bytes == 4 ? 0 : bytes); }

// Lanes are little-endian, and so is every machine of ours: the state is its own string of bytes.
static_assert(std::endian::native == std::endian::little);
Bytes BytesOf(KeccakState& state) {
  return Bytes(reinterpret_cast<uint8_t*>(state.data()), sizeof state);
}

// The standard numbers the bits of a value from its most significant one, and puts that one last.
void Push(KeccakState& state, size_t at, ConstBytes value) {
  const Bytes to = BytesOf(state).subspan(at, value.size());
  std::reverse_copy(value.begin(), value.end(), to.begin());
}
void Pull(KeccakState& state, size_t at, Bytes out) {
  const Bytes from = BytesOf(state).subspan(at, out.size());
  std::reverse_copy(from.begin(), from.end(), out.begin());
}

void Permute(KeccakState& state, uint8_t instance, uint8_t iterations) {
  const Bytes bytes = BytesOf(state);
  bytes[at::kInstance] = instance;
  bytes[at::kPadding] = 0x1F;
  bytes[at::kPaddingEnd] = 0x80;
  Push(state, at::kName, kName);
  for (unsigned i = 0; i < iterations; ++i) {
    KeccakF1600(state);
  }
}

uint8_t KeyBit(ConstBytes k) { return k.size() == 32 ? kLongK : 0; }

}  // namespace

Tuak::Tuak(ConstBytes k, ConstBytes topc32, uint8_t iterations, const TuakSizes& sizes,
           ConstBytes rand16)
    : k_(k), topc_(topc32), rand_(rand16), iterations_(iterations), sizes_(sizes) {
  CHECK((k.size() == 16 || k.size() == 32) && topc32.size() == kTopBytes && rand16.size() == 16);
  CHECK(iterations >= 1 && sizes.valid());
}

Tuak::~Tuak() { Wipe(BytesOf(state_)); }

void Tuak::Run(uint8_t instance, ConstBytes sqn, ConstBytes amf) {
  state_.fill(0);
  Push(state_, at::kTopc, topc_);
  Push(state_, at::kRand, rand_);
  Push(state_, at::kAmf, amf);
  Push(state_, at::kSqn, sqn);
  Push(state_, at::kKey, k_);
  Permute(state_, static_cast<uint8_t>(instance | KeyBit(k_)), iterations_);
}

void Tuak::F1(ConstBytes sqn6, ConstBytes amf2, Bytes mac) {
  CHECK(sqn6.size() == 6 && amf2.size() == 2 && mac.size() == sizes_.mac);
  Run(LengthBits(sizes_.mac), sqn6, amf2);
  Pull(state_, at::kMac, mac);
}

void Tuak::F1Star(ConstBytes sqn6, ConstBytes amf2, Bytes mac) {
  CHECK(sqn6.size() == 6 && amf2.size() == 2 && mac.size() == sizes_.mac);
  Run(static_cast<uint8_t>(LengthBits(sizes_.mac) | kStar), sqn6, amf2);
  Pull(state_, at::kMac, mac);
}

void Tuak::F2345(Bytes res, Bytes ck, Bytes ik, Bytes ak6) {
  CHECK(res.size() == sizes_.res && ck.size() == sizes_.ck && ik.size() == sizes_.ik &&
        ak6.size() == 6);
  const uint8_t instance =
      static_cast<uint8_t>(kKeys | LengthBits(sizes_.res) | (sizes_.ck == 32 ? kLongCk : 0) |
                           (sizes_.ik == 32 ? kLongIk : 0));
  Run(instance, {}, {});
  Pull(state_, at::kRes, res);
  Pull(state_, at::kCk, ck);
  Pull(state_, at::kIk, ik);
  Pull(state_, at::kAk, ak6);
}

void Tuak::F5Star(Bytes ak6) {
  CHECK(ak6.size() == 6);
  Run(kKeys | kStar, {}, {});
  Pull(state_, at::kAk, ak6);
}

void TuakTopc(ConstBytes k, ConstBytes top32, uint8_t iterations, Bytes topc32) {
  CHECK((k.size() == 16 || k.size() == 32) && top32.size() == Tuak::kTopBytes &&
        topc32.size() == Tuak::kTopBytes && iterations >= 1);
  KeccakState state{};
  Push(state, at::kTopc, top32);
  Push(state, at::kKey, k);
  Permute(state, KeyBit(k), iterations);
  Pull(state, at::kTopc, topc32);
  Wipe(BytesOf(state));
}

}  // namespace simurgh::crypto
