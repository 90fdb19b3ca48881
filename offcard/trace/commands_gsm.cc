// Commands of class A0 (GSM 11.11, TS 51.011 clause 9.2).
#include <fmt/format.h>

#include "offcard/trace/commands.h"

namespace simurgh::offcard::trace {
namespace {

using apdu::Class;

std::string File(const Context& c) { return c.target.file.empty() ? "no EF selected" : c.target.file; }

std::string Select(const Context& c) { return FidWords(c.before, c.apdu.data); }

std::string Binary(const Context& c) {
  return fmt::format("{}, offset {}, {} bytes", File(c), c.apdu.p1 << 8 | c.apdu.p2,
                     c.apdu.data.empty() ? c.apdu.ne : c.apdu.data.size());
}

std::string Record(const Context& c) {
  return fmt::format("{}, {}", File(c), RecordMode(c.apdu.p1, c.apdu.p2));
}

std::string Chv(const Context& c) {
  // UNBLOCK CHV counts from 0 (9.2.13).
  const int number = c.apdu.ins == 0x2C && c.apdu.p2 == 0 ? 1 : c.apdu.p2;
  return fmt::format("CHV{}", number);
}

// TS 51.011 table 10.
constexpr CommandRow kRows[] = {
    {Class::kGsm, 0x04, For::kAll, "INVALIDATE", "TS 51.011 9.2.14", File},
    {Class::kGsm, 0x10, For::kAll, "TERMINAL PROFILE", "TS 51.011 9.2.19", nullptr},
    {Class::kGsm, 0x12, For::kAll, "FETCH", "TS 51.011 9.2.21", nullptr},
    {Class::kGsm, 0x14, For::kAll, "TERMINAL RESPONSE", "TS 51.011 9.2.22", TerminalResponse},
    {Class::kGsm, 0x20, For::kAll, "VERIFY CHV", "TS 51.011 9.2.9", Chv},
    {Class::kGsm, 0x24, For::kAll, "CHANGE CHV", "TS 51.011 9.2.10", Chv},
    {Class::kGsm, 0x26, For::kAll, "DISABLE CHV", "TS 51.011 9.2.11", Chv},
    {Class::kGsm, 0x28, For::kAll, "ENABLE CHV", "TS 51.011 9.2.12", Chv},
    {Class::kGsm, 0x2C, For::kAll, "UNBLOCK CHV", "TS 51.011 9.2.13", Chv},
    {Class::kGsm, 0x32, For::kAll, "INCREASE", "TS 51.011 9.2.8", File},
    {Class::kGsm, 0x44, For::kAll, "REHABILITATE", "TS 51.011 9.2.15", File},
    {Class::kGsm, 0x88, For::kAll, "RUN GSM ALGORITHM", "TS 51.011 9.2.16", nullptr},
    {Class::kGsm, 0xA2, For::kAll, "SEEK", "TS 51.011 9.2.7", File},
    {Class::kGsm, 0xA4, For::kAll, "SELECT", "TS 51.011 9.2.1", Select},
    {Class::kGsm, 0xB0, For::kAll, "READ BINARY", "TS 51.011 9.2.3", Binary},
    {Class::kGsm, 0xB2, For::kAll, "READ RECORD", "TS 51.011 9.2.5", Record},
    {Class::kGsm, 0xC0, For::kAll, "GET RESPONSE", "TS 51.011 9.2.18", GetResponseWords},
    {Class::kGsm, 0xC2, For::kAll, "ENVELOPE", "TS 51.011 9.2.20", EnvelopeCommand},
    {Class::kGsm, 0xD6, For::kAll, "UPDATE BINARY", "TS 51.011 9.2.4", Binary},
    {Class::kGsm, 0xDC, For::kAll, "UPDATE RECORD", "TS 51.011 9.2.6", Record},
    {Class::kGsm, 0xF2, For::kAll, "STATUS", "TS 51.011 9.2.2", nullptr},
    {Class::kGsm, 0xFA, For::kAll, "SLEEP", "TS 51.011 9.2.17", nullptr},
};

}  // namespace

const std::span<const CommandRow> kGsmRows(kRows);

}  // namespace simurgh::offcard::trace
