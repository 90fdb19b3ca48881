#include "tests/bench/bench_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace simurgh::bench {
namespace {

/// Digits in groups of three.
std::string Grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

constexpr char kPlain[] = "{:<62} {:>5} {:>13} {:>13} {:>13} {:>10} {:>9} {:>8} {:>7}\n";
constexpr char kMarkdown[] = "| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n";

template <typename... Cells>
std::string Line(bool markdown, const Cells&... cells) {
  return markdown ? fmt::format(kMarkdown, cells...) : fmt::format(kPlain, cells...);
}

}  // namespace

Table::Row& Table::RowOf(const std::string& name) {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return r.name == name; });
  if (found != rows_.end()) { return *found; }
  rows_.push_back({.name = name});
  return rows_.back();
}

void Table::SetTarget(const std::string& name, uint64_t target) { RowOf(name).target = target; }

void Table::Add(const std::string& name, const Cost& cost) { RowOf(name).costs.push_back(cost); }

std::string Table::Print(bool markdown) const {
  std::string out = Line(markdown, "command", "runs", "min", "median", "max", "target", "programs",
                         "bytes", "erases");
  if (markdown) { out += "|---|--:|--:|--:|--:|--:|--:|--:|--:|\n"; }
  for (const Row& row : rows_) {
    if (row.costs.empty()) { continue; }
    std::vector<Cost> costs = row.costs;
    std::stable_sort(costs.begin(), costs.end(),
                     [](const Cost& a, const Cost& b) { return a.instructions < b.instructions; });
    const Cost& median = costs[costs.size() / 2];
    std::string target = row.target == 0 ? "" : Grouped(row.target);
    if (row.target != 0 && median.instructions > row.target) { target += " missed"; }
    out += Line(markdown, row.name, costs.size(), Grouped(costs.front().instructions),
                Grouped(median.instructions), Grouped(costs.back().instructions), target,
                median.programs, median.bytes, median.erases);
  }
  return out;
}

}  // namespace simurgh::bench
