// Wear and write amplification of the store under sequence number updates (24-byte values, each
// durable at once) on the card's geometry, half full with files.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "firmware/config.h"
#include "firmware/store/store.h"
#include "hal/host/sim_flash.h"
#include "tests/unit/store/heap_index.h"

namespace {

using simurgh::Error;
using simurgh::hal::SimFlash;
using simurgh::store::Store;

constexpr uint32_t kUpdates = 500000;
constexpr size_t kValue = 24;

void Must(Error error) {
  if (error != Error::kOk) {
    std::fprintf(stderr, "store_bench: error %d\n", static_cast<int>(error));
    std::exit(1);
  }
}

void Run(uint32_t program_bytes, uint32_t files) {
  const simurgh::hal::FlashShape shape{simurgh::config::kStoreSectors,
                                       simurgh::config::kSectorBytes, program_bytes};
  std::vector<uint8_t> memory(static_cast<size_t>(shape.sectors) * shape.sector_bytes, 0xFF);
  SimFlash flash(shape, memory);
  simurgh::store::HeapIndex index(simurgh::config::kIndexSlots);
  Store store(flash, index);
  Must(store.Mount());
  const std::vector<uint8_t> chunk(simurgh::config::kFileChunk, 0x11);
  for (uint32_t i = 0; i < files; ++i) {
    Must(store.Put({1, 1, static_cast<uint16_t>(i)}, chunk));
  }
  flash.ResetCounts();
  const auto start = std::chrono::steady_clock::now();
  std::vector<uint8_t> value(kValue);
  for (uint32_t i = 0; i < kUpdates; ++i) {
    value[0] = static_cast<uint8_t>(i);
    Must(store.PutNow({1, 0xF003, 0}, value));
  }
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  const uint32_t most = *std::max_element(flash.wear().begin(), flash.wear().end());
  const double mean = static_cast<double>(flash.counts().erases) / shape.sectors;
  std::printf("%7u %7u %13.2f %10.0f %8u %9.3f %12.0f\n", program_bytes, files,
              static_cast<double>(flash.counts().program_bytes) / (double{kUpdates} * kValue), mean,
              most, most / mean, kUpdates / spent.count());
}

}  // namespace

int main() {
  std::printf("%u updates of %zu bytes\n", kUpdates, kValue);
  std::printf("program   files amplification erase mean      max  max/mean  updates/s\n");
  for (uint32_t program_bytes : {1u, 4u, 8u, 16u}) {
    Run(program_bytes, 0);
    Run(program_bytes, 800);
  }
  Run(4, 1500);
  return 0;
}
