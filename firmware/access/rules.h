#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "firmware/access/pins.h"
#include "firmware/fs/file_system.h"
#include "firmware/fs/selection.h"

namespace simurgh::access {

/// What a command wants to do with a file, as access rules name it: a bit of the access mode byte
/// (ISO/IEC 7816-4 7.4.11.2, tables for EF and DF), an instruction (access mode tag 84), or either.
struct Access {
  uint8_t mode = 0;
  uint8_t ins = 0;
};
constexpr Access kRead{0x01, 0xB0};
constexpr Access kUpdate{0x02, 0xD6};
constexpr Access kIncrease{0x00, 0x32};  // TS 102 221 9.2.5: not one of the mode byte's operations
constexpr Access kDeactivate{0x08, 0x04};
constexpr Access kActivate{0x10, 0x44};
constexpr Access kTerminateEf{0x20, 0xE8};
constexpr Access kTerminateDf{0x20, 0xE6};
constexpr Access kTerminateCard{0x20, 0xFE};  // of the MF
constexpr Access kDelete{0x40, 0xE4};
constexpr Access kResize{0x00, 0xD4};    // as INCREASE
constexpr Access kRetrieve{0x01, 0xCB};
constexpr Access kSet{0x02, 0xDB};
constexpr Access kCreateEf{0x02, 0};  // of a DF
constexpr Access kCreateDf{0x04, 0};

/// Whether a key reference is satisfied; `context` is the caller's.
using Satisfied = bool (*)(void* context, uint8_t key_reference);

/// Evaluates an access rule in expanded format (TS 102 221 9.2.6, ISO/IEC 7816-4 5.4.3.2): AM_DO,
/// SC_DOs, AM_DO, ... Several SC_DOs after one AM_DO are alternatives. FF ends the rule. What is not
/// understood grants nothing.
bool Evaluate(ConstBytes rule, Access access, Satisfied satisfied, void* context);

/// Evaluates an access rule in compact format (ISO/IEC 7816-4 5.4.3.1): access mode byte, then a
/// security condition byte for each of its bits, the highest first. 00 always; all others grant
/// nothing: FF is never, and those between name security environments, of which the card has none.
bool EvaluateCompact(ConstBytes rule, Access access);

/// Whether `file` may be accessed on a channel: evaluates its own rule (tag 8C or AB), or finds the record of EF.ARR that the file refers to
/// (9.2.7: in the file's directory, else in the directories above it) and evaluates it.
bool Allowed(fs::FileSystem& files, Pins& pins, const fs::Selection& where, const Verified& verified,
             const fs::File& file, Access access);

/// The same for somebody else than the channel: what would whoever `satisfied` describes be allowed?
bool Allowed(fs::FileSystem& files, const fs::File& file, Access access, Satisfied satisfied,
             void* context);

}  // namespace simurgh::access
