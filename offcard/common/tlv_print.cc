#include "offcard/common/tlv_print.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/tlv.h"
#include "offcard/common/hex.h"

namespace simurgh::offcard {
namespace {

constexpr int kMaxDepth = 16;

struct Name {
  tlv::Tag tag;
  const char* name;
};

// Objects met at the top of answers; inside FCP templates context tags have their own meaning
// (ETSI TS 102 221 11.1.1.4), which only holds below 62.
constexpr Name kNames[] = {
    {0x4F, "AID"},
    {0x50, "label"},
    {0x5A, "ICCID or EID"},
    {0x61, "application template"},
    {0x62, "FCP template"},
    {0x6F, "FCI template"},
    {0xBF2D, "ProfileInfoList"},
    {0xBF2E, "GetEuiccChallenge"},
    {0xBF20, "EUICCInfo1"},
    {0xBF22, "EUICCInfo2"},
    {0xBF37, "ProfileInstallationResult"},
    {0xBF3C, "EuiccConfiguredAddresses"},
    {0xBF3E, "GetEuiccData"},
};
constexpr Name kFcpNames[] = {
    {0x80, "file size"},        {0x81, "total file size"},
    {0x82, "file descriptor"},  {0x83, "file id"},
    {0x84, "DF name (AID)"},    {0x88, "short file id"},
    {0x8A, "life cycle"},       {0x8B, "access rules by reference"},
    {0x8C, "access rules, compact"}, {0xA5, "proprietary"},
    {0xAB, "access rules, expanded"}, {0xC6, "PIN status template"},
};

const char* NameOf(tlv::Tag tag, tlv::Tag parent) {
  const std::span<const Name> names = parent == 0x62 ? std::span<const Name>(kFcpNames) : kNames;
  const auto it = std::find_if(names.begin(), names.end(), [&](const Name& n) { return n.tag == tag; });
  return it == names.end() ? "" : it->name;
}

std::string Text(ConstBytes data) {
  const bool printable = !data.empty() && std::all_of(data.begin(), data.end(), [](uint8_t c) {
    return c >= 0x20 && c < 0x7F;
  });
  return printable ? fmt::format("  \"{}\"", std::string(data.begin(), data.end())) : "";
}

bool Print(ConstBytes data, int indent, tlv::Tag parent, int depth, std::string& out) {
  for (tlv::Reader reader(data); !reader.done();) {
    const auto next = reader.Next();
    if (!next.ok()) { return false; }
    const tlv::Object o = next.value();
    const std::string name = NameOf(o.tag, parent);
    std::string inner;
    const bool open = o.constructed() && depth < kMaxDepth &&
                      Print(o.value, indent + 2, o.tag, depth + 1, inner);
    out += fmt::format("{:{}}{:02X} {:<3}", "", indent, o.tag, o.value.size());
    out += open ? "" : " " + ToHex(o.value) + Text(o.value);
    out += name.empty() ? "\n" : "  ; " + name + "\n";
    out += inner;
  }
  return true;
}

}  // namespace

std::string PrintTlv(ConstBytes data, int indent) {
  std::string out;
  return !data.empty() && Print(data, indent, 0, 0, out) ? out : "";
}

std::string PrintData(ConstBytes data, int indent) {
  std::string out = data.size() > 2 ? PrintTlv(data, indent) : "";
  for (size_t at = 0; out.empty() && at < data.size();) {
    std::string lines;
    for (; at < data.size(); at += 16) {
      const ConstBytes row = data.subspan(at, std::min<size_t>(16, data.size() - at));
      std::string text;
      for (uint8_t c : row) { text += c >= 0x20 && c < 0x7F ? static_cast<char>(c) : '.'; }
      lines += fmt::format("{:{}}{:04X}  {:<32}  {}\n", "", indent, at, ToHex(row), text);
    }
    out = lines;
  }
  return out;
}

}  // namespace simurgh::offcard
