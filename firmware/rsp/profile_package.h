#pragma once

#include <cstdint>

/// Numbers of the profile package format: TCA "eUICC Profile Package: Interoperable Format
/// Technical Specification", module PEDefinitions. docs/formats/profile_package.md says how they
/// are read.
namespace simurgh::rsp {

/// Alternatives of ProfileElement; the value is the number of the context tag.
enum class Pe : uint8_t {
  kHeader = 0,
  kGenericFileManagement = 1,
  kPinCodes = 2,
  kPukCodes = 3,
  kAkaParameter = 4,
  kCdmaParameter = 5,
  kSecurityDomain = 6,
  kRfm = 7,
  kApplication = 8,
  kNonStandard = 9,
  kEnd = 10,
  // 11..15 are reserved (rfu1..rfu5).
  kMf = 16,
  kCd = 17,
  kTelecom = 18,
  kUsim = 19,
  kOptUsim = 20,
  kIsim = 21,
  kOptIsim = 22,
  kPhonebook = 23,
  kGsmAccess = 24,
  kCsim = 25,
  kOptCsim = 26,
  kEap = 27,
  kDf5gs = 28,
  kDfSaip = 29,
  kDfSnpn = 30,
  kDf5gProse = 31,
  kIot = 32,
  kOptIot = 33,
};
constexpr uint8_t kPeCount = 34;

/// Members of ServicesList; the value is the number of the context tag.
enum class Service : uint8_t {
  kContactless,
  kUsim,
  kIsim,
  kCsim,
  kMilenage,
  kTuak128,
  kCave,
  kGbaUsim,
  kGbaIsim,
  kMbms,
  kEap,
  kJavacard,
  kMultos,
  kMultipleUsim,
  kMultipleIsim,
  kMultipleCsim,
  kTuak256,
  kUsimTestAlgorithm,
  kBerTlv,
  kDfLink,
  kCatTp,
  kGetIdentity,
  kProfileA,
  kProfileB,
  kSuciCalculatorApi,
  kDnsResolution,
  kScp11ac,
  kScp11cAuthorization,
  kS16Mode,
  kEaka,
};
constexpr uint8_t kServiceCount = 30;

/// What a card can do, one bit for each Service.
using Services = uint32_t;
constexpr Services Bit(Service s) { return Services{1} << static_cast<uint8_t>(s); }

/// PEStatus.status.
enum class Status : uint16_t {
  kOk = 0,
  kPeNotSupported = 1,
  kMemoryFailure = 2,
  kBadValues = 3,
  kNotEnoughMemory = 4,
  kInvalidRequestFormat = 5,
  kInvalidParameter = 6,
  kRuntimeNotSupported = 7,
  kLibNotSupported = 8,
  kTemplateNotSupported = 9,
  kFeatureNotSupported = 10,
  kPinCodeMissing = 11,
  kUnsupportedProfileVersion = 31,
};

/// AlgoParameter.algorithmID.
enum class Algorithm : uint8_t { kMilenage = 1, kTuak = 2, kUsimTest = 3 };

/// PINKeyReferenceValue: global PINs and ADMs belong to the card, local PINs to a directory
/// (ETSI TS 102 221 9.5.1 table 9.3).
constexpr bool IsGlobalPin(uint32_t v) {
  return (v >= 0x01 && v <= 0x08) || (v >= 0x0A && v <= 0x0E) || (v >= 0x8A && v <= 0x8E);
}
constexpr bool IsLocalPin(uint32_t v) { return v >= 0x81 && v <= 0x88; }
/// PUKKeyReferenceValue.
constexpr bool IsPuk(uint32_t v) {
  return (v >= 0x01 && v <= 0x08) || (v >= 0x81 && v <= 0x88);
}

}  // namespace simurgh::rsp
