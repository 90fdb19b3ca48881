#include "offcard/trace/fcp.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/tlv.h"
#include "offcard/trace/file_names.h"

namespace simurgh::offcard::trace {
namespace {

constexpr int kDeepest = 8;

// 11.1.1.4.3: bits of the file descriptor byte.
Structure StructureOf(uint8_t descriptor) {
  if ((descriptor & 0xBF) == 0x39) { return Structure::kBerTlv; }
  if ((descriptor & 0x38) == 0x38) { return Structure::kDirectory; }
  switch (descriptor & 0x07) {
    case 1: return Structure::kTransparent;
    case 2: return Structure::kLinear;
    case 6: return Structure::kCyclic;
    default: return Structure::kUnknown;
  }
}

void ReadPins(ConstBytes value, Fcp& fcp) {
  for (tlv::Reader r(value); !r.done();) {
    const Result<tlv::Object> o = r.Next();
    if (!o.ok()) { return; }
    if (o.value().tag == 0x90) {
      fcp.pins_enabled.assign(o.value().value.begin(), o.value().value.end());
    } else if (o.value().tag == 0x83 && o.value().value.size() == 1) {
      fcp.pins.push_back(o.value().value[0]);
    }
  }
}

void ReadField(const tlv::Object& o, Fcp& fcp) {
  const ConstBytes v = o.value;
  switch (o.tag) {
    case 0x82:
      if (!v.empty()) { fcp.structure = StructureOf(v[0]); }
      if (v.size() == 5) {
        fcp.record_length = Get16(v, 2);
        fcp.record_count = v[4];
      }
      return;
    case 0x83:
      if (v.size() == 2) { fcp.fid = Get16(v); }
      return;
    case 0x84: fcp.aid.assign(v.begin(), v.end()); return;
    case 0x80: {
      const Result<uint32_t> size = tlv::ReadUint(v);
      if (size.ok()) { fcp.size = size.value(); }
      return;
    }
    case 0x88: fcp.sfi = v.size() == 1 ? static_cast<uint8_t>(v[0] >> 3) : 0; return;
    case 0x8A:
      if (v.size() == 1) { fcp.life_cycle = v[0]; }
      return;
    case 0x8B:
      // FID and record; or FID and pairs of security environment and record: the first pair.
      if (v.size() == 3 || v.size() >= 4) {
        fcp.arr_fid = Get16(v);
        fcp.arr_record = v.size() == 3 ? v[2] : v[3];
      }
      return;
    case 0xAB: fcp.rule.assign(v.begin(), v.end()); return;
    case 0xC6: ReadPins(v, fcp); return;
    default: return;
  }
}

/// A security condition in words; "?" for what is not understood (which grants nothing).
std::string Condition(const tlv::Object& sc, int depth) {
  if (sc.tag == 0x90) { return "always"; }
  if (sc.tag == 0x97) { return "never"; }
  if (sc.tag == 0xA4) {
    const Result<tlv::Object> key = tlv::Find(sc.value, 0x83);
    return key.ok() && key.value().value.size() == 1 ? KeyWords(key.value().value[0]) : "?";
  }
  if ((sc.tag != 0xA0 && sc.tag != 0xAF) || depth >= kDeepest) { return "?"; }
  std::string out;
  for (tlv::Reader r(sc.value); !r.done();) {
    const Result<tlv::Object> part = r.Next();
    if (!part.ok()) { return "?"; }
    const std::string words = Condition(part.value(), depth + 1);
    out += (out.empty() ? "" : sc.tag == 0xA0 ? " or " : " and ") + words;
  }
  return depth > 0 ? "(" + out + ")" : out;
}

struct Bit {
  uint8_t bit;
  const char* operation;
};
// ISO/IEC 7816-4 tables of access mode bytes, in the words of TS 102 221 9.2.
constexpr Bit kEfBits[] = {{0x01, "read"},     {0x02, "update"},    {0x04, "append"}, {0x08, "deactivate"},
                           {0x10, "activate"}, {0x20, "terminate"}, {0x40, "delete"}};
constexpr Bit kDfBits[] = {{0x01, "delete child"}, {0x02, "create EF"},  {0x04, "create DF"},
                           {0x08, "deactivate"},   {0x10, "activate"},   {0x20, "terminate"},
                           {0x40, "delete"}};

struct Ins {
  uint8_t ins;
  const char* operation;
};
constexpr Ins kIns[] = {{0x04, "deactivate"}, {0x32, "increase"}, {0x44, "activate"}, {0xA4, "select"},
                        {0xB0, "read"},       {0xD4, "resize"},   {0xD6, "update"},   {0xE0, "create"},
                        {0xE4, "delete"}};

std::vector<std::string> Operations(const tlv::Object& am, bool directory) {
  std::vector<std::string> out;
  if (am.tag == 0x80 && am.value.size() == 1) {
    for (const Bit& b : directory ? std::span<const Bit>(kDfBits) : kEfBits) {
      if ((am.value[0] & b.bit) != 0) { out.emplace_back(b.operation); }
    }
    return out;
  }
  if (am.tag == 0x84) {
    for (const uint8_t ins : am.value) {
      const auto it = std::find_if(std::begin(kIns), std::end(kIns), [&](const Ins& i) { return i.ins == ins; });
      out.push_back(it != std::end(kIns) ? it->operation : fmt::format("INS {:02X}", ins));
    }
    return out;
  }
  return {fmt::format("access mode {:02X}{}", am.tag, ToHex(am.value))};
}

// GSM 11.11 9.3: a nibble each.
std::string GsmCondition(uint8_t nibble) {
  switch (nibble) {
    case 0: return "always";
    case 1: return "CHV1";
    case 2: return "CHV2";
    case 15: return "never";
    default: return nibble >= 4 ? fmt::format("ADM ({:X})", nibble) : "?";
  }
}

}  // namespace

const char* StructureName(Structure structure) {
  switch (structure) {
    case Structure::kDirectory: return "directory";
    case Structure::kTransparent: return "transparent";
    case Structure::kLinear: return "linear fixed";
    case Structure::kCyclic: return "cyclic";
    case Structure::kBerTlv: return "BER-TLV";
    case Structure::kUnknown: break;
  }
  return "unknown structure";
}

std::optional<Fcp> ParseFcp(ConstBytes answer) {
  Result<tlv::Object> whole = tlv::Find(answer, 0x62);
  if (!whole.ok()) { whole = tlv::Find(answer, 0x6F); }
  if (!whole.ok()) { return std::nullopt; }
  Fcp fcp;
  for (tlv::Reader r(whole.value().value); !r.done();) {
    const Result<tlv::Object> o = r.Next();
    if (!o.ok()) { return std::nullopt; }
    ReadField(o.value(), fcp);
  }
  return fcp;
}

// GSM 11.11 9.2.1: MF and DF, then EF.
std::optional<Fcp> ParseGsmHeader(ConstBytes a) {
  if (a.size() < 13) { return std::nullopt; }
  Fcp fcp;
  fcp.gsm = true;
  fcp.fid = Get16(a, 4);
  if (a[6] == 0x01 || a[6] == 0x02) {
    fcp.structure = Structure::kDirectory;
    return fcp;
  }
  if (a[6] != 0x04 || a.size() < 14) { return std::nullopt; }
  fcp.size = Get16(a, 2);
  std::copy_n(a.begin() + 8, 3, fcp.gsm_access);
  fcp.structure = a[13] == 0 ? Structure::kTransparent : a[13] == 1 ? Structure::kLinear
                : a[13] == 3 ? Structure::kCyclic : Structure::kUnknown;
  if (a[13] != 0 && a.size() >= 15 && a[14] != 0) {
    fcp.record_length = a[14];
    fcp.record_count = static_cast<uint8_t>(*fcp.size / a[14]);
  }
  fcp.life_cycle = (a[11] & 0x01) != 0 ? 0x05 : 0x04;
  return fcp;
}

std::string LifeCycleWords(uint8_t status) {
  if (status == 0) { return "no information"; }
  if (status == 1) { return "creation"; }
  if (status == 3) { return "initialisation"; }
  if ((status & 0x0D) == 0x05) { return "activated"; }
  if ((status & 0x0D) == 0x04) { return "deactivated"; }
  if ((status & 0x0C) == 0x0C) { return "terminated"; }
  return fmt::format("life cycle {:02X}", status);
}

std::string KeyWords(uint8_t r) {
  if (r == 0x01) { return "PIN1"; }
  if (r == 0x81) { return "PIN2"; }
  if (r >= 0x02 && r <= 0x08) { return fmt::format("PIN1 of application {}", r); }
  if (r >= 0x82 && r <= 0x88) { return fmt::format("PIN2 of application {}", r - 0x80); }
  if (r >= 0x0A && r <= 0x0E) { return fmt::format("ADM{}", r - 0x09); }
  if (r >= 0x8A && r <= 0x8E) { return fmt::format("ADM{}", r - 0x84); }
  if (r == 0x11) { return "universal PIN"; }
  return fmt::format("key {:02X}", r);
}

std::string FcpWords(const Fcp& fcp) {
  std::string out = StructureName(fcp.structure);
  if (fcp.record_length != 0) {
    out += fmt::format(", {} records of {} bytes", fcp.record_count, fcp.record_length);
  } else if (fcp.size) {
    out += fmt::format(", {} bytes", *fcp.size);
  }
  if (fcp.fid != 0) { out += fmt::format(", FID {:04X}", fcp.fid); }
  if (!fcp.aid.empty()) { out += ", AID " + ToHex(fcp.aid); }
  if (fcp.sfi && *fcp.sfi != 0) { out += fmt::format(", SFI {:02X}", *fcp.sfi); }
  if (fcp.life_cycle) { out += ", " + LifeCycleWords(*fcp.life_cycle); }
  if (fcp.arr_fid != 0) {
    out += fmt::format(", rule: EF.ARR {:04X} record {}", fcp.arr_fid, fcp.arr_record);
  }
  if (!fcp.rule.empty()) {
    out += ", rule: " + RuleWords(ReadRule(fcp.rule, fcp.structure == Structure::kDirectory));
  }
  if (fcp.gsm && fcp.structure != Structure::kDirectory) {
    out += ", " + RuleWords(GsmPermissions(fcp));
  }
  for (size_t i = 0; i < fcp.pins.size(); ++i) {
    const bool on = i / 8 < fcp.pins_enabled.size() && (fcp.pins_enabled[i / 8] << (i % 8) & 0x80) != 0;
    out += fmt::format(", {} {}", KeyWords(fcp.pins[i]), on ? "on" : "off");
  }
  return out;
}

std::vector<Permission> ReadRule(ConstBytes rule, bool directory) {
  std::vector<Permission> out;
  std::vector<std::string> operations;
  std::string condition;
  const auto flush = [&] {
    for (const std::string& o : operations) { out.push_back({o, condition.empty() ? "?" : condition}); }
    operations.clear();
    condition.clear();
  };
  while (!rule.empty() && rule[0] != 0xFF) {
    tlv::Reader r(rule);
    const Result<tlv::Object> next = r.Next();
    if (!next.ok()) { break; }
    rule = r.rest();
    const tlv::Object& o = next.value();
    if (o.tag >= 0x80 && o.tag <= 0x8F) {
      if (!condition.empty()) { flush(); }
      for (std::string& name : Operations(o, directory)) { operations.push_back(std::move(name)); }
      continue;
    }
    // Conditions after one another are alternatives.
    condition += (condition.empty() ? "" : " or ") + Condition(o, 0);
  }
  flush();
  return out;
}

std::string RuleWords(const std::vector<Permission>& permissions) {
  std::string out;
  for (size_t i = 0; i < permissions.size();) {
    size_t next = i + 1;
    std::string names = permissions[i].operation;
    while (next < permissions.size() && permissions[next].condition == permissions[i].condition) {
      names += ", " + permissions[next++].operation;
    }
    out += (out.empty() ? "" : "; ") + names + ": " + permissions[i].condition;
    i = next;
  }
  return out.empty() ? "no rule" : out;
}

std::vector<Permission> GsmPermissions(const Fcp& fcp) {
  return {{"read", GsmCondition(fcp.gsm_access[0] >> 4)},
          {"update", GsmCondition(fcp.gsm_access[0] & 0x0F)},
          {"increase", GsmCondition(fcp.gsm_access[1] >> 4)},
          {"activate", GsmCondition(fcp.gsm_access[2] >> 4)},
          {"deactivate", GsmCondition(fcp.gsm_access[2] & 0x0F)}};
}

}  // namespace simurgh::offcard::trace
