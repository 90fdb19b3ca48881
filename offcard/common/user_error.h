#pragma once

#include <stdexcept>
#include <string>

namespace simurgh::offcard {

/// Something the user can act on. The text is one line that says what, where and what to do; the
/// command line prints it and leaves with exit code 1, never a stack trace.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace simurgh::offcard
