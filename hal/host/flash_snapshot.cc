#include "hal/host/flash_snapshot.h"

namespace simurgh::hal {

FlashSnapshot::Later FlashSnapshot::Save() const {
  Later later;
  later.sectors.assign(flash_.touched().begin(), flash_.touched().end());
  later.content.resize(later.sectors.size() * flash_.shape().sector_bytes);
  for (size_t i = 0; i < later.sectors.size(); ++i) {
    Copy(Sector(Bytes(later.content), i), Sector(memory_, later.sectors[i]));
  }
  return later;
}

void FlashSnapshot::Restore() {
  for (const uint32_t sector : flash_.touched()) {
    Copy(Sector(memory_, sector), Sector(Bytes(content_), sector));
  }
  flash_.ForgetTouched();
}

void FlashSnapshot::Restore(const Later& later) {
  Restore();
  for (size_t i = 0; i < later.sectors.size(); ++i) {
    Copy(Sector(memory_, later.sectors[i]), Sector(ConstBytes(later.content), i));
  }
  flash_.Touch(later.sectors);
}

}  // namespace simurgh::hal
