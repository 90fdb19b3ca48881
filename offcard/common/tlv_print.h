#pragma once

#include <string>

#include "base/bytes.h"

namespace simurgh::offcard {

/// BER-TLV data as indented lines, one object per line, constructed ones opened. Empty when the
/// bytes are not a sequence of BER-TLV objects.
std::string PrintTlv(ConstBytes data, int indent = 2);

/// PrintTlv, or when that is not possible plain hexadecimal with the printable characters beside it.
std::string PrintData(ConstBytes data, int indent = 2);

}  // namespace simurgh::offcard
