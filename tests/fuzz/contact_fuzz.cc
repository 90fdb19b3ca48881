// Any characters, parity errors, silences and resets on the contacts: the card's machine always ends
// up wanting a character, never hands the door more than was sent, and after a reset it answers a
// command on either protocol. The same bytes as the answers of a card: the reader ends with an
// answer or a clean error.
//
// Input: row of the ATR table | protocol | events. FF xx: xx 0 silence, 1 reset, 2 the next
// character has a parity error, 3 silence seven times, else the character FF.
#include <optional>
#include <vector>

#include "apdu/contact.h"
#include "base/check.h"
#include "offcard/common/contact_reader.h"

using namespace simurgh;

namespace {

class Door final : public apdu::Door {
 public:
  void Reset() override { size = 0; }
  ConstBytes Atr() override { return {}; }
  void Feed(ConstBytes part) override {
    size += part.size();
    fed += part.size();
  }
  void Drop() override { size = 0; }
  ConstBytes Finish() override {
    answer.assign(size % 700, static_cast<uint8_t>(size));
    answer.insert(answer.end(), {0x90, 0x00});
    size = 0;
    return answer;
  }
  size_t size = 0, fed = 0;
  std::vector<uint8_t> answer;
};

/// Does what the machine wants until it wants a character.
std::vector<uint8_t> Drain(apdu::Contact& card) {
  std::vector<uint8_t> out;
  for (int steps = 0; card.want() != apdu::Want::kCharacter; ++steps) {
    CHECK(steps < 100'000);
    switch (card.want()) {
      case apdu::Want::kSend:
        out.insert(out.end(), card.output().begin(), card.output().end());
        CHECK(!card.output().empty());
        card.OnSent();
        break;
      case apdu::Want::kGap:
        card.OnSilence();
        break;
      case apdu::Want::kWork: {
        const ConstBytes alive = card.KeepAlive();
        out.insert(out.end(), alive.begin(), alive.end());
        card.Work();
        break;
      }
      case apdu::Want::kCharacter:
        break;
    }
  }
  return out;
}

void Card(const apdu::AtrRow& row, bool t1, const uint8_t* input, size_t size) {
  Door door;
  apdu::Contact card(door, row);
  card.Reset();
  (void)Drain(card);
  bool parity = true;
  size_t characters = 0;
  for (size_t i = 0; i < size; ++i) {
    uint8_t c = input[i];
    if (c == 0xFF && i + 1 < size && input[i + 1] <= 3) {
      switch (input[++i]) {
        case 0:
          card.OnSilence();
          break;
        case 1:
          card.Reset();
          break;
        case 2:
          parity = false;
          break;
        default:
          for (int n = 0; n < 7; ++n) {
            card.OnSilence();
            (void)Drain(card);
          }
          break;
      }
      (void)Drain(card);
      continue;
    }
    ++characters;
    (void)card.OnCharacter(c, parity);
    parity = true;
    if (card.want() != apdu::Want::kGap || i + 1 == size || input[i + 1] % 4 != 1) {
      (void)Drain(card);
    }
  }
  CHECK(door.fed <= characters);

  card.Reset();
  (void)Drain(card);
  const bool speak_t1 = row.t1 && (t1 || !row.t0);
  std::vector<uint8_t> pps = {0xFF, static_cast<uint8_t>(speak_t1), 0};
  pps[2] = static_cast<uint8_t>(pps[0] ^ pps[1]);
  for (const uint8_t c : pps) { (void)card.OnCharacter(c); }
  CHECK(Drain(card) == pps);
  std::vector<uint8_t> command = {0x00, 0x20, 0x00, 0x00, 0x00};  // T=0: size 4, four bytes wait
  if (speak_t1) {
    command = {0x00, 0xC0, 0x00, 0, 0};
    command.resize(apdu::t1::Seal(command, 3, row.crc));
  }
  for (const uint8_t c : command) { (void)card.OnCharacter(c); }
  const std::vector<uint8_t> answer = Drain(card);
  if (speak_t1) {
    CHECK(answer.size() == command.size() && answer[1] == 0xE0);
  } else {
    CHECK(answer.size() == 3 && answer[0] == 0x60 && answer[1] == 0x90);
  }
}

/// A card that says the input, whatever it is told; silence where an FF 00 is, and at the end.
class BadCard final : public offcard::ContactLine {
 public:
  BadCard(const uint8_t* input, size_t size) : input_(input), size_(size) {}
  void Rst() override {}
  void Send(ConstBytes) override {}
  std::optional<Character> Receive() override {
    if (at_ >= size_) { return std::nullopt; }
    const uint8_t c = input_[at_++];
    if (c == 0xFF && at_ < size_ && input_[at_] <= 2) {
      const uint8_t event = input_[at_++];
      if (event == 0) { return std::nullopt; }
      return Character{c, event == 1};
    }
    return Character{c, true};
  }
  bool Noise() override { return at_ < size_ && input_[at_] != 0xFF && input_[at_] % 16 == 3; }

 private:
  const uint8_t* input_;
  size_t size_;
  size_t at_ = 0;
};

void Reader(bool t1, bool crc, const uint8_t* input, size_t size) {
  static constexpr uint8_t kRead[] = {0x00, 0xB0, 0x00, 0x00, 0x00};
  static constexpr uint8_t kSelect[] = {0x00, 0xA4, 0x00, 0x04, 0x02, 0x3F, 0x00, 0x00};
  BadCard line(input, size);
  offcard::T0Reader t0(line);
  offcard::T1Reader blocks(line, 32, crc);
  for (int i = 0; i < 20; ++i) {
    try {
      const ConstBytes command = i % 2 == 0 ? ConstBytes(kRead) : ConstBytes(kSelect);
      (void)(t1 ? blocks.Transmit(command) : t0.Transmit(command));
    } catch (const offcard::LineError&) {
    }
  }
  try {
    (void)offcard::StartCard(line, t1 ? 1 : 0);
  } catch (const offcard::LineError&) {
  }
  try {
    (void)offcard::ReadAtr(ConstBytes(input, std::min<size_t>(size, 40)));
  } catch (const offcard::LineError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* input, size_t size) {
  if (size < 2 || size > 20'000) {
    return 0;
  }
  const apdu::AtrRow& row = apdu::kAtrRows[input[0] % std::size(apdu::kAtrRows)];
  const bool t1 = (input[1] & 1) != 0;
  Card(row, t1, input + 2, size - 2);
  Reader(t1, (input[1] & 2) != 0, input + 2, size - 2);
  return 0;
}
