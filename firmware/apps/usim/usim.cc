#include "firmware/apps/usim/usim.h"

#include "firmware/apps/usim/handlers.h"

namespace simurgh::apps {
namespace {

using apdu::Case;
using apdu::Class;
using apdu::Effect;

// AUTHENTICATE and GET IDENTITY write what must be durable themselves, outside a transaction of the
// dispatcher: a sequence number counts even when the answer is a refusal.
constexpr apdu::Entry kUsimTable[] = {
    {Class::kIso, 0x88, Case::k4, Effect::kReads, naa::AuthenticateUsim},       // TS 31.102 7.1
    {Class::kIso, 0x89, Case::kAny, Effect::kReads, naa::AuthenticateUsimOdd},  // TS 31.102 7.1.2
    {Class::kEts, 0x78, Case::k2, Effect::kReads, naa::GetIdentity},            // TS 31.102 7.5
};
constexpr apdu::Entry kIsimTable[] = {
    {Class::kIso, 0x88, Case::k4, Effect::kReads, naa::AuthenticateIsim},       // TS 31.103 7.1
    {Class::kIso, 0x89, Case::kAny, Effect::kReads, naa::AuthenticateIsimOdd},  // TS 31.103 7.1.2
};
static_assert(apdu::StrictlyAscending(kUsimTable) && apdu::StrictlyAscending(kIsimTable));

constexpr uint8_t kUsimAid[] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02};
constexpr uint8_t kIsimAid[] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x04};
constexpr uint8_t kCsimAid[] = {0xA0, 0x00, 0x00, 0x03, 0x43, 0x10, 0x02};

}  // namespace

const apdu::App kUsim{kUsimAid, kUsimTable, nullptr, nullptr};
const apdu::App kIsim{kIsimAid, kIsimTable, nullptr, nullptr};
const apdu::App kCsim{kCsimAid, {}, nullptr, nullptr};

}  // namespace simurgh::apps
