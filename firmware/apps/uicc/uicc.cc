#include "firmware/apps/uicc/uicc.h"

#include "firmware/apps/uicc/handlers.h"

namespace simurgh::apps {
namespace {

using apdu::Case;
using apdu::Class;
using apdu::Effect;

// ETSI TS 102 221 table 10.5, ascending class and INS. PIN commands that only compare write their
// counters durably by themselves and want no transaction; those that delete files or objects open their own, one after the other.
constexpr apdu::Entry kTable[] = {
    {Class::kIso, 0x04, Case::kAny, Effect::kWrites, DeactivateFile},    // 11.1.14
    {Class::kIso, 0x20, Case::kAny, Effect::kReads, VerifyPin},          // 11.1.9
    {Class::kIso, 0x24, Case::k3, Effect::kWrites, ChangePin},           // 11.1.10
    {Class::kIso, 0x26, Case::k3, Effect::kWrites, DisablePin},          // 11.1.11
    {Class::kIso, 0x28, Case::k3, Effect::kWrites, EnablePin},           // 11.1.12
    {Class::kIso, 0x2C, Case::kAny, Effect::kWrites, UnblockPin},        // 11.1.13
    {Class::kIso, 0x44, Case::kAny, Effect::kWrites, ActivateFile},      // 11.1.15
    {Class::kIso, 0x70, Case::k2, Effect::kReads, ManageChannel},        // 11.1.17
    {Class::kIso, 0x84, Case::k2, Effect::kReads, GetChallenge},         // 11.1.18
    {Class::kIso, 0xA2, Case::k4, Effect::kReads, SearchRecord},         // 11.1.7
    {Class::kIso, 0xA4, Case::kAny, Effect::kReads, Select},             // 11.1.1
    {Class::kIso, 0xB0, Case::k2, Effect::kReads, ReadBinary},           // 11.1.3
    {Class::kIso, 0xB2, Case::k2, Effect::kReads, ReadRecord},           // 11.1.5
    {Class::kIso, 0xD6, Case::k3, Effect::kWrites, UpdateBinary},        // 11.1.4
    {Class::kIso, 0xDC, Case::k3, Effect::kWrites, UpdateRecord},        // 11.1.6
    {Class::kIso, 0xE0, Case::k3, Effect::kReads, CreateFile},           // TS 102 222 6.3
    {Class::kIso, 0xE4, Case::k3, Effect::kReads, DeleteFile},           // TS 102 222 6.4
    {Class::kIso, 0xE6, Case::k3, Effect::kWrites, TerminateDf},         // TS 102 222 6.7
    {Class::kIso, 0xE8, Case::k3, Effect::kWrites, TerminateEf},         // TS 102 222 6.8
    {Class::kIso, 0xFE, Case::k1, Effect::kWrites, TerminateCardUsage},  // TS 102 222 6.9
    {Class::kEts, 0x10, Case::k3, Effect::kReads, TerminalProfile},      // 11.2.1
    {Class::kEts, 0x12, Case::k2, Effect::kReads, Fetch},                // 11.2.3
    {Class::kEts, 0x14, Case::k3, Effect::kWrites, TerminalResponse},    // 11.2.4
    {Class::kEts, 0x32, Case::k4, Effect::kWrites, Increase},            // 11.1.8
    {Class::kEts, 0x76, Case::k3, Effect::kWrites, SuspendUicc},         // 11.1.22
    {Class::kEts, 0xAA, Case::k3, Effect::kReads, TerminalCapability},   // 11.1.19
    {Class::kEts, 0xC2, Case::k4, Effect::kWrites, Envelope},            // 11.2.2
    {Class::kEts, 0xCB, Case::kAny, Effect::kReads, RetrieveData},       // 11.3.1
    {Class::kEts, 0xD4, Case::k3, Effect::kReads, ResizeFile},           // TS 102 222 6.10
    {Class::kEts, 0xDB, Case::k3, Effect::kReads, SetData},              // 11.3.2
    {Class::kEts, 0xF2, Case::k2, Effect::kReads, Status},               // 11.1.2
};
static_assert(apdu::StrictlyAscending(kTable));

}  // namespace

const std::span<const apdu::Entry> kUicc(kTable);

}  // namespace simurgh::apps
