#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "crypto/tuak.h"
#include "offcard/common/card.h"
#include "offcard/common/hex.h"

namespace simurgh::offcard {

/// The network's end of authentication (TS 33.102): K, the operator's OPc, and SQN.
struct Subscription {
  enum class Algorithm { kMilenage, kTuak, kXor };
  Algorithm algorithm = Algorithm::kMilenage;
  Buffer k, opc;           ///< `opc` is TOPc for TUAK
  crypto::TuakSizes tuak;  ///< lengths that the operator chose for TUAK
  uint8_t iterations = 1;  ///< of TUAK's permutation
  Buffer amf = {0x80, 0x00};
  uint64_t sqn = 0;  ///< 48 bits: SEQ and five bits of IND (annex C.1.1.1); the last one used
};

struct ProfileFacts;
/// The subscription that a profile package brings, its SQN at 0.
Subscription SubscriptionOf(const ProfileFacts& facts);

/// One authentication vector and what the card must answer.
struct AuthVector {
  std::array<uint8_t, 16> rand{};
  Buffer autn;  ///< 16 bytes; with TUAK up to 40
  Buffer res, ck, ik;
};

/// The next vector: SEQ and IND go up by one (annex C.3.2). `rand` is chosen when not given.
AuthVector MakeVector(Subscription& subscription, std::optional<Buffer> rand = std::nullopt);
/// Re-synchronization (6.3.5): checks MAC-S and takes SQN_MS over.
/// @returns false when MAC-S is wrong; the subscription is unchanged then.
bool Resynchronize(Subscription& subscription, ConstBytes rand, ConstBytes auts);

/// The same vector as a bootstrapping server sends it to a GBA aware card: MAC xor Trunc(SHA-1(IK))
/// (TS 33.220 5.3.2).
AuthVector MaskForGba(const AuthVector& vector);
/// Ks_ext_NAF (`external`) or Ks_int_NAF of a bootstrapping with this vector (TS 33.220 B.3).
Buffer NafKey(const AuthVector& vector, bool external, ConstBytes impi, ConstBytes naf_id);

/// What a card answered to AUTHENTICATE in 3G context (TS 31.102 7.1.2.1).
struct AuthAnswer {
  enum class Kind { kSuccess, kSynchronization, kRefused } kind = Kind::kRefused;
  Buffer res, ck, ik, auts;
  uint16_t sw = 0;
};
/// Sends AUTHENTICATE on the basic channel; the USIM must be selected and its PIN verified.
AuthAnswer Authenticate(Reader& reader, const AuthVector& vector);
/// RES, CK and IK are what the vector says.
bool Matches(const AuthVector& vector, const AuthAnswer& answer);

}  // namespace simurgh::offcard
