#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "offcard/common/hex.h"

namespace simurgh::offcard::trace {

/// Bytes of which some are kept from the reader: those are FF here and ** in text.
struct Shown {
  Buffer bytes;
  std::vector<bool> hidden;  ///< one per byte; empty: all are shown
  bool IsHidden(size_t i) const { return i < hidden.size() && hidden[i]; }
  bool anything_hidden() const;
  /// Overwrites and marks bytes `from` up to, not including, `to`.
  void Hide(size_t from, size_t to);
  /// Hexadecimal, ** for hidden bytes.
  std::string Text() const;
};

/// One thing that happened on a card's line.
struct Event {
  enum class Kind : uint8_t { kReset, kCommand };
  Kind kind = Kind::kCommand;
  uint64_t micros = 0;  ///< when it was complete, since the trace began
  Shown command;        ///< kCommand
  Shown answer;         ///< data and status word; kReset: the answer to reset
};

/// A trace file in text (docs/formats/trace.md): header line, then a line per event.
extern const char kTraceHeader[];
std::string TraceLine(const Event& event);
/// @param file  for errors. @throws UserError "file:line: what".
std::vector<Event> ParseTrace(std::string_view text, const std::string& file);

}  // namespace simurgh::offcard::trace
