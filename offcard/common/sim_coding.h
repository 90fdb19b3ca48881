#pragma once

#include <string>

#include "offcard/common/hex.h"

namespace simurgh::offcard {

/// How SIM files code what people write. `where` names the value in errors (UserError).

/// Digits followed by 'F' up to `size` characters.
std::string PadDigits(const std::string& digits, size_t size);

/// EF.IMSI, 9 bytes (TS 31.102 4.2.2).
Buffer CodeImsi(const std::string& digits);

/// Three bytes of network code as hexadecimal text (TS 24.008 10.5.1.13).
std::string CodePlmn(const std::string& mcc, const std::string& mnc);

/// Alpha identifier of exactly `size` bytes, padded with FF: GSM default alphabet where ASCII and it
/// agree, else UCS2 with 80 in front (TS 31.102 annex A). `text` is UTF-8.
Buffer CodeName(const std::string& text, size_t size, const std::string& where);

/// Type of number and digits (TS 31.102 4.4.2.3): 91 for "+...", else 81. At most 20 digits;
/// `max_bytes` of digits.
Buffer CodeAddress(const std::string& number, size_t max_bytes, const std::string& where);

/// A record of EF.ADN or EF.MSISDN: name, length, address, FF FF (TS 31.102 4.4.2.3).
Buffer CodeDiallingRecord(const std::string& name, const std::string& number, size_t record,
                          const std::string& where);

}  // namespace simurgh::offcard
