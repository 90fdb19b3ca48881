#include "offcard/issuer/secure_session.h"

#include <fmt/format.h>

#include "crypto/const_time.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/ec_key.h"

namespace simurgh::offcard {
namespace {

// INITIALIZE UPDATE response (Amendment D 7.1.1.6): diversification data 10, key information 3, card
// challenge 8, card cryptogram 8, sequence counter 3.
constexpr size_t kAtChallenge = 13;
constexpr size_t kAtCryptogram = 21;
constexpr size_t kResponseBytes = 29;
// Padding to a block and an 8-byte MAC.
constexpr size_t kOverhead = 24;

}  // namespace

SecureSession::SecureSession(Reader& reader, uint8_t key_version, const ScpKeys& keys, uint8_t level)
    : reader_(reader) {
  std::array<uint8_t, 8> challenge;
  SystemRng().Fill(challenge);
  const Answer init = ExchangeAll(reader_, Command(0x80, 0x50, key_version, 0x00, challenge, 256));
  if (!init.ok() || init.data.size() < kResponseBytes) {
    throw UserError(fmt::format("INITIALIZE UPDATE with key version {:02X}: {}", key_version,
                                StatusWords(init.sw)));
  }
  const ConstBytes data(init.data);
  scp_.Start(keys.enc, keys.mac, challenge, data.subspan(kAtChallenge, 8));
  if (!Equal(scp_.CardCryptogram(), data.subspan(kAtCryptogram, 8))) {
    throw UserError(fmt::format(
        "the card's cryptogram is wrong: key version {:02X} on the card is not ours", key_version));
  }
  const Answer external =
      Send(crypto::Scp03::kCMac, 0x80, 0x82, level, 0x00, scp_.HostCryptogram());
  if (!external.ok()) {
    throw UserError(fmt::format("EXTERNAL AUTHENTICATE: {}", StatusWords(external.sw)));
  }
  scp_.SetLevel(level);
}

Answer SecureSession::Send(uint8_t level, uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2,
                           ConstBytes data) {
  std::array<uint8_t, 4> header = {cla, ins, p1, p2};
  Buffer body(data.begin(), data.end());
  body.resize(data.size() + kOverhead);
  const Result<size_t> size = scp_.WrapCommand(level, header, body, data.size());
  if (!size.ok()) { throw UserError("the command is too long for secure messaging"); }
  body.resize(size.value());
  return ExchangeAll(reader_, Command(header[0], header[1], header[2], header[3], body));
}

Answer SecureSession::Exchange(uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2, ConstBytes data) {
  Answer answer = Send(scp_.level(), cla, ins, p1, p2, data);
  if ((scp_.level() & crypto::Scp03::kRMac) == 0 || !answer.ok()) { return answer; }
  // 91xx is what the terminal adds to 9000 afterwards; the MAC was made over 9000.
  const uint16_t sw = (answer.sw >> 8) == 0x91 ? 0x9000 : answer.sw;
  const Result<Bytes> plain = scp_.UnwrapResponse(answer.data, sw);
  if (!plain.ok()) { throw UserError("the answer's MAC is wrong"); }
  answer.data = Buffer(plain.value().begin(), plain.value().end());
  return answer;
}

}  // namespace simurgh::offcard
