#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace simurgh {

inline std::vector<uint8_t> Hex(const std::string& text) {
  std::vector<uint8_t> out;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return out;
}

inline std::string ToHex(ConstBytes bytes) {
  std::string out;
  for (uint8_t b : bytes) {
    out += "0123456789abcdef"[b >> 4];
    out += "0123456789abcdef"[b & 15];
  }
  return out;
}

template <size_t N>
std::array<uint8_t, N> HexArray(const std::string& text) {
  std::array<uint8_t, N> out{};
  const std::vector<uint8_t> bytes = Hex(text);
  Copy(out, ConstBytes(bytes).first(N));
  return out;
}

inline ConstBytes Ascii(const char* text) {
  return {reinterpret_cast<const uint8_t*>(text), std::strlen(text)};
}

}  // namespace simurgh
