#pragma once

#include <cstdint>

namespace simurgh {

/// The answer to "is this secret, MAC, signature or binding right?". The two values are 16 bits
/// apart, so that no single flipped bit and no zeroed register reads as kAccepted. Used for PIN,
/// admin code, MAC, signature, binding and life cycle, and nowhere else.
enum class [[nodiscard]] Verdict : uint32_t {
  kRejected = 0x5A3CA5C3,
  kAccepted = 0xA5C35A3C,
};

constexpr bool Accepted(Verdict v) { return v == Verdict::kAccepted; }

}  // namespace simurgh
