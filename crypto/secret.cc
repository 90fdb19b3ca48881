#include "crypto/secret.h"

namespace simurgh::crypto {

void Wipe(Bytes data) {
  Fill(data, 0);
  // The compiler must assume that the bytes are read here, so the writes above stay.
  __asm__ volatile("" : : "r"(data.data()) : "memory");
}

}  // namespace simurgh::crypto
