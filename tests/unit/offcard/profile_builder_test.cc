#include "offcard/common/profile_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "offcard/common/saip_check.h"
#include "offcard/common/saip_text.h"
#include "offcard/common/sim_coding.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard::saip {
namespace {

using testing::HasSubstr;

template <typename F>
std::string MessageOf(F&& f) {
  try {
    f();
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

Json Example(const char* name) {
  return Json::parse(ReadTextFile(std::string(SIMURGH_SOURCE_DIR) + "/examples/" + name));
}

/// Problems of a package, decoding included.
std::string ProblemsOf(const Json& elements, size_t* fatal = nullptr) {
  std::vector<Problem> problems;
  const Package package = Decode(Encode(FromJson(elements)), &problems);
  const std::vector<Problem> more = Check(package);
  problems.insert(problems.end(), more.begin(), more.end());
  std::string text;
  for (const Problem& p : problems) {
    text += ToString(p) + "\n";
    if (fatal != nullptr && p.fatal) { ++*fatal; }
  }
  return text;
}

Json& Element(Json& elements, const std::string& name) {
  for (Json& element : elements) {
    if (element.contains(name)) { return element[name]; }
  }
  throw std::logic_error("no element " + name);
}

TEST(ProfileBuilder, Examples_AreCompleteAndWithoutProblems) {
  for (const char* name : {"operational.json", "test-profile.json"}) {
    EXPECT_EQ(ProblemsOf(Describe(Example(name))), "") << name;
  }
}

TEST(ProfileBuilder, OperationalExample_HoldsWhatItSays) {
  Json elements = Describe(Example("operational.json"));
  EXPECT_EQ(elements.front().begin().key(), "header");
  EXPECT_EQ(elements.back().begin().key(), "end");
  EXPECT_EQ(Element(elements, "header")["iccid"], "8900101000000000019F");
  EXPECT_EQ(Element(elements, "mf")["ef-iccid"][0]["fillFileContent"], "980001010000000010F9");
  EXPECT_EQ(Element(elements, "usim")["ef-imsi"][0]["fillFileContent"], "080910100000000010");
  const Json& aka = Element(elements, "akaParameter")["algoConfiguration"]["algoParameter"];
  EXPECT_EQ(aka["algorithmID"], "milenage");
  EXPECT_EQ(aka["opc"], "CD63CB71954A9F4E48A5994E37A02BAF");
}

TEST(ProfileBuilder, Op_GivesTheOpcOfTheStandard) {
  // TS 35.207 6.3, test set 1: K, OP, OPc.
  Json d = Example("operational.json");
  d.erase("opc");
  d["op"] = "CDC202D5123E20F62B6D676AC72CB318";
  Json elements = Describe(d);
  EXPECT_EQ(Element(elements, "akaParameter")["algoConfiguration"]["algoParameter"]["opc"],
            "CD63CB71954A9F4E48A5994E37A02BAF");
}

TEST(ProfileBuilder, Mistakes_NameTheMember) {
  EXPECT_NO_THROW(Describe(Example("operational.json")));  // control
  const std::tuple<const char*, Json, const char*> kMistakes[] = {
      {"iccid", "8900101000000000012", "iccid: the last digit of 8900101000000000012 is a check digit and should be 9"},
      {"imsi", "00101x", "imsi: '00101x' is not 6..15 decimal digits"},
      {"k", "00", "k: 1 bytes, 16 expected"},
      {"op", "00", "opc: give either opc or op"},
      {"algorithm", "aes", "algorithm: 'aes'"},
      {"pin1", "12", "pin1: '12' is not 4..8 decimal digits"},
      {"msisdn", "+1x", "msisdn: 'x' in number '+1x'"},
      {"phonebook", Json::array({Json{{"name", "x"}}}), "phonebook[0]: expected"},
      {"phonebookSize", 1, "phonebook: 3 entries, phonebookSize is 1"},
      {"spn", "A name that is far too long", "spn: 'A name that is far too long' needs 27 bytes, 16 are there"},
      {"adm1", "1234567", "adm1"},
      {"colour", "red", "'colour' is not part of a description"},
  };
  for (const auto& [member, value, expected] : kMistakes) {
    Json d = Example("operational.json");
    d[member] = value;
    EXPECT_THAT(MessageOf([&] { Describe(d); }), HasSubstr(expected)) << member;
  }
}

TEST(SimCoding, KnownValues) {
  EXPECT_EQ(ToHex(CodeImsi("001010123456789")), "080910101032547698");
  EXPECT_EQ(ToHex(CodeImsi("00101012345678")), "08011010103254" "76F8");
  EXPECT_EQ(CodePlmn("246", "81"), "42F618");
  EXPECT_EQ(CodePlmn("310", "410"), "130014");
  EXPECT_EQ(ToHex(CodeAddress("+491234", 10, "n")), "91" "942143");
  EXPECT_EQ(ToHex(CodeAddress("*100#", 10, "n")), "811A00FB");
  EXPECT_EQ(ToHex(CodeName("Ab", 4, "n")), "4162FFFF");
  EXPECT_EQ(ToHex(CodeName("\xD8\xB3", 4, "n")), "800633FF");
  EXPECT_THROW(CodeName("\xD8", 4, "n"), UserError);
  EXPECT_EQ(LuhnDigit("890010100000000001"), '9');
}

struct Spoil {
  const char* what;
  std::function<void(Json&)> change;
  const char* expected;
};

TEST(SaipCheck, EverySpoiltPackage_IsReportedWithElementAndMember) {
  ASSERT_EQ(ProblemsOf(Describe(Example("operational.json"))), "");  // control
  const Spoil kSpoils[] = {
      {"no header", [](Json& e) { e.erase(e.begin()); }, "element 1 (mf): the first element must be the header"},
      {"no end", [](Json& e) { e.erase(e.size() - 1); }, "the last element must be end"},
      {"end inside", [](Json& e) { e.insert(e.begin() + 2, e.back()); }, "element 3 (end): elements follow the end"},
      {"same id", [](Json& e) { Element(e, "usim")["usim-header"]["identification"] = 1; },
       "usim-header.identification: 1 is taken by element 2"},
      {"order", [](Json& e) { std::swap(e[5], e[6]); }, "(opt-usim): needs usim in front of it"},
      {"service", [](Json& e) { Element(e, "header")["eUICC-Mandatory-services"].erase(0); },
       "(usim): needs 'usim' in eUICC-Mandatory-services"},
      {"algorithm service", [](Json& e) { Element(e, "header")["eUICC-Mandatory-services"].erase(2); },
       "algoConfiguration.algoParameter.algorithmID: needs 'milenage'"},
      {"template", [](Json& e) { Element(e, "header")["eUICC-Mandatory-GFSTEList"].erase(1); },
       "(telecom): templateID: 2.23.143.1.2.3 is not in eUICC-Mandatory-GFSTEList"},
      {"iccid digits", [](Json& e) { Element(e, "header")["iccid"] = "89001010000000000A9F"; },
       "iccid: 89001010000000000A9F is not 18..20 decimal digits"},
      {"iccid luhn", [](Json& e) { Element(e, "header")["iccid"] = "8900101000000000018F"; },
       "iccid: the check digit of 8900101000000000018 would be 9"},
      {"iccid file", [](Json& e) { Element(e, "mf")["ef-iccid"][0]["fillFileContent"] = "98000101000000000019"; },
       "ef-iccid[0].fillFileContent: 98000101000000000019 is not the header's iccid"},
      {"pin", [](Json& e) { Element(e, "pinCodes")["pinCodes"]["pinconfig"][0]["pinValue"] = "313233FFFFFFFFFF"; },
       "pinCodes.pinconfig[0].pinValue: 313233FFFFFFFFFF is not 4..8 ASCII digits"},
      {"puk", [](Json& e) { Element(e, "pukCodes")["pukCodes"][1]["pukValue"] = "31323334353637FF"; },
       "pukCodes[1].pukValue"},
      {"no puk", [](Json& e) { Element(e, "pukCodes")["pukCodes"].erase(0); },
       "pinCodes.pinconfig[0].unblockingPINReference: no such PUK"},
      {"tries", [](Json& e) { Element(e, "pinCodes")["pinCodes"]["pinconfig"][1]["maxNumOfAttemps-retryNumLeft"] = 0x34; },
       "pinconfig[1].maxNumOfAttemps-retryNumLeft: 4 of 3 tries left"},
      {"content too long", [](Json& e) { Element(e, "isim")["ef-domain"][0]["fileDescriptor"]["efFileSize"] = "05"; },
       "(isim): ef-domain[1].fillFileContent: content reaches byte 35, the file has 5"},
      {"record size", [](Json& e) { Element(e, "telecom")["ef-adn"][0]["fileDescriptor"]["efFileSize"] = "0281"; },
       "(telecom): ef-adn[0].fileDescriptor.efFileSize: 641 bytes are not a whole number of records of 32"},
      {"size coding", [](Json& e) { Element(e, "isim")["ef-domain"][0]["fileDescriptor"]["efFileSize"] = "0080"; },
       "efFileSize: 0080 is not in the fewest bytes"},
      {"key", [](Json& e) { Element(e, "akaParameter")["algoConfiguration"]["algoParameter"]["key"] = "00"; },
       "algoConfiguration.algoParameter.key: 1 bytes do not fit"},
      {"imsi", [](Json& e) { Element(e, "usim")["ef-imsi"][0]["fillFileContent"] = "0809101010000000F0"; },
       "ef-imsi[0].fillFileContent: 0809101010000000F0 is not an IMSI"},
  };
  for (const Spoil& spoil : kSpoils) {
    Json elements = Describe(Example("operational.json"));
    spoil.change(elements);
    EXPECT_THAT(ProblemsOf(elements), HasSubstr(spoil.expected)) << spoil.what;
  }
}

TEST(SaipText, OperationalExample_NamesFilesAndSizes) {
  const Buffer der = BuildProfile(Example("operational.json"));
  const std::string text = ToText(Decode(der, nullptr));
  EXPECT_THAT(text, HasSubstr("  1  header"));
  EXPECT_THAT(text, HasSubstr("identification 1, mandated"));
  EXPECT_THAT(text, HasSubstr("file: 4F3A, linear fixed, records of 32, 640 bytes, short id 0A"));
}

TEST(SaipCheck, GsmaTestProfiles_HaveNoFatalProblems) {
  const std::filesystem::path folder = std::filesystem::path(SIMURGH_SPEC_DIR) / "ts48";
  if (!std::filesystem::is_directory(folder)) {
    GTEST_SKIP() << folder << " is not there: set SIMURGH_SPEC_DIR";
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".der") { continue; }
    for (const Problem& p : Check(Decode(ReadFile(entry.path()), nullptr))) {
      EXPECT_FALSE(p.fatal) << entry.path() << ": " << ToString(p);
    }
  }
}

}  // namespace
}  // namespace simurgh::offcard::saip
