#include "apdu/frame_link.h"

namespace simurgh::apdu {

using frame::Decoder;
using frame::Frame;
using frame::Type;

bool FrameLink::RunOne() {
  for (;;) {
    Decoder::Event event;
    if (!NextEvent(event)) {
      return false;
    }
    if (event == Decoder::Event::kFrame) {
      damaged_ = false;
      return Serve(decoder_.frame());
    }
    if (event == Decoder::Event::kDamaged) {
      damaged_ = true;
      continue;
    }
    // Nothing whole is left in the decoder. One NAK, however many false starts there were: each
    // costs the reader a try.
    if (damaged_) {
      damaged_ = false;
      if (!Send(Type::kNak, {})) {
        return false;
      }
    }
  }
}

bool FrameLink::NextEvent(Decoder::Event& event) {
  if (pending_) {
    event = decoder_.Next();
  } else {
    if (in_at_ == in_size_) {
      in_at_ = 0;
      in_size_ = serial_.Read(in_);
      if (in_size_ == 0) {
        return false;
      }
    }
    event = decoder_.Push(in_[in_at_++]);
  }
  pending_ = event != Decoder::Event::kNone;
  return true;
}

bool FrameLink::Repeated(const Frame& request) const {
  if (!ready_ || request.sequence != sequence_) {
    return false;
  }
  return request.type != Type::kReset || request_ == Type::kReset;
}

bool FrameLink::Serve(const Frame& request) {
  if (request.type > Type::kNext) {  // a reply: our own echo, or another card on the line
    return true;
  }
  if (!ready_ && request.type != Type::kReset) {
    return Send(Type::kNak, {});
  }
  if (!Repeated(request)) {
    ready_ = true;
    sequence_ = request.sequence;
    Execute(request);
    request_ = request.type;
  }
  return Reply();
}

void FrameLink::Execute(const Frame& request) {
  switch (request.type) {
    case Type::kReset:
      door_.Reset();
      answer_ = door_.Atr();
      reply_ = Type::kAtr;
      return;
    case Type::kCommandPart:
      door_.Feed(request.payload);
      answer_ = {};
      reply_ = Type::kAck;
      return;
    case Type::kCommandLast:
      if (!request.payload.empty()) {
        door_.Feed(request.payload);
      }
      answer_ = door_.Finish();
      break;
    default:  // kNext
      if (reply_ != Type::kAnswerPart) {
        reply_ = Type::kNak;
        answer_ = {};
        return;
      }
      answer_ = answer_.subspan(frame::kMaxPayload);
      break;
  }
  reply_ = answer_.size() > frame::kMaxPayload ? Type::kAnswerPart : Type::kAnswerLast;
}

bool FrameLink::Reply() {
  return Send(reply_, answer_.first(std::min(answer_.size(), frame::kMaxPayload)));
}

bool FrameLink::Send(Type type, ConstBytes payload) {
  const size_t size = frame::Encode({type, sequence_, payload}, out_);
  return serial_.Write(ConstBytes(out_).first(size));
}

void FrameLink::KeepAlive() { (void)Send(Type::kBusy, {}); }

void FrameLink::Text(ConstBytes line) {
  (void)Send(Type::kText, line.first(std::min(line.size(), frame::kMaxPayload)));
}

}  // namespace simurgh::apdu
