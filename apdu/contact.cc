#include "apdu/contact.h"

#include "apdu/pps.h"

namespace simurgh::apdu {

namespace {

constexpr uint32_t kInitialWaitingTime = 9600;  // WT before a protocol says otherwise (8.1)

}  // namespace

Contact::Contact(Door& door, const AtrRow& row)
    : door_(door),
      row_(row),
      atr_(MakeAtr(row)),
      t0_(door, buffer_, row.byte_by_byte),
      t1_(door, buffer_, {.ifsc = row.ifsc, .bwi_cwi = row.bwi_cwi, .crc = row.crc}) {}

void Contact::Reset() {
  door_.Reset();
  protocol_ = Protocol::kNone;
  speed_ = next_speed_ = 0x11;
  pps_size_ = 0;
  state_ = State::kAtr;
}

Want Contact::want() const {
  switch (state_) {
    case State::kAtr:
    case State::kPpsAnswer:
      return Want::kSend;
    case State::kTalking:
      return protocol_ == Protocol::kT0 ? t0_.want() : t1_.want();
    default:
      return Want::kCharacter;
  }
}

ConstBytes Contact::output() const {
  if (state_ == State::kTalking) {
    return protocol_ == Protocol::kT0 ? t0_.output() : t1_.output();
  }
  return state_ == State::kAtr ? ConstBytes(atr_) : ConstBytes(buffer_).first(pps_size_);
}

void Contact::OnSent() {
  switch (state_) {
    case State::kAtr:
      state_ = State::kFirst;
      return;
    case State::kPpsAnswer:
      speed_ = next_speed_;
      return Start(protocol_);
    case State::kTalking:
      return protocol_ == Protocol::kT0 ? t0_.OnSent() : t1_.OnSent();
    default:
      return;
  }
}

void Contact::Start(Protocol protocol) {
  protocol_ = protocol;
  state_ = State::kTalking;
  if (protocol == Protocol::kT0) {
    t0_.Start();
  } else {
    t1_.Start();
  }
}

bool Contact::OnCharacter(uint8_t character, bool parity_ok) {
  switch (state_) {
    case State::kFirst:
      if (!parity_ok) {
        return row_.t0;  // the first offer is what a reader speaks that does not ask
      }
      if (character == kPpss) {  // no command and no block begins so (9.1)
        state_ = State::kPps;
        OnPps(character, true);
        return false;
      }
      Start(row_.t0 ? Protocol::kT0 : Protocol::kT1);
      return OnCharacter(character, true);
    case State::kPps:
      if (!parity_ok && row_.t0) {
        return true;
      }
      OnPps(character, parity_ok);
      return false;
    case State::kTalking:
      if (protocol_ == Protocol::kT0) {
        return t0_.OnCharacter(character, parity_ok);
      }
      t1_.OnCharacter(character, parity_ok);
      return false;
    default:
      return false;
  }
}

/// A request that is damaged or asks for a protocol that was not offered is not answered, and the
/// card waits for a reset (9.2).
void Contact::OnPps(uint8_t character, bool parity_ok) {
  buffer_[pps_size_++] = character;
  if (!parity_ok) {
    state_ = State::kOff;
    return;
  }
  if (pps_size_ < 2 || pps_size_ < PpsLength(buffer_[1])) {
    return;
  }
  const Result<Pps> answer = AnswerPps(ConstBytes(buffer_).first(pps_size_), row_);
  if (!answer.ok()) {
    state_ = State::kOff;
    return;
  }
  const Pps& pps = answer.value();
  pps_size_ = pps.size;
  Copy(buffer_, ConstBytes(pps.bytes).first(pps.size));
  protocol_ = pps.protocol == 0 ? Protocol::kT0 : Protocol::kT1;
  next_speed_ = pps.speed;
  state_ = State::kPpsAnswer;
}

void Contact::OnSilence() {
  if (state_ == State::kPps) {  // half a request
    state_ = State::kOff;
  }
  if (state_ != State::kTalking) {
    return;
  }
  return protocol_ == Protocol::kT0 ? t0_.OnSilence() : t1_.OnSilence();
}

void Contact::OnRefused() { state_ = State::kOff; }

void Contact::Work() {
  if (want() != Want::kWork) {
    return;
  }
  return protocol_ == Protocol::kT0 ? t0_.Work() : t1_.Work();
}

ConstBytes Contact::KeepAlive() {
  if (state_ != State::kTalking) {
    return {};
  }
  return protocol_ == Protocol::kT0 ? t0_.KeepAlive() : t1_.KeepAlive();
}

uint32_t Contact::patience() const {
  if (state_ == State::kTalking) {
    return protocol_ == Protocol::kT0 ? t0_.patience() : t1_.patience();
  }
  return state_ == State::kPps ? kInitialWaitingTime : 0;
}

}  // namespace simurgh::apdu
