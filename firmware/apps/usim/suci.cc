#include "firmware/apps/usim/suci.h"

#include <string_view>

#include "base/tlv.h"

namespace simurgh::apps::naa {
namespace {

using crypto::SuciScheme;

constexpr uint8_t kNoDigit = 0x0F;

// EF.SUCI_Calc_Info.
constexpr tlv::Tag kSchemeList = 0xA0;  // pairs: protection scheme, index of its key (1: the first)
constexpr tlv::Tag kKeyList = 0xA1;
constexpr tlv::Tag kKeyIdTag = 0x80;
constexpr tlv::Tag kKeyTag = 0x81;

ConstBytes TextBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
void AddText(Writer& out, std::string_view text) { out.Add(TextBytes(text)); }

void AddDecimal(Writer& out, uint8_t value) {
  if (value >= 100) {
    out.Add8(static_cast<uint8_t>('0' + value / 100));
  }
  if (value >= 10) {
    out.Add8(static_cast<uint8_t>('0' + value / 10 % 10));
  }
  out.Add8(static_cast<uint8_t>('0' + value % 10));
}

void AddHex(Writer& out, ConstBytes bytes) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (const uint8_t b : bytes) {
    out.Add8(static_cast<uint8_t>(kDigits[b >> 4]));
    out.Add8(static_cast<uint8_t>(kDigits[b & 0x0F]));
  }
}

/// The key with number `index`, 1 being the first. @error kNotFound.
Error KeyAt(ConstBytes key_list, uint8_t index, SchemeChoice& choice) {
  tlv::Reader reader(key_list);
  for (uint8_t n = 1; !reader.done(); ++n) {
    const tlv::Object id = TRY(reader.Next());
    const tlv::Object key = TRY(reader.Next());
    if (id.tag != kKeyIdTag || id.value.size() != 1 || key.tag != kKeyTag) {
      return Error::kFormat;
    }
    if (n == index) {
      choice.key_id = id.value[0];
      choice.key = key.value;
      return Error::kOk;
    }
  }
  return Error::kNotFound;
}

bool Fits(SuciScheme scheme, ConstBytes key) {
  return scheme == SuciScheme::kProfileA ? key.size() == 32 : key.size() == 33 || key.size() == 65;
}

}  // namespace

Result<ImsiDigits> ReadImsiDigits(ConstBytes ef_imsi, uint8_t mnc_digits) {
  ImsiDigits imsi;
  imsi.mnc = mnc_digits == 3 ? 3 : 2;
  if (ef_imsi.empty() || ef_imsi[0] == 0 || ef_imsi[0] >= ef_imsi.size()) {
    return Error::kFormat;
  }
  for (size_t i = 1; i <= ef_imsi[0] && imsi.count < imsi.digit.size(); ++i) {
    const uint8_t nibbles[] = {static_cast<uint8_t>(ef_imsi[i] & 0x0F),
                               static_cast<uint8_t>(ef_imsi[i] >> 4)};
    for (size_t k = i == 1 ? 1 : 0; k < 2; ++k) {  // the first nibble is parity and type
      if (nibbles[k] < 10 && imsi.count < imsi.digit.size()) {
        imsi.digit[imsi.count++] = nibbles[k];
      }
    }
  }
  return imsi.count > imsi.msin_at() ? Result<ImsiDigits>(imsi) : Error::kFormat;
}

size_t PackMsin(const ImsiDigits& imsi, Bytes out8) {
  size_t n = 0;
  for (size_t i = imsi.msin_at(); i < imsi.count; i += 2) {
    const uint8_t second = i + 1 < imsi.count ? imsi.digit[i + 1] : kNoDigit;
    out8[n++] = static_cast<uint8_t>(second << 4 | imsi.digit[i]);
  }
  return n;
}

SchemeChoice ChooseScheme(ConstBytes calc_info) {
  tlv::Reader reader(calc_info);
  const Result<tlv::Object> schemes = reader.Next();
  if (!schemes.ok() || schemes.value().tag != kSchemeList) {
    return {};
  }
  const Result<tlv::Object> keys = reader.Next();  // fails on the file's filling when there is none
  const bool has_keys = keys.ok() && keys.value().tag == kKeyList;
  const ConstBytes list = schemes.value().value;
  for (size_t at = 0; at + 2 <= list.size(); at += 2) {
    SchemeChoice choice;
    choice.scheme = static_cast<SuciScheme>(list[at]);
    if (choice.scheme == SuciScheme::kNull) {
      return {};
    }
    const bool known =
        choice.scheme == SuciScheme::kProfileA || choice.scheme == SuciScheme::kProfileB;
    if (known && has_keys && KeyAt(keys.value().value, list[at + 1], choice) == Error::kOk &&
        Fits(choice.scheme, choice.key)) {
      return choice;
    }
  }
  return {};
}

void WriteSuci(Writer& out, const ImsiDigits& imsi, const RoutingIndicator& routing,
               const SchemeChoice& choice, ConstBytes scheme_output) {
  const auto& d = imsi.digit;
  const uint8_t mnc3 = imsi.mnc == 3 ? d[5] : kNoDigit;
  out.Add8(0x01);  // SUPI format IMSI, type of identity SUCI
  out.Add8(static_cast<uint8_t>(d[1] << 4 | d[0]));
  out.Add8(static_cast<uint8_t>(mnc3 << 4 | d[2]));
  out.Add8(static_cast<uint8_t>(d[4] << 4 | d[3]));
  out.Add(routing);
  out.Add8(static_cast<uint8_t>(choice.scheme));
  out.Add8(choice.key_id);
  out.Add(scheme_output);
}

void WriteSuciNai(Writer& out, uint8_t type, const RoutingIndicator& routing,
                  const SchemeChoice& choice, ConstBytes scheme_output, ConstBytes plain,
                  ConstBytes realm) {
  AddText(out, "type");
  AddDecimal(out, type);
  AddText(out, ".rid");
  for (const uint8_t byte : routing) {
    for (const uint8_t digit : {byte & 0x0F, byte >> 4}) {
      if (digit < 10) {
        AddDecimal(out, digit);
      }
    }
  }
  AddText(out, ".schid");
  AddDecimal(out, static_cast<uint8_t>(choice.scheme));
  if (choice.scheme == SuciScheme::kNull) {
    AddText(out, ".userid");
    out.Add(plain);
  } else {
    const size_t point = crypto::SuciOverhead(choice.scheme) - crypto::kSuciTag;
    AddText(out, ".hnkey");
    AddDecimal(out, choice.key_id);
    AddText(out, ".ecckey");
    AddHex(out, scheme_output.first(point));
    AddText(out, ".cip");
    AddHex(out, scheme_output.subspan(point, scheme_output.size() - point - crypto::kSuciTag));
    AddText(out, ".mac");
    AddHex(out, scheme_output.last(crypto::kSuciTag));
  }
  out.Add8('@');
  out.Add(realm);
}

}  // namespace simurgh::apps::naa
