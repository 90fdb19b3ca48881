#pragma once

#include <cstdint>
#include <string>

namespace simurgh::hal {

/// A card file (hal/card_file.h) mapped into this process, shared with whoever else looks at it.
/// One machine at a time: the file is locked as long as the object lives.
class MappedCardFile {
 public:
  /// @throws std::runtime_error: no such file, not 16 MiB, in use by another machine, not prepared.
  explicit MappedCardFile(const std::string& path);
  /// Takes over an open descriptor that is locked already (the launcher's).
  explicit MappedCardFile(int fd);
  ~MappedCardFile();
  MappedCardFile(const MappedCardFile&) = delete;
  MappedCardFile& operator=(const MappedCardFile&) = delete;

  uint8_t* memory() { return memory_; }

 private:
  void Map(const std::string& name);
  int fd_ = -1;
  uint8_t* memory_ = nullptr;
};

}  // namespace simurgh::hal
