#include "offcard/issuer/isdr.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/tlv.h"
#include "base/writer.h"
#include "firmware/rsp/names.h"
#include "firmware/rsp/reason_text.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/image.h"
#include "offcard/issuer/secure_session.h"

namespace simurgh::offcard::isdr {
namespace {

constexpr uint8_t kAid[] = {0xA0, 0x00, 0x00, 0x05, 0x59, 0x10, 0x10, 0xFF,
                            0xFF, 0xFF, 0xFF, 0x89, 0x00, 0x00, 0x01, 0x00};

// Proprietary commands: docs/formats/image.md, manufacture.md, isdr.md.
constexpr uint8_t kGetImageStatus = 0x30;
constexpr uint8_t kBeginImage = 0x32;
constexpr uint8_t kImageData = 0x34;
constexpr uint8_t kSelectAutomatically = 0x38;
constexpr uint8_t kSetMode = 0x3C;
constexpr uint8_t kManufacture = 0x3E;
constexpr uint8_t kGetDiscarded = 0x44;
constexpr uint8_t kGetCardData = 0x46;

Buffer ToBuffer(ConstBytes b) { return Buffer(b.begin(), b.end()); }

Buffer Value(ConstBytes data, tlv::Tag tag) {
  const Result<tlv::Object> o = tlv::Find(data, tag);
  return o.ok() ? ToBuffer(o.value().value) : Buffer{};
}

uint64_t Number(ConstBytes value) {
  uint64_t n = 0;
  for (uint8_t b : value) { n = n << 8 | b; }
  return n;
}

std::string Text(ConstBytes value) { return std::string(value.begin(), value.end()); }

/// Sends an ES10 function and gives the content of its answer.
Buffer Es10(Reader& reader, tlv::Tag tag, ConstBytes request, const char* name) {
  Select(reader);
  const Answer answer = StoreData(reader, request);
  const Result<tlv::Object> o = tlv::Find(answer.data, tag);
  if (!answer.ok() || !o.ok()) {
    throw UserError(fmt::format("{}: {}", name, StatusWords(answer.sw)));
  }
  return ToBuffer(o.value().value);
}

/// EnableProfile, DisableProfile: CHOICE { AID | ICCID } in A0, refresh flag in 81.
int Switch(Reader& reader, tlv::Tag tag, ConstBytes iccid, bool refresh, const char* name) {
  Buffer buffer(64);
  Writer out(buffer);
  {
    tlv::Group function(out, tag);
    {
      tlv::Group choice(out, 0xA0);
      tlv::Add(out, 0x5A, iccid);
    }
    const uint8_t flag = refresh ? 0xFF : 0x00;
    tlv::Add(out, 0x81, ConstBytes(&flag, 1));
  }
  const Buffer answer = Es10(reader, tag, out.written(), name);
  return static_cast<int>(Number(Value(answer, 0x80)));
}

}  // namespace

void Select(Reader& reader) {
  const Answer answer = ExchangeAll(reader, Command(0x00, 0xA4, 0x04, 0x00, kAid));
  if (!answer.ok()) {
    throw UserError(fmt::format("SELECT ISD-R: {}; is this a Simurgh card?", StatusWords(answer.sw)));
  }
}

CardData ReadCardData(Reader& reader) {
  Select(reader);
  const Answer answer = ExchangeAll(reader, Command(0x80, kGetCardData, 0, 0, {}, 256));
  if (!answer.ok()) { throw UserError(fmt::format("GET CARD DATA: {}", StatusWords(answer.sw))); }
  CardData d;
  d.eid = ToHex(Value(answer.data, 0x80));
  d.manufactured = Number(Value(answer.data, 0x81)) == 1;
  d.commercial = Number(Value(answer.data, 0x82)) == 1;
  d.test_mode = Number(Value(answer.data, 0x83)) == 1;
  d.terminal_id = ToHex(Value(answer.data, 0x84));
  d.sign_public = Value(answer.data, 0x85);
  d.agree_public = Value(answer.data, 0x86);
  d.admin_tries_left = static_cast<int>(Number(Value(answer.data, 0x87)));
  d.batch_id = Value(answer.data, 0x88);
  return d;
}

CardKit Manufacture(Reader& reader, const KeyDirectory& keys, CardKit kit) {
  Select(reader);
  const Answer answer =
      ExchangeAll(reader, Command(0x80, kManufacture, 0, 0, ManufactureData(kit, keys)));
  if (!answer.ok()) {
    throw UserError(fmt::format("MANUFACTURE: {}{}", StatusWords(answer.sw),
                                answer.sw == 0x6985 ? "; the card has its keys already" : ""));
  }
  kit.sign_public = Value(answer.data, 0x81);
  kit.agree_public = Value(answer.data, 0x82);
  WriteCardKit(keys, kit);
  return kit;
}

ImageStatus ReadImageStatus(Reader& reader) {
  Select(reader);
  const Answer answer = ExchangeAll(reader, Command(0x80, kGetImageStatus, 0, 0, {}, 256));
  if (!answer.ok()) { throw UserError(fmt::format("GET IMAGE STATUS: {}", StatusWords(answer.sw))); }
  ImageStatus s;
  s.state = static_cast<ImageStatus::State>(Number(Value(answer.data, 0x80)));
  s.total = static_cast<uint32_t>(Number(Value(answer.data, 0x81)));
  s.received = static_cast<uint32_t>(Number(Value(answer.data, 0x82)));
  s.durable = static_cast<uint32_t>(Number(Value(answer.data, 0x83)));
  s.image_id = Number(Value(answer.data, 0x84));
  s.capacity = static_cast<uint32_t>(Number(Value(answer.data, 0x86)));
  const Buffer last = Value(answer.data, 0x85);
  if (last.size() == 16) {
    s.last = ImageStatus::Result{last[0],         last[1],  last[2],  Get16(last, 3),
                                 Get64(last, 5), last[13], last[14], last[15]};
  }
  return s;
}

std::string ReasonWords(const ImageStatus::Result& result) {
  static constexpr const char* kReasons[] = {
      "installed",
      "the image's form is wrong",
      "unknown version",
      "for another card or batch",
      "kind not accepted in this mode",
      "signer not accepted",
      "the image's signature is wrong",
      "replayed: its id is not above the last one",
      "the payload is not what was signed",
      "no key to decrypt it with",
      "metadata malformed or contradicting the header",
      "the profile package was refused",
      "the profile's binding was refused",
      "not enough memory",
      "a profile with this ICCID is installed",
      "the loader could not authenticate to the ISD-R",
      "the flash failed",
  };
  const std::string words = result.reason < std::size(kReasons)
                                ? kReasons[result.reason]
                                : fmt::format("reason {}", result.reason);
  if (result.reason == 11) {
    const simurgh::saip::Reason reason = static_cast<simurgh::saip::Reason>(result.pe_reason);
    const std::string service =
        reason == simurgh::saip::Reason::kService
            ? fmt::format(" ({})", rsp::ServiceName(static_cast<rsp::Service>(result.pe_detail)))
            : "";
    return fmt::format("{}: element {} ({}) {}{}; PEStatus {}", words, result.pe_id,
                       rsp::PeName(static_cast<rsp::Pe>(result.element)),
                       simurgh::saip::ReasonText(reason),
                       service, result.pe_status);
  }
  return result.reason == 12 ? fmt::format("{}: reason {}", words, result.binding) : words;
}

SendResult SendImage(Reader& reader, ConstBytes image, size_t chunk,
                     const std::function<void(size_t, size_t)>& progress) {
  Select(reader);
  SendResult result;
  const Answer begin =
      ExchangeAll(reader, Command(0x80, kBeginImage, 0, 0, image.first(kImageHeader)));
  ++result.commands;
  result.sw = begin.sw;
  if (!begin.ok() || begin.data.size() != 4) { return result; }
  size_t at = Get32(begin.data);
  result.resumed_at = at == kImageHeader ? 0 : at;
  while (at < image.size()) {
    const size_t n = std::min(chunk, image.size() - at);
    Buffer data(4);
    Put32(data, 0, static_cast<uint32_t>(at));
    data.insert(data.end(), image.begin() + static_cast<long>(at),
                image.begin() + static_cast<long>(at + n));
    const Answer answer = Exchange(reader, Command(0x80, kImageData, 0, 0, data));
    ++result.commands;
    result.sw = answer.sw;
    if (!answer.ok()) { return result; }
    at += n;
    if (progress) { progress(at, image.size()); }
  }
  return result;
}

std::string ImageRefusalWords(uint16_t sw) {
  switch (sw) {
    case 0x6982: return "it does not trust this signer: the card is blank, or it is a commercial card and the "
                        "image has a development signature";
    case 0x6984: return "it has had an image with this id or a later one; pack it again with a greater --id";
    case 0x6985: return "it is in test-profile mode and takes test images only, or another image waits for its "
                        "next boot";
    case 0x6A80: return "the header is malformed, or of a version the card does not know";
    case 0x6A84: return "it is longer than the card's secure area; see: simurgh image status";
    case 0x6A88: return "it was packed for another card or batch";
    default: return StatusWords(sw);
  }
}

std::vector<Profile> ListProfiles(Reader& reader) {
  static constexpr uint8_t kRequest[] = {0xBF, 0x2D, 0x00};
  const Buffer answer = Es10(reader, 0xBF2D, kRequest, "GetProfilesInfo");
  const Buffer list = Value(answer, 0xA0);
  std::vector<Profile> out;
  for (tlv::Reader r(list); !r.done();) {
    const Result<tlv::Object> entry = r.Next();
    if (!entry.ok() || entry.value().tag != 0xE3) {
      throw UserError("GetProfilesInfo: the card's list is malformed");
    }
    const ConstBytes info = entry.value().value;
    Profile p;
    p.iccid = Value(info, 0x5A);
    p.aid = Value(info, 0x4F);
    p.enabled = Number(Value(info, 0x9F70)) == 1;
    p.nickname = Text(Value(info, 0x90));
    p.provider = Text(Value(info, 0x91));
    p.name = Text(Value(info, 0x92));
    p.profile_class = static_cast<int>(Number(Value(info, 0x95)));
    out.push_back(p);
  }
  return out;
}

std::string IccidDigits(ConstBytes iccid) {
  std::string digits = ToHex(SwapNibbles(iccid));
  while (!digits.empty() && digits.back() == 'F') { digits.pop_back(); }
  return digits;
}

std::string DiscardedWords(Reader& reader, ConstBytes iccid) {
  static constexpr const char* kReasons[] = {"",
                                             "the flash belongs to another card",
                                             "bound to another card",
                                             "bound to another terminal",
                                             "bound to a terminal, and none is known",
                                             "the signature covers an IMSI it does not have",
                                             "the signature covers a key it does not have",
                                             "signed by nobody this card trusts",
                                             "signed in a way this card does not take",
                                             "its signature does not match",
                                             "its record contradicts itself"};
  Select(reader);
  const Answer answer = ExchangeAll(reader, Command(0x80, kGetDiscarded, 0, 0, {}, 256));
  for (tlv::Reader r(answer.data); answer.ok() && !r.done();) {
    const Result<tlv::Object> entry = r.Next();
    if (!entry.ok()) { break; }
    if (!Equal(Value(entry.value().value, 0x5A), iccid)) { continue; }
    const uint64_t reason = Number(Value(entry.value().value, 0x80));
    return reason < std::size(kReasons) ? kReasons[reason] : fmt::format("reason {}", reason);
  }
  return "";
}

Buffer SelectAutomatically(Reader& reader) {
  Select(reader);
  const Answer answer = ExchangeAll(reader, Command(0x80, kSelectAutomatically, 0, 0));
  if (!answer.ok()) {
    throw UserError(fmt::format("SELECT AUTOMATICALLY: {}", StatusWords(answer.sw)));
  }
  return Value(answer.data, 0x5A);
}

void SetTestMode(Reader& reader, const CardKit& kit, bool on) {
  Select(reader);
  SecureSession session(reader, 0x30, kit.isdr, crypto::Scp03::kCMac | crypto::Scp03::kCEnc);
  const Answer answer = session.Exchange(0x80, kSetMode, on ? 1 : 0, 0, {});
  if (!answer.ok()) { throw UserError(fmt::format("SET MODE: {}", StatusWords(answer.sw))); }
}

int EnableProfile(Reader& reader, ConstBytes iccid, bool refresh) {
  return Switch(reader, 0xBF31, iccid, refresh, "EnableProfile");
}

int DisableProfile(Reader& reader, ConstBytes iccid, bool refresh) {
  return Switch(reader, 0xBF32, iccid, refresh, "DisableProfile");
}

int DeleteProfile(Reader& reader, ConstBytes iccid) {
  Buffer buffer(32);
  Writer out(buffer);
  {
    tlv::Group function(out, 0xBF33);
    tlv::Add(out, 0x5A, iccid);
  }
  const Buffer answer = Es10(reader, 0xBF33, out.written(), "DeleteProfile");
  return static_cast<int>(Number(Value(answer, 0x80)));
}

std::string ProfileResultWords(int code) {
  switch (code) {
    case 0: return "ok";
    case 1: return "no such profile";
    case 2: return "profile is not in the state this needs";
    case 3: return "disallowed by policy";
    case 4: return "wrong profile re-enabling";
    case 5: return "the card is busy with a proactive session";
    case 127: return "the profile's binding check failed";
    default: return fmt::format("undefined error ({})", code);
  }
}

}  // namespace simurgh::offcard::isdr
