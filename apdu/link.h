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
  /// Forgets a half-fed command that the reader gave up (T=1 ABORT, RESYNCH). A door that cannot do
  /// this alone resets.
  virtual void Drop() { Reset(); }
  /// T=0 only: whether P3 of a command with this header (CLA INS P1 P2) counts bytes that come from
  /// the reader, not bytes that go to it. The base knows the commands of ISO/IEC 7816-4 and
  /// TS 102 221 that answer without data; it changes nothing.
  virtual bool TakesData(ConstBytes header) const;

 protected:
  ~Door() = default;
};

}  // namespace simurgh::apdu
