#include "offcard/common/launcher.h"

#include <fcntl.h>
#include <signal.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/error_words.h"
#include "hal/card_file/entropy.h"

namespace simurgh::offcard {
namespace {

using hal::card_file::CountersPage;
using hal::card_file::kCountersAt;
using hal::card_file::kFileBytes;
using hal::card_file::kFlashAt;
using hal::card_file::kFlashReserved;
using hal::card_file::kMachineAt;
using hal::card_file::LineKind;
using hal::card_file::MachinePage;
using hal::card_file::SeedMode;

std::string Reason() { return std::strerror(errno); }

/// A descriptor with an owner.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.Release()) {}
  Fd& operator=(Fd&&) = delete;
  ~Fd() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

enum class Use { kRead, kWrite, kAlone };

Fd OpenCardFile(const std::string& file, Use use) {
  Fd fd(::open(file.c_str(), (use == Use::kRead ? O_RDONLY : O_RDWR) | O_CLOEXEC));
  if (fd.get() < 0) {
    throw LaunchError(file + ": " + Reason() + (errno == ENOENT ? " (create the card first)" : ""));
  }
  struct stat s {};
  if (::fstat(fd.get(), &s) != 0 || s.st_size != static_cast<off_t>(kFileBytes)) {
    throw LaunchError(file + " is not a card file: it must be exactly 16 MiB");
  }
  if (use == Use::kAlone && ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    throw LaunchError(file + " is in use by a running card; stop that card first");
  }
  return fd;
}

void ReadAt(const Fd& fd, void* to, size_t size, uint32_t at) {
  if (::pread(fd.get(), to, size, at) != static_cast<ssize_t>(size)) {
    throw LaunchError("reading the card file failed: " + Reason());
  }
}

void WriteAt(const Fd& fd, const void* from, size_t size, uint32_t at) {
  if (::pwrite(fd.get(), from, size, at) != static_cast<ssize_t>(size)) {
    throw LaunchError("writing the card file failed: " + Reason());
  }
}

MachinePage ReadMachine(const Fd& fd, const std::string& file) {
  MachinePage page{};
  ReadAt(fd, &page, sizeof page, kMachineAt);
  if (page.magic != hal::card_file::kMagic) {
    throw LaunchError(file + " is not a card file: its machine page has no magic number");
  }
  if (page.version != hal::card_file::kVersion) {
    throw LaunchError(file + ": machine page version " + std::to_string(page.version) +
                      ", this program knows version 1");
  }
  return page;
}

template <size_t N>
void FillRandom(uint8_t (&bytes)[N]) {
  if (::getrandom(bytes, N, 0) != static_cast<ssize_t>(N)) {
    throw LaunchError("the operating system gave no random bytes: " + Reason());
  }
}

void CopyFuses(MachinePage& to, const Fuses& from) {
  std::memcpy(to.eid, from.eid.data(), sizeof to.eid);
  std::memcpy(to.root_key, from.root_key.data(), sizeof to.root_key);
  std::memcpy(to.batch, from.batch.data(), sizeof to.batch);
}

// The page as this start wants it. A cut is ordered in absolute operation numbers.
uint64_t PrepareMachinePage(const Fd& fd, const Start& start) {
  MachinePage page = ReadMachine(fd, start.file);
  if (page.seed_mode == static_cast<uint32_t>(SeedMode::kRefreshed)) {
    FillRandom(page.seed);
  }
  if (start.unix_seconds) {
    page.unix_seconds = *start.unix_seconds;
  }
  page.cut_after = 0;
  if (start.cut_after) {
    CountersPage counters{};
    ReadAt(fd, &counters, sizeof counters, kCountersAt);
    page.cut_after = hal::card_file::Operations(counters) + *start.cut_after;
  }
  page.torn_seed = start.torn_seed;
  page.line_kind = static_cast<uint32_t>(start.contacts ? LineKind::kContacts : LineKind::kFrames);
  page.atr_row = start.atr_row;
  WriteAt(fd, &page, sizeof page, kMachineAt);
  return page.cut_after;
}

bool Executable(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }
bool Readable(const std::string& path) { return ::access(path.c_str(), R_OK) == 0; }

std::string QemuProgram() {
  const char* path = std::getenv("PATH");
  std::string rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const size_t colon = rest.find(':');
    const std::string candidate = rest.substr(0, colon) + "/qemu-system-arm";
    if (Executable(candidate)) {
      return candidate;
    }
    rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
  }
  throw LaunchError("qemu-system-arm is not installed (Debian: apt install qemu-system-arm)");
}

std::string ProgramDirectory() {
  char path[4096];
  const ssize_t n = ::readlink("/proc/self/exe", path, sizeof path);
  const std::string whole(path, n > 0 ? static_cast<size_t>(n) : 0);
  return whole.substr(0, whole.rfind('/'));
}

std::vector<std::string> SearchDirectories() {
  std::vector<std::string> directories;
  for (std::string d = ProgramDirectory(); !d.empty(); d = d.substr(0, d.rfind('/'))) {
    directories.push_back(d);
  }
  return directories;
}

constexpr int kChildSerial = 3;  ///< descriptors the started program finds
constexpr int kChildFile = 4;

std::vector<std::string> Arguments(const Start& start) {
  const std::string serial = std::to_string(kChildSerial);
  const std::string file = "/proc/self/fd/" + std::to_string(kChildFile);
  if (start.machine == "host") {
    return {FindHostCard(), "--file-fd", std::to_string(kChildFile), "--fd", serial};
  }
  if (start.machine != "mps2-an386" && start.machine != "mps2-an505") {
    throw LaunchError("there is no machine \"" + start.machine +
                      "\"; choose host, mps2-an386 or mps2-an505");
  }
  const std::string elf =
      start.firmware ? *start.firmware
                     : FindFirmware(start.machine, start.selftest ? "simurgh-selftest" : "simurgh");
  if (!Readable(elf)) {
    throw LaunchError("firmware " + elf + " cannot be read: " + Reason());
  }
  std::vector<std::string> a = {QemuProgram(),
                                "-M", start.machine + ",memory-backend=nv",
                                "-object", "memory-backend-file,id=nv,size=16M,share=on,mem-path=" + file,
                                "-kernel", elf,
                                "-chardev", "socket,id=line,fd=" + serial,
                                "-serial", "chardev:line",
                                "-monitor", "none", "-display", "none", "-nic", "none",
                                "-nodefaults", "-no-user-config"};
  if (start.icount) {
    a.insert(a.end(), {"-icount", "shift=0"});
  }
  return a;
}

// One core for the vCPU and QEMU's main loop: each byte crosses between the two threads, which is
// three times faster without a wake-up on another core. Cards in one process take turns.
void Pin(unsigned turn) {
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
    return;
  }
  const int count = CPU_COUNT(&allowed);
  int skip = count == 0 ? 0 : static_cast<int>(turn % static_cast<unsigned>(count));
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed) && skip-- == 0) {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      (void)::sched_setaffinity(0, sizeof one, &one);
      return;
    }
  }
}

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void Become(char* const* arguments, int serial, int file, pid_t parent, int log, bool pin,
                         unsigned turn) {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(127);
  }
  // Out of the way first: source and target numbers may overlap.
  const int high_serial = ::fcntl(serial, F_DUPFD, 16);
  const int high_file = ::fcntl(file, F_DUPFD, 16);
  if (high_serial < 0 || high_file < 0 || ::dup2(high_serial, kChildSerial) < 0 ||
      ::dup2(high_file, kChildFile) < 0) {
    ::_exit(127);
  }
  ::close(high_serial);
  ::close(high_file);
  if (log >= 0) {
    (void)::dup2(log, 2);
  }
  const int null = ::open("/dev/null", O_RDWR);
  (void)::dup2(null, 0);
  (void)::dup2(null, 1);
  if (null > kChildFile) {
    ::close(null);
  }
  if (pin) {
    Pin(turn);
  }
  sigset_t none;
  sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

const char* FaultName(uint32_t cause) {
  using hal::card_file::FaultCause;
  switch (static_cast<FaultCause>(cause)) {
    case FaultCause::kNone:
      return "";
    case FaultCause::kNmi:
      return "NMI";
    case FaultCause::kHardFault:
      return "HardFault";
    case FaultCause::kMemManage:
      return "MemManage fault";
    case FaultCause::kBusFault:
      return "BusFault";
    case FaultCause::kUsageFault:
      return "UsageFault";
    case FaultCause::kSecureFault:
      return "SecureFault";
    case FaultCause::kCheckFailed:
      return "failed check";
    case FaultCause::kStrayInterrupt:
      return "stray interrupt";
    case FaultCause::kNoMachinePage:
      return "no machine page";
    case FaultCause::kPureVirtual:
      return "pure virtual call";
    case FaultCause::kBootFailed:
      return "boot refused";
  }
  return "unknown fault";
}

std::string Hex(uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", static_cast<unsigned>(value));
  return text;
}

std::atomic<unsigned> next_turn{0};

}  // namespace

std::array<uint8_t, 48> SeedFrom(const std::string& text) {
  // Spreads the text over the seed: 48 bytes of ChaCha20 under a sum of its characters. A seed that
  // people type is not secret; it only has to differ when the text does.
  std::array<uint8_t, 48> seed{};
  for (size_t i = 0; i < text.size(); ++i) {
    uint8_t& b = seed[i % seed.size()];
    b = static_cast<uint8_t>(b * 31 + static_cast<uint8_t>(text[i]));
  }
  seed[47] = static_cast<uint8_t>(seed[47] ^ text.size() ^ 0x80);
  hal::card_file::FileEntropy spread(seed, 0);
  std::array<uint8_t, 48> out{};
  if (spread.Fill(out) != Error::kOk) {
    throw LaunchError("the seed could not be spread");
  }
  return out;
}

bool CardFileExists(const std::string& file) { return ::access(file.c_str(), F_OK) == 0; }

void CreateCardFile(const std::string& file, const NewCard& card) {
  Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0) {
    throw LaunchError("cannot create " + file + ": " + Reason());
  }
  MachinePage page{};
  page.magic = hal::card_file::kMagic;
  page.version = hal::card_file::kVersion;
  Fuses fuses{.eid = card.eid, .batch = card.batch};
  FillRandom(page.seed);
  page.seed_mode = static_cast<uint32_t>(SeedMode::kRefreshed);
  if (card.seed) {
    std::memcpy(page.seed, card.seed->data(), sizeof page.seed);
    page.seed_mode = static_cast<uint32_t>(SeedMode::kFixed);
  }
  if (card.root_key) {
    fuses.root_key = *card.root_key;
  } else if (card.seed) {
    // Boot 0 of the seed: no card ever draws from it.
    hal::card_file::FileEntropy entropy(page.seed, 0);
    if (entropy.Fill(fuses.root_key) != Error::kOk) {
      throw LaunchError("a seed of zeroes only is no seed");
    }
  } else {
    uint8_t random[32];
    FillRandom(random);
    std::memcpy(fuses.root_key.data(), random, sizeof random);
  }
  CopyFuses(page, fuses);
  page.jig_millivolts = card.jig_millivolts;
  if (::ftruncate(fd.get(), kFileBytes) != 0) {
    throw LaunchError("cannot make " + file + " 16 MiB long: " + Reason());
  }
  WriteAt(fd, &page, sizeof page, kMachineAt);
}

Fuses ReadFuses(const std::string& file) {
  const MachinePage page = ReadMachine(OpenCardFile(file, Use::kRead), file);
  Fuses fuses;
  std::memcpy(fuses.eid.data(), page.eid, sizeof page.eid);
  std::memcpy(fuses.root_key.data(), page.root_key, sizeof page.root_key);
  std::memcpy(fuses.batch.data(), page.batch, sizeof page.batch);
  return fuses;
}

void SetFuses(const std::string& file, const Fuses& fuses) {
  const Fd fd = OpenCardFile(file, Use::kAlone);
  MachinePage page = ReadMachine(fd, file);
  CopyFuses(page, fuses);
  WriteAt(fd, &page, sizeof page, kMachineAt);
}

void SetJig(const std::string& file, uint16_t millivolts) {
  const Fd fd = OpenCardFile(file, Use::kWrite);
  (void)ReadMachine(fd, file);
  const uint32_t value = millivolts;
  WriteAt(fd, &value, sizeof value, kMachineAt + offsetof(MachinePage, jig_millivolts));
}

void CopyFlash(const std::string& from, const std::string& to) {
  const Fd source = OpenCardFile(from, Use::kRead);
  const Fd target = OpenCardFile(to, Use::kAlone);
  // Erased sectors stay holes in the target.
  constexpr uint32_t kBlock = 4096;
  std::vector<uint8_t> ours(kBlock), theirs(kBlock);
  for (uint32_t at = kFlashAt; at < kFlashAt + kFlashReserved; at += kBlock) {
    ReadAt(source, ours.data(), kBlock, at);
    ReadAt(target, theirs.data(), kBlock, at);
    if (ours != theirs) {
      WriteAt(target, ours.data(), kBlock, at);
    }
  }
}

std::vector<uint8_t> ReadFlash(const std::string& file, uint32_t bytes) {
  if (bytes > kFlashReserved) {
    throw LaunchError("the flash of a card file has at most 8 MiB");
  }
  const Fd fd = OpenCardFile(file, Use::kRead);
  std::vector<uint8_t> flash(bytes);
  ReadAt(fd, flash.data(), flash.size(), kFlashAt);
  for (uint8_t& b : flash) {
    b = static_cast<uint8_t>(~b);
  }
  return flash;
}

void WriteFlash(const std::string& file, uint32_t at, const std::vector<uint8_t>& bytes) {
  if (at > kFlashReserved || bytes.size() > kFlashReserved - at) {
    throw LaunchError("that range lies outside the flash of a card file");
  }
  const Fd fd = OpenCardFile(file, Use::kAlone);
  std::vector<uint8_t> stored(bytes);
  for (uint8_t& b : stored) {
    b = static_cast<uint8_t>(~b);
  }
  WriteAt(fd, stored.data(), stored.size(), kFlashAt + at);
}

CountersPage ReadCounters(const std::string& file) {
  CountersPage counters{};
  ReadAt(OpenCardFile(file, Use::kRead), &counters, sizeof counters, kCountersAt);
  return counters;
}

std::string DescribeFault(const hal::card_file::FaultRecord& f) {
  if (f.cause == 0) {
    return "";
  }
  if (f.cause == static_cast<uint32_t>(hal::card_file::FaultCause::kBootFailed)) {
    return std::string(FaultName(f.cause)) + ": " + BootRefusalWords(static_cast<Error>(f.line));
  }
  std::string text = std::string(FaultName(f.cause)) + " at pc " + Hex(f.pc) + ", lr " + Hex(f.lr) +
                     ", sp " + Hex(f.sp) + ", cfsr " + Hex(f.cfsr);
  if ((f.cfsr & 0x80) != 0) {  // MMARVALID
    text += ", address " + Hex(f.mmfar);
  }
  if ((f.cfsr & 0x8000) != 0) {  // BFARVALID
    text += ", address " + Hex(f.bfar);
  }
  if (f.text[0] != 0) {
    text += ": " + std::string(reinterpret_cast<const char*>(f.text),
                               ::strnlen(reinterpret_cast<const char*>(f.text), sizeof f.text)) +
            " (line " + std::to_string(f.line) + ")";
  }
  return text;
}

std::string FindFirmware(const std::string& machine, const std::string& name) {
  std::vector<std::string> candidates;
  const std::string below = "/qemu-" + machine + "/" + name + ".elf";
  if (const char* dir = std::getenv("SIMURGH_FIRMWARE_DIR"); dir != nullptr && *dir != 0) {
    candidates = {dir + below, std::string(dir) + "/" + name + "-" + machine + ".elf"};
  } else {
    for (const std::string& d : SearchDirectories()) {
      candidates.push_back(d + below);
      candidates.push_back(d + "/build" + below);
    }
  }
  for (const std::string& c : candidates) {
    if (Readable(c)) {
      return c;
    }
  }
  throw LaunchError("no firmware for " + machine + ": looked for " + candidates.front() +
                    " and in the directories above it; build it with `cmake --preset qemu-" + machine +
                    " && cmake --build --preset qemu-" + machine +
                    "` or set SIMURGH_FIRMWARE_DIR to the directory that holds qemu-" + machine);
}

std::string FindHostCard() {
  std::vector<std::string> candidates;
  if (const char* dir = std::getenv("SIMURGH_FIRMWARE_DIR"); dir != nullptr && *dir != 0) {
    candidates.push_back(std::string(dir) + "/simurgh-card");
  }
  for (const std::string& d : SearchDirectories()) {
    for (const char* below : {"/simurgh-card", "/bin/simurgh-card", "/boards/host/simurgh-card"}) {
      candidates.push_back(d + below);
    }
  }
  for (const std::string& c : candidates) {
    if (Executable(c)) {
      return c;
    }
  }
  throw LaunchError("the PC card, simurgh-card, was not found (looked for " + candidates.front() +
                    " and in the directories above it); build it with `cmake --build --preset host`");
}

RunningCard::RunningCard(const Start& start) : file_(start.file) {
  const std::vector<std::string> arguments = Arguments(start);
  const Fd card_file = OpenCardFile(start.file, Use::kAlone);
  cut_operation_ = PrepareMachinePage(card_file, start);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw LaunchError("no socket for the card's serial line: " + Reason());
  }
  Fd ours(ends[0]);
  const Fd theirs(ends[1]);
  std::vector<char*> argv;
  for (const std::string& a : arguments) {
    argv.push_back(const_cast<char*>(a.c_str()));
  }
  argv.push_back(nullptr);
  const bool qemu = start.machine != "host";
  Fd log(qemu ? ::memfd_create("qemu", MFD_CLOEXEC) : -1);  // QEMU always warns of a network card
  const pid_t parent = ::getpid();
  const unsigned turn = static_cast<unsigned>(parent) + next_turn++;
  pid_ = ::fork();
  if (pid_ == 0) {
    Become(argv.data(), theirs.get(), card_file.get(), parent, log.get(), qemu, turn);
  }
  if (pid_ < 0) {
    throw LaunchError("cannot start a process: " + Reason());
  }
  fd_ = ours.Release();
  log_fd_ = log.Release();
  // Our copy of the locked descriptor closes here; the child's keeps the lock until it is gone.
}

RunningCard::RunningCard(RunningCard&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      pid_(std::exchange(other.pid_, -1)),
      log_fd_(std::exchange(other.log_fd_, -1)),
      file_(std::move(other.file_)),
      cut_operation_(other.cut_operation_) {}

RunningCard& RunningCard::operator=(RunningCard&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = std::exchange(other.fd_, -1);
    pid_ = std::exchange(other.pid_, -1);
    log_fd_ = std::exchange(other.log_fd_, -1);
    file_ = std::move(other.file_);
    cut_operation_ = other.cut_operation_;
  }
  return *this;
}

RunningCard::~RunningCard() { Close(); }

void RunningCard::Close() {
  Kill();
  for (int* fd : {&fd_, &log_fd_}) {
    if (*fd >= 0) {
      ::close(std::exchange(*fd, -1));
    }
  }
}

std::string RunningCard::log() const {
  char text[4096];
  const ssize_t n = log_fd_ < 0 ? 0 : ::pread(log_fd_, text, sizeof text, 0);
  return {text, n > 0 ? static_cast<size_t>(n) : 0};
}

int RunningCard::ReleaseFd() { return std::exchange(fd_, -1); }

void RunningCard::Kill() {
  if (pid_ <= 0) {
    return;
  }
  (void)::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

bool RunningCard::alive() {
  if (pid_ <= 0) {
    return false;
  }
  if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
    pid_ = -1;
    return false;
  }
  return true;
}

bool RunningCard::CutReached() const {
  return cut_operation_ != 0 && ReadCounters(file_).cut_at == cut_operation_;
}

}  // namespace simurgh::offcard
