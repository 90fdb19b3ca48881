#pragma once

#include <array>
#include <cstdint>

#include "apdu/link.h"
#include "apdu/t1_block.h"
#include "apdu/want.h"

namespace simurgh::apdu {

/// Card side of T=1 (ISO/IEC 7816-3 clause 11): blocks with chaining in both directions, S-blocks,
/// and the rules of 11.6 for damaged ones. apdu/contact.h says how it is driven; a driver that gets
/// whole blocks (CCID) feeds their bytes and calls OnSilence().
///
/// A command is fed to the door block by block and executed once, whatever is repeated. Commands
/// and answers may be longer than any buffer here.
class T1 {
 public:
  struct Parameters {
    uint8_t ifsc = 32;      ///< longest INF taken
    uint8_t bwi_cwi = 0x45;
    bool crc = false;
  };
  /// Multiplier of the block waiting time that S(WTX) asks for.
  static constexpr uint8_t kWtxMultiplier = 10;

  /// @param buffer  kBlockBytes, the machine's as long as it talks.
  T1(Door& door, Bytes buffer, const Parameters& parameters)
      : door_(door), buffer_(buffer), parameters_(parameters) {}

  void Start();
  Want want() const;
  ConstBytes output() const { return output_; }
  void OnSent() { Listen(); }
  void OnCharacter(uint8_t character, bool parity_ok);
  void OnSilence();
  void Work();
  /// S(WTX request), once until it was answered.
  ConstBytes KeepAlive();
  uint32_t patience() const;

 private:
  enum class State : uint8_t { kReceive, kGap, kFlush, kWork, kSend };
  struct Block {
    uint8_t pcb = 0;
    ConstBytes inf;
  };
  void Listen();
  void Judge();
  void Invalid(uint8_t error);
  void OnInformation(const Block& block);
  void OnReceiveReady(const Block& block);
  void OnSupervisory(const Block& block);
  void OnWtxResponse(const Block& block);
  void Forget();
  void Respond();
  void SendInformation();
  void SendSmall(uint8_t pcb, ConstBytes inf = {});
  void SendReady(uint8_t error);
  void SendWtx();
  ConstBytes BuildSmall(Bytes to, uint8_t pcb, ConstBytes inf) const;

  Door& door_;
  Bytes buffer_;
  const Parameters parameters_;
  State state_ = State::kReceive;
  size_t size_ = 0;             ///< bytes of a block in buffer_
  bool damaged_ = false;        ///< a character of it had a parity error
  uint8_t nad_ = 0;             ///< of what we send
  uint8_t ifsd_ = t1::kDefaultIfs;
  bool expected_ = false;       ///< N(S) of the next I-block from the reader
  bool sequence_ = false;       ///< N(S) of our last or next I-block
  bool sent_ = false;           ///< our I-block is on its way and may be asked for again
  bool feeding_ = false;        ///< the door holds part of a command
  bool chained_ = false;        ///< the block being worked on is not the last
  bool waiting_wtx_ = false;    ///< S(WTX request) is not answered yet
  bool respond_ = false;        ///< work is done; the answer waits for that
  uint8_t invalid_ = 0;         ///< blocks in a row
  size_t part_ = 0;             ///< bytes of answer_ in the last I-block
  ConstBytes answer_;           ///< from the first byte of that block on
  ConstBytes output_;
  std::array<uint8_t, 6> small_{};
  std::array<uint8_t, 6> wtx_{};
};

}  // namespace simurgh::apdu
