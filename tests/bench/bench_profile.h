#pragma once

#include <fmt/format.h>

#include <string>

#include "offcard/common/profile_builder.h"
#include "offcard/common/user_error.h"

/// Packages that the bench installs.
namespace simurgh::bench {

using namespace simurgh::offcard;
using saip::Json;

/// Files of 500 different bytes each, under the MF, until the package has about `bytes`.
inline Json BulkFiles(size_t bytes) {
  constexpr size_t kFile = 500;
  constexpr size_t kOverhead = 35;
  Json command = Json::array({{{"filePath", ""}}});
  for (size_t i = 0; i < bytes / (kFile + kOverhead); ++i) {
    Buffer content(kFile);
    for (size_t k = 0; k < kFile; ++k) { content[k] = static_cast<uint8_t>(i * 31 + k * 7); }
    command.push_back({{"createFCP",
                        {{"fileDescriptor", "4121"},
                         {"fileID", fmt::format("6E{:02X}", i)},
                         {"securityAttributesReferenced", "2F0601"},
                         {"efFileSize", fmt::format("{:04X}", kFile)}}}});
    command.push_back({{"fillFileContent", ToHex(content)}});
  }
  return {{"genericFileManagement",
           {{"gfm-header", {{"mandated", nullptr}, {"identification", 200}}},
            {"fileManagementCMD", Json::array({command})}}}};
}

/// The example profile under a number of its own, its PIN switched on; padded to `bytes`.
inline Buffer MakePackage(int number, size_t bytes) {
  Json json = Json::parse(ReadTextFile(SIMURGH_SOURCE_DIR "/examples/operational.json"));
  const std::string iccid = fmt::format("890010100000000{:03}", number);
  json["iccid"] = iccid + LuhnDigit(iccid);
  json["imsi"] = fmt::format("001010000000{:03}", number);
  json["pin1Enabled"] = true;
  Json elements = saip::Describe(json);
  const size_t plain = saip::BuildProfile(elements).size();
  if (bytes > plain) { elements.insert(elements.end() - 1, BulkFiles(bytes - plain)); }
  return saip::BuildProfile(elements);
}

}  // namespace simurgh::bench
