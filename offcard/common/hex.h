#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace simurgh::offcard {

/// Bytes that own their memory: what off-card code passes around.
using Buffer = std::vector<uint8_t>;

/// Upper case, no separators.
std::string ToHex(ConstBytes data);

/// Reads hexadecimal digits; spaces, tabs, newlines, ':' and '-' between bytes are ignored.
/// @param what  names the value in the error text.
/// @throws UserError: a character that is no digit, or an odd number of digits.
Buffer FromHex(std::string_view text, std::string_view what = "value");

/// Swaps the two digits of every byte: how cards keep decimal digits (ETSI TS 102 221 13.2).
Buffer SwapNibbles(ConstBytes data);

/// The check digit that completes `digits` (ITU-T E.118, ISO/IEC 7812-1 annex B).
char LuhnDigit(std::string_view digits);

/// Whole files. @throws UserError naming the path and the reason.
Buffer ReadFile(const std::string& path);
std::string ReadTextFile(const std::string& path);
void WriteFile(const std::string& path, ConstBytes data);

}  // namespace simurgh::offcard
