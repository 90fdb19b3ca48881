#include "crypto/const_time.h"

namespace simurgh::crypto {
namespace {

/// Hides a value from the optimizer, which would otherwise turn the arithmetic into branches.
uint32_t Opaque(uint32_t v) {
  __asm__ volatile("" : "+r"(v));
  return v;
}

}  // namespace

Verdict EqualConstantTime(ConstBytes a, ConstBytes b) {
  if (a.size() != b.size()) {
    return Verdict::kRejected;
  }
  uint32_t difference = 0;
  size_t compared = 0;
  for (; compared < a.size(); ++compared) {
    difference |= Opaque(static_cast<uint32_t>(a[compared] ^ b[compared]));
  }
  // A loop that a fault left early must not read as equality.
  if (compared != b.size()) {
    return Verdict::kRejected;
  }
  // All ones when difference (at most 255) is zero, else zero.
  const uint32_t same = Opaque(0u - ((Opaque(difference) - 1) >> 31));
  constexpr uint32_t kYes = static_cast<uint32_t>(Verdict::kAccepted);
  constexpr uint32_t kNo = static_cast<uint32_t>(Verdict::kRejected);
  return static_cast<Verdict>((kYes & same) | (kNo & ~same));
}

}  // namespace simurgh::crypto
