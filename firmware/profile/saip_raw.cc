// Elements that are kept as data: securityDomain (keys excepted), rfm, cdmaParameter.
#include "crypto/secret.h"
#include "firmware/profile/saip_grammar.h"

namespace simurgh::saip {

using rsp::Pe;
using rsp::Status;

// Members kept as they came: tag, length and value, in pieces of the size of `buffer_`.
Error Saip::BeginRaw() {
  sub_ = Sub::kRaw;
  TRY(StreamRaw(ConstBytes(head_).first(head_size_)));
  take_ = Take::kStream;
  return Error::kOk;
}

Error Saip::StreamRaw(ConstBytes piece) {
  while (!piece.empty()) {
    if (buffer_size_ == buffer_.size()) {
      TRY(FlushRaw());
    }
    const size_t n = std::min(piece.size(), buffer_.size() - buffer_size_);
    Copy(Bytes(buffer_).subspan(buffer_size_), piece.first(n));
    buffer_size_ = static_cast<uint16_t>(buffer_size_ + n);
    piece = piece.subspan(n);
  }
  return Error::kOk;
}

Error Saip::FlushRaw() {
  if (buffer_size_ == 0) {
    return Error::kOk;
  }
  const bool domain = pe_ == Pe::kSecurityDomain;
  const Data what = domain ? Data::kSecurityDomain : pe_ == Pe::kRfm ? Data::kRfm : Data::kCdma;
  const uint8_t slot = domain ? domains_ : pe_ == Pe::kRfm ? rfms_ : cdmas_;
  if (raw_piece_ == 0xFF || slot == 0xFF) {
    return Fail(Status::kNotEnoughMemory, Reason::kMemory);
  }
  const Error error =
      sink_.PutData(what, slot, raw_piece_++, ConstBytes(buffer_).first(buffer_size_));
  crypto::Wipe(buffer_);
  buffer_size_ = 0;
  return error == Error::kOk ? Error::kOk : FailFrom(error);
}

}  // namespace simurgh::saip
