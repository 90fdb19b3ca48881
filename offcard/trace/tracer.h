#pragma once

#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "offcard/common/card.h"
#include "offcard/trace/describe.h"
#include "offcard/trace/event.h"
#include "offcard/trace/gsmtap.h"
#include "offcard/trace/redact.h"

namespace simurgh::offcard::trace {

/// Where a trace goes. Everything gets the same redacted events.
struct Outputs {
  std::FILE* text = nullptr;  ///< in words; nullptr: nowhere
  bool json = false;          ///< `text` gets a JSON object per line
  bool colour = false;
  bool secrets = false;       ///< true: nothing is redacted
  std::string record;         ///< trace file to write (docs/formats/trace.md); empty: none
  std::string pcap;           ///< pcap file to write; empty: none
  std::string gsmtap;         ///< HOST[:PORT]; empty: none
};

/// Takes what happens on a card's line and shows it. Not for several cards, not for several threads.
class Tracer {
 public:
  /// @throws UserError: a file that cannot be written, a host that does not exist.
  explicit Tracer(const Outputs& outputs);
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  void Reset(ConstBytes atr);
  void Command(ConstBytes command, ConstBytes answer);
  /// An event with its own time, from a file.
  void Show(const Event& event);
  /// Commands, bytes and time so far, a line per kind of command.
  std::string Summary() const;

 private:
  struct Count {
    uint64_t commands = 0;
    uint64_t bytes_out = 0;
    uint64_t bytes_in = 0;
    uint64_t refused = 0;
  };

  uint64_t Now() const;
  void Print(const Event& event, const Description& d);
  void PrintJson(const Event& event, const Description& d);
  void Record(const Event& event);

  Outputs outputs_;
  std::chrono::steady_clock::time_point start_;
  Redactor redactor_;
  Tracker tracker_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> record_;
  std::unique_ptr<PcapWriter> pcap_;
  std::unique_ptr<GsmtapSender> gsmtap_;
  std::map<std::string, Count> counts_;
  uint64_t number_ = 0;
  uint64_t last_micros_ = 0;
};

/// A card whose traffic is traced.
class TracedReader final : public Reader {
 public:
  TracedReader(Reader& card, Tracer& tracer) : card_(card), tracer_(tracer) {}
  std::vector<uint8_t> Reset() override;
  std::vector<uint8_t> Transmit(ConstBytes command) override;
  bool Kill() override { return card_.Kill(); }
  Wire wire() const override { return card_.wire(); }

 private:
  Reader& card_;
  Tracer& tracer_;
};

/// Reads a trace file or a pcap file. @throws UserError.
std::vector<Event> ReadTraceFile(const std::string& path);

}  // namespace simurgh::offcard::trace
