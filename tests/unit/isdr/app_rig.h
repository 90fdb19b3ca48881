#pragma once

#include <optional>

#include "apdu/app.h"
#include "crypto/scp03.h"
#include "firmware/apps/session.h"
#include "firmware/profile/image_installer.h"
#include "tests/unit/profile/profile_rig.h"

namespace simurgh::test {

/// Answer of a command.
struct Response {
  Data data;
  uint16_t sw = 0;
};

/// Applications behind a door that does what the card's dispatcher does for one application:
/// unwrap, look the row up, transaction, handler, wrap. firmware/card is tested with the card.
class AppRig final : public profile::Exchange {
 public:
  explicit AppRig(const apdu::App& app) : app_(app) {}

  /// A whole command, short or extended. `stream_piece` splits streaming rows' data.
  Response Send(const Data& raw, size_t stream_piece = 0) {
    Data buffer = raw;
    Result<apdu::Command> parsed = apdu::ParseCommand(buffer);
    if (!parsed.ok()) {
      return {{}, 0x6700};
    }
    apdu::Command command = parsed.value();
    command.cla = apdu::DecodeCla(command.header[0]).value();
    Data answer(4096);
    Writer out(answer);
    if (command.ins == 0xA4) {
      app_.deselect(session());
      const apdu::Sw sw = app_.select(session(), command, out);
      return {Data(out.written().begin(), out.written().end()), apdu::Value(sw)};
    }
    const Result<apdu::Command> plain = secure.Unwrap(command);
    if (!plain.ok()) {
      return {{}, static_cast<uint16_t>(plain.error() == Error::kState ? 0x6985 : 0x6982)};
    }
    command = plain.value();
    bool class_known = false;
    const apdu::Entry* row = apdu::Lookup(app_.table, command.cla.type, command.ins, &class_known);
    if (row == nullptr) {
      return {{}, 0x6D00};
    }
    apdu::Sw sw = Run(*row, command, out, stream_piece);
    if (!apdu::Succeeded(sw)) {
      out.Truncate(0);
    }
    EXPECT_EQ(secure.Wrap(out, sw), Error::kOk);
    return {Data(out.written().begin(), out.written().end()), apdu::Value(sw)};
  }

  ConstBytes Transmit(ConstBytes command) override {
    const Response r = Send(Data(command.begin(), command.end()));
    last_ = r.data;
    last_.push_back(static_cast<uint8_t>(r.sw >> 8));
    last_.push_back(static_cast<uint8_t>(r.sw));
    ++exchanges;
    return last_;
  }

  /// Opens an SCP03 session as a host with a key set of equal bytes.
  bool OpenSession(uint8_t version, uint8_t key_byte, uint8_t level) {
    const Data key = Repeat(16, key_byte);
    const Data challenge = {1, 2, 3, 4, 5, 6, 7, 8};
    Data update = {0x80, 0x50, version, 0x00, 0x08};
    update.insert(update.end(), challenge.begin(), challenge.end());
    const Response r = Send(update);
    if (r.sw != 0x9000 || r.data.size() != 32) {
      return false;
    }
    host.Start(key, key, challenge, ConstBytes(r.data).subspan(13, 8));
    const crypto::Scp03::Cryptogram mine = host.HostCryptogram();
    const Response opened =
        Wrapped({0x84, 0x82, level, 0x00}, Data(mine.begin(), mine.end()), crypto::Scp03::kCMac);
    host.SetLevel(level);
    return opened.sw == 0x9000;
  }
  Response Wrapped(Data header, Data data, uint8_t level) {
    const size_t size = data.size();
    data.resize(size + 32);
    const size_t wrapped = host.WrapCommand(level, header, data, size).value();
    header.push_back(static_cast<uint8_t>(wrapped));
    header.insert(header.end(), data.begin(), data.begin() + static_cast<long>(wrapped));
    return Send(header);
  }

  Session& session() {
    session_.emplace(Session{platform_, rig.rng(), rig.store(), rig.keys(), rig.files(), rig.pins(),
                             secure, rig.profiles(), rig.images(), proactive, channels, channels[0],
                             stream, assembly, scratch});
    return *session_;
  }

  ProfileRig rig;
  gp::SecureChannel secure;
  cat::Proactive proactive;
  crypto::Scp03 host;
  int exchanges = 0;

 private:
  apdu::Sw Run(const apdu::Entry& row, const apdu::Command& command, Writer& out, size_t piece) {
    if (row.effect == apdu::Effect::kStreams) {
      return RunStream(row, command, out, piece == 0 ? command.data.size() : piece);
    }
    const bool writes = row.effect == apdu::Effect::kWrites;
    if (writes) {
      rig.store().Begin();
    }
    const apdu::Sw sw = row.handler(session(), command, out);
    if (writes && rig.store().open()) {
      if (apdu::Succeeded(sw)) {
        EXPECT_EQ(rig.store().Commit(), Error::kOk);
      } else {
        rig.store().Rollback();
      }
    }
    return sw;
  }
  apdu::Sw RunStream(const apdu::Entry& row, const apdu::Command& command, Writer& out,
                     size_t piece) {
    stream = Stream{};
    stream.total = static_cast<uint32_t>(command.data.size());
    apdu::Sw sw = apdu::Sw::kOk;
    while (stream.offset < stream.total && sw == apdu::Sw::kOk) {
      apdu::Command part = command;
      const size_t n = std::min<size_t>(piece, stream.total - stream.offset);
      part.data = command.data.subspan(stream.offset, n);
      stream.last_ = stream.offset + n == stream.total;
      sw = row.handler(session(), part, out);
      stream.offset += static_cast<uint32_t>(n);
    }
    return sw;
  }

  struct Clock final : hal::Clock {
    uint64_t Milliseconds() const override { return 0; }
    uint64_t UnixSeconds() const override { return 0; }
  };
  struct Entropy final : hal::Entropy {
    Error Fill(Bytes out) override {
      simurgh::Fill(out, 0x55);
      return Error::kOk;
    }
  };
  struct Device final : hal::DeviceId {
    explicit Device(const hal::Identity& of) : identity_(of) {}
    const hal::Identity& identity() const override { return identity_; }
    const hal::Identity& identity_;
  };
  struct Jig final : hal::Jig {
    uint16_t Millivolts() override { return 0; }
  };
  struct Reset final : hal::Reset {
    hal::ResetCause cause() const override { return hal::ResetCause::kPowerOn; }
    void Restart() override {}
  };

  const apdu::App& app_;
  Clock clock_;
  Entropy entropy_;
  Device device_{rig.identity};
  Jig jig_;
  Reset reset_;
  Platform platform_{rig.flash, entropy_, clock_, device_, jig_, reset_};
  std::array<Channel, config::kChannels> channels{};
  Stream stream;
  Assembly assembly;
  Data scratch = Data(config::kCommandBytes);
  std::optional<Session> session_;
  Data last_;
};

}  // namespace simurgh::test
