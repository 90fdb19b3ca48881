#pragma once

#include <array>
#include <cstdint>

#include "apdu/frame.h"
#include "base/result.h"
#include "hal/serial.h"

namespace simurgh::apdu {

/// Reader side of the framed serial line (docs/formats/frame.md). Time is the Serial's: its Read
/// returns 0 when nothing came in the time it grants (or the line is gone); the request is then
/// repeated, kTries times in all.
class FrameClient {
 public:
  static constexpr int kTries = 5;
  using TextHandler = void (*)(void* context, ConstBytes line);

  /// What went over the line, for benchmarks and messages.
  struct Counters {
    uint64_t bytes_out = 0;
    uint64_t bytes_in = 0;
    uint32_t requests = 0;
    uint32_t repeats = 0;   ///< requests sent again after silence, damage or NAK
    uint32_t keep_alives = 0;
  };

  explicit FrameClient(hal::Serial& serial) : serial_(serial) {}
  void OnText(TextHandler handler, void* context) {
    text_handler_ = handler;
    text_context_ = context;
  }

  /// Must come first: it also agrees on the sequence bit. @returns the ATR, valid until the next
  /// call. @error kHardware: no answer after kTries, or the line is gone.
  Result<ConstBytes> Reset();
  /// Sends a command of 1..65544 bytes, in pieces when it is longer than a frame.
  /// @returns answer | SW1 SW2, in `answer`.
  /// @error kHardware: as above.  kState: no Reset yet, or the last exchange failed: Reset first.
  ///        kFull: `answer` too small.  kFormat: the card does not follow the protocol.
  ///        kRange: command empty or too long.
  Result<Bytes> Transmit(ConstBytes command, Bytes answer);
  const Counters& counters() const { return counters_; }

 private:
  enum class Outcome : uint8_t { kReply, kDamaged, kSilence };
  Result<frame::Frame> Exchange(frame::Type type, ConstBytes payload);
  Outcome WaitForReply(frame::Type request);
  bool IsReply(frame::Type request, bool& damaged);
  bool Write(ConstBytes bytes);
  bool Flush();
  Result<frame::Frame> Send(ConstBytes command);
  Result<Bytes> Collect(frame::Frame piece, Bytes answer);

  hal::Serial& serial_;
  frame::Decoder decoder_;
  std::array<uint8_t, frame::kMaxFrame> out_{};
  std::array<uint8_t, 512> in_{};
  size_t in_at_ = 0;
  size_t in_size_ = 0;
  bool ready_ = false;
  bool sequence_ = false;
  Counters counters_;
  TextHandler text_handler_ = nullptr;
  void* text_context_ = nullptr;
};

}  // namespace simurgh::apdu
