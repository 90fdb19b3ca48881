// ProfileHeader, PEHeader.
#include "firmware/profile/saip_grammar.h"

namespace simurgh::saip {

using rsp::Status;

Error Saip::OnMandated(ConstBytes) {
  pe_mandated_ = true;
  return Error::kOk;
}

Error Saip::OnIdentification(ConstBytes value) {
  const uint32_t id = tlv::ReadUint(value).ValueOr(0x10000);
  if (id > 0x7FFF) {
    return Bad(Reason::kEncoding);
  }
  identification_ = static_cast<uint16_t>(id);
  has_identification_ = true;
  return Error::kOk;
}

Error Saip::OnMajor(ConstBytes value) {
  const uint32_t major = tlv::ReadUint(value).ValueOr(0);
  if (major != 2 && major != 3) {
    return Fail(Status::kUnsupportedProfileVersion, Reason::kVersion,
                static_cast<uint8_t>(major & 0xFF));
  }
  has_version_ = true;
  return Error::kOk;
}

Error Saip::OnIccid(ConstBytes value) {
  Copy(iccid_, value);
  has_iccid_ = true;
  return Error::kOk;
}

// Each member of ServicesList is a NULL: its presence demands the service.
Error Saip::BeginService(const tlv::Header& head) {
  const bool context = head.tag <= 0xFF ? (head.tag & 0xE0) == 0x80 : (head.tag >> 8) == 0x9F;
  const uint32_t number = head.tag <= 0xFF ? head.tag & 0x1F : head.tag & 0xFF;
  if (!context || head.length != 0) {
    return Bad(Reason::kEncoding);
  }
  const rsp::Services bit = number < rsp::kServiceCount ? rsp::Services{1} << number : 0;
  mandatory_ |= bit;
  if ((services_ & bit) == 0) {
    return Fail(Status::kFeatureNotSupported, Reason::kService, static_cast<uint8_t>(number));
  }
  return Error::kOk;
}

Error Saip::OnTemplateListed(ConstBytes value) {
  if (rsp::FindTemplate(value) == nullptr) {
    return Fail(Status::kTemplateNotSupported, Reason::kTemplate, value.back());
  }
  return Error::kOk;
}

Error Saip::OnLibrary(ConstBytes) { return Fail(Status::kLibNotSupported, Reason::kMandatoryAid); }

}  // namespace simurgh::saip
