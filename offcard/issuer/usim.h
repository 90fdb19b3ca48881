#pragma once

#include <string>

#include "offcard/common/card.h"
#include "offcard/common/hex.h"

namespace simurgh::offcard {

/// Selects the first USIM by partial AID and verifies PIN1 when `pin` is not empty.
/// @throws UserError: no enabled profile, wrong PIN.
void SelectUsim(Reader& reader, const std::string& pin);

/// Content of a transparent EF by path from the MF (two bytes per file; 7FFF is the current ADF).
/// @throws UserError.
Buffer ReadTransparent(Reader& reader, ConstBytes path);
/// One record of a linear fixed EF. @throws UserError.
Buffer ReadRecord(Reader& reader, ConstBytes path, uint8_t record);

/// EF.IMSI as digits (TS 31.102 4.2.2).
std::string ImsiDigits(ConstBytes ef_imsi);

}  // namespace simurgh::offcard
