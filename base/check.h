#pragma once

namespace simurgh {

/// Called when our own reasoning proved wrong; never for input. The PC prints and aborts, a board
/// leaves a fault record and resets (hal/*/check_failed.cc: each platform links exactly one).
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace simurgh

#define CHECK(condition)                                            \
  do {                                                              \
    if (!(condition)) [[unlikely]] {                                \
      ::simurgh::CheckFailed(#condition, __FILE__, __LINE__);       \
    }                                                               \
  } while (false)
