// DER for profile packages (X.690), driven by the schema.
#include <fmt/format.h>

#include <stdexcept>

#include "offcard/common/saip_codec.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard::saip {
namespace {

bool IsConstructed(Kind kind) {
  return kind == Kind::kSequence || kind == Kind::kSequenceOf || kind == Kind::kChoice;
}

std::string TagText(Tag tag) {
  static constexpr const char* kClass[] = {"universal ", "application ", "context ", "private "};
  return fmt::format("[{}{}]", kClass[tag.cls >> 6], tag.number);
}

struct Header {
  Tag tag;
  bool constructed = false;
  size_t value = 0;  ///< offset of the value
  size_t end = 0;    ///< offset behind it
};

class Decoder {
 public:
  Decoder(ConstBytes der, std::vector<Problem>* problems) : der_(der), problems_(problems) {}

  Package Run() {
    Package package;
    for (size_t at = 0; at < der_.size();) {
      path_ = fmt::format("element {}: ", package.size() + 1);
      const Header h = ReadHeader(at, der_.size());
      const Member* member = nullptr;
      for (const Member& m : ProfileElement().members) {
        if (m.tag == h.tag) { member = &m; }
      }
      path_ = fmt::format("element {} ({}): ", package.size() + 1,
                          member != nullptr ? member->name : "unknown " + TagText(h.tag));
      package.push_back(member != nullptr ? Value(*member->type, member->name, h, at)
                                          : Unknown(h, at));
      at = h.end;
    }
    return package;
  }

 private:
  [[noreturn]] void Fail(size_t at, const std::string& what) const {
    throw UserError(ToString(Problem{true, at, path_, what}));
  }
  void Complain(size_t at, const std::string& what, bool fatal = true) {
    if (problems_ != nullptr) { problems_->push_back({fatal, at, path_, what}); }
  }

  /// X.690 8.1.2, 10.1: definite lengths in the shortest form.
  Header ReadHeader(size_t at, size_t limit) const {
    Header h;
    size_t i = at;
    const auto next = [&]() -> uint8_t {
      if (i >= limit) { Fail(at, "the object ends in the middle of its tag or length"); }
      return der_[i++];
    };
    const uint8_t first = next();
    h.tag.cls = first & 0xC0;
    h.constructed = (first & 0x20) != 0;
    h.tag.number = first & 0x1F;
    if (h.tag.number == 0x1F) {
      h.tag.number = 0;
      uint8_t b = next();
      if (b == 0x80) { Fail(at, "the tag number has a leading zero"); }
      for (;; b = next()) {
        if (h.tag.number > 0xFFFF) { Fail(at, "the tag number is too large"); }
        h.tag.number = h.tag.number << 7 | (b & 0x7F);
        if ((b & 0x80) == 0) { break; }
      }
      if (h.tag.number < 31) { Fail(at, "the tag number is not in its shortest form"); }
    }
    size_t length = next();
    if (length == 0x80) { Fail(at, "indefinite length is not DER"); }
    if (length > 0x80) {
      const size_t count = length & 0x7F;
      if (count > 4) { Fail(at, "the length field is longer than four bytes"); }
      length = 0;
      for (size_t k = 0; k < count; ++k) { length = length << 8 | next(); }
      if (length < 0x80 || (count > 1 && length >> (8 * (count - 1)) == 0)) {
        Fail(at, "the length is not in its shortest form");
      }
    }
    if (length > limit - i) {
      Fail(at, fmt::format("{} bytes of value announced, {} are there", length, limit - i));
    }
    h.value = i;
    h.end = i + length;
    return h;
  }

  Node Unknown(const Header& h, size_t at) {
    Complain(at, fmt::format("{} is not in the profile package definition 3.3.1; kept as it is",
                             TagText(h.tag)), false);
    Node node = Start(UnknownType(), "unknown-" + ToHex(der_.subspan(at, TagBytes(at))), h, at);
    node.constructed = h.constructed;
    const ConstBytes value = der_.subspan(h.value, h.end - h.value);
    node.value.assign(value.begin(), value.end());
    return node;
  }

  size_t TagBytes(size_t at) const {
    size_t n = 1;
    if ((der_[at] & 0x1F) == 0x1F) {
      while ((der_[at + n++] & 0x80) != 0) {}
    }
    return n;
  }

  static Node Start(const Type& type, const std::string& name, const Header& h, size_t at) {
    Node node;
    node.type = &type;
    node.name = name;
    node.tag = h.tag;
    node.offset = at;
    node.size = h.end - at;
    return node;
  }

  Node Value(const Type& type, const std::string& name, const Header& h, size_t at) {
    Node node = Start(type, name, h, at);
    if (h.constructed != IsConstructed(type.kind)) {
      Fail(at, h.constructed ? "constructed, but this member is primitive"
                             : "primitive, but this member is constructed");
    }
    switch (type.kind) {
      case Kind::kSequence: Sequence(node, h); break;
      case Kind::kSequenceOf: SequenceOf(node, h); break;
      case Kind::kChoice: {  // an explicit tag around the alternative (X.680 31.2.7)
        node.children.push_back(Alternative(type, h.value, h.end));
        const Node& inner = node.children[0];
        if (inner.offset + inner.size != h.end) { Fail(inner.offset, "more than one alternative"); }
        break;
      }
      default: Primitive(node, h); break;
    }
    return node;
  }

  Node Alternative(const Type& choice, size_t at, size_t limit) {
    const Header h = ReadHeader(at, limit);
    for (const Member& m : choice.members) {
      if (!(m.tag == h.tag)) { continue; }
      const Scope scope(*this, "." + m.name);
      return Value(*m.type, m.name, h, at);
    }
    return Unknown(h, at);
  }

  void Sequence(Node& node, const Header& outer) {
    const std::vector<Member>& members = node.type->members;
    size_t next = 0;
    for (size_t at = outer.value; at < outer.end;) {
      const Header h = ReadHeader(at, outer.end);
      size_t found = next;
      while (found < members.size() && !(members[found].tag == h.tag)) { ++found; }
      if (found == members.size()) {
        for (size_t i = 0; i < next; ++i) {
          if (members[i].tag == h.tag) { Fail(at, members[i].name + " is repeated or out of order"); }
        }
        node.children.push_back(Unknown(h, at));
        at = h.end;
        continue;
      }
      Missing(node, next, found, at);
      const Member& m = members[found];
      const Scope scope(*this, Joint() + m.name);
      node.children.push_back(Value(*m.type, m.name, h, at));
      next = found + 1;
      at = h.end;
    }
    Missing(node, next, members.size(), outer.end);
  }

  void Missing(const Node& node, size_t from, size_t to, size_t at) {
    for (size_t i = from; i < to; ++i) {
      const Member& m = node.type->members[i];
      if (!m.optional) { Complain(at, m.name + " is missing"); }
    }
  }

  void SequenceOf(Node& node, const Header& outer) {
    const Type& element = *node.type->element;
    for (size_t at = outer.value; at < outer.end;) {
      const Scope scope(*this, fmt::format("[{}]", node.children.size()));
      const Header h = ReadHeader(at, outer.end);
      if (element.kind == Kind::kChoice) {
        Node choice = Start(element, "", h, at);
        choice.tagged = false;
        choice.children.push_back(Alternative(element, at, outer.end));
        node.children.push_back(std::move(choice));
      } else {
        if (!(h.tag == Universal(element.kind))) {
          Fail(at, TagText(h.tag) + " is not the tag of an element of this list");
        }
        node.children.push_back(Value(element, "", h, at));
      }
      at = h.end;
    }
    Bounds(node, node.children.size(), "elements");
  }

  void Primitive(Node& node, const Header& h) {
    const ConstBytes value = der_.subspan(h.value, h.end - h.value);
    node.value.assign(value.begin(), value.end());
    switch (node.type->kind) {
      case Kind::kNull:
        if (!value.empty()) { Fail(node.offset, "NULL with content"); }
        return;
      case Kind::kOid:
        if (value.empty() || (value.back() & 0x80) != 0) {
          Fail(node.offset, "the object identifier is incomplete");
        }
        return;
      case Kind::kInteger:
        if (value.empty() || value.size() > 8) { Fail(node.offset, "integer of 0 or over 8 bytes"); }
        if (value.size() > 1 && (value[0] == 0 || value[0] == 0xFF) &&
            (value[0] ^ value[1]) < 0x80) {
          Fail(node.offset, "the integer is not in its shortest form");
        }
        if ((value[0] & 0x80) != 0) {
          Complain(node.offset, "negative number");
          return;
        }
        Bounds(node, node.integer(), "");
        return;
      default: Bounds(node, value.size(), "bytes"); return;
    }
  }

  void Bounds(const Node& node, uint64_t is, const char* unit) {
    const Type& t = *node.type;
    if (is >= t.min && is <= t.max) { return; }
    const std::string sep = *unit != 0 ? " " : "";
    Complain(node.offset, t.max == UINT64_MAX
                              ? fmt::format("{}{}{}, at least {} expected", is, sep, unit, t.min)
                              : fmt::format("{}{}{}, {}..{} expected", is, sep, unit, t.min, t.max));
  }

  std::string Joint() const {
    return path_.empty() || path_.back() == ' ' ? "" : ".";
  }

  static Tag Universal(Kind kind) {
    switch (kind) {
      case Kind::kInteger: return {0x00, 2};
      case Kind::kOctets: return {0x00, 4};
      case Kind::kNull: return {0x00, 5};
      case Kind::kOid: return {0x00, 6};
      case Kind::kUtf8: return {0x00, 12};
      default: return {0x00, 16};
    }
  }

  /// Lengthens the path while it lives.
  class Scope {
   public:
    Scope(Decoder& decoder, const std::string& more)
        : decoder_(decoder), size_(decoder.path_.size()) {
      decoder.path_ += decoder.path_.ends_with(' ') && more[0] == '.' ? more.substr(1) : more;
    }
    ~Scope() { decoder_.path_.resize(size_); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Decoder& decoder_;
    size_t size_;
  };

  ConstBytes der_;
  std::vector<Problem>* problems_;
  std::string path_;
};

void PutTag(Buffer& out, Tag tag, bool constructed) {
  const uint8_t first = static_cast<uint8_t>(tag.cls | (constructed ? 0x20 : 0));
  if (tag.number < 31) {
    out.push_back(static_cast<uint8_t>(first | tag.number));
    return;
  }
  out.push_back(first | 0x1F);
  int shift = 28;
  while ((tag.number >> shift) == 0) { shift -= 7; }
  for (; shift >= 0; shift -= 7) {
    out.push_back(static_cast<uint8_t>((tag.number >> shift & 0x7F) | (shift > 0 ? 0x80 : 0)));
  }
}

void PutLength(Buffer& out, size_t length) {
  if (length < 0x80) {
    out.push_back(static_cast<uint8_t>(length));
    return;
  }
  int bytes = 1;
  while (length >> (8 * bytes) != 0) { ++bytes; }
  out.push_back(static_cast<uint8_t>(0x80 | bytes));
  while (bytes-- > 0) { out.push_back(static_cast<uint8_t>(length >> (8 * bytes))); }
}

}  // namespace

const Node* Node::Find(const std::string& child) const {
  for (const Node& c : children) {
    if (c.name == child) { return &c; }
  }
  if (type->kind == Kind::kChoice && !children.empty()) { return children[0].Find(child); }
  return nullptr;
}

uint64_t Node::integer() const {
  if (value.empty() || value.size() > 8 || (value[0] & 0x80) != 0) {
    throw std::out_of_range(name + ": not an unsigned integer");
  }
  uint64_t n = 0;
  for (uint8_t b : value) { n = n << 8 | b; }
  return n;
}

std::string ToString(const Problem& p) {
  std::string path = p.path;
  while (!path.empty() && (path.back() == ' ' || path.back() == ':')) { path.pop_back(); }
  return fmt::format("byte {}, {}{}{}", p.offset, path, path.empty() ? "" : ": ", p.what);
}

Package Decode(ConstBytes der, std::vector<Problem>* problems) {
  return Decoder(der, problems).Run();
}

Buffer Encode(const Node& node) {
  Buffer content = node.value;
  for (const Node& child : node.children) {
    const Buffer part = Encode(child);
    content.insert(content.end(), part.begin(), part.end());
  }
  if (!node.tagged) { return content; }
  Buffer out;
  PutTag(out, node.tag,
         node.type->kind == Kind::kUnknown ? node.constructed : IsConstructed(node.type->kind));
  PutLength(out, content.size());
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Buffer Encode(const Package& package) {
  Buffer out;
  for (const Node& element : package) {
    const Buffer part = Encode(element);
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

}  // namespace simurgh::offcard::saip
