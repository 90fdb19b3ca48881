#include "offcard/trace/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/tlv.h"
#include "offcard/common/tlv_print.h"
#include "offcard/common/user_error.h"
#include "offcard/trace/file_names.h"

namespace simurgh::offcard::trace {
namespace {

constexpr size_t kDeepest = 6;
constexpr size_t kReadBytes = 255;

/// A directory being walked: where it is for SELECT and how the name table calls it.
struct Directory {
  Buffer aid;             ///< of the application it belongs to; empty: below the MF
  Buffer path;            ///< FIDs from the MF, or from the application (7FFF)
  std::string name;       ///< key of the name table
};

Buffer Plus(const Buffer& path, uint16_t fid) {
  Buffer out = path;
  out.push_back(static_cast<uint8_t>(fid >> 8));
  out.push_back(static_cast<uint8_t>(fid));
  return out;
}

class Walker {
 public:
  Walker(Reader& card, const TreeOptions& options) : card_(card), options_(options) {}

  std::vector<TreeFile> Walk() {
    std::vector<TreeFile> roots;
    const Answer mf = SelectMf();
    if (!mf.ok()) {
      throw UserError(fmt::format("SELECT of the MF failed, {}; the tree is read with class 00",
                                  StatusWords(mf.sw)));
    }
    TreeFile root;
    root.name = "MF";
    root.fid = kMfFid;
    root.fcp = ParseFcp(mf.data).value_or(Fcp{});
    const Directory top{{}, {}, "MF"};
    AddRule(top, top, root);
    Children(top, root, 0);
    roots.push_back(std::move(root));
    for (const Buffer& aid : Applications()) { AddApplication(aid, roots); }
    (void)SelectMf();
    return roots;
  }

 private:
  Answer Send(uint8_t ins, uint8_t p1, uint8_t p2, ConstBytes data, int ne) {
    return ExchangeAll(card_, Command(0x00, ins, p1, p2, data, ne));
  }
  /// Without Le: every card then answers 61xx, or 9000 to P2 0C.
  Answer Select(uint8_t p1, uint8_t p2, ConstBytes data) { return Send(0xA4, p1, p2, data, -1); }
  Answer SelectMf() { return Select(0x00, 0x04, FromHex("3F00")); }

  bool SelectApplication(const Buffer& aid) {
    return aid.empty() || Select(0x04, 0x0C, aid).ok();
  }

  /// SELECT of a file of a directory, by path. The application is the current one already.
  Answer SelectIn(const Directory& d, uint16_t fid) {
    const Buffer whole = Plus(d.path, fid);
    return Select(0x08, 0x04, whole);
  }

  void Found() {
    ++files_;
    if (options_.progress) { options_.progress(files_); }
  }

  std::vector<uint16_t> Candidates(const Directory& d) const {
    std::set<uint16_t> fids;
    for (const KnownFile& f : KnownFiles()) {
      if (f.directory == d.name) { fids.insert(f.fid); }
    }
    // FIDs of directories whose files vary (phonebooks, TS 31.102 4.4.2) and foreign ones.
    const bool phonebook = d.name.ends_with("DF.PHONEBOOK");
    const auto range = [&](uint16_t from, uint16_t to) {
      for (uint32_t fid = from; fid <= to; ++fid) { fids.insert(static_cast<uint16_t>(fid)); }
    };
    if (options_.scan || phonebook) { range(0x4F00, 0x4FFF); }
    if (options_.scan) {
      range(0x2F00, 0x2FFF);
      range(0x5F00, 0x5FFF);
      range(0x6F00, 0x6FFF);
      range(0x7F00, 0x7FFE);
    }
    for (const uint8_t byte : {0x3F, 0x7F}) { fids.erase(static_cast<uint16_t>(byte << 8 | (byte == 0x3F ? 0 : 0xFF))); }
    // EFs first, as people read a directory.
    std::vector<uint16_t> ordered(fids.begin(), fids.end());
    std::stable_partition(ordered.begin(), ordered.end(), [&](uint16_t fid) {
      const KnownFile* known = FindFile(d.name, fid);
      return known != nullptr ? !known->is_directory : !LooksLikeDirectory(fid);
    });
    return ordered;
  }

  void Children(const Directory& d, TreeFile& parent, size_t depth) {
    for (const uint16_t fid : Candidates(d)) {
      const Answer answer = SelectIn(d, fid);
      if (!answer.ok() && answer.sw >> 8 != 0x62) { continue; }
      const std::optional<Fcp> fcp = ParseFcp(answer.data);
      if (!fcp || fcp->fid != fid) { continue; }
      TreeFile file;
      file.fid = fid;
      file.name = NameOf(d.name, fid);
      file.fcp = *fcp;
      Found();
      AddFile(d, file, depth);
      parent.children.push_back(std::move(file));
    }
  }

  void AddFile(const Directory& d, TreeFile& file, size_t depth) {
    const Directory inside{d.aid, Plus(d.path, file.fid), d.name + "/" + file.name};
    if (file.fcp.structure != Structure::kDirectory) {
      if (options_.contents) { Read(d, file); }  // the EF is selected now
      AddRule(d, d, file);
      if (!file.content_note.empty()) { SayWhatIsMissing(file); }
      return;
    }
    AddRule(d, inside, file);
    if (depth < kDeepest) { Children(inside, file, depth + 1); }
  }

  /// EF.DIR, if there is one: objects 4F of all records, and what they are called.
  std::vector<Buffer> Applications() {
    std::vector<Buffer> out;
    const Answer dir = Select(0x08, 0x04, FromHex("2F00"));
    const std::optional<Fcp> fcp = dir.ok() ? ParseFcp(dir.data) : std::nullopt;
    if (!fcp || fcp->record_length == 0) { return out; }
    for (int record = 1; record <= fcp->record_count; ++record) {
      const Answer answer = Send(0xB2, static_cast<uint8_t>(record), 0x04, {}, fcp->record_length);
      if (!answer.ok()) { continue; }
      // Records are filled up with FF behind the template.
      tlv::Reader reader(answer.data);
      const Result<tlv::Object> entry = reader.Next();
      if (!entry.ok() || entry.value().tag != 0x61) { continue; }
      const Result<tlv::Object> aid = tlv::Find(entry.value().value, 0x4F);
      if (aid.ok()) { out.emplace_back(aid.value().value.begin(), aid.value().value.end()); }
    }
    return out;
  }

  void AddApplication(const Buffer& aid, std::vector<TreeFile>& roots) {
    const std::optional<KnownApp> app = FindApp(aid);
    TreeFile root;
    root.name = app ? app->name : "application";
    root.fid = kCurrentAdf;
    root.fcp.aid = aid;
    root.fcp.structure = Structure::kDirectory;
    const Answer answer = Select(0x04, 0x04, aid);
    if (!answer.ok()) {
      root.rule_note = "cannot be selected, " + StatusWords(answer.sw);
      roots.push_back(std::move(root));
      return;
    }
    Found();
    root.fcp = ParseFcp(answer.data).value_or(root.fcp);
    root.fcp.aid = aid;
    const Directory d{aid, FromHex("7FFF"), root.name};
    AddRule(Directory{{}, {}, "MF"}, d, root);
    (void)SelectApplication(aid);
    Children(d, root, 0);
    roots.push_back(std::move(root));
  }

  /// A record of EF.ARR: searched in the directory, then upwards (TS 102 221 9.2.7), then inside.
  std::optional<Buffer> RuleRecord(const Directory& d, const Directory& inside, uint16_t fid, uint8_t record) {
    const std::string key = fmt::format("{}:{}:{:04X}:{}", ToHex(d.aid), ToHex(d.path), fid, record);
    const auto known = rules_.find(key);
    if (known != rules_.end()) { return known->second; }
    std::vector<Buffer> places;
    for (Buffer path = d.path;; path.resize(path.size() - 2)) {
      places.push_back(path);
      if (path.size() < 2) { break; }
    }
    places.push_back(inside.path);
    std::optional<Buffer> out;
    for (const Buffer& path : places) {
      if (!Select(0x08, 0x0C, Plus(path, fid)).ok()) { continue; }
      const Answer answer = Send(0xB2, record, 0x04, {}, 256);
      if (answer.ok()) { out = answer.data; }
      break;
    }
    rules_[key] = out;
    return out;
  }

  void AddRule(const Directory& d, const Directory& inside, TreeFile& file) {
    const bool directory = file.fcp.structure == Structure::kDirectory;
    if (!file.fcp.rule.empty()) {
      file.permissions = ReadRule(file.fcp.rule, directory);
      return;
    }
    if (file.fcp.arr_fid == 0) {
      file.rule_note = "no rule";
      return;
    }
    const std::optional<Buffer> record = RuleRecord(d, inside, file.fcp.arr_fid, file.fcp.arr_record);
    if (record) {
      file.permissions = ReadRule(*record, directory);
    } else {
      file.rule_note = fmt::format("EF.ARR {:04X} record {} cannot be read", file.fcp.arr_fid,
                                   file.fcp.arr_record);
    }
  }

  void Read(const Directory& d, TreeFile& file) {
    const KnownFile* known = FindFile(d.name, file.fid);
    if (known != nullptr && known->secret && !options_.secrets) {
      file.content_hidden = true;
      return;
    }
    switch (file.fcp.structure) {
      case Structure::kTransparent: return ReadBinary(file);
      case Structure::kLinear:
      case Structure::kCyclic: return ReadRecords(file);
      case Structure::kBerTlv: return ReadObjects(file);
      default: file.content_note = "structure not known";
    }
  }

  void ReadBinary(TreeFile& file) {
    const size_t size = file.fcp.size.value_or(0);
    Buffer out;
    while (out.size() < size) {
      const size_t n = std::min(kReadBytes, size - out.size());
      if (out.size() > 0x7FFF) {
        file.content_note = "READ BINARY reaches 32768 bytes";
        break;
      }
      const Answer answer = Send(0xB0, static_cast<uint8_t>(out.size() >> 8), static_cast<uint8_t>(out.size()),
                                 {}, static_cast<int>(n));
      if (!answer.ok() || answer.data.empty()) {
        file.content_note = StatusWords(answer.sw);
        break;
      }
      out.insert(out.end(), answer.data.begin(), answer.data.end());
    }
    if (!out.empty() || file.content_note.empty()) { file.content.push_back(std::move(out)); }
  }

  void ReadRecords(TreeFile& file) {
    for (int record = 1; record <= file.fcp.record_count; ++record) {
      const Answer answer = Send(0xB2, static_cast<uint8_t>(record), 0x04, {}, file.fcp.record_length);
      if (!answer.ok()) {
        file.content_note = StatusWords(answer.sw);
        return;
      }
      file.content.push_back(answer.data);
    }
  }

  /// Tag 5C lists the tags; then each object, the first block and those that follow (TS 102 221 11.3.1).
  void ReadObjects(TreeFile& file) {
    const uint8_t list_tag = 0x5C;
    const Answer list = ExchangeAll(card_, Command(0x80, 0xCB, 0x00, 0x80, ConstBytes(&list_tag, 1), 256));
    const Result<tlv::Object> tags = tlv::Find(list.data, 0x5C);
    if (!list.ok() || !tags.ok()) {
      file.content_note = list.ok() ? "no tag list" : StatusWords(list.sw);
      return;
    }
    ConstBytes rest = tags.value().value;
    while (!rest.empty()) {
      size_t n = 1;
      if ((rest[0] & 0x1F) == 0x1F) {
        while (n < rest.size() && (rest[n] & 0x80) != 0) { ++n; }
        n = std::min(n + 1, rest.size());
      }
      ReadObject(file, rest.first(n));
      rest = rest.subspan(n);
    }
  }

  void ReadObject(TreeFile& file, ConstBytes tag) {
    Answer answer = ExchangeAll(card_, Command(0x80, 0xCB, 0x00, 0x80, tag, 256));
    Buffer whole = answer.data;
    while (answer.sw >> 8 == 0x62 && answer.sw == 0x62F1 && whole.size() < 65536) {  // more data available
      answer = ExchangeAll(card_, Command(0x80, 0xCB, 0x00, 0x00, {}, 256));
      whole.insert(whole.end(), answer.data.begin(), answer.data.end());
    }
    if (whole.empty()) {
      file.content_note = StatusWords(answer.sw);
    } else {
      file.content.push_back(std::move(whole));
    }
  }

  static void SayWhatIsMissing(TreeFile& file) {
    for (const Permission& p : file.permissions) {
      if (p.operation == "read") { file.content_note += "; reading needs: " + p.condition; }
    }
  }

  Reader& card_;
  const TreeOptions& options_;
  size_t files_ = 0;
  std::map<std::string, std::optional<Buffer>> rules_;
};

std::string Headline(const TreeFile& f) {
  std::string out = f.name;
  const std::string fid = fmt::format("{:04X}", f.fid);
  if (f.fid != kCurrentAdf && !f.name.ends_with(fid)) { out += " " + fid; }
  if (!f.fcp.aid.empty()) { out += " AID " + ToHex(f.fcp.aid); }
  if (f.fcp.structure == Structure::kDirectory) {
    if (f.fcp.life_cycle) { out += ", " + LifeCycleWords(*f.fcp.life_cycle); }
  } else {
    out += fmt::format("  {}", StructureName(f.fcp.structure));
    if (f.fcp.record_length != 0) { out += fmt::format(", {} x {} bytes", f.fcp.record_count, f.fcp.record_length); }
    else if (f.fcp.size) { out += fmt::format(", {} bytes", *f.fcp.size); }
    if (f.fcp.sfi && *f.fcp.sfi != 0) { out += fmt::format(", SFI {:02X}", *f.fcp.sfi); }
    if (f.fcp.life_cycle && LifeCycleWords(*f.fcp.life_cycle) != "activated") {
      out += ", " + LifeCycleWords(*f.fcp.life_cycle);
    }
  }
  for (const uint8_t reference : f.fcp.pins) { out += ", " + KeyWords(reference); }
  const std::string rule = f.permissions.empty() ? f.rule_note : RuleWords(f.permissions);
  return rule.empty() ? out : out + "  [" + rule + "]";
}

void AddText(const TreeFile& f, size_t indent, std::string& out) {
  out += fmt::format("{:{}}{}\n", "", indent, Headline(f));
  const size_t inner = indent + 4;
  if (f.content_hidden) { out += fmt::format("{:{}}holds keys, not shown without --secrets\n", "", inner); }
  for (size_t i = 0; i < f.content.size(); ++i) {
    const Buffer& c = f.content[i];
    const bool records = f.fcp.record_length != 0;
    const bool empty = std::all_of(c.begin(), c.end(), [](uint8_t b) { return b == 0xFF; });
    const std::string label = records ? fmt::format("{:3}: ", i + 1) : "";
    out += fmt::format("{:{}}{}{}\n", "", inner, label, empty && !c.empty() ? fmt::format("FF x {}", c.size()) : ToHex(c));
  }
  if (!f.content_note.empty()) { out += fmt::format("{:{}}not read: {}\n", "", inner, f.content_note); }
  for (const TreeFile& child : f.children) { AddText(child, indent + 2, out); }
}

nlohmann::ordered_json ToJson(const TreeFile& f) {
  nlohmann::ordered_json j = {{"name", f.name}, {"fid", fmt::format("{:04X}", f.fid)},
                              {"structure", StructureName(f.fcp.structure)}};
  if (!f.fcp.aid.empty()) { j["aid"] = ToHex(f.fcp.aid); }
  if (f.fcp.size) { j["size"] = *f.fcp.size; }
  if (f.fcp.record_length != 0) {
    j["record_length"] = f.fcp.record_length;
    j["records"] = f.fcp.record_count;
  }
  if (f.fcp.sfi && *f.fcp.sfi != 0) { j["sfi"] = *f.fcp.sfi; }
  if (f.fcp.life_cycle) { j["life_cycle"] = LifeCycleWords(*f.fcp.life_cycle); }
  if (f.fcp.arr_fid != 0) {
    j["rule"] = {{"file", fmt::format("{:04X}", f.fcp.arr_fid)}, {"record", f.fcp.arr_record}};
  }
  for (const Permission& p : f.permissions) { j["access"][p.operation] = p.condition; }
  if (!f.rule_note.empty()) { j["rule_note"] = f.rule_note; }
  for (const uint8_t reference : f.fcp.pins) { j["pins"].push_back(KeyWords(reference)); }
  for (const Buffer& c : f.content) { j["content"].push_back(ToHex(c)); }
  if (f.content_hidden) { j["content_hidden"] = true; }
  if (!f.content_note.empty()) { j["content_note"] = f.content_note; }
  for (const TreeFile& child : f.children) { j["children"].push_back(ToJson(child)); }
  return j;
}

}  // namespace

void VerifyPin(Reader& card, uint8_t reference, const std::string& value, const std::string& option) {
  Buffer bytes;
  if (value.size() == 16 && value.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos) {
    bytes = FromHex(value, option);
  } else if (!value.empty() && value.size() <= 8) {
    bytes.assign(value.begin(), value.end());
    bytes.resize(8, 0xFF);
  } else {
    throw UserError(option + ": expected 1..8 characters or 16 hexadecimal digits");
  }
  const Answer answer = ExchangeAll(card, Command(0x00, 0x20, 0x00, reference, bytes));
  if (answer.ok() || answer.sw == 0x6984) { return; }  // 6984: disabled, there is nothing to verify
  const std::string tries = answer.sw >> 4 == 0x63C ? fmt::format(", {} tries left", answer.sw & 0x0F) : "";
  throw UserError(fmt::format("{}: {} refused, {}{}", option, KeyWords(reference), StatusWords(answer.sw), tries));
}

std::vector<TreeFile> ReadTree(Reader& card, const TreeOptions& options) {
  return Walker(card, options).Walk();
}

std::string TreeText(const std::vector<TreeFile>& roots) {
  std::string out;
  for (const TreeFile& root : roots) { AddText(root, 0, out); }
  return out;
}

std::string TreeJson(const std::vector<TreeFile>& roots) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const TreeFile& root : roots) { out.push_back(ToJson(root)); }
  return out.dump(2);
}

}  // namespace simurgh::offcard::trace
