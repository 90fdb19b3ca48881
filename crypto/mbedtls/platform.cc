#include <mbedtls/platform.h>

#include "base/check.h"

// What mbedTLS asks of the C library beyond memory (mbedtls_config.h). Neither is reached in a
// healthy card.

/// The allocator found its own structures damaged: there is nothing to return to.
extern "C" void simurgh_mbedtls_exit(int) {
  simurgh::CheckFailed("mbedTLS allocator intact", __FILE__, __LINE__);
}

/// Only the printing of object identifiers formats text, and we never print one.
extern "C" int simurgh_mbedtls_snprintf(char*, size_t, const char*, ...) {
  simurgh::CheckFailed("mbedTLS formats no text", __FILE__, __LINE__);
}
