#pragma once

#include "apdu/app.h"

namespace simurgh::apps {

/// Network access applications. Their files are ADFs of the profile in use: `select` is null, the
/// AID is the beginning of the ADFs' AIDs (TS 101 220 annex E), and SELECT is the UICC's.
extern const apdu::App kUsim;  ///< A0000000871002: AUTHENTICATE (3GPP TS 31.102 7.1)
extern const apdu::App kIsim;  ///< A0000000871004: AUTHENTICATE (3GPP TS 31.103 7.1)
extern const apdu::App kCsim;  ///< A0000003431002: files only

}  // namespace simurgh::apps
