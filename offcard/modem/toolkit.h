#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "offcard/common/hex.h"

namespace simurgh::offcard::modem {

/// A proactive command as a terminal reads it (ETSI TS 102 223 6.6).
struct Proactive {
  struct Object {
    uint8_t tag = 0;  ///< without the CR bit
    Buffer value;
  };
  struct Item {
    uint8_t id = 0;
    std::string text;
  };
  uint8_t number = 0, type = 0, qualifier = 0;
  uint8_t to = 0;  ///< device identity
  std::vector<Object> objects;

  const Buffer* Find(uint8_t tag) const;
  std::string text() const;   ///< text string, else alpha identifier
  std::string title() const;  ///< alpha identifier
  std::vector<Item> items() const;
  std::string name() const;  ///< "DISPLAY TEXT"; "command 42" for one that it does not know
};

/// @throws UserError: not a well-formed D0 object.
Proactive ReadProactive(ConstBytes data);

/// COMPREHENSION-TLV objects. @throws UserError.
std::vector<Proactive::Object> ReadObjects(ConstBytes data);

/// "SELECT ITEM "Profiles": 1 Home, 2 Work".
std::string Describe(const Proactive& command);

/// Text strings (8.15: coding scheme, then text) and alpha identifiers (TS 102 221 annex A) as UTF-8.
std::string ReadText(ConstBytes coded);
std::string ReadAlpha(ConstBytes coded);
/// UTF-8 as a text string, 8 bits a character where that does, else UCS2.
Buffer CodeText(const std::string& utf8);

/// The command an SMS-SUBMIT TPDU asks for, in words (TS 23.040 9.2.2.2).
std::string DescribeSms(ConstBytes tpdu);

/// IMEI or IMEISV as PROVIDE LOCAL INFORMATION answers it (TS 24.008 10.5.1.4). `what` names it in
/// errors. @throws UserError: not 15 or 16 digits.
Buffer CodeImei(const std::string& digits, const std::string& what);
/// Decimal digits in swapped nibbles: two per byte.
uint8_t SwappedByte(int value);

void AddObject(Buffer& to, uint8_t tag, ConstBytes value);

}  // namespace simurgh::offcard::modem
