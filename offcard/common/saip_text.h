#pragma once

#include <string>

#include "offcard/common/saip_codec.h"

namespace simurgh::offcard::saip {

/// The package as indented lines for people: a line per element with its byte offset and size, a
/// line per file (id, structure, sizes, access rule), values in words where they have some.
std::string ToText(const Package& package);

}  // namespace simurgh::offcard::saip
