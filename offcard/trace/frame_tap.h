#pragma once

#include "apdu/frame.h"
#include "offcard/common/door.h"
#include "offcard/common/hex.h"
#include "offcard/trace/tracer.h"

namespace simurgh::offcard::trace {

/// Listens to the frames between a terminal and a card (docs/formats/frame.md) and traces the commands
/// in them. It answers nothing, and a repetition counts once.
class FrameTap final : public LineTap {
 public:
  explicit FrameTap(Tracer& tracer) : tracer_(tracer) {}
  void ToCard(ConstBytes bytes) override;
  void FromCard(ConstBytes bytes) override;

 private:
  void Request(const apdu::frame::Frame& frame);
  void Reply(const apdu::frame::Frame& frame);

  Tracer& tracer_;
  apdu::frame::Decoder to_card_;
  apdu::frame::Decoder from_card_;
  apdu::frame::Type request_ = apdu::frame::Type::kReset;
  bool sequence_ = false;
  bool answered_ = true;  ///< the request has its reply; nothing was asked yet
  Buffer command_;
  Buffer answer_;
};

}  // namespace simurgh::offcard::trace
