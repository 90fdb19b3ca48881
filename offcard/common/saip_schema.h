#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace simurgh::offcard::saip {

/// The ASN.1 kinds that profile packages use (TCA Profile Interoperability, PE_Definitions).
enum class Kind : uint8_t {
  kSequence,
  kSequenceOf,
  kChoice,
  kOctets,
  kInteger,
  kOid,
  kUtf8,
  kNull,
  kUnknown,  ///< an object the schema does not know: kept as it came
};

struct Type;

/// Tag class in the top two bits as X.690 8.1.2.2 codes it, number below.
struct Tag {
  uint8_t cls = 0x80;  ///< 00 universal, 40 application, 80 context, C0 private
  uint32_t number = 0;
  bool operator==(const Tag&) const = default;
};

struct Member {
  std::string name;
  const Type* type = nullptr;
  bool optional = false;  ///< OPTIONAL or DEFAULT
  Tag tag;
};

struct Type {
  Kind kind = Kind::kNull;
  std::string name;              ///< as in the ASN.1; empty for types without a name
  std::vector<Member> members;   ///< kSequence, kChoice: in definition order
  const Type* element = nullptr; ///< kSequenceOf
  uint64_t min = 0;              ///< kOctets, kUtf8: bytes; kInteger: value; kSequenceOf: elements
  uint64_t max = UINT64_MAX;
  std::vector<std::pair<std::string, uint64_t>> names;  ///< kInteger: named numbers

  /// nullptr when there is no such member.
  const Member* Find(const std::string& member) const;
};

/// The CHOICE of all profile elements. Built once from the rows in saip_schema.cc.
const Type& ProfileElement();

/// A named type, e.g. "Fcp". @throws std::logic_error for a name the rows do not define.
const Type& TypeNamed(const std::string& name);

/// The type of objects that are not in the schema.
const Type& UnknownType();

}  // namespace simurgh::offcard::saip
