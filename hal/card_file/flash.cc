#include "hal/card_file/flash.h"

#include <atomic>

#include "base/check.h"

namespace simurgh::hal::card_file {
namespace {

// Keeps the compiler from moving stores to the mapped file across the start or end of an
// operation: the machine may be killed between any two of them.
void Settle() { std::atomic_signal_fence(std::memory_order_seq_cst); }

}  // namespace

FileFlash::FileFlash(uint8_t* memory, FlashShape shape, PowerSwitch& power)
    : memory_(memory),
      machine_(*reinterpret_cast<const volatile MachinePage*>(memory + kMachineAt)),
      counters_(*reinterpret_cast<volatile CountersPage*>(memory + kCountersAt)),
      shape_(shape),
      power_(power) {
  CHECK(shape.sector_bytes % shape.program_bytes == 0);
  CHECK(static_cast<uint64_t>(shape.sectors) * shape.sector_bytes <= kFlashReserved);
}

bool FileFlash::Inside(uint32_t at, size_t size) const {
  const uint32_t end = shape_.sectors * shape_.sector_bytes;
  return at <= end && size <= end - at;
}

bool FileFlash::CutIsNext() const {
  const uint64_t cut = machine_.cut_after;
  return cut != 0 && counters_.programs + counters_.erases + 1 == cut;
}

void FileFlash::Cut() {
  counters_.cut_at = machine_.cut_after;
  Settle();
  for (;;) {
    power_.Off();
  }
}

Error FileFlash::Read(uint32_t at, Bytes out) {
  if (!Inside(at, out.size())) {
    return Error::kRange;
  }
  const uint8_t* from = memory_ + kFlashAt + at;
  size_t i = 0;
  for (; i + 4 <= out.size(); i += 4) {
    uint32_t word;
    std::memcpy(&word, from + i, 4);
    word = ~word;
    std::memcpy(out.data() + i, &word, 4);
  }
  for (; i < out.size(); ++i) {
    out[i] = static_cast<uint8_t>(~from[i]);
  }
  return Error::kOk;
}

Error FileFlash::Program(uint32_t at, ConstBytes data) {
  const bool aligned = at % shape_.program_bytes == 0 && data.size() % shape_.program_bytes == 0;
  const bool one_sector = at % shape_.sector_bytes + data.size() <= shape_.sector_bytes;
  if (!aligned || !one_sector || !Inside(at, data.size())) {
    return Error::kRange;
  }
  uint8_t* cells = memory_ + kFlashAt + at;
  for (size_t i = 0; i < data.size(); ++i) {
    // A stored 1 is a programmed bit (a 0 of the flash); it must not be asked to become a 1.
    if ((cells[i] & data[i]) != 0) {
      return Error::kHardware;
    }
  }
  const bool cut = CutIsNext();
  Tear tear(machine_.torn_seed, machine_.cut_after);
  Settle();
  for (size_t i = 0; i < data.size(); ++i) {
    const uint8_t stored = static_cast<uint8_t>(~data[i]);
    const uint8_t change = static_cast<uint8_t>(stored & ~cells[i]);
    cells[i] = static_cast<uint8_t>(cells[i] | (cut ? change & tear.Mask() : change));
  }
  Settle();
  counters_.programs = counters_.programs + 1;
  counters_.programmed_bytes = counters_.programmed_bytes + data.size();
  if (cut) {
    Cut();
  }
  return Error::kOk;
}

Error FileFlash::Erase(uint32_t sector) {
  if (sector >= shape_.sectors) {
    return Error::kRange;
  }
  uint8_t* cells = memory_ + kFlashAt + sector * shape_.sector_bytes;
  const bool cut = CutIsNext();
  Settle();
  if (cut) {
    Tear tear(machine_.torn_seed, machine_.cut_after);
    for (uint32_t i = 0; i < shape_.sector_bytes; ++i) {
      cells[i] = static_cast<uint8_t>(cells[i] & ~tear.Mask());
    }
  } else {
    std::memset(cells, 0, shape_.sector_bytes);
  }
  Settle();
  counters_.erases = counters_.erases + 1;
  if (cut) {
    Cut();
  }
  return Error::kOk;
}

Tear::Tear(uint64_t seed, uint64_t operation) : state_(seed * 0xD1342543DE82EF95ull + operation) {
  mode_ = static_cast<uint8_t>(Next() >> 62);
}

uint64_t Tear::Next() {  // splitmix64: statistics, not secrecy
  state_ += 0x9E3779B97F4A7C15ull;
  uint64_t z = state_;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ z >> 27) * 0x94D049BB133111EBull;
  return z ^ z >> 31;
}

uint8_t Tear::Mask() {
  if (mode_ == 0) {
    return 0;
  }
  return mode_ == 1 ? 0xFF : static_cast<uint8_t>(Next() >> 56);
}

}  // namespace simurgh::hal::card_file
