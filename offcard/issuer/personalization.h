#pragma once

#include <string>

#include "offcard/issuer/secure_session.h"

namespace simurgh::offcard {

struct NewSubscription {
  std::string imsi;  ///< digits
  Buffer k;
  Buffer opc;        ///< empty: as it was
};

struct PersonalizeResult {
  bool done = false;
  bool refresh = false;  ///< the card announced a REFRESH (91xx)
  uint16_t sw = 0;
  std::string words;     ///< why not
};

/// Selects the personalization application, opens its SCP03 session (C-MAC, C-ENC) and sends
/// PERSONALIZE (docs/formats/personalization.md). @throws UserError: no session, malformed IMSI.
PersonalizeResult Personalize(Reader& reader, const ScpKeys& keys, ConstBytes admin_code,
                              const NewSubscription& subscription);

}  // namespace simurgh::offcard
