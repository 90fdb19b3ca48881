#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/verdict.h"
#include "crypto/secret.h"

namespace simurgh::crypto {

/// Secure Channel Protocol 03 (GlobalPlatform Card Specification v2.3 Amendment D v1.2), S8 mode,
/// AES-128/192/256: the arithmetic both ends share. No I/O and no APDU parsing here: gp/ (card) and
/// offcard/ (host) drive it.
class Scp03 {
 public:
  /// Bits of the security level (Amendment D table 7-4, P1 of EXTERNAL AUTHENTICATE).
  static constexpr uint8_t kCMac = 0x01;
  static constexpr uint8_t kCEnc = 0x02;
  static constexpr uint8_t kRMac = 0x10;
  static constexpr uint8_t kREnc = 0x20;
  using Cryptogram = std::array<uint8_t, 8>;

  /// Derives S-ENC, S-MAC, S-RMAC (6.2.1) from static keys and both challenges (8 bytes each).
  void Start(ConstBytes key_enc, ConstBytes key_mac, ConstBytes host_challenge8,
             ConstBytes card_challenge8);
  /// Pseudo-random card challenge (6.2.2.1): KDF of key ENC over the sequence counter (3) and the
  /// invoker's AID.
  static std::array<uint8_t, 8> CardChallenge(ConstBytes key_enc, ConstBytes counter3,
                                              ConstBytes aid);
  Cryptogram CardCryptogram() const;
  Cryptogram HostCryptogram() const;
  /// After EXTERNAL AUTHENTICATE: fixes the level and starts the encryption counter; the MAC
  /// chaining value goes on from there.
  void SetLevel(uint8_t level);
  uint8_t level() const { return level_; }

  /// Host side. `apdu` holds header (CLA INS P1 P2), then `data_size` bytes of data, and room for
  /// padding and an 8-byte MAC after it. Sets the secure messaging bit in CLA and encrypts and MACs
  /// as `level` says (EXTERNAL AUTHENTICATE itself is wrapped with level kCMac).
  /// @returns the new data size. @error kFull: `data` too small.
  Result<size_t> WrapCommand(uint8_t level, Bytes header4, Bytes data, size_t data_size);
  /// Card side of the same: checks the MAC at the end of `data`, decrypts in place.
  /// @returns the plain data, a view into `data`. @error kAuth: MAC or padding; the channel must be
  /// closed.
  Result<Bytes> UnwrapCommand(uint8_t level, ConstBytes header4, Bytes data);
  /// Card side: encrypts `data` in place and appends R-MAC over data and `sw`, as level() says.
  /// @returns the new size. @error kFull.
  Result<size_t> WrapResponse(Bytes data, size_t data_size, uint16_t sw);
  /// Host side: the reverse. @error kAuth.
  Result<Bytes> UnwrapResponse(Bytes data, uint16_t sw);
  void Wipe();

 private:
  void CommandMac(ConstBytes header4, size_t lc, ConstBytes data,
                  std::array<uint8_t, 16>& mac) const;
  void ResponseMac(ConstBytes data, uint16_t sw, std::array<uint8_t, 16>& mac) const;
  void Icv(uint8_t first_byte, std::array<uint8_t, 16>& icv) const;
  Secret<32> s_enc_, s_mac_, s_rmac_;
  std::array<uint8_t, 8> host_challenge_{}, card_challenge_{};
  std::array<uint8_t, 16> chaining_{};
  uint32_t counter_ = 0;  ///< encryption counter, counts commands (6.2.6)
  uint8_t level_ = 0;
};

}  // namespace simurgh::crypto
