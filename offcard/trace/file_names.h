#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

/// Names of files and applications: ETSI TS 102 221 clause 13, TS 31.102 and TS 31.103 clause 4,
/// 3GPP2 C.S0065, TS 51.011 clause 10. The one table that traces and trees read.
namespace simurgh::offcard::trace {

constexpr uint16_t kMfFid = 0x3F00;
constexpr uint16_t kCurrentAdf = 0x7FFF;

struct KnownFile {
  std::string directory;  ///< "MF", "MF/DF.TELECOM", "ADF.USIM/DF.PHONEBOOK"
  uint16_t fid = 0;
  std::string name;       ///< "EF.IMSI", "DF.TELECOM"
  uint8_t sfi = 0;        ///< 0: none
  bool is_directory = false;
  bool secret = false;    ///< holds key material (CK and IK, Kc, K_ASME, control keys)
  std::string path() const { return directory + "/" + name; }
};

/// All of them, directory by directory.
const std::vector<KnownFile>& KnownFiles();

/// The file `fid` of that directory; nullptr when nobody defined one.
const KnownFile* FindFile(std::string_view directory, uint16_t fid);
const KnownFile* FindBySfi(std::string_view directory, uint8_t sfi);

/// A name even outside known directories, when every directory that has this FID calls it the same;
/// else "EF 6F99" or "DF 5F99" by the convention for first bytes (TS 102 221 8.6).
std::string NameOf(std::string_view directory, uint16_t fid);
/// By convention: 3F, 5F and 7F are directories.
bool LooksLikeDirectory(uint16_t fid);

struct KnownApp {
  std::string name;        ///< "ADF.USIM", "ISD-R"
  bool has_files = false;  ///< an ADF
};
/// The application that an AID, or the beginning of one, names.
std::optional<KnownApp> FindApp(ConstBytes aid);

}  // namespace simurgh::offcard::trace
