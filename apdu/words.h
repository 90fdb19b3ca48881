#pragma once

#include "apdu/sw.h"

namespace simurgh::apdu {

/// What a status word says, in words, for traces and messages off the card. Never nullptr; words of
/// a range (61xx, 63Cx, 6Cxx, 91xx) do not repeat the count.
const char* Describe(Sw sw);

}  // namespace simurgh::apdu
