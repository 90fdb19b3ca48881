#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "hal/card_file.h"

/// Card files and the machines that run on them: creates the 16 MiB file that is a machine's whole
/// non-volatile state (docs/formats/card_file.md), starts the card on the PC or in QEMU and gives
/// back the connected end of its serial line.
namespace simurgh::offcard {

/// What went wrong and what to do about it, in one sentence.
class LaunchError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What makes the machine this machine; lies outside the flash.
struct Fuses {
  std::array<uint8_t, 16> eid{};
  std::array<uint8_t, 32> root_key{};
  std::array<uint8_t, 16> batch{};
};

/// How to make a card file. Everything not given is random, from the operating system; a file with
/// a `seed` is reproducible and gets its root key from the seed when none is given.
struct NewCard {
  std::array<uint8_t, 16> eid{};  ///< 32 digits, two per byte
  std::array<uint8_t, 16> batch{};
  std::optional<std::array<uint8_t, 32>> root_key;
  std::optional<std::array<uint8_t, 48>> seed;  ///< fixed seed; without it a new one at each start
  uint16_t jig_millivolts = 0;
};

/// Seed of 48 bytes from any text, e.g. a number on a command line.
std::array<uint8_t, 48> SeedFrom(const std::string& text);

/// Makes a new card file with erased flash. @throws LaunchError when `file` exists.
void CreateCardFile(const std::string& file, const NewCard& card);
bool CardFileExists(const std::string& file);

Fuses ReadFuses(const std::string& file);
/// Gives the machine another identity; the flash stays. @throws LaunchError while the card runs.
void SetFuses(const std::string& file, const Fuses& fuses);
void SetJig(const std::string& file, uint16_t millivolts);  ///< also while the card runs
/// Copies the flash and nothing else: what an attacker with a programmer can do.
void CopyFlash(const std::string& from, const std::string& to);
/// The flash as the card sees it (complemented back), the first `bytes` bytes.
std::vector<uint8_t> ReadFlash(const std::string& file, uint32_t bytes);
/// Overwrites flash content at `at`; for tests that spoil bytes. @throws LaunchError while running.
void WriteFlash(const std::string& file, uint32_t at, const std::vector<uint8_t>& bytes);
/// Also while the card runs.
hal::card_file::CountersPage ReadCounters(const std::string& file);
/// "MemManage at pc 0x... , address 0x..."; empty when there was no fault.
std::string DescribeFault(const hal::card_file::FaultRecord& fault);

struct Start {
  std::string machine = "host";  ///< host, mps2-an386 or mps2-an505
  std::string file;
  bool icount = false;           ///< QEMU counts instructions: 1 ns of card time each
  bool selftest = false;         ///< QEMU: the machine test firmware instead of the card
  std::optional<std::string> firmware;      ///< ELF file instead of the one found (see Find...)
  std::optional<uint64_t> cut_after;        ///< stop at the n-th flash operation from now on
  uint64_t torn_seed = 1;                   ///< which bits of that operation change
  bool contacts = false;                    ///< the serial line carries contacts, not frames
  uint32_t atr_row = 1;                     ///< on contacts: the answer to reset (apdu/atr.h)
  std::optional<uint64_t> unix_seconds;     ///< the card's date; without it the date stays as set
};

/// A card that runs in a process of its own. The process dies with this object, and with the thread
/// that started it.
class RunningCard {
 public:
  /// @throws LaunchError: no QEMU, no firmware, no such file, or another process uses the file.
  explicit RunningCard(const Start& start);
  RunningCard(RunningCard&& other) noexcept;
  RunningCard& operator=(RunningCard&& other) noexcept;
  RunningCard(const RunningCard&) = delete;
  RunningCard& operator=(const RunningCard&) = delete;
  ~RunningCard();

  int fd() const { return fd_; }  ///< connected stream socket, the terminal's end
  pid_t pid() const { return pid_; }
  /// Lets go of fd(): the caller closes it.
  int ReleaseFd();
  /// SIGKILL, and waits until the process is gone and the file free again.
  void Kill();
  bool alive();
  const std::string& file() const { return file_; }
  /// What QEMU said on standard error, at most 4096 bytes; the host card writes to ours.
  std::string log() const;
  /// True once the machine has stopped at the operation that Start::cut_after asked for.
  bool CutReached() const;

 private:
  void Close();

  int fd_ = -1;
  pid_t pid_ = -1;
  int log_fd_ = -1;
  std::string file_;
  uint64_t cut_operation_ = 0;
};

/// Where a machine's program is looked for, in this order: the directory in the environment variable
/// SIMURGH_FIRMWARE_DIR (as DIR/qemu-MACHINE/NAME.elf or DIR/NAME-MACHINE.elf; the host card as
/// DIR/simurgh-card), then from the directory of the running program upwards, in each directory D:
/// D/qemu-MACHINE/NAME.elf (D/build/qemu-MACHINE/NAME.elf) for QEMU, D/simurgh-card, D/bin/simurgh-card
/// and D/boards/host/simurgh-card for the PC.
/// @throws LaunchError saying where it looked and how to build it.
std::string FindFirmware(const std::string& machine, const std::string& name);
std::string FindHostCard();

}  // namespace simurgh::offcard
