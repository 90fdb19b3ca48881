// Contents of files: gathered into chunks of the store, gaps filled with the file's pattern.
#include "firmware/profile/saip_grammar.h"

namespace simurgh::saip {
namespace {

using rsp::Pe;
using rsp::Service;

constexpr uint16_t kEfUst = 0x6F38;
constexpr uint16_t kEfIst = 0x6F07;
constexpr uint8_t kImsiRow = 1;

/// Services of EF.UST (3GPP TS 31.102 4.2.8) and EF.IST (3GPP TS 31.103 4.2.7) that need the card's
/// help, not only its files.
struct TableService {
  Pe pe;
  uint8_t number;
  rsp::Services needs;  ///< 0: nothing in ServicesList stands for it, and this card lacks it
};
constexpr TableService kTableServices[] = {
    {Pe::kUsim, 64, 0},                            // VGCS security
    {Pe::kUsim, 65, 0},                            // VBS security
    {Pe::kUsim, 68, Bit(Service::kGbaUsim)},       // generic bootstrapping architecture
    {Pe::kUsim, 69, Bit(Service::kMbms)},          // MBMS security
    {Pe::kUsim, 76, 0},                            // GBA-based local key establishment
    {Pe::kUsim, 125, Bit(Service::kGetIdentity)},  // SUCI calculation by the USIM
    {Pe::kIsim, 2, Bit(Service::kGbaIsim)},        // GBA
    {Pe::kIsim, 3, 0},                             // HTTP digest
    {Pe::kIsim, 4, 0},                             // GBA-based local key establishment
};

}  // namespace

/// The pattern of the file under way as the file system takes it: defaults with a tail are written
/// out for one record or the whole file, which then is short (templates, annex A).
rsp::Pattern Saip::ExpandDefault() {
  if (file_.pattern_size > 0) {
    return {ConstBytes(pattern_).first(file_.pattern_size), 0, file_.repeat};
  }
  if (template_ == nullptr) {
    return {};
  }
  const rsp::Pattern pattern = rsp::PatternOf(template_->rows[file_.row].fill);
  if (pattern.tail == 0) {
    return pattern;
  }
  const uint32_t unit = file_.record_length > 0 ? file_.record_length : file_.size;
  const size_t n = std::min<size_t>(unit, pattern_.size());
  for (size_t i = 0; i < n; ++i) {
    pattern_[i] = pattern.At(static_cast<uint32_t>(i), unit);
  }
  file_.pattern_size = static_cast<uint8_t>(n);
  file_.repeat = false;
  return {ConstBytes(pattern_).first(n), 0, false};
}

uint8_t Saip::DefaultByte(uint32_t at) {
  const bool records = ef_.record_file();
  const uint32_t unit = records ? ef_.record_length : ef_.size;
  return ExpandDefault().At(records ? at % unit : at, unit);
}

Error Saip::OnOffset(ConstBytes value) {
  const Result<uint32_t> skip = tlv::ReadUint(value);
  if (!skip.ok() || skip.value() > 0xFFFF) {
    return Bad(Reason::kEncoding);
  }
  TRY(BeginContent());
  if (file_.skipped) {
    return Error::kOk;
  }
  if (ef_.type == fs::Type::kBerTlv) {
    return Bad(Reason::kFileParameters, file_.row);
  }
  if (skip.value() > ef_.size - file_position_) {
    return Bad(Reason::kContentTooLong, file_.row);
  }
  file_position_ += skip.value();
  return Error::kOk;
}

Error Saip::BeginContent() {
  if (file_.skipped) {
    return Error::kOk;
  }
  if (template_ != nullptr && !file_.created) {
    TRY(Create());
  }
  const bool link = (ef_.flags & fs::flag::kLink) != 0;
  if (!file_.created || !ef_.exists() || link) {
    return Bad(Reason::kFileParameters, file_.row);
  }
  if (ef_.type == fs::Type::kBerTlv) {
    return Error::kOk;
  }
  // Before the first byte is written, so that the pieces it arrives in make no difference.
  return left_ > ef_.size - file_position_ ? Bad(Reason::kContentTooLong, file_.row) : Error::kOk;
}

Error Saip::Content(ConstBytes piece) {
  if (file_.skipped) {
    return Error::kOk;
  }
  if (ef_.type == fs::Type::kBerTlv) {
    return ObjectContent(piece);
  }
  constexpr uint32_t kChunk = config::kFileChunk;
  while (!piece.empty()) {
    if (buffer_size_ > 0 && buffer_at_ / kChunk != file_position_ / kChunk) {
      TRY(FlushContent());
    }
    if (buffer_size_ == 0) {
      buffer_at_ = file_position_;
    }
    while (buffer_at_ + buffer_size_ < file_position_) {
      buffer_[buffer_size_] = DefaultByte(buffer_at_ + buffer_size_);
      ++buffer_size_;
    }
    const size_t n = std::min<size_t>(piece.size(), kChunk - file_position_ % kChunk);
    Copy(Bytes(buffer_).subspan(buffer_size_), piece.first(n));
    buffer_size_ = static_cast<uint16_t>(buffer_size_ + n);
    file_position_ += static_cast<uint32_t>(n);
    piece = piece.subspan(n);
  }
  return Error::kOk;
}

/// The content of a BER-TLV file: objects one after the other, in pieces of any size.
Error Saip::ObjectContent(ConstBytes piece) {
  while (!piece.empty()) {
    if (object_tag_ == 0) {
      TRY(BeginObject(piece[0]));
      piece = piece.subspan(1);
      continue;
    }
    const size_t left = object_length_ - file_position_ - buffer_size_;
    const size_t n = std::min({piece.size(), left, buffer_.size() - buffer_size_});
    Copy(Bytes(buffer_).subspan(buffer_size_), piece.first(n));
    buffer_size_ = static_cast<uint16_t>(buffer_size_ + n);
    piece = piece.subspan(n);
    if (buffer_size_ == buffer_.size() || n == left) {
      TRY(PutObject());
    }
  }
  return Error::kOk;
}

/// One more byte of an object's tag and length.
Error Saip::BeginObject(uint8_t byte) {
  buffer_[buffer_size_++] = byte;
  const Result<tlv::Header> head = tlv::ReadHeader(ConstBytes(buffer_).first(buffer_size_));
  if (!head.ok() && head.error() == Error::kRange) {
    return Error::kOk;
  }
  if (!head.ok() || head.value().tag == 0 || head.value().tag > 0xFFFFFF ||
      head.value().length > fs::kMaxFileSize) {
    return Bad(Reason::kEncoding, file_.row);
  }
  object_tag_ = head.value().tag;
  object_length_ = static_cast<uint16_t>(head.value().length);
  file_position_ = 0;
  buffer_size_ = 0;
  return object_length_ == 0 ? PutObject() : Error::kOk;
}

Error Saip::PutObject() {
  const ConstBytes value = ConstBytes(buffer_).first(buffer_size_);
  const Error error = sink_.PutObject(ef_, object_tag_, object_length_, file_position_, value);
  if (error != Error::kOk) {
    return FailFrom(error);
  }
  file_position_ += buffer_size_;
  buffer_size_ = 0;
  object_tag_ = file_position_ == object_length_ ? 0 : object_tag_;
  return Error::kOk;
}

Error Saip::FlushContent() {
  if (ef_.type == fs::Type::kBerTlv && (object_tag_ != 0 || buffer_size_ != 0)) {
    return Bad(Reason::kEncoding, file_.row);  // the last object is not whole
  }
  if (buffer_size_ == 0) {
    return Error::kOk;
  }
  const Bytes content = Bytes(buffer_).first(buffer_size_);
  MaskServices(content, buffer_at_);
  if (pe_ == Pe::kUsim && file_.row == kImsiRow && !has_imsi_ && buffer_at_ == 0 &&
      content.size() >= imsi_.size()) {
    Copy(imsi_, content.first(imsi_.size()));
    has_imsi_ = true;
  }
  buffer_size_ = 0;
  const Error error = sink_.Write(ef_, buffer_at_, content);
  return error == Error::kOk ? Error::kOk : FailFrom(error);
}

// "In the case where a service is not supported (and not indicated as required) the related bit(s)
// will be set to zero" (module PEDefinitions, ef-ust and ef-ist). Required ones were checked
// before.
void Saip::MaskServices(Bytes content, uint32_t at) {
  const bool table =
      (pe_ == Pe::kUsim && ef_.fid == kEfUst) || (pe_ == Pe::kIsim && ef_.fid == kEfIst);
  if (!table) {
    return;
  }
  for (const TableService& s : kTableServices) {
    const bool supported = s.needs != 0 && (s.needs & ~services_) == 0;
    const uint32_t byte = (s.number - 1u) / 8;
    if (s.pe == pe_ && !supported && byte >= at && byte - at < content.size()) {
      content[byte - at] &= static_cast<uint8_t>(~(1u << ((s.number - 1u) % 8)));
    }
  }
}

}  // namespace simurgh::saip
