// What every off-card entity does with a Reader: build, exchange, fetch, chain.
#include <fmt/format.h>

#include <algorithm>

#include "apdu/words.h"
#include "offcard/common/card.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

/// The class byte of a GET RESPONSE on the same channel: 00 with the channel (ISO/IEC 7816-4 5.4.1).
uint8_t FetchClass(uint8_t cla) {
  if (cla == 0xA0) { return cla; }  // GSM 11.11 9.2.18
  const uint8_t channel = (cla & 0x40) != 0 ? 4 + (cla & 0x0F) : cla & 0x03;
  return static_cast<uint8_t>(channel < 4 ? channel : 0x40 | (channel - 4));
}

/// The same command with Le = `le`.
std::vector<uint8_t> WithLe(ConstBytes command, uint8_t le) {
  std::vector<uint8_t> again(command.begin(), command.end());
  const bool has_data = again.size() > 5;
  const bool has_le = again.size() == 5 || (has_data && again.size() == 6u + again[4]);
  if (has_le) {
    again.back() = le;
  } else {
    again.push_back(le);
  }
  return again;
}

}  // namespace

Answer Exchange(Reader& reader, ConstBytes command) {
  Answer answer;
  answer.data = reader.Transmit(command);
  if (answer.data.size() < 2) {
    throw UserError(fmt::format("the card answered {} bytes, a status word has two; reset it",
                                answer.data.size()));
  }
  answer.sw = Get16(answer.data, answer.data.size() - 2);
  answer.data.erase(answer.data.end() - 2, answer.data.end());
  return answer;
}

Answer ExchangeAll(Reader& reader, ConstBytes command) {
  Answer answer = Exchange(reader, command);
  const bool extended = command.size() > 6 && command[4] == 0;
  if ((answer.sw >> 8) == 0x6C && !extended) {
    answer = Exchange(reader, WithLe(command, static_cast<uint8_t>(answer.sw)));
  }
  std::vector<uint8_t> data = std::move(answer.data);
  const bool gsm_more = command[0] == 0xA0;  // GSM answers 9Fxx
  while ((answer.sw >> 8) == 0x61 || (gsm_more && (answer.sw >> 8) == 0x9F)) {
    answer = Exchange(reader, Command(FetchClass(command[0]), 0xC0, 0, 0, {}, answer.sw & 0xFF));
    if ((answer.sw >> 8) == 0x6C) {
      answer = Exchange(reader, Command(FetchClass(command[0]), 0xC0, 0, 0, {}, answer.sw & 0xFF));
    }
    data.insert(data.end(), answer.data.begin(), answer.data.end());
  }
  answer.data = std::move(data);
  return answer;
}

Answer StoreData(Reader& reader, ConstBytes data, uint8_t channel, size_t block) {
  const uint8_t cla = static_cast<uint8_t>(channel < 4 ? 0x80 | channel : 0xC0 | (channel - 4));
  Answer answer;
  uint8_t number = 0;
  do {
    const size_t n = std::min(block, data.size());
    const bool last = n == data.size();
    answer = ExchangeAll(reader, Command(cla, 0xE2, last ? 0x91 : 0x11, number++, data.first(n)));
    data = data.subspan(n);
  } while (!data.empty() && answer.ok());
  return answer;
}

std::vector<uint8_t> Command(uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2, ConstBytes data,
                             int ne) {
  std::vector<uint8_t> out = {cla, ins, p1, p2};
  const bool extended = data.size() > 255 || ne > 256;
  if (extended) {
    out.push_back(0);
    if (!data.empty()) {
      out.push_back(static_cast<uint8_t>(data.size() >> 8));
      out.push_back(static_cast<uint8_t>(data.size()));
    }
  } else if (!data.empty()) {
    out.push_back(static_cast<uint8_t>(data.size()));
  }
  out.insert(out.end(), data.begin(), data.end());
  if (ne >= 0) {
    if (extended) { out.push_back(static_cast<uint8_t>(ne >> 8)); }
    out.push_back(static_cast<uint8_t>(ne));
  }
  return out;
}

std::string StatusWords(uint16_t sw) {
  return fmt::format("{:04X}: {}", sw, apdu::Describe(static_cast<apdu::Sw>(sw)));
}

}  // namespace simurgh::offcard
