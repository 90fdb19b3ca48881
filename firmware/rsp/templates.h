#pragma once

#include <span>

#include "base/bytes.h"
#include "firmware/rsp/profile_package.h"

/// File templates: annex A of the profile package specification (section 9 in its text), one row
/// per file member of a profile element, in the order of the ASN.1 members. Row i belongs to the
/// context tag i + 2: tag 0 is the header, tag 1 the template's identifier.
namespace simurgh::rsp {

enum class FileKind : uint8_t { kMf, kDf, kAdf, kTransparent, kLinear, kCyclic, kBerTlv };

constexpr bool IsDirectory(FileKind k) { return k <= FileKind::kAdf; }
constexpr bool HasRecords(FileKind k) {
  return k == FileKind::kLinear || k == FileKind::kCyclic;
}

/// First content of a file or, for record files, of each record (ETSI TS 102 222 6.3.2.2).
struct Pattern {
  ConstBytes bytes;
  uint8_t tail = 0;     ///< this many bytes of `bytes` stand at the end of the file or record
  bool repeat = false;  ///< `bytes` is repeated; otherwise its last byte (before the tail) is
  /// The byte at `i` of a file or record of `size` bytes. FF when there is no pattern.
  uint8_t At(uint32_t i, uint32_t size) const;
};

/// Default contents that templates use.
enum class Fill : uint8_t {
  kNone,
  kFf,
  k00,
  k00Ff,
  k07Ff,
  k0A,
  kHfn,
  kPsLoci,
  kLoci,
  kAd,
  kEpsLoci,
  kPlmn,
  kIci,
  kOci,
  k0100Ff,
  k000000Ff,
  kUfc,
  kKc,
  k5gsLoci,
  kF0Ff,
  kRouting4,
};
Pattern PatternOf(Fill fill);

struct FileRow {
  uint16_t fid = 0;   ///< 0: from the profile (ADF). First of a range for files that may repeat
  FileKind kind = FileKind::kTransparent;
  bool required = false;  ///< not OPTIONAL in the module
  uint8_t arr = 0;    ///< record of EF.ARR; 0: the profile says it
  uint8_t sfi = 0;    ///< 0: no short file identifier
  uint8_t records = 0;  ///< 0: from the profile
  uint16_t size = 0;  ///< of the file or of a record; 0: from the profile
  Fill fill = Fill::kNone;
};

/// Where the first directory of a template stands, or the files of one that has no directory.
enum class Base : uint8_t { kMf, kApplication };

struct Template {
  uint8_t number = 0;   ///< x of 2.23.143.1.2.x[.version]
  uint8_t version = 1;  ///< 1 when the identifier has no last arc
  Pe pe = Pe::kMf;
  Base base = Base::kMf;
  bool by_default = false;  ///< files the element leaves out are created all the same
  std::span<const FileRow> rows;
};

std::span<const Template> Templates();

/// The content octets of an OBJECT IDENTIFIER -> template, nullptr when we do not know it.
const Template* FindTemplate(ConstBytes oid);

/// Rows of the other files of this folder.
extern const FileRow kUsimRows[24];
extern const FileRow kUsimRowsV2[24];
extern const FileRow kOptUsimRows[86];
extern const FileRow kPhonebookRows[18];
extern const FileRow kGsmAccessRows[5];
extern const FileRow k5gsRows[13];
extern const FileRow k5gsRowsV3[13];
extern const FileRow k5gsRowsV4[20];
extern const FileRow kSaipRows[2];
extern const FileRow kSnpnRows[2];
extern const FileRow k5gProseRows[7];
extern const FileRow kIsimRows[7];
extern const FileRow kOptIsimRows[14];
extern const FileRow kCsimRows[35];
extern const FileRow kOptCsimRows[67];
extern const FileRow kEapRows[8];

}  // namespace simurgh::rsp
