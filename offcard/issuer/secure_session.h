#pragma once

#include <cstdint>

#include "crypto/scp03.h"
#include "offcard/common/card.h"
#include "offcard/issuer/kit.h"

namespace simurgh::offcard {

/// The host's end of an SCP03 session on the selected application (GlobalPlatform Amendment D).
class SecureSession {
 public:
  /// INITIALIZE UPDATE and EXTERNAL AUTHENTICATE on the basic channel.
  /// @throws UserError: the card refused, or its cryptogram is wrong (other keys).
  SecureSession(Reader& reader, uint8_t key_version, const ScpKeys& keys, uint8_t level);

  /// Wraps, sends, unwraps. @throws UserError when the answer's MAC is wrong.
  Answer Exchange(uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2, ConstBytes data);

 private:
  Answer Send(uint8_t level, uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2, ConstBytes data);

  Reader& reader_;
  crypto::Scp03 scp_;
};

}  // namespace simurgh::offcard
