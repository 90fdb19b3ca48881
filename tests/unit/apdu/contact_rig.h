#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "apdu/contact.h"
#include "offcard/common/contact_reader.h"

/// A card on contacts and its reader in one process: every character passes a line that tests spoil.
namespace simurgh::test {

using Raw = std::vector<uint8_t>;
using Character = offcard::ContactLine::Character;
using Burst = std::vector<Character>;

/// A card with as much of a mind as the contacts need: its answer is a function of the command, GET
/// RESPONSE, 61xx and 6Cxx work as the card's do. P1 P2 say how long the answer is.
class TestDoor final : public apdu::Door {
 public:
  void Reset() override {
    ++resets;
    fed.clear();
    rest_.clear();
  }
  ConstBytes Atr() override { return {}; }
  void Feed(ConstBytes part) override { fed.insert(fed.end(), part.begin(), part.end()); }
  void Drop() override {
    ++drops;
    fed.clear();
  }
  ConstBytes Finish() override {
    Raw command;
    command.swap(fed);
    if (during) { during(); }
    answer_ = Execute(command);
    return answer_;
  }
  /// What a command says, whoever asks: no fetching, no count.
  static Raw Said(const Raw& command) {
    const size_t size = static_cast<size_t>(command[2] << 8 | command[3]);
    uint32_t seed = 1;
    const size_t data_end = DataEnd(command);
    for (size_t i = 0; i < data_end; ++i) { seed = seed * 31 + command[i]; }
    Raw out(size);
    for (uint8_t& b : out) {
      seed = seed * 1664525 + 1013904223;
      b = static_cast<uint8_t>(seed >> 24);
    }
    return out;
  }

  Raw fed;
  int resets = 0;
  int drops = 0;
  std::vector<Raw> commands;  ///< executed, GET RESPONSE left out
  std::function<void()> during;

 private:
  static bool Extended(const Raw& c) { return c.size() >= 7 && c[4] == 0; }
  static size_t DataEnd(const Raw& c) {
    if (c.size() < 6) { return 4; }
    if (Extended(c)) { return c.size() == 7 ? 4 : 7 + Get16(c, 5); }
    return 5 + c[4];
  }
  static Raw Sw(Raw data, int sw) {
    data.push_back(static_cast<uint8_t>(sw >> 8));
    data.push_back(static_cast<uint8_t>(sw));
    return data;
  }
  Raw More(Raw data, size_t now) {
    rest_.assign(data.begin() + static_cast<long>(now), data.end());
    data.resize(now);
    return Sw(data, 0x6100 | (rest_.size() >= 256 ? 0 : static_cast<int>(rest_.size())));
  }
  Raw Execute(const Raw& c) {
    if (c.size() < 4) { return Sw({}, 0x6700); }
    if (c[1] == 0xC0) {
      const size_t ne = c.size() > 4 && c[4] != 0 ? c[4] : 256;
      if (rest_.empty()) { return Sw({}, 0x6985); }
      if (ne > rest_.size() && ne != 256) { return Sw({}, 0x6C00 | static_cast<int>(rest_.size())); }
      Raw data = rest_;
      const size_t now = std::min(ne, data.size());
      return now == data.size() ? (rest_.clear(), Sw(data, 0x9000)) : More(data, now);
    }
    commands.push_back(c);
    rest_.clear();
    const Raw data = Said(c);
    const size_t end = DataEnd(c);
    const bool has_le = end == 4 ? c.size() > 4 : c.size() > end;
    size_t ne = 0;
    if (has_le) {
      ne = Extended(c) ? Get16(c, c.size() - 2) : c.back();
      ne = ne == 0 ? (Extended(c) ? 65536 : 256) : ne;
    }
    if (data.empty()) { return Sw({}, 0x9000); }
    if (end == 4 && has_le && !Extended(c) && ne != data.size() && data.size() <= 256 &&
        !(ne == 256 && data.size() < 256)) {
      return Sw({}, 0x6C00 | static_cast<int>(data.size() & 0xFF));
    }
    return ne >= data.size() ? Sw(data, 0x9000) : More(data, std::min<size_t>(ne, 256));
  }

  Raw rest_;
  Raw answer_;
};

/// Both ends of one line. Faults change a burst of characters on its way; a character with a wrong
/// parity is repeated where the protocol does that.
class SimLine final : public offcard::ContactLine {
 public:
  using Spoil = std::function<void(Burst&)>;
  explicit SimLine(apdu::Contact& card) : card_(card) {}

  Spoil to_card = [](Burst&) {};
  Spoil to_reader = [](Burst&) {};
  int silences = 0;
  int repeats = 0;
  std::vector<Raw> sent, received;  ///< bursts as they were before the line

  void Rst() override {
    to_reader_.clear();
    pending_.clear();
    card_.Reset();
    Pump();
  }
  void Send(ConstBytes characters) override {
    Burst burst;
    for (const uint8_t c : characters) { burst.push_back({c, true}); }
    sent.emplace_back(characters.begin(), characters.end());
    to_card(burst);
    for (const Character& c : burst) { pending_.push_back(c); }
    Deliver();
    Pump();
  }
  std::optional<Character> Receive() override {
    if (to_reader_.empty()) {
      ++silences;
      card_.OnSilence();
      Pump();
    }
    if (to_reader_.empty()) { return std::nullopt; }
    const Character c = to_reader_.front();
    to_reader_.pop_front();
    return c;
  }
  bool Noise() override { return !to_reader_.empty(); }
  /// What the card's timer does while it works.
  void KeepAlive() { FromCard(card_.KeepAlive()); }

 private:
  bool Listening() const {
    return card_.want() == apdu::Want::kCharacter || card_.want() == apdu::Want::kGap;
  }
  void Deliver() {
    while (!pending_.empty() && Listening()) {
      Character c = pending_.front();
      pending_.pop_front();
      for (int i = 0; card_.OnCharacter(c.value, c.parity_ok) && i < 4; ++i) {
        ++repeats;
        c.parity_ok = true;
      }
    }
  }
  void FromCard(ConstBytes characters) {
    Burst burst;
    for (const uint8_t c : characters) { burst.push_back({c, true}); }
    if (!characters.empty()) { received.emplace_back(characters.begin(), characters.end()); }
    to_reader(burst);
    for (Character& c : burst) {
      if (!c.parity_ok && card_.protocol() == apdu::Contact::Protocol::kT0) {
        ++repeats;
        c.parity_ok = true;
      }
      to_reader_.push_back(c);
    }
  }
  void Pump() {
    for (int steps = 0; card_.want() != apdu::Want::kCharacter; ++steps) {
      if (steps == 100000) { throw std::runtime_error("the machine never wants a character again"); }
      switch (card_.want()) {
        case apdu::Want::kSend:
          FromCard(card_.output());
          card_.OnSent();
          break;
        case apdu::Want::kGap:
          card_.OnSilence();
          break;
        case apdu::Want::kWork:
          card_.Work();
          break;
        case apdu::Want::kCharacter:
          break;
      }
    }
    // T=0 has nothing to say to characters that came while the card sent: they are lost. So are
    // those of T=1 here, since its reader waits for the answer.
    pending_.clear();
  }

  apdu::Contact& card_;
  std::deque<Character> pending_;
  std::deque<Character> to_reader_;
};

/// Card, line and a reader that has reset the card and agreed on the protocol.
struct ContactRig {
  explicit ContactRig(size_t row, int protocol)
      : contact(door, apdu::kAtrRows[row]), line(contact), t0(line) {
    atr = offcard::StartCard(line, protocol);
    const offcard::AtrFacts facts = offcard::ReadAtr(atr);
    t1.emplace(line, facts.ifsc, facts.crc);
    protocol_ = protocol;
  }
  Raw Transmit(const Raw& command) {
    return protocol_ == 0 ? t0.Transmit(command) : t1->Transmit(command);
  }
  TestDoor door;
  apdu::Contact contact;
  SimLine line;
  Raw atr;
  offcard::T0Reader t0;
  std::optional<offcard::T1Reader> t1;
  int protocol_ = 0;
};

/// What the command answers to somebody who stands at the door itself.
inline Raw AtTheDoor(const Raw& command) {
  TestDoor door;
  door.Feed(command);
  const ConstBytes answer = door.Finish();
  return {answer.begin(), answer.end()};
}

inline Raw Apdu(uint8_t ins, size_t answer, const Raw& data = {}, int le = -1) {
  Raw out = {0x00, ins, static_cast<uint8_t>(answer >> 8), static_cast<uint8_t>(answer)};
  const bool extended = data.size() > 255 || le > 256;
  if (extended) { out.push_back(0); }
  if (!data.empty()) {
    if (extended) { out.push_back(static_cast<uint8_t>(data.size() >> 8)); }
    out.push_back(static_cast<uint8_t>(data.size()));
    out.insert(out.end(), data.begin(), data.end());
  }
  if (le >= 0) {
    if (extended) { out.push_back(static_cast<uint8_t>(le >> 8)); }
    out.push_back(static_cast<uint8_t>(le));
  }
  return out;
}

}  // namespace simurgh::test
