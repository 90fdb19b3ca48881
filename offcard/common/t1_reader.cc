#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apdu/t1_block.h"
#include "offcard/common/contact_reader.h"

namespace simurgh::offcard {

using namespace apdu::t1;  // NOLINT: its vocabulary

namespace {

constexpr int kTries = 3;         ///< for each step (11.6.3.2, rules 6.4, 7.4, 8)
constexpr size_t kMostAnswer = 65536 + 2;
constexpr uint32_t kMostExtensions = 1000;  ///< in one exchange; a card that asks for more is broken

}  // namespace

void T1Reader::Send(uint8_t pcb, ConstBytes inf) {
  std::vector<uint8_t> block = {0, pcb, static_cast<uint8_t>(inf.size())};
  block.insert(block.end(), inf.begin(), inf.end());
  block.resize(block.size() + EdcBytes(crc_));
  (void)Seal(block, kPrologue + inf.size(), crc_);
  ++counters_.blocks_out;
  line_.Send(block);
}

void T1Reader::SendPart() {
  part_ = std::min<size_t>(ifsc_, rest_.size());
  in_flight_ = true;
  Send(static_cast<uint8_t>((sequence_ ? kISequence : 0) | (part_ < rest_.size() ? kIMore : 0)),
       rest_.first(part_));
}

void T1Reader::SendReady(uint8_t error) {
  Send(static_cast<uint8_t>(kR | (expected_ ? kRSequence : 0) | error));
}

/// nullopt: silence, or a block that did not arrive whole.
std::optional<T1Reader::Block> T1Reader::Receive() {
  std::vector<uint8_t> raw;
  bool damaged = false;
  size_t need = kPrologue;
  while (raw.size() < need) {
    const auto c = line_.Receive();
    if (!c) {
      ++counters_.damaged;
      return std::nullopt;
    }
    damaged = damaged || !c->parity_ok;
    raw.push_back(c->value);
    if (raw.size() == kPrologue) { need = kPrologue + raw[2] + EdcBytes(crc_); }
  }
  bool noise = false;
  while (line_.Noise() && line_.Receive()) { noise = true; }  // longer than LEN says
  if (noise || damaged || raw[0] != 0 || raw[2] > kMostInf || !Intact(raw, crc_)) {
    ++counters_.damaged;
    return std::nullopt;
  }
  ++counters_.blocks_in;
  Block block;
  block.pcb = raw[1];
  block.inf.assign(raw.begin() + kPrologue, raw.begin() + kPrologue + raw[2]);
  return block;
}

/// Sends an S(request) until its response comes (rules 6 to 9).
T1Reader::Block T1Reader::Supervise(uint8_t request, ConstBytes inf) {
  const uint8_t wanted = request | kResponse;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    Send(request, inf);
    const std::optional<Block> block = Receive();
    if (block && block->pcb == wanted && std::ranges::equal(block->inf, inf)) { return *block; }
  }
  throw LineError(fmt::format("T=1: S({:02X}) was not answered {} times", request, kTries));
}

void T1Reader::AgreeIfs(uint8_t ifsd) {
  const uint8_t inf[] = {ifsd};
  (void)Supervise(kIfs, inf);
  ifsd_ = ifsd;
}

void T1Reader::Resynchronize() {
  ++counters_.resynchs;
  try {
    (void)Supervise(kResynch, {});
  } catch (const LineError&) {
    dead_ = true;
    throw;
  }
  sequence_ = expected_ = in_flight_ = false;
  const uint8_t agreed = ifsd_;
  ifsd_ = kDefaultIfs;
  if (agreed != kDefaultIfs) { AgreeIfs(agreed); }
}

void T1Reader::GiveUp() {
  Resynchronize();
  throw LineError("T=1: the exchange failed and was given up; the card may have executed the command");
}

std::vector<uint8_t> T1Reader::Transmit(ConstBytes apdu) {
  if (dead_) { throw LineError("T=1: the card does not answer; reset it"); }
  std::vector<uint8_t> answer;
  rest_ = apdu;
  SendPart();
  int failures = 0;
  const uint32_t extensions = counters_.extensions;
  for (;;) {
    if (counters_.extensions - extensions > kMostExtensions) { GiveUp(); }
    const std::optional<Block> block = Receive();
    if (!block) {
      if (++failures > kTries) { GiveUp(); }
      SendReady(kRDamaged);
      continue;
    }
    const size_t before = answer.size() + apdu.size() - rest_.size();
    const bool was_in_flight = in_flight_;
    if (OnBlock(*block, answer)) { return answer; }
    const bool progress = answer.size() + apdu.size() - rest_.size() != before ||
                          was_in_flight != in_flight_ || block->pcb == kWtx;
    failures = progress ? 0 : failures + 1;
    if (failures > kTries) { GiveUp(); }
  }
}

/// Acts on a block that arrived whole, and sends what follows it. @returns true: the answer is
/// complete.
bool T1Reader::OnBlock(const Block& block, std::vector<uint8_t>& answer) {
  if (IsI(block.pcb)) { return OnInformation(block, answer); }
  if (IsR(block.pcb) && block.inf.empty()) { return OnReady(block); }
  OnRequest(block);
  return false;
}

bool T1Reader::OnInformation(const Block& block, std::vector<uint8_t>& answer) {
  if (Sequence(block.pcb) != expected_ || block.inf.size() > ifsd_ ||
      (in_flight_ && part_ < rest_.size())) {
    SendReady(kROther);
    return false;
  }
  if (in_flight_) {
    in_flight_ = false;
    sequence_ = !sequence_;
    rest_ = {};
  }
  expected_ = !expected_;
  answer.insert(answer.end(), block.inf.begin(), block.inf.end());
  if ((block.pcb & kIMore) == 0) { return true; }
  if (answer.size() > kMostAnswer) { GiveUp(); }
  if (std::exchange(abort_answer_, false)) {
    (void)Supervise(kAbort, {});
    throw LineError("T=1: the answer was given up");
  }
  SendReady(0);
  return false;
}

bool T1Reader::OnReady(const Block& block) {
  if (!in_flight_) {  // it lacks our last R-block
    SendReady(0);
    return false;
  }
  if (Sequence(block.pcb) == sequence_) {
    SendPart();
    return false;
  }
  if (part_ == rest_.size()) {  // it has our last block: its answer is what lacks
    SendReady(kROther);
    return false;
  }
  sequence_ = !sequence_;
  rest_ = rest_.subspan(part_);
  if (std::exchange(abort_command_, false)) {
    in_flight_ = false;
    (void)Supervise(kAbort, {});
    throw LineError("T=1: the command was given up");
  }
  SendPart();
  return false;
}

void T1Reader::OnRequest(const Block& block) {
  if (block.pcb == kWtx && block.inf.size() == 1) {
    ++counters_.extensions;
    return Send(kWtx | kResponse, block.inf);
  }
  if (block.pcb == kIfs && block.inf.size() == 1 && block.inf[0] != 0 && block.inf[0] <= kMostInf) {
    ifsc_ = block.inf[0];
    return Send(kIfs | kResponse, block.inf);
  }
  SendReady(kROther);
}

}  // namespace simurgh::offcard
