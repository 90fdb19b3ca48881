#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "firmware/fs/descriptor.h"
#include "firmware/store/store.h"

namespace simurgh::fs {

/// A file's descriptor in RAM; what Find functions return and others take. It names its profile's
/// space, so that files of a staging profile and of the active one are handled alike.
struct File {
  uint16_t space = 0;
  uint16_t fid = 0;
  uint16_t object = 0;   ///< 0: no file
  uint16_t parent = 0;   ///< object of the parent directory (the MF is its own parent)
  uint16_t content = 0;  ///< object that holds chunks or children: own, or that of a link's target
  uint16_t arr_fid = 0;  ///< EF.ARR, 0 when there is no rule
  uint16_t record_length = 0;
  uint16_t record_count = 0;
  uint32_t size = 0;     ///< bytes, EF only
  Type type = Type::kNone;
  uint8_t flags = 0;
  uint8_t arr_record = 0;
  uint8_t life_cycle = 0;
  uint8_t sfi = 0;       ///< 1..30, 0: none
  uint8_t special = 0;   ///< special file information (TS 102 222, tag C0)
  uint8_t descriptor_byte = 0;
  uint8_t data_coding = 0;
  uint8_t fill = 0xFF;   ///< what absent content reads as, unless flag::kPattern
  uint8_t aid_size = 0;
  uint8_t pin_count = 0;

  bool exists() const { return object != 0; }
  bool directory() const { return type == Type::kMf || type == Type::kDf || type == Type::kAdf; }
  bool ef() const { return exists() && !directory(); }
  bool record_file() const { return type == Type::kLinearFixed || type == Type::kCyclic; }
  bool active() const { return life_cycle != static_cast<uint8_t>(LifeCycle::kDeactivated) &&
                               life_cycle != static_cast<uint8_t>(LifeCycle::kTerminated); }
  bool SameAs(const File& f) const {
    return space == f.space && object == f.object && fid == f.fid && parent == f.parent;
  }
};

/// The structure that byte 1 of the file descriptor (tag 82) states; kNone for unknown ones. ADF and
/// MF are coded as DF (TS 102 221 11.1.1.4.3).
constexpr Type TypeOf(uint8_t descriptor_byte) {
  const uint8_t b = descriptor_byte & 0xBF;  // without the shareable bit
  return b == 0x38 ? Type::kDf : b == 0x39 ? Type::kBerTlv
         : (b & 0x38) > 0x08 ? Type::kNone
         : (b & 7) == 1 ? Type::kTransparent : (b & 7) == 2 ? Type::kLinearFixed
         : (b & 7) == 6 ? Type::kCyclic : Type::kNone;
}

/// What Create needs to know. Views are only read during the call.
struct FileSpec {
  /// Values of `sfi` that are not short identifiers.
  static constexpr uint8_t kNoSfi = 0;
  static constexpr uint8_t kSfiFromFid = 0xFF;  ///< five low bits of the FID (TS 102 222 6.3.2.2.2)

  Type type = Type::kNone;
  uint16_t fid = 0;
  uint8_t descriptor_byte = 0;  ///< byte 1 of tag 82; 0: the usual one of `type`
  uint8_t data_coding = 0x21;   ///< byte 2 of tag 82
  uint32_t size = 0;            ///< EF: bytes; a record file may leave it 0 and give both below
  uint16_t record_length = 0;
  uint16_t record_count = 0;    ///< 0: size / record_length
  LifeCycle life_cycle = LifeCycle::kActivated;
  uint8_t sfi = kNoSfi;
  uint16_t arr_fid = 0;         ///< 0: 2F06 for MF, ADF and children of the MF, else 6F06
  uint8_t arr_record = 0;       ///< 0: no access rule, nothing is allowed
  uint8_t special = 0;
  bool has_special = false;
  bool high_activity = false;
  ConstBytes aid;               ///< ADF: 5..16 bytes
  ConstBytes pin_references;    ///< directory: key references of its PIN status template, in order
  ConstBytes pattern;           ///< 1..200 bytes; empty: FF
  bool repeat = false;          ///< pattern is a repeat pattern (C2), not a fill pattern (C1)
  const File* link = nullptr;   ///< share the content of this file (same space)
};

enum class Occurrence : uint8_t { kFirst, kLast, kNext, kPrevious };

/// The file trees of profiles. Thin: every call reads or writes a handful of store records and
/// keeps nothing but the number of the space in use.
///
/// Writing functions work inside the store's open transaction, or each in its own when none is open
/// (Create writes several records and therefore wants one open). A failed write leaves the
/// transaction to be rolled back.
class FileSystem {
 public:
  explicit FileSystem(store::Store& store) : store_(store) {}

  /// Chooses the profile whose tree the terminal sees; 0 for none.
  void Use(uint16_t space) { space_ = space; }
  uint16_t space() const { return space_; }

  // Finding. @error kNotFound when there is no such file; kCorrupt for a damaged descriptor.
  Result<File> Root(uint16_t space);            ///< the MF
  Result<File> Root() { return Root(space_); }
  /// Child of a directory by FID; ADFs (by their temporary FID) included.
  Result<File> Child(const File& directory, uint16_t fid);
  Result<File> Parent(const File& file);        ///< the MF's parent is the MF
  /// FIDs of two bytes each from `start` down. The path is empty for `start` itself.
  /// @error kFormat: odd length.
  Result<File> ByPath(const File& start, ConstBytes path);
  Result<File> BySfi(const File& directory, uint8_t sfi);
  /// ADF whose AID begins with `aid` (1..16 bytes; empty matches every ADF), in order of creation.
  /// kNext and kPrevious count from `current`, which may be absent (then kNext is kFirst).
  Result<File> ByAid(uint16_t space, ConstBytes aid, Occurrence which = Occurrence::kFirst,
                     const File& current = File{});
  /// Copies the AID of an ADF. @returns its size.
  Result<size_t> Aid(const File& adf, Bytes out);
  /// Copies the key references of the PIN status template. @returns their number, 0 for none.
  Result<size_t> PinReferences(const File& directory, Bytes out);

  // Making. A space is made by creating its MF, with `parent` an empty File of that space.
  /// @error kExists: FID or AID taken.  kFormat: contradictory spec.  kRange: reserved FID, file
  ///        too large.  kFull.  kUnsupported: BER-TLV, link to a directory's own ancestor.
  Result<File> Create(uint16_t space, const File& parent, const FileSpec& spec);
  Error SetLifeCycle(File& file, LifeCycle state);

  // Content. @error kRange: outside the file.  kUnsupported: not a file of that structure.
  /// Raw content by byte offset, as profiles fill it: records of a file follow each other from
  /// record 1 on. Fails rather than writing a part.
  Error Write(const File& ef, uint32_t offset, ConstBytes data);
  Error Read(const File& ef, uint32_t offset, Bytes out);
  /// Records are numbered from 1; in a cyclic file 1 is the newest.
  Error ReadRecord(const File& ef, uint16_t number, Bytes out);   ///< out.size() = record length
  Error WriteRecord(const File& ef, uint16_t number, ConstBytes data);
  /// Cyclic: overwrites the oldest record, which becomes number 1.
  Error Append(const File& ef, ConstBytes data);

  store::Store& store() { return store_; }

 private:
  Result<File> Load(uint16_t space, uint16_t directory, uint16_t fid);
  Error CheckSpec(const File& parent, const FileSpec& spec);
  Error LinkTo(const File& parent, const File& target, File& file);
  Result<uint16_t> NewObject(uint16_t space);
  Error AddAid(const File& adf, ConstBytes aid);
  Error AddSfi(const File& parent, File& file, uint8_t wanted);
  Error AddDirectory(const File& file, const FileSpec& spec);
  Result<size_t> Tail(const File& file, size_t offset, size_t size, Bytes out);
  Error ReadDefault(const File& ef, uint32_t offset, Bytes out);
  Error WriteChunk(const File& ef, uint16_t chunk, size_t at, ConstBytes data);
  Result<uint16_t> HeadSlot(const File& ef);
  Result<uint32_t> RecordOffset(const File& ef, uint16_t number);

  store::Store& store_;
  uint16_t space_ = 0;
};

}  // namespace simurgh::fs
