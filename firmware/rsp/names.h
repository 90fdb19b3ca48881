#pragma once

#include <string_view>

#include "firmware/rsp/profile_package.h"

/// Spellings of the ASN.1 module, for tools and tests: the firmware refers to none of these, so
/// its linker drops them.
namespace simurgh::rsp {

std::string_view PeName(Pe pe);                ///< "opt-usim"; "?" when unknown
std::string_view ServiceName(Service service);
std::string_view StatusName(Status status);
/// Name of the file member with context tag `row` + 2 of a file system element; empty past the end.
std::string_view FileName(Pe pe, uint8_t row);

}  // namespace simurgh::rsp
