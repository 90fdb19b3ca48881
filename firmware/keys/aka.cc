#include "firmware/keys/aka.h"

#include <algorithm>

#include "firmware/keys/aka_setup.h"
#include "firmware/keys/gba.h"

namespace simurgh::keys {
namespace {

// Records (docs/formats/files.md): 16 parts of object F003 for every instance.
constexpr uint16_t kObject = 0xF003;
constexpr uint16_t kPartsPerInstance = 16;
constexpr size_t kGroups = 8;          // parts 0..7: four SEQ of six bytes each
constexpr size_t kPerGroup = 4;
constexpr size_t kSeqBytes = 6;
constexpr size_t kGroupBytes = kPerGroup * kSeqBytes;
constexpr uint16_t kParameterPart = 8;
constexpr uint16_t kUsesPart = 9;      // uses of K that are left, when they are limited
constexpr uint16_t kInstancePart = 0x24;  // of the ADF's object: which instance it uses
constexpr uint16_t kFirstSlot = 0x0100;   // of the profile's keys
static_assert(kGroups * kPerGroup == Aka::kIndices);

namespace at {
constexpr size_t kAlgorithm = 0;
constexpr size_t kOptions = 1;
constexpr size_t kSqnOptions = 2;
constexpr size_t kFlags = 3;
constexpr size_t kDelta = 4;
constexpr size_t kAgeLimit = 10;
constexpr size_t kHeadSize = 16;
// Milenage with constants of its own.
constexpr size_t kRotations = 16;
constexpr size_t kConstants = 21;
constexpr size_t kFullSize = 101;
// TUAK.
constexpr size_t kIterations = 16;
constexpr size_t kTuakSize = 17;
}  // namespace at
static_assert(at::kAgeLimit == at::kDelta + kSeqBytes && at::kHeadSize == at::kAgeLimit + kSeqBytes);
static_assert(at::kTuakSize == at::kIterations + 1 && at::kIterations == at::kHeadSize);
static_assert(at::kConstants == at::kRotations + 5 && at::kFullSize == at::kConstants + 80);

constexpr uint8_t kOwnConstants = 0x01;
constexpr uint8_t kLimitedUses = 0x02;
constexpr uint8_t kDefaultLimit[kSeqBytes] = {0x00, 0x00, 0x10, 0x00, 0x00, 0x00};

store::Key PartKey(uint16_t space, uint8_t instance, uint16_t part) {
  return {space, kObject, static_cast<uint16_t>(instance * kPartsPerInstance + part)};
}
KeyId KeyOf(uint16_t space, uint8_t instance) {
  return {space, static_cast<uint16_t>(kFirstSlot + instance)};
}

bool Is(ConstBytes b, size_t size) { return b.size() == size; }
bool EmptyOr(ConstBytes b, size_t size) { return b.empty() || b.size() == size; }

bool SoundKey(const AkaParameters& p) {
  switch (p.algorithm) {
    case AkaAlgorithm::kMilenage:
      return Is(p.key, 16) && Is(p.opc, 16);
    case AkaAlgorithm::kTuak:
      return (Is(p.key, 16) || Is(p.key, 32)) && Is(p.opc, crypto::Tuak::kTopBytes) &&
             p.iterations >= 1 && TuakSizesOf(p.options).ok();
    case AkaAlgorithm::kXor:
      return Is(p.key, 16);
  }
  return false;
}

bool Sound(const AkaParameters& p) {
  return SoundKey(p) && EmptyOr(p.rotations, 5) && EmptyOr(p.constants, 80) &&
         EmptyOr(p.sqn_delta, kSeqBytes) && EmptyOr(p.sqn_age_limit, kSeqBytes) &&
         EmptyOr(p.counter_max, 3) && EmptyOr(p.sqn_init, Aka::kIndices * kSeqBytes);
}

/// Bytes of the operator's constant behind K in a key.
size_t OpcSize(AkaAlgorithm algorithm) {
  return algorithm == AkaAlgorithm::kMilenage ? 16
         : algorithm == AkaAlgorithm::kTuak   ? crypto::Tuak::kTopBytes
                                              : 0;
}

}  // namespace

// b8 0, b7 CK and IK, b6..b4 MAC, b3..b1 RES.
Result<crypto::TuakSizes> TuakSizesOf(uint8_t options) {
  const uint8_t res = options & 0x07;
  const uint8_t mac = options >> 3 & 0x07;
  if ((options & 0x80) != 0 || res > 3 || mac > 2) {
    return Error::kFormat;
  }
  crypto::TuakSizes sizes;
  sizes.res = static_cast<uint8_t>(4 << res);
  sizes.mac = static_cast<uint8_t>(8 << mac);
  sizes.ck = sizes.ik = (options & 0x40) != 0 ? 32 : 16;
  return sizes;
}

// ---- Installing

Error Aka::Install(uint16_t space, uint16_t adf, const AkaParameters& p) {
  if (p.algorithm < AkaAlgorithm::kMilenage || p.algorithm > AkaAlgorithm::kXor) {
    return Error::kUnsupported;
  }
  if (!Sound(p)) {
    return Error::kFormat;
  }
  uint8_t instance = 0;
  while (instance < kInstances && store_.Has(PartKey(space, instance, kParameterPart))) {
    ++instance;
  }
  if (instance == kInstances) {
    return Error::kFull;
  }

  const bool own_constants = p.algorithm == AkaAlgorithm::kMilenage &&
                             (!p.rotations.empty() || !p.constants.empty());
  std::array<uint8_t, at::kFullSize> record{};
  record[at::kAlgorithm] = static_cast<uint8_t>(p.algorithm);
  record[at::kOptions] = p.options;
  record[at::kSqnOptions] = p.sqn_options;
  record[at::kFlags] = static_cast<uint8_t>((own_constants ? kOwnConstants : 0) |
                                            (p.counter_max.empty() ? 0 : kLimitedUses));
  const Bytes all(record);
  Copy(all.subspan(at::kDelta), p.sqn_delta.empty() ? ConstBytes(kDefaultLimit) : p.sqn_delta);
  Copy(all.subspan(at::kAgeLimit),
       p.sqn_age_limit.empty() ? ConstBytes(kDefaultLimit) : p.sqn_age_limit);
  size_t size = at::kHeadSize;
  if (own_constants) {
    const crypto::MilenageConstants standard;
    Copy(all.subspan(at::kRotations), p.rotations.empty() ? ConstBytes(standard.r) : p.rotations);
    Copy(all.subspan(at::kConstants), p.constants.empty() ? ConstBytes(standard.c) : p.constants);
    size = at::kFullSize;
  } else if (p.algorithm == AkaAlgorithm::kTuak) {
    record[at::kIterations] = p.iterations;
    size = at::kTuakSize;
  }
  TRY(store_.Put(PartKey(space, instance, kParameterPart), all.first(size)));
  if (!p.counter_max.empty()) {
    TRY(store_.Put(PartKey(space, instance, kUsesPart), p.counter_max));
  }

  for (size_t group = 0; group < kGroups && !p.sqn_init.empty(); ++group) {
    const ConstBytes seqs = p.sqn_init.subspan(group * kGroupBytes, kGroupBytes);
    if (std::any_of(seqs.begin(), seqs.end(), [](uint8_t b) { return b != 0; })) {
      TRY(store_.Put(PartKey(space, instance, static_cast<uint16_t>(group)), seqs));
    }
  }

  KeyValue value;
  const ConstBytes opc = p.opc.first(OpcSize(p.algorithm));
  value.Resize(p.key.size() + opc.size());
  Copy(value.view(), p.key);
  Copy(value.view().last(opc.size()), opc);
  TRY(keys_.Put(KeyOf(space, instance), Purpose::kAka, value.view()));
  return store_.Put({space, adf, kInstancePart}, ConstBytes(&instance, 1));
}

Error Aka::Share(uint16_t space, uint16_t adf, uint16_t source) {
  const uint8_t instance = TRY(Instance(space, source));
  return store_.Put({space, adf, kInstancePart}, ConstBytes(&instance, 1));
}

Error Aka::ReplaceKey(uint16_t space, uint16_t adf, ConstBytes key, ConstBytes opc) {
  const uint8_t instance = TRY(Instance(space, adf));
  Setup setup;
  TRY(Load(space, instance, setup));
  const size_t opc_size = setup.opc().size();
  if (key.size() != setup.k().size() || (opc_size != 0 && !EmptyOr(opc, opc_size))) {
    return Error::kFormat;
  }
  Copy(setup.key.view(), key);
  if (opc_size != 0 && !opc.empty()) {
    Copy(setup.key.view().last(opc_size), opc);
  }
  TRY(keys_.Put(KeyOf(space, instance), Purpose::kAka, setup.key.view()));
  TRY(Gba(store_, keys_).ForgetKs(space));
  for (uint16_t group = 0; group < kGroups; ++group) {
    const Error error = store_.Delete(PartKey(space, instance, group));
    if (error != Error::kOk && error != Error::kNotFound) {
      return error;
    }
  }
  return Error::kOk;
}

// ---- Reading

Error Aka::ReadKey(uint16_t space, uint16_t adf, KeyValue& out) {
  Setup setup;
  TRY(Load(space, TRY(Instance(space, adf)), setup));
  out.Assign(setup.k());
  return Error::kOk;
}

Result<AkaAlgorithm> Aka::Algorithm(uint16_t space, uint16_t adf) {
  Setup setup;
  TRY(Load(space, TRY(Instance(space, adf)), setup));
  return setup.algorithm;
}

Result<uint8_t> Aka::Instance(uint16_t space, uint16_t adf) {
  uint8_t instance = 0;
  if (TRY(store_.Read({space, adf, kInstancePart}, 0, Bytes(&instance, 1))) != 1 ||
      instance >= kInstances) {
    return Error::kCorrupt;
  }
  return instance;
}

Error Aka::Load(uint16_t space, uint8_t instance, Setup& setup) {
  std::array<uint8_t, at::kFullSize> record;
  const size_t size = TRY(store_.Read(PartKey(space, instance, kParameterPart), 0, record));
  const bool own_constants = size >= at::kHeadSize && (record[at::kFlags] & kOwnConstants) != 0;
  setup.algorithm = static_cast<AkaAlgorithm>(record[at::kAlgorithm]);
  const bool tuak = setup.algorithm == AkaAlgorithm::kTuak;
  if (size != (own_constants ? at::kFullSize : tuak ? at::kTuakSize : at::kHeadSize)) {
    return Error::kCorrupt;
  }
  setup.space = space;
  setup.instance = instance;
  setup.options = record[at::kOptions];
  setup.sqn_options = record[at::kSqnOptions];
  setup.limited = (record[at::kFlags] & kLimitedUses) != 0;
  setup.delta = Get48(record, at::kDelta);
  setup.age_limit = Get48(record, at::kAgeLimit);
  if (own_constants) {
    Copy(setup.constants.r, ConstBytes(record).subspan(at::kRotations, 5));
    Copy(setup.constants.c, ConstBytes(record).subspan(at::kConstants, 80));
  }
  if (tuak) {
    setup.iterations = record[at::kIterations];
    setup.sizes = TRY(TuakSizesOf(setup.options));
  }
  TRY(keys_.Open(KeyOf(space, instance), Purpose::kAka, setup.key));
  const size_t opc_size = OpcSize(setup.algorithm);
  setup.k_size = setup.key.size() - std::min(setup.key.size(), opc_size);
  const bool sound = setup.k_size == 16 || (tuak && setup.k_size == 32);
  return sound ? Error::kOk : Error::kCorrupt;
}

Error Aka::SpendUse(const Setup& setup) {
  if (!setup.limited) {
    return Error::kOk;
  }
  const store::Key key = PartKey(setup.space, setup.instance, kUsesPart);
  uint8_t left[4] = {};
  if (TRY(store_.Read(key, 0, Bytes(left).subspan(1))) != 3) {
    return Error::kCorrupt;
  }
  const uint32_t uses = Get32(left);
  if (uses == 0) {
    return Error::kBlocked;
  }
  Put32(left, 0, uses - 1);
  return store_.PutNow(key, ConstBytes(left).subspan(1));
}

Error Aka::Group(uint16_t space, uint8_t instance, size_t group, Bytes out24) {
  const Result<size_t> read =
      store_.Read(PartKey(space, instance, static_cast<uint16_t>(group)), 0, out24);
  if (!read.ok()) {
    Fill(out24, 0);
    return read.error() == Error::kNotFound ? Error::kOk : read.error();
  }
  return read.value() == kGroupBytes ? Error::kOk : Error::kCorrupt;
}

// ---- Sequence numbers (TS 33.102 annex C)

// SQN_MS: the highest SEQ of the array, with its index.
Result<uint64_t> Aka::HighestSqn(const Setup& setup) {
  uint64_t highest = 0;
  for (size_t group = 0; group < kGroups; ++group) {
    uint8_t seqs[kGroupBytes];
    TRY(Group(setup.space, setup.instance, group, seqs));
    for (size_t i = 0; i < kPerGroup; ++i) {
      const uint64_t sqn = Get48(seqs, i * kSeqBytes) << 5 | (group * kPerGroup + i);
      highest = std::max(highest, sqn);
    }
  }
  return highest;
}

Result<bool> Aka::Fresh(const Setup& setup, uint64_t sqn) {
  const uint64_t seq = sqn >> 5;
  const size_t index = sqn & (kIndices - 1);
  uint8_t seqs[kGroupBytes];
  TRY(Group(setup.space, setup.instance, index / kPerGroup, seqs));
  const uint64_t last = Get48(seqs, index % kPerGroup * kSeqBytes);
  if (seq <= last) {  // C.2.2: greater than SEQ_MS(i)
    return false;
  }
  // What is near enough to its own SEQ_MS(i) is near enough to the highest one, which is no lower:
  // only the age limit needs to know that one then.
  const bool near = (setup.sqn_options & kSqnDelta) == 0 || seq - last <= setup.delta;
  if (near && (setup.sqn_options & kSqnAgeLimit) == 0) {
    return true;
  }
  const uint64_t highest = TRY(HighestSqn(setup)) >> 5;
  const bool too_far = (setup.sqn_options & kSqnDelta) != 0 && seq > highest && seq - highest > setup.delta;
  const bool too_old =
      (setup.sqn_options & kSqnAgeLimit) != 0 && highest > seq && highest - seq > setup.age_limit;
  return !too_far && !too_old;
}

Error Aka::Accept(const Setup& setup, uint64_t sqn) {
  const size_t index = sqn & (kIndices - 1);
  uint8_t seqs[kGroupBytes];
  TRY(Group(setup.space, setup.instance, index / kPerGroup, seqs));
  Put48(seqs, index % kPerGroup * kSeqBytes, sqn >> 5);
  return store_.PutNow(PartKey(setup.space, setup.instance, static_cast<uint16_t>(index / kPerGroup)),
                       seqs);
}

}  // namespace simurgh::keys
