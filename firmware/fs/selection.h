#pragma once

#include "firmware/fs/file_system.h"

namespace simurgh::fs {

/// Where RETRIEVE DATA or SET DATA stands in an object of the current EF (TS 102 221 11.3.0).
struct Transfer {
  enum class Mode : uint8_t { kNone, kRead, kReadTags, kWriteFirst, kWrite };
  uint16_t done = 0;      ///< bytes transferred: of the whole object read, of the value written
  uint16_t previous = 0;  ///< `done` before the last block, for its retransmission
  uint8_t slot = 0;
  Mode mode = Mode::kNone;
};

/// What a logical channel has selected (TS 102 221 8.4). After reset or opening: the MF, no EF, no
/// ADF. Copies of descriptors, so that READ and STATUS need no look-up.
struct Selection {
  File dir;             ///< current directory
  File ef;              ///< current EF, if any
  File adf;             ///< current application's ADF, if any (7FFF)
  uint16_t record = 0;  ///< record pointer, 0: undefined
  /// Class A0 alone (firmware/apps/gsm). gsm_df: the FID of a DF that an ADF stands for is current,
  /// `dir` is the MF then. gsm_ef: the FID by which class A0 knows the current EF; without an `ef` the
  /// card makes that one up. 0: neither.
  uint16_t gsm_df = 0;
  uint16_t gsm_ef = 0;
  Transfer transfer;    ///< of an object, when the current EF is a BER-TLV file

  /// The state after a reset (or when the space in use changed): MF of the tree in use, or nothing.
  void Reset(FileSystem& files) {
    *this = Selection{};
    if (const Result<File> root = files.Root(); root.ok()) {
      dir = root.value();
    }
  }
  void SetDirectory(const File& file) {
    dir = file;
    ef = File{};
    record = 0;
    gsm_df = 0;
    gsm_ef = 0;
    transfer = {};
    if (file.type == Type::kAdf) {
      adf = file;
    }
  }
  void SetEf(const File& file) {
    ef = file;
    record = 0;
    gsm_ef = 0;
    transfer = {};
  }
};

}  // namespace simurgh::fs
