#include "apdu/t0.h"

#include <iterator>

namespace simurgh::apdu {
namespace {

constexpr size_t kHeaderBytes = 5;
constexpr size_t kP3 = 4;
constexpr size_t kShortMaximum = 256;
constexpr uint8_t kNull[] = {0x60};  // "I am still working" (10.3.3)
// WT = 10 * 960 * Fi/D etu at the default speed (10.2).
constexpr uint32_t kWaitingTime = 9600;

// Commands of ISO/IEC 7816-4 and TS 102 221 10.1.2 that never carry data.
constexpr uint8_t kAnswersOnly[] = {
    0x12,              // FETCH
    0x70,              // MANAGE CHANNEL
    0x84,              // GET CHALLENGE
    0xB0, 0xB2,        // READ BINARY, READ RECORD
    0xC0,              // GET RESPONSE
    0xCA,              // GET DATA
    0xF2,              // STATUS
};
constexpr uint8_t kRetrieveData = 0xCB;  // carries the tag in its first block only (11.3.1)
constexpr uint8_t kFirstBlock = 0x80;

}  // namespace

bool Door::TakesData(ConstBytes header) const {
  const uint8_t ins = header[1];
  if (ins == kRetrieveData) {
    return (header[3] & kFirstBlock) != 0;
  }
  return std::find(std::begin(kAnswersOnly), std::end(kAnswersOnly), ins) == std::end(kAnswersOnly);
}

void T0::Start() {
  state_ = State::kHeader;
  size_ = 0;
  kept_ = {};
  output_ = {};
}

Want T0::want() const {
  switch (state_) {
    case State::kHeader:
    case State::kData:
      return Want::kCharacter;
    case State::kWork:
      return Want::kWork;
    case State::kAck:
    case State::kAckAnswer:
    case State::kAnswer:
      break;
  }
  return Want::kSend;
}

uint32_t T0::patience() const {
  return state_ == State::kHeader && size_ == 0 ? 0 : kWaitingTime;
}

bool T0::OnCharacter(uint8_t character, bool parity_ok) {
  if (want() != Want::kCharacter) {
    return false;
  }
  if (!parity_ok) {
    return true;  // 7.3: the sender repeats
  }
  buffer_[size_++] = character;
  if (state_ == State::kHeader) {
    if (size_ == kHeaderBytes) {
      OnHeader();
    }
    return false;
  }
  if (size_ == kHeaderBytes + buffer_[kP3]) {
    state_ = State::kWork;
  } else if (byte_by_byte_) {
    Acknowledge(State::kAck);
  }
  return false;
}

// The reader went away in the middle of a command: nothing of it has reached the card.
void T0::OnSilence() {
  if (want() == Want::kCharacter) {
    state_ = State::kHeader;
    size_ = 0;
  }
}

void T0::OnHeader() {
  const uint8_t ins = buffer_[1];
  if (buffer_[0] == 0xFF) {  // reserved for PPS (10.3.2)
    return Reply(0x6E, 0x00);
  }
  if ((ins & 0xF0) == 0x60 || (ins & 0xF0) == 0x90) {  // would be taken for SW1 (10.3.2)
    return Reply(0x6D, 0x00);
  }
  if (KeptAnswerFits()) {
    return SendAnswer(kept_);
  }
  kept_ = {};
  takes_data_ = door_.TakesData(ConstBytes(buffer_).first(4));
  if (takes_data_ && buffer_[kP3] != 0) {
    return Acknowledge(State::kAck);
  }
  state_ = State::kWork;
}

bool T0::KeptAnswerFits() const {
  const size_t asked = buffer_[kP3] == 0 ? kShortMaximum : buffer_[kP3];
  return !kept_.empty() && kept_.size() == asked + 2 &&
         Equal(kept_header_, ConstBytes(buffer_).first(4));
}

void T0::Acknowledge(State next) {
  reply_[0] = byte_by_byte_ ? static_cast<uint8_t>(~buffer_[1]) : buffer_[1];
  output_ = ConstBytes(reply_).first(1);
  state_ = next;
}

void T0::Reply(uint8_t sw1, uint8_t sw2) {
  reply_ = {sw1, sw2};
  output_ = reply_;
  answer_ = {};
  state_ = State::kAnswer;
}

void T0::Work() {
  // P3 = 0: no data where P3 counts data, else Le = 256.
  door_.Feed(ConstBytes(buffer_).first(size_ == kHeaderBytes && takes_data_ ? kHeaderBytes - 1 : size_));
  const ConstBytes answer = door_.Finish();
  const size_t data = answer.size() - 2;
  if (takes_data_ || data == 0) {
    return Reply(answer[data], answer[data + 1]);
  }
  const size_t asked = buffer_[kP3] == 0 ? kShortMaximum : buffer_[kP3];
  if (data == asked) {
    return SendAnswer(answer);
  }
  kept_ = answer;
  Copy(kept_header_, ConstBytes(buffer_).first(4));
  Reply(0x6C, static_cast<uint8_t>(data));
}

void T0::SendAnswer(ConstBytes answer) {
  kept_ = {};
  answer_ = answer;
  Acknowledge(State::kAckAnswer);
}

void T0::OnSent() {
  switch (state_) {
    case State::kAck:
      state_ = State::kData;
      return;
    case State::kAckAnswer: {
      const bool one = byte_by_byte_ && answer_.size() > 3;
      output_ = answer_.first(one ? 1 : answer_.size());
      answer_ = answer_.subspan(output_.size());
      state_ = State::kAnswer;
      return;
    }
    case State::kAnswer:
      if (!answer_.empty()) {
        return Acknowledge(State::kAckAnswer);
      }
      state_ = State::kHeader;
      size_ = 0;
      return;
    default:
      return;
  }
}

ConstBytes T0::KeepAlive() const { return state_ == State::kWork ? ConstBytes(kNull) : ConstBytes(); }

}  // namespace simurgh::apdu
