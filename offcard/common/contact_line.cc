#include "offcard/common/contact_line.h"

#include <vector>

#include "apdu/contact_link.h"

namespace simurgh::offcard {

namespace wire = apdu::wire;

void PipeLine::Write(ConstBytes bytes) {
  bytes_out_ += bytes.size();
  if (!serial_.Write(bytes)) { throw LineError("the card is gone"); }
}

void PipeLine::Rst() {
  at_ = size_ = 0;
  const uint8_t reset[] = {wire::kEscape, wire::kReset};
  Write(reset);
}

void PipeLine::Send(ConstBytes characters) {
  std::vector<uint8_t> out;
  for (const uint8_t c : characters) {
    if (c == wire::kEscape) { out.push_back(c); }
    out.push_back(c);
  }
  Write(out);
}

std::optional<uint8_t> PipeLine::Next() {
  if (at_ == size_) {
    at_ = 0;
    size_ = serial_.Read(in_);
    bytes_in_ += size_;
    if (size_ == 0) { return std::nullopt; }
  }
  return in_[at_++];
}

std::optional<ContactLine::Character> PipeLine::Receive() {
  std::optional<uint8_t> c = Next();
  if (c && *c == wire::kEscape) { c = Next(); }
  if (!c) {
    const uint8_t silence[] = {wire::kEscape, wire::kSilence};
    Write(silence);
    return std::nullopt;
  }
  return Character{*c, true};
}

}  // namespace simurgh::offcard
