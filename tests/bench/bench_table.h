#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hal/card_file.h"

/// Measured costs, collected by name and printed as a table.
namespace simurgh::bench {

struct Cost {
  uint64_t instructions = 0;
  uint64_t programs = 0;
  uint64_t bytes = 0;
  uint64_t erases = 0;

  /// What the flash did between two looks at the counters page.
  static Cost Of(const hal::card_file::CountersPage& before,
                 const hal::card_file::CountersPage& after, uint64_t instructions) {
    return {instructions, after.programs - before.programs,
            after.programmed_bytes - before.programmed_bytes, after.erases - before.erases};
  }
};

/// Rows in the order in which names were first used.
class Table {
 public:
  /// `target`: instructions; 0 when docs/benchmarks.md sets none. The median is compared with it.
  void SetTarget(const std::string& name, uint64_t target);
  void Add(const std::string& name, const Cost& cost);
  /// Flash figures are those of the median run. A row whose median misses its target says so.
  std::string Print(bool markdown) const;

 private:
  struct Row {
    std::string name;
    uint64_t target = 0;
    std::vector<Cost> costs;
  };
  Row& RowOf(const std::string& name);

  std::vector<Row> rows_;
};

}  // namespace simurgh::bench
