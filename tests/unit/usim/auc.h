#pragma once

#include <array>
#include <vector>

#include "crypto/aka.h"

namespace simurgh::test {

/// The other end of AKA: makes vectors and judges AUTS, with Milenage and standard constants.
struct Auc {
  std::vector<uint8_t> k;
  std::vector<uint8_t> opc;
  std::vector<uint8_t> rand = std::vector<uint8_t>(16, 0x5A);

  static std::array<uint8_t, 6> Six(uint64_t sqn) {
    std::array<uint8_t, 6> b;
    for (size_t i = 0; i < 6; ++i) {
      b[i] = static_cast<uint8_t>(sqn >> (40 - 8 * i));
    }
    return b;
  }
  crypto::Milenage Function() const {
    return crypto::Milenage(k, opc, crypto::MilenageConstants{}, rand);
  }
  /// SQN as SEQ and IND.
  static uint64_t Sqn(uint64_t seq, uint64_t ind) { return seq << 5 | ind; }

  std::vector<uint8_t> Autn(uint64_t sqn, uint16_t amf = 0x8000) const {
    crypto::Milenage f = Function();
    std::array<uint8_t, 8> res, mac, mac_s;
    std::array<uint8_t, 6> ak;
    const std::array<uint8_t, 2> amf_bytes{static_cast<uint8_t>(amf >> 8), static_cast<uint8_t>(amf)};
    f.F2F5(res, ak);
    f.F1(Six(sqn), amf_bytes, mac, mac_s);
    std::vector<uint8_t> autn;
    for (size_t i = 0; i < 6; ++i) {
      autn.push_back(Six(sqn)[i] ^ ak[i]);
    }
    autn.insert(autn.end(), amf_bytes.begin(), amf_bytes.end());
    autn.insert(autn.end(), mac.begin(), mac.end());
    return autn;
  }
  /// Checks AUTS (TS 33.102 6.3.5). @returns whether MAC-S is right; the card's SQN in `*sqn_ms`.
  bool AcceptsAuts(ConstBytes auts, uint64_t* sqn_ms) const {
    crypto::Milenage f = Function();
    std::array<uint8_t, 6> ak, sqn;
    std::array<uint8_t, 8> mac, mac_s;
    f.F5Star(ak);
    *sqn_ms = 0;
    for (size_t i = 0; i < 6; ++i) {
      sqn[i] = auts[i] ^ ak[i];
      *sqn_ms = *sqn_ms << 8 | sqn[i];
    }
    f.F1(sqn, std::array<uint8_t, 2>{}, mac, mac_s);
    return Equal(mac_s, auts.subspan(6));
  }
};

}  // namespace simurgh::test
