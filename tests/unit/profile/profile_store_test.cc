#include "firmware/profile/profile_store.h"

#include "tests/unit/profile/profile_rig.h"

namespace simurgh::profile {
namespace {

using test::Data;
using test::ProfileRig;
using test::Repeat;
using Occasion = ProfileStore::Occasion;

class ProfileStoreTest : public testing::Test {
 protected:
  void SetUp() override { rig_.Manufacture(); }
  ProfileStore& profiles() { return rig_.profiles(); }
  ProfileRig rig_;
};

TEST_F(ProfileStoreTest, InstalledProfile_IsListedDisabledAndFound) {
  const uint8_t slot = rig_.Install(7);
  Record r;
  ASSERT_EQ(profiles().Get(slot, r), Error::kOk);
  EXPECT_EQ(r.state, State::kDisabled);
  EXPECT_EQ(r.iccid, rig_.NewRecord(7).iccid);
  EXPECT_EQ(profiles().FindByIccid(r.iccid).value(), slot);
  EXPECT_EQ(profiles().FindByAid(r.aid()).value(), slot);
  EXPECT_EQ(r.aid()[15], 0x10 + slot);
  EXPECT_FALSE(profiles().FindByIccid(rig_.NewRecord(8).iccid).ok());
  EXPECT_EQ(profiles().active_space(), 0);
}

TEST_F(ProfileStoreTest, Enable_MakesItTheOnlyEnabledOne) {
  const uint8_t a = rig_.Install(7);
  const uint8_t b = rig_.Install(8);
  ASSERT_EQ(profiles().Enable(a), Error::kOk);
  EXPECT_EQ(profiles().Enable(a), Error::kState);
  ASSERT_EQ(profiles().Enable(b), Error::kOk);
  EXPECT_EQ(rig_.StateOf(a), State::kDisabled);
  EXPECT_EQ(rig_.StateOf(b), State::kEnabled);
  EXPECT_EQ(profiles().active_space(), b + 1);
  EXPECT_EQ(profiles().Disable(a), Error::kState);
  EXPECT_EQ(profiles().Delete(b), Error::kState);
  EXPECT_EQ(profiles().Disable(b), Error::kOk);
  EXPECT_EQ(profiles().Delete(b), Error::kOk);
  EXPECT_EQ(profiles().Enable(b), Error::kNotFound);
}

TEST_F(ProfileStoreTest, Delete_DropsFilesKeysAndRecord) {
  const uint8_t a = rig_.Install(7);
  const uint16_t space = static_cast<uint16_t>(a + 1);
  ASSERT_TRUE(rig_.files().Root(space).ok()) << "control";
  ASSERT_EQ(profiles().Delete(a), Error::kOk);
  size_t left = 0;
  rig_.store().ForEach(
      space,
      [](void* n, const store::Key&, size_t) {
        ++*static_cast<size_t*>(n);
        return true;
      },
      &left);
  EXPECT_EQ(left, 0u);
  EXPECT_FALSE(profiles().Used(a));
}

TEST_F(ProfileStoreTest, TamperedImsi_IsDiscardedForGoodAlsoWhenTheCommandRollsBack) {
  const uint8_t a = rig_.Install(7);
  const uint8_t b = rig_.Install(8);
  ASSERT_EQ(profiles().Enable(b), Error::kOk);
  const fs::File imsi = FindImsi(rig_.files(), static_cast<uint16_t>(a + 1)).value();
  ASSERT_EQ(rig_.files().Write(imsi, 0, ProfileRig::Imsi(9)), Error::kOk);
  rig_.store().Begin();
  EXPECT_EQ(profiles().Enable(a), Error::kAuth);
  rig_.store().Rollback();
  rig_.Boot();
  EXPECT_EQ(rig_.StateOf(a), State::kDiscarded);
  EXPECT_EQ(rig_.ReasonOf(a), Reason::kSignature);
  EXPECT_EQ(rig_.StateOf(b), State::kEnabled) << "the enabled one stays";
  ASSERT_EQ(rig_.files().Write(imsi, 0, ProfileRig::Imsi(7)), Error::kOk);
  EXPECT_EQ(profiles().Enable(a), Error::kState) << "never used again";
}

TEST_F(ProfileStoreTest, FlashInAnotherCard_ActivatesNothing) {
  const uint8_t a = rig_.Install(7);
  Record eq3 = rig_.NewRecord(8);
  eq3.equation = Equation::kIdImsi;
  eq3.bound_to_ese = false;
  const uint8_t b = rig_.Install(eq3, 8);
  ASSERT_EQ(profiles().Enable(a), Error::kOk);
  rig_.Boot();
  EXPECT_EQ(profiles().AutoSelect(Occasion::kBoot).value(), a) << "control: same card";
  rig_.identity.eid.fill(0x91);
  rig_.Boot();
  EXPECT_FALSE(profiles().AutoSelect(Occasion::kBoot).ok());
  EXPECT_FALSE(profiles().AutoSelect(Occasion::kFlightModeEnd).ok());
  EXPECT_EQ(profiles().active_space(), 0);
  EXPECT_EQ(rig_.ReasonOf(a), Reason::kForeignFlash);
  EXPECT_EQ(rig_.ReasonOf(b), Reason::kForeignFlash);
}

TEST_F(ProfileStoreTest, EnabledProfileFailsAtBoot_NextOneIsTried) {
  const uint8_t a = rig_.Install(7);
  const uint8_t b = rig_.Install(8);
  const uint8_t c = rig_.Install(9);
  ASSERT_EQ(profiles().Enable(b), Error::kOk);
  for (const uint8_t bad : {a, b}) {
    const fs::File imsi = FindImsi(rig_.files(), static_cast<uint16_t>(bad + 1)).value();
    ASSERT_EQ(rig_.files().Write(imsi, 0, ProfileRig::Imsi(1)), Error::kOk);
  }
  rig_.Boot();
  EXPECT_EQ(profiles().AutoSelect(Occasion::kBoot).value(), c);
  EXPECT_EQ(rig_.StateOf(a), State::kDiscarded);
  EXPECT_EQ(rig_.StateOf(b), State::kDiscarded);
}

TEST_F(ProfileStoreTest, NothingEnabled_BootSelectsNothingAndFlightModeEndDoes) {
  Record bootstrap = rig_.NewRecord(6);
  bootstrap.profile_class = Class::kProvisioning;
  rig_.Install(bootstrap, 6);
  const uint8_t a = rig_.Install(7);
  EXPECT_FALSE(profiles().AutoSelect(Occasion::kBoot).ok());
  EXPECT_EQ(profiles().AutoSelect(Occasion::kFlightModeEnd).value(), a)
      << "provisioning profiles come last";
}

TEST_F(ProfileStoreTest, PowerFailedAfterTheMark_NextBootGoesOnSelecting) {
  const uint8_t a = rig_.Install(7);
  const uint8_t b = rig_.Install(8);
  ASSERT_EQ(profiles().Enable(a), Error::kOk);
  const uint8_t mark[] = {2, static_cast<uint8_t>(Reason::kSignature)};
  ASSERT_EQ(rig_.store().Put({0, static_cast<uint16_t>(kProfileObject + a), 4}, mark), Error::kOk);
  rig_.Boot();
  EXPECT_EQ(profiles().active_space(), 0);
  EXPECT_EQ(profiles().AutoSelect(Occasion::kBoot).value(), b);
}

TEST_F(ProfileStoreTest, NewTerminal_DiscardsAProfileBoundToTheOldOne) {
  ASSERT_TRUE(profiles().SetTerminalId(Repeat(8, 0x35)).ok());
  Record bound = rig_.NewRecord(7);
  bound.bound_to_terminal = true;
  bound.terminal.fill(0x35);
  const uint8_t a = rig_.Install(bound, 7);
  const uint8_t b = rig_.Install(8);
  ASSERT_EQ(profiles().Enable(a), Error::kOk);
  EXPECT_FALSE(profiles().SetTerminalId(Repeat(8, 0x35)).value()) << "the same one";
  EXPECT_EQ(profiles().active().value(), a);
  EXPECT_TRUE(profiles().SetTerminalId(Repeat(8, 0x36)).value());
  EXPECT_EQ(profiles().active().value(), b);
  EXPECT_EQ(rig_.ReasonOf(a), Reason::kWrongTerminal);
  EXPECT_EQ(profiles().SetTerminalId(Repeat(7, 1)).error(), Error::kFormat);
}

TEST_F(ProfileStoreTest, TerminalNotLearned_IsRefusedButNotDiscarded) {
  Record bound = rig_.NewRecord(7);
  bound.bound_to_terminal = true;
  bound.terminal.fill(0x35);
  const uint8_t a = rig_.Install(bound, 7);
  EXPECT_EQ(profiles().Enable(a), Error::kAccess);
  EXPECT_EQ(rig_.StateOf(a), State::kDisabled);
  ASSERT_TRUE(profiles().SetTerminalId(Repeat(8, 0x35)).ok());
  EXPECT_EQ(profiles().Enable(a), Error::kOk);
}

TEST_F(ProfileStoreTest, TestMode_EnablesTestProfilesOnly) {
  const uint8_t a = rig_.Install(7);
  Record test = rig_.NewRecord(8);
  test.profile_class = Class::kTest;
  const uint8_t t = rig_.Install(test, 8);
  ASSERT_EQ(profiles().Enable(a), Error::kOk);
  ASSERT_EQ(profiles().SetMode(Mode::kTest), Error::kOk);
  EXPECT_EQ(profiles().active_space(), 0);
  EXPECT_EQ(profiles().Enable(a), Error::kAccess);
  EXPECT_EQ(profiles().AutoSelect(Occasion::kFlightModeEnd).value(), t);
  ASSERT_EQ(profiles().SetMode(Mode::kNormal), Error::kOk);
  EXPECT_EQ(profiles().Enable(a), Error::kOk);
}

TEST_F(ProfileStoreTest, Rebind_MakesAChangedSubscriptionValidAgain) {
  for (const uint8_t covers : {uint8_t{0}, kCoversK, kCoversProviderKey}) {
    Record r = rig_.NewRecord(static_cast<uint8_t>(0x20 + covers));
    r.covers = covers;
    const uint8_t a = rig_.Install(r, static_cast<uint8_t>(0x20 + covers));
    const uint16_t space = static_cast<uint16_t>(a + 1);
    const fs::File imsi = FindImsi(rig_.files(), space).value();
    store::Transaction transaction(rig_.store());
    ASSERT_EQ(rig_.files().Write(imsi, 0, ProfileRig::Imsi(0x99)), Error::kOk);
    keys::Aka aka(rig_.store(), rig_.keys());
    ASSERT_EQ(aka.ReplaceKey(space, FindUsim(rig_.files(), space).value().object, Repeat(16, 0x99),
                             Repeat(16, 1)),
              Error::kOk);
    EXPECT_EQ(profiles().CheckBinding(a).reason, Reason::kSignature) << "control";
    ASSERT_EQ(profiles().Rebind(a), Error::kOk);
    ASSERT_EQ(transaction.Commit(), Error::kOk);
    EXPECT_EQ(profiles().Enable(a), Error::kOk);
    Record after;
    ASSERT_EQ(profiles().Get(a, after), Error::kOk);
    EXPECT_TRUE(after.signer_is_card());
    EXPECT_EQ(after.covers, covers);
  }
}

TEST_F(ProfileStoreTest, SameIccidTwice_IsRefused) {
  rig_.Install(7);
  const uint16_t space = profiles().BeginStaging().value();
  rig_.FillSpace(space, ProfileRig::Imsi(7), 7);
  Record again = rig_.NewRecord(7);
  rig_.store().Begin();
  EXPECT_EQ(profiles().CommitStaging(again, {}), Error::kExists);
  rig_.store().Rollback();
  ASSERT_EQ(profiles().AbortStaging(), Error::kOk);
  rig_.store().Begin();
  EXPECT_EQ(profiles().CommitStaging(again, {}), Error::kState) << "nothing staged";
  rig_.store().Rollback();
}

TEST_F(ProfileStoreTest, AllSlotsUsed_StagingIsFullUntilOneIsDeleted) {
  for (uint8_t i = 0; i < ProfileStore::kSlots; ++i) {
    rig_.Install(i);
  }
  EXPECT_EQ(profiles().BeginStaging().error(), Error::kFull);
  ASSERT_EQ(profiles().Delete(3), Error::kOk);
  EXPECT_EQ(profiles().BeginStaging().value(), 4);
}

TEST_F(ProfileStoreTest, TenThousandAbortedInstalls_LeakNothing) {
  rig_.Install(1);
  const uint32_t free_before = rig_.store().FreeBytes();
  for (int i = 0; i < 10000; ++i) {
    const Result<uint16_t> space = profiles().BeginStaging();
    ASSERT_TRUE(space.ok()) << i;
    ASSERT_EQ(rig_.store().Put({space.value(), 1, 0x6F07}, Repeat(40, 1)), Error::kOk) << i;
    ASSERT_EQ(rig_.keys().Put({space.value(), 1}, keys::Purpose::kAka, Repeat(32, 2)), Error::kOk);
    if (i % 1000 == 0) {
      rig_.Boot();  // power failed: the boot drops it
      ASSERT_EQ(profiles().staging_space(), 0);
    } else if (i % 2 == 0) {
      ASSERT_EQ(profiles().AbortStaging(), Error::kOk);
    }
  }
  ASSERT_EQ(profiles().AbortStaging(), Error::kOk);
  EXPECT_EQ(rig_.store().FreeBytes(), free_before);
  EXPECT_EQ(rig_.StateOf(0), State::kDisabled);
}

TEST_F(ProfileStoreTest, AnyPowerCutWhileEnabling_LeavesExactlyOneEnabled) {
  const uint8_t a = rig_.Install(7);
  const uint8_t b = rig_.Install(8);
  ASSERT_EQ(profiles().Enable(a), Error::kOk);
  const Data before = rig_.memory;
  int cuts = 0;
  for (uint32_t seed = 0; seed < 4; ++seed) {
    for (uint64_t n = 1; n < 20; ++n) {
      rig_.memory = before;
      rig_.Boot();
      rig_.flash.CutAfter(n, seed);
      bool done = false;
      try {
        store::Transaction transaction(rig_.store());
        done = profiles().Enable(b) == Error::kOk && transaction.Commit() == Error::kOk;
      } catch (const hal::PowerCut&) {
        ++cuts;
      }
      rig_.Boot();
      const Result<uint8_t> active = profiles().active();
      ASSERT_TRUE(active.ok());
      ASSERT_TRUE(active.value() == b || (!done && active.value() == a));
    }
  }
  EXPECT_GT(cuts, 3);
}

TEST_F(ProfileStoreTest, Manufacture_OnceOnly) {
  Data answer(256);
  Writer out(answer);
  EXPECT_EQ(Manufacture(rig_.store(), rig_.keys(), rig_.rng(), rig_.identity, {}, out),
            Error::kState);
  EXPECT_EQ(ReadCardConfig(rig_.store()).value().admin_tries, config::kAdminCodeTries);
}

TEST(ManufactureTest, MissingOrMalformedObject_IsRefused) {
  for (const tlv::Tag broken : {0x81, 0x82, 0x83, 0x84, 0x86, 0x8A}) {
    for (const bool leave_out : {true, false}) {
      ProfileRig rig;
      Data data(2048);
      Writer w(data);
      const auto add = [&](tlv::Tag tag, const Data& value) {
        if (tag != broken) {
          tlv::Add(w, tag, value);
        } else if (!leave_out) {
          tlv::Add(w, tag, ConstBytes(value).first(value.size() - 1 - (tag == 0x84 ? 3 : 0)));
        }
      };
      add(0x81, Repeat(48, 1));
      add(0x82, Repeat(72, 2));
      add(0x83, Repeat(96, 3));
      add(0x84, {1, 2, 3, 4});
      Data key(rig.development.pair.public_key.begin(), rig.development.pair.public_key.end());
      add(0x86, key);
      add(0x8A, rig.provider.TypedKey());
      Data answer(256);
      Writer out(answer);
      rig.store().Begin();
      const Error error =
          Manufacture(rig.store(), rig.keys(), rig.rng(), rig.identity, w.written(), out);
      rig.store().Rollback();
      const bool may_miss = broken == 0x8A && leave_out;
      EXPECT_EQ(error, may_miss ? Error::kOk : Error::kFormat) << std::hex << broken << leave_out;
    }
  }
}

}  // namespace
}  // namespace simurgh::profile
