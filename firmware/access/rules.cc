#include "firmware/access/rules.h"

#include "base/static_vector.h"
#include "base/tlv.h"

namespace simurgh::access {
namespace {

constexpr size_t kDeepestTemplate = 4;
constexpr size_t kDeepestDirectory = 8;
constexpr size_t kMaxRule = 255;  // a record's length

// Tags of security condition data objects (ISO/IEC 7816-4 table 33).
constexpr tlv::Tag kAlways = 0x90;
constexpr tlv::Tag kNever = 0x97;
constexpr tlv::Tag kOr = 0xA0;
constexpr tlv::Tag kAuthentication = 0xA4;
constexpr tlv::Tag kNot = 0xA7;
constexpr tlv::Tag kAnd = 0xAF;

struct Question {
  Satisfied satisfied;
  void* context;
};

// Control reference template: 83 key reference, 95 usage qualifier with the bit for user
// authentication by knowledge (TS 102 221 9.2.6.2).
bool KeyCondition(ConstBytes crt, const Question& ask, bool& understood) {
  uint8_t reference = 0;
  uint8_t usage = 0;
  for (tlv::Reader r(crt); !r.done();) {
    const Result<tlv::Object> o = r.Next();
    if (!o.ok() || o.value().value.size() != 1) {
      understood = false;
      return false;
    }
    if (o.value().tag == 0x83) {
      reference = o.value().value[0];
    } else if (o.value().tag == 0x95) {
      usage = o.value().value[0];
    }
  }
  understood = reference != 0 && (usage & 0x08) != 0;
  return understood && ask.satisfied(ask.context, reference);
}

bool SimpleCondition(const tlv::Object& sc, const Question& ask, bool& understood) {
  understood = sc.tag == kNever || sc.tag == kAuthentication || (sc.tag == kAlways && sc.value.empty());
  if (sc.tag == kAlways) {
    return understood;
  }
  return sc.tag == kAuthentication && KeyCondition(sc.value, ask, understood);
}

bool IsTemplate(tlv::Tag tag) { return tag == kOr || tag == kAnd || tag == kNot; }

// A security condition, which may be a template of templates: walked with a stack of its own.
bool Condition(const tlv::Object& root, const Question& ask) {
  struct Level {
    tlv::Reader rest{ConstBytes{}};
    tlv::Tag kind = 0;
    bool held = false;  // AND, NOT: true until a part fails (holds); OR: false until one holds
    void Take(bool part) {
      held = kind == kOr ? held || part : held && (kind == kNot ? !part : part);
    }
  };
  bool inverted = false;  // inside a NOT, what is not understood must not count as "does not hold"
  StaticVector<Level, kDeepestTemplate> stack;
  tlv::Object sc = root;
  while (true) {
    bool held = false;
    if (IsTemplate(sc.tag)) {
      inverted = inverted || sc.tag == kNot;
      if (sc.value.empty() || !stack.Add({tlv::Reader(sc.value), sc.tag, sc.tag != kOr})) {
        return false;
      }
    } else {
      bool understood = true;
      held = SimpleCondition(sc, ask, understood);
      if (stack.empty() || (inverted && !understood)) {
        return held && understood;
      }
      stack[stack.size() - 1].Take(held);
    }
    while (stack[stack.size() - 1].rest.done()) {
      held = stack[stack.size() - 1].held;
      stack.RemoveAt(stack.size() - 1);
      if (stack.empty()) {
        return held;
      }
      stack[stack.size() - 1].Take(held);
    }
    const Result<tlv::Object> next = stack[stack.size() - 1].rest.Next();
    if (!next.ok()) {
      return false;
    }
    sc = next.value();
  }
}

bool IsAccessMode(tlv::Tag tag) { return tag >= 0x80 && tag <= 0x8F; }

// 80: access mode byte. 81..8F: parts of a command header; the low bits say which, 4 is INS alone.
bool Names(const tlv::Object& am, Access access) {
  if (am.tag == 0x80) {
    return am.value.size() == 1 && (am.value[0] & access.mode) != 0;
  }
  return am.tag == 0x84 && am.value.size() == 1 && access.ins != 0 && am.value[0] == access.ins;
}

struct Where {
  Pins& pins;
  const fs::Selection& selection;
  const Verified& verified;
};

bool AskPins(void* context, uint8_t reference) {
  const Where& w = *static_cast<const Where*>(context);
  return w.pins.Satisfied(w.selection, w.verified, reference);
}

Result<fs::File> FindArr(fs::FileSystem& files, const fs::File& file) {
  fs::File directory;  // what Child needs to know of the file's directory, without reading it
  directory.space = file.space;
  directory.type = fs::Type::kDf;
  directory.content = file.parent;
  Result<fs::File> arr = files.Child(directory, file.arr_fid);
  fs::File below = file;
  for (size_t level = 0; !arr.ok() && arr.error() == Error::kNotFound; ++level) {
    if (level == kDeepestDirectory || below.parent == fs::kMfObject) {
      return Error::kNotFound;
    }
    below = TRY(files.Parent(below));
    directory.content = below.parent;
    arr = files.Child(directory, file.arr_fid);
  }
  return arr;
}

}  // namespace

bool Evaluate(ConstBytes rule, Access access, Satisfied satisfied, void* context) {
  const Question ask{satisfied, context};
  bool named = false;
  tlv::Reader r(rule);
  while (!r.done() && r.rest()[0] != 0xFF && r.rest()[0] != 0x00) {
    const Result<tlv::Object> o = r.Next();
    if (!o.ok()) {
      return false;
    }
    if (IsAccessMode(o.value().tag)) {
      named = Names(o.value(), access);
    } else if (named && o.value().tag == kNever) {
      return false;
    } else if (named && Condition(o.value(), ask)) {
      return true;
    }
  }
  return false;
}

bool EvaluateCompact(ConstBytes rule, Access access) {
  constexpr uint8_t kTable = 0x80;  // proprietary meaning of the other bits
  if (rule.empty() || (rule[0] & kTable) != 0) {
    return false;
  }
  size_t at = 1;
  for (uint8_t bit = 0x40; bit != 0; bit >>= 1) {
    if ((rule[0] & bit) == 0) {
      continue;
    }
    if (at >= rule.size()) {
      return false;
    }
    if ((access.mode & bit) != 0) {
      return rule[at] == 0x00;
    }
    ++at;
  }
  return false;
}

namespace {

bool AllowedByOwnRule(fs::FileSystem& files, const fs::File& file, Access access,
                      Satisfied satisfied, void* context) {
  constexpr uint8_t kCompact = 0x8C;
  uint8_t buffer[1 + fs::kMaxRule];
  const Result<size_t> size = files.OwnRule(file, buffer);
  if (!size.ok() || size.value() < 2) {
    return false;
  }
  const ConstBytes rule = ConstBytes(buffer).subspan(1, size.value() - 1);
  return buffer[0] == kCompact ? EvaluateCompact(rule, access)
                               : Evaluate(rule, access, satisfied, context);
}

}  // namespace

bool Allowed(fs::FileSystem& files, Pins& pins, const fs::Selection& where, const Verified& verified,
             const fs::File& file, Access access) {
  Where context{pins, where, verified};
  return Allowed(files, file, access, AskPins, &context);
}

bool Allowed(fs::FileSystem& files, const fs::File& file, Access access, Satisfied satisfied,
             void* context) {
  if ((file.flags & fs::flag::kOwnRule) != 0) {
    return AllowedByOwnRule(files, file, access, satisfied, context);
  }
  if (file.arr_fid == 0 || file.arr_record == 0) {
    return false;
  }
  const Result<fs::File> arr = FindArr(files, file);
  if (!arr.ok() || arr.value().record_length > kMaxRule) {
    return false;
  }
  uint8_t buffer[kMaxRule];
  const Bytes rule = Bytes(buffer).first(arr.value().record_length);
  if (files.ReadRecord(arr.value(), file.arr_record, rule) != Error::kOk) {
    return false;
  }
  return Evaluate(rule, access, satisfied, context);
}

}  // namespace simurgh::access
