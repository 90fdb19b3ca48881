#include "offcard/issuer/image.h"

#include <fmt/format.h>

#include <cstring>

#include "base/tlv.h"
#include "base/writer.h"
#include "crypto/aes.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

constexpr char kDomain[] = "SIMURGH-IMAGE-1";
constexpr size_t kDomainBytes = sizeof(kDomain) - 1;
constexpr size_t kKeyInfoBytes = 108;  // header bytes that take part in the key
constexpr size_t kSignedBytes = 140;

// Offsets in the header: docs/formats/image.md.
constexpr size_t kAtTarget = 8;
constexpr size_t kAtId = 24;
constexpr size_t kAtPayload = 32;
constexpr size_t kAtMetadata = 36;
constexpr size_t kAtKey = 40;
constexpr size_t kAtDigest = 108;
constexpr size_t kAtSignature = 140;

ConstBytes Text(std::string_view s) {
  return ConstBytes(reinterpret_cast<const uint8_t*>(s.data()), s.size());
}

crypto::Sha256Digest SignedDigest(ConstBytes header) {
  crypto::Sha256 hash;
  hash.Update(Text(kDomain));
  hash.Update(header.first(kSignedBytes));
  return hash.Finish();
}

/// Encrypts in place under the key that the card will derive.
void Encrypt(ConstBytes shared, ConstBytes header, Bytes payload) {
  Buffer info(Text(kDomain).begin(), Text(kDomain).begin() + kDomainBytes);
  info.insert(info.end(), header.begin(), header.begin() + kKeyInfoBytes);
  std::array<uint8_t, 32> keys;
  crypto::X963Kdf(shared, info, keys);
  const crypto::Aes aes(ConstBytes(keys).first(16));
  crypto::AesBlock counter;
  Copy(counter, ConstBytes(keys).subspan(16));
  crypto::Ctr(aes, counter, payload);
}

uint8_t ClassOf(ImageKind kind) {
  switch (kind) {
    case ImageKind::kTest: return 0;
    case ImageKind::kProvisioning: return 1;
    case ImageKind::kOperational: return 2;
  }
  return 2;
}

struct SignedBinding {
  Buffer signer_id;
  Buffer signature;
};

SignedBinding SignBinding(const ProfileFacts& facts, uint8_t profile_class,
                          const BindingRequest& request) {
  const bool rsa = request.algorithm == BindingAlgorithm::kRsaSha256 ||
                   request.algorithm == BindingAlgorithm::kRsaSha1;
  Buffer typed;
  EcKey key;
  if (rsa) {
    typed = RsaPublicKey(request.key_file);
    typed.insert(typed.begin(), 3);
  } else {
    key = ReadEcKey(request.key_file);
    typed.assign(key.point.begin(), key.point.end());
    typed.insert(typed.begin(), static_cast<uint8_t>(key.curve));
  }
  const Buffer message = BindingMessage(facts, profile_class, request, typed);
  SignedBinding out;
  const crypto::Sha256Digest id = crypto::Sha256Of(typed);
  out.signer_id.assign(id.begin(), id.begin() + 8);
  if (rsa) {
    out.signature =
        RsaSign(request.key_file, message, request.algorithm == BindingAlgorithm::kRsaSha1);
  } else {
    const crypto::EcSignature signature = Sign(key, crypto::Sha256Of(message));
    out.signature.assign(signature.begin(), signature.end());
  }
  return out;
}

Buffer Metadata(const ProfileFacts& facts, const ImageRequest& request) {
  const uint8_t profile_class = ClassOf(request.kind);
  Buffer buffer(1024);
  Writer out(buffer);
  tlv::Add(out, 0x5A, facts.iccid);
  if (!request.provider_name.empty()) { tlv::Add(out, 0x91, Text(request.provider_name)); }
  if (!request.name.empty()) { tlv::Add(out, 0x92, Text(request.name)); }
  tlv::Add(out, 0x95, ConstBytes(&profile_class, 1));
  tlv::Add(out, 0xC0, facts.mno);
  if (request.binding) {
    const BindingRequest& b = *request.binding;
    const uint8_t covers =
        static_cast<uint8_t>((b.cover_k ? 1 : 0) | (b.cover_provider_key ? 2 : 0));
    const uint8_t algorithm = static_cast<uint8_t>(b.algorithm);
    const SignedBinding binding = SignBinding(facts, profile_class, b);
    if (!b.eid.empty()) { tlv::Add(out, 0xC1, b.eid); }
    if (!b.terminal.empty()) { tlv::Add(out, 0xC2, b.terminal); }
    tlv::Add(out, 0xC3, ConstBytes(&b.equation, 1));
    tlv::Add(out, 0xC4, ConstBytes(&covers, 1));
    tlv::Add(out, 0xC5, ConstBytes(&algorithm, 1));
    tlv::Add(out, 0xC6, binding.signer_id);
    tlv::Add(out, 0xC7, binding.signature);
  }
  if (out.overflow()) { throw UserError("the names are too long: at most 64 and 32 bytes"); }
  buffer.resize(out.size());
  return buffer;
}

/// First OCTET STRING of a file's content.
Buffer FileContent(const saip::Node& element, const std::string& file) {
  const saip::Node* node = element.Find(file);
  if (node == nullptr) { return {}; }
  for (const saip::Node& part : node->children) {
    const saip::Node* content = part.Find("fillFileContent");
    if (content != nullptr) { return content->value; }
    if (part.name == "fillFileContent") { return part.value; }
  }
  return {};
}

void ReadAka(const saip::Node& element, ProfileFacts& facts) {
  const saip::Node* configuration = element.Find("algoConfiguration");
  const saip::Node* parameter =
      configuration == nullptr ? nullptr : configuration->Find("algoParameter");
  if (parameter == nullptr) { return; }
  if (const saip::Node* id = parameter->Find("algorithmID")) {
    facts.algorithm = static_cast<int>(id->integer());
  }
  if (const saip::Node* options = parameter->Find("algorithmOptions")) {
    facts.algorithm_options = options->value.empty() ? uint8_t{0} : options->value[0];
  }
  if (const saip::Node* iterations = parameter->Find("numberOfKeccak")) {
    facts.iterations = static_cast<uint8_t>(iterations->integer());
  }
  if (const saip::Node* key = parameter->Find("key")) { facts.k = key->value; }
  if (const saip::Node* opc = parameter->Find("opc")) { facts.opc = opc->value; }
}

/// Digits of PIN 1 where the element defines it as enabled.
std::string EnabledPin1(const saip::Node& element) {
  const saip::Node* codes = element.Find("pinCodes");
  const saip::Node* list = codes == nullptr ? nullptr : codes->Find("pinconfig");
  if (list == nullptr) { return ""; }
  for (const saip::Node& pin : list->children) {
    const saip::Node* reference = pin.Find("keyReference");
    const saip::Node* attributes = pin.Find("pinAttributes");
    const saip::Node* value = pin.Find("pinValue");
    const bool enabled = attributes == nullptr || (attributes->integer() & 1) != 0;
    if (reference == nullptr || reference->integer() != 1 || value == nullptr || !enabled) {
      continue;
    }
    std::string digits;
    for (uint8_t c : value->value) {
      if (c != 0xFF) { digits += static_cast<char>(c); }
    }
    return digits;
  }
  return "";
}

Buffer MnoOf(ConstBytes imsi, size_t mnc_digits) {
  std::string digits;
  for (size_t i = 1; i < imsi.size(); ++i) {
    if (i > 1) { digits += static_cast<char>('0' + (imsi[i] & 0x0F)); }
    digits += static_cast<char>('0' + (imsi[i] >> 4));
  }
  const auto d = [&](size_t i) { return static_cast<uint8_t>(digits[i] - '0'); };
  const uint8_t third = mnc_digits == 3 ? d(5) : 0xF;
  return {static_cast<uint8_t>(d(1) << 4 | d(0)), static_cast<uint8_t>(third << 4 | d(2)),
          static_cast<uint8_t>(d(4) << 4 | d(3))};
}

}  // namespace

ProfileFacts ReadProfileFacts(ConstBytes package) {
  ProfileFacts facts;
  size_t mnc_digits = 2;
  for (const saip::Node& element : saip::Decode(package, nullptr)) {
    if (element.name == "header") {
      if (const saip::Node* iccid = element.Find("iccid")) { facts.iccid = iccid->value; }
    }
    if (element.name == "usim" && facts.imsi.empty()) {
      facts.imsi = FileContent(element, "ef-imsi");
      const Buffer ad = FileContent(element, "ef-ad");
      mnc_digits = ad.size() >= 4 && ad[3] == 3 ? 3 : 2;
    }
    if (element.name == "akaParameter" && facts.k.empty()) { ReadAka(element, facts); }
    if (element.name == "pinCodes" && facts.pin1.empty()) { facts.pin1 = EnabledPin1(element); }
  }
  if (facts.iccid.size() != 10) { throw UserError("the package has no header with an ICCID"); }
  facts.iccid = SwapNibbles(facts.iccid);
  if (facts.imsi.size() == 9) { facts.mno = MnoOf(facts.imsi, mnc_digits); }
  if (facts.mno.empty()) { facts.mno = {0x00, 0xF1, 0x10}; }  // test network 001 01
  return facts;
}

Buffer BindingMessage(const ProfileFacts& facts, uint8_t profile_class, const BindingRequest& request,
                      ConstBytes typed_provider_key) {
  const bool ids = request.equation != 3;
  const bool imsi = request.equation != 2;
  const bool plain = request.algorithm == BindingAlgorithm::kRsaSha1;
  Buffer out;
  const auto add = [&](uint8_t tag, ConstBytes value) {
    if (!plain) {
      out.push_back(tag);
      out.push_back(static_cast<uint8_t>(value.size() >> 8));
      out.push_back(static_cast<uint8_t>(value.size()));
    }
    out.insert(out.end(), value.begin(), value.end());
  };
  if (!plain) {
    const ConstBytes domain = Text("SIMURGH-BINDING-1");
    out.assign(domain.begin(), domain.end());
    const uint8_t covers =
        static_cast<uint8_t>((request.cover_k ? 1 : 0) | (request.cover_provider_key ? 2 : 0));
    const uint8_t head[] = {profile_class, request.equation, covers,
                            static_cast<uint8_t>(request.algorithm)};
    add(0x01, head);
  }
  add(0x02, facts.iccid);
  if (!plain) { add(0x03, facts.mno); }
  if (ids && !request.eid.empty()) { add(0x04, request.eid); }
  if (ids && !request.terminal.empty()) { add(0x05, request.terminal); }
  if (imsi) { add(0x06, facts.imsi); }
  if (request.cover_k) { add(0x07, facts.k); }
  if (request.cover_provider_key) {
    add(0x08, plain ? typed_provider_key.subspan(1) : typed_provider_key);
  }
  return out;
}

Buffer PackImage(ConstBytes package, const ImageRequest& request) {
  const ProfileFacts facts = request.facts ? *request.facts : ReadProfileFacts(package);
  const Buffer metadata = Metadata(facts, request);
  Buffer image(kImageHeader);
  Copy(image, Text("SIMG"));
  image[4] = 1;
  image[5] = static_cast<uint8_t>(request.kind);
  const bool batch = !request.batch_id.empty();
  image[6] = batch ? 2 : 1;
  image[7] = static_cast<uint8_t>(request.signer);
  Copy(Bytes(image).subspan(kAtTarget), batch ? request.batch_id : request.eid);
  Put64(image, kAtId, request.image_id);
  Put32(image, kAtPayload, static_cast<uint32_t>(metadata.size() + package.size()));
  Put32(image, kAtMetadata, static_cast<uint32_t>(metadata.size()));
  crypto::Secret<32> shared;
  if (batch) {
    SystemRng().Fill(Bytes(image).subspan(kAtKey, 65));
    shared.Assign(request.batch_key);
  } else {
    const EcKey ephemeral = NewEcKey();
    Copy(Bytes(image).subspan(kAtKey), ephemeral.point);
    if (request.agree_public.size() != 65 ||
        crypto::Ecdh(crypto::Curve::kNistP256, ephemeral.secret, request.agree_public, SystemRng(),
                     shared) != Error::kOk) {
      throw UserError("the card's agreement key is not valid; manufacture the card first");
    }
  }
  image.insert(image.end(), metadata.begin(), metadata.end());
  image.insert(image.end(), package.begin(), package.end());
  const Bytes payload = Bytes(image).subspan(kImageHeader);
  Encrypt(shared.view(), image, payload);
  Copy(Bytes(image).subspan(kAtDigest), crypto::Sha256Of(payload));
  Copy(Bytes(image).subspan(kAtSignature), Sign(request.signing_key, SignedDigest(image)));
  return image;
}

ImageSummary InspectImage(ConstBytes image) {
  if (image.size() < kImageHeader || std::memcmp(image.data(), "SIMG", 4) != 0) {
    throw UserError("not an image: it does not begin with SIMG and a header of 204 bytes");
  }
  ImageSummary s;
  s.version = image[4];
  s.kind = image[5];
  s.target = image[6];
  s.signer = image[7];
  s.target_id.assign(image.begin() + kAtTarget, image.begin() + kAtId);
  s.image_id = Get64(image, kAtId);
  s.payload = Get32(image, kAtPayload);
  s.metadata = Get32(image, kAtMetadata);
  s.complete = image.size() - kImageHeader == s.payload;
  s.digest_right =
      Equal(crypto::Sha256Of(image.subspan(kImageHeader)), image.subspan(kAtDigest, 32));
  return s;
}

bool ImageSignatureRight(ConstBytes image, const crypto::EcPublicKey& key) {
  return Accepted(crypto::EcdsaVerify(crypto::Curve::kNistP256, key, SignedDigest(image),
                                      image.subspan(kAtSignature, 64)));
}

}  // namespace simurgh::offcard
