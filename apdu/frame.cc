#include "apdu/frame.h"

#include "base/check.h"

namespace simurgh::apdu::frame {
namespace {

constexpr uint16_t kPolynomial = 0x1021;

bool KnownType(uint8_t type) {
  const auto in = [type](Type first, Type last) {
    return type >= static_cast<uint8_t>(first) && type <= static_cast<uint8_t>(last);
  };
  return in(Type::kReset, Type::kNext) || in(Type::kAtr, Type::kText);
}

}  // namespace

uint16_t Crc16(ConstBytes data, uint16_t crc) {
  for (const uint8_t byte : data) {
    crc = static_cast<uint16_t>(crc ^ byte << 8);
    for (int bit = 0; bit < 8; ++bit) {
      const bool carry = (crc & 0x8000) != 0;
      crc = static_cast<uint16_t>(crc << 1 ^ (carry ? kPolynomial : 0));
    }
  }
  return crc;
}

size_t Encode(const Frame& frame, Bytes out) {
  const size_t size = frame.payload.size();
  CHECK(size <= kMaxPayload && out.size() >= kHeader + size + kCrc);
  Copy(out.subspan(kHeader), frame.payload);
  out[0] = kStart;
  out[1] = static_cast<uint8_t>(static_cast<uint8_t>(frame.type) |
                                (frame.sequence ? kSequenceBit : 0));
  Put16(out, 2, static_cast<uint16_t>(size));
  Put16(out, kHeader + size, Crc16(out.subspan(1, kHeader - 1 + size)));
  return kHeader + size + kCrc;
}

void Decoder::Reset() {
  size_ = 0;
  taken_ = 0;
}

void Decoder::Drop(size_t count) {
  Copy(buffer_, ConstBytes(buffer_).first(size_).subspan(count));
  size_ -= count;
}

void Decoder::SkipToStart() {
  size_t at = 0;
  while (at < size_ && buffer_[at] != kStart) {
    ++at;
  }
  if (at != 0) {
    Drop(at);
  }
}

bool Decoder::HeaderPlausible() const {
  return KnownType(buffer_[1] & static_cast<uint8_t>(~kSequenceBit)) &&
         Get16(buffer_, 2) <= kMaxPayload;
}

size_t Decoder::Expected() const { return kHeader + Get16(buffer_, 2) + kCrc; }

Decoder::Event Decoder::Push(uint8_t byte) {
  Drop(taken_);
  taken_ = 0;
  CHECK(size_ < buffer_.size());  // a full buffer is a whole frame, given out or dropped
  buffer_[size_++] = byte;
  return Next();
}

Decoder::Event Decoder::Next() {
  Drop(taken_);
  taken_ = 0;
  for (;;) {
    SkipToStart();
    if (size_ < kHeader) {
      return Event::kNone;
    }
    if (HeaderPlausible()) {
      break;
    }
    Drop(1);
  }
  const size_t expected = Expected();
  if (size_ < expected) {
    return Event::kNone;
  }
  const ConstBytes whole = ConstBytes(buffer_).first(expected);
  if (Crc16(whole.subspan(1, expected - 1 - kCrc)) != Get16(whole, expected - kCrc)) {
    Drop(1);
    return Event::kDamaged;
  }
  frame_.type = static_cast<Type>(whole[1] & ~kSequenceBit);
  frame_.sequence = (whole[1] & kSequenceBit) != 0;
  frame_.payload = whole.subspan(kHeader, expected - kHeader - kCrc);
  taken_ = expected;
  return Event::kFrame;
}

}  // namespace simurgh::apdu::frame
