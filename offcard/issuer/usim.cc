#include "offcard/issuer/usim.h"

#include <fmt/format.h>

#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

constexpr uint8_t kUsimAid[] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02};

void SelectPath(Reader& reader, ConstBytes path) {
  const Answer answer = ExchangeAll(reader, Command(0x00, 0xA4, 0x08, 0x0C, path));
  if (!answer.ok()) {
    throw UserError(fmt::format("SELECT {}: {}", ToHex(path), StatusWords(answer.sw)));
  }
}

Buffer Read(Reader& reader, ConstBytes path, const std::vector<uint8_t>& command) {
  SelectPath(reader, path);
  const Answer answer = ExchangeAll(reader, command);
  if (!answer.ok()) {
    throw UserError(fmt::format("reading {}: {}", ToHex(path), StatusWords(answer.sw)));
  }
  return answer.data;
}

}  // namespace

void SelectUsim(Reader& reader, const std::string& pin) {
  const Answer select = ExchangeAll(reader, Command(0x00, 0xA4, 0x04, 0x0C, kUsimAid));
  if (!select.ok()) {
    throw UserError(fmt::format("SELECT USIM: {}; is a profile enabled? see: simurgh profiles list",
                                StatusWords(select.sw)));
  }
  if (pin.empty()) { return; }
  if (pin.size() < 4 || pin.size() > 8 || pin.find_first_not_of("0123456789") != std::string::npos) {
    throw UserError(fmt::format("PIN {}: 4 to 8 digits expected", pin));
  }
  Buffer coded(8, 0xFF);
  std::copy(pin.begin(), pin.end(), coded.begin());
  const Answer verify = ExchangeAll(reader, Command(0x00, 0x20, 0x00, 0x01, coded));
  // 6984: PIN disabled, nothing to verify (TS 102 221 11.1.9).
  if (!verify.ok() && verify.sw != 0x6984) {
    throw UserError(fmt::format("VERIFY PIN: {}", StatusWords(verify.sw)));
  }
}

Buffer ReadTransparent(Reader& reader, ConstBytes path) {
  return Read(reader, path, Command(0x00, 0xB0, 0x00, 0x00, {}, 256));
}

Buffer ReadRecord(Reader& reader, ConstBytes path, uint8_t record) {
  return Read(reader, path, Command(0x00, 0xB2, record, 0x04, {}, 256));
}

std::string ImsiDigits(ConstBytes ef_imsi) {
  std::string digits;
  for (size_t i = 1; i < ef_imsi.size() && i <= ef_imsi[0]; ++i) {
    const uint8_t low = ef_imsi[i] & 0x0F;
    const uint8_t high = ef_imsi[i] >> 4;
    if (i > 1 && low < 10) { digits += static_cast<char>('0' + low); }
    if (high < 10) { digits += static_cast<char>('0' + high); }
  }
  return digits;
}

}  // namespace simurgh::offcard
