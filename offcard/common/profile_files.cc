#include "offcard/common/profile_files.h"

#include <fmt/format.h>

namespace simurgh::offcard::saip {
namespace {

enum class Who : uint8_t { kAlways, kNever, kPin1, kPin2, kAdm1 };

/// SC_DO (ISO/IEC 7816-4 5.4.3.2): always, never, or user authentication with a key reference.
std::string Condition(Who who) {
  switch (who) {
    case Who::kAlways: return "9000";
    case Who::kNever: return "9700";
    case Who::kPin1: return "A406830101950108";
    case Who::kPin2: return "A406830181950108";
    case Who::kAdm1: break;
  }
  return "A40683010A950108";
}

struct Rule {
  Who read;
  Who update;
};

// Record n - 1 of every EF.ARR: the numbers that the templates name.
constexpr Rule kRules[] = {
    {Who::kAlways, Who::kPin1},   // 1: preferred languages
    {Who::kPin1, Who::kAdm1},     // 2: most of the USIM
    {Who::kAdm1, Who::kAdm1},     // 3
    {Who::kAlways, Who::kPin2},   // 4
    {Who::kPin1, Who::kPin1},     // 5: what the phone writes
    {Who::kAdm1, Who::kPin1},     // 6
    {Who::kPin1, Who::kPin2},     // 7: charging counters
    {Who::kPin1, Who::kPin2},     // 8: fixed dialling
    {Who::kAlways, Who::kPin1},   // 9
    {Who::kAlways, Who::kAdm1},   // 10: directories of applications, access rules
    {Who::kAlways, Who::kNever},  // 11: ICCID
    {Who::kNever, Who::kNever},   // 12
    {Who::kNever, Who::kAdm1},    // 13
};
constexpr size_t kArrRecord = 55;

/// Access mode bytes for EFs and DFs: TS 102 221 9.2.1, ISO/IEC 7816-4 tables 16 and 17.
std::string ArrRecord(const Rule& rule) {
  std::string text = "800101" + Condition(rule.read) + "800102" + Condition(rule.update);
  text += "800158" + Condition(Who::kAdm1);  // delete, activate, deactivate
  text += "8401D4" + Condition(Who::kAdm1);  // RESIZE FILE
  // INCREASE of charging counters, by the phone: TS 31.102 4.2.9.
  return &rule == &kRules[6] ? text + "840132" + Condition(Who::kPin1) : text;
}

}  // namespace

std::string SizeHex(size_t bytes) {
  return bytes < 0x100 ? fmt::format("{:02X}", bytes) : fmt::format("{:04X}", bytes);
}

Json LinearFixed(size_t record, size_t records) {
  return {{"fileDescriptor", fmt::format("4221{:04X}", record)},
          {"efFileSize", SizeHex(record * records)}};
}

Json Cyclic(size_t record, size_t records) {
  return {{"fileDescriptor", fmt::format("4621{:04X}", record)},
          {"efFileSize", SizeHex(record * records)}};
}

Json Records(Json fcp, size_t record, const std::vector<std::string>& contents) {
  Json file = Array(Fcp(std::move(fcp)));
  size_t skip = 0;
  for (const std::string& hex : contents) {
    if (skip > 0) { file.push_back(Skip(skip)); }
    file.push_back(Content(hex));
    skip = record - hex.size() / 2;
  }
  return file;
}

Json ArrFile() {
  std::vector<std::string> records;
  for (const Rule& rule : kRules) { records.push_back(ArrRecord(rule)); }
  // 14: directories. Delete self, terminate, activate, deactivate, create DF and EF, delete child.
  records.push_back("80017F" + Condition(Who::kAdm1) + "8401D4" + Condition(Who::kAdm1));
  return Records(LinearFixed(kArrRecord, records.size()), kArrRecord, records);
}

}  // namespace simurgh::offcard::saip
