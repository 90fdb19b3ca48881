#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/writer.h"
#include "crypto/suci.h"

/// Formats of a SUCI: what goes into a protection scheme, and what is made of its output. Nothing
/// here touches the card.
namespace simurgh::apps::naa {

/// EF.IMSI as digits (TS 31.102 4.2.2).
struct ImsiDigits {
  std::array<uint8_t, 15> digit{};
  uint8_t count = 0;
  uint8_t mnc = 2;  ///< digits of the MNC (EF.AD, byte 4)
  size_t msin_at() const { return 3u + mnc; }
};
/// @error kFormat: fewer digits than MCC, MNC and one more.
Result<ImsiDigits> ReadImsiDigits(ConstBytes ef_imsi, uint8_t mnc_digits);

/// MSIN in packed BCD, the first digit low, F at the end of an odd number (TS 33.501 C.3.1).
/// @returns the bytes written.
size_t PackMsin(const ImsiDigits& imsi, Bytes out8);

/// The protection scheme that the home network wants first among those this card can do, with its
/// key (EF.SUCI_Calc_Info, TS 31.102 4.4.11.8). The null scheme when there is none, or no key for
/// it (TS 33.501 6.12.2).
struct SchemeChoice {
  crypto::SuciScheme scheme = crypto::SuciScheme::kNull;
  uint8_t key_id = 0;
  ConstBytes key;  ///< view into the file's content
};
SchemeChoice ChooseScheme(ConstBytes calc_info);

/// Up to four digits in swapped nibbles, F for none; as in EF.Routing_Indicator (4.4.11.11).
using RoutingIndicator = std::array<uint8_t, 2>;
/// None is configured: the single digit 0 (TS 23.003 2.2B).
constexpr RoutingIndicator kNoRouting{0xF0, 0xFF};

/// SUCI of an IMSI as octets 4 and on of the 5GS mobile identity (TS 24.501 9.11.3.4).
void WriteSuci(Writer& out, const ImsiDigits& imsi, const RoutingIndicator& routing,
               const SchemeChoice& choice, ConstBytes scheme_output);

/// SUCI as a network access identifier (TS 23.003 28.7.3).
/// @param type   0 IMSI, 1 network specific identifier
/// @param plain  what the null scheme shows: MSIN digits or user name
/// @param realm  behind the @
void WriteSuciNai(Writer& out, uint8_t type, const RoutingIndicator& routing,
                  const SchemeChoice& choice, ConstBytes scheme_output, ConstBytes plain,
                  ConstBytes realm);

}  // namespace simurgh::apps::naa
