#include "base/check.h"
#include "crypto/aes.h"
#include "crypto/const_time.h"
#include "crypto/gf128.h"
#include "crypto/secret.h"

namespace simurgh::crypto {
namespace {

constexpr size_t kKeyBytes = 32;

void Xor(Bytes to, ConstBytes with) {
  for (size_t i = 0; i < to.size(); ++i) {
    to[i] ^= with[i];
  }
}

/// S2V with one string of associated data (RFC 5297 2.4).
void S2v(ConstBytes key, ConstBytes associated, ConstBytes plain, AesBlock& v) {
  Cmac cmac(key);
  AesBlock d{};
  cmac.Update(d);
  cmac.Finish(d);
  DoubleInGf128(d);
  cmac.Update(associated);
  cmac.Finish(v);
  Xor(d, v);
  if (plain.size() < kAesBlock) {
    AesBlock padded{};
    Copy(padded, plain);
    padded[plain.size()] = 0x80;
    DoubleInGf128(d);
    Xor(d, padded);
    cmac.Update(d);
    Wipe(padded);
  } else {
    // T = Sn xorend D: all but the last block as it is, the last one masked.
    cmac.Update(plain.first(plain.size() - kAesBlock));
    Xor(d, plain.last(kAesBlock));
    cmac.Update(d);
  }
  cmac.Finish(v);
  Wipe(d);
}

void CtrUnder(ConstBytes key, const AesBlock& v, Bytes data) {
  AesBlock counter = v;
  counter[8] &= 0x7F;  // RFC 5297 2.5: so that 32-bit counters never carry across
  counter[12] &= 0x7F;
  Ctr(Aes(key), counter, data);
}

}  // namespace

void SivSeal(ConstBytes key32, ConstBytes associated, ConstBytes plain, Bytes out) {
  CHECK(key32.size() == kKeyBytes && out.size() == plain.size() + kAesBlock);
  AesBlock v;
  S2v(key32.first(16), associated, plain, v);
  Copy(out.subspan(kAesBlock), plain);
  Copy(out, v);
  CtrUnder(key32.last(16), v, out.subspan(kAesBlock));
}

bool SivOpen(ConstBytes key32, ConstBytes associated, ConstBytes sealed, Bytes plain) {
  CHECK(key32.size() == kKeyBytes);
  if (sealed.size() < kAesBlock || plain.size() != sealed.size() - kAesBlock) {
    Wipe(plain);
    return false;
  }
  AesBlock v;
  Copy(v, sealed.first(kAesBlock));
  Copy(plain, sealed.subspan(kAesBlock));
  CtrUnder(key32.last(16), v, plain);
  AesBlock expected;
  S2v(key32.first(16), associated, plain, expected);
  if (!Accepted(EqualConstantTime(expected, v))) {
    Wipe(plain);
    return false;
  }
  return true;
}

}  // namespace simurgh::crypto
