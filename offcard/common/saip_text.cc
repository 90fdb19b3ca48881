#include "offcard/common/saip_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace simurgh::offcard::saip {
namespace {

constexpr size_t kLongest = 48;  ///< bytes of a value shown in one line

std::string Shown(const Buffer& value) {
  const size_t n = std::min(value.size(), kLongest);
  std::string text = ToHex(ConstBytes(value).first(n));
  if (n < value.size()) { text += fmt::format("... ({} bytes)", value.size()); }
  const bool printable = value.size() > 3 && std::all_of(value.begin(), value.end(), [](uint8_t c) {
    return (c >= 0x20 && c < 0x7F) || c == 0xFF;
  }) && value[0] != 0xFF;
  if (printable) {
    text += "  \"";
    for (size_t i = 0; i < n && value[i] != 0xFF; ++i) { text += static_cast<char>(value[i]); }
    text += "\"";
  }
  return text;
}

size_t Number(const Buffer& value) {
  size_t n = 0;
  for (uint8_t b : value) { n = n << 8 | b; }
  return n;
}

/// File descriptor byte (TS 102 221 11.1.1.4.3) with the record size, in words.
std::string Structure(const Buffer& descriptor) {
  if (descriptor.empty()) { return ""; }
  switch (descriptor[0] & 0x3F) {
    case 0x38: return "directory";
    case 0x39: return "BER-TLV";
    case 0x01: return "transparent";
    default: break;
  }
  const int structure = descriptor[0] & 0x07;
  std::string text = structure == 2 ? "linear fixed" : structure == 6 ? "cyclic" : "structure ?";
  if (descriptor.size() == 4) {
    text += fmt::format(", records of {}", descriptor[2] << 8 | descriptor[3]);
  }
  return text;
}

const Buffer* Bytes(const Node& fcp, const char* member) {
  const Node* node = fcp.Find(member);
  return node == nullptr ? nullptr : &node->value;
}

std::string FcpText(const Node& fcp) {
  std::vector<std::string> parts;
  if (const Buffer* v = Bytes(fcp, "fileID")) { parts.push_back(ToHex(*v)); }
  if (const Buffer* v = Bytes(fcp, "dfName")) { parts.push_back("AID " + ToHex(*v)); }
  if (const Buffer* v = Bytes(fcp, "fileDescriptor")) { parts.push_back(Structure(*v)); }
  if (const Buffer* v = Bytes(fcp, "efFileSize")) { parts.push_back(fmt::format("{} bytes", Number(*v))); }
  if (const Buffer* v = Bytes(fcp, "shortEFID")) {
    parts.push_back(v->empty() ? "no short id" : fmt::format("short id {:02X}", (*v)[0] >> 3));
  }
  if (const Buffer* v = Bytes(fcp, "securityAttributesReferenced")) { parts.push_back("access " + ToHex(*v)); }
  if (const Buffer* v = Bytes(fcp, "pinStatusTemplateDO")) { parts.push_back("PINs " + ToHex(*v)); }
  if (const Buffer* v = Bytes(fcp, "linkPath")) { parts.push_back("link to " + ToHex(*v)); }
  if (const Node* p = fcp.Find("proprietaryEFInfo")) {
    if (const Buffer* v = Bytes(*p, "fillPattern")) { parts.push_back("filled with " + Shown(*v)); }
    if (const Buffer* v = Bytes(*p, "repeatPattern")) { parts.push_back("repeats " + Shown(*v)); }
  }
  std::string text;
  for (const std::string& part : parts) { text += (text.empty() ? "" : ", ") + part; }
  return text.empty() ? "as in the template" : text;
}

class Text {
 public:
  std::string Run(const Package& package) {
    size_t number = 0;
    for (const Node& element : package) {
      out_ += fmt::format("{:>3}  {:<22} byte {}, {} bytes\n", ++number, element.name, element.offset,
                          element.size);
      Members(element, 5);
    }
    return std::move(out_);
  }

 private:
  void Line(int indent, const std::string& name, const std::string& value) {
    out_ += fmt::format("{:{}}{}{}\n", "", indent, name, value.empty() ? "" : ": " + value);
  }

  void Members(const Node& node, int indent) {
    for (const Node& child : node.children) { Member(child, child.name, indent); }
  }

  void Member(const Node& node, const std::string& name, int indent) {
    const std::string& type = node.type->name;
    if (type == "PEHeader") {
      const Node* id = node.Find("identification");
      Line(indent, fmt::format("identification {}{}", id != nullptr ? id->integer() : 0,
                               node.Find("mandated") != nullptr ? ", mandated" : ""), "");
      return;
    }
    if (type == "File" || type == "FileManagement") {
      Line(indent, name.empty() ? "commands" : name, node.children.empty() ? "as in the template" : "");
      for (const Node& step : node.children) { FileStep(step.children[0], indent + 2); }
      return;
    }
    switch (node.type->kind) {
      case Kind::kSequenceOf:
        Line(indent, name, fmt::format("{} entries", node.children.size()));
        for (size_t i = 0; i < node.children.size(); ++i) {
          Member(node.children[i], fmt::format("[{}]", i), indent + 2);
        }
        return;
      case Kind::kChoice: Member(node.children[0], name + " " + node.children[0].name, indent); return;
      case Kind::kSequence:
        Line(indent, name, "");
        Members(node, indent + 2);
        return;
      case Kind::kNull: Line(indent, name, ""); return;
      case Kind::kOctets:
      case Kind::kUnknown: Line(indent, name, Shown(node.value)); return;
      default: {
        const Json value = ValueToJson(node);
        Line(indent, name, value.is_string() ? value.get<std::string>() : value.dump());
      }
    }
  }

  void FileStep(const Node& step, int indent) {
    if (step.type->name == "Fcp") {
      Line(indent, step.name == "createFCP" ? "create" : "file", FcpText(step));
    } else if (step.name == "fillFileContent") {
      Line(indent, "content", Shown(step.value));
    } else if (step.name == "fillFileOffset") {
      Line(indent, "skip", std::to_string(Number(step.value)));
    } else if (step.name == "filePath") {
      Line(indent, "in", step.value.empty() ? "MF" : ToHex(step.value));
    } else {
      Line(indent, step.name, Shown(step.value));
    }
  }

  std::string out_;
};

}  // namespace

std::string ToText(const Package& package) { return Text().Run(package); }

}  // namespace simurgh::offcard::saip
