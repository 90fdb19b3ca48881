#include "offcard/issuer/auc.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "crypto/aka.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/ec_key.h"
#include "offcard/issuer/image.h"

namespace simurgh::offcard {
namespace {

std::array<uint8_t, 6> SqnBytes(uint64_t sqn) {
  std::array<uint8_t, 8> wide;
  Put64(wide, 0, sqn);
  return {wide[2], wide[3], wide[4], wide[5], wide[6], wide[7]};
}

/// All of f1..f5* for one RAND, SQN and AMF.
struct Functions {
  Buffer mac_a, mac_s, res, ck, ik;
  std::array<uint8_t, 6> ak{}, ak_s{};
};

template <size_t N>
Buffer ToBuffer(const std::array<uint8_t, N>& bytes, size_t size = N) {
  return Buffer(bytes.begin(), bytes.begin() + static_cast<long>(size));
}

Functions OfVector(const crypto::AkaVector& v) {
  return {ToBuffer(v.mac_a), ToBuffer(v.mac_s), ToBuffer(v.res, v.res_size),
          ToBuffer(v.ck),    ToBuffer(v.ik),    v.ak, v.ak_s};
}

Functions WithTuak(const Subscription& s, ConstBytes rand, ConstBytes sqn, ConstBytes amf) {
  Functions f;
  f.mac_a.resize(s.tuak.mac);
  f.mac_s.resize(s.tuak.mac);
  f.res.resize(s.tuak.res);
  f.ck.resize(s.tuak.ck);
  f.ik.resize(s.tuak.ik);
  crypto::Tuak tuak(s.k, s.opc, s.iterations, s.tuak, rand);
  tuak.F1(sqn, amf, f.mac_a);
  tuak.F1Star(sqn, amf, f.mac_s);
  tuak.F2345(f.res, f.ck, f.ik, f.ak);
  tuak.F5Star(f.ak_s);
  return f;
}

Functions Compute(const Subscription& s, ConstBytes rand, ConstBytes sqn, ConstBytes amf) {
  if (s.algorithm == Subscription::Algorithm::kTuak) { return WithTuak(s, rand, sqn, amf); }
  if (s.algorithm == Subscription::Algorithm::kXor) {
    return OfVector(crypto::XorTestAlgorithm(s.k, rand, sqn, amf));
  }
  crypto::AkaVector v;
  crypto::Milenage milenage(s.k, s.opc, crypto::MilenageConstants(), rand);
  milenage.F1(sqn, amf, v.mac_a, v.mac_s);
  milenage.F2F5(Bytes(v.res).first(8), v.ak);
  milenage.F3(v.ck);
  milenage.F4(v.ik);
  milenage.F5Star(v.ak_s);
  return OfVector(v);
}

/// Length-prefixed field of the answer.
Buffer Field(ConstBytes& rest) {
  if (rest.empty() || rest.size() < 1u + rest[0]) {
    throw UserError("AUTHENTICATE: the answer's fields do not fit its length");
  }
  const ConstBytes value = rest.subspan(1, rest[0]);
  rest = rest.subspan(1 + value.size());
  return Buffer(value.begin(), value.end());
}

void CheckSizes(const Subscription& s) {
  const bool tuak = s.algorithm == Subscription::Algorithm::kTuak;
  if (s.k.size() != 16 && !(tuak && s.k.size() == 32)) {
    throw UserError(tuak ? "K must have 16 or 32 bytes (32 or 64 hexadecimal digits)"
                         : "K must have 16 bytes (32 hexadecimal digits)");
  }
  if (s.algorithm == Subscription::Algorithm::kMilenage && s.opc.size() != 16) {
    throw UserError("OPc must have 16 bytes (32 hexadecimal digits)");
  }
  if (tuak && s.opc.size() != crypto::Tuak::kTopBytes) {
    throw UserError("TOPc must have 32 bytes (64 hexadecimal digits)");
  }
  if (tuak && (s.iterations == 0 || !s.tuak.valid())) {
    throw UserError("TUAK: RES of 32, 64, 128 or 256 bits, MAC of 64, 128 or 256, CK and IK of 128 or "
                    "256, at least one iteration");
  }
}

}  // namespace

Subscription SubscriptionOf(const ProfileFacts& facts) {
  using Algorithm = Subscription::Algorithm;
  Subscription s;
  s.algorithm = facts.algorithm == 3   ? Algorithm::kXor
                : facts.algorithm == 2 ? Algorithm::kTuak
                                       : Algorithm::kMilenage;
  s.k = facts.k;
  s.opc = facts.opc;
  s.iterations = facts.iterations;
  // docs/formats/files.md, "Authentication".
  const unsigned options = facts.algorithm_options;
  const uint8_t keys = (options & 0x40) != 0 ? 32 : 16;
  s.tuak = {static_cast<uint8_t>(8u << (options >> 3 & 3)), static_cast<uint8_t>(4u << (options & 3)),
            keys, keys};
  return s;
}

AuthVector MakeVector(Subscription& subscription, std::optional<Buffer> rand) {
  CheckSizes(subscription);
  AuthVector out;
  if (rand) {
    if (rand->size() != out.rand.size()) { throw UserError("RAND must have 16 bytes"); }
    Copy(out.rand, *rand);
  } else {
    SystemRng().Fill(out.rand);
  }
  const uint64_t seq = (subscription.sqn >> 5) + 1;
  const uint64_t ind = (subscription.sqn + 1) & 0x1F;
  subscription.sqn = (seq << 5 | ind) & 0xFFFFFFFFFFFFull;
  const std::array<uint8_t, 6> sqn = SqnBytes(subscription.sqn);
  const Functions f = Compute(subscription, out.rand, sqn, subscription.amf);
  for (size_t i = 0; i < sqn.size(); ++i) { out.autn.push_back(sqn[i] ^ f.ak[i]); }
  out.autn.insert(out.autn.end(), subscription.amf.begin(), subscription.amf.end());
  out.autn.insert(out.autn.end(), f.mac_a.begin(), f.mac_a.end());
  out.res = f.res;
  out.ck = f.ck;
  out.ik = f.ik;
  return out;
}

bool Resynchronize(Subscription& subscription, ConstBytes rand, ConstBytes auts) {
  CheckSizes(subscription);
  const std::array<uint8_t, 2> amf{};  // f1* is computed over AMF 0000 (6.3.3)
  const Functions first = Compute(subscription, rand, SqnBytes(0), amf);
  if (auts.size() != 6 + first.mac_s.size()) { return false; }
  uint64_t sqn = 0;
  for (size_t i = 0; i < 6; ++i) {
    sqn = sqn << 8 | static_cast<uint8_t>(auts[i] ^ first.ak_s[i]);
  }
  const Functions check = Compute(subscription, rand, SqnBytes(sqn), amf);
  if (!Equal(check.mac_s, auts.subspan(6))) { return false; }
  subscription.sqn = sqn;
  return true;
}

AuthVector MaskForGba(const AuthVector& vector) {
  AuthVector out = vector;
  std::array<uint8_t, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  EVP_Digest(vector.ik.data(), vector.ik.size(), hash.data(), &size, EVP_sha1(), nullptr);
  for (size_t i = 0; i < 8; ++i) { out.autn[8 + i] ^= hash[i]; }
  return out;
}

Buffer NafKey(const AuthVector& vector, bool external, ConstBytes impi, ConstBytes naf_id) {
  const std::string label = external ? "gba-me" : "gba-u";
  Buffer s = {0x01};
  const auto add = [&s](auto begin, auto end) {
    const auto size = static_cast<size_t>(end - begin);
    s.insert(s.end(), begin, end);
    s.push_back(static_cast<uint8_t>(size >> 8));
    s.push_back(static_cast<uint8_t>(size));
  };
  add(label.begin(), label.end());
  add(vector.rand.begin(), vector.rand.end());
  add(impi.begin(), impi.end());
  add(naf_id.begin(), naf_id.end());
  Buffer ks = vector.ck;
  ks.insert(ks.end(), vector.ik.begin(), vector.ik.end());
  Buffer out(32);
  HMAC(EVP_sha256(), ks.data(), static_cast<int>(ks.size()), s.data(), s.size(), out.data(), nullptr);
  return out;
}

AuthAnswer Authenticate(Reader& reader, const AuthVector& vector) {
  Buffer data = {0x10};
  data.insert(data.end(), vector.rand.begin(), vector.rand.end());
  data.push_back(static_cast<uint8_t>(vector.autn.size()));
  data.insert(data.end(), vector.autn.begin(), vector.autn.end());
  const Answer answer = ExchangeAll(reader, Command(0x00, 0x88, 0x00, 0x81, data));
  AuthAnswer out;
  out.sw = answer.sw;
  if (!answer.ok() || answer.data.empty()) { return out; }
  ConstBytes rest = ConstBytes(answer.data).subspan(1);
  if (answer.data[0] == 0xDC) {
    out.kind = AuthAnswer::Kind::kSynchronization;
    out.auts = Field(rest);
    return out;
  }
  out.kind = AuthAnswer::Kind::kSuccess;
  out.res = Field(rest);
  out.ck = Field(rest);
  out.ik = Field(rest);
  return out;
}

bool Matches(const AuthVector& vector, const AuthAnswer& answer) {
  return answer.kind == AuthAnswer::Kind::kSuccess && Equal(answer.res, vector.res) &&
         Equal(answer.ck, vector.ck) && Equal(answer.ik, vector.ik);
}

}  // namespace simurgh::offcard
