#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "apdu/app.h"
#include "crypto/rng.h"
#include "firmware/access/pins.h"
#include "firmware/cat/proactive.h"
#include "firmware/config.h"
#include "firmware/fs/file_system.h"
#include "firmware/fs/selection.h"
#include "firmware/gp/secure_channel.h"
#include "firmware/keys/key_store.h"
#include "firmware/profile/image_store.h"
#include "firmware/profile/profile_store.h"
#include "firmware/store/store.h"
#include "hal/platform.h"

namespace simurgh {

/// A logical channel (TS 102 221 8.7, 11.1.17): its own selection and its own security state.
struct Channel {
  uint8_t number = 0;
  bool open = false;
  const apdu::App* app = nullptr;  ///< selected application; nullptr: the file system of the UICC
  fs::Selection selection;         ///< current directory, file and record of this channel
  access::Verified verified;       ///< PINs this channel has verified
};

/// Where a command stands that arrives in pieces because it is longer than RAM (Effect::kStreams).
struct Stream {
  uint32_t offset = 0;  ///< of this piece within the command data
  uint32_t total = 0;   ///< Lc
  bool last() const { return last_; }
  bool last_ = false;
};

/// STORE DATA blocks of one command, put together (SGP.22 5.7.2).
struct Assembly {
  uint8_t channel = 0;
  uint8_t next_block = 0;
  size_t size = 0;
  bool active = false;
};

/// All a handler may touch. The card builds one per command.
struct Session {
  Platform& platform;
  crypto::Rng& rng;
  store::Store& store;
  keys::KeyStore& keys;
  fs::FileSystem& files;
  access::Pins& pins;
  gp::SecureChannel& secure;
  profile::ProfileStore& profiles;
  profile::ImageStore& images;
  cat::Proactive& proactive;
  std::array<Channel, config::kChannels>& channels;
  Channel& channel;      ///< the one this command came on
  Stream& stream;
  Assembly& assembly;
  Bytes scratch;         ///< working memory of the card, config::kCommandBytes long (ES10 assembly)
  /// Applications of this card. One without a `select` function is a kind of ADF: its AID is the
  /// beginning of the AIDs of the ADFs it serves.
  std::span<const apdu::App* const> apps = {};
};

}  // namespace simurgh
