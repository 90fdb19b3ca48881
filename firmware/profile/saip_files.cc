// Files of template elements and of genericFileManagement: descriptors and creation.
#include "firmware/profile/saip_grammar.h"

namespace simurgh::saip {

using rsp::FileKind;
using rsp::Pe;
using rsp::Status;

namespace {

fs::Type TypeOf(FileKind kind) {
  switch (kind) {
    case FileKind::kMf:
      return fs::Type::kMf;
    case FileKind::kDf:
      return fs::Type::kDf;
    case FileKind::kAdf:
      return fs::Type::kAdf;
    case FileKind::kTransparent:
      return fs::Type::kTransparent;
    case FileKind::kLinear:
      return fs::Type::kLinearFixed;
    case FileKind::kCyclic:
      return fs::Type::kCyclic;
    case FileKind::kBerTlv:
      return fs::Type::kBerTlv;
  }
  return fs::Type::kNone;
}

bool IsDirectory(fs::Type t) {
  return t == fs::Type::kMf || t == fs::Type::kDf || t == fs::Type::kAdf;
}
bool HasRecords(fs::Type t) { return t == fs::Type::kLinearFixed || t == fs::Type::kCyclic; }

/// File descriptor byte (ETSI TS 102 221 11.1.1.4.3); kNone for what it does not define.
fs::Type TypeOf(uint8_t descriptor) {
  const uint8_t coding = descriptor & 0xBF;  // without "shareable"
  if (coding == 0x38) {
    return fs::Type::kDf;
  }
  if (coding == 0x39) {
    return fs::Type::kBerTlv;
  }
  if ((coding & 0xB0) != 0) {  // neither a working nor an internal EF
    return fs::Type::kNone;
  }
  switch (coding & 0x07) {
    case 1:
      return fs::Type::kTransparent;
    case 2:
      return fs::Type::kLinearFixed;
    case 6:
      return fs::Type::kCyclic;
    default:
      return fs::Type::kNone;
  }
}

}  // namespace

Error Saip::OnTemplate(ConstBytes value) {
  template_ = rsp::FindTemplate(value);
  if (template_ == nullptr) {
    return Fail(Status::kTemplateNotSupported, Reason::kTemplate, value.back());
  }
  if (template_->pe != pe_) {
    return Bad(Reason::kTemplate, value.back());
  }
  dir_ = adf_;  // templates without a directory of their own extend the application
  top_ = adf_;
  dir_row_ = 0;
  return Error::kOk;
}

// Members come in ascending order; what a "created by default" template leaves out is made now.
Error Saip::BeginFile(uint8_t row) {
  if (row < next_row_) {
    return Bad(Reason::kEncoding, row);
  }
  TRY(CreateDefaults(row));
  next_row_ = static_cast<uint8_t>(row + 1);
  FromRow(row);
  return Error::kOk;
}

Error Saip::CreateDefaults(uint8_t until) {
  for (; next_row_ < until; ++next_row_) {
    const rsp::FileRow& row = template_->rows[next_row_];
    if (row.required) {
      return Bad(Reason::kMissing, next_row_);
    }
    const bool sized = row.size > 0 && (row.records > 0 || !rsp::HasRecords(row.kind));
    if (template_->by_default && sized && row.fill != rsp::Fill::kNone) {
      FromRow(next_row_);
      TRY(Create());
    }
  }
  return Error::kOk;
}

void Saip::FromRow(uint8_t number) {
  const rsp::FileRow& row = template_->rows[number];
  file_ = FileState{};
  file_.row = number;
  file_.fid = row.fid;
  file_.type = TypeOf(row.kind);
  file_.arr_record = row.arr;
  file_.sfi = row.sfi;
  file_.records = row.records;
  if (rsp::HasRecords(row.kind)) {
    file_.record_length = row.size;
  } else {
    file_.size = row.size;
  }
}

// "This flag has no effect for the creation of files in the MF" (module PEDefinitions, File).
Error Saip::OnDoNotCreate(ConstBytes) {
  file_.skipped = pe_ != Pe::kMf;
  return Error::kOk;
}

// One member may hold several files, each begun by its descriptor (DF.TELECOM icons, for example).
Error Saip::BeginFcp() {
  TRY(FlushContent());
  if (template_ == nullptr) {
    file_ = FileState{};
    file_.sfi = fs::FileSpec::kSfiFromFid;
    return Error::kOk;
  }
  const bool skipped = file_.skipped;
  FromRow(file_.row);
  file_.skipped = skipped;
  return Error::kOk;
}

Error Saip::OnDescriptor(ConstBytes value) {
  const fs::Type type = TypeOf(value[0]);
  const bool directory = type == fs::Type::kDf;
  const bool row_is_directory = IsDirectory(file_.type);
  if (type == fs::Type::kNone || (template_ != nullptr && directory != row_is_directory)) {
    return Bad(Reason::kFileType);
  }
  if (!directory || template_ == nullptr) {
    file_.type = type;
  }
  file_.descriptor_byte = value[0];
  file_.data_coding = value[1];
  if (value.size() > 2) {
    file_.record_length = value.size() == 3 ? value[2] : Get16(value, 2);
  }
  return Error::kOk;
}

Error Saip::OnFileId(ConstBytes value) {
  file_.fid = Get16(value);
  return Error::kOk;
}

Error Saip::OnDfName(ConstBytes value) {
  if (template_ == nullptr && file_.type == fs::Type::kDf) {
    file_.type = fs::Type::kAdf;
  }
  Copy(file_.aid, value);
  file_.aid_size = static_cast<uint8_t>(value.size());
  return Error::kOk;
}

Error Saip::OnLifeCycle(ConstBytes value) {
  file_.life_cycle = value[0];
  return Error::kOk;
}

Error Saip::OnAccessRule(ConstBytes value) {
  if (value.size() == 2) {
    return Bad(Reason::kFileParameters);
  }
  file_.arr_fid = value.size() == 3 ? Get16(value) : 0;
  file_.arr_record = value.back();
  return Error::kOk;
}

Error Saip::OnFileSize(ConstBytes value) {
  file_.size = tlv::ReadUint(value).ValueOr(0);
  file_.has_size = true;
  return Error::kOk;
}

Error Saip::OnPinTemplate(ConstBytes value) {
  Copy(file_.references, value);
  file_.references_size = static_cast<uint8_t>(value.size());
  return Error::kOk;
}

Error Saip::OnShortId(ConstBytes value) {
  file_.sfi = value.empty() ? fs::FileSpec::kNoSfi : static_cast<uint8_t>(value[0] >> 3);
  return Error::kOk;
}

Error Saip::OnLinkPath(ConstBytes value) {
  Copy(file_.link, value);
  file_.link_size = static_cast<uint8_t>(value.size());
  return Error::kOk;
}

Error Saip::OnSpecial(ConstBytes value) {
  file_.special = value[0];
  file_.has_special = true;
  return Error::kOk;
}

Error Saip::OnFillPattern(ConstBytes value) { return OnPattern(value, false); }
Error Saip::OnRepeatPattern(ConstBytes value) { return OnPattern(value, true); }

// The value is in `pattern_` already: see Step.
Error Saip::OnPattern(ConstBytes value, bool repeat) {
  if (file_.pattern_size != 0) {
    return Bad(Reason::kFileParameters);  // "only one of the parameters may be present"
  }
  file_.pattern_size = static_cast<uint8_t>(value.size());
  file_.repeat = repeat;
  return Error::kOk;
}

// Maximum file size (ETSI TS 102 221 11.1.1.4.6.7); efFileSize is what is reserved.
Error Saip::OnBerTlvSize(ConstBytes value) {
  file_.maximum = value.empty() ? 0 : tlv::ReadUint(value).ValueOr(0);
  return Error::kOk;
}

Error Saip::OnGfmPath(ConstBytes value) {
  TRY(FlushContent());
  file_ = FileState{};
  ef_ = fs::File{};
  const Result<fs::File> directory = Resolve(value);
  if (!directory.ok() || !directory.value().directory()) {
    return FailFrom(directory.ok() ? Error::kNotFound : directory.error());
  }
  dir_ = directory.value();
  return Error::kOk;
}

// From the MF down; an ADF is named by its temporary file identifier.
Result<fs::File> Saip::Resolve(ConstBytes path) {
  if (path.size() % 2 != 0) {
    return Error::kNotFound;
  }
  fs::File file = TRY(sink_.Root());
  if (path.size() >= 2 && Get16(path) == fs::kMfFid) {
    path = path.subspan(2);
  }
  for (; !path.empty(); path = path.subspan(2)) {
    if (!file.directory()) {
      return Error::kNotFound;
    }
    file = TRY(sink_.Child(file, Get16(path)));
  }
  return file;
}

/// Sizes and life cycle, as the descriptor or else the row says them.
Error Saip::CheckSpec(fs::FileSpec& spec) {
  constexpr uint8_t kStates[] = {0x01, 0x03, 0x04, 0x05, 0x0C};
  if (std::find(std::begin(kStates), std::end(kStates), file_.life_cycle) == std::end(kStates)) {
    return Bad(Reason::kFileParameters);
  }
  spec.life_cycle = static_cast<fs::LifeCycle>(file_.life_cycle);
  const bool adf = file_.type == fs::Type::kAdf;
  if (file_.type == fs::Type::kNone || file_.fid == 0 || adf != (file_.aid_size != 0)) {
    return Bad(Reason::kFileParameters);
  }
  if (IsDirectory(file_.type)) {
    return file_.pattern_size == 0 ? Error::kOk : Bad(Reason::kFileParameters);
  }
  if (file_.link_size > 0) {
    return Error::kOk;  // sizes are those of the target
  }
  if (HasRecords(file_.type)) {
    const uint32_t length = file_.record_length;
    if (!file_.has_size) {
      file_.size = length * file_.records;
    }
    if (length == 0 || file_.size == 0 || file_.size % length != 0 || file_.size / length > 254) {
      return Bad(Reason::kFileParameters);
    }
    spec.record_length = file_.record_length;
    spec.record_count = static_cast<uint16_t>(file_.size / length);
  }
  if (file_.type == fs::Type::kBerTlv) {
    spec.size = file_.maximum;
    spec.record_length = static_cast<uint16_t>(file_.size);
    const bool fits = file_.size <= fs::kMaxFileSize && file_.maximum <= fs::kMaxFileSize &&
                      (file_.maximum == 0 || file_.size <= file_.maximum);
    return fits && file_.pattern_size == 0 ? Error::kOk : Bad(Reason::kFileParameters);
  }
  spec.size = file_.size;
  return file_.size == 0 || file_.size > fs::kMaxFileSize ? Bad(Reason::kFileParameters)
                                                          : Error::kOk;
}

Error Saip::Create() {
  if (file_.skipped) {
    return Error::kOk;
  }
  fs::FileSpec spec;
  TRY(CheckSpec(spec));
  spec.type = file_.type;
  spec.fid = file_.fid;
  spec.descriptor_byte = file_.descriptor_byte;
  spec.data_coding = file_.data_coding;
  spec.sfi = IsDirectory(file_.type) ? fs::FileSpec::kNoSfi : file_.sfi;
  spec.arr_fid = file_.arr_fid;
  spec.arr_record = file_.arr_record;
  spec.special = file_.special;
  spec.has_special = file_.has_special;
  spec.high_activity = (file_.special & 0x80) != 0;  // ETSI TS 102 222 6.3.2.2.2
  spec.aid = ConstBytes(file_.aid).first(file_.aid_size);
  spec.pin_references = ConstBytes(file_.references).first(file_.references_size);
  fs::File target;
  if (file_.link_size > 0) {
    const Result<fs::File> found = Resolve(ConstBytes(file_.link).first(file_.link_size));
    if (!found.ok()) {
      return FailFrom(found.error());
    }
    target = found.value();
    if (target.directory() != IsDirectory(file_.type)) {
      return Bad(Reason::kPath);
    }
    spec.link = &target;
  } else if (!IsDirectory(file_.type) && file_.type != fs::Type::kBerTlv) {
    const rsp::Pattern pattern = ExpandDefault();
    spec.pattern = pattern.bytes;
    spec.repeat = pattern.repeat;
  }
  fs::File parent;
  TRY(FindParent(parent));
  const Result<fs::File> made = sink_.Create(parent, spec);
  if (!made.ok()) {
    return FailFrom(made.error(), Reason::kStorage);
  }
  AfterCreate(made.value());
  return Error::kOk;
}

/// Where the file under way belongs. In a template, files follow the directory they are in.
Error Saip::FindParent(fs::File& parent) {
  if (template_ == nullptr) {
    if (!dir_.exists()) {
      const Result<fs::File> root = sink_.Root();
      if (!root.ok()) {
        return FailFrom(root.error());
      }
      dir_ = root.value();
    }
    parent = dir_;
    return Error::kOk;
  }
  if (file_.type == fs::Type::kMf) {
    return Error::kOk;
  }
  const bool directory = IsDirectory(file_.type);
  if (directory && file_.row == 0) {
    if (template_->base == rsp::Base::kApplication) {
      parent = adf_;
      return Error::kOk;
    }
    const Result<fs::File> root = sink_.Root();
    parent = root.ok() ? root.value() : fs::File{};
    return root.ok() ? Error::kOk : FailFrom(root.error());
  }
  uint8_t row = directory ? 0 : file_.row;
  while (row > 0 && !rsp::IsDirectory(template_->rows[row].kind)) {
    --row;
  }
  if (row !=
      dir_row_) {  // the element does not make this directory: it exists already, or not at all
    if (row == 0) {
      dir_ = top_;
    } else {
      const Result<fs::File> found = sink_.Child(top_, template_->rows[row].fid);
      if (!found.ok()) {
        return FailFrom(found.error());
      }
      dir_ = found.value();
    }
    dir_row_ = row;
  }
  parent = dir_;
  return Error::kOk;
}

void Saip::AfterCreate(const fs::File& file) {
  file_.created = true;
  file_position_ = 0;
  buffer_size_ = 0;
  object_tag_ = 0;
  if (!file.directory()) {
    ef_ = file;
    return;
  }
  ef_ = fs::File{};
  has_mf_ = has_mf_ || file.type == fs::Type::kMf;
  if (file.type == fs::Type::kAdf) {
    adf_ = file;
    adf_pe_ = pe_;
  }
  if (template_ == nullptr) {
    pin_dir_ = file;
    return;
  }
  dir_ = file;
  dir_row_ = file_.row;
  if (file_.row == 0) {
    top_ = file;
    pin_dir_ = file;
  }
}

Error Saip::EndFile() {
  if (template_ != nullptr && !file_.created) {
    TRY(Create());
  }
  TRY(FlushContent());
  file_ = FileState{};
  ef_ = fs::File{};
  return Error::kOk;
}

}  // namespace simurgh::saip
