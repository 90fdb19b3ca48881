#include "apdu/contact_link.h"

namespace simurgh::apdu {

bool ContactLink::RunOne() {
  for (;;) {
    switch (contact_.want()) {
      case Want::kSend:
        if (!Send(contact_.output())) {
          return false;
        }
        contact_.OnSent();
        if (contact_.want() == Want::kCharacter) {
          return true;
        }
        continue;
      case Want::kWork:
        contact_.Work();
        continue;
      case Want::kGap:
        if (in_at_ == in_size_) {  // a reader writes a block at once: nothing more belongs to it
          contact_.OnSilence();
          continue;
        }
        break;
      case Want::kCharacter:
        break;
    }
    if (in_at_ == in_size_) {
      in_at_ = 0;
      in_size_ = serial_.Read(in_);
      if (in_size_ == 0) {
        return false;
      }
    }
    Take(in_[in_at_++]);
  }
}

void ContactLink::Take(uint8_t byte) {
  if (!escaped_) {
    escaped_ = byte == wire::kEscape;
    if (!escaped_) {
      (void)contact_.OnCharacter(byte);
    }
    return;
  }
  escaped_ = false;
  switch (byte) {
    case wire::kEscape:
      (void)contact_.OnCharacter(byte);
      return;
    case wire::kReset:
      return contact_.Reset();
    case wire::kSilence:
      return contact_.OnSilence();
    default:  // nobody's
      return;
  }
}

// In pieces, so that escapes need no buffer as long as a block.
bool ContactLink::Send(ConstBytes characters) {
  std::array<uint8_t, 64> out;
  size_t size = 0;
  for (const uint8_t c : characters) {
    if (c == wire::kEscape) {
      out[size++] = wire::kEscape;
    }
    out[size++] = c;
    if (size + 2 > out.size()) {
      if (!serial_.Write(ConstBytes(out).first(size))) {
        return false;
      }
      size = 0;
    }
  }
  return size == 0 || serial_.Write(ConstBytes(out).first(size));
}

}  // namespace simurgh::apdu
