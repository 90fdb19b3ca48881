#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

/// Frames of a serial line between card and reader: docs/formats/frame.md.
namespace simurgh::apdu::frame {

/// From the reader (requests, each answered by one reply) and from the card.
enum class Type : uint8_t {
  kReset = 0x01,        ///< request: reset the card -> kAtr
  kCommandPart = 0x02,  ///< request: piece of a command, more follow -> kAck
  kCommandLast = 0x03,  ///< request: last piece -> kAnswerPart or kAnswerLast
  kNext = 0x04,         ///< request: next piece of the answer -> kAnswerPart or kAnswerLast
  kAtr = 0x11,          ///< reply
  kAck = 0x12,          ///< reply: piece is consumed (in flash, if it goes there), send the next
  kAnswerPart = 0x13,   ///< reply: more of the answer waits for kNext
  kAnswerLast = 0x14,   ///< reply: end of the answer
  kNak = 0x15,          ///< a frame arrived damaged: repeat the request
  kBusy = 0x16,         ///< keep-alive: the card still works on the request
  kText = 0x17,         ///< a log line of the card, unasked
};

constexpr uint8_t kStart = 0xC5;
constexpr uint8_t kSequenceBit = 0x80;  ///< in the type byte: the alternating bit
constexpr size_t kHeader = 4;           ///< start, sequence and type, length (2, big-endian)
constexpr size_t kCrc = 2;
constexpr size_t kMaxPayload = 1024;
constexpr size_t kMaxFrame = kHeader + kMaxPayload + kCrc;

struct Frame {
  Type type = Type::kReset;
  bool sequence = false;
  ConstBytes payload;  ///< at most kMaxPayload bytes
};

/// CRC-16 with polynomial 1021, start value FFFF, no reflection, no final xor ("123456789" -> 29B1).
uint16_t Crc16(ConstBytes data, uint16_t crc = 0xFFFF);

/// Writes one frame to the start of `out` (CHECKs that payload and room fit).
/// @returns its size, kHeader + payload + kCrc.
size_t Encode(const Frame& frame, Bytes out);

/// Finds frames in a byte stream, one byte at a time. After garbage or a damaged frame it searches
/// the bytes it holds for the next start, so that a frame swallowed by a wrong length is not lost.
class Decoder {
 public:
  enum class Event : uint8_t {
    kNone,     ///< more bytes are needed
    kFrame,    ///< frame() is valid until the next Push or Next
    kDamaged,  ///< something like a frame had a wrong CRC; the bytes behind it are still looked at
  };
  /// Takes a byte. After any other event than kNone call Next() until it says kNone.
  Event Push(uint8_t byte);
  /// Looks for a further frame in the bytes held.
  Event Next();
  const Frame& frame() const { return frame_; }
  /// A frame has begun and is not complete.
  bool inside() const { return size_ > taken_; }
  void Reset();

 private:
  void Drop(size_t count);
  void SkipToStart();
  bool HeaderPlausible() const;
  size_t Expected() const;  ///< bytes of the whole frame whose header is in the buffer

  std::array<uint8_t, kMaxFrame> buffer_{};
  size_t size_ = 0;
  size_t taken_ = 0;  ///< bytes at the start that belong to the frame given out last
  Frame frame_;
};

}  // namespace simurgh::apdu::frame
