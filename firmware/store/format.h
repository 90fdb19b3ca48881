#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

/// Bytes on flash of the record store, version 1: docs/formats/store.md. All integers are
/// little-endian, as is every machine we run on, so the structures are the bytes.
namespace simurgh::store::format {

static_assert(std::endian::native == std::endian::little);

constexpr uint32_t kMagic = 0x54534D53;  // "SMST"
constexpr uint8_t kVersion = 1;

/// A sector that a compaction opened: it holds copies only until a tail entry follows them, and is
/// thrown away at mount when none does.
constexpr uint32_t kOpenedByCompaction = 1;

/// At the start of every sector of the log. Sector `seq` lies at place `seq % sectors`, so the
/// number of times a place was erased is `seq / sectors`.
struct SectorHeader {
  uint32_t magic = kMagic;
  uint8_t version = kVersion;
  uint8_t align = 0;          ///< entries start at multiples of this
  uint16_t sectors = 0;
  uint32_t sector_bytes = 0;
  uint32_t seq = 0;
  uint32_t tail = 0;          ///< oldest sector of the log when this one was opened
  uint32_t flags = 0;
  uint32_t crc = 0;           ///< CRC-32 of the bytes before it
  uint32_t unused = 0xFFFFFFFF;
};
static_assert(sizeof(SectorHeader) == 32);
static_assert(offsetof(SectorHeader, magic) == 0);
static_assert(offsetof(SectorHeader, version) == 4);
static_assert(offsetof(SectorHeader, align) == 5);
static_assert(offsetof(SectorHeader, sectors) == 6);
static_assert(offsetof(SectorHeader, sector_bytes) == 8);
static_assert(offsetof(SectorHeader, seq) == 12);
static_assert(offsetof(SectorHeader, tail) == 16);
static_assert(offsetof(SectorHeader, flags) == 20);
static_assert(offsetof(SectorHeader, crc) == 24);
static_assert(offsetof(SectorHeader, unused) == 28);

// The four flag bits of an entry. Zero is no type: eight zero bytes are never an entry.
constexpr uint16_t kSelfCommitted = 1;  // in effect by itself; else a member of transaction `tx`
constexpr uint16_t kSecret = 2;
constexpr uint16_t kTypeMask = 12;
constexpr uint16_t kValue = 4;  // length is that of the payload
constexpr uint16_t kErase = 8;  // no payload; length is an EraseWhat
constexpr uint16_t kMeta = 12;  // no payload; length is a MetaWhat

enum EraseWhat : uint16_t {
  kDeleteRecord = 0,
  kDropSpace = 1,   ///< every record committed so far whose space this is
  kCancelSpace = 2  ///< what this transaction has written in the space so far does not count
};
enum MetaWhat : uint16_t {
  kCommit = 0,
  kTail = 1  ///< space | object << 16 is the new oldest sector
};

struct EntryHeader {
  uint16_t space = 0;
  uint16_t object = 0;
  uint16_t part = 0;
  uint16_t length_flags = 0;  ///< length << 4 | flags
  uint16_t tx = 0;            ///< 0 when self-committed
  uint16_t check = 0;         ///< low half of the CRC-32 of the ten bytes before it
  uint32_t crc = 0;           ///< CRC-32 of the twelve bytes before it and the payload

  uint16_t length() const { return length_flags >> 4; }
  uint16_t type() const { return length_flags & kTypeMask; }
  bool self_committed() const { return (length_flags & kSelfCommitted) != 0; }
  bool secret() const { return (length_flags & kSecret) != 0; }
  size_t payload() const { return type() == kValue ? length() : 0; }
  uint32_t tail_seq() const { return space | static_cast<uint32_t>(object) << 16; }
};
static_assert(sizeof(EntryHeader) == 16);
static_assert(offsetof(EntryHeader, space) == 0);
static_assert(offsetof(EntryHeader, object) == 2);
static_assert(offsetof(EntryHeader, part) == 4);
static_assert(offsetof(EntryHeader, length_flags) == 6);
static_assert(offsetof(EntryHeader, tx) == 8);
static_assert(offsetof(EntryHeader, check) == 10);
static_assert(offsetof(EntryHeader, crc) == 12);

/// Bytes of the header that `check` and, with the payload, `crc` cover.
constexpr size_t kChecked = offsetof(EntryHeader, check);
constexpr size_t kCovered = offsetof(EntryHeader, crc);

template <typename T>
ConstBytes BytesOf(const T& header) {
  return {reinterpret_cast<const uint8_t*>(&header), sizeof(T)};
}
template <typename T>
Bytes BytesOf(T& header) {
  return {reinterpret_cast<uint8_t*>(&header), sizeof(T)};
}

/// CRC-32 (ISO/IEC 3309 polynomial, reflected) of `data`, going on from `crc`; no final inversion.
uint32_t Crc32(uint32_t crc, ConstBytes data);
constexpr uint32_t kCrcStart = 0xFFFFFFFF;

/// Start value for an entry: bound to the place it is written to, so that bytes that were copied,
/// left over or written into a value on purpose do not pass for an entry elsewhere.
constexpr uint32_t EntryCrcStart(uint32_t seq, uint32_t offset) {
  return kCrcStart ^ (seq * 0x9E3779B1u + offset);
}

}  // namespace simurgh::store::format
