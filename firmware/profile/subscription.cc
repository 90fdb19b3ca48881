#include "firmware/profile/subscription.h"

namespace simurgh::profile {

namespace {
constexpr uint8_t kUsimAid[] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02};
constexpr uint16_t kImsiFid = 0x6F07;
}  // namespace

Result<fs::File> FindUsim(fs::FileSystem& files, uint16_t space) {
  return files.ByAid(space, kUsimAid);
}

Result<fs::File> FindImsi(fs::FileSystem& files, uint16_t space) {
  const fs::File usim = TRY(FindUsim(files, space));
  const fs::File imsi = TRY(files.Child(usim, kImsiFid));
  if (imsi.type != fs::Type::kTransparent || imsi.size < kImsiBytes) {
    return Error::kNotFound;
  }
  return imsi;
}

Error ReadImsi(fs::FileSystem& files, uint16_t space, Imsi& out) {
  return files.Read(TRY(FindImsi(files, space)), 0, out);
}

}  // namespace simurgh::profile
