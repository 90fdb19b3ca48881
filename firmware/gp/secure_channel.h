#pragma once

#include <cstdint>

#include "apdu/command.h"
#include "apdu/sw.h"
#include "base/writer.h"
#include "crypto/scp03.h"
#include "firmware/keys/key_store.h"
#include "firmware/store/store.h"

namespace simurgh::gp {

/// A GlobalPlatform key set: three handles and where its sequence counter is kept.
struct KeySet {
  uint8_t version = 0;  ///< key version number, 01..7F
  keys::KeyId enc;      ///< Purpose::kScp03Enc
  keys::KeyId mac;      ///< Purpose::kScp03Mac
  keys::KeyId dek;      ///< Purpose::kScp03Dek
  store::Key counter;   ///< for key sets of the card: CardCounter(enc.slot)
};

/// Record of the sequence counter of a card key set (firmware/store/README.md).
constexpr store::Key CardCounter(uint16_t slot) { return {0, 0x0003, slot}; }

/// One SCP03 session of the card (GlobalPlatform Amendment D, S8 mode, i = 70: pseudo-random card
/// challenge, R-MAC and R-ENCRYPTION offered). At most one session is open; it belongs to the
/// logical channel it was opened on. A wrong cryptogram or MAC closes it.
///
/// Order of use by the dispatcher: Unwrap every command, run it, Wrap every answer. Application
/// handlers serve INITIALIZE UPDATE and EXTERNAL AUTHENTICATE by calling the functions here.
class SecureChannel {
 public:
  static constexpr uint8_t kScpIdentifier = 0x03;
  static constexpr uint8_t kScpParameter = 0x70;  ///< i (Amendment D 5.1)
  /// Bytes that Wrap may add to an answer: padding 1..16 and R-MAC 8.
  static constexpr size_t kWrapOverhead = 24;

  /// INITIALIZE UPDATE (GP Card Specification 2.3.1, Amendment D 7.1.1). Ends any session there was,
  /// counts durably, answers diversification data | key information | card challenge | card
  /// cryptogram | sequence counter: 32 bytes.
  /// @param aid  of the application or security domain that owns the key set.
  /// 6A88: P1 names another key version, or a key is missing. 6A86: P2 not 00. 6700. 6985: the
  /// sequence counter is used up. 6581: flash.
  apdu::Sw InitializeUpdate(store::Store& store, keys::KeyStore& keys, const KeySet& key_set,
                            ConstBytes aid, const apdu::Command& command, Writer& out);

  /// EXTERNAL AUTHENTICATE (Amendment D 7.1.2): P1 is the security level, the data host cryptogram
  /// and C-MAC.
  /// 6985: no INITIALIZE UPDATE before. 6300: wrong host cryptogram. 6982: wrong MAC. 6A86: a level
  /// that Amendment D table 7-4 does not know. Every refusal closes the session.
  apdu::Sw ExternalAuthenticate(const apdu::Command& command);

  /// An authenticated session is open and belongs to `channel`.
  bool active_on(uint8_t channel) const { return state_ == State::kOpen && channel_ == channel; }
  /// Scp03::kCMac, kCEnc, kRMac, kREnc of the open session; 0 also when none is open.
  uint8_t level() const { return state_ == State::kOpen ? scp_.level() : 0; }
  /// Key version of the open session, 0 when none is open.
  uint8_t key_version() const { return state_ == State::kOpen ? key_set_.version : 0; }

  /// Checks and removes secure messaging. Commands outside the session and plain commands that are
  /// always legal (SELECT, GET RESPONSE, FETCH, INITIALIZE UPDATE ... a table) come back as they are,
  /// and so does the EXTERNAL AUTHENTICATE that opens the session.
  /// @returns the plain command: data is a view into command.data, cla.secure is 0.
  /// @error kAuth: MAC or padding wrong, or secure messaging missing where the level demands it; the
  ///        session is closed (6982).  kState: secure messaging without a session (6985).
  Result<apdu::Command> Unwrap(const apdu::Command& command);

  /// Protects the whole content of `response` for the status word, if the command that Unwrap saw
  /// last was protected and the level asks for it. Answers with an error status stay bare.
  /// @error kFull: fewer than kWrapOverhead bytes of room; the session is closed.
  Error Wrap(Writer& response, apdu::Sw sw);

  /// Decrypts sensitive data (keys, codes) under Key-DEK of the open session: AES-CBC, ICV zero, in
  /// place. @error kState: no session.  kFormat: not 16n bytes.
  Error DecryptSensitive(keys::KeyStore& keys, Bytes data);

  /// Ends the session and wipes its keys: selection of another application, channel closed, reset.
  void Close();
  /// Close, if the session (open or half open) belongs to `channel`.
  void CloseOn(uint8_t channel) {
    if (channel_ == channel) {
      Close();
    }
  }

 private:
  enum class State : uint8_t { kClosed, kInitialized, kOpen };
  Error NextCounter(store::Store& store, Bytes counter3);
  apdu::Sw Refuse(apdu::Sw sw);

  crypto::Scp03 scp_;
  KeySet key_set_;
  State state_ = State::kClosed;
  uint8_t channel_ = 0;
  bool protected_ = false;  ///< the command being served came protected
};

}  // namespace simurgh::gp
