#pragma once

#include <array>

#include "apdu/frame.h"
#include "apdu/link.h"
#include "hal/serial.h"

namespace simurgh::apdu {

/// Card side of the framed serial line (docs/formats/frame.md). A request that arrives twice is
/// executed once: the reply is repeated.
class FrameLink {
 public:
  FrameLink(hal::Serial& serial, Door& door) : serial_(serial), door_(door) {}

  /// Waits for one request and serves it. @returns false when the other side is gone.
  bool RunOne();
  /// Serves until the other side is gone.
  void Run() {
    while (RunOne()) {
    }
  }
  /// Tells a waiting reader that the card still works. Called by long operations between two flash
  /// operations, never from an interrupt (a frame may be half written).
  void KeepAlive();
  /// Sends a log line, cut at 1024 bytes. Same rule.
  void Text(ConstBytes line);

 private:
  bool NextEvent(frame::Decoder::Event& event);
  bool Serve(const frame::Frame& request);
  bool Repeated(const frame::Frame& request) const;
  void Execute(const frame::Frame& request);
  bool Reply();
  bool Send(frame::Type type, ConstBytes payload);

  hal::Serial& serial_;
  Door& door_;
  frame::Decoder decoder_;
  std::array<uint8_t, frame::kMaxFrame> out_{};
  std::array<uint8_t, 64> in_{};
  size_t in_at_ = 0;
  size_t in_size_ = 0;
  bool pending_ = false;   ///< the decoder may hold a further frame
  bool damaged_ = false;   ///< a NAK is due
  bool ready_ = false;     ///< a reset came: the three below mean something
  bool sequence_ = false;  ///< of the last executed request
  frame::Type request_ = frame::Type::kReset;
  frame::Type reply_ = frame::Type::kNak;
  ConstBytes answer_;      ///< of the door, from the piece sent last on
};

}  // namespace simurgh::apdu
