#pragma once

#include <string>
#include <vector>

#include "offcard/common/card.h"
#include "offcard/common/contact_line.h"

namespace simurgh::offcard {

/// What an answer to reset says (ISO/IEC 7816-3 8.2).
struct AtrFacts {
  std::vector<int> protocols;  ///< in the order of the offer; T=15 is none
  uint8_t ta1 = 0x11;
  uint8_t ifsc = 32;
  uint8_t bwi_cwi = 0x4D;
  bool crc = false;
  std::vector<uint8_t> historical;
  bool Offers(int protocol) const;
};
/// Bytes that `atr` still lacks to be whole; 0: it is. For reading one from a line.
size_t AtrMissing(ConstBytes atr);
/// @throws LineError: too short, too long, or TCK is wrong.
AtrFacts ReadAtr(ConstBytes atr);

/// Reader side of T=0 (ISO/IEC 7816-3 clauses 10 and 12.2). An APDU with data and Le becomes a
/// command and GET RESPONSE; one with Le 00 is repeated with the length that 6Cxx names. So answers
/// are those of a door that takes whole APDUs. Other 61xx and 6Cxx are the caller's.
class T0Reader {
 public:
  explicit T0Reader(ContactLine& line) : line_(line) {}
  /// @throws LineError.  @throws UserError: the APDU is malformed or extended.
  std::vector<uint8_t> Transmit(ConstBytes apdu);

 private:
  std::vector<uint8_t> Tpdu(ConstBytes header, ConstBytes data, size_t ne);
  uint8_t Next(const char* what);

  ContactLine& line_;
};

/// Reader side of T=1 (ISO/IEC 7816-3 clause 11), with the error recovery of 11.6: an exchange is
/// repaired, or given up with a LineError after three tries and S(RESYNCH); never answered wrongly.
class T1Reader {
 public:
  T1Reader(ContactLine& line, uint8_t ifsc, bool crc) : line_(line), ifsc_(ifsc), crc_(crc) {}
  std::vector<uint8_t> Transmit(ConstBytes apdu);
  /// Tells the card how long its blocks may be; 32 unless told.
  void AgreeIfs(uint8_t ifsd);
  /// Gives up the card's current answer by S(ABORT) after its first block; for tests.
  void AbortNextAnswer() { abort_answer_ = true; }
  /// Gives up the next chained command by S(ABORT) after its first block; for tests.
  void AbortNextCommand() { abort_command_ = true; }
  void Resynchronize();

  struct Counters {
    uint32_t blocks_out = 0;
    uint32_t blocks_in = 0;
    uint32_t damaged = 0;     ///< blocks that did not arrive whole, silence included
    uint32_t extensions = 0;  ///< S(WTX) granted
    uint32_t resynchs = 0;
  };
  const Counters& counters() const { return counters_; }

 private:
  struct Block {
    uint8_t pcb = 0;
    std::vector<uint8_t> inf;
  };
  std::optional<Block> Receive();
  void Send(uint8_t pcb, ConstBytes inf = {});
  Block Supervise(uint8_t request, ConstBytes inf);
  void SendPart();
  void SendReady(uint8_t error);
  [[noreturn]] void GiveUp();
  bool OnBlock(const Block& block, std::vector<uint8_t>& answer);
  bool OnInformation(const Block& block, std::vector<uint8_t>& answer);
  bool OnReady(const Block& block);
  void OnRequest(const Block& block);

  ContactLine& line_;
  uint8_t ifsc_;
  const bool crc_;
  bool sequence_ = false;  ///< N(S) of our I-block
  bool expected_ = false;  ///< N(S) of the card's next
  bool in_flight_ = false;
  bool abort_answer_ = false;
  bool abort_command_ = false;
  bool dead_ = false;      ///< not even S(RESYNCH) was answered: reset
  uint8_t ifsd_ = 32;
  size_t part_ = 0;
  ConstBytes rest_;        ///< of the command, from the I-block in flight on
  Counters counters_;
};

/// A card on contacts, with the protocol that was asked for.
class ContactReader final : public Reader {
 public:
  /// @param fd  a byte pipe with contacts at its end; taken over.  @param protocol  0 or 1.
  ContactReader(int fd, int protocol, std::string name);
  ~ContactReader() override;
  std::vector<uint8_t> Reset() override;
  std::vector<uint8_t> Transmit(ConstBytes command) override;
  Wire wire() const override;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
  int protocol_;
  std::string name_;
};

/// Reset and PPS on any line: the ATR, and the protocol agreed on with the card's best speed.
/// @throws LineError: no ATR, not offered, or PPS failed.
std::vector<uint8_t> StartCard(ContactLine& line, int protocol);

}  // namespace simurgh::offcard
