#include "firmware/keys/aka.h"

#include <algorithm>

#include "crypto/aka.h"
#include "crypto/const_time.h"

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
constexpr size_t kRotations = 16;
constexpr size_t kConstants = 21;
constexpr size_t kFullSize = 101;
}  // namespace at
static_assert(at::kAgeLimit == at::kDelta + kSeqBytes && at::kHeadSize == at::kAgeLimit + kSeqBytes);
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

uint64_t Get48(ConstBytes b, size_t at = 0) {
  return static_cast<uint64_t>(Get16(b, at)) << 32 | Get32(b, at + 2);
}
void Put48(Bytes b, size_t at, uint64_t v) {
  Put16(b, at, static_cast<uint16_t>(v >> 32));
  Put32(b, at + 2, static_cast<uint32_t>(v));
}

bool Is(ConstBytes b, size_t size) { return b.size() == size; }
bool EmptyOr(ConstBytes b, size_t size) { return b.empty() || b.size() == size; }

bool SoundSizes(const AkaParameters& p) {
  return Is(p.key, 16) && (p.algorithm == AkaAlgorithm::kXor || Is(p.opc, 16)) &&
         EmptyOr(p.rotations, 5) && EmptyOr(p.constants, 80) && EmptyOr(p.sqn_delta, kSeqBytes) &&
         EmptyOr(p.sqn_age_limit, kSeqBytes) && EmptyOr(p.counter_max, 3) &&
         EmptyOr(p.sqn_init, Aka::kIndices * kSeqBytes);
}

}  // namespace

struct Aka::Setup {
  uint16_t space = 0;
  uint8_t instance = 0;
  AkaAlgorithm algorithm = AkaAlgorithm::kMilenage;
  uint8_t options = 0;
  uint8_t sqn_options = 0;
  bool limited = false;
  uint64_t delta = 0;
  uint64_t age_limit = 0;
  crypto::MilenageConstants constants;
  KeyValue key;  // K | OPc

  ConstBytes k() const { return key.view().first(16); }
  ConstBytes opc() const { return key.view().subspan(16); }
  size_t xor_res_size() const { return options == 1 ? 8 : 16; }
};

// ---- Installing

Error Aka::Install(uint16_t space, uint16_t adf, const AkaParameters& p) {
  if (p.algorithm != AkaAlgorithm::kMilenage && p.algorithm != AkaAlgorithm::kXor) {
    return Error::kUnsupported;
  }
  if (!SoundSizes(p)) {
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
  const crypto::MilenageConstants standard;
  Copy(all.subspan(at::kRotations), p.rotations.empty() ? ConstBytes(standard.r) : p.rotations);
  Copy(all.subspan(at::kConstants), p.constants.empty() ? ConstBytes(standard.c) : p.constants);
  TRY(store_.Put(PartKey(space, instance, kParameterPart),
                 all.first(own_constants ? at::kFullSize : at::kHeadSize)));
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
  value.Assign(p.key);
  if (p.algorithm == AkaAlgorithm::kMilenage) {
    value.Resize(32);
    Copy(value.view().subspan(16), p.opc);
  }
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
  const bool milenage = setup.algorithm == AkaAlgorithm::kMilenage;
  if (key.size() != 16 || (milenage && opc.size() != 16)) {
    return Error::kFormat;
  }
  Copy(setup.key.view(), key);
  if (milenage) {
    Copy(setup.key.view().subspan(16), opc);
  }
  TRY(keys_.Put(KeyOf(space, instance), Purpose::kAka, setup.key.view()));
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
  out.Assign(setup.key.view());
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
  if (size != (own_constants ? at::kFullSize : at::kHeadSize)) {
    return Error::kCorrupt;
  }
  setup.space = space;
  setup.instance = instance;
  setup.algorithm = static_cast<AkaAlgorithm>(record[at::kAlgorithm]);
  setup.options = record[at::kOptions];
  setup.sqn_options = record[at::kSqnOptions];
  setup.limited = (record[at::kFlags] & kLimitedUses) != 0;
  setup.delta = Get48(record, at::kDelta);
  setup.age_limit = Get48(record, at::kAgeLimit);
  if (own_constants) {
    Copy(setup.constants.r, ConstBytes(record).subspan(at::kRotations, 5));
    Copy(setup.constants.c, ConstBytes(record).subspan(at::kConstants, 80));
  }
  TRY(keys_.Open(KeyOf(space, instance), Purpose::kAka, setup.key));
  const size_t expected = setup.algorithm == AkaAlgorithm::kMilenage ? 32 : 16;
  return setup.key.size() == expected ? Error::kOk : Error::kCorrupt;
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

// ---- Authenticating

Error Aka::WithMilenage(const Setup& setup, ConstBytes rand16, ConstBytes autn16,
                        AkaAnswer& answer) {
  crypto::Milenage milenage(setup.k(), setup.opc(), setup.constants, rand16);
  uint8_t ak[6];
  answer.res_size = 8;
  milenage.F2F5(Bytes(answer.res).first(8), ak);
  uint8_t sqn_bytes[6];
  for (size_t i = 0; i < sizeof sqn_bytes; ++i) {
    sqn_bytes[i] = autn16[i] ^ ak[i];
  }
  uint8_t mac_a[8];
  uint8_t mac_s[8];
  milenage.F1(sqn_bytes, autn16.subspan(6, 2), mac_a, mac_s);
  if (!Accepted(crypto::EqualConstantTime(mac_a, autn16.subspan(8, 8)))) {
    return Error::kAuth;
  }

  const uint64_t sqn = Get48(sqn_bytes);
  if (!TRY(Fresh(setup, sqn))) {
    constexpr uint8_t kNoAmf[2] = {};  // TS 33.102 6.3.3: AMF is taken as zero in MAC-S
    Put48(sqn_bytes, 0, TRY(HighestSqn(setup)));
    milenage.F1(sqn_bytes, kNoAmf, mac_a, mac_s);
    milenage.F5Star(ak);
    for (size_t i = 0; i < sizeof ak; ++i) {
      answer.auts[i] = sqn_bytes[i] ^ ak[i];
    }
    Copy(Bytes(answer.auts).subspan(6), mac_s);
    answer.synchronize = true;
    return Error::kOk;
  }

  TRY(Accept(setup, sqn));
  answer.ck.Resize(16);
  milenage.F3(answer.ck.view());
  answer.ik.Resize(16);
  milenage.F4(answer.ik.view());
  return Error::kOk;
}

Error Aka::WithXor(const Setup& setup, ConstBytes rand16, ConstBytes autn16, AkaAnswer& answer) {
  constexpr uint8_t kZero[6] = {};
  // AK depends on RAND and K alone; SQN comes out with it.
  const crypto::AkaVector first =
      crypto::XorTestAlgorithm(setup.k(), rand16, kZero, autn16.subspan(6, 2));
  uint8_t sqn[6];
  for (size_t i = 0; i < sizeof sqn; ++i) {
    sqn[i] = autn16[i] ^ first.ak[i];
  }
  const crypto::AkaVector v = crypto::XorTestAlgorithm(setup.k(), rand16, sqn, autn16.subspan(6, 2));
  if (!Accepted(crypto::EqualConstantTime(v.mac_a, autn16.subspan(8, 8)))) {
    return Error::kAuth;
  }

  constexpr uint16_t kResynchronize = 0xFFFF;  // TS 34.108 8.1.2.2
  if (Get16(autn16, 6) == kResynchronize) {
    Put48(sqn, 0, TRY(HighestSqn(setup)));
    const crypto::AkaVector s =
        crypto::XorTestAlgorithm(setup.k(), rand16, sqn, ConstBytes(kZero).first(2));
    for (size_t i = 0; i < sizeof sqn; ++i) {
      answer.auts[i] = sqn[i] ^ s.ak_s[i];
    }
    Copy(Bytes(answer.auts).subspan(6), s.mac_s);
    answer.synchronize = true;
    return Error::kOk;
  }
  const uint64_t used = Get48(sqn);
  if (TRY(Fresh(setup, used))) {  // only so that a re-synchronization can tell where we are
    TRY(Accept(setup, used));
  }
  answer.res = v.res;
  answer.res_size = static_cast<uint8_t>(setup.xor_res_size());
  answer.ck.Assign(v.ck);
  answer.ik.Assign(v.ik);
  return Error::kOk;
}

Error Aka::Authenticate(uint16_t space, uint16_t adf, ConstBytes rand16, ConstBytes autn16,
                        AkaAnswer& answer) {
  if (rand16.size() != 16 || autn16.size() != 16) {
    return Error::kFormat;
  }
  Setup setup;
  TRY(Load(space, TRY(Instance(space, adf)), setup));
  TRY(SpendUse(setup));
  return setup.algorithm == AkaAlgorithm::kMilenage
             ? WithMilenage(setup, rand16, autn16, answer)
             : WithXor(setup, rand16, autn16, answer);
}

Error Aka::AuthenticateGsm(uint16_t space, uint16_t adf, ConstBytes rand16, Bytes sres4, Bytes kc8) {
  if (rand16.size() != 16) {
    return Error::kFormat;
  }
  Setup setup;
  TRY(Load(space, TRY(Instance(space, adf)), setup));
  TRY(SpendUse(setup));
  crypto::Secret<16> ck;
  crypto::Secret<16> ik;
  std::array<uint8_t, 16> res{};
  size_t res_size = 8;
  ck.Resize(16);
  ik.Resize(16);
  if (setup.algorithm == AkaAlgorithm::kMilenage) {
    crypto::Milenage milenage(setup.k(), setup.opc(), setup.constants, rand16);
    uint8_t ak[6];
    milenage.F2F5(Bytes(res).first(8), ak);
    milenage.F3(ck.view());
    milenage.F4(ik.view());
  } else {
    constexpr uint8_t kZero[6] = {};
    const crypto::AkaVector v =
        crypto::XorTestAlgorithm(setup.k(), rand16, kZero, ConstBytes(kZero).first(2));
    res = v.res;
    res_size = setup.xor_res_size();
    ck.Assign(v.ck);
    ik.Assign(v.ik);
  }
  Copy(sres4, crypto::ConversionC2(ConstBytes(res).first(res_size)));
  Copy(kc8, crypto::ConversionC3(ck.view(), ik.view()));
  return Error::kOk;
}

}  // namespace simurgh::keys
