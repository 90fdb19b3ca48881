#include "offcard/common/saip_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "offcard/common/user_error.h"

namespace simurgh::offcard::saip {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

template <typename F>
std::string MessageOf(F&& f) {
  try {
    f();
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

Buffer BuildText(const char* text) { return Encode(FromJson(Json::parse(text))); }

TEST(SaipSchema, EveryRow_HasUniqueTagsAtEachPosition) {
  // In a CHOICE a tag names one alternative; in a SEQUENCE equal tags must not stand behind an
  // optional member with the same tag (X.680 25.6.1 asks for distinct ones).
  for (const Member& pe : ProfileElement().members) {
    for (const Member& other : ProfileElement().members) {
      EXPECT_EQ(&pe == &other, pe.tag == other.tag) << pe.name << " " << other.name;
    }
  }
}

TEST(SaipSchema, AutomaticTags_FollowTheDefinition) {
  EXPECT_EQ(ProfileElement().Find("mf")->tag, (Tag{0x80, 16}));
  EXPECT_EQ(ProfileElement().Find("df-5gprose")->tag, (Tag{0x80, 31}));
  EXPECT_EQ(TypeNamed("ServicesList").Find("usim-test-algorithm")->tag, (Tag{0x80, 17}));
  EXPECT_EQ(TypeNamed("Fcp").Find("pinStatusTemplateDO")->tag, (Tag{0xC0, 6}));
  // A list with explicit tags: the others keep their universal tag.
  EXPECT_EQ(TypeNamed("PE-RFM").Find("uiccAccessDomain")->tag, (Tag{0x00, 4}));
  EXPECT_EQ(TypeNamed("FileManagement").element->Find("fillFileOffset")->tag, (Tag{0x00, 2}));
}

TEST(SaipCodec, EndElement_IsTheKnownBytes) {
  EXPECT_EQ(ToHex(BuildText(R"([{"end":{"end-header":{"mandated":null,"identification":300}}}])")),
            "AA08A0068000" "8102012C");
}

TEST(SaipCodec, HighTagNumbers_RoundTrip) {
  const Buffer der = BuildText(
      R"([{"opt-usim":{"optusim-header":{"identification":1},"templateID":"2.23.143.1.2.5",
           "ef-eaka":[{"fillFileContent":"00"}]}}])");
  EXPECT_THAT(ToHex(der), HasSubstr("BF57038301" "00"));
  std::vector<Problem> problems;
  EXPECT_EQ(Encode(Decode(der, &problems)), der);
  EXPECT_THAT(problems, IsEmpty());
}

TEST(SaipCodec, UnknownMember_IsKeptAndReported) {
  const Buffer der = FromHex("AA09A003810101" "9F220102");
  std::vector<Problem> problems;
  const Package package = Decode(der, &problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_FALSE(problems[0].fatal);
  EXPECT_EQ(problems[0].offset, 7u);
  const Json json = ToJson(package);
  EXPECT_EQ(json[0]["end"]["unknown-9F22"], "02");
  EXPECT_EQ(Encode(FromJson(json)), der);
}

struct BadDer {
  const char* hex;
  const char* expected;
};

TEST(SaipCodec, DamagedDer_NamesByteAndPath) {
  std::vector<Problem> none;
  EXPECT_NO_THROW(Decode(FromHex("AA05A003810101"), &none));  // control
  EXPECT_THAT(none, IsEmpty());
  constexpr BadDer kBad[] = {
      {"AA05A0038101", "byte 0, element 1: 5 bytes of value announced, 4 are there"},
      {"AA06A0048101" "0101", "element 1 (end): end-header"},
      {"AA8105A003810101", "shortest form"},
      {"AA80A0038101010000", "indefinite"},
      {"8A05A003810101", "byte 0, element 1 (end): primitive"},
      {"AA07A00581020001" "80", "byte 4, element 1 (end): end-header.identification: the integer"},
      {"AA08A0068101018000" "00", "byte 7, element 1 (end): end-header: mandated is repeated or out of order"},
      {"AA06A00480010081", "byte 4, element 1 (end): end-header.mandated: NULL with content"},
  };
  for (const BadDer& bad : kBad) {
    std::vector<Problem> problems;
    EXPECT_THAT(MessageOf([&] { Decode(FromHex(bad.hex), &problems); }), HasSubstr(bad.expected))
        << bad.hex;
  }
}

TEST(SaipCodec, MissingMemberAndWrongSize_AreProblemsWithTheirPlace) {
  std::vector<Problem> problems;
  Decode(FromHex("AA02A000"), &problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(ToString(problems[0]),
            "byte 4, element 1 (end): end-header: identification is missing");
  problems.clear();
  Decode(FromHex("AA07A00581030080" "00"), &problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(ToString(problems[0]),
            "byte 4, element 1 (end): end-header.identification: 32768, 0..32767 expected");
}

struct BadJson {
  const char* text;
  const char* expected;
};

TEST(SaipCodec, BadJson_NamesElementAndMember) {
  constexpr char kGood[] =
      R"([{"end":{"end-header":{"identification":1}}},
          {"gsm-access":{"gsm-access-header":{"identification":2},"templateID":"2.23.143.1.2.7",
           "df-gsm-access":[{"fileDescriptor":{"fileID":"5F3B"}},{"fillFileContent":"01"}]}}])";
  EXPECT_NO_THROW(BuildText(kGood));
  constexpr BadJson kBad[] = {
      {R"([{"end":{"end-header":{}}}])", "element 1 (end): end-header: identification is missing"},
      {R"([{"ending":{}}])", "element 1 (ending): 'ending' is not one of header, "},
      {R"([{"end":{"end-header":{"identification":"x"}}}])",
       "element 1 (end): end-header.identification: expected a number"},
      {R"([{"end":{"end-header":{"identification":40000}}}])",
       "end-header.identification: 40000, 0..32767 expected"},
      {R"([{"end":{"end-header":{"identification":1},"extra":1}}])", "'extra' is not one of"},
      {R"([{"gsm-access":{"gsm-access-header":{"identification":2},"templateID":"2.23",
           "df-gsm-access":[{"fileDescriptor":{"fileID":"5F3"}}]}}])",
       "element 1 (gsm-access): df-gsm-access[0].fileDescriptor.fileID: odd number"},
      {R"([{"gsm-access":{"gsm-access-header":{"identification":2},"templateID":"2.x",
           "df-gsm-access":[]}}])", "element 1 (gsm-access): templateID: expected an object id"},
      {R"({"end":{}})", "a profile is an array of elements"},
  };
  for (const BadJson& bad : kBad) {
    EXPECT_THAT(MessageOf([&] { BuildText(bad.text); }), HasSubstr(bad.expected)) << bad.text;
  }
}

TEST(SaipCodec, GsmaTestProfiles_RoundTripByteForByte) {
  const std::filesystem::path folder = std::filesystem::path(SIMURGH_SPEC_DIR) / "ts48";
  if (!std::filesystem::is_directory(folder)) {
    GTEST_SKIP() << folder << " is not there: set SIMURGH_SPEC_DIR";
  }
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".der") { continue; }
    const Buffer der = ReadFile(entry.path());
    std::vector<Problem> problems;
    const Package package = Decode(der, &problems);
    const Json json = ToJson(package);
    EXPECT_EQ(Encode(FromJson(Json::parse(json.dump()))), der) << entry.path();
    for (const Problem& p : problems) {
      ADD_FAILURE() << entry.path() << ": " << ToString(p);
    }
    ++files;
  }
  EXPECT_GE(files, 4);
}

}  // namespace
}  // namespace simurgh::offcard::saip
