#pragma once

#include <cstdint>
#include <span>

#include "apdu/cla.h"
#include "apdu/command.h"
#include "apdu/sw.h"
#include "base/bytes.h"
#include "base/writer.h"

namespace simurgh {
struct Session;  // firmware/apps/session.h: what a handler may touch
}

namespace simurgh::apdu {

/// What a command does to the store. kWrites rows run inside one transaction: committed when the
/// handler succeeded (9000, 91xx), rolled back otherwise. kStreams rows take commands longer than
/// RAM: the handler is called once per piece of data (Session::stream says which) and its first
/// failure ends the command.
enum class Effect : uint8_t { kReads, kWrites, kStreams };

/// Answers a command. Writes response data to `out` and returns the status word. Response data
/// accompanies a status word other than success only for 62xx, 63xx.
using Handler = Sw (*)(Session& session, const Command& command, Writer& out);

/// One row of a command table: class and INS select it, case and length are checked before the
/// handler runs.
struct Entry {
  Class cla;
  uint8_t ins;
  Case shape;
  Effect effect;
  Handler handler;
};

/// Rows ordered by (class, INS), each at most once: tables prove it with static_assert.
constexpr bool StrictlyAscending(std::span<const Entry> table) {
  for (size_t i = 1; i < table.size(); ++i) {
    const int a = static_cast<int>(table[i - 1].cla) << 8 | table[i - 1].ins;
    const int b = static_cast<int>(table[i].cla) << 8 | table[i].ins;
    if (a >= b) {
      return false;
    }
  }
  return true;
}

/// nullptr when the table has no such command. `*class_known` tells 6D00 (INS) from 6E00 (class).
const Entry* Lookup(std::span<const Entry> table, Class cla, uint8_t ins, bool* class_known);

/// An application: an AID, a command table, and what happens on selection. State lives in the rooms
/// the Session refers to, never in the App.
struct App {
  ConstBytes aid;
  std::span<const Entry> table;
  Sw (*select)(Session&, const Command&, Writer&);  ///< answer of SELECT by AID
  void (*deselect)(Session&);                       ///< another selection, channel closed, reset
  Effect select_effect = Effect::kReads;
};

}  // namespace simurgh::apdu
