#include <fmt/format.h>

#include "offcard/common/contact_reader.h"

namespace simurgh::offcard {

namespace {

constexpr size_t kShortMaximum = 256;
constexpr uint8_t kNull = 0x60;
constexpr uint32_t kMostNulls = 100'000;  ///< one a waiting time: a card that sends more is broken

struct Apdu {
  ConstBytes header;
  ConstBytes data;
  size_t ne = 0;  ///< 0: no Le
};

Apdu Split(ConstBytes apdu) {
  Apdu out;
  if (apdu.size() < 4) { throw UserError("a command has at least four bytes"); }
  out.header = apdu.first(4);
  if (apdu.size() == 4) { return out; }
  const size_t p3 = apdu[4];
  const size_t length = p3 == 0 ? kShortMaximum : p3;
  if (apdu.size() == 5) {
    out.ne = length;
    return out;
  }
  if (p3 == 0) { throw UserError("T=0 takes no extended lengths; use T=1 (--link t1) or frames"); }
  if (apdu.size() != 5 + p3 && apdu.size() != 6 + p3) {
    throw UserError(fmt::format("Lc says {} bytes of data, {} bytes follow it", p3, apdu.size() - 5));
  }
  out.data = apdu.subspan(5, p3);
  if (apdu.size() == 6 + p3) { out.ne = apdu.back() == 0 ? kShortMaximum : apdu.back(); }
  return out;
}

/// Class of the GET RESPONSE on the same channel.
uint8_t FetchClass(uint8_t cla) {
  if (cla == 0xA0) { return cla; }
  return (cla & 0x40) != 0 ? static_cast<uint8_t>(0x40 | (cla & 0x0F)) : cla & 0x03;
}

}  // namespace

uint8_t T0Reader::Next(const char* what) {
  const auto c = line_.Receive();
  if (!c) { throw LineError(fmt::format("T=0: nothing came where {} was expected", what)); }
  if (!c->parity_ok) { throw LineError("T=0: a character arrived damaged, also repeated"); }
  return c->value;
}

/// One exchange (10.3). @returns data and status word.
std::vector<uint8_t> T0Reader::Tpdu(ConstBytes header, ConstBytes data, size_t ne) {
  std::vector<uint8_t> command(header.begin(), header.end());
  command.push_back(static_cast<uint8_t>(data.empty() ? ne : data.size()));
  const uint8_t ins = header[1];
  std::vector<uint8_t> answer;
  line_.Send(command);
  uint32_t nulls = 0;
  for (;;) {
    const uint8_t procedure = Next("a procedure byte");
    if (procedure == kNull) {
      if (++nulls > kMostNulls) { throw LineError("T=0: the card never comes to an end"); }
      continue;
    }
    const bool all = procedure == ins;
    if (all || procedure == static_cast<uint8_t>(~ins)) {
      if (!data.empty()) {
        const size_t now = all ? data.size() : 1;
        line_.Send(data.first(now));
        data = data.subspan(now);
        continue;
      }
      if (answer.size() >= ne) { throw LineError("T=0: the card asks for data that is not there"); }
      const size_t until = all ? ne : answer.size() + 1;
      while (answer.size() < until) { answer.push_back(Next("data")); }
      continue;
    }
    if ((procedure & 0xF0) != 0x60 && (procedure & 0xF0) != 0x90) {
      throw LineError(fmt::format("T=0: {:02X} is no procedure byte of INS {:02X}", procedure, ins));
    }
    answer.push_back(procedure);
    answer.push_back(Next("SW2"));
    if (line_.Noise()) { throw LineError("T=0: characters follow the status word"); }
    return answer;
  }
}

std::vector<uint8_t> T0Reader::Transmit(ConstBytes apdu) {
  const Apdu c = Split(apdu);
  std::vector<uint8_t> answer = Tpdu(c.header, c.data, c.data.empty() ? c.ne : 0);
  if (answer.size() != 2 || c.ne == 0) { return answer; }
  if (answer[0] == 0x6C && c.data.empty() && c.ne == kShortMaximum) {
    return Tpdu(c.header, {}, answer[1] == 0 ? kShortMaximum : answer[1]);
  }
  if (answer[0] == 0x61) {
    const size_t waiting = answer[1] == 0 ? kShortMaximum : answer[1];
    const uint8_t get_response[] = {FetchClass(c.header[0]), 0xC0, 0, 0};
    return Tpdu(get_response, {}, std::min(waiting, c.ne));
  }
  return answer;
}

}  // namespace simurgh::offcard
