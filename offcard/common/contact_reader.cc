#include "offcard/common/contact_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "apdu/pps.h"
#include "offcard/common/frame_reader.h"
#include "offcard/common/hex.h"

namespace simurgh::offcard {

namespace {

constexpr size_t kMostAtr = 33;
constexpr uint8_t kDirect = 0x3B;
constexpr int kPatienceMs = 10'000;  ///< a QEMU card at work on a busy machine

/// Steps over interface bytes. @returns where the historical bytes start, or nothing while bytes
/// are missing.
std::optional<size_t> Walk(ConstBytes atr, AtrFacts* facts) {
  if (atr.size() < 2) { return std::nullopt; }
  size_t at = 2;
  uint8_t follow = atr[1] >> 4;
  int protocol = -1;
  bool seen_t1 = false;
  for (int group = 1; follow != 0; ++group) {
    const bool first_t1 = group > 2 && protocol == 1 && !seen_t1;
    for (int kind = 0; kind < 3; ++kind) {
      if ((follow >> kind & 1) == 0) { continue; }
      if (at >= atr.size()) { return std::nullopt; }
      const uint8_t value = atr[at++];
      if (group == 1 && kind == 0) { facts->ta1 = value; }
      if (first_t1 && kind == 0) { facts->ifsc = value; }
      if (first_t1 && kind == 1) { facts->bwi_cwi = value; }
      if (first_t1 && kind == 2) { facts->crc = (value & 1) != 0; }
    }
    seen_t1 = seen_t1 || first_t1;
    if ((follow & 8) == 0) { break; }
    if (at >= atr.size()) { return std::nullopt; }
    protocol = atr[at] & 0x0F;
    const bool known = std::find(facts->protocols.begin(), facts->protocols.end(), protocol) !=
                       facts->protocols.end();
    if (protocol != 15 && !known) { facts->protocols.push_back(protocol); }
    follow = atr[at++] >> 4;
  }
  return at;
}

/// TCK follows as soon as anything but T=0 is named; T=15 counts.
bool HasTck(ConstBytes atr) {
  size_t at = 2;
  uint8_t follow = atr[1] >> 4;
  while ((follow & 8) != 0) {
    at += (follow & 1) + (follow >> 1 & 1) + (follow >> 2 & 1);
    if ((atr[at] & 0x0F) != 0) { return true; }
    follow = atr[at++] >> 4;
  }
  return false;
}

}  // namespace

bool AtrFacts::Offers(int protocol) const {
  return std::find(protocols.begin(), protocols.end(), protocol) != protocols.end();
}

size_t AtrMissing(ConstBytes atr) {
  AtrFacts ignored;
  const std::optional<size_t> at = Walk(atr, &ignored);
  if (!at) { return 1; }
  const size_t whole = *at + (atr[1] & 0x0F) + (HasTck(atr) ? 1 : 0);
  return whole > atr.size() ? whole - atr.size() : 0;
}

AtrFacts ReadAtr(ConstBytes atr) {
  AtrFacts facts;
  if (atr.size() > kMostAtr || atr.size() < 2 || atr[0] != kDirect || AtrMissing(atr) != 0) {
    throw LineError(fmt::format("the answer to reset {} is not one (ISO/IEC 7816-3 8.2)", ToHex(atr)));
  }
  const size_t at = *Walk(atr, &facts);
  const size_t size = atr[1] & 0x0F;
  facts.historical.assign(atr.begin() + static_cast<long>(at),
                          atr.begin() + static_cast<long>(at + size));
  if (facts.protocols.empty()) { facts.protocols.push_back(0); }
  uint8_t sum = 0;
  for (size_t i = 1; i < atr.size(); ++i) { sum ^= atr[i]; }
  if (HasTck(atr) && sum != 0) {
    throw LineError(fmt::format("the answer to reset {} has a wrong check character", ToHex(atr)));
  }
  return facts;
}

std::vector<uint8_t> StartCard(ContactLine& line, int protocol) {
  line.Rst();
  std::vector<uint8_t> atr;
  while (atr.size() < 2 || AtrMissing(atr) != 0) {
    const auto c = line.Receive();
    if (!c) { throw LineError("no answer to reset"); }
    if (!c->parity_ok) { throw LineError("the answer to reset was damaged"); }
    atr.push_back(c->value);
    if (atr.size() > kMostAtr) { throw LineError("the answer to reset does not end"); }
  }
  const AtrFacts facts = ReadAtr(atr);
  if (!facts.Offers(protocol)) {
    throw LineError(fmt::format("the card does not offer T={}", protocol));
  }
  if (facts.protocols[0] == protocol && facts.ta1 == 0x11) { return atr; }  // nothing to ask for
  std::vector<uint8_t> pps = {apdu::kPpss, static_cast<uint8_t>(0x10 | protocol), facts.ta1};
  pps.push_back(pps[0] ^ pps[1] ^ pps[2]);
  line.Send(pps);
  std::vector<uint8_t> response;
  while (response.size() < 2 || response.size() < apdu::PpsLength(response[1])) {
    const auto c = line.Receive();
    if (!c || !c->parity_ok) { throw LineError("no answer to PPS"); }
    response.push_back(c->value);
  }
  if (response != pps) { throw LineError("PPS: the card answered " + ToHex(response)); }
  return atr;
}

struct ContactReader::Inside {
  explicit Inside(int fd) : serial(fd, kPatienceMs), line(serial), t0(line), t1(line, 32, false) {}
  FdSerial serial;
  PipeLine line;
  T0Reader t0;
  T1Reader t1;
  uint32_t requests = 0;
};

ContactReader::ContactReader(int fd, int protocol, std::string name)
    : inside_(std::make_unique<Inside>(fd)), protocol_(protocol), name_(std::move(name)) {}

ContactReader::~ContactReader() = default;

std::vector<uint8_t> ContactReader::Reset() {
  try {
    const std::vector<uint8_t> atr = offcard::StartCard(inside_->line, protocol_);
    const AtrFacts facts = ReadAtr(atr);
    std::destroy_at(&inside_->t1);
    std::construct_at(&inside_->t1, inside_->line, facts.ifsc, facts.crc);
    if (protocol_ == 1) { inside_->t1.AgreeIfs(254); }
    return atr;
  } catch (const LineError& e) {
    throw UserError(fmt::format("{}: {}; is a card with contacts there (--link t{})?", name_,
                                e.what(), protocol_));
  }
}

std::vector<uint8_t> ContactReader::Transmit(ConstBytes command) {
  ++inside_->requests;
  try {
    return protocol_ == 0 ? inside_->t0.Transmit(command) : inside_->t1.Transmit(command);
  } catch (const LineError& e) {
    throw UserError(fmt::format("{}: {}", name_, e.what()));
  }
}

Reader::Wire ContactReader::wire() const {
  return {inside_->line.bytes_out(), inside_->line.bytes_in(), inside_->requests};
}

}  // namespace simurgh::offcard
