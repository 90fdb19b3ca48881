#include "offcard/common/saip_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace simurgh::offcard::saip {
namespace {

/// Elements that only make sense behind another one, and the service each asks for.
struct ElementRule {
  const char* name;
  const char* after;    ///< nullptr: anywhere behind the header
  const char* service;  ///< nullptr: none
};

// TCA Profile Interoperability 8: order of elements; ServicesList.
constexpr ElementRule kElements[] = {
    {"telecom", "mf", nullptr},
    {"usim", "mf", "usim"},
    {"opt-usim", "usim", nullptr},
    {"phonebook", "usim", nullptr},
    {"gsm-access", "usim", nullptr},
    {"df-5gs", "usim", nullptr},
    {"df-saip", "usim", nullptr},
    {"df-snpn", "usim", nullptr},
    {"df-5gprose", "usim", nullptr},
    {"isim", "mf", "isim"},
    {"opt-isim", "isim", nullptr},
    {"csim", "mf", "csim"},
    {"opt-csim", "csim", nullptr},
    {"cdmaParameter", "csim", nullptr},
    {"eap", "mf", "eap"},
    {"application", nullptr, "javacard"},
};

size_t Number(const Buffer& value) {
  size_t n = 0;
  for (uint8_t b : value) { n = n << 8 | b; }
  return n;
}

class Checker {
 public:
  explicit Checker(const Package& package) : package_(package) {}

  std::vector<Problem> Run() {
    if (package_.empty()) {
      problems_.push_back({true, 0, "", "the package is empty"});
      return std::move(problems_);
    }
    Ends();
    for (const Node& element : package_) {
      ++number_;
      path_ = fmt::format("element {} ({}): ", number_, element.name);
      Identification(element);
      Order(element);
      if (element.name == "header") { Header(element); }
      if (element.name == "pukCodes") { Puks(element); }
      if (element.name == "pinCodes") { Pins(element); }
      if (element.name == "akaParameter") { Aka(element); }
      Template(element);
      Files(element);
      seen_.insert(element.name);
    }
    return std::move(problems_);
  }

 private:
  void Add(const Node& at, const std::string& member, const std::string& what, bool fatal = true) {
    problems_.push_back({fatal, at.offset, path_ + member, what});
  }

  void Ends() {
    for (size_t i = 0; i < package_.size(); ++i) {
      path_ = fmt::format("element {} ({}): ", i + 1, package_[i].name);
      const bool first = i == 0;
      const bool last = i + 1 == package_.size();
      if (first && package_[i].name != "header") {
        Add(package_[i], "", "the first element must be the header");
      }
      if (!first && package_[i].name == "header") { Add(package_[i], "", "a second header"); }
      if (last && package_[i].name != "end") { Add(package_[i], "", "the last element must be end"); }
      if (!last && package_[i].name == "end") { Add(package_[i], "", "elements follow the end"); }
    }
  }

  void Identification(const Node& element) {
    if (element.children.empty() || element.children[0].type->name != "PEHeader") { return; }
    const Node* id = element.children[0].Find("identification");
    if (id == nullptr || id->value.empty() || (id->value[0] & 0x80) != 0) { return; }
    const auto [it, fresh] = identifications_.emplace(id->integer(), number_);
    if (!fresh) {
      Add(*id, element.children[0].name + ".identification",
          fmt::format("{} is taken by element {}", id->integer(), it->second));
    }
  }

  void Order(const Node& element) {
    for (const ElementRule& rule : kElements) {
      if (element.name != rule.name) { continue; }
      if (rule.after != nullptr && !seen_.contains(rule.after)) {
        Add(element, "", fmt::format("needs {} in front of it", rule.after));
      }
      if (rule.service != nullptr) { Needs(element, "", rule.service); }
    }
  }

  /// A feature in use that the header does not ask for: a card without it would not notice in time.
  void Needs(const Node& at, const std::string& member, const std::string& service) {
    if (header_seen_ && !services_.contains(service)) {
      Add(at, member, fmt::format("needs '{}' in eUICC-Mandatory-services of the header", service));
    }
  }

  void Header(const Node& header) {
    header_seen_ = true;
    if (const Node* list = header.Find("eUICC-Mandatory-services")) {
      for (const Node& service : list->children) { services_.insert(service.name); }
    }
    if (const Node* list = header.Find("eUICC-Mandatory-GFSTEList")) {
      for (const Node& oid : list->children) { templates_.insert(oid.value); }
    }
    const Node* iccid = header.Find("iccid");
    if (iccid == nullptr || iccid->value.size() != 10) { return; }
    iccid_ = ToHex(iccid->value);
    std::string digits = iccid_;
    while (digits.ends_with('F')) { digits.pop_back(); }
    if (digits.size() < 18 || digits.find_first_not_of("0123456789") != std::string::npos) {
      Add(*iccid, "iccid", iccid_ + " is not 18..20 decimal digits, padded with F");
      return;
    }
    if (!digits.starts_with("89")) {
      Add(*iccid, "iccid", iccid_ + " does not start with 89 (telecommunication)", false);
    }
    const char check = LuhnDigit(std::string_view(digits).substr(0, digits.size() - 1));
    if (check != digits.back()) {
      Add(*iccid, "iccid", fmt::format("the check digit of {} would be {}", digits, check), false);
    }
  }

  // ---- Codes --------------------------------------------------------------------------------------

  void Tries(const Node& entry, const std::string& member) {
    const Node* tries = entry.Find("maxNumOfAttemps-retryNumLeft");
    if (tries == nullptr || tries->value.empty() || (tries->value[0] & 0x80) != 0) { return; }
    const uint64_t both = tries->integer();
    if ((both >> 4) == 0 || (both & 0xF) > (both >> 4)) {
      Add(*tries, member + ".maxNumOfAttemps-retryNumLeft",
          fmt::format("{} of {} tries left", both & 0xF, both >> 4));
    }
  }

  /// @returns whether `value` is `min`..8 ASCII digits, filled with FF.
  static bool DigitsAndFiller(const Buffer& value, size_t min) {
    size_t digits = 0;
    while (digits < value.size() && value[digits] >= '0' && value[digits] <= '9') { ++digits; }
    return digits >= min && std::all_of(value.begin() + static_cast<long>(digits), value.end(),
                                        [](uint8_t b) { return b == 0xFF; });
  }

  void Puks(const Node& element) {
    const Node* list = element.Find("pukCodes");
    if (list == nullptr) { return; }
    for (size_t i = 0; i < list->children.size(); ++i) {
      const Node& entry = list->children[i];
      const std::string member = fmt::format("pukCodes[{}]", i);
      const Node* key = entry.Find("keyReference");
      if (key != nullptr && !puks_.insert(key->value).second) {
        Add(*key, member + ".keyReference", "defined twice");
      }
      const Node* value = entry.Find("pukValue");
      if (value != nullptr && value->value.size() == 8 && !DigitsAndFiller(value->value, 8)) {
        Add(*value, member + ".pukValue", ToHex(value->value) + " is not eight ASCII digits");
      }
      Tries(entry, member);
    }
  }

  void Pins(const Node& element) {
    const Node* codes = element.Find("pinCodes");
    const Node* list = codes == nullptr ? nullptr : codes->Find("pinconfig");
    if (list == nullptr) { return; }
    std::set<Buffer> defined;
    for (size_t i = 0; i < list->children.size(); ++i) {
      const Node& entry = list->children[i];
      const std::string member = fmt::format("pinCodes.pinconfig[{}]", i);
      const Node* key = entry.Find("keyReference");
      if (key == nullptr || key->value.empty()) { continue; }
      if (!defined.insert(key->value).second) {
        Add(*key, member + ".keyReference", "defined twice in this element");
      }
      const Json name = ValueToJson(*key);
      if (!name.is_string()) { Add(*key, member + ".keyReference", name.dump() + " is no PIN reference"); }
      const Node* value = entry.Find("pinValue");
      const bool adm = name.is_string() && name.get<std::string>().starts_with("adm");
      if (value != nullptr && value->value.size() == 8 && !adm && !DigitsAndFiller(value->value, 4)) {
        Add(*value, member + ".pinValue",
            ToHex(value->value) + " is not 4..8 ASCII digits, padded with FF");
      }
      const Node* puk = entry.Find("unblockingPINReference");
      if (puk != nullptr && !puks_.contains(puk->value)) {
        Add(*puk, member + ".unblockingPINReference", "no such PUK in a pukCodes element before");
      }
      Tries(entry, member);
    }
  }

  void Aka(const Node& element) {
    if (!seen_.contains("usim") && !seen_.contains("isim") && !seen_.contains("iot")) {
      Add(element, "", "needs usim or isim in front of it");
    }
    const Node* configuration = element.Find("algoConfiguration");
    const Node* algo = configuration == nullptr ? nullptr : configuration->Find("algoParameter");
    const Node* id = algo == nullptr ? nullptr : algo->Find("algorithmID");
    const Node* key = algo == nullptr ? nullptr : algo->Find("key");
    const Node* opc = algo == nullptr ? nullptr : algo->Find("opc");
    if (id == nullptr || key == nullptr || opc == nullptr) { return; }
    const std::string where = "algoConfiguration.algoParameter.";
    const Json name = ValueToJson(*id);
    const auto size = [&](const Node& node, const char* member, std::set<size_t> sizes) {
      if (!sizes.contains(node.value.size())) {
        Add(node, where + member, fmt::format("{} bytes do not fit {}", node.value.size(), name.dump()));
      }
    };
    if (name == "milenage") {
      Needs(*id, where + "algorithmID", "milenage");
      size(*key, "key", {16});
      size(*opc, "opc", {16});
    } else if (name == "tuak") {
      Needs(*id, where + "algorithmID", key->value.size() == 32 ? "tuak256" : "tuak128");
      size(*key, "key", {16, 32});
      size(*opc, "opc", {32});
    } else if (name == "usim-test-algorithm") {
      Needs(*id, where + "algorithmID", "usim-test-algorithm");
      size(*key, "key", {16});
    } else {
      Add(*id, where + "algorithmID", name.dump() + " is no algorithm of the definition");
    }
  }

  // ---- Files --------------------------------------------------------------------------------------

  void Template(const Node& element) {
    const Node* oid = element.Find("templateID");
    if (oid == nullptr || !header_seen_ || templates_.contains(oid->value)) { return; }
    Add(*oid, "templateID", ValueToJson(*oid).get<std::string>() +
                                " is not in eUICC-Mandatory-GFSTEList of the header", false);
  }

  void Files(const Node& element) {
    for (const Node& member : element.children) {
      if (member.type->name == "File") { Steps(member, member.name); }
      if (member.name != "fileManagementCMD") { continue; }
      for (size_t i = 0; i < member.children.size(); ++i) {
        Steps(member.children[i], fmt::format("{}[{}]", member.name, i));
      }
    }
  }

  /// Walks FCPs and content of one file, or of a run of file management commands.
  void Steps(const Node& list, const std::string& member) {
    file_ = {};
    for (size_t i = 0; i < list.children.size(); ++i) {
      const Node& step = list.children[i].children[0];
      const std::string where = fmt::format("{}[{}].{}", member, i, step.name);
      if (step.type->name == "Fcp") { FcpStep(step, where); }
      if (step.name == "filePath" && step.value.size() % 2 != 0) {
        Add(step, where, "a path is made of file ids of two bytes");
      }
      if (step.name == "fillFileOffset") { Advance(step, where, Number(step.value)); }
      if (step.name == "fillFileContent") {
        Advance(step, where, step.value.size());
        Content(step, member, where);
      }
    }
  }

  struct File {
    bool sized = false;
    size_t size = 0;
    size_t at = 0;
    bool reported = false;
  };

  void FcpStep(const Node& fcp, const std::string& where) {
    file_ = {};
    const Node* descriptor = fcp.Find("fileDescriptor");
    const Node* size = fcp.Find("efFileSize");
    if (descriptor != nullptr && !descriptor->value.empty() && (descriptor->value[0] & 0x3F) == 0x39) {
      Needs(*descriptor, where + ".fileDescriptor", "ber-tlv");
      return;
    }
    if (size == nullptr) { return; }
    if (size->value.empty() || size->value.size() > 4 || (size->value.size() > 1 && size->value[0] == 0)) {
      Add(*size, where + ".efFileSize", ToHex(size->value) + " is not in the fewest bytes");
      return;
    }
    file_.sized = true;
    file_.size = Number(size->value);
    if (descriptor == nullptr || descriptor->value.size() != 4) { return; }
    const size_t record = static_cast<size_t>(descriptor->value[2]) << 8 | descriptor->value[3];
    if (record == 0 || record > 255 || file_.size % record != 0) {
      Add(*size, where + ".efFileSize",
          fmt::format("{} bytes are not a whole number of records of {}", file_.size, record));
    }
  }

  void Advance(const Node& step, const std::string& where, size_t bytes) {
    file_.at += bytes;
    if (file_.sized && file_.at > file_.size && !file_.reported) {
      file_.reported = true;
      Add(step, where, fmt::format("content reaches byte {}, the file has {}", file_.at, file_.size));
    }
  }

  void Content(const Node& step, const std::string& member, const std::string& where) {
    if (member == "ef-iccid" && !iccid_.empty() && ToHex(SwapNibbles(step.value)) != iccid_) {
      Add(step, where, fmt::format("{} is not the header's iccid {} with swapped digits",
                                   ToHex(step.value), iccid_));
    }
    if (member != "ef-imsi" || step.value.size() != 9) { return; }
    const uint8_t used = step.value[0];
    const std::string nibbles = ToHex(SwapNibbles(ConstBytes(step.value).subspan(1)));
    const size_t digits = used >= 1 && used <= 8 ? 2u * used - ((step.value[1] & 8) != 0 ? 1 : 2) : 0;
    const bool parity = (step.value[1] & 7) == 1;
    if (!parity || digits < 6 || nibbles.substr(1, digits).find_first_not_of("0123456789") != std::string::npos) {
      Add(step, where, ToHex(step.value) + " is not an IMSI (length, parity, digits)");
    }
  }

  const Package& package_;
  std::vector<Problem> problems_;
  std::string path_;
  size_t number_ = 0;
  std::map<uint64_t, size_t> identifications_;
  std::set<std::string> seen_;
  std::set<std::string> services_;
  std::set<Buffer> templates_;
  std::set<Buffer> puks_;
  std::string iccid_;
  bool header_seen_ = false;
  File file_;
};

}  // namespace

std::vector<Problem> Check(const Package& package) {
  std::vector<Problem> problems = Checker(package).Run();
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.offset < b.offset; });
  return problems;
}

}  // namespace simurgh::offcard::saip
