#include "offcard/common/profile_builder.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <set>

#include "offcard/common/profile_files.h"
#include "offcard/common/sim_coding.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard::saip {
namespace {

// Applications of the profile (TS 31.101 8.2 RID and application codes; the rest is free), and the
// temporary file ids by which elements refer to them.
constexpr char kUsimAid[] = "A0000000871002FFFFFFFF8903020000";
constexpr char kIsimAid[] = "A0000000871004FFFFFFFF8903020000";
constexpr char kUsimFid[] = "7FD0";
constexpr char kIsimFid[] = "7FD1";

constexpr const char* kMembers[] = {
    "iccid", "imsi", "algorithm", "k", "opc", "op", "mncDigits", "profileType", "msisdn", "spn",
    "smsc", "languages", "emergency", "pin1", "pin1Enabled", "puk1", "pin2", "puk2", "adm1",
    "phonebook", "phonebookSize", "isim", "algorithmOptions", "comment"};

std::string Template(const char* number) { return std::string("2.23.143.1.2.") + number; }

// ---- The description ----------------------------------------------------------------------------

struct Subscriber {
  explicit Subscriber(const Json& json) : json_(json) {
    static const std::set<std::string> known(std::begin(kMembers), std::end(kMembers));
    for (const auto& [key, value] : json.items()) {
      if (!known.contains(key)) {
        std::string all;
        for (const char* name : kMembers) { all += (all.empty() ? "" : ", ") + std::string(name); }
        throw UserError(fmt::format("'{}' is not part of a description; known are: {}", key, all));
      }
    }
    iccid = Iccid(Text("iccid"));
    imsi = Digits("imsi", 6, 15);
    mnc_digits = static_cast<int>(Number("mncDigits", 2, 2, 3));
    xor_algorithm = Algorithm();
    k = Key("k", "");
    opc = xor_algorithm ? Buffer(16, 0) : Opc();
  }

  std::string Text(const char* name, const char* otherwise = nullptr) const {
    if (!json_.contains(name)) {
      if (otherwise != nullptr) { return otherwise; }
      throw UserError(fmt::format("{}: missing", name));
    }
    if (!json_[name].is_string()) {
      throw UserError(fmt::format("{}: expected a text in quotes", name));
    }
    return json_[name].get<std::string>();
  }

  std::string Digits(const char* name, size_t min, size_t max, const char* otherwise = nullptr) const {
    const std::string text = Text(name, otherwise);
    if (text.size() < min || text.size() > max ||
        !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      throw UserError(fmt::format("{}: '{}' is not {}..{} decimal digits", name, text, min, max));
    }
    return text;
  }

  uint64_t Number(const char* name, uint64_t otherwise, uint64_t min, uint64_t max) const {
    if (!json_.contains(name)) { return otherwise; }
    const Json& value = json_[name];
    if (!value.is_number_integer() || value < 0 || value.get<uint64_t>() < min || value.get<uint64_t>() > max) {
      throw UserError(fmt::format("{}: expected a number {}..{}", name, min, max));
    }
    return value.get<uint64_t>();
  }

  bool Flag(const char* name) const {
    if (!json_.contains(name)) { return false; }
    if (!json_[name].is_boolean()) { throw UserError(fmt::format("{}: expected true or false", name)); }
    return json_[name].get<bool>();
  }

  const Json& List(const char* name) const {
    static const Json kEmpty = Json::array();
    if (!json_.contains(name)) { return kEmpty; }
    if (!json_[name].is_array()) { throw UserError(fmt::format("{}: expected a list [...]", name)); }
    return json_[name];
  }

  bool Has(const char* name) const { return json_.contains(name); }

  /// PIN and PUK values: ASCII digits, FF to eight bytes (TS 102 221 9.5.1).
  std::string Pin(const char* name, const char* otherwise, size_t min) const {
    const std::string digits = Digits(name, min, 8, otherwise);
    Buffer value(digits.begin(), digits.end());
    value.resize(8, 0xFF);
    return ToHex(value);
  }

  /// Eight characters, or sixteen hexadecimal digits.
  std::string Adm() const {
    const std::string text = Text("adm1", "00000000");
    if (text.size() == 8) { return ToHex(Buffer(text.begin(), text.end())); }
    const Buffer value = FromHex(text, "adm1");
    if (value.size() != 8) {
      throw UserError("adm1: expected 8 characters or 16 hexadecimal digits");
    }
    return ToHex(value);
  }

  std::string iccid;  ///< digits, 19 or 20
  std::string imsi;
  int mnc_digits = 2;
  bool xor_algorithm = false;
  Buffer k;
  Buffer opc;

 private:
  std::string Iccid(const std::string& text) const {
    std::string digits = Digits("iccid", 18, 20);
    if (text.size() == 18) { return digits + LuhnDigit(digits); }
    const char check = LuhnDigit(std::string_view(digits).substr(0, digits.size() - 1));
    if (digits.back() != check) {
      throw UserError(fmt::format("iccid: the last digit of {} is a check digit and should be {}",
                                  digits, check));
    }
    return digits;
  }

  bool Algorithm() const {
    const std::string name = Text("algorithm", "milenage");
    if (name != "milenage" && name != "xor") {
      throw UserError(fmt::format("algorithm: '{}' is not 'milenage' or 'xor'", name));
    }
    return name == "xor";
  }

  Buffer Key(const char* name, const char* otherwise) const {
    const std::string text = Text(name, *otherwise == 0 ? nullptr : otherwise);
    Buffer key = FromHex(text, name);
    if (key.size() != 16) {
      throw UserError(fmt::format("{}: {} bytes, 16 expected (32 hexadecimal digits)", name,
                                  key.size()));
    }
    return key;
  }

  /// OPc = E_K(OP) xor OP (TS 35.206 4.1).
  Buffer Opc() const {
    if (Has("opc") == Has("op")) {
      throw UserError("opc: give either opc or op (milenage needs one of them)");
    }
    if (Has("opc")) { return Key("opc", ""); }
    const Buffer op = Key("op", "");
    Buffer out(32);
    int size = 0;
    EVP_CIPHER_CTX* ctx = EVP_CIPHER_CTX_new();
    const bool done = ctx != nullptr &&
                      EVP_EncryptInit_ex(ctx, EVP_aes_128_ecb(), nullptr, k.data(), nullptr) == 1 &&
                      EVP_EncryptUpdate(ctx, out.data(), &size, op.data(), 16) == 1;
    EVP_CIPHER_CTX_free(ctx);
    if (!done || size != 16) { throw UserError("op: AES is not available in this OpenSSL"); }
    out.resize(16);
    for (size_t i = 0; i < 16; ++i) { out[i] ^= op[i]; }
    return out;
  }

  const Json& json_;
};

/// Writes the elements and numbers them.
class Writer {
 public:
  explicit Writer(const Subscriber& s) : s_(s), isim_(s.Flag("isim")) {}

  Json Run() {
    Header();
    Mf();
    Pins();
    Telecom();
    Usim();
    OptUsim();
    LocalPin();
    Aka();
    if (isim_) {
      Isim();
      LocalPin();
      Aka();
    }
    Add("end", "end-header", Json::object());
    return elements_;
  }

 private:
  void Add(const char* element, const char* header, const Json& members) {
    Json body = {{header, {{"mandated", nullptr}, {"identification", ++last_}}}};
    for (const auto& [key, value] : members.items()) { body[key] = value; }
    elements_.push_back(Json{{element, std::move(body)}});
  }

  std::string Plmn() const { return CodePlmn(s_.imsi.substr(0, 3), s_.imsi.substr(3, s_.mnc_digits)); }

  void Header() {
    Json services = Array("usim");
    Json templates = Array(Template("1"), Template("3"), Template("4"), Template("5"));
    if (isim_) {
      services.push_back("isim");
      templates.push_back(Template("8"));
    }
    services.push_back(s_.xor_algorithm ? "usim-test-algorithm" : "milenage");
    elements_.push_back(Json{{"header",
        {{"major-version", 2}, {"minor-version", 3},
         {"profileType", s_.Text("profileType", "Simurgh example profile")},
         {"iccid", PadDigits(s_.iccid, 20)},
         {"eUICC-Mandatory-services", services},
         {"eUICC-Mandatory-GFSTEList", templates}}}});
  }

  void Mf() {
    Json members = {{"templateID", Template("1")},
                    {"mf", Array(Fcp({{"pinStatusTemplateDO", "010A"}}))}};
    if (s_.Has("languages")) {
      std::string codes;
      for (const Json& language : s_.List("languages")) {
        const std::string code = language.is_string() ? language.get<std::string>() : "";
        if (code.size() != 2) {
          throw UserError("languages: expected codes of two letters, e.g. [\"en\", \"fa\"]");
        }
        codes += ToHex(Buffer(code.begin(), code.end()));
      }
      members["ef-pl"] = Array(Fcp({{"efFileSize", SizeHex(codes.size() / 2)}}), Content(codes));
    }
    members["ef-iccid"] = Array(Content(ToHex(SwapNibbles(FromHex(PadDigits(s_.iccid, 20))))));
    std::vector<std::string> applications = {DirRecord(kUsimAid, "USIM")};
    if (isim_) { applications.push_back(DirRecord(kIsimAid, "ISIM")); }
    constexpr size_t kDirRecord = 32;
    members["ef-dir"] = Records(LinearFixed(kDirRecord, 4), kDirRecord, applications);
    members["ef-arr"] = ArrFile();
    Add("mf", "mf-header", members);
  }

  /// TS 102 221 13.1.
  static std::string DirRecord(const std::string& aid, const std::string& label) {
    const std::string inner = fmt::format("4F{:02X}{}50{:02X}{}", aid.size() / 2, aid, label.size(),
                                          ToHex(Buffer(label.begin(), label.end())));
    return fmt::format("61{:02X}{}", inner.size() / 2, inner);
  }

  void Pins() {
    const Json puk1 = {{"keyReference", "pukAppl1"}, {"pukValue", s_.Pin("puk1", "12345678", 8)}};
    const Json puk2 = {{"keyReference", "secondPUKAppl1"},
                       {"pukValue", s_.Pin("puk2", "23456789", 8)}};
    Add("pukCodes", "puk-Header", {{"pukCodes", Array(puk1, puk2)}});
    // Attributes: bit 1 enabled, bit 2 may be changed while enabled, bit 3 may be disabled.
    const Json pin1 = {{"keyReference", "pinAppl1"},
                       {"pinValue", s_.Pin("pin1", "0000", 4)},
                       {"unblockingPINReference", "pukAppl1"},
                       {"pinAttributes", s_.Flag("pin1Enabled") ? 7 : 6}};
    const Json adm1 = {{"keyReference", "adm1"},
                       {"pinValue", s_.Adm()},
                       {"pinAttributes", 3},
                       {"maxNumOfAttemps-retryNumLeft", 0xAA}};  // ten tries
    Add("pinCodes", "pin-Header", {{"pinCodes", {{"pinconfig", Array(pin1, adm1)}}}});
  }

  /// The second PIN, local to the application selected last.
  void LocalPin() {
    const Json pin2 = {{"keyReference", "secondPINAppl1"},
                       {"pinValue", s_.Pin("pin2", "1111", 4)},
                       {"unblockingPINReference", "secondPUKAppl1"},
                       {"pinAttributes", 3}};
    Add("pinCodes", "pin-Header", {{"pinCodes", {{"pinconfig", Array(pin2)}}}});
  }

  void Telecom() {
    constexpr size_t kRecord = 32;  // 18 bytes of name (TS 31.102 4.4.2.3)
    const Json& entries = s_.List("phonebook");
    const size_t size = s_.Number("phonebookSize", std::max<size_t>(10, entries.size()), 1, 250);
    if (entries.size() > size) {
      throw UserError(fmt::format("phonebook: {} entries, phonebookSize is {}", entries.size(), size));
    }
    std::vector<std::string> records;
    for (const Json& entry : entries) {
      const std::string where = fmt::format("phonebook[{}]", records.size());
      if (!entry.is_object() || !entry.contains("name") || !entry.contains("number") ||
          !entry["name"].is_string() || !entry["number"].is_string()) {
        throw UserError(where + ": expected {\"name\": \"...\", \"number\": \"...\"}");
      }
      records.push_back(ToHex(CodeDiallingRecord(entry["name"].get<std::string>(),
                                                 entry["number"].get<std::string>(), kRecord, where)));
    }
    Json adn = LinearFixed(kRecord, size);
    adn["fileID"] = "4F3A";
    adn["shortEFID"] = "50";
    // EF.PBR: one phonebook whose EF.ADN is 4F3A, short id 0A (TS 31.102 4.4.2.1).
    const std::string pbr = "A805C0034F3A0A";
    Add("telecom", "telecom-header",
        {{"templateID", Template("3")},
         {"df-telecom", Array(Fcp({{"pinStatusTemplateDO", "010A"}}))},
         {"ef-arr", ArrFile()},
         {"df-phonebook", Array(Fcp({{"pinStatusTemplateDO", "010A"}}))},
         {"ef-pbr", Records(LinearFixed(pbr.size() / 2, 1), pbr.size() / 2, {pbr})},
         {"ef-adn", Records(adn, kRecord, records)}});
  }

  /// Service n is bit (n-1)%8 of byte (n-1)/8 (TS 31.102 4.2.8).
  static std::string Services(size_t bytes, std::initializer_list<int> services) {
    Buffer table(bytes, 0);
    for (int n : services) { table[(n - 1) / 8] |= static_cast<uint8_t>(1 << ((n - 1) % 8)); }
    return ToHex(table);
  }

  Json Adf(const char* fid, const char* aid) const {
    return Array(Fcp({{"fileID", fid}, {"dfName", aid}, {"pinStatusTemplateDO", "01810A"}}));
  }

  void Usim() {
    const Buffer spn = CodeName(s_.Text("spn", "Simurgh"), 16, "spn");
    Json members = {
        {"templateID", Template("4")},
        {"adf-usim", Adf(kUsimFid, kUsimAid)},
        {"ef-imsi", Array(Content(ToHex(CodeImsi(s_.imsi))))},
        {"ef-arr", ArrFile()},
        // Short messages and their parameters, service provider name, MSISDN, preferred networks, EPS.
        {"ef-ust", Array(Content(Services(14, {10, 12, 19, 20, 21, 43, 85})))}};
    if (s_.Has("smsc")) { members["ef-smsp"] = Array(Content(Smsp())); }
    members["ef-spn"] = Array(Content("01" + ToHex(spn)));
    members["ef-est"] = Array(Content("00"));
    members["ef-acc"] = Array(Content(fmt::format("{:04X}", 1 << (s_.imsi.back() - '0'))));
    members["ef-ad"] = Array(Content(fmt::format("000000{:02X}", s_.mnc_digits)));
    members["ef-ecc"] = Emergency();
    Add("usim", "usim-header", members);
  }

  /// Only the service centre's address is given (TS 31.102 4.2.27): indicator FD.
  std::string Smsp() const {
    Buffer record(38, 0xFF);
    record[10] = 0xFD;
    const Buffer address = CodeAddress(s_.Text("smsc"), 10, "smsc");
    record[23] = static_cast<uint8_t>(address.size());
    std::copy(address.begin(), address.end(), record.begin() + 24);
    return ToHex(record);
  }

  Json Emergency() const {
    Json numbers = s_.Has("emergency") ? s_.List("emergency") : Array("112");
    std::vector<std::string> records;
    for (const Json& number : numbers) {
      const std::string digits = number.is_string() ? number.get<std::string>() : "";
      if (digits.size() < 2 || digits.size() > 6) {
        throw UserError("emergency: expected numbers of 2..6 digits, e.g. [\"112\"]");
      }
      // Three bytes of digits and the service category (TS 31.102 4.2.21).
      records.push_back(ToHex(SwapNibbles(FromHex(PadDigits(digits, 6), "emergency"))) + "00");
    }
    if (records.empty()) { throw UserError("emergency: the list is empty"); }
    return Records(LinearFixed(4, records.size()), 4, records);
  }

  void OptUsim() {
    Json members = {{"templateID", Template("5")}};
    if (s_.Has("msisdn")) {
      members["ef-msisdn"] = Array(Content(ToHex(CodeDiallingRecord("", s_.Text("msisdn"), 24, "msisdn"))));
    }
    members["ef-acm"] = Array(Fcp(Cyclic(3, 5)));
    members["ef-plmnwact"] = Json::array();
    // The home network with E-UTRAN, UTRAN and GSM (TS 31.102 4.2.5).
    members["ef-hplmnwact"] = Array(Content(Plmn() + "C080"));
    Add("opt-usim", "optusim-header", members);
  }

  void Aka() {
    Json algorithm = {{"algorithmID", s_.xor_algorithm ? "usim-test-algorithm" : "milenage"},
                      {"algorithmOptions", s_.Text("algorithmOptions", s_.xor_algorithm ? "02" : "01")},
                      {"key", ToHex(s_.k)},
                      {"opc", ToHex(s_.opc)}};
    Add("akaParameter", "aka-header", {{"algoConfiguration", {{"algoParameter", algorithm}}}});
  }

  /// One text object 80 in a file of its size (TS 31.103 4.2.2).
  static Json TextFile(const std::string& text) {
    const std::string hex =
        fmt::format("80{:02X}", text.size()) + ToHex(Buffer(text.begin(), text.end()));
    return Array(Fcp({{"efFileSize", SizeHex(hex.size() / 2)}}), Content(hex));
  }

  void Isim() {
    const std::string mnc = s_.imsi.substr(3, static_cast<size_t>(s_.mnc_digits));
    const std::string domain = fmt::format("ims.mnc{:0>3}.mcc{}.3gppnetwork.org", mnc,
                                           s_.imsi.substr(0, 3));  // TS 23.003 13.2
    const std::string impu = "sip:" + s_.imsi + "@" + domain;
    const std::string record =
        fmt::format("80{:02X}", impu.size()) + ToHex(Buffer(impu.begin(), impu.end()));
    Add("isim", "isim-header",
        {{"templateID", Template("8")},
         {"adf-isim", Adf(kIsimFid, kIsimAid)},
         {"ef-impi", TextFile(s_.imsi + "@" + domain)},
         {"ef-impu", Records(LinearFixed(record.size() / 2, 1), record.size() / 2, {record})},
         {"ef-domain", TextFile(domain)},
         {"ef-ist", Array(Content(Services(14, {})))},
         {"ef-arr", ArrFile()}});
  }

  const Subscriber& s_;
  bool isim_;
  int last_ = 0;
  Json elements_ = Json::array();
};

}  // namespace

bool IsDescription(const Json& json) { return json.is_object() && !json.contains("elements"); }

Json Describe(const Json& description) { return Writer(Subscriber(description)).Run(); }

Buffer BuildProfile(const Json& json) {
  return Encode(FromJson(IsDescription(json) ? Describe(json) : json));
}

}  // namespace simurgh::offcard::saip
