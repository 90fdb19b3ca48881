#include "offcard/common/sim_coding.h"

#include <fmt/format.h>

#include <algorithm>

#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

/// Characters at which the GSM default alphabet (TS 23.038 6.2.1) and ASCII agree.
bool SameInGsm(char32_t c) {
  if (c >= U'a' && c <= U'z') { return true; }
  if (c >= U'A' && c <= U'Z') { return true; }
  return c >= 0x20 && c <= 0x3F && c != U'$';
}

/// UTF-8 (RFC 3629) to code points. @throws UserError.
std::u32string ReadUtf8(const std::string& text, const std::string& where) {
  std::u32string out;
  for (size_t i = 0; i < text.size();) {
    const uint8_t lead = static_cast<uint8_t>(text[i++]);
    const int more = lead < 0x80 ? 0 : lead < 0xC2 ? -1 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : -1;
    char32_t c = more <= 0 ? lead : lead & (0x3F >> more);
    for (int k = 0; k < more; ++k) {
      const uint8_t b = i < text.size() ? static_cast<uint8_t>(text[i++]) : 0;
      if ((b & 0xC0) != 0x80) { throw UserError(where + ": not UTF-8"); }
      c = c << 6 | (b & 0x3F);
    }
    if (more < 0) { throw UserError(where + ": not UTF-8"); }
    out += c;
  }
  return out;
}

}  // namespace

std::string PadDigits(const std::string& digits, size_t size) {
  return digits + std::string(size > digits.size() ? size - digits.size() : 0, 'F');
}

Buffer CodeImsi(const std::string& digits) {
  // The length counts the bytes in use; the first digit shares its byte with the parity nibble.
  const bool odd = digits.size() % 2 != 0;
  const std::string nibbles = std::string(odd ? "9" : "1") + digits + (odd ? "" : "F");
  Buffer out = SwapNibbles(FromHex(nibbles, "imsi"));
  out.insert(out.begin(), static_cast<uint8_t>(out.size()));
  out.resize(9, 0xFF);
  return out;
}

std::string CodePlmn(const std::string& mcc, const std::string& mnc) {
  const char third = mnc.size() == 3 ? mnc[2] : 'F';
  return {mcc[1], mcc[0], third, mcc[2], mnc[1], mnc[0]};
}

Buffer CodeName(const std::string& text, size_t size, const std::string& where) {
  const std::u32string points = ReadUtf8(text, where);
  Buffer out;
  if (std::all_of(points.begin(), points.end(), SameInGsm)) {
    out.assign(text.begin(), text.end());
  } else {
    out.push_back(0x80);
    for (char32_t c : points) {
      if (c > 0xFFFF) { throw UserError(fmt::format("{}: '{}' has a character outside UCS2", where, text)); }
      out.push_back(static_cast<uint8_t>(c >> 8));
      out.push_back(static_cast<uint8_t>(c));
    }
  }
  if (out.size() > size) {
    throw UserError(fmt::format("{}: '{}' needs {} bytes, {} are there", where, text, out.size(), size));
  }
  out.resize(size, 0xFF);
  return out;
}

Buffer CodeAddress(const std::string& number, size_t max_bytes, const std::string& where) {
  const bool international = number.starts_with('+');
  std::string digits;
  for (char c : number.substr(international ? 1 : 0)) {
    if (c == ' ' || c == '-') { continue; }
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c == '*' || c == '#') {
      digits += c == '*' ? 'A' : 'B';
    } else {
      throw UserError(fmt::format("{}: '{}' in number '{}'; digits, '*', '#' and a leading '+' are "
                                  "possible", where, c, number));
    }
  }
  if (digits.empty() || digits.size() > 2 * max_bytes) {
    throw UserError(fmt::format("{}: number '{}' has {} digits, 1..{} expected", where, number,
                                digits.size(), 2 * max_bytes));
  }
  Buffer out = SwapNibbles(FromHex(digits.size() % 2 == 0 ? digits : digits + "F", where));
  out.insert(out.begin(), international ? 0x91 : 0x81);
  return out;
}

Buffer CodeDiallingRecord(const std::string& name, const std::string& number, size_t record,
                          const std::string& where) {
  Buffer out = CodeName(name, record - 14, where);
  const Buffer address = CodeAddress(number, 10, where);
  out.push_back(static_cast<uint8_t>(address.size()));
  out.insert(out.end(), address.begin(), address.end());
  out.resize(record, 0xFF);
  return out;
}

}  // namespace simurgh::offcard
