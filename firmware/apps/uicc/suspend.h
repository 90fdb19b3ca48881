#pragma once

#include "apdu/command.h"
#include "base/result.h"
#include "firmware/store/store.h"

// What the dispatcher must know of SUSPEND UICC (TS 102 221 11.1.22, docs/formats/suspend.md).
namespace simurgh::apps {

constexpr uint8_t kSuspendIns = 0x76;

/// Whether a state waits for its resume token.
bool Suspended(store::Store& store);
/// Whether the state that waits belongs to the profile in `space`. One of another profile is of no
/// use any more, and the number of its space may be given to a new one.
bool SuspendedIn(store::Store& store, uint16_t space);
/// Whether a command leaves the waiting state alone. Any other deletes it (11.1.22.3.2); TERMINAL
/// CAPABILITY comes before a resumption, GET RESPONSE fetches the token.
bool KeepsSuspension(const apdu::Command& command);
Error ForgetSuspension(store::Store& store);

}  // namespace simurgh::apps
