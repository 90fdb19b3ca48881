#pragma once

#include <cstdint>

#include "base/error.h"

namespace simurgh::apdu {

/// Status words (ISO/IEC 7816-4 5.6, ETSI TS 102 221 10.2). A type of its own: an Error never
/// becomes one by accident.
enum class [[nodiscard]] Sw : uint16_t {
  kOk = 0x9000,
  kProactivePending = 0x9100,       ///< 91xx: xx bytes wait for FETCH (TS 102 221 7.4.2.2)
  kToolkitBusy = 0x9300,            ///< postponed: the toolkit is busy (TS 102 221 7.4.2)
  kMoreData = 0x6100,               ///< 61xx: xx bytes wait for GET RESPONSE
  kDeactivated = 0x6283,            ///< selected file invalidated
  kTerminated = 0x6285,
  kAuthenticationFailed = 0x6300,   ///< host cryptogram (GlobalPlatform 11.1.3)
  kTriesLeft = 0x63C0,              ///< 63Cx: verification failed, x tries left
  kMemoryProblem = 0x6581,
  kWrongLength = 0x6700,
  kChannelNotSupported = 0x6881,
  kSecureMessagingNotSupported = 0x6882,
  kLastOfChainExpected = 0x6883,
  kChainingNotSupported = 0x6884,
  kCommandIncompatible = 0x6981,    ///< command incompatible with file structure
  kSecurityNotSatisfied = 0x6982,
  kBlocked = 0x6983,                ///< authentication/PIN method blocked
  kDataInvalidated = 0x6984,        ///< referenced data invalidated
  kConditionsNotSatisfied = 0x6985,
  kNoEfSelected = 0x6986,
  kSecureMessagingMissing = 0x6987,
  kSecureMessagingWrong = 0x6988,
  kWrongData = 0x6A80,
  kFunctionNotSupported = 0x6A81,
  kFileNotFound = 0x6A82,
  kRecordNotFound = 0x6A83,
  kNotEnoughMemory = 0x6A84,
  kLcInconsistent = 0x6A87,
  kWrongP1P2 = 0x6A86,
  kReferencedDataNotFound = 0x6A88,
  kFileExists = 0x6A89,             ///< also "DF name already exists" (TS 102 222 7)
  kWrongP1P2Unspecified = 0x6B00,
  kCorrectLength = 0x6C00,          ///< 6Cxx: repeat with Le = xx
  kInsNotSupported = 0x6D00,
  kClaNotSupported = 0x6E00,
  kTechnicalProblem = 0x6F00,
  kGsmResponse = 0x9F00,            ///< 9Fxx, class A0: xx bytes wait (TS 51.011 9.4.1)
  kAuthenticationMac = 0x9862,      ///< authentication error, incorrect MAC (TS 31.102 7.3.1)
  kAuthenticationContext = 0x9864,  ///< authentication error, security context not supported
  kAuthenticationMemory = 0x9866,   ///< authentication error, no memory space available
};

constexpr uint16_t Value(Sw sw) { return static_cast<uint16_t>(sw); }
constexpr Sw WithCount(Sw sw, uint8_t xx) { return static_cast<Sw>(Value(sw) | xx); }
/// 90xx and 91xx: the command did what it was asked to; the dispatcher commits.
constexpr bool Succeeded(Sw sw) { return (Value(sw) >> 8) == 0x90 || (Value(sw) >> 8) == 0x91; }

/// The only bridge between Error and Sw. Handlers that know better say so themselves.
Sw ToSw(Error error);

}  // namespace simurgh::apdu
