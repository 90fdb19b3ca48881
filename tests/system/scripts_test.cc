// Every script of tests/scripts on a provisioned card, on each machine; and the same history of
// commands on all machines: same answers, same flash.
#include <gtest/gtest.h>

#include <algorithm>

#include "offcard/common/script.h"
#include "tests/system/rig.h"

namespace simurgh::system_test {
namespace {

using namespace simurgh::offcard;  // NOLINT

constexpr const char* kMachines[] = {"host", "mps2-an386", "mps2-an505"};

std::vector<std::string> ScriptFiles() {
  std::vector<std::string> files;
  const std::filesystem::path dir = std::filesystem::path(SIMURGH_SOURCE_DIR) / "tests/scripts";
  for (const auto& entry : std::filesystem::directory_iterator(dir)) {
    if (entry.path().extension() == ".apdu") { files.push_back(entry.path().string()); }
  }
  std::sort(files.begin(), files.end());
  return files;
}


class Scripts : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string why = WhyNot(GetParam());
    if (!why.empty()) { GTEST_SKIP() << why; }
  }
};

TEST_P(Scripts, OnAProvisionedCard_AllAnswersAreAsWritten) {
  const Provisioned& provisioned = ProvisionedCard(GetParam());
  const std::vector<std::string> files = ScriptFiles();
  ASSERT_GE(files.size(), 10u);
  size_t expectations = 0;
  for (const std::string& file : files) {
    const TemporaryDirectory dir;
    TestCard card(GetParam(), CopyCard(provisioned.file, dir, "card"));
    const ScriptResult result = RunScript(ParseScript(ReadTextFile(file), file), card);
    EXPECT_TRUE(result.ok) << result.report;
    EXPECT_GT(result.expectations, 0u) << file << " expects nothing";
    expectations += result.expectations;
  }
  std::printf("%zu scripts, %zu expectations on %s\n", files.size(), expectations, GetParam());
}

INSTANTIATE_TEST_SUITE_P(On, Scripts, testing::ValuesIn(kMachines),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// What the PC's card went through: provisioning, then every script with a restart in between.
struct Reference {
  History history;
  std::string flash;
};
const Reference& OnThePc() {
  static const Reference reference = [] {
    Reference r;
    r.history = ProvisionedCard("host").history;
    const TemporaryDirectory dir;
    const std::string file = CopyCard(ProvisionedCard("host").file, dir, "card");
    {
      TestCard card("host", file, &r.history);
      for (const std::string& script : ScriptFiles()) {
        // Scripts that spoil PINs come to the same card one after the other: what is compared here
        // is machine against machine, not against expectations.
        ScriptResult ignored;
        try {
          ignored = RunScript(ParseScript(ReadTextFile(script), script), card);
        } catch (const std::exception&) {
          // A slice of an answer that is shorter on this card.
        }
        card.PowerCycle();
      }
    }
    r.flash = FlashHash(file);
    return r;
  }();
  return reference;
}

class Machines : public Scripts {};

TEST_P(Machines, SameSeedAndCommands_SameAnswersAndFlash) {
  const Reference& reference = OnThePc();
  ASSERT_GT(reference.history.size(), 200u);
  const TemporaryDirectory dir;
  const std::string file = dir / "card";
  MakeCardFile(file);
  {
    TestCard card(GetParam(), file);
    bool first = true;
    size_t number = 0;
    for (const Exchanged& step : reference.history) {
      Buffer got;
      switch (step.kind) {
        case Exchanged::Kind::kPower:
          if (!first) { card.PowerCycle(); }
          first = false;
          break;
        case Exchanged::Kind::kReset:
          got = card.Reset();
          break;
        case Exchanged::Kind::kCommand:
          got = card.Transmit(step.sent);
          break;
      }
      ASSERT_EQ(ToHex(got), ToHex(step.got)) << "step " << number << ", sent " << ToHex(step.sent);
      ++number;
    }
  }
  EXPECT_EQ(FlashHash(file), reference.flash);
}

TEST(MachinesControl, OtherSeed_OtherFlash) {
  // The control: the hash sees a difference when there is one.
  const TemporaryDirectory dir;
  std::string hashes[2];
  for (int i = 0; i < 2; ++i) {
    const std::string file = dir / std::to_string(i);
    CardSpec spec;
    spec.seed = std::to_string(i);
    MakeCardFile(file, spec);
    {
      TestCard card("host", file);
      (void)isdr::Manufacture(card, Issuer(), KitFor(spec));
    }
    hashes[i] = FlashHash(file);
  }
  EXPECT_NE(hashes[0], hashes[1]);
}

INSTANTIATE_TEST_SUITE_P(On, Machines, testing::ValuesIn(kMachines),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace simurgh::system_test
