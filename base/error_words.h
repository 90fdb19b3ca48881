#pragma once

#include "base/error.h"

namespace simurgh {

/// Why a card could not start on its flash, for people.
constexpr const char* BootRefusalWords(Error error) {
  switch (error) {
    case Error::kCorrupt:
      return "its flash is damaged (a record fails its check), or was not written by this card OS";
    case Error::kHardware:
      return "its flash or its source of random numbers failed";
    case Error::kFull:
      return "its flash has no room left for what an interrupted command must finish";
    default:
      return "its boot failed";
  }
}

}  // namespace simurgh
