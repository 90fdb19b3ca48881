#pragma once

#include <cstdint>

#include "firmware/rsp/profile_package.h"

namespace simurgh::saip {

/// Why an element was refused or skipped, finer than PEStatus. Texts: saip_text.h.
enum class Reason : uint8_t {
  kNone = 0,
  kEncoding,            ///< not DER as the module says
  kTruncated,           ///< the package stops early
  kTrailingData,        ///< something follows the end element
  kOrder,               ///< element at the wrong place
  kVersion,             ///< neither format version 2 nor 3
  kService,             ///< a mandatory service is missing; detail: Service
  kTemplate,            ///< template unknown
  kMandatoryAid,        ///< the package needs a library this card lacks
  kElement,             ///< element unknown or not supported
  kMissing,             ///< a member that may not be left out; detail: row for files, else tag
  kDuplicateFile,       ///< file identifier, AID or short identifier taken
  kFileParameters,      ///< descriptor contradicts itself or leaves something out
  kFileType,            ///< BER-TLV file or another type this card lacks
  kContentTooLong,      ///< content does not fit its file
  kPath,                ///< filePath, linkPath or AID leads nowhere
  kPinReference,        ///< not a reference for this place, defined twice, or its PUK is missing
  kPinValue,            ///< value or try counters
  kAlgorithm,           ///< authentication algorithm or its parameters
  kKey,                 ///< key object
  kMemory,              ///< no room
  kStorage,             ///< the flash failed
};

/// PEStatus, and where it comes from.
struct PeStatus {
  rsp::Status status = rsp::Status::kOk;
  uint16_t identification = 0;  ///< of the element; 0 when it was not read yet
  uint32_t offset = 0;          ///< within the element
  rsp::Pe element = rsp::Pe::kHeader;
  Reason reason = Reason::kNone;
  uint8_t detail = 0;           ///< additional-information
};

}  // namespace simurgh::saip
