#pragma once

#include <array>
#include <cstdint>

#include "apdu/link.h"
#include "apdu/want.h"

namespace simurgh::apdu {

/// Card side of T=0 (ISO/IEC 7816-3 clause 10, mapping of clause 12.2). apdu/contact.h says how it
/// is driven. A command is a header of five bytes, CLA INS P1 P2 P3, and what P3 counts:
///
///   P3 counts data from the reader   INS, the data comes, SW1 SW2; an answer waits: 61xx
///   P3 counts the answer             INS, the data goes, SW1 SW2; another length: 6Cxx, and the
///                                    answer is kept for the same header with P3 = xx, so that
///                                    asking again does not execute again
///
/// Commands longer than 255 bytes have no place here (T=1, or frames).
class T0 {
 public:
  /// @param buffer  kBlockBytes, the machine's as long as it talks.
  T0(Door& door, Bytes buffer, bool byte_by_byte)
      : door_(door), buffer_(buffer), byte_by_byte_(byte_by_byte) {}

  void Start();
  Want want() const;
  ConstBytes output() const { return output_; }
  void OnSent();
  bool OnCharacter(uint8_t character, bool parity_ok);
  void OnSilence();
  void Work();
  ConstBytes KeepAlive() const;
  uint32_t patience() const;

 private:
  enum class State : uint8_t { kHeader, kAck, kData, kWork, kAckAnswer, kAnswer };
  void OnHeader();
  void Reply(uint8_t sw1, uint8_t sw2);
  void Acknowledge(State next);
  void SendAnswer(ConstBytes answer);
  bool KeptAnswerFits() const;

  Door& door_;
  Bytes buffer_;
  const bool byte_by_byte_;
  State state_ = State::kHeader;
  bool takes_data_ = false;
  size_t size_ = 0;         ///< characters of the command in buffer_
  ConstBytes output_;
  ConstBytes answer_;       ///< of the door, what is still to be sent
  ConstBytes kept_;         ///< answer that was announced by 6Cxx
  std::array<uint8_t, 4> kept_header_{};
  std::array<uint8_t, 2> reply_{};
};

}  // namespace simurgh::apdu
