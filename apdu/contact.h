#pragma once

#include <array>
#include <cstdint>

#include "apdu/atr.h"
#include "apdu/link.h"
#include "apdu/t0.h"
#include "apdu/t1.h"

namespace simurgh::apdu {

/// Card side of the contacts RST and I/O: answer to reset, PPS, then T=0 or T=1 (ISO/IEC 7816-3). A
/// machine without I/O and without a clock: whoever drives the contacts asks want() after every
/// call and does that.
///
///   driver                          machine
///   RST goes high                   Reset()
///   kSend                           output() character by character, then OnSent()
///   kCharacter                      OnCharacter() or, after patience(), OnSilence()
///   kGap                            OnSilence() once the block guard time (22 etu) has passed
///                                   without a character, else OnCharacter()
///   kWork                           Work(); it may take long. Meanwhile, from a timer interrupt or
///                                   between two flash operations: send what KeepAlive() returns
///   OnCharacter() returns true      error signal (T=0): pull I/O low, the sender repeats
///   error signal while sending      repeat the character; after the fourth time OnRefused()
///   after OnSent()                  speed() may have changed (PPS)
///
/// Characters that come while the machine sends or works are the driver's: it keeps them until the
/// machine wants them again (T=1 WTX) or drops them (T=0).
class Contact {
 public:
  enum class Protocol : uint8_t { kNone, kT0, kT1 };

  Contact(Door& door, const AtrRow& row);
  Contact(const Contact&) = delete;
  Contact& operator=(const Contact&) = delete;

  /// Resets the card; the ATR is to be sent. Before the first reset nothing is understood.
  void Reset();
  Want want() const;
  ConstBytes output() const;
  void OnSent();
  bool OnCharacter(uint8_t character, bool parity_ok = true);
  void OnSilence();
  /// The terminal did not take a character although it was repeated: mute until reset.
  void OnRefused();
  void Work();
  ConstBytes KeepAlive();
  /// Elementary time units after which OnSilence() is due; 0: never.
  uint32_t patience() const;

  Protocol protocol() const { return protocol_; }
  uint8_t speed() const { return speed_; }  ///< F and D, coded as TA1

 private:
  enum class State : uint8_t { kOff, kAtr, kFirst, kPps, kPpsAnswer, kTalking };
  void OnPps(uint8_t character, bool parity_ok);
  void Start(Protocol protocol);

  Door& door_;
  const AtrRow& row_;
  const Atr atr_;
  State state_ = State::kOff;
  Protocol protocol_ = Protocol::kNone;
  uint8_t speed_ = 0x11;
  uint8_t next_speed_ = 0x11;
  size_t pps_size_ = 0;
  std::array<uint8_t, kBlockBytes> buffer_{};  ///< of whichever machine talks
  T0 t0_;
  T1 t1_;
};

}  // namespace simurgh::apdu
