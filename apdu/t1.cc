#include "apdu/t1.h"

namespace simurgh::apdu {

using namespace t1;  // NOLINT: its vocabulary

namespace {

constexpr uint8_t kVppBits = 0x88;      // NAD: VPP control, for cards of another age
constexpr uint8_t kInvalidMost = 3;     // answered in a row; then the reader has to make the start
constexpr uint32_t kGuardTime = 22;     // BGT (11.4.3.3)

// CWT = 11 + 2^CWI etu (11.4.3.1).
uint32_t CharacterWaitingTime(uint8_t bwi_cwi) { return 11u + (1u << (bwi_cwi & 0x0F)); }

}  // namespace

void T1::Start() {
  feeding_ = false;
  Forget();
  nad_ = 0;
  invalid_ = 0;
  Listen();
}

/// What S(RESYNCH) brings back (11.6.3.2, rule 6).
void T1::Forget() {
  if (feeding_) {
    door_.Drop();
  }
  feeding_ = false;
  ifsd_ = kDefaultIfs;
  expected_ = false;
  sequence_ = false;
  sent_ = false;
  waiting_wtx_ = false;
  respond_ = false;
  answer_ = {};
  part_ = 0;
}

void T1::Listen() {
  state_ = State::kReceive;
  size_ = 0;
  damaged_ = false;
}

Want T1::want() const {
  switch (state_) {
    case State::kReceive:
    case State::kFlush:
      return Want::kCharacter;
    case State::kGap:
      return Want::kGap;
    case State::kWork:
      return Want::kWork;
    case State::kSend:
      break;
  }
  return Want::kSend;
}

uint32_t T1::patience() const {
  if (state_ == State::kGap) {
    return kGuardTime;
  }
  return state_ == State::kReceive && size_ == 0 ? 0
                                                 : CharacterWaitingTime(parameters_.bwi_cwi);
}

void T1::OnCharacter(uint8_t character, bool parity_ok) {
  if (state_ == State::kGap) {  // more than LEN said: LEN or something before it is wrong
    state_ = State::kFlush;
  }
  if (state_ != State::kReceive) {
    return;
  }
  damaged_ = damaged_ || !parity_ok;
  buffer_[size_++] = character;
  if (size_ < kPrologue) {
    return;
  }
  const size_t inf = buffer_[2];
  if (inf > kMostInf) {
    state_ = State::kFlush;
  } else if (size_ == kPrologue + inf + EdcBytes(parameters_.crc)) {
    state_ = State::kGap;
  }
}

void T1::OnSilence() {
  switch (state_) {
    case State::kReceive:
      if (size_ != 0) {
        Invalid(kRDamaged);
      }
      return;
    case State::kFlush:
      return Invalid(kRDamaged);
    case State::kGap:
      return Judge();
    default:
      return;
  }
}

void T1::Judge() {
  const ConstBytes whole = ConstBytes(buffer_).first(size_);
  if (damaged_ || !Intact(whole, parameters_.crc)) {
    return Invalid(kRDamaged);
  }
  const Block block{whole[1], whole.subspan(kPrologue, whole[2])};
  if ((whole[0] & kVppBits) != 0) {
    return Invalid(kROther);
  }
  if (waiting_wtx_ && block.pcb != kResynch) {
    return OnWtxResponse(block);
  }
  nad_ = static_cast<uint8_t>(whole[0] << 4 | whole[0] >> 4);
  if (IsI(block.pcb)) {
    return OnInformation(block);
  }
  if (IsR(block.pcb)) {
    return OnReceiveReady(block);
  }
  OnSupervisory(block);
}

/// Rule 7: an R-block says what is expected; an unanswered S(request) is repeated.
void T1::Invalid(uint8_t error) {
  if (invalid_ == kInvalidMost) {
    return Listen();
  }
  ++invalid_;
  if (waiting_wtx_) {
    return SendWtx();
  }
  SendReady(error);
}

void T1::OnInformation(const Block& block) {
  if (Sequence(block.pcb) != expected_ || block.inf.size() > parameters_.ifsc ||
      (sent_ && part_ < answer_.size())) {  // we are not through with our chain
    return Invalid(kROther);
  }
  invalid_ = 0;
  expected_ = !expected_;
  if (sent_) {  // rule 2.1: an I-block acknowledges ours
    sent_ = false;
    sequence_ = !sequence_;
    answer_ = {};
  }
  chained_ = (block.pcb & kIMore) != 0;
  state_ = State::kWork;
}

void T1::OnReceiveReady(const Block& block) {
  if (!block.inf.empty()) {
    return Invalid(kROther);
  }
  invalid_ = 0;
  if (!sent_) {
    return SendReady(0);
  }
  if (Sequence(block.pcb) == sequence_) {
    return SendInformation();
  }
  if (part_ == answer_.size()) {  // it has all of ours: what it lacks is our last R-block
    return SendReady(0);
  }
  sequence_ = !sequence_;
  answer_ = answer_.subspan(part_);
  part_ = std::min<size_t>(ifsd_, answer_.size());
  SendInformation();
}

void T1::OnSupervisory(const Block& block) {
  const size_t size = block.inf.size();
  if (block.pcb == kResynch && size == 0) {
    invalid_ = 0;
    Forget();
    return SendSmall(kResynch | kResponse);
  }
  if (block.pcb == kIfs && size == 1 && block.inf[0] != 0 && block.inf[0] <= kMostInf) {
    invalid_ = 0;
    ifsd_ = block.inf[0];
    return SendSmall(kIfs | kResponse, block.inf);
  }
  if (block.pcb == kAbort && size == 0) {  // rule 9: of its chain or of ours
    invalid_ = 0;
    if (feeding_) {
      door_.Drop();
      feeding_ = false;
    }
    if (sent_) {
      sent_ = false;
      sequence_ = !sequence_;
      answer_ = {};
    }
    return SendSmall(kAbort | kResponse);
  }
  Invalid(kROther);
}

void T1::OnWtxResponse(const Block& block) {
  if (block.pcb != (kWtx | kResponse) || block.inf.size() != 1 || block.inf[0] != kWtxMultiplier) {
    return Invalid(kROther);
  }
  invalid_ = 0;
  waiting_wtx_ = false;
  Listen();
  if (respond_) {
    Respond();
  }
}

void T1::Work() {
  const ConstBytes inf = ConstBytes(buffer_).subspan(kPrologue, buffer_[2]);
  if (!inf.empty()) {
    door_.Feed(inf);
  }
  feeding_ = chained_;
  if (!chained_) {
    answer_ = door_.Finish();
    part_ = std::min<size_t>(ifsd_, answer_.size());
  }
  respond_ = true;
  Listen();  // from here on KeepAlive() is silent
  if (!waiting_wtx_) {
    Respond();
  }
}

void T1::Respond() {
  respond_ = false;
  if (chained_) {
    return SendReady(0);
  }
  sent_ = true;
  SendInformation();
}

void T1::SendInformation() {
  const bool more = part_ < answer_.size();
  buffer_[0] = nad_;
  buffer_[1] = static_cast<uint8_t>((sequence_ ? kISequence : 0) | (more ? kIMore : 0));
  buffer_[2] = static_cast<uint8_t>(part_);
  Copy(buffer_.subspan(kPrologue), answer_.first(part_));
  output_ = ConstBytes(buffer_).first(Seal(buffer_, kPrologue + part_, parameters_.crc));
  state_ = State::kSend;
}

ConstBytes T1::BuildSmall(Bytes to, uint8_t pcb, ConstBytes inf) const {
  to[0] = nad_;
  to[1] = pcb;
  to[2] = static_cast<uint8_t>(inf.size());
  Copy(to.subspan(kPrologue), inf);
  return to.first(Seal(to, kPrologue + inf.size(), parameters_.crc));
}

void T1::SendSmall(uint8_t pcb, ConstBytes inf) {
  output_ = BuildSmall(small_, pcb, inf);
  state_ = State::kSend;
}

void T1::SendReady(uint8_t error) {
  SendSmall(static_cast<uint8_t>(kR | (expected_ ? kRSequence : 0) | error));
}

void T1::SendWtx() { SendSmall(kWtx, ConstBytes(&kWtxMultiplier, 1)); }

ConstBytes T1::KeepAlive() {
  if (state_ != State::kWork || waiting_wtx_) {
    return {};
  }
  waiting_wtx_ = true;
  return BuildSmall(wtx_, kWtx, ConstBytes(&kWtxMultiplier, 1));
}

}  // namespace simurgh::apdu
