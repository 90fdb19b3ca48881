#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "offcard/common/user_error.h"

namespace simurgh::offcard {

/// A new directory, gone with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "simurgh-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw UserError(name + ": cannot make a directory; is TMPDIR writable?");
    }
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  /// The path of a file in it.
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace simurgh::offcard
