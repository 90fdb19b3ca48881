// APDUs per second through each way to a card on this PC: the link alone, the link with the whole
// card, over a socket, and through PC/SC with whatever driver sits there.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <ctime>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "apdu/contact_link.h"
#include "apdu/frame_link.h"
#include "apdu/vpcd_link.h"
#include "firmware/card/card.h"
#include "hal/card_file.h"
#include "hal/host/fd_serial.h"
#include "hal/host/host_machine.h"
#include "offcard/common/card.h"
#include "offcard/common/contact_reader.h"
#include "offcard/common/frame_reader.h"
#include "offcard/common/user_error.h"

namespace simurgh::bench {
namespace {

using offcard::UserError;
using Clock = std::chrono::steady_clock;

constexpr hal::FlashShape kFlash{.sectors = config::kFlashSectors,
                                 .sector_bytes = config::kSectorBytes,
                                 .program_bytes = hal::card_file::kProgramBytes};
constexpr uint8_t kSelect[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x2F, 0xE2};  // EF.ICCID
constexpr uint8_t kRead[] = {0x00, 0xB0, 0x00, 0x00, 0x0A};

struct Options {
  std::string file;
  std::string pcsc;
  int apdus = 100'000;
  int cards = 0;
  bool markdown = false;
};

/// Of this process: what a busy machine does not change.
double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double Seconds(Clock::time_point from) {
  return std::chrono::duration<double>(Clock::now() - from).count();
}

void Row(const Options& o, const std::string& what, const std::string& figure,
         const std::string& target = "") {
  fmt::print("{}\n", o.markdown ? fmt::format("| {} | {} | {} |", what, figure, target)
                                : fmt::format("{:<66} {:>22}  {}", what, figure, target));
}

/// The file as one card's memory: pages are shared with all others until the card writes them.
class PrivateCopy {
 public:
  explicit PrivateCopy(int fd)
      : memory_(::mmap(nullptr, hal::card_file::kFileBytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_NORESERVE, fd, 0)) {
    if (memory_ == MAP_FAILED) { throw UserError("mmap: " + std::string(std::strerror(errno))); }
  }
  ~PrivateCopy() { ::munmap(memory_, hal::card_file::kFileBytes); }
  PrivateCopy(const PrivateCopy&) = delete;
  PrivateCopy& operator=(const PrivateCopy&) = delete;
  uint8_t* bytes() { return static_cast<uint8_t*>(memory_); }

 private:
  void* memory_;
};

class Fd {
 public:
  explicit Fd(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) { throw UserError(path + ": " + std::strerror(errno)); }
  }
  ~Fd() { ::close(fd_); }
  int get() const { return fd_; }

 private:
  int fd_;
};

struct HostCard {
  explicit HostCard(int fd) : copy(fd), machine(copy.bytes(), kFlash), platform(machine.platform()), card(platform) {
    if (card.Boot() != Error::kOk) { throw UserError("the card does not boot"); }
  }
  PrivateCopy copy;
  hal::HostMachine machine;
  Platform platform;
  Card card;
};

/// Answers at once: what is left is the link.
class NoCard final : public apdu::Door {
 public:
  void Reset() override {}
  ConstBytes Atr() override { return answer_; }
  void Feed(ConstBytes part) override { bytes += part.size(); }
  ConstBytes Finish() override { return answer_; }
  size_t bytes = 0;

 private:
  const uint8_t answer_[12] = {0x98, 0, 1, 1, 0, 0, 0, 0, 0x10, 0xF9, 0x90, 0x00};
};

/// A reader in memory that has `count` messages to send and counts the writes that come back.
class Scripted final : public hal::Serial {
 public:
  explicit Scripted(int count) {
    const uint8_t message[] = {0, sizeof kRead, kRead[0], kRead[1], kRead[2], kRead[3], kRead[4]};
    for (int i = 0; i < count; ++i) { input_.insert(input_.end(), message, message + sizeof message); }
  }
  size_t Read(Bytes out) override {
    const size_t n = std::min(out.size(), input_.size() - at_);
    std::copy_n(input_.begin() + static_cast<long>(at_), n, out.begin());
    at_ += n;
    return n;
  }
  bool Write(ConstBytes) override {
    ++writes;
    return true;
  }
  int writes = 0;

 private:
  std::vector<uint8_t> input_;
  size_t at_ = 0;
};

void InMemory(const Options& o, apdu::Door& door, const std::string& name, const char* target) {
  Scripted reader(o.apdus);
  std::vector<uint8_t> room(2 + config::kResponseBytes + 2);
  apdu::VpcdLink link(reader, door, room);
  const double from = CpuSeconds();
  link.Run();
  const double seconds = CpuSeconds() - from;
  if (reader.writes != o.apdus) { throw UserError("not one write an APDU"); }
  Row(o, name, fmt::format("{:.0f} APDU/s of CPU", o.apdus / seconds), target);
}

/// A TCP connection within this machine.
std::pair<int, int> TcpPair() {
  const int listener = hal::ListenTcp("127.0.0.1", "0");
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const int ours = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(ours, reinterpret_cast<sockaddr*>(&address), size) != 0) { throw UserError("connect"); }
  const int theirs = hal::Accept(listener);
  ::close(listener);
  return {ours, theirs};
}

/// vpcd over TCP; `writes` 2 is what Debian's driver does: the length in a write of its own.
void OverTcp(const Options& o, Card& card, int writes, const char* target) {
  const auto [ours, theirs] = TcpPair();
  std::thread server([&card, fd = theirs] {
    hal::FdSerial serial(fd);
    std::vector<uint8_t> room(2 + config::kResponseBytes + 2);
    apdu::VpcdLink(serial, card, room).Run();
  });
  uint8_t message[2 + sizeof kRead] = {0, sizeof kRead};
  std::memcpy(message + 2, kRead, sizeof kRead);
  const int count = o.apdus / 5;
  const auto from = Clock::now();
  for (int i = 0; i < count; ++i) {
    const size_t first = writes == 2 ? 2 : sizeof message;
    (void)!::write(ours, message, first);
    if (writes == 2) { (void)!::write(ours, message + 2, sizeof kRead); }
    uint8_t answer[14];
    for (size_t have = 0; have < sizeof answer;) {
      const ssize_t n = ::read(ours, answer + have, sizeof answer - have);
      if (n <= 0) { throw UserError("the card is gone"); }
      have += static_cast<size_t>(n);
    }
    if (answer[12] != 0x90) { throw UserError("the card does not read"); }
  }
  const double seconds = Seconds(from);
  ::close(ours);
  server.join();
  Row(o, fmt::format("vpcd over TCP, whole card, {} write{} an APDU", writes, writes == 1 ? "" : "s"),
      fmt::format("{:.0f} APDU/s", count / seconds), target);
}

/// The same APDU through a reader and a link at both ends of a socket pair.
void ThroughReader(const Options& o, const std::string& name, offcard::Reader& reader) {
  (void)reader.Reset();
  (void)reader.Transmit(kSelect);
  const int count = o.apdus / 10;
  const auto from = Clock::now();
  for (int i = 0; i < count; ++i) {
    if (reader.Transmit(kRead).size() != 12) { throw UserError(name + ": the card does not read"); }
  }
  Row(o, name, fmt::format("{:.0f} APDU/s", count / Seconds(from)), name[0] == 'P' ? "9,000" : "");
}

template <typename Link, typename... More>
void OverSocket(const Options& o, Card& card, const std::string& name,
                const std::function<std::unique_ptr<offcard::Reader>(int)>& open, More&&... more) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) { throw UserError("socketpair"); }
  std::thread server([&, fd = ends[1]] {
    hal::FdSerial serial(fd);
    Link link(serial, card, more...);
    link.Run();
  });
  {
    const auto reader = open(ends[0]);
    ThroughReader(o, name, *reader);
  }
  server.join();
}

uint64_t StatusKb(const char* key) {
  std::ifstream in("/proc/self/status");
  std::string word;
  while (in >> word) {
    if (word == key) {
      uint64_t kb = 0;
      in >> kb;
      return kb;
    }
  }
  return 0;
}

void ManyCards(const Options& o) {
  const Fd fd(o.file);
  const uint64_t anonymous = StatusKb("RssAnon:"), tables = StatusKb("VmPTE:");
  std::vector<std::unique_ptr<HostCard>> cards;
  cards.reserve(static_cast<size_t>(o.cards));
  const auto from = Clock::now();
  const double cpu = CpuSeconds();
  for (int i = 0; i < o.cards; ++i) { cards.push_back(std::make_unique<HostCard>(fd.get())); }
  const double boot = Seconds(from), boot_cpu = CpuSeconds() - cpu;
  // Each card keeps a value of its own; then all are read.
  const auto work = Clock::now();
  const std::vector<uint8_t> usim = {0x00, 0xA4, 0x04, 0x0C, 0x07, 0xA0, 0, 0, 0, 0x87, 0x10, 0x02};
  const std::vector<uint8_t> loci = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x6F, 0x7E};
  for (int i = 0; i < o.cards; ++i) {
    const std::vector<uint8_t> update = {0x00, 0xD6, 0, 0, 4, static_cast<uint8_t>(i >> 24),
                                         static_cast<uint8_t>(i >> 16), static_cast<uint8_t>(i >> 8),
                                         static_cast<uint8_t>(i)};
    for (const auto& command : {usim, loci, update}) {
      const ConstBytes answer = cards[static_cast<size_t>(i)]->card.Process(command);
      if (Get16(answer, answer.size() - 2) != 0x9000) {
        throw UserError(fmt::format("card {}: {:04X}", i, Get16(answer, answer.size() - 2)));
      }
    }
  }
  const std::vector<uint8_t> read = {0x00, 0xB0, 0, 0, 4};
  for (int i = 0; i < o.cards; ++i) {
    const ConstBytes answer = cards[static_cast<size_t>(i)]->card.Process(read);
    if (answer.size() != 6 || Get32(answer) != static_cast<uint32_t>(i)) {
      throw UserError(fmt::format("card {} says what another was told", i));
    }
  }
  const double worked = Seconds(work);
  const uint64_t kb = StatusKb("RssAnon:") - anonymous, pte = StatusKb("VmPTE:") - tables;
  Row(o, fmt::format("{} cards in one process, all booted", o.cards), fmt::format("{:.1f} s, CPU {:.1f} s", boot, boot_cpu));
  Row(o, "boot of a host card, profile checked", fmt::format("{:.2f} ms CPU", boot_cpu * 1000 / o.cards), "1.4 ms");
  Row(o, "four commands on each of them, one durable", fmt::format("{:.2f} s", worked));
  Row(o, "memory of a card: object, changed pages",
      fmt::format("{:.0f} KB", static_cast<double>(kb) / o.cards), "1,600 KB");
  Row(o, "... and its page tables", fmt::format("{:.0f} KB", static_cast<double>(pte) / o.cards));
  Row(o, "memory of all", fmt::format("{:.0f} MB", static_cast<double>(kb + pte) / 1024));
}

void Run(const Options& o) {
  if (o.markdown) { fmt::print("| what | figure | target |\n|---|--:|--:|\n"); }
  if (!o.pcsc.empty()) {
    return ThroughReader(o, "PC/SC: pcscd and its driver", *offcard::OpenCard("pcsc:" + o.pcsc));
  }
  if (o.cards > 0) { return ManyCards(o); }
  const Fd fd(o.file);
  HostCard host(fd.get());
  Card& card = host.card;
  NoCard no_card;
  InMemory(o, no_card, "vpcd link alone", "");
  (void)card.Process(kSelect);
  InMemory(o, card, "vpcd link and the whole card, READ BINARY, in memory", "50,000");
  OverTcp(o, card, 1, "50,000");
  OverTcp(o, card, 2, "");
  OverSocket<apdu::FrameLink>(o, card, "frames over a socket, whole card", [](int end) {
    return std::make_unique<offcard::FrameReader>(end, "frames");
  });
  for (const int t : {0, 1}) {
    OverSocket<apdu::ContactLink>(
        o, card, fmt::format("T={} over a socket, whole card", t),
        [t](int end) { return std::make_unique<offcard::ContactReader>(end, t, "contacts"); },
        apdu::kAtrRows[apdu::kAtrContacts]);
  }
}

}  // namespace
}  // namespace simurgh::bench

int main(int argc, char** argv) {
  using namespace simurgh::bench;
  Options o;
  CLI::App app("APDUs per second on each way to a card on this PC, and many cards in one process.");
  app.add_option("--file", o.file, "a provisioned card file (tests/system/make_card)");
  app.add_option("--pcsc", o.pcsc, "measure this PC/SC reader instead");
  app.add_option("--apdus", o.apdus, "how many")->check(CLI::Range(100, 100'000'000));
  app.add_option("--cards", o.cards, "instead: so many cards at once")->check(CLI::Range(1, 60'000));
  app.add_flag("--markdown", o.markdown, "print Markdown tables");
  CLI11_PARSE(app, argc, argv);
  try {
    Run(o);
  } catch (const std::exception& e) {
    fmt::print(stderr, "link_bench: {}\n", e.what());
    return 1;
  }
  return 0;
}
