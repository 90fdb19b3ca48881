#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "offcard/common/hex.h"
#include "offcard/common/saip_schema.h"

namespace simurgh::offcard::saip {

using Json = nlohmann::ordered_json;

/// One value of a profile package, with the place it was read from.
struct Node {
  const Type* type = nullptr;
  std::string name;            ///< member name; empty for elements of a SEQUENCE OF
  Tag tag;
  bool tagged = true;          ///< false: a CHOICE without a tag of its own
  size_t offset = 0;           ///< of the tag, in the package; 0 for values built from JSON
  size_t size = 0;             ///< bytes with tag and length
  Buffer value;                ///< content of primitive kinds (and of kUnknown)
  bool constructed = false;    ///< kUnknown only: bit 6 of its tag
  std::vector<Node> children;  ///< kSequence, kSequenceOf, kChoice (exactly one)

  /// The child with this name, through CHOICEs. nullptr when absent.
  const Node* Find(const std::string& child) const;
  /// kInteger. @throws std::out_of_range when it does not fit.
  uint64_t integer() const;
};

/// A profile package: elements in order; names are those of the CHOICE ("usim").
using Package = std::vector<Node>;

/// What is wrong with a package.
struct Problem {
  bool fatal = true;  ///< false: worth knowing, but cards take it
  size_t offset = 0;  ///< byte in the package
  std::string path;   ///< "element 8 (usim): ef-imsi[1].fillFileContent"
  std::string what;
};
/// "byte 2361, element 8 (usim): ef-imsi[1].fillFileContent: ..."
std::string ToString(const Problem& problem);

/// Reads DER. What can still be shown (sizes, missing members, unknown members) goes to `problems`.
/// @throws UserError with byte offset and path: bytes that are no DER of this structure.
Package Decode(ConstBytes der, std::vector<Problem>* problems);

/// Writes DER. Decode and Encode are inverse: known or unknown, every byte comes back.
Buffer Encode(const Package& package);
Buffer Encode(const Node& node);

/// The JSON form, the same names as the ASN.1: SEQUENCE an object, SEQUENCE OF an array, CHOICE an
/// object with one member, OCTET STRING hexadecimal, INTEGER a number or its name, OID dotted, NULL
/// null. A SEQUENCE of NULLs only (services) is an array of the names that are present.
Json ToJson(const Package& package);
/// @throws UserError naming element and member path.
Package FromJson(const Json& json);

/// The value of a single node in the same JSON form.
Json ValueToJson(const Node& node);

}  // namespace simurgh::offcard::saip
