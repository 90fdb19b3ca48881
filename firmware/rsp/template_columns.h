#pragma once

#include "firmware/rsp/templates.h"

// One-letter words for the columns of templates*.cc, so that a row fits a line. Private to them.
namespace simurgh::rsp::columns {

constexpr FileKind M = FileKind::kMf, D = FileKind::kDf, A = FileKind::kAdf,
                   T = FileKind::kTransparent, L = FileKind::kLinear, C = FileKind::kCyclic,
                   B = FileKind::kBerTlv;
constexpr bool m = true, o = false;  // mandatory or optional in the ASN.1 module

}  // namespace simurgh::rsp::columns
