#include <fmt/format.h>

#include <filesystem>

#include "offcard/common/card.h"
#include "offcard/common/frame_reader.h"
#include "offcard/common/launcher.h"
#include "offcard/common/pcsc_reader.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

/// A card in a process of its own, which dies with the reader.
class LaunchedReader final : public Reader {
 public:
  explicit LaunchedReader(const Start& start)
      : file_(start.file), card_(start), reader_(card_.ReleaseFd(), start.machine + ":" + start.file) {}
  /// A machine that does not answer may have left word why it stopped.
  std::vector<uint8_t> Reset() override {
    try {
      return reader_.Reset();
    } catch (const UserError& silent) {
      const std::string fault = DescribeFault(ReadCounters(file_).fault);
      if (fault.empty()) { throw; }
      throw UserError(fmt::format("{}; the machine's last fault: {}", silent.what(), fault));
    }
  }
  std::vector<uint8_t> Transmit(ConstBytes command) override { return reader_.Transmit(command); }
  bool Kill() override {
    card_.Kill();
    return true;
  }
  Wire wire() const override { return reader_.wire(); }

 private:
  std::string file_;
  RunningCard card_;
  FrameReader reader_;
};

std::unique_ptr<Reader> Launch(const CardUri& uri) {
  if (!std::filesystem::exists(uri.path)) {
    throw UserError(fmt::format("{}: no such card; make one with: simurgh card new {} --eid DIGITS",
                                uri.path, uri.path));
  }
  Start start;
  start.machine = uri.kind == CardUri::Kind::kHost ? "host" : uri.machine;
  start.file = uri.path;
  return std::make_unique<LaunchedReader>(start);
}

std::unique_ptr<Reader> Open(const CardUri& uri) {
  switch (uri.kind) {
    case CardUri::Kind::kHost:
    case CardUri::Kind::kQemu: return Launch(uri);
    case CardUri::Kind::kTcp:
      return std::make_unique<FrameReader>(ConnectTcp(uri.host, uri.port),
                                           fmt::format("tcp:{}:{}", uri.host, uri.port));
    case CardUri::Kind::kUnix:
      return std::make_unique<FrameReader>(ConnectUnix(uri.path), "unix:" + uri.path);
    case CardUri::Kind::kSerial:
      return std::make_unique<FrameReader>(OpenSerial(uri.path, uri.baud), "serial:" + uri.path);
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

std::unique_ptr<Reader> StartCard(const Start& start) {
  auto reader = std::make_unique<LaunchedReader>(start);
  reader->Reset();
  return reader;
}

}  // namespace simurgh::offcard
