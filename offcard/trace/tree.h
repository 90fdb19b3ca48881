#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "offcard/common/card.h"
#include "offcard/trace/fcp.h"

namespace simurgh::offcard::trace {

/// A file found on a card.
struct TreeFile {
  std::string name;  ///< "EF.IMSI"; of an ADF "ADF.USIM"
  uint16_t fid = 0;  ///< 7FFF: an ADF
  Fcp fcp;
  std::vector<Permission> permissions;  ///< empty: no rule found
  std::string rule_note;                ///< why there are none
  /// EF, when asked for: the content, a buffer per record (one, of a transparent file).
  std::vector<Buffer> content;
  std::string content_note;  ///< why there is none, or not all; empty otherwise
  bool content_hidden = false;
  std::vector<TreeFile> children;
};

struct TreeOptions {
  bool contents = false;
  bool secrets = false;  ///< contents of files that hold keys, too
  bool scan = false;     ///< tries every FID of the usual ranges in every directory
  /// Called for every file found.
  std::function<void(size_t files)> progress;
};

/// VERIFY PIN (TS 102 221 11.1.9) with up to 8 characters or 16 hexadecimal digits; once.
/// A disabled PIN is as good as a verified one. @throws UserError: refused, with the tries left.
void VerifyPin(Reader& card, uint8_t reference, const std::string& value, const std::string& option);

/// The MF and everything reachable below it, found through SELECT alone: the files that standards
/// define, the applications in EF.DIR, with `scan` whatever answers. Uses channel 0 and leaves the MF
/// selected. @throws UserError: no MF under class 00, the card gone.
std::vector<TreeFile> ReadTree(Reader& card, const TreeOptions& options);

/// As lines of text, and as JSON.
std::string TreeText(const std::vector<TreeFile>& roots);
std::string TreeJson(const std::vector<TreeFile>& roots);

}  // namespace simurgh::offcard::trace
