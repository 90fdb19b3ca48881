// Signatures that were checked before are not computed again. Power cuts and fuzzing boot the same
// card thousands of times, and nearly all of that time would go into one P-256 verification whose
// outcome follows from its inputs. Every verdict is still the real function's: equal inputs only.
//
// Linked into a program, these functions stand before the real ones (the linker's --wrap).
#include <map>
#include <string>

#include "crypto/ec.h"
#include "crypto/rsa.h"

namespace simurgh::crypto {

Verdict RealEcdsaVerify(Curve curve, ConstBytes key, ConstBytes digest, ConstBytes signature)
    __asm__("__real_" SIMURGH_ECDSA_VERIFY);
Verdict RealRsaVerify(ConstBytes key, RsaHash hash, ConstBytes digest, ConstBytes signature)
    __asm__("__real_" SIMURGH_RSA_VERIFY);
Verdict RememberedEcdsaVerify(Curve curve, ConstBytes key, ConstBytes digest, ConstBytes signature)
    __asm__("__wrap_" SIMURGH_ECDSA_VERIFY);
Verdict RememberedRsaVerify(ConstBytes key, RsaHash hash, ConstBytes digest, ConstBytes signature)
    __asm__("__wrap_" SIMURGH_RSA_VERIFY);

namespace {

constexpr size_t kMost = 4096;  // a fuzzer brings new ones for ever

std::string Question(char what, ConstBytes key, ConstBytes digest, ConstBytes signature) {
  std::string all(1, what);
  for (const ConstBytes part : {key, digest, signature}) {
    all += std::to_string(part.size()) + ":";
    all.append(part.begin(), part.end());
  }
  return all;
}

template <typename Verify>
Verdict Remember(const std::string& question, const Verify& verify) {
  static std::map<std::string, Verdict> known;
  const auto found = known.find(question);
  if (found != known.end()) {
    return found->second;
  }
  if (known.size() == kMost) {
    known.clear();
  }
  return known[question] = verify();
}

}  // namespace

Verdict RememberedEcdsaVerify(Curve curve, ConstBytes key, ConstBytes digest,
                              ConstBytes signature) {
  const char what = curve == Curve::kNistP256 ? 'P' : 'B';
  return Remember(Question(what, key, digest, signature),
                  [&] { return RealEcdsaVerify(curve, key, digest, signature); });
}

Verdict RememberedRsaVerify(ConstBytes key, RsaHash hash, ConstBytes digest,
                            ConstBytes signature) {
  const char what = hash == RsaHash::kSha256 ? 'R' : 'S';
  return Remember(Question(what, key, digest, signature),
                  [&] { return RealRsaVerify(key, hash, digest, signature); });
}

}  // namespace simurgh::crypto
