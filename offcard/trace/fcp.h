#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offcard/common/hex.h"

namespace simurgh::offcard::trace {

enum class Structure : uint8_t { kUnknown, kDirectory, kTransparent, kLinear, kCyclic, kBerTlv };
const char* StructureName(Structure structure);

/// The answer to SELECT, file control parameters (ETSI TS 102 221 11.1.1.3) or that of GSM 11.11 9.2.1.
struct Fcp {
  Structure structure = Structure::kUnknown;
  uint16_t record_length = 0;
  uint8_t record_count = 0;
  uint16_t fid = 0;
  Buffer aid;
  std::optional<uint32_t> size;
  std::optional<uint8_t> sfi;       ///< 0: none
  std::optional<uint8_t> life_cycle;
  uint16_t arr_fid = 0;             ///< 8B: file and record of the rule; 0: not referenced
  uint8_t arr_record = 0;
  Buffer rule;                      ///< AB: the rule itself
  std::vector<uint8_t> pins;        ///< key references of the PIN status template
  Buffer pins_enabled;              ///< its PS_DO, a bit each
  bool gsm = false;
  uint8_t gsm_access[3] = {};       ///< GSM 11.11 9.3: read and update, increase, rehabilitate and invalidate
};

/// nullopt: neither an FCP template (62) nor an FCI (6F) with one's fields.
std::optional<Fcp> ParseFcp(ConstBytes answer);
/// The answer to SELECT of class A0, which has no tags. nullopt: too short.
std::optional<Fcp> ParseGsmHeader(ConstBytes answer);

/// "linear fixed, 10 records of 24 bytes, SFI 07, activated, rule: EF.ARR 6F06 record 2".
std::string FcpWords(const Fcp& fcp);
std::string LifeCycleWords(uint8_t life_cycle);

/// "PIN1", "ADM1", "PIN2 (81)": a key reference (TS 102 221 9.5.1, table 9.3).
std::string KeyWords(uint8_t reference);

/// What an expanded access rule says: for every operation, who may (TS 102 221 9.2.6).
struct Permission {
  std::string operation;  ///< "read", "update", "INS D4"
  std::string condition;  ///< "always", "never", "PIN1", "PIN1 and ADM1", "?" when not understood
};
std::vector<Permission> ReadRule(ConstBytes rule, bool directory);
/// "read: PIN1; update, activate: ADM1".
std::string RuleWords(const std::vector<Permission>& permissions);
/// Those of a GSM header, in the same words.
std::vector<Permission> GsmPermissions(const Fcp& fcp);

}  // namespace simurgh::offcard::trace
