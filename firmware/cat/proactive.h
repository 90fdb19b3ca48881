#pragma once

#include <array>
#include <cstdint>

#include "apdu/command.h"
#include "apdu/sw.h"
#include "base/result.h"
#include "base/static_vector.h"
#include "base/writer.h"

namespace simurgh::cat {

/// Command types (ETSI TS 102 223 9.4).
enum class Type : uint8_t {
  kRefresh = 0x01,
  kProvideLocalInformation = 0x26,
};

/// Qualifier of REFRESH (TS 102 223 8.6).
enum class RefreshMode : uint8_t {
  kInitAndFullFileChange = 0x00,
  kFileChange = 0x01,
  kInitAndFileChange = 0x02,
  kInit = 0x03,
  kUiccReset = 0x04,
  kApplicationReset = 0x05,
  kSessionReset = 0x06,
  kSteeringOfRoaming = 0x07,
  kSteeringOfRoamingIwlan = 0x08,
  kProfileStateChange = 0x09,
  kApplicationUpdate = 0x0A,
};

/// Proactive commands of the card (TS 102 223 clause 6): a short queue, announced by 91xx, fetched,
/// answered. Nothing is announced before a TERMINAL PROFILE, and a command that the profile says the
/// terminal cannot do is dropped.
class Proactive {
 public:
  static constexpr size_t kQueue = 4;
  static constexpr size_t kMaxCommand = 64;  ///< longest command, BER-TLV header included
  static constexpr size_t kImeiBytes = 8;

  /// Card reset: profile, queue and IMEI are forgotten.
  void Reset() { *this = Proactive(); }

  /// Queue a command. Allowed before TERMINAL PROFILE.
  /// @param files  paths of the changed files, each from 3F00 or 7FFF on, back to back; needed for
  ///               kFileChange and kInitAndFileChange, empty otherwise.
  /// @param count  number of paths in `files`.
  /// @error kFull: queue.  kFormat: file list missing or not allowed.  kRange: list too long.
  ///        kUnsupported: the terminal profile says it cannot.
  Error Refresh(RefreshMode mode, ConstBytes files = {}, uint8_t count = 0);
  /// Asks for the IMEI (PROVIDE LOCAL INFORMATION, qualifier 01); once queued or known, asking again
  /// does nothing.
  Error AskImei();

  /// TERMINAL PROFILE (TS 102 223 5.2), FETCH (TS 102 221 11.2.3), TERMINAL RESPONSE (6.8).
  apdu::Sw TerminalProfile(const apdu::Command& command);
  /// 6Cxx: Le is not the length of the command. 6F00: nothing to fetch. 6A86: P1 P2 not 0000.
  apdu::Sw Fetch(const apdu::Command& command, Writer& out);
  /// 6A80: not a response to the fetched command; that one stays to be answered. 6F00: none fetched.
  apdu::Sw TerminalResponse(const apdu::Command& command);

  /// Nothing is queued, fetched or unanswered.
  bool idle() const { return queue_.empty(); }
  /// What outlives a suspension of the UICC (TS 102 221 11.1.22) when idle: the terminal profile, the
  /// IMEI, the next command number. At most kStateBytes.
  static constexpr size_t kStateBytes = 1 + 1 + kImeiBytes + 32;
  void Save(Writer& out) const;
  /// @error kCorrupt: not what Save wrote.
  Error Restore(ConstBytes state);

  /// Turns 9000 into 91xx when a command waits for FETCH; leaves all else alone.
  apdu::Sw Announce(apdu::Sw sw) const;
  bool has_profile() const { return profile_size_ != 0; }
  /// Length of the command that waits for FETCH; 0 when none may be sent.
  size_t pending() const;

  /// As the terminal sent it: 8 bytes, digits in swapped nibbles with a type nibble first
  /// (TS 102 223 8.20, 3GPP TS 24.008 10.5.1.4). @error kNotFound: not asked or not answered.
  Result<ConstBytes> imei() const;
  /// General result of the last TERMINAL RESPONSE (TS 102 223 8.12): 00..0F performed.
  /// @error kNotFound: none yet.
  Result<uint8_t> last_result() const;

 private:
  struct Item {
    Type type = Type::kRefresh;
    uint8_t qualifier = 0;
    uint8_t number = 0;
    uint8_t size = 0;
    std::array<uint8_t, kMaxCommand> bytes{};  ///< the whole D0 object
  };
  Error Add(Type type, uint8_t qualifier, ConstBytes files, uint8_t count);
  bool Supports(Type type) const;
  void DropUnsupported();

  StaticVector<Item, kQueue> queue_;  ///< the front is next, or fetched and unanswered
  std::array<uint8_t, 32> profile_{};
  uint8_t profile_size_ = 0;
  uint8_t next_number_ = 1;
  bool fetched_ = false;
  bool imei_known_ = false;
  bool result_known_ = false;
  uint8_t result_ = 0;
  std::array<uint8_t, kImeiBytes> imei_{};
};

}  // namespace simurgh::cat
