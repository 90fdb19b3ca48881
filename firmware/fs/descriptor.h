#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "firmware/config.h"

/// Layout of the file system's records in the store: docs/formats/files.md.
namespace simurgh::fs {

enum class Type : uint8_t {
  kNone = 0,
  kMf = 1,
  kDf = 2,
  kAdf = 3,
  kTransparent = 4,
  kLinearFixed = 5,
  kCyclic = 6,
  kBerTlv = 7,
};

/// Life cycle status integer (ISO/IEC 7816-4 7.4.10, TS 102 221 11.1.1.4.9).
enum class LifeCycle : uint8_t {
  kCreation = 0x01,
  kInitialisation = 0x03,
  kDeactivated = 0x04,
  kActivated = 0x05,
  kTerminated = 0x0C,
};

constexpr uint16_t kMfFid = 0x3F00;
constexpr uint16_t kCurrentAdfFid = 0x7FFF;
constexpr uint16_t kMfObject = 1;
constexpr uint16_t kMaxObject = 0xEFFF;
/// File identifiers below this one cannot be used: their parts of a directory hold its own records.
constexpr uint16_t kMinFid = 0x0100;
constexpr size_t kMaxAid = 16;
constexpr size_t kMaxPinReferences = 26;  ///< TS 102 221 9.5.1 has no more
constexpr size_t kMaxRule = 255;
constexpr size_t kMaxPattern = 200;  ///< TS 102 222 6.3.2.2.2

/// Parts of a directory's object that are not file identifiers.
namespace part {
constexpr uint16_t kFirstSfi = 1;      ///< 1..30: short file identifier -> FID
constexpr uint16_t kAids = 0x20;       ///< MF only: list of the ADFs
constexpr uint16_t kLocation = 0x21;   ///< where this directory's descriptor is
constexpr uint16_t kNextObject = 0x22; ///< MF only: next object number to give out
constexpr uint16_t kPinShare = 0x23;   ///< firmware/access: directory whose local PINs are used
constexpr uint16_t kDirectoryRule = 0x27; ///< access rule of its own (flag::kOwnRule)
constexpr uint16_t kGarbage = 0x28;    ///< MF only: what deleted and shrunk files left behind
constexpr uint16_t kAka = 0x24;        ///< firmware/keys: authentication instance of this ADF
constexpr uint16_t kLocalPin = 0x81;   ///< firmware/access: 81..88, local PINs
constexpr uint16_t kLocalTries = 0xC1; ///< firmware/access: C1..C8, their try counters
}  // namespace part

/// Parts of an EF's content object beyond its chunks (0..0xFF).
namespace part {
constexpr uint16_t kPattern = 0xFF00;  ///< fill or repeat pattern longer than one byte
constexpr uint16_t kHead = 0xFF01;     ///< cyclic file: index of the slot that holds record 1
constexpr uint16_t kObjects = 0xFF02;  ///< BER-TLV file: its objects; their chunks are slot << 8 | n
constexpr uint16_t kRule = 0xFF03;     ///< of the EF's own object: access rule (flag::kOwnRule)
}  // namespace part

constexpr uint32_t kMaxFileSize = 0xFFFF;
static_assert(kMaxFileSize / config::kFileChunk < part::kPattern);

/// Offsets in a descriptor record. A fixed head, then AID, then the key references of the
/// PIN status template.
namespace at {
constexpr size_t kType = 0;
constexpr size_t kFlags = 1;
constexpr size_t kFid = 2;
constexpr size_t kObject = 4;
constexpr size_t kParent = 6;
constexpr size_t kContent = 8;
constexpr size_t kArrFid = 10;
constexpr size_t kArrRecord = 12;
constexpr size_t kLifeCycle = 13;
constexpr size_t kSfi = 14;
constexpr size_t kSpecial = 15;
constexpr size_t kRecordLength = 16;
constexpr size_t kRecordCount = 18;
constexpr size_t kSize = 20;
constexpr size_t kDescriptorByte = 24;
constexpr size_t kDataCoding = 25;
constexpr size_t kFill = 26;
constexpr size_t kAidSize = 27;
constexpr size_t kPinCount = 28;
constexpr size_t kReserved = 29;  ///< 3 bytes, zero
constexpr size_t kHeadSize = 32;
}  // namespace at
static_assert(at::kFid == at::kFlags + 1 && at::kObject == at::kFid + 2);
static_assert(at::kParent == at::kObject + 2 && at::kContent == at::kParent + 2);
static_assert(at::kArrFid == at::kContent + 2 && at::kArrRecord == at::kArrFid + 2);
static_assert(at::kLifeCycle == at::kArrRecord + 1 && at::kSfi == at::kLifeCycle + 1);
static_assert(at::kSpecial == at::kSfi + 1 && at::kRecordLength == at::kSpecial + 1);
static_assert(at::kRecordCount == at::kRecordLength + 2 && at::kSize == at::kRecordCount + 2);
static_assert(at::kDescriptorByte == at::kSize + 4 && at::kReserved + 3 == at::kHeadSize);

namespace flag {
constexpr uint8_t kLink = 0x01;          ///< content object belongs to another file
constexpr uint8_t kHighActivity = 0x02;  ///< high update activity (TS 102 222, tag C0)
constexpr uint8_t kPattern = 0x04;       ///< a pattern record exists
constexpr uint8_t kRepeat = 0x08;        ///< the pattern repeats (tag C2) instead of filling (C1)
constexpr uint8_t kHasSpecial = 0x10;    ///< special file information was given
constexpr uint8_t kOwnRule = 0x20;       ///< the access rule is a record of the file's own object
}  // namespace flag

}  // namespace simurgh::fs
