// An aborted installation leaves no trace and no lost memory, however often it happens.
#include <gtest/gtest.h>

#include "firmware/profile/saip_interpreter.h"
#include "firmware/profile/staging.h"
#include "tests/unit/card/card_rig.h"

namespace simurgh::test {
namespace {

constexpr int kInstallations = 10000;

TEST(AbortedInstall, TenThousandAtAnyByte_FreeMemoryAndNextInstallAsBefore) {
  OwnedCard own;
  ASSERT_TRUE(own.rig.Manufacture());
  const Subscriber one = NewSubscriber(1);
  Session s = own.rig.session();
  const uint32_t free_before = s.store.FreeBytes();
  for (int i = 0; i < kInstallations; ++i) {
    // A step that shares no factor with the size: every length comes up.
    const size_t stop = static_cast<size_t>(i) * 1009 % one.package.size();
    const Result<uint16_t> space = s.profiles.BeginStaging();
    ASSERT_TRUE(space.ok()) << i;
    profile::StagingSink sink(s.store, s.keys, s.files, s.pins, space.value());
    saip::Saip package(sink);
    ASSERT_EQ(package.Feed(ConstBytes(one.package).first(stop)), Error::kOk) << i;
    ASSERT_EQ(sink.Flush(), Error::kOk) << i;
    ASSERT_EQ(s.profiles.AbortStaging(), Error::kOk) << i;
    ASSERT_EQ(s.store.FreeBytes(), free_before) << i;
  }
  ASSERT_EQ(own.rig.Boot(), Error::kOk);
  EXPECT_EQ(own.rig.session().store.FreeBytes(), free_before);
  EXPECT_EQ(own.rig.Install(own.rig.Pack({.id = 1, .iccid = one.iccid, .package = one.package})), 0);
  EXPECT_EQ(own.rig.Enable(one.iccid), 0);
}

}  // namespace
}  // namespace simurgh::test
