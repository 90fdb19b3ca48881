#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/static_vector.h"
#include "firmware/config.h"

/// The profile record (T1): docs/formats/profile_record.md.
namespace simurgh::profile {

constexpr size_t kIccidBytes = 10;
constexpr size_t kEidBytes = 16;
constexpr size_t kTerminalIdBytes = 8;
constexpr size_t kMnoIdBytes = 3;
constexpr size_t kSignerIdBytes = 8;
constexpr size_t kMaxSignature = 256;
constexpr size_t kAidBytes = 16;

using Iccid = std::array<uint8_t, kIccidBytes>;
using Eid = std::array<uint8_t, kEidBytes>;
using TerminalId = std::array<uint8_t, kTerminalIdBytes>;
using Aid = std::array<uint8_t, kAidBytes>;
/// First 8 bytes of SHA-256 over type and public key; all zero names the card's own key.
using SignerId = std::array<uint8_t, kSignerIdBytes>;

/// ProfileClass of SGP.22.
enum class Class : uint8_t { kTest = 0, kProvisioning = 1, kOperational = 2 };
enum class State : uint8_t { kDisabled = 0, kEnabled = 1, kDiscarded = 2 };
enum class Mode : uint8_t { kNormal = 0, kTest = 1 };

/// What the signature covers (US 9,232,392): 1 id, eSE, IMSI; 2 id, eSE; 3 id, IMSI.
enum class Equation : uint8_t { kIdEseImsi = 1, kIdEse = 2, kIdImsi = 3 };
constexpr uint8_t kCoversK = 0x01;
constexpr uint8_t kCoversProviderKey = 0x02;

enum class Algorithm : uint8_t {
  kEcdsaP256 = 1,
  kEcdsaBrainpool = 2,
  kRsaSha256 = 3,
  kRsaSha1 = 4,  ///< only builds with SIMURGH_ALLOW_RSA_SHA1
};

/// Why a profile may not be used. Stored and shown: numbers never change their meaning.
enum class Reason : uint8_t {
  kNone = 0,
  kForeignFlash = 1,     ///< the flash was manufactured as another card
  kWrongEse = 2,         ///< bound to another eSE id
  kWrongTerminal = 3,    ///< bound to another terminal id
  kTerminalUnknown = 4,  ///< bound to a terminal, and the card has not learned its own yet
  kNoImsi = 5,           ///< the signature covers an IMSI the profile does not have
  kNoKey = 6,            ///< the signature covers a K that cannot be opened here
  kUnknownSigner = 7,    ///< no trusted key has this signer id
  kAlgorithm = 8,        ///< this card does not do the algorithm, or the key is of another kind
  kSignature = 9,        ///< the signature does not match
  kFormat = 10,          ///< the record contradicts itself
};

/// Text of limited length.
template <size_t N>
struct Text {
  std::array<uint8_t, N> bytes{};
  uint8_t size = 0;
  ConstBytes view() const { return ConstBytes(bytes).first(size); }
  Error Assign(ConstBytes from) {
    if (from.size() > N) {
      return Error::kRange;
    }
    size = static_cast<uint8_t>(from.size());
    Copy(bytes, from);
    return Error::kOk;
  }
};

struct Signature {
  std::array<uint8_t, kMaxSignature> bytes{};
  uint16_t size = 0;
  ConstBytes view() const { return ConstBytes(bytes).first(size); }
};

struct Record {
  Iccid iccid{};  ///< as in EF.ICCID (nibbles swapped), the profile id
  Class profile_class = Class::kOperational;
  std::array<uint8_t, kMnoIdBytes> mno{};  ///< MCC and MNC as TS 24.008 codes them
  bool bound_to_ese = false;
  bool bound_to_terminal = false;
  Eid ese{};
  TerminalId terminal{};
  Equation equation = Equation::kIdEseImsi;
  uint8_t covers = 0;  ///< kCoversK, kCoversProviderKey
  Algorithm algorithm = Algorithm::kEcdsaP256;
  SignerId signer{};
  bool signer_is_card() const { return signer == SignerId{}; }

  Text<64> name;      ///< SGP.22 profileName
  Text<32> provider;  ///< SGP.22 serviceProviderName
  Text<64> nickname;

  // Not signed; kept by the card.
  uint8_t slot = 0;
  State state = State::kDisabled;
  Reason reason = Reason::kNone;  ///< of a discarded profile
  uint16_t space() const { return static_cast<uint16_t>(slot + 1); }
  /// ISD-P AID: A0000005591010FFFFFFFF89000010xx, xx = 10 + slot (SGP.02 annex H.2).
  Aid aid() const {
    return {0xA0, 0x00, 0x00, 0x05, 0x59, 0x10, 0x10, 0xFF,
            0xFF, 0xFF, 0xFF, 0x89, 0x00, 0x00, 0x10, static_cast<uint8_t>(0x10 + slot)};
  }
};

// How a record is laid out in the store (parts of object kProfileObject + slot).
enum class RecordPart : uint16_t {
  kFixed = 0,
  kSignature = 1,
  kNames = 2,
  kNickname = 3,
  kStatus = 4,
};
constexpr size_t kFixedBytes = 52;

/// Writes the fixed part.
void EncodeFixed(const Record& record, std::span<uint8_t, kFixedBytes> out);
/// @error kFormat: version, length or a value out of its range.
Error DecodeFixed(ConstBytes fixed, Record& record);

}  // namespace simurgh::profile
