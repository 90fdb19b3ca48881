#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace simurgh {

/// Views: a pointer and a length, never owners.
using Bytes = std::span<uint8_t>;
using ConstBytes = std::span<const uint8_t>;

inline bool Equal(ConstBytes a, ConstBytes b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

/// Copies `from` to the start of `to`; the caller has checked that it fits.
inline void Copy(Bytes to, ConstBytes from) {
  if (!from.empty()) {
    std::memmove(to.data(), from.data(), from.size());
  }
}

inline void Fill(Bytes to, uint8_t value) {
  if (!to.empty()) {
    std::memset(to.data(), value, to.size());
  }
}

/// Big-endian integers, as smart card standards write them.
constexpr uint16_t Get16(ConstBytes b, size_t at = 0) {
  return static_cast<uint16_t>(b[at] << 8 | b[at + 1]);
}
constexpr uint32_t Get32(ConstBytes b, size_t at = 0) {
  return static_cast<uint32_t>(Get16(b, at)) << 16 | Get16(b, at + 2);
}
constexpr uint64_t Get64(ConstBytes b, size_t at = 0) {
  return static_cast<uint64_t>(Get32(b, at)) << 32 | Get32(b, at + 4);
}
constexpr void Put16(Bytes b, size_t at, uint16_t v) {
  b[at] = static_cast<uint8_t>(v >> 8);
  b[at + 1] = static_cast<uint8_t>(v);
}
constexpr void Put32(Bytes b, size_t at, uint32_t v) {
  Put16(b, at, static_cast<uint16_t>(v >> 16));
  Put16(b, at + 2, static_cast<uint16_t>(v));
}
constexpr void Put64(Bytes b, size_t at, uint64_t v) {
  Put32(b, at, static_cast<uint32_t>(v >> 32));
  Put32(b, at + 4, static_cast<uint32_t>(v));
}

}  // namespace simurgh
