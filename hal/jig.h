#pragma once

#include <cstdint>

namespace simurgh::hal {

/// The factory jig senses in as a voltage on one input. PC and QEMU take it from the identity page.
class Jig {
 public:
  virtual uint16_t Millivolts() = 0;

 protected:
  ~Jig() = default;
};

}  // namespace simurgh::hal
