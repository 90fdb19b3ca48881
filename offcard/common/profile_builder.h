#pragma once

#include "offcard/common/saip_codec.h"

namespace simurgh::offcard::saip {

/// True for a description in a subscriber's words ("iccid", "imsi", "k"...), false for the form with
/// the elements of the package.
bool IsDescription(const Json& json);

/// Turns a description (docs and defaults: examples/README.md) into the elements of a complete
/// package: header, mf, pukCodes, pinCodes, telecom with a phonebook, usim, opt-usim, pinCodes,
/// akaParameter, isim when asked for, end. Files come from the templates of TCA Profile
/// Interoperability annex A; access rules are written for the record numbers the templates name.
/// @throws UserError naming the member.
Json Describe(const Json& description);

/// Either form to DER. @throws UserError.
Buffer BuildProfile(const Json& json);

}  // namespace simurgh::offcard::saip
