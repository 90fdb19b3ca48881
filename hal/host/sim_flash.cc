#include "hal/host/sim_flash.h"

#include "base/check.h"

namespace simurgh::hal {

SimFlash::SimFlash(const FlashShape& shape, std::span<uint8_t> memory)
    : SimFlash(shape, memory, Options{}) {}

SimFlash::SimFlash(const FlashShape& shape, std::span<uint8_t> memory, Options options)
    : shape_(shape), memory_(memory), flip_(options.complement ? 0xFF : 0x00) {
  CHECK(memory.size() == static_cast<size_t>(shape.sectors) * shape.sector_bytes);
  wear_.resize(shape.sectors);
  is_touched_.resize(shape.sectors);
}

Error SimFlash::Read(uint32_t at, Bytes out) {
  if (!powered_) {
    return Error::kHardware;
  }
  if (at > memory_.size() || out.size() > memory_.size() - at) {
    return Error::kRange;
  }
  ++counts_.reads;
  counts_.read_bytes += out.size();
  Copy(out, memory_.subspan(at, out.size()));
  if (flip_ != 0) {
    for (uint8_t& byte : out) {
      byte ^= flip_;
    }
  }
  return Error::kOk;
}

Error SimFlash::Program(uint32_t at, ConstBytes data) {
  if (!powered_) {
    return Error::kHardware;
  }
  if (at > memory_.size() || data.size() > memory_.size() - at || at % shape_.program_bytes != 0 ||
      data.size() % shape_.program_bytes != 0 ||
      (!data.empty() && at / shape_.sector_bytes != (at + data.size() - 1) / shape_.sector_bytes)) {
    return Error::kRange;
  }
  for (size_t i = 0; i < data.size(); ++i) {
    if ((Stored(at + i) & data[i]) != data[i]) {
      return Error::kHardware;
    }
  }
  ++counts_.programs;
  counts_.program_bytes += data.size();
  if (!data.empty()) {
    TouchSector(at / shape_.sector_bytes);
  }
  if (Cut()) {
    return Down({cut_.number, false, at, {data.begin(), data.end()}});
  }
  for (size_t i = 0; i < data.size(); ++i) {
    Store(at + i, data[i]);
  }
  return Error::kOk;
}

Error SimFlash::Erase(uint32_t sector) {
  if (!powered_) {
    return Error::kHardware;
  }
  if (sector >= shape_.sectors) {
    return Error::kRange;
  }
  ++counts_.erases;
  ++wear_[sector];
  TouchSector(sector);
  const size_t start = static_cast<size_t>(sector) * shape_.sector_bytes;
  if (Cut()) {
    return Down({cut_.number, true, start, {}});
  }
  for (size_t i = 0; i < shape_.sector_bytes; ++i) {
    Store(start + i, 0xFF);
  }
  return Error::kOk;
}

void SimFlash::TouchSector(size_t sector) {
  if (!is_touched_[sector]) {
    is_touched_[sector] = true;
    touched_.push_back(static_cast<uint32_t>(sector));
  }
}

void SimFlash::Touch(std::span<const uint32_t> sectors) {
  for (const uint32_t sector : sectors) {
    TouchSector(sector);
  }
}

void SimFlash::ForgetTouched() {
  for (const uint32_t sector : touched_) {
    is_touched_[sector] = false;
  }
  touched_.clear();
}

void SimFlash::EraseAll() {
  for (size_t i = 0; i < memory_.size(); ++i) {
    Store(i, 0xFF);
  }
  for (size_t sector = 0; sector < shape_.sectors; ++sector) {
    TouchSector(sector);
  }
}

void SimFlash::CutAfter(uint64_t n, uint32_t seed, CutMode mode) {
  cut_in_ = n;
  cut_.number = n;
  seed_ = seed;
  mode_ = mode;
}

void SimFlash::TearAgain(const CutOperation& cut, uint32_t seed) {
  ChooseTear(cut.number, seed);
  TouchSector(cut.at / shape_.sector_bytes);
  const size_t size = cut.erase ? shape_.sector_bytes : cut.data.size();
  for (size_t i = 0; i < size; ++i) {
    Store(cut.at + i, Torn(Stored(cut.at + i), cut.erase ? 0xFF : cut.data[i], i, size));
  }
}

void SimFlash::ChooseTear(uint64_t number, uint32_t seed) {
  // Mixed, because the first values of a linear generator follow its seed closely.
  random_.seed((seed * 0x9E3779B1u + static_cast<uint32_t>(number) * 0x85EBCA77u) % 2147483646u +
               1);
  random_.discard(3);
  tear_ = seed == 0       ? Tear::kNone
          : seed == 1     ? Tear::kAll
          : seed % 3 == 2 ? Tear::kFirstBytes
                          : Tear::kRandomBits;
  torn_bytes_ = random_();
}

void SimFlash::PowerOn() {
  powered_ = true;
  cut_in_ = 0;
}

void SimFlash::ResetCounts() {
  counts_ = {};
  wear_.assign(wear_.size(), 0);
}

bool SimFlash::Cut() { return cut_in_ != 0 && --cut_in_ == 0; }

Error SimFlash::Down(CutOperation operation) {
  cut_ = std::move(operation);
  TearAgain(cut_, seed_);
  powered_ = false;
  if (mode_ == CutMode::kThrow) {
    throw PowerCut{};
  }
  return Error::kHardware;
}

uint8_t SimFlash::Torn(uint8_t before, uint8_t after, size_t index, size_t size) {
  switch (tear_) {
    case Tear::kNone:
      return before;
    case Tear::kAll:
      return after;
    case Tear::kFirstBytes:
      if (index != torn_bytes_ % size) {
        return index < torn_bytes_ % size ? after : before;
      }
      break;
    case Tear::kRandomBits:
      break;
  }
  const uint8_t changed = static_cast<uint8_t>((before ^ after) & random_());
  return static_cast<uint8_t>(before ^ changed);
}

}  // namespace simurgh::hal
