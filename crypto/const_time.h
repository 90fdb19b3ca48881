#pragma once

#include "base/bytes.h"
#include "base/verdict.h"

namespace simurgh::crypto {

/// Compares in time that depends on the sizes only. Views of different sizes are rejected at once.
Verdict EqualConstantTime(ConstBytes a, ConstBytes b);

}  // namespace simurgh::crypto
