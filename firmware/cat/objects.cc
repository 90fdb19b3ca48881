#include "firmware/cat/objects.h"

#include "base/tlv.h"

namespace simurgh::cat {
namespace {

constexpr uint8_t kCr = 0x80;
constexpr uint8_t kThreeByteTag = 0x7F;
constexpr uint8_t kDefaultAlphabet = 0x04;  // data coding scheme: 8 bits a character
constexpr uint8_t kUcs2 = 0x08;
constexpr uint8_t kUcs2Alpha = 0x80;  // TS 102 221 annex A, first coding
constexpr uint8_t kNoCharacter = 0xFF;
constexpr uint16_t kReplacement = 0xFFFD;

/// The next character of UTF-8 text; FFFD for what is broken or above FFFF.
uint16_t TakeCharacter(ConstBytes& rest) {
  const uint8_t first = rest[0];
  size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  uint32_t code = more == 0 ? first : first & (0x3Fu >> more);
  rest = rest.subspan(1);
  bool sound = first < 0x80 || first >= 0xC2;
  for (; more > 0; --more) {
    if (rest.empty() || (rest[0] & 0xC0) != 0x80) {
      return kReplacement;
    }
    code = code << 6 | (rest[0] & 0x3F);
    rest = rest.subspan(1);
  }
  return sound && code <= 0xFFFF ? static_cast<uint16_t>(code) : kReplacement;
}

/// A character in the GSM default alphabet (TS 23.038 6.2.1): those that ASCII has, too.
uint8_t InDefaultAlphabet(uint16_t c) {
  constexpr struct {
    char ascii;
    uint8_t gsm;
  } kOdd[] = {{'@', 0x00}, {'$', 0x02}, {'_', 0x11}};
  for (const auto& odd : kOdd) {
    if (c == static_cast<uint8_t>(odd.ascii)) {
      return odd.gsm;
    }
  }
  const bool same = c == '\n' || c == '\r' || (c >= ' ' && c <= '?') || (c >= 'A' && c <= 'Z') ||
                    (c >= 'a' && c <= 'z');
  return same ? static_cast<uint8_t>(c) : kNoCharacter;
}

bool AllInDefaultAlphabet(ConstBytes utf8) {
  while (!utf8.empty()) {
    if (InDefaultAlphabet(TakeCharacter(utf8)) == kNoCharacter) {
      return false;
    }
  }
  return true;
}

/// How a text will be written: its coding and its length in bytes, cut to `limit`.
struct Plan {
  bool ucs2 = false;
  size_t bytes = 0;
};
Plan PlanFor(ConstBytes utf8, bool ucs2_allowed, size_t limit) {
  Plan plan;
  plan.ucs2 = ucs2_allowed && !AllInDefaultAlphabet(utf8);
  const size_t each = plan.ucs2 ? 2 : 1;
  while (!utf8.empty() && plan.bytes + each <= limit) {
    (void)TakeCharacter(utf8);
    plan.bytes += each;
  }
  return plan;
}

void Write(Writer& out, ConstBytes utf8, const Plan& plan) {
  for (size_t done = 0; done < plan.bytes;) {
    const uint16_t c = TakeCharacter(utf8);
    if (plan.ucs2) {
      out.Add16(c);
      done += 2;
      continue;
    }
    const uint8_t gsm = InDefaultAlphabet(c);
    out.Add8(gsm == kNoCharacter ? uint8_t{'?'} : gsm);
    ++done;
  }
}

constexpr uint8_t Wire(Tag tag) { return static_cast<uint8_t>(tag) | kCr; }

constexpr uint8_t SwappedDigits(uint32_t n) { return static_cast<uint8_t>(n % 10 << 4 | n / 10); }

}  // namespace

Result<Object> ObjectReader::Next() {
  if (rest_.empty() || rest_[0] == 0x00 || rest_[0] == kCr || rest_[0] == 0xFF) {
    return Error::kFormat;
  }
  const bool three = rest_[0] == kThreeByteTag;
  const size_t tag_bytes = three ? 3 : 1;
  if (rest_.size() < tag_bytes + 1) {
    return Error::kFormat;
  }
  size_t header = tag_bytes + 1;
  size_t length = rest_[tag_bytes];
  if (length == 0x81 && rest_.size() > header) {
    length = rest_[header++];
  } else if (length >= 0x80) {
    return Error::kFormat;
  }
  if (length > rest_.size() - header) {
    return Error::kFormat;
  }
  Object object;
  object.tag = three ? Tag::kOther : static_cast<Tag>(rest_[0] & ~kCr);
  object.value = rest_.subspan(header, length);
  rest_ = rest_.subspan(header + length);
  return object;
}

Result<ConstBytes> FindObject(ConstBytes objects, Tag tag) {
  for (ObjectReader r(objects); !r.done();) {
    const Object o = TRY(r.Next());
    if (o.tag == tag) {
      return o.value;
    }
  }
  return Error::kNotFound;
}

Error CheckObjects(ConstBytes objects) {
  for (ObjectReader r(objects); !r.done();) {
    TRY(r.Next());
  }
  return Error::kOk;
}

void Composer::Add(Tag tag, ConstBytes value) { tlv::Add(out_, Wire(tag), value); }

void Composer::CodedText(Tag tag, ConstBytes utf8) {
  const Plan plan = PlanFor(utf8, ucs2_, SIZE_MAX);
  tlv::AddHeader(out_, Wire(tag), 1 + plan.bytes);
  out_.Add8(plan.ucs2 ? kUcs2 : kDefaultAlphabet);
  Write(out_, utf8, plan);
}

void Composer::Alpha(ConstBytes utf8) {
  const Plan plan = PlanFor(utf8, ucs2_, SIZE_MAX);
  tlv::AddHeader(out_, Wire(Tag::kAlpha), plan.bytes + (plan.ucs2 ? 1 : 0));
  if (plan.ucs2) {
    out_.Add8(kUcs2Alpha);
  }
  Write(out_, utf8, plan);
}

void Composer::Item(uint8_t id, ConstBytes utf8, size_t limit) {
  const Plan plan = PlanFor(utf8, ucs2_, limit);
  tlv::AddHeader(out_, Wire(Tag::kItem), 1 + plan.bytes + (plan.ucs2 ? 1 : 0));
  out_.Add8(static_cast<uint8_t>(item_base_ + id));
  if (plan.ucs2) {
    out_.Add8(kUcs2Alpha);
  }
  Write(out_, utf8, plan);
  ++items_;
}

void Composer::ResponseLength(uint8_t low, uint8_t high) {
  const uint8_t range[] = {low, high};
  Add(Tag::kResponseLength, range);
}

Error WriteTimerValue(uint32_t seconds, std::span<uint8_t, 3> out) {
  if (seconds >= 24 * 3600) {
    return Error::kRange;
  }
  out[0] = SwappedDigits(seconds / 3600);
  out[1] = SwappedDigits(seconds / 60 % 60);
  out[2] = SwappedDigits(seconds % 60);
  return Error::kOk;
}

Result<uint32_t> ReadTimerValue(ConstBytes value) {
  constexpr uint8_t kLimits[] = {24, 60, 60};
  if (value.size() != sizeof(kLimits)) {
    return Error::kFormat;
  }
  uint32_t seconds = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    const uint8_t tens = value[i] & 0x0F;
    const uint8_t ones = value[i] >> 4;
    if (ones > 9 || tens > 9 || 10 * tens + ones >= kLimits[i]) {
      return Error::kFormat;
    }
    seconds = seconds * (i == 0 ? 1 : 60) + 10u * tens + ones;
  }
  return seconds;
}

}  // namespace simurgh::cat
