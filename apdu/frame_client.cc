#include "apdu/frame_client.h"

namespace simurgh::apdu {

using frame::Decoder;
using frame::Frame;
using frame::Type;

namespace {

constexpr size_t kMaxCommand = 4 + 3 + 65535 + 2;  // case 4 extended

bool Answers(Type reply, Type request) {
  switch (request) {
    case Type::kReset:
      return reply == Type::kAtr;
    case Type::kCommandPart:
      return reply == Type::kAck;
    default:
      return reply == Type::kAnswerPart || reply == Type::kAnswerLast;
  }
}

}  // namespace

Result<ConstBytes> FrameClient::Reset() {
  decoder_.Reset();
  in_at_ = in_size_ = 0;
  ready_ = true;
  return TRY(Exchange(Type::kReset, {})).payload;
}

Result<Bytes> FrameClient::Transmit(ConstBytes command, Bytes answer) {
  if (!ready_) {
    return Error::kState;
  }
  if (command.empty() || command.size() > kMaxCommand) {
    return Error::kRange;
  }
  return Collect(TRY(Send(command)), answer);
}

Result<Frame> FrameClient::Send(ConstBytes command) {
  while (command.size() > frame::kMaxPayload) {
    TRY(Exchange(Type::kCommandPart, command.first(frame::kMaxPayload)));
    command = command.subspan(frame::kMaxPayload);
  }
  return Exchange(Type::kCommandLast, command);
}

Result<Bytes> FrameClient::Collect(Frame piece, Bytes answer) {
  size_t size = 0;
  for (;;) {
    if (piece.payload.size() > answer.size() - size) {
      return Error::kFull;  // the card drops the rest at the next command
    }
    Copy(answer.subspan(size), piece.payload);
    size += piece.payload.size();
    if (piece.type == Type::kAnswerLast) {
      break;
    }
    if (piece.payload.empty()) {  // or a broken card could keep us here
      return Error::kFormat;
    }
    piece = TRY(Exchange(Type::kNext, {}));
  }
  return size >= 2 ? Result<Bytes>(answer.first(size)) : Error::kFormat;
}

Result<Frame> FrameClient::Exchange(Type type, ConstBytes payload) {
  sequence_ = type == Type::kReset ? false : !sequence_;
  ++counters_.requests;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    if (attempt != 0) {
      ++counters_.repeats;
    }
    if (!Write(ConstBytes(out_).first(frame::Encode({type, sequence_, payload}, out_)))) {
      break;
    }
    const Outcome outcome = WaitForReply(type);
    if (outcome == Outcome::kReply) {
      return decoder_.frame();
    }
    if (outcome == Outcome::kSilence && !Flush()) {
      break;
    }
  }
  ready_ = false;
  return Error::kHardware;
}

// A frame that was given out last stays in the decoder, and with it frame(), until the next byte.
FrameClient::Outcome FrameClient::WaitForReply(Type request) {
  bool damaged = false;
  Decoder::Event event = decoder_.Next();
  for (;;) {
    if (event == Decoder::Event::kFrame && IsReply(request, damaged)) {
      return Outcome::kReply;
    }
    if (event == Decoder::Event::kDamaged) {
      damaged = true;
    }
    if (event != Decoder::Event::kNone) {
      event = decoder_.Next();
      continue;
    }
    if (damaged) {
      return Outcome::kDamaged;
    }
    if (in_at_ == in_size_) {
      in_at_ = 0;
      in_size_ = serial_.Read(in_);
      counters_.bytes_in += in_size_;
      if (in_size_ == 0) {
        return Outcome::kSilence;
      }
    }
    event = decoder_.Push(in_[in_at_++]);
  }
}

bool FrameClient::IsReply(Type request, bool& damaged) {
  const Frame& frame = decoder_.frame();
  switch (frame.type) {
    case Type::kText:
      if (text_handler_ != nullptr) {
        text_handler_(text_context_, frame.payload);
      }
      return false;
    case Type::kBusy:
      ++counters_.keep_alives;
      return false;
    case Type::kNak:
      damaged = true;
      return false;
    default:
      return frame.sequence == sequence_ && Answers(frame.type, request);
  }
}

// Silence: the card may wait for the rest of a frame whose length was damaged, and we may too.
bool FrameClient::Flush() {
  decoder_.Reset();
  Fill(out_, 0);
  return Write(out_);
}

bool FrameClient::Write(ConstBytes bytes) {
  counters_.bytes_out += bytes.size();
  return serial_.Write(bytes);
}

}  // namespace simurgh::apdu
