#include "firmware/access/rules.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/unit/fs/tree.h"

namespace simurgh {
namespace {

using access::Evaluate;
using access::kIncrease;
using access::kRead;
using access::kUpdate;

std::vector<uint8_t> Hex(const std::string& text) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

bool Holds(const std::string& rule, access::Access access, std::set<uint8_t> verified) {
  return Evaluate(
      Hex(rule), access,
      [](void* set, uint8_t reference) {
        return static_cast<std::set<uint8_t>*>(set)->count(reference) != 0;
      },
      &verified);
}

const std::string kPin1 = "A406830101950108";
const std::string kPin2 = "A406830181950108";
const std::string kAdm = "A40683010A950108";

TEST(Rule, ReadAlwaysUpdatePinRestAdm_AsInTs48) {
  const std::string rule = "8001019000" "800102" + kPin1 + "8401D4" + kAdm + "800158" + kAdm;
  EXPECT_TRUE(Holds(rule, kRead, {}));
  EXPECT_FALSE(Holds(rule, kUpdate, {}));
  EXPECT_TRUE(Holds(rule, kUpdate, {0x01}));
  EXPECT_FALSE(Holds(rule, kUpdate, {0x0A}));
  EXPECT_TRUE(Holds(rule, access::kDeactivate, {0x0A}));
  EXPECT_FALSE(Holds(rule, access::kDeactivate, {0x01}));
}

TEST(Rule, Never_NobodyMay) {
  EXPECT_FALSE(Holds("8001019700", kRead, {0x01, 0x0A}));
  EXPECT_TRUE(Holds("8001019000", kRead, {}));
}

TEST(Rule, Increase_IsAnInstruction) {
  const std::string rule = "800103" + kPin1 + "840132" + kPin2;
  EXPECT_FALSE(Holds(rule, kIncrease, {0x01}));
  EXPECT_TRUE(Holds(rule, kIncrease, {0x81}));
}

TEST(Rule, Or_OneIsEnough) {
  const std::string rule = "800102A010" + kPin1 + kPin2;
  EXPECT_FALSE(Holds(rule, kUpdate, {}));
  EXPECT_TRUE(Holds(rule, kUpdate, {0x01}));
  EXPECT_TRUE(Holds(rule, kUpdate, {0x81}));
}

TEST(Rule, And_AllAreNeeded) {
  const std::string rule = "800102AF10" + kPin1 + kPin2;
  EXPECT_FALSE(Holds(rule, kUpdate, {0x01}));
  EXPECT_FALSE(Holds(rule, kUpdate, {0x81}));
  EXPECT_TRUE(Holds(rule, kUpdate, {0x01, 0x81}));
}

TEST(Rule, Not_HoldsWhenNoPartDoes) {
  const std::string rule = "800102A708" + kPin1;
  EXPECT_TRUE(Holds(rule, kUpdate, {}));
  EXPECT_FALSE(Holds(rule, kUpdate, {0x01}));
  const std::string both = "800102AF12" + kAdm + "A708" + kPin1;
  EXPECT_TRUE(Holds(both, kUpdate, {0x0A}));
  EXPECT_FALSE(Holds(both, kUpdate, {0x01, 0x0A}));
  EXPECT_FALSE(Holds(both, kUpdate, {}));
}

TEST(Rule, NotOfWhatIsNotUnderstood_GrantsNothing) {
  EXPECT_TRUE(Holds("800102A7029700", kUpdate, {}));   // not never: the control
  EXPECT_FALSE(Holds("800102A7029E01", kUpdate, {}));  // a byte for compact format
  EXPECT_FALSE(Holds("800102A705A403830101", kUpdate, {}));  // no usage qualifier
}

TEST(Rule, Compact_ByteForEachBitOfTheMode) {
  const auto holds = [](const std::string& rule, access::Access access) {
    return access::EvaluateCompact(Hex(rule), access);
  };
  EXPECT_TRUE(holds("0300FF", kUpdate));  // update always, read never
  EXPECT_FALSE(holds("0300FF", kRead));
  EXPECT_TRUE(holds("43FF0000", kRead));
  EXPECT_FALSE(holds("43FF0000", access::kDelete));
  EXPECT_FALSE(holds("0390FF", kUpdate));  // a security environment
  EXPECT_FALSE(holds("03", kRead));
  EXPECT_FALSE(holds("0300", kRead));
  EXPECT_FALSE(holds("8300", kUpdate));
  EXPECT_FALSE(holds("", kRead));
}

TEST(Rule, NestedTemplates_OrOfAnd) {
  const std::string rule = "800102A01AAF10" + kPin1 + kPin2 + kAdm;
  EXPECT_FALSE(Holds(rule, kUpdate, {0x01}));
  EXPECT_TRUE(Holds(rule, kUpdate, {0x01, 0x81}));
  EXPECT_TRUE(Holds(rule, kUpdate, {0x0A}));
  const std::string other = "800102AF1AA010" + kPin1 + kPin2 + kAdm;
  EXPECT_FALSE(Holds(other, kUpdate, {0x0A}));
  EXPECT_FALSE(Holds(other, kUpdate, {0x01, 0x81}));
  EXPECT_TRUE(Holds(other, kUpdate, {0x81, 0x0A}));
}

TEST(Rule, SeveralConditions_AreAlternatives) {
  const std::string rule = "800102" + kPin1 + kPin2;
  EXPECT_TRUE(Holds(rule, kUpdate, {0x81}));
  EXPECT_FALSE(Holds(rule, kUpdate, {0x0A}));
}

TEST(Rule, TooDeepOrTorn_GrantsNothing) {
  std::string deep = kPin1;
  for (int i = 0; i < 4; ++i) {
    char header[5];
    std::snprintf(header, sizeof header, "A0%02X", static_cast<unsigned>(deep.size() / 2));
    deep = header + deep;
  }
  EXPECT_TRUE(Holds("800101" + deep, kRead, {0x01}));
  deep = "A010" + deep;
  EXPECT_FALSE(Holds("800101" + deep, kRead, {0x01}));
  EXPECT_FALSE(Holds("800101A406830101", kRead, {0x01}));
  EXPECT_FALSE(Holds("800101A403830101", kRead, {0x01}));   // no usage qualifier
  EXPECT_FALSE(Holds("800101A000", kRead, {0x01}));
  EXPECT_FALSE(Holds("9000", kRead, {}));                   // condition of nothing
}

TEST(Rule, Padding_EndsIt) {
  EXPECT_TRUE(Holds("8001019000FFFFFF", kRead, {}));
  EXPECT_FALSE(Holds("FF8001019000", kRead, {}));
}

class ArrTest : public testing::Test {
 protected:
  void SetUp() override {
    mf = rig.Make({}, test::Dir(fs::Type::kMf, 0x3F00));
    fs::FileSpec adf_spec = test::Dir(fs::Type::kAdf, 0x7FD0);
    adf_spec.aid = kAid;
    adf = rig.Make(mf, adf_spec);
    df = rig.Make(adf, test::Dir(fs::Type::kDf, 0x5F3B));
    WriteRule(rig.Make(mf, test::Records(fs::Type::kLinearFixed, 0x2F06, 20, 2)), 1, "8001019700");
    WriteRule(rig.Make(adf, test::Records(fs::Type::kLinearFixed, 0x6F06, 20, 2)), 1, "8001019000");
    at.dir = mf;
  }
  void WriteRule(const fs::File& arr, uint16_t number, const std::string& rule) {
    std::vector<uint8_t> record = Hex(rule);
    record.resize(20, 0xFF);
    ASSERT_EQ(rig.files.WriteRecord(arr, number, record), Error::kOk);
  }
  bool MayRead(const fs::File& file) {
    access::Pins pins(*rig.store);
    return access::Allowed(rig.files, pins, at, access::Verified{}, file, kRead);
  }
  static constexpr uint8_t kAid[] = {0xA0, 0, 0, 0, 0x87};
  test::TreeRig rig;
  fs::File mf, adf, df;
  fs::Selection at;
};

TEST_F(ArrTest, Reference_ResolvesUpwards) {
  EXPECT_FALSE(MayRead(rig.Make(mf, test::Transparent(0x2FE2, 1))));   // 2F06 of the MF: never
  EXPECT_TRUE(MayRead(rig.Make(adf, test::Transparent(0x6F07, 1))));   // 6F06 of the ADF: always
  EXPECT_TRUE(MayRead(rig.Make(df, test::Transparent(0x4F20, 1))));    // 6F06 of the ADF above
  fs::FileSpec by_mf = test::Transparent(0x4F21, 1);
  by_mf.arr_fid = 0x2F06;
  EXPECT_FALSE(MayRead(rig.Make(df, by_mf)));                          // two levels up, to the MF
}

TEST_F(ArrTest, NoRule_NoAccess) {
  fs::FileSpec spec = test::Transparent(0x6F07, 1);
  spec.arr_record = 0;
  EXPECT_FALSE(MayRead(rig.Make(adf, spec)));
  spec = test::Transparent(0x6F08, 1);
  spec.arr_record = 3;  // beyond the file
  EXPECT_FALSE(MayRead(rig.Make(adf, spec)));
  spec = test::Transparent(0x6F09, 1);
  spec.arr_fid = 0x6F99;
  EXPECT_FALSE(MayRead(rig.Make(adf, spec)));
}

}  // namespace
}  // namespace simurgh
