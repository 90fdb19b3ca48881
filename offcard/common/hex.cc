#include "offcard/common/hex.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

int Digit(char c) {
  if (c >= '0' && c <= '9') { return c - '0'; }
  if (c >= 'A' && c <= 'F') { return c - 'A' + 10; }
  if (c >= 'a' && c <= 'f') { return c - 'a' + 10; }
  return -1;
}

bool Separator(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ':' || c == '-';
}

}  // namespace

std::string ToHex(ConstBytes data) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  text.reserve(data.size() * 2);
  for (uint8_t b : data) {
    text += kDigits[b >> 4];
    text += kDigits[b & 0xF];
  }
  return text;
}

Buffer FromHex(std::string_view text, std::string_view what) {
  Buffer out;
  int high = -1;
  for (size_t i = 0; i < text.size(); ++i) {
    if (Separator(text[i])) { continue; }
    const int digit = Digit(text[i]);
    if (digit < 0) {
      throw UserError(fmt::format("{}: '{}' at position {} is not a hexadecimal digit", what,
                                  text[i], i + 1));
    }
    if (high < 0) {
      high = digit;
      continue;
    }
    out.push_back(static_cast<uint8_t>(high << 4 | digit));
    high = -1;
  }
  if (high >= 0) {
    throw UserError(fmt::format("{}: odd number of hexadecimal digits ({})", what,
                                out.size() * 2 + 1));
  }
  return out;
}

Buffer SwapNibbles(ConstBytes data) {
  Buffer out(data.begin(), data.end());
  for (uint8_t& b : out) {
    b = static_cast<uint8_t>(b << 4 | b >> 4);
  }
  return out;
}

char LuhnDigit(std::string_view digits) {
  int sum = 0;
  bool twice = true;  // the digit to the left of the check digit is doubled first
  for (size_t i = digits.size(); i-- > 0; twice = !twice) {
    const int d = (digits[i] - '0') * (twice ? 2 : 1);
    sum += d > 9 ? d - 9 : d;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string ReadTextFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (in && std::filesystem::is_directory(path)) {
    in.setstate(std::ios::failbit);
    errno = EISDIR;
  }
  if (!in) {
    throw UserError(fmt::format("{}: cannot be read ({})", path, std::strerror(errno)));
  }
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Buffer ReadFile(const std::string& path) {
  const std::string text = ReadTextFile(path);
  return {text.begin(), text.end()};
}

void WriteFile(const std::string& path, ConstBytes data) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
  out.close();
  if (!out) {
    throw UserError(fmt::format("{}: cannot be written ({})", path, std::strerror(errno)));
  }
}

}  // namespace simurgh::offcard
