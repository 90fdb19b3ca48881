// Images, from the first byte to the installation at boot. The first byte of the input chooses:
//   0     the rest is the file as it comes, header, signature and all
//   1     the rest is metadata and package behind a header, digest and signature that are right
//   2     the rest is the package; the metadata is right as well
//   3     the rest is laid over a right image from the offset in its first two bytes
// The metadata of 1 is as long as the next two bytes say. Whatever comes, the area is empty
// afterwards or still receiving, nothing is staged, and the card boots.
#include "firmware/profile/image_format.h"
#include "tests/fuzz/card_fuzz.h"

namespace simurgh::test {
namespace {

const Subscriber& One() {
  static const Subscriber one = NewSubscriber(1);
  return one;
}

void Provision(CardRig& rig) {
  if (!rig.Manufacture()) {
    std::abort();
  }
}

Data MakeImage(CardRig& rig, uint8_t mode, ConstBytes rest) {
  CardRig::Image image;
  image.iccid = One().iccid;
  switch (mode % 4) {
    case 0:
      return Data(rest.begin(), rest.end());
    case 1: {
      const size_t asked = rest.size() < 2 ? 0 : Get16(rest) % 1025;
      rest = rest.subspan(std::min<size_t>(2, rest.size()));
      const size_t n = std::min(asked, rest.size());
      image.metadata.assign(rest.begin(), rest.begin() + static_cast<long>(n));
      image.package.assign(rest.begin() + static_cast<long>(n), rest.end());
      return rig.Pack(image);
    }
    case 2:
      image.package.assign(rest.begin(), rest.end());
      return rig.Pack(image);
    default: {
      image.package = One().package;
      Data file = rig.Pack(image);
      const size_t at = rest.size() < 2 ? 0 : Get16(rest) % file.size();
      rest = rest.subspan(std::min<size_t>(2, rest.size()));
      Copy(Bytes(file).subspan(at), rest.first(std::min(rest.size(), file.size() - at)));
      return file;
    }
  }
}

}  // namespace
}  // namespace simurgh::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace simurgh;
  using namespace simurgh::test;
  if (size == 0 || size > 60000) {
    return 0;
  }
  static FuzzCard fuzz(Provision);
  CardRig& rig = fuzz.Fresh();
  const Data image = MakeImage(rig, data[0], ConstBytes(data + 1, size - 1));
  if (image.size() < profile::kImageHeaderBytes) {
    return 0;
  }
  const int reason = rig.Install(image);
  const profile::ImageStore::State state = rig.session().images.status().state;
  const bool installed = rig.session().profiles.Used(0);
  if (state == profile::ImageStore::State::kComplete || (reason == 0) != installed ||
      rig.session().profiles.staging_space() != 0) {
    std::abort();
  }
  fuzz.CheckBoots();
  return 0;
}
