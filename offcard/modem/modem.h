#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "offcard/common/card.h"
#include "offcard/modem/modem_script.h"
#include "offcard/modem/toolkit.h"

namespace simurgh::offcard::modem {

/// What the terminal is and where.
struct Terminal {
  std::string imei = "490154203237518";
  std::string imeisv = "4901542032375101";
  std::string mcc = "001", mnc = "01";
  uint16_t lac = 1;
  uint16_t cell = 1;
  std::string time;  ///< 2026-11-21T12:00:00; empty: the PC's
  std::string language = "en";
  uint8_t battery = 0x04;  ///< full (TS 102 223 8.76)
  uint8_t access = 0x08;   ///< E-UTRAN (8.61)
  std::string pin;         ///< PIN1; empty: not verified
  Buffer profile;          ///< TERMINAL PROFILE; empty: all that this terminal does
  bool fast = false;       ///< time passes without waiting
};

/// What the user does when the card asks: docs/formats/modem_script.md, "answer".
struct UserAnswer {
  std::string word;
  std::string argument;
};

/// A terminal for any card: boots it as a modem does, then fetches and answers what the card asks
/// for, tells it what happens, lets time pass.
class Modem {
 public:
  using Print = std::function<void(const std::string&)>;
  /// Asks a person; nullptr: scripted answers, then what most users would do.
  using AskPerson = std::function<UserAnswer(const Proactive&)>;
  Modem(Reader& reader, Terminal terminal, Print print, AskPerson person = nullptr);

  /// Reset, TERMINAL CAPABILITY and PROFILE, the files a modem reads. @throws UserError.
  void PowerOn();
  /// One line of a script. @throws UserError: it cannot be done, or an expectation is not met.
  void Run(const Line& line, const std::string& file);
  /// Throws what an expectation would when the script ends with answers nobody asked for.
  void CheckAllUsed(const std::string& file) const;
  void Status();
  void Wait(uint32_t seconds);
  const std::vector<Proactive>& asked() const { return asked_; }

 private:
  struct Performed {
    Buffer result = {0x00};
    Buffer objects;
    bool respond = true;
    std::string words = "done";
  };
  // boot.cc
  void ReadFiles();
  void ReadFile(const char* path, const char* name);
  void SelectUsim();

  Answer Send(ConstBytes command);
  void FetchAll(uint16_t sw);
  void SendEnvelope(uint8_t tag, ConstBytes objects, const std::string& what);
  Performed Perform(const Proactive& command);
  Performed Talk(const Proactive& command);
  Performed Local(const Proactive& command);
  Performed Timer(const Proactive& command);
  Performed Refresh(const Proactive& command);
  UserAnswer NextAnswer(const Proactive& command);
  void ExpireTimers();
  uint64_t Now() const;
  void SelectMenu(const Line& line, const std::string& where);
  void Expect(const Line& line, const std::string& where);
  bool Set(const Line& line, const std::string& where);

  Reader& reader_;
  Terminal terminal_;
  Print print_;
  AskPerson person_;
  std::vector<Proactive> asked_;  ///< every command since power on of the first session
  size_t expected_ = 0;           ///< how many of them expectations have seen
  std::deque<UserAnswer> answers_;
  std::vector<Proactive::Item> menu_;
  std::map<uint8_t, uint64_t> timers_;  ///< number, when it runs out
  uint32_t poll_seconds_ = 30;          ///< between two STATUS; 0: none
  uint64_t skipped_ = 0;                ///< seconds that fast time is ahead
  bool reset_wanted_ = false;
};

/// Every bit of TERMINAL PROFILE that this terminal keeps its word on (TS 102 223 5.2).
Buffer OwnProfile();

}  // namespace simurgh::offcard::modem
