#include "crypto/ec.h"
#include "crypto/sha.h"

namespace simurgh::crypto {

// K = H(Z | counter | SharedInfo) for counter = 1, 2, ... (ANSI X9.63 5.6.3, SEC 1 3.6.1).
void X963Kdf(ConstBytes shared, ConstBytes info, Bytes out) {
  for (uint32_t counter = 1; !out.empty(); ++counter) {
    std::array<uint8_t, 4> counter_bytes;
    Put32(counter_bytes, 0, counter);
    Sha256 hash;
    hash.Update(shared);
    hash.Update(counter_bytes);
    hash.Update(info);
    Sha256Digest digest = hash.Finish();
    const size_t n = std::min(digest.size(), out.size());
    Copy(out, ConstBytes(digest).first(n));
    out = out.subspan(n);
    Wipe(digest);
  }
}

}  // namespace simurgh::crypto
