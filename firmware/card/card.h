#pragma once

#include <array>
#include <cstdint>

#include "apdu/app.h"
#include "apdu/link.h"
#include "crypto/rng.h"
#include "firmware/access/pins.h"
#include "firmware/apps/session.h"
#include "firmware/cat/proactive.h"
#include "firmware/config.h"
#include "firmware/fs/file_system.h"
#include "firmware/gp/secure_channel.h"
#include "firmware/keys/key_store.h"
#include "firmware/profile/image_installer.h"
#include "firmware/profile/image_store.h"
#include "firmware/profile/profile_store.h"
#include "firmware/store/store.h"
#include "hal/platform.h"

namespace simurgh {

/// The card: every room of it as a member, and one door. Bytes of a command go in, the answer comes
/// out; there is no other way in, and nothing here is global: a process can hold thousands.
///
/// A command is answered in this order (docs/architecture.md, "the journey of a command"): parse,
/// class byte, channel, secure messaging, table row, case, transaction, handler, commit, wrap.
class Card final : public apdu::Door {
 public:
  explicit Card(Platform& platform);

  /// Mounts the store, finishes what a power cut interrupted, installs a waiting image, selects a
  /// profile. To be called once, before the first command.
  /// @error kCorrupt: the flash holds something else.  kHardware.
  Error Boot();

  // apdu::Door
  void Reset() override;
  ConstBytes Atr() override;
  void Feed(ConstBytes part) override;
  ConstBytes Finish() override;
  void Drop() override;
  bool TakesData(ConstBytes header) const override;

  /// One whole command: what tests and the loader use.
  ConstBytes Process(ConstBytes command);

  Session SessionFor(uint8_t channel);

 private:
  apdu::Sw Execute(apdu::Command& command, Writer& out);
  apdu::Sw Run(const apdu::Entry& row, Session& session, const apdu::Command& command, Writer& out);
  apdu::Sw GetResponse(const apdu::Command& command, Writer& out);
  apdu::Sw Deliver(const apdu::Command& command, apdu::Sw sw, Writer& out);
  apdu::Sw DeliverGsm(const apdu::Command& command, apdu::Sw sw, Writer& out);
  apdu::Sw GetGsmResponse(const apdu::Command& command, Writer& out);
  apdu::Sw MoreData() const;
  const apdu::Entry* FindRow(const Channel& channel, const apdu::Command& command,
                             apdu::Sw* why) const;
  ConstBytes Answer(Writer& out, apdu::Sw sw);
  bool TryStartStream();
  void StreamPiece(ConstBytes part);
  ConstBytes FinishStream();
  void CloseChannels();
  void MindSuspension(const apdu::Command& command);
  void UseActiveProfile();

  Platform& platform_;
  hal::FlashRegion store_flash_;
  hal::FlashRegion image_flash_;
  store::IndexSlots<config::kIndexSlots> index_;
  store::Store store_;
  crypto::Rng rng_;
  keys::KeyStore keys_;
  fs::FileSystem files_;
  access::Pins pins_;
  gp::SecureChannel secure_;
  cat::Proactive proactive_;
  profile::ProfileStore profiles_;
  profile::ImageStore images_;
  std::array<Channel, config::kChannels> channels_{};

  // The command being received.
  std::array<uint8_t, config::kCommandBytes> command_{};
  size_t command_size_ = 0;
  bool too_long_ = false;

  // A command longer than RAM, handed to its row piece by piece.
  struct Streaming {
    const apdu::Entry* row = nullptr;
    uint32_t trailing = 0;   ///< Le bytes seen after the data
    size_t answer_size = 0;  ///< of the last piece
    apdu::Sw sw = apdu::Sw::kOk;
  } streaming_;

  // The answer. Up to a short answer and its status word lie in the window at the front; what waits
  // for GET RESPONSE lies behind it.
  static constexpr size_t kAnswerWindow = 256 + 2;
  std::array<uint8_t, kAnswerWindow + config::kResponseBytes> response_{};
  size_t rest_at_ = 0;
  size_t rest_size_ = 0;
  uint8_t rest_channel_ = 0;
  apdu::Sw rest_sw_ = apdu::Sw::kOk;

  bool suspended_ = false;  ///< a suspended state waits in the store
  Stream stream_;
  Assembly assembly_;
  std::array<uint8_t, config::kCommandBytes> scratch_{};
};

}  // namespace simurgh
