#pragma once

#include <vector>

#include "offcard/common/saip_codec.h"

namespace simurgh::offcard::saip {

/// Everything a card or an operator would object to, beyond what Decode found: order of elements,
/// header and end, identification numbers, mandatory services and templates against what is used,
/// ICCID, PIN and PUK coding, references, file sizes against content, key sizes.
/// Problems are in the order of the package.
std::vector<Problem> Check(const Package& package);

}  // namespace simurgh::offcard::saip
