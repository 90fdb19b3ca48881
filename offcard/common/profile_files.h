#pragma once

#include <string>
#include <vector>

#include "offcard/common/profile_builder.h"

// Pieces of the files that profile_builder.cc writes. Private to it.
namespace simurgh::offcard::saip {

/// Braces around one Json may copy it instead of making a list, depending on the compiler.
template <typename... T>
Json Array(T... items) {
  Json array = Json::array();
  (array.push_back(Json(std::move(items))), ...);
  return array;
}

inline Json Content(const std::string& hex) { return {{"fillFileContent", hex}}; }
inline Json Skip(size_t bytes) { return {{"fillFileOffset", bytes}}; }
inline Json Fcp(Json members) { return {{"fileDescriptor", std::move(members)}}; }

/// Sizes in the fewest bytes (TS 102 222 6.3.2.2.2).
std::string SizeHex(size_t bytes);
/// Descriptor and size of a linear fixed file.
Json LinearFixed(size_t record, size_t records);
Json Cyclic(size_t record, size_t records);
/// A file of records; those shorter than the file's are followed by filler up to the next one.
Json Records(Json fcp, size_t record, const std::vector<std::string>& contents);
/// EF.ARR with the rules whose numbers the templates name.
Json ArrFile();

}  // namespace simurgh::offcard::saip
