#include "offcard/cli/job_report.h"

#include <fmt/format.h>

#include "offcard/common/hex.h"

namespace simurgh::offcard::cli {
namespace {

constexpr size_t kShownBytes = 40;

/// Long data is cut in the middle of the line, its length is said.
std::string Shown(ConstBytes data) {
  if (data.size() <= kShownBytes) { return ToHex(data); }
  return fmt::format("{}... ({} bytes)", ToHex(data.first(kShownBytes)), data.size());
}

uint64_t WireBytes(const Reader& reader) {
  return reader.wire().bytes_out + reader.wire().bytes_in;
}

}  // namespace

void Bench::Step(const std::string& name) {
  Settle();
  steps_.push_back({});
  steps_.back().name = name;
  fmt::print("\n{}. {}\n", steps_.size(), name);
  std::fflush(stdout);
}

void Bench::Say(const std::string& text) const { fmt::print("   {}\n", text); }

/// Books what happened since the last call to the current step.
void Bench::Settle() {
  if (steps_.empty() || running_file_ != file_ || reader_ == nullptr) { return; }
  const hal::card_file::CountersPage now = ReadCounters(file_);
  StepCost& step = steps_.back();
  step.programs += now.programs - before_.programs;
  step.programmed_bytes += now.programmed_bytes - before_.programmed_bytes;
  step.erases += now.erases - before_.erases;
  step.instructions += (now.total_ticks - before_.total_ticks) * now.tick_nanoseconds;
  if (now.boots != before_.boots) { step.instructions += now.boot_ticks * now.tick_nanoseconds; }
  before_ = now;
  step.bytes += WireBytes(*reader_) - wire_before_;
  wire_before_ = WireBytes(*reader_);
}

void Bench::PowerOn(const std::string& file) {
  running_file_ = file.empty() ? file_ : file;
  if (running_file_ == file_) { before_ = ReadCounters(file_); }
  Start start;
  start.machine = machine_;
  start.file = running_file_;
  start.icount = counts_instructions();
  reader_ = StartCard(start);
  wire_before_ = 0;
}

void Bench::PowerOff() {
  Settle();
  if (reader_ != nullptr) { reader_->Kill(); }
  reader_.reset();
}

std::vector<uint8_t> Bench::Reset() {
  const std::vector<uint8_t> atr = reader_->Reset();
  if (!quiet_) { fmt::print("   reset\n   < {}\n", ToHex(atr)); }
  return atr;
}

std::vector<uint8_t> Bench::Transmit(ConstBytes command) {
  const std::vector<uint8_t> answer = reader_->Transmit(command);
  steps_.back().commands += running_file_ == file_ ? 1 : 0;
  if (!quiet_) { fmt::print("   > {}\n   < {}\n", Shown(command), Shown(answer)); }
  return answer;
}

void Bench::PrintTable() {
  Settle();
  fmt::print("\n{:<46} {:>8} {:>10} {:>14} {:>8} {:>10} {:>7}\n", "step", "commands", "wire bytes",
             counts_instructions() ? "instructions" : "", "programs", "programmed", "erases");
  for (const StepCost& s : steps_) {
    fmt::print("{:<46} {:>8} {:>10} {:>14} {:>8} {:>10} {:>7}\n", s.name, s.commands, s.bytes,
               counts_instructions() ? fmt::format("{}", s.instructions) : "", s.programs,
               s.programmed_bytes, s.erases);
  }
  if (counts_instructions()) {
    fmt::print("Instructions are QEMU's count (icount) inside the card, boots included; not cycles.\n");
  }
}

}  // namespace simurgh::offcard::cli
