#include "firmware/fs/file_system.h"

#include <algorithm>
#include <array>

#include "base/writer.h"

namespace simurgh::fs {
namespace {

constexpr size_t kDeepest = 8;  // levels of a path (PE-GenericFileManagement, filePath: 8 bytes) and some

using Head = std::array<uint8_t, at::kHeadSize>;

void Encode(const File& f, Head& b) {
  b[at::kType] = static_cast<uint8_t>(f.type);
  b[at::kFlags] = f.flags;
  Put16(b, at::kFid, f.fid);
  Put16(b, at::kObject, f.object);
  Put16(b, at::kParent, f.parent);
  Put16(b, at::kContent, f.content);
  Put16(b, at::kArrFid, f.arr_fid);
  b[at::kArrRecord] = f.arr_record;
  b[at::kLifeCycle] = f.life_cycle;
  b[at::kSfi] = f.sfi;
  b[at::kSpecial] = f.special;
  Put16(b, at::kRecordLength, f.record_length);
  Put16(b, at::kRecordCount, f.record_count);
  Put32(b, at::kSize, f.size);
  b[at::kDescriptorByte] = f.descriptor_byte;
  b[at::kDataCoding] = f.data_coding;
  b[at::kFill] = f.fill;
  b[at::kAidSize] = f.aid_size;
  b[at::kPinCount] = f.pin_count;
}

File Decode(uint16_t space, ConstBytes b) {
  File f;
  f.space = space;
  f.type = static_cast<Type>(b[at::kType]);
  f.flags = b[at::kFlags];
  f.fid = Get16(b, at::kFid);
  f.object = Get16(b, at::kObject);
  f.parent = Get16(b, at::kParent);
  f.content = Get16(b, at::kContent);
  f.arr_fid = Get16(b, at::kArrFid);
  f.arr_record = b[at::kArrRecord];
  f.life_cycle = b[at::kLifeCycle];
  f.sfi = b[at::kSfi];
  f.special = b[at::kSpecial];
  f.record_length = Get16(b, at::kRecordLength);
  f.record_count = Get16(b, at::kRecordCount);
  f.size = Get32(b, at::kSize);
  f.descriptor_byte = b[at::kDescriptorByte];
  f.data_coding = b[at::kDataCoding];
  f.fill = b[at::kFill];
  f.aid_size = b[at::kAidSize];
  f.pin_count = b[at::kPinCount];
  return f;
}

bool Sound(const File& f) {
  return f.object != 0 && f.type != Type::kNone && f.type <= Type::kBerTlv &&
         f.aid_size <= kMaxAid && f.pin_count <= kMaxPinReferences;
}

uint8_t UsualDescriptorByte(Type type) {
  switch (type) {
    case Type::kTransparent: return 0x41;
    case Type::kLinearFixed: return 0x42;
    case Type::kCyclic: return 0x46;
    case Type::kBerTlv: return 0x79;
    default: return 0x78;
  }
}

// A pattern of one byte needs no record of its own, nor does one whose bytes are all the same.
bool Uniform(ConstBytes pattern) {
  return std::all_of(pattern.begin(), pattern.end(), [&](uint8_t b) { return b == pattern[0]; });
}

File FromSpec(uint16_t space, const File& parent, const FileSpec& spec) {
  File f;
  f.space = space;
  f.type = spec.type;
  f.fid = spec.fid;
  f.parent = spec.type == Type::kMf ? kMfObject : parent.content;
  f.life_cycle = static_cast<uint8_t>(spec.life_cycle);
  f.special = spec.special;
  f.descriptor_byte =
      spec.descriptor_byte != 0 ? spec.descriptor_byte : UsualDescriptorByte(spec.type);
  f.data_coding = spec.data_coding;
  f.flags = (spec.has_special ? flag::kHasSpecial : 0) |
            (spec.high_activity ? flag::kHighActivity : 0) |
            (spec.rule_tag != 0 ? flag::kOwnRule : 0);
  f.arr_record = spec.arr_record;
  // The EF.ARR that a reference of one byte means (profile package definitions, Fcp).
  const bool near_mf = f.parent == kMfObject || spec.type == Type::kAdf;
  f.arr_fid = spec.arr_fid != 0 || spec.arr_record == 0 ? spec.arr_fid : near_mf ? 0x2F06 : 0x6F06;
  f.aid_size = static_cast<uint8_t>(spec.aid.size());
  f.pin_count = static_cast<uint8_t>(spec.pin_references.size());
  if (f.record_file()) {
    f.record_length = spec.record_length;
    f.record_count = spec.record_count != 0
                         ? spec.record_count
                         : static_cast<uint16_t>(spec.size / std::max<uint32_t>(1, spec.record_length));
    f.size = static_cast<uint32_t>(f.record_length) * f.record_count;
  } else if (!f.directory()) {
    f.size = spec.size;
    f.record_length = f.type == Type::kBerTlv ? spec.record_length : 0;
  }
  if (!spec.pattern.empty()) {
    f.fill = spec.pattern[0];
    if (!Uniform(spec.pattern)) {
      f.flags |= flag::kPattern | (spec.repeat ? flag::kRepeat : 0);
    }
  }
  return f;
}

}  // namespace

// ---- Finding

Result<File> FileSystem::Load(uint16_t space, uint16_t directory, uint16_t fid) {
  if (space == 0 || fid < kMinFid) {
    return Error::kNotFound;
  }
  Head head;
  if (TRY(store_.Read({space, directory, fid}, 0, head)) != head.size()) {
    return Error::kCorrupt;
  }
  const File file = Decode(space, head);
  if (!Sound(file) || file.fid != fid) {
    return Error::kCorrupt;
  }
  return file;
}

Result<File> FileSystem::Root(uint16_t space) { return Load(space, kMfObject, kMfFid); }

Result<File> FileSystem::Child(const File& directory, uint16_t fid) {
  if (!directory.directory()) {
    return Error::kNotFound;
  }
  return Load(directory.space, directory.content, fid);
}

Result<File> FileSystem::Parent(const File& file) {
  if (file.type == Type::kMf || !file.exists()) {
    return Root(file.space);
  }
  uint8_t location[4];
  if (TRY(store_.Read({file.space, file.parent, part::kLocation}, 0, location)) != 4) {
    return Error::kCorrupt;
  }
  return Load(file.space, Get16(location, 0), Get16(location, 2));
}

Result<File> FileSystem::ByPath(const File& start, ConstBytes path) {
  if (path.size() % 2 != 0) {
    return Error::kFormat;
  }
  File file = start;
  for (size_t i = 0; i < path.size(); i += 2) {
    file = TRY(Child(file, Get16(path, i)));
  }
  return file;
}

Result<File> FileSystem::BySfi(const File& directory, uint8_t sfi) {
  if (sfi < 1 || sfi > 30 || !directory.directory()) {
    return Error::kNotFound;
  }
  uint8_t fid[2];
  if (TRY(store_.Read({directory.space, directory.content, sfi}, 0, fid)) != 2) {
    return Error::kCorrupt;
  }
  return Load(directory.space, directory.content, Get16(fid));
}

Result<File> FileSystem::ByAid(uint16_t space, ConstBytes aid, Occurrence which,
                               const File& current) {
  uint8_t list[store::Store::kMaxValue];
  const size_t size = TRY(store_.Read({space, kMfObject, part::kAids}, 0, list));
  uint16_t found = 0;
  bool passed = !current.exists();  // whether the walk has met the current ADF
  for (size_t i = 0; i + 3 <= size; i += 3u + list[i + 2]) {
    const uint16_t fid = Get16(list, i);
    if (i + 3 + list[i + 2] > size) {
      return Error::kCorrupt;
    }
    const bool is_current = current.exists() && fid == current.fid;
    if (is_current && which == Occurrence::kPrevious) {
      break;
    }
    const ConstBytes name = ConstBytes(list).subspan(i + 3, list[i + 2]);
    const bool match = aid.size() <= name.size() && Equal(name.first(aid.size()), aid);
    if (match && (which != Occurrence::kNext || passed)) {
      found = fid;
      if (which == Occurrence::kFirst || which == Occurrence::kNext) {
        break;
      }
    }
    passed = passed || is_current;
  }
  return found == 0 ? Result<File>(Error::kNotFound) : Load(space, kMfObject, found);
}

Result<size_t> FileSystem::Tail(const File& file, size_t offset, size_t size, Bytes out) {
  if (size == 0) {
    return size_t{0};
  }
  if (out.size() < size) {
    return Error::kFull;
  }
  const store::Key key{file.space, file.parent, file.fid};
  if (TRY(store_.Read(key, at::kHeadSize + offset, out.first(size))) != size) {
    return Error::kCorrupt;
  }
  return size;
}

Result<size_t> FileSystem::Aid(const File& adf, Bytes out) {
  return Tail(adf, 0, adf.aid_size, out);
}

Result<size_t> FileSystem::PinReferences(const File& directory, Bytes out) {
  return Tail(directory, directory.aid_size, directory.pin_count, out);
}

// ---- Making

Error FileSystem::CheckSpec(const File& parent, const FileSpec& spec) {
  const bool mf = spec.type == Type::kMf;
  const bool adf = spec.type == Type::kAdf;
  if (spec.type == Type::kNone || mf != (spec.fid == kMfFid) || mf == parent.exists() ||
      (!mf && !parent.directory()) || (adf && parent.type != Type::kMf) ||
      (adf ? spec.aid.size() < 5 : !spec.aid.empty()) || spec.aid.size() > kMaxAid ||
      spec.pin_references.size() > kMaxPinReferences || spec.pattern.size() > kMaxPattern) {
    return Error::kFormat;
  }
  const bool own_rule = spec.rule_tag != 0;
  if (own_rule == spec.rule.empty() || spec.rule.size() > kMaxRule ||
      (own_rule && (spec.arr_record != 0 || spec.type == Type::kMf))) {
    return Error::kFormat;
  }
  // A child of the MF called 3F00 would be the MF; 7FFF and FFFF mean other things.
  if (spec.fid < kMinFid || spec.fid == kCurrentAdfFid || spec.fid == 0xFFFF) {
    return Error::kRange;
  }
  return Error::kOk;
}

Error FileSystem::LinkTo(const File& parent, const File& target, File& file) {
  if (target.space != file.space || target.directory() != file.directory()) {
    return Error::kFormat;
  }
  if (target.directory()) {  // a directory inside itself would have no end
    File up = parent;
    for (size_t level = 0; up.type != Type::kMf; ++level) {
      if (up.content == target.content || level == kDeepest) {
        return Error::kUnsupported;
      }
      up = TRY(Parent(up));
    }
    if (target.type == Type::kMf) {
      return Error::kUnsupported;
    }
  }
  file.content = target.content;
  file.size = target.size;
  file.record_length = target.record_length;
  file.record_count = target.record_count;
  file.fill = target.fill;
  constexpr uint8_t kOfContent = flag::kPattern | flag::kRepeat;
  file.flags = static_cast<uint8_t>((file.flags & ~kOfContent) | (target.flags & kOfContent) | flag::kLink);
  if (!file.directory()) {
    file.type = target.type;
    file.descriptor_byte = target.descriptor_byte;
    file.data_coding = target.data_coding;
  }
  return Error::kOk;
}

Result<uint16_t> FileSystem::NewObject(uint16_t space) {
  const store::Key key{space, kMfObject, part::kNextObject};
  uint8_t next[2] = {0, kMfObject};
  const Result<size_t> read = store_.Read(key, 0, next);
  if (!read.ok() && read.error() != Error::kNotFound) {
    return read.error();
  }
  const uint16_t object = Get16(next);
  if (object > kMaxObject) {
    return Error::kFull;
  }
  Put16(next, 0, static_cast<uint16_t>(object + 1));
  TRY(store_.Put(key, next));
  return object;
}

Error FileSystem::AddAid(const File& adf, ConstBytes aid) {
  const store::Key key{adf.space, kMfObject, part::kAids};
  uint8_t list[store::Store::kMaxValue];
  const size_t size = store_.Read(key, 0, list).ValueOr(0);
  for (size_t i = 0; i + 3 <= size; i += 3u + list[i + 2]) {
    if (Equal(ConstBytes(list).subspan(i + 3, list[i + 2]), aid)) {
      return Error::kExists;
    }
  }
  Writer out(list);
  static_cast<void>(out.Reserve(size));
  out.Add16(adf.fid);
  out.Add8(static_cast<uint8_t>(aid.size()));
  out.Add(aid);
  return out.overflow() ? Error::kFull : store_.Put(key, out.written());
}

Error FileSystem::AddSfi(const File& parent, File& file, uint8_t wanted) {
  const bool derived = wanted == FileSpec::kSfiFromFid;
  const uint8_t sfi = derived ? file.fid & 0x1F : wanted;
  if (derived && (sfi == 0 || sfi == 31)) {
    return Error::kOk;
  }
  if (sfi > 30) {
    return Error::kFormat;
  }
  // Two files may end in the same five bits: the identifier stays with the one that was first.
  const store::Key key{parent.space, parent.content, sfi};
  if (store_.Has(key)) {
    return derived ? Error::kOk : Error::kExists;
  }
  file.sfi = sfi;
  uint8_t fid[2];
  Put16(fid, 0, file.fid);
  return store_.Put(key, fid);
}

Error FileSystem::AddDirectory(const File& file, const FileSpec& spec) {
  uint8_t location[4];
  Put16(location, 0, file.parent);
  Put16(location, 2, file.fid);
  TRY(store_.Put({file.space, file.object, part::kLocation}, location));
  return file.type == Type::kAdf ? AddAid(file, spec.aid) : Error::kOk;
}

Result<File> FileSystem::Create(uint16_t space, const File& parent, const FileSpec& spec) {
  TRY(CheckSpec(parent, spec));
  File file = FromSpec(space, parent, spec);
  const bool own_sfi = spec.sfi != FileSpec::kNoSfi && spec.sfi != FileSpec::kSfiFromFid;
  if (store_.Has({space, file.parent, file.fid}) ||
      (own_sfi && store_.Has({space, file.parent, spec.sfi}))) {
    return Error::kExists;
  }
  file.object = TRY(NewObject(space));
  file.content = file.object;
  if (spec.link != nullptr) {
    TRY(LinkTo(parent, *spec.link, file));
  } else if (file.type == Type::kBerTlv) {
    if (file.size > kMaxFileSize || (file.size != 0 && file.record_length > file.size)) {
      return Error::kRange;
    }
  } else if (file.ef() && (file.size == 0 || file.size > kMaxFileSize ||
                           (file.record_file() && (file.record_length == 0 || file.record_length > 255 ||
                                                   file.record_count > 254)))) {
    return Error::kRange;
  }
  if (file.directory()) {
    TRY(AddDirectory(file, spec));
  } else if (spec.sfi != FileSpec::kNoSfi) {
    TRY(AddSfi(parent, file, spec.sfi));
  }
  if ((file.flags & flag::kPattern) != 0 && (file.flags & flag::kLink) == 0) {
    TRY(store_.Put({space, file.content, part::kPattern}, spec.pattern));
  }
  if (spec.rule_tag != 0) {
    const uint16_t part = file.directory() ? part::kDirectoryRule : part::kRule;
    TRY(store_.Put({space, file.object, part}, ConstBytes(&spec.rule_tag, 1), spec.rule));
  }
  Head head{};
  Encode(file, head);
  std::array<uint8_t, at::kHeadSize + kMaxAid + kMaxPinReferences> record;
  Writer out(record);
  out.Add(head);
  out.Add(spec.aid);
  out.Add(spec.pin_references);
  TRY(store_.Put({space, file.parent, file.fid}, out.written()));
  return file;
}

/// Writes the descriptor of `file` anew; what follows its head stays.
Error FileSystem::Rewrite(const File& file) {
  std::array<uint8_t, at::kHeadSize + kMaxAid + kMaxPinReferences> record;
  const store::Key key{file.space, file.parent, file.fid};
  const size_t size = TRY(store_.Read(key, 0, record));
  if (size < at::kHeadSize) {
    return Error::kCorrupt;
  }
  Head head{};
  Encode(file, head);
  Copy(record, head);
  return store_.Put(key, ConstBytes(record).first(size));
}

Error FileSystem::SetLifeCycle(File& file, LifeCycle state) {
  File changed = file;
  changed.life_cycle = static_cast<uint8_t>(state);
  TRY(Rewrite(changed));
  file = changed;
  if (file.type == Type::kMf && file.space == space_) {
    terminated_ = file.terminated();
  }
  return Error::kOk;
}

Result<size_t> FileSystem::OwnRule(const File& file, Bytes out) {
  const uint16_t part = file.directory() ? part::kDirectoryRule : part::kRule;
  return store_.Read({file.space, file.object, part}, 0, out);
}

}  // namespace simurgh::fs
