#include "hal/host/card_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "hal/card_file.h"

namespace simurgh::hal {

MappedCardFile::MappedCardFile(const std::string& path)
    : fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
  if (fd_ < 0) {
    throw std::runtime_error(path + ": " + std::strerror(errno));
  }
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd_);
    throw std::runtime_error(path + " is in use by a running card");
  }
  Map(path);
}

MappedCardFile::MappedCardFile(int fd) : fd_(fd) { Map("the card file"); }

void MappedCardFile::Map(const std::string& name) {
  struct stat s {};
  if (::fstat(fd_, &s) != 0 || s.st_size != static_cast<off_t>(card_file::kFileBytes)) {
    ::close(fd_);
    throw std::runtime_error(name + " is not a card file: it must be exactly 16 MiB");
  }
  void* memory =
      ::mmap(nullptr, card_file::kFileBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (memory == MAP_FAILED) {
    ::close(fd_);
    throw std::runtime_error(name + " cannot be mapped: " + std::strerror(errno));
  }
  memory_ = static_cast<uint8_t*>(memory);
  const auto* page = reinterpret_cast<const card_file::MachinePage*>(memory_ + card_file::kMachineAt);
  if (page->magic != card_file::kMagic || page->version != card_file::kVersion) {
    ::munmap(memory_, card_file::kFileBytes);
    ::close(fd_);
    throw std::runtime_error(name + " has no machine page of version 1; create it with a launcher");
  }
}

MappedCardFile::~MappedCardFile() {
  ::munmap(memory_, card_file::kFileBytes);
  ::close(fd_);
}

}  // namespace simurgh::hal
