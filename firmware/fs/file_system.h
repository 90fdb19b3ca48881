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
  uint16_t record_length = 0;  ///< BER-TLV: reserved file size
  uint16_t record_count = 0;
  uint32_t size = 0;     ///< bytes, EF only; BER-TLV: maximum file size, 0: none
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
  bool terminated() const { return life_cycle == static_cast<uint8_t>(LifeCycle::kTerminated); }
  bool active() const { return life_cycle != static_cast<uint8_t>(LifeCycle::kDeactivated) &&
                               life_cycle != static_cast<uint8_t>(LifeCycle::kTerminated); }
  bool SameAs(const File& f) const {
    return space == f.space && object == f.object && fid == f.fid && parent == f.parent;
  }
};

/// Bytes of tag and length fields (TS 102 221 11.3.0: lengths are coded as DER codes them).
constexpr uint8_t TagBytes(uint32_t tag) { return tag > 0xFFFF ? 3 : tag > 0xFF ? 2 : 1; }
constexpr uint8_t LengthBytes(uint32_t length) {
  return length > 0xFFFF ? 4 : length > 0xFF ? 3 : length > 0x7F ? 2 : 1;
}

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
                                ///< BER-TLV: maximum file size, 0: none
  uint16_t record_length = 0;   ///< BER-TLV: reserved file size
  uint16_t record_count = 0;    ///< 0: size / record_length
  LifeCycle life_cycle = LifeCycle::kActivated;
  uint8_t sfi = kNoSfi;
  uint16_t arr_fid = 0;         ///< 0: 2F06 for MF, ADF and children of the MF, else 6F06
  uint8_t arr_record = 0;       ///< 0: no access rule, nothing is allowed
  uint8_t rule_tag = 0;         ///< 8C or AB: `rule` is this file's access rule, not EF.ARR's
  ConstBytes rule;              ///< compact or expanded format, 1..255 bytes
  uint8_t special = 0;
  bool has_special = false;
  bool high_activity = false;
  ConstBytes aid;               ///< ADF: 5..16 bytes
  ConstBytes pin_references;    ///< directory: key references of its PIN status template, in order
  ConstBytes pattern;           ///< 1..200 bytes; empty: FF
  bool repeat = false;          ///< pattern is a repeat pattern (C2), not a fill pattern (C1)
  const File* link = nullptr;   ///< share the content of this file (same space)
};

/// A BER-TLV object of an EF (TS 102 221 8.2.2.4, 11.3), without its value.
struct Object {
  uint32_t tag = 0;     ///< as its 1..3 bytes read
  uint16_t length = 0;  ///< of the value
  uint8_t slot = 0;     ///< where the value's chunks are
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
  void Use(uint16_t space) {
    space_ = space;
    const Result<File> root = Root();
    terminated_ = root.ok() && root.value().terminated();
  }
  /// TERMINATE CARD USAGE was executed: the MF of the tree in use is terminated.
  bool terminated() const { return terminated_; }
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
  ///        too large.  kFull.  kUnsupported: link to a directory's own ancestor.
  Result<File> Create(uint16_t space, const File& parent, const FileSpec& spec);
  Error SetLifeCycle(File& file, LifeCycle state);
  /// Copies the file's own access rule: tag (8C or AB), then its value. @returns its size.
  Result<size_t> OwnRule(const File& file, Bytes out);

  // Changing trees (change.cc). No transaction may be open: each is atomic by itself, and what it
  // leaves behind when power fails is swept up by the next call.
  /// Deletes a file, a directory with all that is in it. Content that links share stays.
  /// @error kState: the MF.  kFull, kHardware.
  Error Remove(const File& file);
  /// New size of a transparent, linear fixed or BER-TLV file; `file` is brought up to date. New bytes
  /// read as the file's pattern. BER-TLV: the maximum, with the reserved size.
  /// @error kFormat: not whole records.  kRange: too large.  kUnsupported: other structures.
  ///        kState: links share the content.  kFull: the objects no longer fit.
  Error Resize(File& file, uint32_t size, uint16_t reserved = 0);
  /// Deletes records that Remove and Resize left behind when power failed.
  Error Collect(uint16_t space);

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

  // Objects of BER-TLV files (objects.cc). An object under way is invisible, its chunks and its entry
  // durable as they are written, until CommitObject makes it the object of that tag.
  /// @error kNotFound.  kUnsupported: another structure.
  Result<Object> FindObject(const File& ef, uint32_t tag);
  /// The object in a slot; `visible` false: the one under way there. @error kNotFound.
  Result<Object> ObjectInSlot(const File& ef, uint8_t slot, bool visible);
  Error ReadObject(const File& ef, const Object& object, uint32_t at, Bytes out);
  /// The tags of all objects, one behind the other, in order of creation. @returns their size.
  Result<size_t> Tags(const File& ef, Bytes out);
  /// What the objects take: tags, lengths and values.
  Result<uint32_t> ObjectBytes(const File& ef);
  /// @error kFull: over the maximum file size, too many objects, or no room in the store.
  Result<Object> BeginObject(const File& ef, uint32_t tag, uint16_t length);
  Error WriteObject(const File& ef, const Object& object, uint32_t at, ConstBytes data);
  Error CommitObject(const File& ef, const Object& object);
  /// Takes an object out of sight. @error kNotFound.
  Error DropObject(const File& ef, uint32_t tag);
  Error DropAllObjects(const File& ef);
  /// Deletes what is out of sight: what DropObject, a replaced object and an abandoned one leave.
  Error SweepObjects(const File& ef);

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
  Error Rewrite(const File& file);
  Error RemoveAid(const File& adf);
  Result<bool> Shared(const File& file);
  Error NoteGarbage(uint16_t space, uint16_t object, uint8_t kind, uint8_t first);
  Error Discard(const File& file);
  Result<bool> CollectSome(uint16_t space, uint16_t object, bool directory);
  Error CutChunk(const File& file, uint32_t size);
  Error ResizeObjects(File& file, uint32_t size, uint16_t reserved);
  Error WriteChunk(const File& ef, uint16_t chunk, size_t at, ConstBytes data);
  Result<uint16_t> HeadSlot(const File& ef);
  Result<uint32_t> RecordOffset(const File& ef, uint16_t number);

  store::Store& store_;
  uint16_t space_ = 0;
  bool terminated_ = false;
};

}  // namespace simurgh::fs
