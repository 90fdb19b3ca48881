#include "firmware/profile/saip_interpreter.h"

#include "crypto/secret.h"
#include "firmware/profile/saip_grammar.h"

namespace simurgh::saip {
namespace {

using rsp::Pe;
using rsp::Status;

/// Number of a context tag of one or two bytes; -1 for any other tag.
int ContextNumber(tlv::Tag tag) {
  if (tag <= 0xFF) {
    return (tag & 0xC0) == 0x80 && (tag & 0x1F) != 0x1F ? static_cast<int>(tag & 0x1F) : -1;
  }
  const bool two_bytes = tag <= 0xFFFF && (tag >> 8 & 0xDF) == 0x9F && (tag & 0x80) == 0;
  return two_bytes ? static_cast<int>(tag & 0x7F) : -1;
}

struct Element {
  Node node = Node::kOther;
  rsp::Services needs = 0;
  Pe application = Pe::kHeader;  ///< element that must have made the current application
};

Element Describe(Pe pe) {
  constexpr rsp::Services kUsim = rsp::Bit(rsp::Service::kUsim);
  constexpr rsp::Services kIsim = rsp::Bit(rsp::Service::kIsim);
  constexpr rsp::Services kCsim = rsp::Bit(rsp::Service::kCsim);
  switch (pe) {
    case Pe::kHeader:
      return {Node::kHeader};
    case Pe::kGenericFileManagement:
      return {Node::kGfm};
    case Pe::kPinCodes:
      return {Node::kPins};
    case Pe::kPukCodes:
      return {Node::kPuks};
    case Pe::kAkaParameter:
      return {Node::kAka};
    case Pe::kCdmaParameter:
      return {Node::kCdma, kCsim};
    case Pe::kSecurityDomain:
      return {Node::kDomain};
    case Pe::kRfm:
      return {Node::kRfm};
    case Pe::kEnd:
      return {Node::kEnd};
    case Pe::kMf:
    case Pe::kCd:
    case Pe::kTelecom:
      return {Node::kFiles};
    case Pe::kUsim:
      return {Node::kFiles, kUsim};
    case Pe::kIsim:
      return {Node::kFiles, kIsim};
    case Pe::kCsim:
      return {Node::kFiles, kCsim};
    case Pe::kOptUsim:
    case Pe::kPhonebook:
    case Pe::kGsmAccess:
    case Pe::kDf5gs:
    case Pe::kDfSaip:
    case Pe::kDfSnpn:
    case Pe::kDf5gProse:
      return {Node::kFiles, kUsim, Pe::kUsim};
    case Pe::kOptIsim:
      return {Node::kFiles, kIsim, Pe::kIsim};
    case Pe::kOptCsim:
      return {Node::kFiles, kCsim, Pe::kCsim};
    case Pe::kEap:
      return {Node::kFiles};
    default:
      return {};
  }
}

bool IsElement(Node node) { return node > Node::kHeader && node <= Node::kOther; }

}  // namespace

Error Saip::Feed(ConstBytes bytes) {
  while (error_ == Error::kOk && !bytes.empty()) {
    error_ = Step(bytes);
    if (error_ == Error::kOk) {
      error_ = CloseFinished();
    }
  }
  if (error_ != Error::kOk) {
    Wipe();
  }
  return error_;
}

Error Saip::Finish() {
  if (error_ == Error::kOk && !done()) {
    error_ = Fail(Status::kInvalidRequestFormat, Reason::kTruncated);
    Wipe();
  }
  if (error_ == Error::kOk && statuses_.empty()) {
    Note(Status::kOk, Reason::kNone, 0);
  }
  return error_;
}

PeStatus Saip::failure() const {
  return error_ == Error::kOk || statuses_.empty() ? PeStatus{} : statuses_[statuses_.size() - 1];
}

Error Saip::Step(ConstBytes& bytes) {
  if (take_ == Take::kHead) {
    if (ended_ && depth_ == 0) {
      element_start_ = position_;
      return Fail(Status::kInvalidRequestFormat, Reason::kTrailingData);
    }
    head_[head_size_++] = bytes[0];
    bytes = bytes.subspan(1);
    ++position_;
    return OnHead();
  }
  const ConstBytes piece = bytes.first(std::min<size_t>(left_, bytes.size()));
  bytes = bytes.subspan(piece.size());
  position_ += piece.size();
  left_ -= piece.size();
  if (take_ == Take::kValue) {
    const Bytes whole = rule_->max > kMaxValue ? Bytes(pattern_) : Bytes(value_);
    Copy(whole.subspan(value_size_), piece);
    value_size_ = static_cast<uint8_t>(value_size_ + piece.size());
    return left_ > 0 ? Error::kOk : OnValue();
  }
  if (take_ == Take::kStream) {
    TRY(OnStream(piece));
  }
  if (left_ == 0) {
    take_ = Take::kHead;
  }
  return Error::kOk;
}

Error Saip::OnHead() {
  const Result<tlv::Header> head = tlv::ReadHeader(ConstBytes(head_).first(head_size_));
  const uint32_t limit = depth_ > 0 ? frames_[depth_ - 1].end : 0x7FFFFFFF;
  if (head.error() == Error::kRange && head_size_ < head_.size() && position_ < limit) {
    return Error::kOk;  // more bytes are needed to tell
  }
  if (!head.ok() || head.value().length > limit - position_) {
    return Fail(Status::kInvalidRequestFormat, Reason::kEncoding);
  }
  const Error error = Begin(head.value());
  head_size_ = 0;
  return error;
}

Error Saip::Begin(const tlv::Header& head) {
  left_ = head.length;
  value_size_ = 0;
  rule_ = nullptr;
  if (depth_ == 0) {
    return BeginElement(head);
  }
  take_ = Take::kSkip;
  TRY(BeginMember(head));
  if (left_ > 0 || take_ == Take::kHead) {
    return Error::kOk;
  }
  if (take_ == Take::kValue) {
    return OnValue();
  }
  take_ = Take::kHead;
  return Error::kOk;
}

Error Saip::BeginElement(const tlv::Header& head) {
  element_start_ = position_ - head_size_;
  identification_ = 0;
  pe_header_read_ = pe_mandated_ = has_identification_ = false;
  const int number = ContextNumber(head.tag);
  if (number < 0 || !head.constructed) {
    return Fail(Status::kInvalidRequestFormat, Reason::kEncoding);
  }
  pe_ = static_cast<Pe>(number);
  if (has_header_ == (pe_ == Pe::kHeader)) {
    return Bad(Reason::kOrder);
  }
  const Element element = Describe(pe_);
  supported_ = element.node != Node::kOther && (element.needs & ~services_) == 0;
  const bool needs_mf = supported_ && pe_ != Pe::kHeader && pe_ != Pe::kMf && pe_ != Pe::kPukCodes;
  if ((needs_mf && !has_mf_) || (pe_ == Pe::kMf && has_mf_)) {
    return Bad(Reason::kOrder);
  }
  if (supported_ && element.application != Pe::kHeader && element.application != adf_pe_) {
    return Bad(Reason::kOrder);
  }
  const bool needs_application =
      pe_ == Pe::kAkaParameter || pe_ == Pe::kCdmaParameter || pe_ == Pe::kEap;
  if (needs_application && supported_ && !adf_.exists()) {
    return Bad(Reason::kOrder);
  }
  template_ = nullptr;
  next_row_ = 0;
  pins_ = 0;
  aka_ = AkaState{};
  dir_ = fs::File{};
  dir_row_ = 0;
  ef_ = fs::File{};
  file_ = FileState{};
  buffer_size_ = 0;
  raw_piece_ = 0;
  return Push(supported_ ? element.node : Node::kOther, head.length);
}

Error Saip::BeginMember(const tlv::Header& head) {
  const Node in = node();
  if (in == Node::kServices) {
    return BeginService(head);
  }
  if (IsElement(in) && !pe_header_read_) {
    if (head.tag != 0xA0) {
      return Bad(Reason::kMissing, 0);
    }
    return Push(Node::kPeHeader, head.length);
  }
  const bool files = in == Node::kFiles;
  if (files && template_ == nullptr) {
    static constexpr Rule kTemplate = {Node::kFiles, 0x81,   Action::kValue, Node::kFiles, 1,
                                       16,           nullptr};
    if (head.tag != kTemplate.tag || left_ < kTemplate.min || left_ > kTemplate.max) {
      return Bad(Reason::kMissing, 1);
    }
    rule_ = &kTemplate;
    take_ = Take::kValue;
    return Error::kOk;
  }
  if (files) {
    const int row = ContextNumber(head.tag) - 2;
    if (row < 0 || !head.constructed) {
      return Bad(Reason::kEncoding);
    }
    if (static_cast<size_t>(row) >= template_->rows.size()) {
      return Error::kOk;  // a member of a later version of the template
    }
    TRY(BeginFile(static_cast<uint8_t>(row)));
    return Push(Node::kFile, head.length);
  }
  if (in == Node::kCdma || in == Node::kRfm || (in == Node::kDomain && head.tag != 0xA2)) {
    return BeginRaw();
  }
  rule_ = Rules::Find(in, head.tag);
  if (rule_ == nullptr) {
    return Error::kOk;  // skipped
  }
  switch (rule_->action) {
    case Action::kEnter:
      return Push(rule_->to, head.length);
    case Action::kRefuse:
      return (this->*rule_->handler)({});
    case Action::kContent:
      sub_ = Sub::kContent;
      take_ = Take::kStream;
      return BeginContent();
    case Action::kValue:
      break;
  }
  if (left_ < rule_->min || left_ > rule_->max) {
    return Bad(Reason::kEncoding);
  }
  take_ = Take::kValue;
  return Error::kOk;
}

Error Saip::Push(Node node, uint32_t length) {
  if (depth_ == kMaxDepth) {
    return Bad(Reason::kEncoding);
  }
  frames_[depth_++] = {position_ + length, node};
  take_ = Take::kHead;
  switch (node) {
    case Node::kFcp:
      return BeginFcp();
    case Node::kPin:
      pin_ = PinState{};
      break;
    case Node::kPuk:
      pin_ = PinState{};
      pin_.tries = 0xAA;
      break;
    case Node::kKey:
      key_ = KeyState{};
      break;
    case Node::kAlgorithm:
      if (aka_.configured) {
        return Bad(Reason::kEncoding);
      }
      aka_.configured = true;
      break;
    default:
      break;
  }
  return Error::kOk;
}

Error Saip::OnValue() {
  take_ = Take::kHead;
  const bool long_value = rule_->max > kMaxValue;
  const ConstBytes value = (long_value ? Bytes(pattern_) : Bytes(value_)).first(value_size_);
  const Error error =
      rule_->handler == nullptr ? OnTemplate(value) : (this->*rule_->handler)(value);
  crypto::Wipe(value_);
  return error;
}

Error Saip::OnStream(ConstBytes piece) {
  return sub_ == Sub::kContent ? Content(piece) : StreamRaw(piece);
}

Error Saip::CloseFinished() {
  while (depth_ > 0 && take_ == Take::kHead && head_size_ == 0 &&
         position_ == frames_[depth_ - 1].end) {
    TRY(Close(frames_[--depth_].node));
  }
  return Error::kOk;
}

Error Saip::Close(Node node) {
  if (depth_ == 0) {
    return CloseElement();
  }
  switch (node) {
    case Node::kPeHeader:
      return OnHeaderRead();
    case Node::kServices:
      has_services_ = true;
      return Error::kOk;
    case Node::kFile:
    case Node::kGfmCommands:
      return EndFile();
    case Node::kFcp:
      return Create();
    case Node::kPin:
      return EndPin();
    case Node::kPuk:
      return EndPuk();
    case Node::kComponent:
      return EndKeyComponent();
    default:
      return Error::kOk;
  }
}

Error Saip::OnHeaderRead() {
  if (!has_identification_) {
    return Bad(Reason::kMissing, 1);
  }
  pe_header_read_ = true;
  if (supported_) {
    return Error::kOk;
  }
  if (pe_mandated_) {
    return Fail(Status::kPeNotSupported, Reason::kElement);
  }
  if (statuses_.size() + 1 < kMaxStatuses) {  // the last place is for a failure
    Note(Status::kPeNotSupported, Reason::kElement, 0);
  }
  return Error::kOk;
}

Error Saip::CloseElement() {
  ++elements_;
  if (pe_ == Pe::kHeader) {
    if (!has_version_ || !has_iccid_ || !has_services_) {
      return Bad(Reason::kMissing);
    }
    has_header_ = true;
    return Error::kOk;
  }
  if (!pe_header_read_) {
    return Bad(Reason::kMissing, 0);
  }
  if (!supported_) {
    return Error::kOk;
  }
  switch (Describe(pe_).node) {
    case Node::kFiles:
      return template_ == nullptr ? Bad(Reason::kMissing, 1)
                                  : CreateDefaults(static_cast<uint8_t>(template_->rows.size()));
    case Node::kPins:
    case Node::kPuks:
      return pins_ == 0 ? Bad(Reason::kMissing, 1) : Error::kOk;
    case Node::kAka:
      return EndAka();
    case Node::kCdma:
      TRY(FlushRaw());
      ++cdmas_;
      return Error::kOk;
    case Node::kDomain:
      TRY(FlushRaw());
      ++domains_;
      return Error::kOk;
    case Node::kRfm:
      TRY(FlushRaw());
      ++rfms_;
      return Error::kOk;
    case Node::kEnd:
      ended_ = true;
      return Error::kOk;
    default:
      return Error::kOk;
  }
}

void Saip::Note(Status status, Reason reason, uint8_t detail) {
  const uint32_t offset = position_ > element_start_ ? position_ - element_start_ : 0;
  const PeStatus entry{status, identification_, offset, pe_, reason, detail};
  if (statuses_.full()) {
    statuses_.RemoveAt(0);
  }
  const bool added = statuses_.Add(entry);
  CHECK(added);
}

Error Saip::Fail(Status status, Reason reason, uint8_t detail) {
  Note(status, reason, detail);
  switch (status) {
    case Status::kNotEnoughMemory:
      return Error::kFull;
    case Status::kMemoryFailure:
      return Error::kHardware;
    case Status::kBadValues:
    case Status::kInvalidRequestFormat:
    case Status::kInvalidParameter:
      return Error::kFormat;
    default:
      return Error::kUnsupported;
  }
}

Error Saip::FailFrom(Error error, Reason not_found) {
  switch (error) {
    case Error::kFull:
      return Fail(Status::kNotEnoughMemory, Reason::kMemory);
    case Error::kExists:
      return Bad(Reason::kDuplicateFile);
    case Error::kNotFound:
      return Bad(not_found);
    case Error::kUnsupported:
      return Fail(Status::kFeatureNotSupported, Reason::kFileType);
    case Error::kFormat:
    case Error::kRange:
      return Bad(Reason::kFileParameters);
    default:
      return Fail(Status::kMemoryFailure, Reason::kStorage);
  }
}

void Saip::Wipe() {
  crypto::Wipe(value_);
  crypto::Wipe(buffer_);
  crypto::Wipe(pattern_);
  crypto::Wipe(pin_.value);
}

}  // namespace simurgh::saip
