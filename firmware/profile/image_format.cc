#include "firmware/profile/image_format.h"

#include <algorithm>

#include "base/tlv.h"
#include "crypto/ec.h"
#include "crypto/secret.h"

namespace simurgh::profile {

namespace {

// Offsets in the header: docs/formats/image.md.
constexpr size_t kAtVersion = 4;
constexpr size_t kAtKind = 5;
constexpr size_t kAtTarget = 6;
constexpr size_t kAtSigner = 7;
constexpr size_t kAtTargetId = 8;
constexpr size_t kAtImageId = 24;
constexpr size_t kAtPayloadBytes = 32;
constexpr size_t kAtMetadataBytes = 36;
constexpr size_t kAtAgreement = 40;
constexpr size_t kAtReserved = 105;
constexpr size_t kAtDigest = 108;
constexpr size_t kAtSignature = 140;
static_assert(kAtTargetId + kEidBytes == kAtImageId && kAtImageId + 8 == kAtPayloadBytes);
static_assert(kAtAgreement + 65 == kAtReserved && kAtReserved + 3 == kAtDigest);
static_assert(kAtDigest + 32 == kAtSignature && kAtSignature == kImageSignedBytes);
static_assert(kAtSignature + 64 == kImageHeaderBytes);

constexpr uint8_t kMagic[] = {'S', 'I', 'M', 'G'};
constexpr uint8_t kDomain[] = {'S', 'I', 'M', 'U', 'R', 'G', 'H', '-',
                               'I', 'M', 'A', 'G', 'E', '-', '1'};
constexpr uint32_t kMaxMetadata = 1024;
constexpr uint32_t kMaxPayload = 1u << 24;  // bounds sums of offsets; the area is far smaller

constexpr tlv::Tag kTagIccid = 0x5A;
constexpr tlv::Tag kTagProvider = 0x91;
constexpr tlv::Tag kTagName = 0x92;
constexpr tlv::Tag kTagClass = 0x95;
constexpr tlv::Tag kTagMno = 0xC0;
constexpr tlv::Tag kTagEse = 0xC1;
constexpr tlv::Tag kTagTerminal = 0xC2;
constexpr tlv::Tag kTagEquation = 0xC3;
constexpr tlv::Tag kTagCovers = 0xC4;
constexpr tlv::Tag kTagAlgorithm = 0xC5;
constexpr tlv::Tag kTagSigner = 0xC6;
constexpr tlv::Tag kTagSignature = 0xC7;

bool Between(uint8_t value, uint8_t low, uint8_t high) { return value >= low && value <= high; }

/// One byte within low..high.
Result<uint8_t> Choice(ConstBytes value, uint8_t low, uint8_t high) {
  if (value.size() != 1 || !Between(value[0], low, high)) {
    return Error::kFormat;
  }
  return value[0];
}

/// Tags whose presence the metadata needs.
struct Seen {
  bool iccid = false, profile_class = false, mno = false, algorithm = false, signer = false;
};

Error ReadObject(const tlv::Object& o, Record& record, Signature& signature, Seen& seen) {
  switch (o.tag) {
    case kTagIccid:
      Copy(record.iccid, TRY(tlv::Exactly(o.value, kIccidBytes)));
      seen.iccid = true;
      return Error::kOk;
    case kTagProvider:
      return record.provider.Assign(o.value);
    case kTagName:
      return record.name.Assign(o.value);
    case kTagClass:
      record.profile_class = static_cast<Class>(TRY(Choice(o.value, 0, 2)));
      seen.profile_class = true;
      return Error::kOk;
    case kTagMno:
      Copy(record.mno, TRY(tlv::Exactly(o.value, kMnoIdBytes)));
      seen.mno = true;
      return Error::kOk;
    case kTagEse:
      Copy(record.ese, TRY(tlv::Exactly(o.value, kEidBytes)));
      record.bound_to_ese = true;
      return Error::kOk;
    case kTagTerminal:
      Copy(record.terminal, TRY(tlv::Exactly(o.value, kTerminalIdBytes)));
      record.bound_to_terminal = true;
      return Error::kOk;
    case kTagEquation:
      record.equation = static_cast<Equation>(TRY(Choice(o.value, 1, 3)));
      return Error::kOk;
    case kTagCovers:
      record.covers = TRY(Choice(o.value, 0, kCoversK | kCoversProviderKey));
      return Error::kOk;
    case kTagAlgorithm:
      record.algorithm = static_cast<Algorithm>(TRY(Choice(o.value, 1, 4)));
      seen.algorithm = true;
      return Error::kOk;
    case kTagSigner:
      Copy(record.signer, TRY(tlv::Exactly(o.value, kSignerIdBytes)));
      seen.signer = true;
      return Error::kOk;
    case kTagSignature:
      if (o.value.size() != 64 && o.value.size() != kMaxSignature) {
        return Error::kFormat;
      }
      signature.size = static_cast<uint16_t>(o.value.size());
      Copy(signature.bytes, o.value);
      return Error::kOk;
    default:
      return Error::kOk;  // unknown objects are skipped: later versions may add some
  }
}

}  // namespace

void EncodeImageResult(const ImageResult& result, Bytes out16) {
  out16[0] = static_cast<uint8_t>(result.reason);
  out16[1] = static_cast<uint8_t>(result.binding);
  out16[2] = result.pe_status;
  Put16(out16, 3, result.pe_id);
  Put64(out16, 5, result.image_id);
  out16[13] = static_cast<uint8_t>(result.element);
  out16[14] = static_cast<uint8_t>(result.pe_reason);
  out16[15] = result.pe_detail;
}

ImageResult DecodeImageResult(ConstBytes in16) {
  ImageResult result;
  result.present = true;
  result.reason = static_cast<ImageReason>(in16[0]);
  result.binding = static_cast<Reason>(in16[1]);
  result.pe_status = in16[2];
  result.pe_id = Get16(in16, 3);
  result.image_id = Get64(in16, 5);
  result.element = static_cast<rsp::Pe>(in16[13]);
  result.pe_reason = static_cast<saip::Reason>(in16[14]);
  result.pe_detail = in16[15];
  return result;
}

Error ParseImageHeader(ConstBytes header, ImageHeader& out) {
  if (header.size() != kImageHeaderBytes || !Equal(header.first(sizeof(kMagic)), kMagic)) {
    return Error::kFormat;
  }
  if (header[kAtVersion] != kImageVersion) {
    return Error::kUnsupported;
  }
  if (!Between(header[kAtKind], 1, 3) || !Between(header[kAtTarget], 1, 2) ||
      !Between(header[kAtSigner], 1, 2) || header[kAtReserved] != 0 ||
      header[kAtReserved + 1] != 0 || header[kAtReserved + 2] != 0) {
    return Error::kFormat;
  }
  out.kind = static_cast<ImageKind>(header[kAtKind]);
  out.target = static_cast<ImageTarget>(header[kAtTarget]);
  out.signer = static_cast<ImageSigner>(header[kAtSigner]);
  Copy(out.target_id, header.subspan(kAtTargetId, kEidBytes));
  out.image_id = Get64(header, kAtImageId);
  out.payload_bytes = Get32(header, kAtPayloadBytes);
  out.metadata_bytes = Get32(header, kAtMetadataBytes);
  Copy(out.agreement, header.subspan(kAtAgreement, out.agreement.size()));
  Copy(out.digest, header.subspan(kAtDigest, out.digest.size()));
  Copy(out.signature, header.subspan(kAtSignature, out.signature.size()));
  if (out.metadata_bytes == 0 || out.metadata_bytes > kMaxMetadata ||
      out.payload_bytes <= out.metadata_bytes || out.payload_bytes > kMaxPayload) {
    return Error::kFormat;
  }
  return Error::kOk;
}

crypto::Sha256Digest ImageDigest(ConstBytes header) {
  crypto::Sha256 hash;
  hash.Update(kDomain);
  hash.Update(header.first(kImageSignedBytes));
  return hash.Finish();
}

ImageKeys::~ImageKeys() {
  crypto::Wipe(key);
  crypto::Wipe(counter);
}

void DeriveImageKeys(ConstBytes shared, ConstBytes header, ImageKeys& out) {
  std::array<uint8_t, sizeof(kDomain) + kAtDigest> info{};
  Copy(info, kDomain);
  Copy(Bytes(info).subspan(sizeof(kDomain)), header.first(kAtDigest));
  crypto::Secret<32> keys;
  keys.Resize(32);
  crypto::X963Kdf(shared, info, keys.view());
  Copy(out.key, keys.view().first(16));
  Copy(out.counter, keys.view().subspan(16));
}

Error ParseImageMetadata(ConstBytes metadata, Record& record, Signature& signature) {
  Seen seen;
  for (tlv::Reader r(metadata); !r.done();) {
    const tlv::Object o = TRY(r.Next());
    TRY(ReadObject(o, record, signature, seen));
  }
  if (!seen.iccid || !seen.profile_class || !seen.mno) {
    return Error::kFormat;
  }
  const bool is_signed = signature.size != 0;
  if (is_signed && (!seen.algorithm || !seen.signer || record.signer_is_card())) {
    return Error::kFormat;  // a sender cannot sign as the card
  }
  return Error::kOk;
}

}  // namespace simurgh::profile
