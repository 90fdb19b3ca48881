#pragma once

#include <string_view>

#include "firmware/rsp/pe_status.h"

namespace simurgh::saip {

/// One sentence for people, e.g. "needs a service this card lacks". Tools and tests only: the
/// firmware does not refer to it.
std::string_view ReasonText(Reason reason);

}  // namespace simurgh::saip
