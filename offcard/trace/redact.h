#pragma once

#include "offcard/trace/event.h"
#include "offcard/trace/tracker.h"

namespace simurgh::offcard::trace {

/// Takes secrets out of events; lengths and tags stay. Secret are: values of PINs, PUKs and
/// administrative keys; keys and admin code in MANUFACTURE and PERSONALIZE; everything inside secure
/// messaging, and PUT KEY; RES, CK, IK, Kc and derived keys in answers of AUTHENTICATE and RUN GSM
/// ALGORITHM; contents of files that hold keys (file_names.h), and of files that the trace cannot
/// name because it began too late; the resume token of SUSPEND UICC; the hash of a confirmation
/// code; what a user typed into GET INKEY and GET INPUT. Malformed commands lose what could be one.
class Redactor {
 public:
  Event Redact(const Event& event);

 private:
  Tracker tracker_;
};

}  // namespace simurgh::offcard::trace
