// The JSON form of profile packages, driven by the schema.
#include <fmt/format.h>

#include <algorithm>

#include "offcard/common/saip_codec.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard::saip {
namespace {

constexpr char kUnknownPrefix[] = "unknown-";

bool OnlyFlags(const Type& type) {
  return type.kind == Kind::kSequence && !type.members.empty() &&
         std::all_of(type.members.begin(), type.members.end(), [](const Member& m) {
           return m.type->kind == Kind::kNull && m.optional;
         });
}

std::string OidText(const Buffer& value) {
  std::string text;
  uint64_t arc = 0;
  for (uint8_t b : value) {
    arc = arc << 7 | (b & 0x7F);
    if ((b & 0x80) != 0) { continue; }
    if (text.empty()) {  // X.690 8.19.4: the first two arcs share a number
      const uint64_t first = std::min<uint64_t>(arc / 40, 2);
      text = fmt::format("{}.{}", first, arc - first * 40);
    } else {
      text += fmt::format(".{}", arc);
    }
    arc = 0;
  }
  return text;
}

void AddArc(Buffer& out, uint64_t arc) {
  int shift = 63;
  while (shift > 0 && (arc >> shift) == 0) { shift -= 7; }
  for (; shift >= 0; shift -= 7) {
    out.push_back(static_cast<uint8_t>((arc >> shift & 0x7F) | (shift > 0 ? 0x80 : 0)));
  }
}

/// JSON to nodes; the path of the value under construction is kept for errors.
class Builder {
 public:
  Package Run(const Json& json) {
    const Json& elements = json.is_object() && json.contains("elements") ? json["elements"] : json;
    if (!elements.is_array()) {
      throw UserError("a profile is an array of elements, or {\"elements\": [...]}, or a "
                      "description with \"iccid\" and \"imsi\"");
    }
    Package package;
    for (const Json& element : elements) {
      path_ = fmt::format("element {}", package.size() + 1);
      if (!element.is_object() || element.size() != 1) {
        Fail("expected an object with one member, e.g. {\"usim\": {...}}");
      }
      path_ += fmt::format(" ({}): ", element.begin().key());
      package.push_back(Alternative(ProfileElement(), element, false));
    }
    return package;
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    std::string path = path_;
    while (!path.empty() && (path.back() == ' ' || path.back() == ':')) { path.pop_back(); }
    throw UserError(path + ": " + what);
  }

  Node Alternative(const Type& choice, const Json& json, bool deepen = true) {
    if (!json.is_object() || json.size() != 1) {
      Fail("expected an object with one member, the alternative chosen: " + Names(choice));
    }
    const std::string name = json.begin().key();
    if (name.starts_with(kUnknownPrefix)) { return Unknown(name, json.begin().value()); }
    const Member* member = choice.Find(name);
    if (member == nullptr) {
      Fail(fmt::format("'{}' is not one of {}", name, Names(choice)));
    }
    const Scope scope(*this, deepen ? "." + name : "");
    return Value(*member->type, member->name, member->tag, json.begin().value());
  }

  Node Unknown(const std::string& name, const Json& json) {
    Buffer tag = FromHex(name.substr(sizeof kUnknownPrefix - 1), name);
    if (tag.empty() || tag.size() > 4) { Fail(name + ": the tag after 'unknown-' is no tag"); }
    Node node;
    node.type = &UnknownType();
    node.name = name;
    node.tag.cls = tag[0] & 0xC0;
    node.constructed = (tag[0] & 0x20) != 0;
    node.tag.number = tag[0] & 0x1F;
    for (size_t i = 1; i < tag.size(); ++i) {
      node.tag.number = (i == 1 ? 0 : node.tag.number << 7) | (tag[i] & 0x7F);
    }
    node.value = Hex(json);
    return node;
  }

  Node Value(const Type& type, const std::string& name, Tag tag, const Json& json) {
    Node node;
    node.type = &type;
    node.name = name;
    node.tag = tag;
    switch (type.kind) {
      case Kind::kSequence: Sequence(node, json); break;
      case Kind::kSequenceOf: SequenceOf(node, json); break;
      case Kind::kChoice: node.children.push_back(Alternative(type, json)); break;
      case Kind::kOctets:
        node.value = Hex(json);
        Bounds(type, node.value.size(), " bytes");
        break;
      case Kind::kUtf8: {
        if (!json.is_string()) { Fail("expected a text in quotes"); }
        const std::string text = json.get<std::string>();
        node.value.assign(text.begin(), text.end());
        Bounds(type, text.size(), " bytes");
        break;
      }
      case Kind::kInteger: Integer(node, json); break;
      case Kind::kOid: node.value = Oid(json); break;
      case Kind::kNull:
        if (!json.is_null() && !(json.is_boolean() && json.get<bool>())) {
          Fail("expected null (present); leave the member out when it is absent");
        }
        break;
      case Kind::kUnknown: break;
    }
    return node;
  }

  void Sequence(Node& node, const Json& json) {
    const Type& type = *node.type;
    Json flags;
    if (OnlyFlags(type) && json.is_array()) {
      flags = Json::object();
      for (const Json& name : json) {
        if (!name.is_string()) { Fail("expected an array of names"); }
        flags[name.get<std::string>()] = nullptr;
      }
    }
    const Json& object = flags.is_object() ? flags : json;
    if (!object.is_object()) { Fail("expected an object {...} with " + Names(type)); }
    for (const auto& [key, value] : object.items()) {
      if (type.Find(key) == nullptr && !key.starts_with(kUnknownPrefix)) {
        Fail(fmt::format("'{}' is not one of {}", key, Names(type)));
      }
    }
    for (const Member& m : type.members) {
      if (!object.contains(m.name)) {
        if (!m.optional) { Fail(m.name + " is missing"); }
        continue;
      }
      const Scope scope(*this, m.name);
      node.children.push_back(Value(*m.type, m.name, m.tag, object[m.name]));
    }
    for (const auto& [key, value] : object.items()) {
      if (key.starts_with(kUnknownPrefix)) { node.children.push_back(Unknown(key, value)); }
    }
  }

  void SequenceOf(Node& node, const Json& json) {
    if (!json.is_array()) { Fail("expected an array [...]"); }
    const Type& element = *node.type->element;
    for (const Json& value : json) {
      const Scope scope(*this, fmt::format("[{}]", node.children.size()));
      if (element.kind == Kind::kChoice) {
        Node choice;
        choice.type = &element;
        choice.tagged = false;
        choice.children.push_back(Alternative(element, value));
        node.children.push_back(std::move(choice));
        continue;
      }
      node.children.push_back(Value(element, "", Universal(element.kind), value));
    }
    Bounds(*node.type, node.children.size(), " elements");
  }

  static Tag Universal(Kind kind) {
    if (kind == Kind::kOctets) { return {0x00, 4}; }
    if (kind == Kind::kOid) { return {0x00, 6}; }
    return {0x00, 16};
  }

  void Integer(Node& node, const Json& json) {
    uint64_t n = 0;
    if (json.is_number_integer() && json >= 0) {
      n = json.get<uint64_t>();
    } else if (json.is_string() && !node.type->names.empty()) {
      const std::string name = json.get<std::string>();
      const auto it = std::find_if(node.type->names.begin(), node.type->names.end(),
                                   [&](const auto& named) { return named.first == name; });
      if (it == node.type->names.end()) { Fail(fmt::format("no number is named '{}'", name)); }
      n = it->second;
    } else {
      Fail(node.type->names.empty() ? "expected a number, 0 or greater"
                                    : "expected a number or its name, e.g. \"" +
                                          node.type->names[0].first + "\"");
    }
    Bounds(*node.type, n, "");
    int shift = 56;
    while (shift > 0 && (n >> shift) == 0) { shift -= 8; }
    if ((n >> shift & 0x80) != 0) { node.value.push_back(0); }
    for (; shift >= 0; shift -= 8) { node.value.push_back(static_cast<uint8_t>(n >> shift)); }
  }

  Buffer Oid(const Json& json) {
    static constexpr char kExpected[] = "expected an object identifier, e.g. \"2.23.143.1.2.1\"";
    if (!json.is_string()) { Fail(kExpected); }
    std::vector<uint64_t> arcs(1, 0);
    const std::string text = json.get<std::string>();
    bool digit = false;
    for (char c : text) {
      if (c == '.' && digit) {
        arcs.push_back(0);
        digit = false;
      } else if (c >= '0' && c <= '9' && arcs.back() < 100'000'000'000'000) {
        arcs.back() = arcs.back() * 10 + static_cast<uint64_t>(c - '0');
        digit = true;
      } else {
        Fail(kExpected);
      }
    }
    if (!digit || arcs.size() < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39)) {
      Fail(kExpected);
    }
    Buffer out;
    AddArc(out, arcs[0] * 40 + arcs[1]);
    for (size_t i = 2; i < arcs.size(); ++i) { AddArc(out, arcs[i]); }
    return out;
  }

  Buffer Hex(const Json& json) {
    if (!json.is_string()) { Fail("expected bytes as a string of hexadecimal digits"); }
    const std::string text = json.get<std::string>();
    std::string where = path_;
    while (!where.empty() && (where.back() == ' ' || where.back() == ':')) { where.pop_back(); }
    return FromHex(text, where);
  }

  void Bounds(const Type& t, uint64_t is, const char* unit) const {
    if (is < t.min || is > t.max) {
      Fail(t.max == UINT64_MAX ? fmt::format("{}{}, at least {} expected", is, unit, t.min)
                               : fmt::format("{}{}, {}..{} expected", is, unit, t.min, t.max));
    }
  }

  static std::string Names(const Type& type) {
    std::string text;
    for (const Member& m : type.members) { text += (text.empty() ? "" : ", ") + m.name; }
    return text;
  }

  /// Lengthens the path while it lives.
  class Scope {
   public:
    Scope(Builder& builder, const std::string& more) : builder_(builder), size_(builder.path_.size()) {
      const bool start = builder.path_.ends_with(' ');
      if (more.empty()) { return; }
      if (more[0] == '.') {
        builder.path_ += start ? more.substr(1) : more;
      } else {
        builder.path_ += (start || more[0] == '[' ? "" : ".") + more;
      }
    }
    ~Scope() { builder_.path_.resize(size_); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Builder& builder_;
    size_t size_;
  };

  std::string path_;
};

}  // namespace

Json ValueToJson(const Node& node) {
  switch (node.type->kind) {
    case Kind::kNull: return nullptr;
    case Kind::kOid: return OidText(node.value);
    case Kind::kUtf8: return std::string(node.value.begin(), node.value.end());
    case Kind::kInteger: {
      if ((node.value[0] & 0x80) != 0) { return ToHex(node.value); }
      for (const auto& [name, number] : node.type->names) {
        if (number == node.integer()) { return name; }
      }
      return node.integer();
    }
    case Kind::kChoice:
      return Json{{node.children[0].name, ValueToJson(node.children[0])}};
    case Kind::kSequenceOf: {
      Json array = Json::array();
      for (const Node& child : node.children) { array.push_back(ValueToJson(child)); }
      return array;
    }
    case Kind::kSequence: break;
    default: return ToHex(node.value);
  }
  const bool flags = OnlyFlags(*node.type) &&
                     std::none_of(node.children.begin(), node.children.end(), [](const Node& c) {
                       return c.type->kind == Kind::kUnknown;
                     });
  Json json = flags ? Json::array() : Json::object();
  for (const Node& child : node.children) {
    if (flags) {
      json.push_back(child.name);
    } else {
      json[child.name] = ValueToJson(child);
    }
  }
  return json;
}

Json ToJson(const Package& package) {
  Json array = Json::array();
  for (const Node& element : package) {
    array.push_back(Json{{element.name, ValueToJson(element)}});
  }
  return array;
}

Package FromJson(const Json& json) { return Builder().Run(json); }

}  // namespace simurgh::offcard::saip
