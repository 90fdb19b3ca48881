// AUTHENTICATE itself: f1 to f5* of the algorithms, and what a USIM makes of them (TS 33.102 6.3).
#include "crypto/const_time.h"
#include "crypto/sha.h"
#include "firmware/keys/aka_setup.h"

namespace simurgh::keys {
namespace {

constexpr size_t kSqnBytes = 6;
constexpr size_t kMacAt = 8;  // in AUTN
constexpr size_t kMaxMac = 32;
constexpr uint8_t kNoAmf[2] = {};  // TS 33.102 6.3.3: AMF is taken as zero in MAC-S

using Sqn = std::array<uint8_t, kSqnBytes>;
using Mac = std::array<uint8_t, kMaxMac>;

/// SQN xor AK, either way.
Sqn Unmask(ConstBytes masked, ConstBytes ak6) {
  Sqn sqn;
  for (size_t i = 0; i < sqn.size(); ++i) {
    sqn[i] = masked[i] ^ ak6[i];
  }
  return sqn;
}

/// Compares what f1 gave with the MAC in AUTN. A bootstrapping server's MAC is MAC xor
/// Trunc(SHA-1(IK)), 64 bits of it (TS 33.220 5.3.2): only a card that computes the hash accepts
/// it.
bool MacHolds(ConstBytes computed, ConstBytes autn, AkaMode mode, ConstBytes ik) {
  Mac received{};
  const Bytes mac = Bytes(received).first(computed.size());
  Copy(mac, autn.subspan(kMacAt));
  if (mode == AkaMode::kGbaU) {
    crypto::Sha1Digest mask = crypto::Sha1Of(ik);
    for (size_t i = 0; i < 8; ++i) {
      mac[i] ^= mask[i];
    }
    crypto::Wipe(mask);
  }
  return Accepted(crypto::EqualConstantTime(computed, mac));
}

/// AUTS = SQN_MS xor AK, MAC-S (TS 33.102 6.3.3).
void MakeAuts(const Sqn& sqn_ms, ConstBytes ak6, ConstBytes mac_s, AkaAnswer& answer) {
  Copy(answer.auts, Unmask(sqn_ms, ak6));
  Copy(Bytes(answer.auts).subspan(kSqnBytes), mac_s);
  answer.auts_size = static_cast<uint8_t>(kSqnBytes + mac_s.size());
  answer.synchronize = true;
}

Sqn SqnOf(uint64_t value) {
  Sqn sqn;
  Put48(sqn, 0, value);
  return sqn;
}

}  // namespace

Error Aka::WithMilenage(const Setup& setup, ConstBytes rand16, ConstBytes autn, AkaMode mode,
                        AkaAnswer& answer) {
  crypto::Milenage milenage(setup.k(), setup.opc(), setup.constants, rand16);
  uint8_t ak[6];
  answer.res_size = 8;
  milenage.F2F5(Bytes(answer.res).first(8), ak);
  const Sqn sqn = Unmask(autn, ak);
  uint8_t mac_a[8];
  uint8_t mac_s[8];
  milenage.F1(sqn, autn.subspan(6, 2), mac_a, mac_s);
  answer.ik.Resize(16);
  if (mode == AkaMode::kGbaU) {
    milenage.F4(answer.ik.view());
  }
  if (!MacHolds(mac_a, autn, mode, answer.ik.view())) {
    return Error::kAuth;
  }

  const uint64_t used = Get48(sqn);
  if (!TRY(Fresh(setup, used))) {
    const Sqn sqn_ms = SqnOf(TRY(HighestSqn(setup)));
    milenage.F1(sqn_ms, kNoAmf, mac_a, mac_s);
    milenage.F5Star(ak);
    MakeAuts(sqn_ms, ak, mac_s, answer);
    return Error::kOk;
  }

  TRY(Accept(setup, used));
  answer.ck.Resize(16);
  milenage.F3(answer.ck.view());
  if (mode != AkaMode::kGbaU) {
    milenage.F4(answer.ik.view());
  }
  return Error::kOk;
}

Error Aka::WithTuak(const Setup& setup, ConstBytes rand16, ConstBytes autn, AkaMode mode,
                    AkaAnswer& answer) {
  crypto::Tuak tuak(setup.k(), setup.opc(), setup.iterations, setup.sizes, rand16);
  Sqn ak;
  answer.res_size = setup.sizes.res;
  answer.ck.Resize(setup.sizes.ck);
  answer.ik.Resize(setup.sizes.ik);
  tuak.F2345(Bytes(answer.res).first(answer.res_size), answer.ck.view(), answer.ik.view(), ak);
  const Sqn sqn = Unmask(autn, ak);
  Mac mac_bytes;
  const Bytes mac = Bytes(mac_bytes).first(setup.sizes.mac);
  tuak.F1(sqn, autn.subspan(6, 2), mac);
  if (!MacHolds(mac, autn, mode, answer.ik.view())) {
    return Error::kAuth;
  }

  const uint64_t used = Get48(sqn);
  if (!TRY(Fresh(setup, used))) {
    const Sqn sqn_ms = SqnOf(TRY(HighestSqn(setup)));
    tuak.F1Star(sqn_ms, kNoAmf, mac);
    tuak.F5Star(ak);
    MakeAuts(sqn_ms, ak, mac, answer);
    return Error::kOk;
  }
  return Accept(setup, used);
}

Error Aka::WithXor(const Setup& setup, ConstBytes rand16, ConstBytes autn, AkaMode mode,
                   AkaAnswer& answer) {
  const ConstBytes amf = autn.subspan(6, 2);
  // AK depends on RAND and K alone; SQN comes out with it.
  const crypto::AkaVector first = crypto::XorTestAlgorithm(setup.k(), rand16, SqnOf(0), amf);
  const Sqn sqn = Unmask(autn, first.ak);
  const crypto::AkaVector v = crypto::XorTestAlgorithm(setup.k(), rand16, sqn, amf);
  if (!MacHolds(v.mac_a, autn, mode, v.ik)) {
    return Error::kAuth;
  }

  constexpr uint16_t kResynchronize = 0xFFFF;  // TS 34.108 8.1.2.2
  if (Get16(amf) == kResynchronize) {
    const Sqn sqn_ms = SqnOf(TRY(HighestSqn(setup)));
    const crypto::AkaVector s = crypto::XorTestAlgorithm(setup.k(), rand16, sqn_ms, kNoAmf);
    MakeAuts(sqn_ms, s.ak_s, s.mac_s, answer);
    return Error::kOk;
  }
  const uint64_t used = Get48(sqn);
  if (TRY(Fresh(setup, used))) {  // only so that a re-synchronization can tell where we are
    TRY(Accept(setup, used));
  }
  Copy(answer.res, v.res);
  answer.res_size = setup.xor_res_size();
  answer.ck.Assign(v.ck);
  answer.ik.Assign(v.ik);
  return Error::kOk;
}

Error Aka::Authenticate(uint16_t space, uint16_t adf, ConstBytes rand16, ConstBytes autn,
                        AkaAnswer& answer, AkaMode mode) {
  Setup setup;
  TRY(Load(space, TRY(Instance(space, adf)), setup));
  if (rand16.size() != 16 || autn.size() != kMacAt + setup.sizes.mac) {
    return Error::kFormat;
  }
  TRY(SpendUse(setup));
  switch (setup.algorithm) {
    case AkaAlgorithm::kMilenage:
      return WithMilenage(setup, rand16, autn, mode, answer);
    case AkaAlgorithm::kTuak:
      return WithTuak(setup, rand16, autn, mode, answer);
    case AkaAlgorithm::kXor:
      return WithXor(setup, rand16, autn, mode, answer);
  }
  return Error::kCorrupt;
}

Error Aka::AuthenticateGsm(uint16_t space, uint16_t adf, ConstBytes rand16, Bytes sres4,
                           Bytes kc8) {
  if (rand16.size() != 16) {
    return Error::kFormat;
  }
  Setup setup;
  TRY(Load(space, TRY(Instance(space, adf)), setup));
  TRY(SpendUse(setup));
  AkaAnswer a;
  a.res_size = 8;
  a.ck.Resize(16);
  a.ik.Resize(16);
  Sqn ak;
  if (setup.algorithm == AkaAlgorithm::kMilenage) {
    crypto::Milenage milenage(setup.k(), setup.opc(), setup.constants, rand16);
    milenage.F2F5(Bytes(a.res).first(8), ak);
    milenage.F3(a.ck.view());
    milenage.F4(a.ik.view());
  } else if (setup.algorithm == AkaAlgorithm::kTuak) {
    crypto::Tuak tuak(setup.k(), setup.opc(), setup.iterations, setup.sizes, rand16);
    a.res_size = setup.sizes.res;
    a.ck.Resize(setup.sizes.ck);
    a.ik.Resize(setup.sizes.ik);
    tuak.F2345(Bytes(a.res).first(a.res_size), a.ck.view(), a.ik.view(), ak);
  } else {
    const crypto::AkaVector v = crypto::XorTestAlgorithm(setup.k(), rand16, SqnOf(0), kNoAmf);
    Copy(a.res, v.res);
    a.res_size = setup.xor_res_size();
    a.ck.Assign(v.ck);
    a.ik.Assign(v.ik);
  }
  Copy(sres4, crypto::ConversionC2(a.res_view()));
  Copy(kc8, crypto::ConversionC3(a.ck.view(), a.ik.view()));
  return Error::kOk;
}

}  // namespace simurgh::keys
