#include "crypto/const_time.h"
#include "crypto/scp03.h"
#include "firmware/profile/card_data.h"
#include "firmware/profile/image_installer.h"

namespace simurgh::profile {

namespace {

using crypto::Scp03;

constexpr uint8_t kIsdrAid[] = {0xA0, 0x00, 0x00, 0x05, 0x59, 0x10, 0x10, 0xFF,
                                0xFF, 0xFF, 0xFF, 0x89, 0x00, 0x00, 0x01, 0x00};
constexpr uint8_t kLevel = Scp03::kCMac | Scp03::kCEnc;
constexpr size_t kChallengeBytes = 8;
// Answer of INITIALIZE UPDATE (Amendment D 7.1.1.6), S8: diversification data 10, key information
// 3, card challenge 8, card cryptogram 8, sequence counter 3.
constexpr size_t kAtCardChallenge = 13;
constexpr size_t kAtCardCryptogram = 21;
constexpr size_t kUpdateAnswerBytes = 32;

/// Answer without its status word; empty status when the door said nothing sensible.
struct Answer {
  ConstBytes data;
  uint16_t sw = 0;
};

/// The host's end of the session: commands longer than this the loader does not send.
class Host {
 public:
  explicit Host(Exchange& door) : door_(door) {}

  Answer Send(ConstBytes command) {
    Copy(buffer_, command);
    return Transmit(command.size());
  }
  /// Header and data, wrapped; `level` as of Scp03::WrapCommand.
  Answer SendWrapped(uint8_t level, ConstBytes header4, ConstBytes data) {
    Copy(buffer_, header4);
    Copy(Bytes(buffer_).subspan(5), data);
    const Result<size_t> size =
        scp.WrapCommand(level, Bytes(buffer_).first(4), Bytes(buffer_).subspan(5), data.size());
    if (!size.ok()) {
      return {};
    }
    buffer_[4] = static_cast<uint8_t>(size.value());
    return Transmit(5 + size.value());
  }
  Scp03 scp;

 private:
  Answer Transmit(size_t size) {
    const ConstBytes answer = door_.Transmit(Bytes(buffer_).first(size));
    if (answer.size() < 2) {
      return {};
    }
    return {answer.first(answer.size() - 2), Get16(answer, answer.size() - 2)};
  }
  Exchange& door_;
  std::array<uint8_t, 64> buffer_{};
};

bool SelectIsdr(Host& host) {
  std::array<uint8_t, 5 + sizeof(kIsdrAid)> select = {0x00, 0xA4, 0x04, 0x00, sizeof(kIsdrAid)};
  Copy(Bytes(select).subspan(5), kIsdrAid);
  const uint8_t high = static_cast<uint8_t>(host.Send(select).sw >> 8);
  return high == 0x90 || high == 0x91 || high == 0x61;
}

/// INITIALIZE UPDATE and EXTERNAL AUTHENTICATE (Amendment D 7.1) with the loader key set.
bool Authenticate(Host& host, keys::KeyStore& keys, crypto::Rng& rng) {
  keys::KeyValue enc;
  keys::KeyValue mac;
  if (keys.Open(CardKeyId(CardSlot::kLoaderSet, 0), keys::Purpose::kScp03Enc, enc) != Error::kOk ||
      keys.Open(CardKeyId(CardSlot::kLoaderSet, 1), keys::Purpose::kScp03Mac, mac) != Error::kOk) {
    return false;
  }
  std::array<uint8_t, 5 + kChallengeBytes + 1> update = {0x80, 0x50, kLoaderKeyVersion, 0x00,
                                                         kChallengeBytes};
  const Bytes challenge = Bytes(update).subspan(5, kChallengeBytes);
  rng.Fill(challenge);
  const Answer updated = host.Send(update);
  if (updated.sw != 0x9000 || updated.data.size() != kUpdateAnswerBytes) {
    return false;
  }
  host.scp.Start(enc.view(), mac.view(), challenge,
                 updated.data.subspan(kAtCardChallenge, kChallengeBytes));
  if (!Accepted(crypto::EqualConstantTime(host.scp.CardCryptogram(),
                                          updated.data.subspan(kAtCardCryptogram, 8)))) {
    return false;
  }
  const uint8_t authenticate[] = {0x84, 0x82, kLevel, 0x00};
  const Answer opened = host.SendWrapped(Scp03::kCMac, authenticate, host.scp.HostCryptogram());
  host.scp.SetLevel(kLevel);
  return opened.sw == 0x9000;
}

}  // namespace

Error InstallPendingImage(ImageStore& images, keys::KeyStore& keys, crypto::Rng& rng,
                          Exchange& door) {
  if (images.status().state != ImageStore::State::kComplete) {
    return Error::kOk;
  }
  Host host(door);
  if (SelectIsdr(host) && Authenticate(host, keys, rng)) {
    const uint8_t install[] = {0x80, 0x36, 0x00, 0x00};
    (void)host.SendWrapped(kLevel, install, {});
  }
  host.scp.Wipe();
  if (images.status().state != ImageStore::State::kComplete) {
    return Error::kOk;
  }
  // The order never reached an installer: such an image would wait for ever.
  ImageResult result;
  result.reason = ImageReason::kLoader;
  result.image_id = images.status().image_id;
  return images.Finish(result);
}

}  // namespace simurgh::profile
