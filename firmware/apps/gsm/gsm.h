#pragma once

#include <span>

#include "apdu/app.h"

namespace simurgh::apps {

/// Class A0: the commands of a SIM (3GPP TS 51.011, once GSM 11.11) over the files of a UICC, on
/// the basic channel alone. docs/formats/gsm.md says which file of the profile stands for which
/// file of a SIM. GET RESPONSE and 9Fxx are the dispatcher's.
///
/// Classes may be mixed: they work on the same selection and the same verified PINs.
extern const std::span<const apdu::Entry> kGsm;

}  // namespace simurgh::apps
