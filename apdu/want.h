#pragma once

#include <cstddef>
#include <cstdint>

namespace simurgh::apdu {

/// What a machine on the contacts needs next (apdu/contact.h says what each asks of the driver).
enum class Want : uint8_t { kCharacter, kGap, kSend, kWork };

/// Room for one T=0 command (5 + 255) or one T=1 block (3 + 254 + 2).
inline constexpr size_t kBlockBytes = 260;

}  // namespace simurgh::apdu
