#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"
#include "crypto/tuak.h"
#include "firmware/keys/key_store.h"
#include "firmware/store/store.h"

namespace simurgh::keys {

/// Algorithm identifiers of PE-AKAParameter.
enum class AkaAlgorithm : uint8_t { kMilenage = 1, kTuak = 2, kXor = 3 };

/// Bits of sqnOptions. Default 02: the standard's protection against wrap-around, no age limit.
constexpr uint8_t kSqnAgeLimit = 0x01;  ///< L of TS 33.102 C.2.2: refuse what is too old
constexpr uint8_t kSqnDelta = 0x02;     ///< delta of C.2.1: refuse what is too far ahead

/// A network application's authentication parameters (PE-AKAParameter, algoParameter). Views are
/// read during the call only; empty ones mean the default.
struct AkaParameters {
  AkaAlgorithm algorithm = AkaAlgorithm::kMilenage;
  uint8_t options = 0;            ///< algorithmOptions; XOR: 1 asks for a RES of 8 bytes, else 16
  uint8_t iterations = 1;         ///< TUAK: numberOfKeccak
  ConstBytes key;                 ///< 16 bytes; TUAK also 32
  ConstBytes opc;                 ///< OPc of 16 bytes (Milenage), TOPc of 32 (TUAK), ignored for XOR
  ConstBytes rotations;           ///< 5 bytes r1..r5, Milenage only
  ConstBytes constants;           ///< 80 bytes c1..c5, Milenage only
  uint8_t sqn_options = kSqnDelta;
  ConstBytes sqn_delta;           ///< 6 bytes, SEQ units
  ConstBytes sqn_age_limit;       ///< 6 bytes, SEQ units
  ConstBytes sqn_init;            ///< 32 * 6 bytes, SEQ per index
  ConstBytes counter_max;         ///< 3 bytes: how often K may be used at all; empty: no limit
};

/// Lengths of RES, MAC, CK and IK that algorithmOptions asks TUAK for (docs/formats/files.md).
/// @error kFormat: a coding that is not in use.
Result<crypto::TuakSizes> TuakSizesOf(uint8_t options);

/// What AUTHENTICATE answers. The largest are those of TUAK.
struct AkaAnswer {
  bool synchronize = false;           ///< SQN refused: only `auts` is meant
  uint8_t res_size = 0;
  uint8_t auts_size = 0;
  std::array<uint8_t, 32> res{};
  crypto::Secret<32> ck;
  crypto::Secret<32> ik;
  std::array<uint8_t, 6 + 32> auts{};

  ConstBytes res_view() const { return ConstBytes(res).first(res_size); }
  ConstBytes auts_view() const { return ConstBytes(auts).first(auts_size); }
};

/// Whose vector it is.
enum class AkaMode : uint8_t {
  kPlain,
  kGbaU,  ///< of a bootstrapping server: MAC is masked with a hash of IK (TS 33.220 5.3.2)
};

/// Authentication and key agreement (TS 33.102) for the applications of a profile: K in the key
/// store, sequence numbers in records of their own, at most kInstances key sets a profile.
///
/// An application is named by the object number of its ADF. Several may share one instance, that is
/// K, constants and sequence numbers alike: then a vector used in one is used in all.
///
/// Sequence numbers follow TS 33.102 annex C: SQN is SEQ (43 bits) and IND (5 bits), an array of 32
/// holds the highest SEQ accepted for every IND. The new SEQ is durable before anything is answered.
/// The XOR test algorithm does not check SQN; AMF FFFF asks for re-synchronization (TS 34.108
/// 8.1.2.2).
class Aka {
 public:
  static constexpr uint8_t kInstances = 8;
  static constexpr size_t kIndices = 32;

  Aka(store::Store& store, KeyStore& keys) : store_(store), keys_(keys) {}

  // Within the open transaction.
  /// @error kUnsupported: another algorithm.  kFormat: a size or option.  kFull: more than kInstances, or the store.
  Error Install(uint16_t space, uint16_t adf, const AkaParameters& parameters);
  /// The application `adf` uses what `source` has (mappingParameter). @error kNotFound.
  Error Share(uint16_t space, uint16_t adf, uint16_t source);
  /// Another subscription: new K and OPc under the same algorithm and constants; every sequence
  /// number starts again at 0, for they belong to the key, and what GBA bootstrapped with the old one
  /// is forgotten. Sizes stay what they were; an empty `opc`
  /// keeps the old one. @error kNotFound, kFormat.
  Error ReplaceKey(uint16_t space, uint16_t adf, ConstBytes key, ConstBytes opc);

  /// K alone: for what the card itself computes over it (the binding of a profile).
  /// @error kNotFound, kCorrupt.
  Error ReadKey(uint16_t space, uint16_t adf, KeyValue& out);
  /// @error kNotFound.
  Result<AkaAlgorithm> Algorithm(uint16_t space, uint16_t adf);

  bool Has(uint16_t space, uint16_t adf) { return Instance(space, adf).ok(); }

  /// Outside any transaction that wrote sequence numbers.
  /// @param autn  SQN xor AK (6), AMF (2), MAC (8; TUAK 8, 16 or 32)
  /// @error kNotFound: no key for this application.  kFormat: a size.  kAuth: the MAC in AUTN is
  ///        wrong.  kBlocked: K was used counter_max times.  kCorrupt: the seal of K does not hold.
  Error Authenticate(uint16_t space, uint16_t adf, ConstBytes rand16, ConstBytes autn,
                     AkaAnswer& answer, AkaMode mode = AkaMode::kPlain);
  /// GSM context: SRES and Kc by conversion (TS 33.102 6.8.1.2). No SQN is involved.
  Error AuthenticateGsm(uint16_t space, uint16_t adf, ConstBytes rand16, Bytes sres4, Bytes kc8);

 private:
  struct Setup;  // parameters and K, read
  Result<uint8_t> Instance(uint16_t space, uint16_t adf);
  Error Load(uint16_t space, uint8_t instance, Setup& setup);
  Error SpendUse(const Setup& setup);
  Error Group(uint16_t space, uint8_t instance, size_t group, Bytes out24);
  Result<uint64_t> HighestSqn(const Setup& setup);
  Result<bool> Fresh(const Setup& setup, uint64_t sqn);
  Error Accept(const Setup& setup, uint64_t sqn);
  Error WithMilenage(const Setup& setup, ConstBytes rand16, ConstBytes autn, AkaMode mode,
                     AkaAnswer& answer);
  Error WithTuak(const Setup& setup, ConstBytes rand16, ConstBytes autn, AkaMode mode,
                 AkaAnswer& answer);
  Error WithXor(const Setup& setup, ConstBytes rand16, ConstBytes autn, AkaMode mode,
                AkaAnswer& answer);

  store::Store& store_;
  KeyStore& keys_;
};

}  // namespace simurgh::keys
