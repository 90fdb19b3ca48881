#include "firmware/profile/staging.h"

#include "base/writer.h"

namespace simurgh::profile {

namespace {

/// Calls that share a transaction. A call makes at most a handful of writes, and the store takes
/// Store::kMaxPending of them.
constexpr uint8_t kBatch = 4;

constexpr uint16_t kDataObject = 0xF004;    // firmware/store/README.md
constexpr uint16_t kFirstOtaSlot = 0x0200;  // above the slots of firmware/keys/aka.cc
constexpr uint16_t kFirstCdmaSlot = 0x0400;
constexpr uint16_t kPiecesPerElement = 16;
constexpr uint16_t kElementsPerKind = 64;

/// Part of kDataObject: kind, element, piece.
uint16_t DataPart(saip::Data what, uint8_t slot, uint8_t piece) {
  const size_t element = static_cast<size_t>(what) * kElementsPerKind + slot;
  return static_cast<uint16_t>(element * kPiecesPerElement + piece);
}

}  // namespace

StagingSink::~StagingSink() {
  if (calls_ != 0 && store_.open()) {
    store_.Rollback();
  }
}

Error StagingSink::Open() {
  if (calls_ == kBatch) {
    TRY(Flush());
  }
  if (calls_ == 0) {
    store_.Begin();
  }
  ++calls_;
  return Error::kOk;
}

Error StagingSink::Flush() {
  if (calls_ == 0) {
    return Error::kOk;
  }
  calls_ = 0;
  return store_.Commit();
}

Result<fs::File> StagingSink::Root() { return files_.Root(space_); }

Result<fs::File> StagingSink::Child(const fs::File& directory, uint16_t fid) {
  return files_.Child(directory, fid);
}

Result<fs::File> StagingSink::Application(ConstBytes aid) { return files_.ByAid(space_, aid); }

Result<fs::File> StagingSink::Create(const fs::File& parent, const fs::FileSpec& spec) {
  TRY(Open());
  return files_.Create(space_, parent, spec);
}

Error StagingSink::Write(const fs::File& ef, uint32_t offset, ConstBytes data) {
  TRY(Open());
  return files_.Write(ef, offset, data);
}

Error StagingSink::PutObject(const fs::File& ef, uint32_t tag, uint16_t length, uint32_t at,
                             ConstBytes data) {
  TRY(Open());
  if (at == 0) {
    if (files_.FindObject(ef, tag).ok()) {
      return Error::kExists;
    }
    object_ = TRY(files_.BeginObject(ef, tag, length));
  }
  TRY(files_.WriteObject(ef, object_, at, data));
  return at + data.size() == length ? files_.CommitObject(ef, object_) : Error::kOk;
}

Error StagingSink::PutPin(const fs::File& directory, const access::PinSpec& pin) {
  TRY(Open());
  return pins_.Put(space_, directory.object, pin);
}

Error StagingSink::PutPuk(const access::PukSpec& puk) {
  TRY(Open());
  return pins_.PutPuk(space_, puk);
}

Error StagingSink::SharePins(const fs::File& directory, const fs::File& owner) {
  TRY(Open());
  return pins_.Share(space_, directory.object, owner.object);
}

Error StagingSink::PutAka(const fs::File& adf, const saip::Aka& aka) {
  TRY(Open());
  keys::AkaParameters p;
  p.algorithm = static_cast<keys::AkaAlgorithm>(aka.algorithm);
  p.options = aka.options;
  p.iterations = aka.iterations;
  p.key = aka.key;
  p.opc = aka.opc;
  p.rotations = aka.rotation;
  p.constants = aka.xoring;
  p.sqn_options = aka.sqn_options;
  p.sqn_delta = aka.sqn_delta;
  p.sqn_age_limit = aka.sqn_age_limit;
  p.sqn_init = aka.sqn_init;
  p.counter_max = aka.auth_counter_max;
  return aka_.Install(space_, adf.object, p);
}

Error StagingSink::MapAka(const fs::File& adf, const fs::File& source, uint8_t) {
  TRY(Open());
  return aka_.Share(space_, adf.object, source.object);
}

/// Sealed as: domain, version, identifier, component, access, MAC length, usage (2), length and
/// bytes of the type, value.
Error StagingSink::PutOtaKey(const saip::OtaKey& key) {
  TRY(Open());
  keys::KeyValue value;
  Writer out(value.buffer());
  out.Add8(key.domain);
  out.Add8(key.version);
  out.Add8(key.identifier);
  out.Add8(key.component);
  out.Add8(key.access);
  out.Add8(key.mac_length);
  out.Add16(key.usage);
  out.Add8(static_cast<uint8_t>(key.type.size()));
  out.Add(key.type);
  out.Add(key.value);
  if (out.overflow()) {
    return Error::kUnsupported;
  }
  value.Resize(out.size());
  const keys::KeyId id{space_, static_cast<uint16_t>(kFirstOtaSlot + ota_keys_++)};
  return keys_.Put(id, keys::Purpose::kOta, value.view());
}

Error StagingSink::PutData(saip::Data what, uint8_t slot, uint8_t piece, ConstBytes data) {
  TRY(Open());
  if (slot >= kElementsPerKind || piece >= kPiecesPerElement) {
    return Error::kUnsupported;
  }
  const uint16_t part = DataPart(what, slot, piece);
  if (what != saip::Data::kCdma) {
    return store_.Put({space_, kDataObject, part}, data);
  }
  // CDMA data holds authentication keys: sealed, in pieces that fit a key.
  constexpr size_t kPiece = 96;
  const size_t element = static_cast<size_t>(slot) * kPiecesPerElement + piece;
  const uint16_t first = static_cast<uint16_t>(kFirstCdmaSlot + element * 4);
  for (uint16_t n = 0; !data.empty(); ++n) {
    const size_t size = data.size() < kPiece ? data.size() : kPiece;
    TRY(keys_.Put({space_, static_cast<uint16_t>(first + n)}, keys::Purpose::kCave,
                  data.first(size)));
    data = data.subspan(size);
  }
  return Error::kOk;
}

}  // namespace simurgh::profile
