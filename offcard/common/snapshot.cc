#include "offcard/common/snapshot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "crypto/sha.h"
#include "hal/card_file.h"
#include "offcard/common/hex.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

using namespace simurgh::hal::card_file;  // NOLINT: the layout

// docs/formats/snapshot.md.
constexpr char kSnapshotMagic[8] = {'S', 'M', 'R', 'G', 'S', 'N', 'A', 'P'};
constexpr uint32_t kSnapshotVersion = 1;
constexpr uint32_t kBlockBytes = 4096;
constexpr size_t kHeaderBytes = 24;
constexpr size_t kDigestBytes = 32;
constexpr uint32_t kBlocks = kFileBytes / kBlockBytes;

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) { close(fd_); }
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void Fail(const std::string& path, const std::string& what) {
  throw UserError(path + ": " + what);
}
[[noreturn]] void FailErrno(const std::string& path) { Fail(path, std::strerror(errno)); }

void Append32(Buffer& to, uint32_t value) {
  for (int i = 0; i < 4; ++i) { to.push_back(static_cast<uint8_t>(value >> (8 * i))); }
}

uint32_t Read32(ConstBytes from, size_t at) {
  return static_cast<uint32_t>(from[at] | from[at + 1] << 8 | from[at + 2] << 16) |
         static_cast<uint32_t>(from[at + 3]) << 24;
}

/// A file under construction beside its target: takes the target's name when it is whole.
class NewFile {
 public:
  explicit NewFile(const std::string& target)
      : target_(target), path_(fmt::format("{}.new-{}", target, getpid())),
        fd_(open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
    if (fd_.get() < 0) { FailErrno(target_); }
  }
  ~NewFile() {
    if (!done_) { unlink(path_.c_str()); }
  }
  void Resize(uint32_t size) {
    if (ftruncate(fd_.get(), size) != 0) { FailErrno(target_); }
  }
  void Write(ConstBytes data, uint64_t at) {
    while (!data.empty()) {
      const ssize_t n = pwrite(fd_.get(), data.data(), data.size(), static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) { continue; }
      if (n <= 0) { FailErrno(target_); }
      data = data.subspan(static_cast<size_t>(n));
      at += static_cast<uint64_t>(n);
    }
  }
  void Commit() {
    if (fsync(fd_.get()) != 0 || rename(path_.c_str(), target_.c_str()) != 0) { FailErrno(target_); }
    done_ = true;
  }

 private:
  std::string target_;
  std::string path_;
  Fd fd_;
  bool done_ = false;
};

void RefuseToOverwrite(const std::string& path, bool force) {
  if (!force && access(path.c_str(), F_OK) == 0) { Fail(path, "exists already; --force replaces it"); }
}

/// The machine lock of a card file, taken or an error; held as long as the descriptor lives.
void LockCard(const Fd& fd, const std::string& path) {
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    Fail(path, "in use by a running card; stop that card first");
  }
}

std::string CheckMachinePage(ConstBytes page, const std::string& path) {
  if (Read32(page, offsetof(MachinePage, magic)) != kMagic) {
    Fail(path, "not a card file: its machine page has no magic number");
  }
  const uint32_t version = Read32(page, offsetof(MachinePage, version));
  if (version != kVersion) {
    Fail(path, fmt::format("machine page version {}, this program knows version {}", version, kVersion));
  }
  return ToHex(page.subspan(offsetof(MachinePage, eid), 16));
}

/// Checks everything before anything is written; the blocks are then taken as they are.
SnapshotInfo CheckSnapshot(ConstBytes data, const std::string& path) {
  if (data.size() < sizeof kSnapshotMagic ||
      !std::equal(std::begin(kSnapshotMagic), std::end(kSnapshotMagic), data.begin())) {
    Fail(path, "not a snapshot (it does not begin with SMRGSNAP)");
  }
  if (data.size() < kHeaderBytes) { Fail(path, "torn: the header is not whole"); }
  const uint32_t version = Read32(data, 8);
  if (version != kSnapshotVersion) {
    Fail(path, fmt::format("snapshot version {}, this program knows version {}", version, kSnapshotVersion));
  }
  if (Read32(data, 12) != kFileBytes || Read32(data, 16) != kBlockBytes) {
    Fail(path, "was made of another kind of card file");
  }
  SnapshotInfo info;
  info.blocks = Read32(data, 20);
  const uint64_t expected = kHeaderBytes + uint64_t{info.blocks} * (4 + kBlockBytes) + kDigestBytes;
  if (data.size() != expected) {
    Fail(path, fmt::format("torn: {} bytes, its header says {}", data.size(), expected));
  }
  const crypto::Sha256Digest digest = crypto::Sha256Of(data.first(data.size() - kDigestBytes));
  if (!Equal(digest, data.last(kDigestBytes))) { Fail(path, "damaged: the checksum differs"); }
  int64_t last = -1;
  ConstBytes machine;
  for (uint32_t i = 0; i < info.blocks; ++i) {
    const size_t at = kHeaderBytes + size_t{i} * (4 + kBlockBytes);
    const uint32_t block = Read32(data, at);
    if (block >= kBlocks || block <= last) { Fail(path, "damaged: block numbers out of order"); }
    last = block;
    if (block == kMachineAt / kBlockBytes) { machine = data.subspan(at + 4, kBlockBytes); }
  }
  if (machine.empty()) { Fail(path, "has no machine page"); }
  info.eid = CheckMachinePage(machine, path);
  info.bytes = data.size();
  return info;
}

}  // namespace

SnapshotInfo SaveSnapshot(const std::string& card, const std::string& out, bool force) {
  const Fd fd(open(card.c_str(), O_RDWR | O_CLOEXEC));
  if (fd.get() < 0) { FailErrno(card); }
  struct stat s {};
  if (fstat(fd.get(), &s) != 0 || s.st_size != static_cast<off_t>(kFileBytes)) {
    Fail(card, "not a card file: it must be exactly 16 MiB");
  }
  LockCard(fd, card);
  RefuseToOverwrite(out, force);
  SnapshotInfo info;
  Buffer blocks;
  Buffer block(kBlockBytes);
  for (uint32_t i = 0; i < kBlocks; ++i) {
    if (pread(fd.get(), block.data(), block.size(), static_cast<off_t>(i) * kBlockBytes) !=
        static_cast<ssize_t>(block.size())) {
      FailErrno(card);
    }
    if (i == kMachineAt / kBlockBytes) { info.eid = CheckMachinePage(block, card); }
    // Flash is stored complemented: an erased sector is zero, and so is an unused page.
    if (std::all_of(block.begin(), block.end(), [](uint8_t b) { return b == 0; })) { continue; }
    Append32(blocks, i);
    blocks.insert(blocks.end(), block.begin(), block.end());
    ++info.blocks;
  }
  if (info.eid.empty()) { Fail(card, "not a card file"); }
  Buffer data(std::begin(kSnapshotMagic), std::end(kSnapshotMagic));
  Append32(data, kSnapshotVersion);
  Append32(data, kFileBytes);
  Append32(data, kBlockBytes);
  Append32(data, info.blocks);
  data.insert(data.end(), blocks.begin(), blocks.end());
  const crypto::Sha256Digest digest = crypto::Sha256Of(data);
  data.insert(data.end(), digest.begin(), digest.end());
  NewFile file(out);
  file.Write(data, 0);
  file.Commit();
  info.bytes = data.size();
  return info;
}

SnapshotInfo RestoreSnapshot(const std::string& in, const std::string& card, bool force) {
  const Buffer data = ReadFile(in);
  const SnapshotInfo info = CheckSnapshot(data, in);
  RefuseToOverwrite(card, force);
  const Fd old(open(card.c_str(), O_RDWR | O_CLOEXEC));
  if (old.get() < 0 && errno != ENOENT) { FailErrno(card); }
  if (old.get() >= 0) { LockCard(old, card); }
  NewFile file(card);
  file.Resize(kFileBytes);
  for (uint32_t i = 0; i < info.blocks; ++i) {
    const ConstBytes entry = ConstBytes(data).subspan(kHeaderBytes + size_t{i} * (4 + kBlockBytes));
    file.Write(entry.subspan(4, kBlockBytes), uint64_t{Read32(entry, 0)} * kBlockBytes);
  }
  file.Commit();
  return info;
}

}  // namespace simurgh::offcard
