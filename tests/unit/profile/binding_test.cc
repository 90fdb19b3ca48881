#include "firmware/profile/binding.h"

#include "tests/unit/profile/profile_rig.h"

namespace simurgh::profile {
namespace {

using test::Data;
using test::ProfileRig;
using test::Repeat;

TEST(BindingMessage, FieldsAreAsTheFormatPageSays) {
  Record r;
  r.iccid.fill(0x11);
  r.mno = {1, 2, 3};
  r.bound_to_ese = true;
  r.ese.fill(0x22);
  r.equation = Equation::kIdEseImsi;
  r.covers = kCoversK;
  const Data imsi = Repeat(9, 0x33);
  const Data k = Repeat(16, 0x44);
  Data message(kMaxBindingMessage);
  Writer out(message);
  WriteBindingMessage(r, {imsi, k, {}}, out);
  Data expected = {'S', 'I', 'M', 'U', 'R', 'G', 'H', '-', 'B', 'I', 'N', 'D',
                   'I', 'N', 'G', '-', '1', 1,   0,   4,   2,   1,   1,   1};
  const auto add = [&](Data head, const Data& value) {
    expected.insert(expected.end(), head.begin(), head.end());
    expected.insert(expected.end(), value.begin(), value.end());
  };
  add({2, 0, 10}, Repeat(10, 0x11));
  add({3, 0, 3}, {1, 2, 3});
  add({4, 0, 16}, Repeat(16, 0x22));
  add({6, 0, 9}, imsi);
  add({7, 0, 16}, k);
  EXPECT_EQ(Data(out.written().begin(), out.written().end()), expected);

  r.algorithm = Algorithm::kRsaSha1;
  Writer plain(message);
  WriteBindingMessage(r, {imsi, k, {}}, plain);
  expected.clear();
  add({}, Repeat(10, 0x11));
  add({}, Repeat(16, 0x22));
  add({}, imsi);
  add({}, k);
  EXPECT_EQ(Data(plain.written().begin(), plain.written().end()), expected);
}

class BindingTest : public testing::Test {
 protected:
  void SetUp() override {
    rig_.Manufacture();
    space_ = rig_.profiles().BeginStaging().value();
    rig_.FillSpace(space_, ProfileRig::Imsi(7), 7);
    record_ = rig_.NewRecord(7);
  }
  BindingCheck Check(const Signature& s) {
    return rig_.profiles().binding().Check(record_, s.view(), space_);
  }
  Signature Signed(test::Signer& by) {
    return rig_.Sign(record_, ProfileRig::Imsi(7), Repeat(16, 7), by);
  }
  ProfileRig rig_;
  uint16_t space_ = 0;
  Record record_;
};

TEST_F(BindingTest, EveryEquationAndCover_AcceptsItsOwnSignatureOnly) {
  for (const Equation equation : {Equation::kIdEseImsi, Equation::kIdEse, Equation::kIdImsi}) {
    for (uint8_t covers = 0; covers < 4; ++covers) {
      for (test::Signer* signer : {&rig_.provider, &rig_.brainpool}) {
        record_.equation = equation;
        record_.covers = covers;
        Signature s = Signed(*signer);
        EXPECT_TRUE(Accepted(Check(s).verdict)) << int{covers};
        s.bytes[17] ^= 1;
        EXPECT_EQ(Check(s).reason, Reason::kSignature);
      }
    }
  }
}

TEST_F(BindingTest, ChangedFact_BreaksTheEquationsThatCoverIt) {
  const auto after_imsi_change = [&](Equation equation, uint8_t covers) {
    record_.equation = equation;
    record_.covers = covers;
    const Signature s = Signed(rig_.provider);
    EXPECT_TRUE(Accepted(Check(s).verdict)) << "control";
    const fs::File imsi = FindImsi(rig_.files(), space_).value();
    EXPECT_EQ(rig_.files().Write(imsi, 0, ProfileRig::Imsi(8)), Error::kOk);
    const Reason reason = Check(s).reason;
    EXPECT_EQ(rig_.files().Write(imsi, 0, ProfileRig::Imsi(7)), Error::kOk);
    return reason;
  };
  EXPECT_EQ(after_imsi_change(Equation::kIdEseImsi, 0), Reason::kSignature);
  EXPECT_EQ(after_imsi_change(Equation::kIdEse, 0), Reason::kNone);
  EXPECT_EQ(after_imsi_change(Equation::kIdImsi, 0), Reason::kSignature);

  const fs::File usim = FindUsim(rig_.files(), space_).value();
  keys::Aka aka(rig_.store(), rig_.keys());
  for (const uint8_t covers : {uint8_t{0}, kCoversK}) {
    record_.equation = Equation::kIdEse;
    record_.covers = covers;
    const Signature s = Signed(rig_.provider);
    EXPECT_EQ(Check(s).reason, Reason::kNone) << "control";
    ASSERT_EQ(aka.ReplaceKey(space_, usim.object, Repeat(16, 9), Repeat(16, 0x0C)), Error::kOk);
    EXPECT_EQ(Check(s).reason, covers == 0 ? Reason::kNone : Reason::kSignature);
    ASSERT_EQ(aka.ReplaceKey(space_, usim.object, Repeat(16, 7), Repeat(16, 0x0C)), Error::kOk);
  }
}

TEST_F(BindingTest, ChangedRecord_IsRefused) {
  const Signature s = Signed(rig_.provider);
  const Record sound = record_;
  EXPECT_TRUE(Accepted(Check(s).verdict)) << "control";
  record_.mno[0] ^= 1;
  EXPECT_EQ(Check(s).reason, Reason::kSignature);
  record_ = sound;
  record_.profile_class = Class::kTest;
  EXPECT_EQ(Check(s).reason, Reason::kSignature);
  record_ = sound;
  record_.equation = Equation::kIdEse;
  EXPECT_EQ(Check(s).reason, Reason::kSignature);
  record_ = sound;
  record_.iccid[9] ^= 1;
  EXPECT_EQ(Check(s).reason, Reason::kSignature);
  record_ = sound;
  record_.bound_to_ese = false;
  EXPECT_EQ(Check(s).reason, Reason::kFormat) << "equation 1 without any id";
  record_ = sound;
  record_.algorithm = Algorithm::kRsaSha256;
  EXPECT_EQ(Check(s).reason, Reason::kAlgorithm) << "the signer's key is of another type";
  record_ = sound;
  record_.signer[0] ^= 1;
  EXPECT_EQ(Check(s).reason, Reason::kUnknownSigner);
  record_ = sound;
  record_.signer = SignerId{};
  EXPECT_EQ(Check(s).reason, Reason::kSignature) << "not the card's";
}

TEST_F(BindingTest, UntrustedProvider_IsRefused) {
  EXPECT_EQ(Check(Signed(rig_.stranger)).reason, Reason::kUnknownSigner);
  EXPECT_EQ(Check(Signed(rig_.provider)).reason, Reason::kNone) << "control";
}

TEST_F(BindingTest, IdsOfAnotherCardOrTerminal_AreRefusedBeforeTheSignature) {
  record_.ese.fill(0x77);
  EXPECT_EQ(Check(Signed(rig_.provider)).reason, Reason::kWrongEse);
  record_.ese = rig_.identity.eid;
  record_.bound_to_terminal = true;
  record_.terminal.fill(0x35);
  const Signature s = Signed(rig_.provider);
  EXPECT_EQ(Check(s).reason, Reason::kTerminalUnknown);
  ASSERT_TRUE(rig_.profiles().SetTerminalId(Repeat(8, 0x36)).ok());
  EXPECT_EQ(Check(s).reason, Reason::kWrongTerminal);
  ASSERT_TRUE(rig_.profiles().SetTerminalId(Repeat(8, 0x35)).ok());
  EXPECT_EQ(Check(s).reason, Reason::kNone);
}

TEST_F(BindingTest, CardSignature_IsAcceptedByThisCardOnly) {
  Signature s;
  record_.bound_to_ese = false;
  ASSERT_EQ(rig_.profiles().binding().Sign(record_, space_, rig_.rng(), s), Error::kOk);
  EXPECT_TRUE(record_.signer_is_card());
  EXPECT_TRUE(record_.bound_to_ese);
  EXPECT_EQ(record_.ese, rig_.identity.eid);
  EXPECT_EQ(Check(s).reason, Reason::kNone);
  rig_.identity.eid.fill(0x90);
  EXPECT_EQ(Check(s).reason, Reason::kForeignFlash);
}

}  // namespace
}  // namespace simurgh::profile
