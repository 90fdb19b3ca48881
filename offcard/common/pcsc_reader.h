#pragma once

#include <memory>
#include <string>

#include "offcard/common/card.h"

namespace simurgh::offcard {

/// A card in a PC/SC reader, chosen by the reader's name or a part of it.
/// @throws UserError listing the readers that are there.
std::unique_ptr<Reader> OpenPcsc(const std::string& name);

}  // namespace simurgh::offcard
