#pragma once

#include <deque>
#include <map>
#include <vector>

#include "base/check.h"
#include "firmware/profile/saip_sink.h"

namespace simurgh::saip {

/// A profile in memory, with the rules of a file system that matter to the interpreter: unique file
/// and application identifiers, sizes, content that begins as the pattern says.
class FakeSink final : public ProfileSink {
 public:
  struct Node {
    fs::File file;
    std::vector<uint8_t> aid, references, content;
    std::map<uint32_t, std::vector<uint8_t>> objects;  ///< of a BER-TLV file
    bool link = false;
  };
  struct Pin {
    uint16_t directory = 0;
    uint8_t reference = 0, puk = 0, attributes = 0, max = 0, left = 0;
    std::vector<uint8_t> value;
    friend bool operator==(const Pin&, const Pin&) = default;
  };
  struct AkaCopy {
    uint16_t adf = 0;
    rsp::Algorithm algorithm{};
    std::vector<uint8_t> key, opc, rotation, xoring, delta, age, init;
    uint8_t options = 0, sqn_options = 0, iterations = 1;
    friend bool operator==(const AkaCopy&, const AkaCopy&) = default;
  };
  struct Ota {
    uint8_t domain, version, identifier, component;
    std::vector<uint8_t> type, value;
    friend bool operator==(const Ota&, const Ota&) = default;
  };

  std::deque<Node> nodes;
  std::vector<Pin> pins, puks;
  std::vector<std::pair<uint16_t, uint16_t>> shares, maps;
  std::vector<AkaCopy> akas;
  std::vector<Ota> keys;
  std::map<std::pair<int, int>, std::vector<uint8_t>> data;
  int writes = 0;
  int fail_after = -1;          ///< this many calls succeed, then `failure`
  Error failure = Error::kFull;

  const Node* Find(std::initializer_list<uint16_t> path) const {
    uint16_t at = nodes.empty() ? 0 : nodes[0].file.object;
    const Node* node = nodes.empty() ? nullptr : &nodes[0];
    for (uint16_t fid : path) {
      node = nullptr;
      for (const Node& n : nodes) {
        if (n.file.parent == at && n.file.fid == fid && n.file.type != fs::Type::kMf) {
          node = &n;
        }
      }
      if (node == nullptr) {
        return nullptr;
      }
      at = node->file.object;
    }
    return node;
  }

  Result<fs::File> Root() override {
    return nodes.empty() ? Result<fs::File>(Error::kNotFound) : nodes[0].file;
  }
  Result<fs::File> Child(const fs::File& directory, uint16_t fid) override {
    for (const Node& n : nodes) {
      if (n.file.parent == directory.object && n.file.fid == fid && n.file.type != fs::Type::kMf) {
        return n.file;
      }
    }
    return Error::kNotFound;
  }
  Result<fs::File> Application(ConstBytes aid) override {
    for (const Node& n : nodes) {
      if (!n.aid.empty() && Equal(ConstBytes(n.aid).first(std::min(aid.size(), n.aid.size())), aid)) {
        return n.file;
      }
    }
    return Error::kNotFound;
  }
  Result<fs::File> Create(const fs::File& parent, const fs::FileSpec& spec) override {
    TRY(Spend());
    Node n;
    n.file.space = 1;
    n.file.fid = spec.fid;
    n.file.object = static_cast<uint16_t>(nodes.size() + 1);
    n.file.parent = parent.exists() ? parent.object : n.file.object;
    n.file.type = spec.type;
    n.file.sfi = spec.sfi == fs::FileSpec::kSfiFromFid ? spec.fid & 0x1F : spec.sfi;
    n.file.arr_fid = spec.arr_fid;
    n.file.arr_record = spec.arr_record;
    n.file.special = spec.special;
    n.file.record_length = spec.record_length;
    n.file.record_count = spec.record_count;
    n.file.size = spec.size;
    n.file.life_cycle = static_cast<uint8_t>(spec.life_cycle);
    n.aid.assign(spec.aid.begin(), spec.aid.end());
    n.references.assign(spec.pin_references.begin(), spec.pin_references.end());
    for (const Node& other : nodes) {
      if ((other.file.parent == n.file.parent && other.file.fid == n.file.fid) ||
          (!n.aid.empty() && other.aid == n.aid)) {
        return Error::kExists;
      }
    }
    if (spec.link != nullptr) {
      n.link = true;
      n.file.flags = fs::flag::kLink;
      n.file.size = spec.link->size;
    }
    const rsp::Pattern pattern{spec.pattern, 0, spec.repeat};
    const uint32_t unit = spec.record_length != 0 ? spec.record_length : spec.size;
    for (uint32_t i = 0; spec.type != fs::Type::kBerTlv && i < spec.size; ++i) {
      n.content.push_back(pattern.At(i % unit, unit));
    }
    nodes.push_back(n);
    return n.file;
  }
  Error Write(const fs::File& ef, uint32_t offset, ConstBytes bytes) override {
    TRY(Spend());
    std::vector<uint8_t>& content = nodes[ef.object - 1u].content;
    if (offset + bytes.size() > content.size()) {
      return Error::kRange;
    }
    std::copy(bytes.begin(), bytes.end(), content.begin() + offset);
    return Error::kOk;
  }
  Error PutObject(const fs::File& ef, uint32_t tag, uint16_t length, uint32_t at,
                  ConstBytes bytes) override {
    TRY(Spend());
    auto& objects = nodes[ef.object - 1u].objects;
    if (at == 0 && objects.count(tag) != 0) {
      return Error::kExists;
    }
    std::vector<uint8_t>& value = objects[tag];
    CHECK(value.size() == at && at + bytes.size() <= length);
    value.insert(value.end(), bytes.begin(), bytes.end());
    return Error::kOk;
  }
  Error PutPin(const fs::File& directory, const access::PinSpec& p) override {
    TRY(Spend());
    pins.push_back({directory.object, p.reference, p.puk, p.attributes, p.max_tries, p.tries_left,
                    {p.value.begin(), p.value.end()}});
    return Error::kOk;
  }
  Error PutPuk(const access::PukSpec& p) override {
    TRY(Spend());
    puks.push_back({0, p.reference, 0, 0, p.max_tries, p.tries_left, {p.value.begin(), p.value.end()}});
    return Error::kOk;
  }
  Error SharePins(const fs::File& directory, const fs::File& owner) override {
    TRY(Spend());
    shares.push_back({directory.object, owner.object});
    return Error::kOk;
  }
  Error PutAka(const fs::File& adf, const Aka& a) override {
    TRY(Spend());
    const auto copy = [](ConstBytes b) { return std::vector<uint8_t>(b.begin(), b.end()); };
    akas.push_back({adf.object, a.algorithm, copy(a.key), copy(a.opc), copy(a.rotation), copy(a.xoring),
                    copy(a.sqn_delta), copy(a.sqn_age_limit), copy(a.sqn_init), a.options, a.sqn_options,
                    a.iterations});
    return Error::kOk;
  }
  Error MapAka(const fs::File& adf, const fs::File& source, uint8_t) override {
    TRY(Spend());
    maps.push_back({adf.object, source.object});
    return Error::kOk;
  }
  Error PutOtaKey(const OtaKey& k) override {
    TRY(Spend());
    keys.push_back({k.domain, k.version, k.identifier, k.component, {k.type.begin(), k.type.end()},
                    {k.value.begin(), k.value.end()}});
    return Error::kOk;
  }
  Error PutData(Data what, uint8_t slot, uint8_t, ConstBytes bytes) override {
    TRY(Spend());
    std::vector<uint8_t>& to = data[{static_cast<int>(what), slot}];
    to.insert(to.end(), bytes.begin(), bytes.end());
    return Error::kOk;
  }

 private:
  Error Spend() {
    ++writes;
    return fail_after >= 0 && writes > fail_after ? failure : Error::kOk;
  }
};

}  // namespace simurgh::saip
