#include <fmt/format.h>

#include <charconv>

#include "offcard/common/card.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {

const char kCardUriHelp[] =
    "host:FLASH             the card on this PC, flash in the file FLASH\n"
    "qemu:MACHINE:FLASH     the card in QEMU, MACHINE is mps2-an386 or mps2-an505\n"
    "tcp:HOST:PORT          a running card's frames over TCP\n"
    "unix:PATH              ... over a Unix socket\n"
    "serial:/dev/ttyX@BAUD  ... over a serial line (115200 baud unless told)\n"
    "pcsc:READER            a PC/SC reader, by its name or a part of it\n"
    "t0+URI, t1+URI         any of the first five, over the contacts' T=0 or T=1 instead of frames";

namespace {

struct LinkForm {
  const char* prefix;
  Link link;
};
constexpr LinkForm kLinkForms[] = {
    {"frame+", Link::kFrames}, {"t0+", Link::kT0}, {"t1+", Link::kT1}};

struct Form {
  const char* prefix;
  CardUri::Kind kind;
  const char* usage;
};

constexpr Form kForms[] = {
    {"host:", CardUri::Kind::kHost, "host:FLASH"},
    {"qemu:", CardUri::Kind::kQemu, "qemu:MACHINE:FLASH"},
    {"tcp:", CardUri::Kind::kTcp, "tcp:HOST:PORT"},
    {"unix:", CardUri::Kind::kUnix, "unix:PATH"},
    {"serial:", CardUri::Kind::kSerial, "serial:/dev/ttyX[@BAUD]"},
    {"pcsc:", CardUri::Kind::kPcsc, "pcsc:READER"},
};

bool ReadNumber(std::string_view text, uint32_t max, uint32_t* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && end == text.data() + text.size() && *out > 0 && *out <= max;
}

/// False when `rest` does not have the form.
bool Fill(CardUri& uri, const std::string& rest) {
  switch (uri.kind) {
    case CardUri::Kind::kQemu: {
      const size_t colon = rest.find(':');
      if (colon == std::string::npos) { return false; }
      uri.machine = rest.substr(0, colon);
      uri.path = rest.substr(colon + 1);
      return !uri.machine.empty() && !uri.path.empty();
    }
    case CardUri::Kind::kTcp: {
      const size_t colon = rest.rfind(':');
      uint32_t port = 0;
      if (colon == std::string::npos || !ReadNumber(rest.substr(colon + 1), 65535, &port)) {
        return false;
      }
      uri.host = rest.substr(0, colon);
      if (uri.host.size() > 2 && uri.host.front() == '[' && uri.host.back() == ']') {
        uri.host = uri.host.substr(1, uri.host.size() - 2);  // RFC 3986: [::1]
      }
      uri.port = static_cast<uint16_t>(port);
      return !uri.host.empty();
    }
    case CardUri::Kind::kSerial: {
      const size_t at = rest.rfind('@');
      uri.path = rest.substr(0, at);
      if (at != std::string::npos && !ReadNumber(rest.substr(at + 1), 10'000'000, &uri.baud)) {
        return false;
      }
      return !uri.path.empty();
    }
    default: uri.path = rest; return !rest.empty();
  }
}

}  // namespace

CardUri ParseCardUri(const std::string& text) {
  for (const LinkForm& form : kLinkForms) {
    if (!text.starts_with(form.prefix)) { continue; }
    CardUri uri = ParseCardUri(text.substr(std::string(form.prefix).size()));
    if (uri.kind == CardUri::Kind::kPcsc) {
      throw UserError(fmt::format("card '{}': a PC/SC reader chooses the protocol itself", text));
    }
    uri.link = form.link;
    return uri;
  }
  for (const Form& form : kForms) {
    if (!text.starts_with(form.prefix)) { continue; }
    CardUri uri;
    uri.kind = form.kind;
    if (!Fill(uri, text.substr(std::string(form.prefix).size()))) {
      throw UserError(fmt::format("card '{}': expected {}", text, form.usage));
    }
    return uri;
  }
  throw UserError(fmt::format(
      "card '{}': expected host:FLASH, qemu:MACHINE:FLASH, tcp:HOST:PORT, unix:PATH, "
      "serial:/dev/ttyX[@BAUD] or pcsc:READER", text));
}

}  // namespace simurgh::offcard
