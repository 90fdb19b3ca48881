#pragma once

#include <array>

#include "base/result.h"
#include "firmware/fs/file_system.h"

/// The subscription of a profile: EF.IMSI and K of its first USIM.
namespace simurgh::profile {

constexpr size_t kImsiBytes = 9;
using Imsi = std::array<uint8_t, kImsiBytes>;

/// First USIM of the profile (TS 31.102: AID A0000000871002...). @error kNotFound.
Result<fs::File> FindUsim(fs::FileSystem& files, uint16_t space);
/// EF.IMSI, 6F07 (TS 31.102 4.2.2). @error kNotFound.
Result<fs::File> FindImsi(fs::FileSystem& files, uint16_t space);
/// @error kNotFound: no USIM or EF.IMSI.
Error ReadImsi(fs::FileSystem& files, uint16_t space, Imsi& out);

}  // namespace simurgh::profile
