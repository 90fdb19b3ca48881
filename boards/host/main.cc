// simurgh-card: the card as a process on the PC, over a card file and behind one door.

#include <CLI/CLI.hpp>
#include <array>
#include <csignal>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

#include "apdu/contact_link.h"
#include "apdu/frame_link.h"
#include "apdu/vpcd_link.h"
#include "base/error_words.h"
#include "firmware/card/card.h"
#include "firmware/config.h"
#include "firmware/measured_door.h"
#include "hal/host/card_file.h"
#include "hal/host/fd_serial.h"
#include "hal/host/host_machine.h"

namespace simurgh {
namespace {

constexpr hal::FlashShape kFlash{.sectors = config::kFlashSectors,
                                 .sector_bytes = config::kSectorBytes,
                                 .program_bytes = hal::card_file::kProgramBytes};
static_assert(config::kFlashSectors * config::kSectorBytes <= hal::card_file::kFlashReserved);

/// One power-on life of the card; destroyed and built again when the card restarts itself.
class Life {
 public:
  explicit Life(uint8_t* memory)
      : machine_(memory, kFlash),
        platform_(machine_.platform()),
        card_(platform_),
        door_(card_, machine_) {
    const Error error = card_.Boot();
    if (error != Error::kOk) {
      throw std::runtime_error(std::string("the card cannot start: ") + BootRefusalWords(error));
    }
    machine_.file().MarkReady();
  }
  apdu::Door& door() { return door_; }
  hal::card_file::FileMachine& file() { return machine_.file(); }
  bool over() const { return machine_.restart_requested(); }

 private:
  hal::HostMachine machine_;
  Platform platform_;
  Card card_;
  MeasuredDoor<hal::HostMachine> door_;
};

/// The door that links hold: leads to whatever life is the current one.
class CurrentDoor final : public apdu::Door {
 public:
  explicit CurrentDoor(uint8_t* memory) : memory_(memory), life_(std::make_unique<Life>(memory)) {}
  void Reset() override {
    Renew();
    life_->door().Reset();
  }
  ConstBytes Atr() override { return life_->door().Atr(); }
  void Feed(ConstBytes part) override { life_->door().Feed(part); }
  ConstBytes Finish() override { return life_->door().Finish(); }
  void Drop() override { life_->door().Drop(); }
  bool TakesData(ConstBytes header) const override { return life_->door().TakesData(header); }
  hal::card_file::FileMachine& file() { return life_->file(); }
  /// Builds the card again if it asked for a restart. Views into the old one end here.
  bool Renew() {
    if (!life_->over()) {
      return false;
    }
    life_.reset();
    life_ = std::make_unique<Life>(memory_);
    return true;
  }

 private:
  uint8_t* memory_;
  std::unique_ptr<Life> life_;
};

struct Options {
  std::string file;
  int file_fd = -1;
  int fd = -1;
  std::string listen;
  bool pty = false;
  std::string vpcd;
};

/// HOST:PORT, also [v6]:PORT.
std::pair<std::string, std::string> HostPort(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size()) {
    throw std::runtime_error("\"" + text + "\" is not HOST:PORT");
  }
  std::string host = text.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return {host, text.substr(colon + 1)};
}

// Serves until the terminal is gone. @returns true: the card restarted and has forgotten its link as
// well; as on a board, the line starts anew.
template <typename Link>
bool ServeOneLife(CurrentDoor& door, Link& link) {
  while (link.RunOne()) {
    if (door.Renew()) {
      return true;
    }
  }
  return false;
}

void ServeLine(CurrentDoor& door, int fd) {
  hal::FdSerial serial(fd);
  const bool contacts = door.file().line_kind() == hal::card_file::LineKind::kContacts;
  for (bool again = true; again;) {
    if (contacts) {
      apdu::ContactLink link(serial, door, apdu::AtrRowAt(door.file().atr_row()));
      again = ServeOneLife(door, link);
    } else {
      apdu::FrameLink link(serial, door);
      again = ServeOneLife(door, link);
    }
  }
}

void ServeVpcd(CurrentDoor& door, const std::string& address) {
  const auto [host, port] = HostPort(address);
  hal::FdSerial serial(hal::ConnectTcp(host, port));
  std::array<uint8_t, 2 + config::kResponseBytes + 2> room{};
  apdu::VpcdLink link(serial, door, room);
  while (link.RunOne()) {
    (void)door.Renew();
  }
}

int Listen(const std::string& where) {
  if (where.starts_with("unix:")) {
    return hal::ListenUnix(where.substr(5));
  }
  if (where.starts_with("tcp:")) {
    const auto [host, port] = HostPort(where.substr(4));
    return hal::ListenTcp(host, port);
  }
  throw std::runtime_error("--listen takes unix:PATH or tcp:HOST:PORT, not \"" + where + "\"");
}

void Serve(CurrentDoor& door, const Options& o) {
  if (o.fd >= 0) {
    return ServeLine(door, o.fd);
  }
  if (!o.vpcd.empty()) {
    return ServeVpcd(door, o.vpcd);
  }
  if (o.pty) {
    std::string name;
    const int fd = hal::OpenPty(name);
    std::printf("%s\n", name.c_str());
    std::fflush(stdout);
    return ServeLine(door, fd);
  }
  const int listener = Listen(o.listen);
  std::printf("listening on %s\n", o.listen.c_str());
  std::fflush(stdout);
  for (;;) {  // the card stays powered between two terminals
    ServeLine(door, hal::Accept(listener));
  }
}

}  // namespace
}  // namespace simurgh

int main(int argc, char** argv) {
  using namespace simurgh;
  CLI::App app{
      "The Simurgh card as a process. Its whole state is one card file; it answers on\n"
      "one line, in frames or as contacts (the file says which), or in a vpcd reader. Start it through `simurgh card run` for the usual cases."};
  Options o;
  auto* file = app.add_option("--file", o.file, "Card file (16 MiB, docs/formats/card_file.md)");
  auto* file_fd = app.add_option("--file-fd", o.file_fd, "The same, open and locked already");
  file->excludes(file_fd);
  auto* line = app.add_option_group("line", "Where the terminal is");
  line->add_option("--fd", o.fd, "Connected descriptor; the card ends with it");
  line->add_option("--listen", o.listen, "unix:PATH or tcp:HOST:PORT; one terminal at a time");
  line->add_flag("--pty", o.pty, "Open a pseudo-terminal and print its path");
  line->add_option("--vpcd", o.vpcd, "HOST:PORT of a vpcd reader (pcscd), usually localhost:35963");
  line->require_option(1);
  CLI11_PARSE(app, argc, argv);
  try {
    if (o.file.empty() && o.file_fd < 0) {
      throw std::runtime_error("say which card: --file FILE");
    }
    std::signal(SIGPIPE, SIG_IGN);
    const auto mapped = o.file_fd >= 0 ? std::make_unique<hal::MappedCardFile>(o.file_fd)
                                       : std::make_unique<hal::MappedCardFile>(o.file);
    CurrentDoor door(mapped->memory());
    Serve(door, o);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "simurgh-card: %s\n", e.what());
    return 1;
  }
  return 0;
}
