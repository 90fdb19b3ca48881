#include "offcard/issuer/pki.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "offcard/common/temporary_directory.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kEid = "89049032123451234512345678901235";

class Pki : public testing::Test {
 public:
  KeyDirectory keys() const { return KeyDirectory(folder_ / "keys"); }

  TemporaryDirectory folder_;
};

TEST_F(Pki, NewDirectory_EveryChainHoldsWithTheCardsToo) {
  MakeKeyDirectory(keys());
  IssueEuiccCertificate(keys(), kEid, NewEcKey().point);
  const std::string said = DescribeKeyDirectory(keys());
  EXPECT_THAT(said, HasSubstr(kEid));
  EXPECT_THAT(said, Not(HasSubstr("does not hold")));
}

TEST_F(Pki, CertificateOfAnotherIssuer_ChainDoesNotHold) {
  MakeKeyDirectory(keys());
  const KeyDirectory others(folder_ / "others");
  MakeKeyDirectory(others);
  std::filesystem::copy_file(others.File("dpauth.der"), keys().File("dpauth.der"),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(DescribeKeyDirectory(keys()), HasSubstr("does not hold"));
}

TEST_F(Pki, EidOutsideTheEumsRange_NoCertificate) {
  MakeKeyDirectory(keys());
  EXPECT_THROW(IssueEuiccCertificate(keys(), "99049032123451234512345678901235", NewEcKey().point),
               UserError);
}

TEST_F(Pki, SecondTime_LeavesTheKeysAlone) {
  MakeKeyDirectory(keys());
  const Buffer before = ReadFile(keys().File(KeyDirectory::kProvider));
  EXPECT_THROW(MakeKeyDirectory(keys()), UserError);
  EXPECT_EQ(ReadFile(keys().File(KeyDirectory::kProvider)), before);
}

TEST_F(Pki, Sgp26Set_ImportsAndIssuesUnderIt) {
  const std::string set = std::string(SIMURGH_SPEC_DIR) + "/sgp26";
  if (!std::filesystem::exists(set)) { GTEST_SKIP() << "no " << set; }
  MakeKeyDirectory(keys());
  ImportSgp26(set, keys());
  IssueEuiccCertificate(keys(), kEid, NewEcKey().point);
  const std::string said = DescribeKeyDirectory(keys());
  EXPECT_THAT(said, HasSubstr("RSPTEST"));
  EXPECT_THAT(said, Not(HasSubstr("does not hold")));
}

}  // namespace
}  // namespace simurgh::offcard
