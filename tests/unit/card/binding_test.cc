// Bindings made by the provider's tools, checked by the card on activation (T1 to T3).
#include <gtest/gtest.h>

#include "tests/unit/card/issued_card.h"

namespace simurgh::test {
namespace {

using offcard::BindingAlgorithm;
using offcard::KeyDirectory;

constexpr uint8_t kInstalled = 0;
constexpr uint8_t kBindingRefused = 12;
constexpr uint8_t kSignatureReason = 9;
constexpr uint8_t kAlgorithmReason = 8;

struct Row {
  const char* name;
  BindingAlgorithm algorithm;
  const char* key;
  bool accepted;
};
#ifdef SIMURGH_ALLOW_RSA_SHA1
constexpr bool kSha1 = true;
#else
constexpr bool kSha1 = false;
#endif
constexpr Row kRows[] = {
    {"p256", BindingAlgorithm::kP256, KeyDirectory::kProvider, true},
    {"brainpool", BindingAlgorithm::kBrainpool, KeyDirectory::kProviderBrainpool, true},
    {"rsa", BindingAlgorithm::kRsaSha256, KeyDirectory::kProviderRsa, true},
    {"rsa_sha1", BindingAlgorithm::kRsaSha1, KeyDirectory::kProviderRsa, kSha1},
};

class BindingAlgorithms : public testing::TestWithParam<Row> {};

TEST_P(BindingAlgorithms, EveryEquation_RightActivates_ForeignImsiIsRefused) {
  IssuedCard issued;
  const Subscriber one = NewSubscriber(1);
  const Subscriber two = NewSubscriber(2);
  uint64_t id = 1;
  for (uint8_t equation = 1; equation <= 3; ++equation) {
    offcard::ImageRequest request = issued.Request(id++);
    request.binding->algorithm = GetParam().algorithm;
    request.binding->key_file = issued.keys.File(GetParam().key);
    request.binding->equation = equation;
    const offcard::isdr::ImageStatus::Result right =
        issued.Install(offcard::PackImage(one.package, request));
    if (!GetParam().accepted) {
      EXPECT_EQ(right.reason, kBindingRefused);
      EXPECT_EQ(right.binding, kAlgorithmReason);
      continue;
    }
    ASSERT_EQ(right.reason, kInstalled) << "equation " << int{equation};
    EXPECT_EQ(issued.own.rig.Enable(one.iccid), 0);
    EXPECT_EQ(issued.own.rig.Disable(one.iccid), 0);
    EXPECT_EQ(issued.own.rig.Delete(one.iccid), 0);

    // The provider signed another subscriber: same ICCID on the image, another IMSI in the files.
    request.image_id = id++;
    offcard::ProfileFacts facts = offcard::ReadProfileFacts(two.package);
    facts.iccid = one.iccid;
    request.facts = facts;
    const offcard::isdr::ImageStatus::Result wrong =
        issued.Install(offcard::PackImage(one.package, request));
    const bool covers_imsi = equation != 2;
    EXPECT_EQ(wrong.reason, covers_imsi ? kBindingRefused : kInstalled);
    EXPECT_EQ(wrong.binding, covers_imsi ? kSignatureReason : 0);
    if (!covers_imsi) {
      EXPECT_EQ(issued.own.rig.Delete(one.iccid), 0);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, BindingAlgorithms, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

// TERMINAL PROFILE of a terminal that does REFRESH and PROVIDE LOCAL INFORMATION.
constexpr const char* kTerminalProfile = "8010000004 00008040";
constexpr const char* kFetch = "80120000";
// Details 01 26 01, devices 82 81, result 00, IMEI 123456789012345: toolkit form.
constexpr const char* kImeiAnswer =
    "8014000016 810301260182028281830100 1408 1A32547698103254";
constexpr const char* kOtherImeiAnswer =
    "8014000016 810301260182028281830100 1408 1A32547698103264";

class TerminalBinding : public testing::Test {
 public:
  void SetUp() override {
    offcard::ImageRequest request = issued_.Request(1);
    request.binding->terminal = Hex("21436587092143F5");  // the same IMEI as DeviceInfo has it
    ASSERT_EQ(issued_.Install(offcard::PackImage(one_.package, request)).reason, kInstalled);
  }
  /// The terminal starts the toolkit and answers what it is asked.
  void TellImei(const char* answer) {
    CardRig& rig = issued_.own.rig;
    rig.card().Reset();
    const Response profile = rig.Send(kTerminalProfile);
    ASSERT_EQ(profile.sw >> 8, 0x91);
    Data fetch = Hex(kFetch);
    fetch.push_back(static_cast<uint8_t>(profile.sw));
    EXPECT_EQ(ToText(rig.Send(fetch).data), "D009810301260182028182");
    ASSERT_TRUE(rig.Send(answer).ok());
  }
  IssuedCard issued_;
  Subscriber one_ = NewSubscriber(1);
};

TEST_F(TerminalBinding, ImeiLearned_ProfileActivates) {
  EXPECT_NE(issued_.own.rig.Enable(one_.iccid), 0) << "no terminal known yet";
  TellImei(kImeiAnswer);
  EXPECT_EQ(offcard::isdr::ReadCardData(issued_.reader).terminal_id, "21436587092143F5");
  EXPECT_EQ(issued_.own.rig.Enable(one_.iccid), 0);
}

TEST_F(TerminalBinding, OtherTerminal_ProfileIsDiscarded) {
  TellImei(kOtherImeiAnswer);
  EXPECT_NE(issued_.own.rig.Enable(one_.iccid), 0);
  EXPECT_EQ(offcard::isdr::DiscardedWords(issued_.reader, one_.iccid), "bound to another terminal");
}

TEST_F(TerminalBinding, CardMovedToOtherTerminal_ActiveProfileIsDiscarded) {
  TellImei(kImeiAnswer);
  ASSERT_EQ(issued_.own.rig.Enable(one_.iccid), 0);
  TellImei(kOtherImeiAnswer);
  EXPECT_EQ(offcard::isdr::DiscardedWords(issued_.reader, one_.iccid), "bound to another terminal");
}

}  // namespace
}  // namespace simurgh::test
