#pragma once

#include <memory>
#include <string>
#include <vector>

#include "offcard/common/card.h"
#include "offcard/common/launcher.h"

namespace simurgh::offcard::cli {

/// What a step of the main job cost.
struct StepCost {
  std::string name;
  uint64_t commands = 0;
  uint64_t bytes = 0;         ///< both ways on the serial line, framing included
  uint64_t instructions = 0;  ///< QEMU icount, inside the card; boots included
  uint64_t programs = 0, programmed_bytes = 0, erases = 0;
};

/// The machine under the main job: starts and kills the card, prints every APDU, and counts what
/// each step costs.
class Bench final : public Reader {
 public:
  Bench(std::string machine, std::string file, bool quiet)
      : machine_(std::move(machine)), file_(std::move(file)), quiet_(quiet) {}

  /// Ends the step before, and prints the title of this one.
  void Step(const std::string& name);
  /// A line of the story.
  void Say(const std::string& text) const;
  /// Starts the card on its file (or another one, without counting it).
  void PowerOn(const std::string& file = "");
  /// SIGKILL.
  void PowerOff();

  std::vector<uint8_t> Reset() override;
  std::vector<uint8_t> Transmit(ConstBytes command) override;

  /// Ends the last step and prints the table.
  void PrintTable();
  const std::string& file() const { return file_; }
  bool counts_instructions() const { return machine_ != "host"; }

 private:
  void Settle();

  std::string machine_, file_, running_file_;
  bool quiet_;
  std::unique_ptr<Reader> reader_;
  std::vector<StepCost> steps_;
  hal::card_file::CountersPage before_{};
  uint64_t wire_before_ = 0;
};

}  // namespace simurgh::offcard::cli
