// The deepest way the card goes: an image with an RSA binding, installed at boot, with mbedTLS's memory
// on the stack. On the machines that have a stack of a fixed size.
#include <gtest/gtest.h>

#include "offcard/common/launcher.h"
#include "offcard/common/temporary_directory.h"
#include "tests/system/rig.h"

namespace simurgh::system_test {
namespace {

using offcard::BindingAlgorithm;
using offcard::TemporaryDirectory;

class Stack : public testing::TestWithParam<const char*> {};

TEST_P(Stack, RsaBindingInstalledAndEnabled_LeavesRoom) {
  const std::string why = WhyNot(GetParam());
  if (!why.empty()) { GTEST_SKIP() << why; }
  constexpr uint32_t kRoom = 768;
  const TemporaryDirectory dir;
  const std::string file = dir / "card";
  MakeCardFile(file);
  TestCard card(GetParam(), file);
  (void)card.Reset();
  const CardKit kit = offcard::isdr::Manufacture(card, Issuer(), KitFor());
  offcard::ImageRequest request = RequestFor(kit, offcard::ImageKind::kOperational, 1);
  request.binding->algorithm = BindingAlgorithm::kRsaSha256;
  request.binding->key_file = Issuer().File(offcard::KeyDirectory::kProviderRsa);
  const Buffer package = OperationalPackage();
  ASSERT_EQ(Install(card, offcard::PackImage(package, request)), 0);
  ASSERT_EQ(offcard::isdr::EnableProfile(card, IccidOf(package), false), 0);
  (void)card.Reset();
  card.PowerOff();
  const hal::card_file::CountersPage counters = offcard::ReadCounters(file);
  std::printf("%s: stack %u of %u bytes\n", GetParam(), counters.stack_high_water, counters.stack_bytes);
  EXPECT_GT(counters.stack_high_water, 8000u);  // the control: it was measured, and it was deep
  EXPECT_LE(counters.stack_high_water + kRoom, counters.stack_bytes);
  EXPECT_EQ(counters.fault.count, 0u);
}

INSTANTIATE_TEST_SUITE_P(On, Stack, testing::Values("mps2-an386", "mps2-an505"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace simurgh::system_test
