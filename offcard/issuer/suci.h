#pragma once

#include <string>

#include "offcard/common/hex.h"

namespace simurgh::offcard {

/// A SUCI taken apart (TS 24.501 9.11.3.4, TS 23.003 28.7.3). The subscription's own part is still
/// concealed.
struct Suci {
  bool nai = false;         ///< the SUPI is a user name, or the SUCI was written as a NAI
  int supi_type = 0;        ///< 0 IMSI, 1 network specific identifier
  std::string mcc, mnc;     ///< of an IMSI in the coded form
  std::string routing;      ///< routing indicator, 1 to 4 digits
  int scheme = 0;           ///< 0 null, 1 profile A, 2 profile B
  int key_id = 0;
  Buffer output;            ///< of the scheme; empty for a null scheme's NAI
  std::string plain, realm; ///< NAI: user id of the null scheme, what follows the @
};

/// @param text  hexadecimal digits of a GET IDENTITY answer or of a mobile identity (octet 4 and
///              on), or a NAI: "type0.rid...@realm"
/// @throws UserError: what is wrong, and where.
Suci ParseSuci(const std::string& text);

/// The home network's private keys: 32 bytes in hex, or a PEM file (X25519 or P-256).
struct HomeNetworkKey {
  Buffer secret;
};
/// @throws UserError: no such key.
HomeNetworkKey ReadHomeNetworkKey(const std::string& hex_or_file, int scheme);

/// Scheme input from scheme output (TS 33.501 C.3.3), with OpenSSL throughout: nothing of it is
/// shared with the card.
/// @throws UserError: the MAC tag is wrong, or the ephemeral key is none.
Buffer Deconceal(int scheme, const HomeNetworkKey& key, ConstBytes output);

/// The SUPI: "imsi-..." or "nai-...". `key` is ignored for the null scheme.
std::string SupiOf(const Suci& suci, const HomeNetworkKey& key);

}  // namespace simurgh::offcard
