#include "offcard/issuer/auc.h"

#include "base/tlv.h"
#include "crypto/aka.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/ec_key.h"

namespace simurgh::offcard {
namespace {

std::array<uint8_t, 6> SqnBytes(uint64_t sqn) {
  std::array<uint8_t, 8> wide;
  Put64(wide, 0, sqn);
  return {wide[2], wide[3], wide[4], wide[5], wide[6], wide[7]};
}

/// All of f1..f5* for one RAND, SQN and AMF.
crypto::AkaVector Compute(const Subscription& s, ConstBytes rand, ConstBytes sqn, ConstBytes amf) {
  if (s.algorithm == Subscription::Algorithm::kXor) {
    return crypto::XorTestAlgorithm(s.k, rand, sqn, amf);
  }
  crypto::AkaVector v;
  crypto::Milenage milenage(s.k, s.opc, crypto::MilenageConstants(), rand);
  milenage.F1(sqn, amf, v.mac_a, v.mac_s);
  milenage.F2F5(Bytes(v.res).first(8), v.ak);
  milenage.F3(v.ck);
  milenage.F4(v.ik);
  milenage.F5Star(v.ak_s);
  return v;
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
  if (s.k.size() != 16) { throw UserError("K must have 16 bytes (32 hexadecimal digits)"); }
  if (s.algorithm == Subscription::Algorithm::kMilenage && s.opc.size() != 16) {
    throw UserError("OPc must have 16 bytes (32 hexadecimal digits)");
  }
}

}  // namespace

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
  const crypto::AkaVector v = Compute(subscription, out.rand, sqn, subscription.amf);
  for (size_t i = 0; i < sqn.size(); ++i) { out.autn[i] = sqn[i] ^ v.ak[i]; }
  Copy(Bytes(out.autn).subspan(6), subscription.amf);
  Copy(Bytes(out.autn).subspan(8), v.mac_a);
  out.res.assign(v.res.begin(), v.res.begin() + v.res_size);
  out.ck = v.ck;
  out.ik = v.ik;
  return out;
}

bool Resynchronize(Subscription& subscription, ConstBytes rand, ConstBytes auts14) {
  CheckSizes(subscription);
  if (auts14.size() != 14) { return false; }
  const std::array<uint8_t, 2> amf{};  // f1* is computed over AMF 0000 (6.3.3)
  const crypto::AkaVector first = Compute(subscription, rand, SqnBytes(0), amf);
  uint64_t sqn = 0;
  for (size_t i = 0; i < 6; ++i) {
    sqn = sqn << 8 | static_cast<uint8_t>(auts14[i] ^ first.ak_s[i]);
  }
  const crypto::AkaVector check = Compute(subscription, rand, SqnBytes(sqn), amf);
  if (!Equal(check.mac_s, auts14.subspan(6))) { return false; }
  subscription.sqn = sqn;
  return true;
}

AuthAnswer Authenticate(Reader& reader, const AuthVector& vector) {
  Buffer data = {0x10};
  data.insert(data.end(), vector.rand.begin(), vector.rand.end());
  data.push_back(0x10);
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
