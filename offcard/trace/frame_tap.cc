#include "offcard/trace/frame_tap.h"

namespace simurgh::offcard::trace {
namespace {

using apdu::frame::Decoder;
using apdu::frame::Frame;
using apdu::frame::Type;

template <typename Take>
void Feed(Decoder& decoder, ConstBytes bytes, Take take) {
  for (const uint8_t byte : bytes) {
    for (Decoder::Event e = decoder.Push(byte); e != Decoder::Event::kNone; e = decoder.Next()) {
      if (e == Decoder::Event::kFrame) { take(decoder.frame()); }
    }
  }
}

void Append(Buffer& to, ConstBytes from) { to.insert(to.end(), from.begin(), from.end()); }

}  // namespace

void FrameTap::ToCard(ConstBytes bytes) {
  Feed(to_card_, bytes, [this](const Frame& f) { Request(f); });
}

void FrameTap::FromCard(ConstBytes bytes) {
  Feed(from_card_, bytes, [this](const Frame& f) { Reply(f); });
}

// frame.md rules 2 and 4: a request with the sequence bit of the last one repeats it; a reset always
// has 0 and repeats only a reset.
void FrameTap::Request(const Frame& frame) {
  const bool reset = frame.type == Type::kReset;
  const bool repeated = frame.sequence == sequence_ && reset == (request_ == Type::kReset) &&
                        !(reset && answered_);
  if (repeated) { return; }
  request_ = frame.type;
  sequence_ = frame.sequence;
  answered_ = false;
  if (reset) {
    command_.clear();
    answer_.clear();
  } else if (frame.type != Type::kNext) {
    Append(command_, frame.payload);
  }
}

void FrameTap::Reply(const Frame& frame) {
  const bool reply = frame.type >= Type::kAtr && frame.type <= Type::kAnswerLast;
  if (!reply || answered_ || frame.sequence != sequence_) { return; }
  answered_ = true;
  if (frame.type == Type::kAtr) { return tracer_.Reset(frame.payload); }
  if (frame.type == Type::kAck) { return; }
  Append(answer_, frame.payload);
  if (frame.type == Type::kAnswerPart) { return; }
  tracer_.Command(command_, answer_);
  command_.clear();
  answer_.clear();
}

}  // namespace simurgh::offcard::trace
