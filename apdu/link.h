#pragma once

#include "base/bytes.h"

namespace simurgh::apdu {

/// What a link talks to: bytes in, bytes out. The card implements it. Answers stay valid until the
/// next call.
class Door {
 public:
  /// Cold reset: channels, selections and verified PINs are gone; a half-fed command is dropped.
  virtual void Reset() = 0;
  virtual ConstBytes Atr() = 0;
  /// The next bytes of one command APDU, in order. A command may be longer than the card's RAM.
  virtual void Feed(ConstBytes part) = 0;
  /// Ends the command. @returns answer data | SW1 SW2, at least two bytes.
  virtual ConstBytes Finish() = 0;

 protected:
  ~Door() = default;
};

}  // namespace simurgh::apdu
