#include "offcard/issuer/personalization.h"

#include <fmt/format.h>

#include "base/tlv.h"
#include "base/writer.h"
#include "offcard/common/sim_coding.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

constexpr uint8_t kAid[] = {0xF0, 'S', 'I', 'M', 'U', 'R', 'G', 'H', 'P', 'A'};
constexpr uint8_t kKeyVersion = 0x32;
constexpr uint8_t kPersonalize = 0x40;
constexpr uint8_t kChangeSubscription = 1;

Buffer Message(ConstBytes admin_code, const NewSubscription& s) {
  Buffer buffer(160);
  Writer out(buffer);
  tlv::Add(out, 0x80, ConstBytes(&kChangeSubscription, 1));
  tlv::Add(out, 0x81, admin_code);
  tlv::Add(out, 0x82, CodeImsi(s.imsi));
  tlv::Add(out, 0x83, s.k);
  if (!s.opc.empty()) { tlv::Add(out, 0x84, s.opc); }
  if (out.overflow()) { throw UserError("admin code, K or OPc is too long"); }
  buffer.resize(out.size());
  return buffer;
}

}  // namespace

PersonalizeResult Personalize(Reader& reader, const ScpKeys& keys, ConstBytes admin_code,
                              const NewSubscription& subscription) {
  const Buffer message = Message(admin_code, subscription);
  const Answer select = ExchangeAll(reader, Command(0x00, 0xA4, 0x04, 0x00, kAid));
  if (!select.ok()) {
    throw UserError(fmt::format("SELECT personalization application: {}", StatusWords(select.sw)));
  }
  SecureSession session(reader, kKeyVersion, keys, crypto::Scp03::kCMac | crypto::Scp03::kCEnc);
  const Answer answer = session.Exchange(0x80, kPersonalize, 0, 0, message);
  PersonalizeResult result;
  result.sw = answer.sw;
  result.done = answer.ok();
  result.refresh = (answer.sw >> 8) == 0x91;
  if (result.done) { return result; }
  if ((answer.sw & 0xFFF0) == 0x63C0) {
    result.words = fmt::format("wrong admin code, {} tries left; nothing changed", answer.sw & 0x0F);
  } else if (answer.sw == 0x6983) {
    result.words = "6983: the admin code is locked; nothing changed";
  } else {
    result.words = StatusWords(answer.sw);
  }
  return result;
}

}  // namespace simurgh::offcard
