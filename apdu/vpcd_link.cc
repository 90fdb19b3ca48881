#include "apdu/vpcd_link.h"

#include "base/check.h"

namespace simurgh::apdu {
namespace {

constexpr uint8_t kPowerOn = 0x01;
constexpr uint8_t kReset = 0x02;
constexpr uint8_t kAtr = 0x04;
constexpr size_t kLengthBytes = 2;

}  // namespace

bool VpcdLink::RunOne() {
  uint8_t length[kLengthBytes];
  if (!ReadExactly(length)) {
    return false;
  }
  const size_t size = Get16(length);
  if (size == 0) {
    return true;
  }
  if (size > 1) {
    return Command(size);
  }
  uint8_t control = 0;
  return ReadExactly(Bytes(&control, 1)) && Control(control);
}

bool VpcdLink::Control(uint8_t control) {
  switch (control) {
    case kPowerOn:
    case kReset:
      door_.Reset();
      return true;
    case kAtr:
      return Send(door_.Atr());
    default:  // 00, power off: power on resets. Others are nobody's.
      return true;
  }
}

// The command goes to the door as it comes in: it may be longer than the card's RAM.
bool VpcdLink::Command(size_t size) {
  std::array<uint8_t, 256> part;
  while (size > 0) {
    const size_t got = Read(Bytes(part).first(std::min(size, part.size())));
    if (got == 0) {
      return false;
    }
    door_.Feed(Bytes(part).first(got));
    size -= got;
  }
  return Send(door_.Finish());
}

// One write: length and data in two cost 40 ms each on TCP (delayed acknowledgement).
bool VpcdLink::Send(ConstBytes message) {
  static constexpr uint8_t kTooLong[] = {0x6F, 0x00};
  CHECK(room_.size() >= kLengthBytes + sizeof(kTooLong));
  if (message.size() > room_.size() - kLengthBytes || message.size() > 0xFFFF) {
    message = kTooLong;
  }
  Copy(room_.subspan(kLengthBytes), message);
  Put16(room_, 0, static_cast<uint16_t>(message.size()));
  return serial_.Write(room_.first(kLengthBytes + message.size()));
}

size_t VpcdLink::Read(Bytes out) {
  if (in_at_ == in_size_) {
    in_at_ = 0;
    in_size_ = serial_.Read(in_);
  }
  const size_t got = std::min(out.size(), in_size_ - in_at_);
  Copy(out, ConstBytes(in_).subspan(in_at_, got));
  in_at_ += got;
  return got;
}

bool VpcdLink::ReadExactly(Bytes out) {
  while (!out.empty()) {
    const size_t got = Read(out);
    if (got == 0) {
      return false;
    }
    out = out.subspan(got);
  }
  return true;
}

}  // namespace simurgh::apdu
