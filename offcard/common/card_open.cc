#include <fmt/format.h>

#include <filesystem>

#include "offcard/common/card.h"
#include "offcard/common/contact_reader.h"
#include "offcard/common/frame_reader.h"
#include "offcard/common/launcher.h"
#include "offcard/common/pcsc_reader.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

/// What speaks `link` over a byte pipe.
std::unique_ptr<Reader> ReaderFor(Link link, int fd, const std::string& name) {
  if (link == Link::kFrames) { return std::make_unique<FrameReader>(fd, name); }
  return std::make_unique<ContactReader>(fd, link == Link::kT1 ? 1 : 0, name);
}

Start OnContacts(Start start, Link link) {
  start.contacts = link != Link::kFrames;
  return start;
}

/// A card in a process of its own, which dies with the reader.
class LaunchedReader final : public Reader {
 public:
  LaunchedReader(const Start& start, Link link)
      : file_(start.file),
        card_(OnContacts(start, link)),
        reader_(ReaderFor(link, card_.ReleaseFd(), start.machine + ":" + start.file)) {}
  /// A machine that does not answer may have left word why it stopped.
  std::vector<uint8_t> Reset() override {
    try {
      return reader_->Reset();
    } catch (const UserError& silent) {
      const std::string fault = DescribeFault(ReadCounters(file_).fault);
      if (fault.empty()) { throw; }
      throw UserError(fmt::format("{}; the machine's last fault: {}", silent.what(), fault));
    }
  }
  std::vector<uint8_t> Transmit(ConstBytes command) override { return reader_->Transmit(command); }
  bool Kill() override {
    card_.Kill();
    return true;
  }
  Wire wire() const override { return reader_->wire(); }

 private:
  std::string file_;
  RunningCard card_;
  std::unique_ptr<Reader> reader_;
};

std::unique_ptr<Reader> Launch(const CardUri& uri) {
  if (!std::filesystem::exists(uri.path)) {
    throw UserError(fmt::format("{}: no such card; make one with: simurgh card new {} --eid DIGITS",
                                uri.path, uri.path));
  }
  Start start;
  start.machine = uri.kind == CardUri::Kind::kHost ? "host" : uri.machine;
  start.file = uri.path;
  return std::make_unique<LaunchedReader>(start, uri.link);
}

std::unique_ptr<Reader> Open(const CardUri& uri) {
  switch (uri.kind) {
    case CardUri::Kind::kHost:
    case CardUri::Kind::kQemu: return Launch(uri);
    case CardUri::Kind::kTcp:
      return ReaderFor(uri.link, ConnectTcp(uri.host, uri.port),
                       fmt::format("tcp:{}:{}", uri.host, uri.port));
    case CardUri::Kind::kUnix:
      return ReaderFor(uri.link, ConnectUnix(uri.path), "unix:" + uri.path);
    case CardUri::Kind::kSerial:
      return ReaderFor(uri.link, OpenSerial(uri.path, uri.baud), "serial:" + uri.path);
    case CardUri::Kind::kPcsc: return OpenPcsc(uri.path);
  }
  throw UserError("unknown kind of card");
}

}  // namespace

std::unique_ptr<Reader> OpenCard(const CardUri& uri) {
  std::unique_ptr<Reader> reader = Open(uri);
  reader->Reset();
  return reader;
}

std::unique_ptr<Reader> OpenCard(const std::string& uri) { return OpenCard(ParseCardUri(uri)); }

std::unique_ptr<Reader> StartCard(const Start& start, Link link) {
  auto reader = std::make_unique<LaunchedReader>(start, link);
  reader->Reset();
  return reader;
}

}  // namespace simurgh::offcard
