#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace simurgh::saip {

/// What a package says a file holds, computed without the interpreter.
struct ExpectedFile {
  std::string name;                 ///< "usim/ef-imsi", or the path of a generic one
  std::vector<uint8_t> content;     ///< empty for directories
  uint8_t arr_record = 0;
  uint16_t record_length = 0;
  bool directory = false;
  std::vector<uint16_t> link;       ///< path of the target
};
using Path = std::vector<uint16_t>;

struct Expected {
  std::map<Path, ExpectedFile> files;  ///< paths from the MF (empty path) down
  std::vector<uint8_t> iccid, imsi;
  int pins = 0, puks = 0, keys = 0;
};

/// Reads a whole package in memory: DER, then the templates' rows.
Expected ReadPackage(const std::vector<uint8_t>& package);

}  // namespace simurgh::saip
