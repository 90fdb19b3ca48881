// CREATE, DELETE and RESIZE FILE (TS 102 222 6.3, 6.4, 6.10). They run without a transaction of the
// dispatcher: what they delete may be more than one takes, see firmware/fs/change.cc.
#include "base/tlv.h"
#include "firmware/apps/uicc/handlers.h"
#include "firmware/apps/uicc/uicc.h"

namespace simurgh::apps {
namespace {

using apdu::Command;
using apdu::Sw;
using fs::File;
using fs::FileSpec;
using fs::Type;

constexpr Sw kNameExists = static_cast<Sw>(0x6A8A);  // ISO/IEC 7816-4 table 6
constexpr size_t kDeepest = 8;

/// The FCP of a command, as far as it was given.
struct Fcp {
  FileSpec spec;
  uint8_t references[fs::kMaxPinReferences];
  bool has_size = false;
  bool has_maximum = false;
  bool has_rule = false;
  uint32_t size = 0;     ///< tag 80: bytes; BER-TLV: reserved
  uint32_t maximum = 0;  ///< tag 86 in A5, BER-TLV
};

Error ReadDescriptor(ConstBytes v, FileSpec& spec) {
  if (v.size() < 2 || v.size() > 5) {
    return Error::kFormat;
  }
  spec.type = fs::TypeOf(v[0]);
  spec.descriptor_byte = v[0];
  spec.data_coding = v[1];
  const bool records = spec.type == Type::kLinearFixed || spec.type == Type::kCyclic;
  if (spec.type == Type::kNone || records != (v.size() > 2) || v.size() == 3) {
    return Error::kFormat;
  }
  spec.record_length = records ? Get16(v, 2) : 0;
  spec.record_count = v.size() == 5 ? v[4] : 0;
  return Error::kOk;
}

// 8B (TS 102 221 9.2.7): record of the EF.ARR near by; FID and record; FID and pairs of security
// environment and record, of which environment 01 is what this card works in.
Error ReadReference(ConstBytes v, FileSpec& spec) {
  if (v.size() == 1 || v.size() == 3) {
    spec.arr_fid = v.size() == 3 ? Get16(v) : 0;
    spec.arr_record = v.back();
    return spec.arr_record == 0 ? Error::kFormat : Error::kOk;
  }
  if (v.size() < 4 || v.size() % 2 != 0) {
    return Error::kFormat;
  }
  spec.arr_fid = Get16(v);
  for (size_t i = v.size() - 2; i >= 2; i -= 2) {
    if (v[i] == 0x01 || i == 2) {
      spec.arr_record = v[i + 1];
      break;
    }
  }
  return spec.arr_record == 0 ? Error::kFormat : Error::kOk;
}

// C6 (TS 102 221 11.1.1.4.10): key references of the PIN status template.
Error ReadPinStatus(ConstBytes v, Fcp& fcp) {
  size_t count = 0;
  for (tlv::Reader r(v); !r.done();) {
    const tlv::Object o = TRY(r.Next());
    if (o.tag != 0x83) {
      continue;
    }
    if (o.value.size() != 1 || count == fs::kMaxPinReferences ||
        !access::IsReference(o.value[0])) {
      return Error::kFormat;
    }
    fcp.references[count++] = o.value[0];
  }
  fcp.spec.pin_references = ConstBytes(fcp.references).first(count);
  return Error::kOk;
}

// A5: C0 special file information, C1 fill and C2 repeat pattern (TS 102 222 6.3.2.2.2); 85 reserved
// and 86 maximum file size of BER-TLV files.
Error ReadProprietary(ConstBytes v, Fcp& fcp) {
  for (tlv::Reader r(v); !r.done();) {
    const tlv::Object o = TRY(r.Next());
    if (o.tag == 0xC0) {
      fcp.spec.special = TRY(tlv::Exactly(o.value, 1))[0];
      fcp.spec.has_special = true;
      fcp.spec.high_activity = (fcp.spec.special & 0x80) != 0;
    } else if (o.tag == 0xC1 || o.tag == 0xC2) {
      if (o.value.empty() || !fcp.spec.pattern.empty()) {
        return Error::kFormat;
      }
      fcp.spec.pattern = o.value;
      fcp.spec.repeat = o.tag == 0xC2;
    } else if (o.tag == 0x86) {
      fcp.maximum = TRY(tlv::ReadUint(o.value));
      fcp.has_maximum = true;
    } else if (o.tag == 0x85 && !fcp.has_size) {
      fcp.size = TRY(tlv::ReadUint(o.value));
      fcp.has_size = true;
    }
  }
  return Error::kOk;
}

Error ReadLifeCycle(ConstBytes v, FileSpec& spec) {
  const uint8_t state = TRY(tlv::Exactly(v, 1))[0];
  spec.life_cycle = static_cast<fs::LifeCycle>(state);
  return state == 0x01 || state == 0x03 || state == 0x04 || state == 0x05 ? Error::kOk
                                                                         : Error::kFormat;
}

Error ReadItem(const tlv::Object& o, Fcp& fcp) {
  FileSpec& spec = fcp.spec;
  switch (o.tag) {
    case 0x80:
      fcp.size = TRY(tlv::ReadUint(o.value));
      fcp.has_size = true;
      return Error::kOk;
    case 0x82:
      return ReadDescriptor(o.value, spec);
    case 0x83:
      spec.fid = Get16(TRY(tlv::Exactly(o.value, 2)));
      return Error::kOk;
    case 0x84:
      spec.aid = o.value;
      return o.value.empty() ? Error::kFormat : Error::kOk;
    case 0x88:
      if (o.value.size() > 1 || (o.value.size() == 1 && (o.value[0] & 7) != 0)) {
        return Error::kFormat;
      }
      spec.sfi = o.value.empty() ? FileSpec::kNoSfi : static_cast<uint8_t>(o.value[0] >> 3);
      return Error::kOk;
    case 0x8A:
      return ReadLifeCycle(o.value, spec);
    case 0x8B:
    case 0x8C:
    case 0xAB:
      if (fcp.has_rule) {
        return Error::kFormat;
      }
      fcp.has_rule = true;
      if (o.tag == 0x8B) {
        return ReadReference(o.value, spec);
      }
      spec.rule_tag = static_cast<uint8_t>(o.tag);
      spec.rule = o.value;
      return Error::kOk;
    case 0xA5:
      return ReadProprietary(o.value, fcp);
    case 0xC6:
      return ReadPinStatus(o.value, fcp);
    default:
      return Error::kOk;  // 81, total file size, among them: nothing is set aside for directories
  }
}

Error ReadFcp(ConstBytes data, Fcp& fcp) {
  fcp.spec.sfi = FileSpec::kSfiFromFid;
  tlv::Reader whole(data);
  const tlv::Object fcp_template = TRY(whole.Next());
  if (fcp_template.tag != 0x62 || !whole.done()) {
    return Error::kFormat;
  }
  for (tlv::Reader r(fcp_template.value); !r.done();) {
    TRY(ReadItem(TRY(r.Next()), fcp));
  }
  return fcp.spec.fid == 0 ? Error::kFormat : Error::kOk;
}

// What kind of file it is, and that the sizes fit that kind.
Error CompleteSpec(Fcp& fcp) {
  FileSpec& spec = fcp.spec;
  if (!fcp.has_rule || spec.type == Type::kNone) {
    return Error::kFormat;
  }
  if (spec.type == Type::kDf) {
    spec.type = spec.aid.empty() ? Type::kDf : Type::kAdf;
    spec.sfi = FileSpec::kNoSfi;
    return fcp.has_size || !spec.pattern.empty() ? Error::kFormat : Error::kOk;
  }
  if (!fcp.has_size || !spec.aid.empty() || !spec.pin_references.empty()) {
    return Error::kFormat;
  }
  if (spec.type == Type::kBerTlv) {
    if (fcp.size > fs::kMaxFileSize || !spec.pattern.empty()) {
      return Error::kFormat;
    }
    spec.record_length = static_cast<uint16_t>(fcp.size);
    spec.size = fcp.maximum;
    return Error::kOk;
  }
  spec.size = fcp.size;
  if (spec.type == Type::kTransparent) {
    return Error::kOk;
  }
  const uint32_t length = spec.record_length;
  if (length == 0 || fcp.size % length != 0 || fcp.size / length > 254 ||
      (spec.record_count != 0 && spec.record_count != fcp.size / length)) {
    return Error::kFormat;
  }
  spec.record_count = static_cast<uint16_t>(fcp.size / length);
  return Error::kOk;
}

Sw CreateSw(Error error, const FileSpec& spec) {
  if (error == Error::kRange || error == Error::kUnsupported) {
    return Sw::kWrongData;
  }
  return error == Error::kExists && spec.type == Type::kAdf ? kNameExists : apdu::ToSw(error);
}

Result<File> Create(Session& session, const File& directory, const FileSpec& spec) {
  TRY(session.files.Collect(directory.space));
  const uint32_t bytes = spec.type == Type::kBerTlv ? spec.record_length : spec.size;
  if (bytes > session.store.FreeBytes(config::kFileChunk)) {
    return Error::kFull;
  }
  store::Transaction transaction(session.store);
  const File file = TRY(session.files.Create(directory.space, directory, spec));
  TRY(transaction.Commit());
  return file;
}

/// The file that DELETE FILE names: in the current directory, or that directory itself.
Result<File> FindToDelete(Session& session, uint16_t fid) {
  const File& dir = session.channel.selection.dir;
  const Result<File> child = session.files.Child(dir, fid);
  if (child.ok() || child.error() != Error::kNotFound || dir.fid != fid) {
    return child;
  }
  return dir;
}

/// Whether `below` is `file` or somewhere in it.
Result<bool> Within(Session& session, const File& below, const File& file) {
  File at = below;
  for (size_t level = 0; at.exists() && level <= kDeepest; ++level) {
    if (at.SameAs(file)) {
      return true;
    }
    if (at.type == Type::kMf) {
      return false;
    }
    at = TRY(session.files.Parent(at));
  }
  return false;
}

Result<bool> UsedElsewhere(Session& session, const File& file) {
  for (const Channel& other : session.channels) {
    if (!other.open || other.number == session.channel.number) {
      continue;
    }
    const fs::Selection& at = other.selection;
    if ((at.ef.exists() && at.ef.SameAs(file)) || TRY(Within(session, at.dir, file)) ||
        TRY(Within(session, at.adf, file))) {
      return true;
    }
  }
  return false;
}

/// Removes the file; this channel then stands in the directory above, when it stood in it.
Error Remove(Session& session, const File& file) {
  fs::Selection& at = session.channel.selection;
  const bool inside = file.directory() && TRY(Within(session, at.dir, file));
  const File parent = TRY(session.files.Parent(file));
  TRY(session.files.Remove(file));
  if (inside) {
    at.SetDirectory(parent);
  }
  if (at.adf.exists() && at.adf.SameAs(file)) {
    LeaveApplication(session);
    at.adf = File{};
  }
  if (at.ef.exists() && at.ef.SameAs(file)) {
    at.SetEf(File{});
  }
  return Error::kOk;
}

Error NewSize(Session& session, File& file, const Fcp& fcp, bool may_empty) {
  if (file.type != Type::kBerTlv) {
    return fcp.has_size && !fcp.has_maximum ? session.files.Resize(file, fcp.size)
                                            : Error::kFormat;
  }
  const uint32_t reserved = fcp.has_size ? fcp.size : file.record_length;
  const uint32_t maximum = fcp.has_maximum ? fcp.maximum : file.size;
  if (reserved > fs::kMaxFileSize || (!fcp.has_size && !fcp.has_maximum)) {
    return Error::kFormat;
  }
  if (may_empty && maximum != 0 && TRY(session.files.ObjectBytes(file)) > maximum) {
    TRY(session.files.DropAllObjects(file));
    TRY(session.files.SweepObjects(file));
  }
  return session.files.Resize(file, maximum, static_cast<uint16_t>(reserved));
}

}  // namespace

bool Permitted(Session& session, const File& file, access::Access access) {
  return access::Allowed(session.files, session.pins, session.channel.selection,
                         session.channel.verified, file, access);
}

void RefreshSelections(Session& session, const File& file) {
  for (Channel& channel : session.channels) {
    for (File* selected : {&channel.selection.dir, &channel.selection.ef, &channel.selection.adf}) {
      if (selected->exists() && selected->SameAs(file)) {
        *selected = file;
      }
    }
  }
}

Sw CreateFile(Session& session, const Command& command, Writer&) {
  fs::Selection& at = session.channel.selection;
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  Fcp fcp;
  Error error = ReadFcp(command.data, fcp);
  error = error == Error::kOk ? CompleteSpec(fcp) : error;
  if (error != Error::kOk) {
    return Sw::kWrongData;
  }
  if (session.files.terminated() || !at.dir.exists() || !at.dir.active()) {
    return Sw::kConditionsNotSatisfied;
  }
  const bool directory = fcp.spec.type == Type::kDf || fcp.spec.type == Type::kAdf;
  if (!Permitted(session, at.dir, directory ? access::kCreateDf : access::kCreateEf)) {
    return Sw::kSecurityNotSatisfied;
  }
  if (session.files.Child(at.dir, fcp.spec.fid).ok()) {
    return Sw::kFileExists;
  }
  const Result<File> made = Create(session, at.dir, fcp.spec);
  if (!made.ok()) {
    return CreateSw(made.error(), fcp.spec);
  }
  if (made.value().type == Type::kAdf) {
    LeaveApplication(session);
  }
  if (directory) {
    at.SetDirectory(made.value());
  } else {
    at.SetEf(made.value());
  }
  return Sw::kOk;
}

Sw DeleteFile(Session& session, const Command& command, Writer&) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (command.data.size() != 2) {
    return Sw::kWrongLength;
  }
  const Result<File> found = FindToDelete(session, Get16(command.data));
  if (!found.ok()) {
    return FileSw(found.error());
  }
  const File file = found.value();
  if (file.type == Type::kMf || session.files.terminated()) {
    return Sw::kConditionsNotSatisfied;
  }
  // "Delete self" of the file, and not "delete child" of its directory: that is the bit which means
  // "read" in an EF's rule, and profiles give directories and EFs the same records of EF.ARR.
  if (!Permitted(session, file, access::kDelete)) {
    return Sw::kSecurityNotSatisfied;
  }
  const Result<bool> used = UsedElsewhere(session, file);
  if (!used.ok() || used.value()) {
    return used.ok() ? Sw::kConditionsNotSatisfied : apdu::ToSw(used.error());
  }
  const Error error = Remove(session, file);
  return error == Error::kOk ? Sw::kOk : apdu::ToSw(error);
}

// P1: 00 nothing is lost (mode 0); 01 a BER-TLV file that becomes too small is emptied (mode 1).
Sw ResizeFile(Session& session, const Command& command, Writer&) {
  fs::Selection& at = session.channel.selection;
  if (command.p1 > 1 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  Fcp fcp;
  if (ReadFcp(command.data, fcp) != Error::kOk) {
    return Sw::kWrongData;
  }
  const Result<File> found = session.files.Child(at.dir, fcp.spec.fid);
  if (!found.ok()) {
    return FileSw(found.error());
  }
  File file = found.value();
  if (file.terminated() || session.files.terminated()) {
    return Sw::kConditionsNotSatisfied;
  }
  if (!file.active()) {
    return Sw::kDataInvalidated;
  }
  if (!Permitted(session, file, access::kResize)) {
    return Sw::kSecurityNotSatisfied;
  }
  const Error error = NewSize(session, file, fcp, command.p1 == 1);
  if (error == Error::kUnsupported) {
    return Sw::kCommandIncompatible;
  }
  if (error != Error::kOk) {
    return error == Error::kRange ? Sw::kWrongData : apdu::ToSw(error);
  }
  RefreshSelections(session, file);
  at.SetEf(file);
  return Sw::kOk;
}

}  // namespace simurgh::apps
