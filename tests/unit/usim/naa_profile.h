#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "offcard/common/hex.h"
#include "offcard/common/profile_builder.h"
#include "offcard/common/user_error.h"

namespace simurgh::test {

/// The example profile with what the network applications need: service tables, GBA files, SUCI
/// files, another algorithm.
class NaaProfile {
 public:
  using Json = nlohmann::ordered_json;

  explicit NaaProfile(const std::string& iccid = "") {
    Json description = Json::parse(
        offcard::ReadTextFile(std::string(SIMURGH_SOURCE_DIR) + "/examples/operational.json"));
    description["imsi"] = "274012001002086";  // TS 33.501 C.4: MCC 274, MNC 012
    description["mncDigits"] = 3;
    if (!iccid.empty()) {
      description["iccid"] = iccid;
    }
    elements_ = offcard::saip::Describe(description);
    Services("usim", {}).Services("isim", {});
  }

  /// Services of EF.UST (19 bytes) or EF.IST (2).
  NaaProfile& Services(const char* element, const std::vector<int>& services) {
    const bool usim = std::string(element) == "usim";
    offcard::Buffer table(usim ? 19 : 2);
    for (int n : services) {
      table[static_cast<size_t>(n - 1) / 8] |= static_cast<uint8_t>(1 << (n - 1) % 8);
    }
    Json file = Sized(fmt::format("{:04X}", table.size()));
    file.push_back(Json{{"fillFileContent", offcard::ToHex(table)}});
    Member(element, usim ? "ef-ust" : "ef-ist") = file;
    return *this;
  }
  NaaProfile& Tuak(const std::string& k, const std::string& topc, const std::string& options,
                   int iterations, bool header_service = true) {
    for (Json& e : elements_) {
      if (!e.contains("akaParameter")) {
        continue;
      }
      e["akaParameter"]["algoConfiguration"]["algoParameter"] = {{"algorithmID", "tuak"},
                                                                 {"algorithmOptions", options},
                                                                 {"key", k},
                                                                 {"opc", topc},
                                                                 {"numberOfKeccak", iterations}};
    }
    Json& services = (*Find("header"))["header"]["eUICC-Mandatory-services"];
    services.erase(services.size() - 1);
    if (header_service) {
      services.push_back(k.size() == 64 ? "tuak256" : "tuak128");
    }
    return *this;
  }
  NaaProfile& Gba(size_t records) {
    Json& opt = (*Find("opt-usim"))["opt-usim"];
    opt["ef-gbabp"] = Sized("0064");
    opt["ef-gbanl"] = Linear(0x32, records);
    Json isim = {{"optisim-header", {{"mandated", nullptr}, {"identification", 90}}},
                 {"templateID", "2.23.143.1.2.9"},
                 {"ef-gbabp", Sized("0064")},
                 {"ef-gbanl", Linear(0x32, records)}};
    InsertAfter("isim", Json{{"opt-isim", isim}});
    Template("2.23.143.1.2.9");
    return *this;
  }
  /// DF.5GS with a routing indicator; DF.SAIP with `calc_info` for the card.
  NaaProfile& FiveG(const std::string& calc_info, const std::string& routing = "12F4FFFF",
                    const std::string& supi_nai = "") {
    Json df = {{"df-5gs-header", {{"mandated", nullptr}, {"identification", 91}}},
               {"templateID", "2.23.143.1.2.13"},
               {"df-df-5gs", Json::array({Json{{"fileDescriptor", {{"fileID", "5FC0"}}}}})},
               {"ef-routing-indicator", Content(routing)}};
    if (!supi_nai.empty()) {
      df["ef-supinai"] = Filled(supi_nai);
    }
    Json saip = {{"df-saip-header", {{"mandated", nullptr}, {"identification", 92}}},
                 {"templateID", "2.23.143.1.2.14"},
                 {"df-df-saip", Json::array({Json{{"fileDescriptor", {{"fileID", "5FD0"}}}}})},
                 {"ef-suci-calc-info-usim", Filled(calc_info)}};
    InsertAfter("opt-usim", Json{{"df-saip", saip}});
    InsertAfter("opt-usim", Json{{"df-5gs", df}});
    Template("2.23.143.1.2.13");
    Template("2.23.143.1.2.14");
    return *this;
  }
  offcard::Buffer Package() const { return offcard::saip::BuildProfile(elements_); }

  static Json Content(const std::string& hex) {
    return Json::array({Json{{"fillFileContent", hex}}});
  }

 private:
  static Json Sized(const std::string& size) {
    return Json::array({Json{{"fileDescriptor", {{"efFileSize", size}}}}});
  }
  static Json Filled(const std::string& hex) {
    Json file = Sized(fmt::format("{:04X}", hex.size() / 2 + 4));  // filling behind it
    file.push_back(Json{{"fillFileContent", hex}});
    return file;
  }
  static Json Linear(size_t length, size_t records) {
    return Json::array({Json{{"fileDescriptor",
                              {{"fileDescriptor", fmt::format("4221{:04X}", length)},
                               {"efFileSize", fmt::format("{:04X}", length * records)}}}}});
  }
  Json* Find(const char* element) {
    for (Json& e : elements_) {
      if (e.contains(element)) {
        return &e;
      }
    }
    throw offcard::UserError(std::string("no element ") + element);
  }
  Json& Member(const char* element, const char* file) { return (*Find(element))[element][file]; }
  void InsertAfter(const char* element, const Json& fresh) {
    const long at = Find(element) - &elements_[0];
    elements_.insert(elements_.begin() + at + 1, fresh);
  }
  void Template(const char* oid) {
    (*Find("header"))["header"]["eUICC-Mandatory-GFSTEList"].push_back(oid);
  }

  Json elements_;
};

}  // namespace simurgh::test
