// What a card must refuse, each with the control that shows the unspoilt thing is taken.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/scp03.h"
#include "crypto/sha.h"
#include "offcard/common/launcher.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/auc.h"
#include "offcard/issuer/secure_session.h"
#include "tests/system/rig.h"

namespace simurgh::system_test {
namespace {

using namespace simurgh::offcard;  // NOLINT

// Reasons of docs/formats/image.md and status words of BEGIN IMAGE there.
constexpr int kInstalled = 0;
constexpr int kWrongSignature = 6;
constexpr int kDigest = 8;
constexpr int kMetadata = 10;
constexpr int kBindingRefused = 12;
// Reasons of docs/formats/binding.md.
constexpr int kUnknownSigner = 7;
constexpr int kBindingSignature = 9;

const Buffer& ThirdPackage() {
  static const Buffer package = OperationalPackage("8900101000000000035", "001010000000003");
  return package;
}

class Refusals : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why = WhyNot("host");
    if (!why.empty()) { GTEST_SKIP() << why; }
    file_ = CopyCard(ProvisionedCard("host").file, dir_, "card");
    kit_ = ProvisionedCard("host").kit;
    card_ = std::make_unique<TestCard>("host", file_);
  }

  ImageRequest Request(uint64_t id) { return RequestFor(kit_, ImageKind::kOperational, id); }
  /// Status word of the sending.
  uint16_t Send(const Buffer& image) { return isdr::SendImage(*card_, image).sw; }
  /// Result of the installation: reason, and the binding's reason behind it.
  std::pair<int, int> Installed(const Buffer& image) {
    const int reason = Install(*card_, image);
    const isdr::ImageStatus status = isdr::ReadImageStatus(*card_);
    return {reason, status.last ? status.last->binding : -1};
  }

  TemporaryDirectory dir_;
  std::string file_;
  CardKit kit_;
  std::unique_ptr<TestCard> card_;
};

constexpr char kNewImsi[] = "080910100000000099";
constexpr char kNewK[] = "00112233445566778899AABBCCDDEEFF";

/// PERSONALIZE in a session of its own (docs/formats/personalization.md).
Answer Personalize(Reader& card, const CardKit& kit, const std::string& code) {
  const Answer selected = ExchangeAll(
      card, Command(0x00, 0xA4, 0x04, 0x00, FromHex("F053494D555247485041"), 256));
  EXPECT_TRUE(selected.ok());
  SecureSession session(card, 0x32, kit.personalization,
                        crypto::Scp03::kCMac | crypto::Scp03::kCEnc);
  Buffer data = FromHex("800101");
  const auto add = [&](uint8_t tag, const Buffer& value) {
    data.push_back(tag);
    data.push_back(static_cast<uint8_t>(value.size()));
    data.insert(data.end(), value.begin(), value.end());
  };
  add(0x81, FromHex(code));
  add(0x82, FromHex(kNewImsi));
  add(0x83, FromHex(kNewK));
  return session.Exchange(0x80, 0x40, 0, 0, data);
}

TEST_F(Refusals, WrongAdminCode_NothingChangesAndTriesGoDown) {
  EXPECT_EQ(Personalize(*card_, kit_, "3132333435363739").sw, 0x63C4);
  EXPECT_EQ(Personalize(*card_, kit_, "31323334353637").sw, 0x63C3);
  EXPECT_EQ(ToHex(ReadImsi(*card_)), "080910100000000010");
  // The control: the right code changes both and fills the tries up.
  EXPECT_TRUE(Personalize(*card_, kit_, kAdminCode).ok());
  EXPECT_EQ(isdr::ReadCardData(*card_).admin_tries_left, 5);
  card_->PowerCycle();
  EXPECT_EQ(ToHex(ReadImsi(*card_)), kNewImsi);
  Subscription s;
  s.k = FromHex(kNewK);
  s.opc = FromHex("CD63CB71954A9F4E48A5994E37A02BAF");
  const AuthVector vector = MakeVector(s);
  EXPECT_TRUE(Matches(vector, Authenticate(*card_, vector)));
}

TEST_F(Refusals, AdminCodeWrongFiveTimes_LockedForTheRightOneToo) {
  for (int left = 4; left >= 0; --left) {
    EXPECT_EQ(Personalize(*card_, kit_, "00").sw, 0x63C0 + left);
    card_->PowerCycle();
  }
  EXPECT_EQ(Personalize(*card_, kit_, kAdminCode).sw, 0x6983);
  EXPECT_EQ(ToHex(ReadImsi(*card_)), "080910100000000010");
}

TEST_F(Refusals, WrongSessionKeys_NoSession) {
  CardKit other = kit_;
  other.personalization = kit_.isdr;
  EXPECT_THROW((void)Personalize(*card_, other, kAdminCode), UserError);
  EXPECT_TRUE(Personalize(*card_, kit_, kAdminCode).ok());
}

TEST_F(Refusals, ImageSpoiltAnywhere_Refused) {
  const Buffer image = PackImage(ThirdPackage(), Request(10));
  struct Spot {
    const char* name;
    size_t at;
    uint16_t sw;  // of BEGIN, or 9000
    int reason;   // at boot
  };
  const Spot spots[] = {
      {"magic", 0, 0x6A80, 0},
      {"version", 4, 0x6A80, 0},
      {"kind", 5, 0x6A80, 0},
      {"target", 6, 0x6A80, 0},
      {"signer", 7, 0x6A80, 0},
      {"target id", 8, 0x6A88, 0},
      {"image id", 31, 0x9000, kWrongSignature},
      {"metadata bytes", 39, 0x9000, kWrongSignature},
      {"ephemeral key", 80, 0x9000, kWrongSignature},
      {"digest", 108, 0x9000, kWrongSignature},
      {"signature r", 140, 0x9000, kWrongSignature},
      {"signature s", 203, 0x9000, kWrongSignature},
      {"first byte of the ciphertext", 204, 0x9000, kDigest},
      {"middle of the ciphertext", image.size() / 2, 0x9000, kDigest},
      {"last byte of the ciphertext", image.size() - 1, 0x9000, kDigest},
  };
  for (const Spot& spot : spots) {
    Buffer spoilt = image;
    spoilt[spot.at] ^= 0x80;
    const uint16_t sw = Send(spoilt);
    EXPECT_EQ(sw, spot.sw) << spot.name;
    if (sw != 0x9000) { continue; }
    card_->PowerCycle();
    const isdr::ImageStatus status = isdr::ReadImageStatus(*card_);
    ASSERT_TRUE(status.last) << spot.name;
    EXPECT_EQ(status.last->reason, spot.reason) << spot.name;
    EXPECT_EQ(isdr::ListProfiles(*card_).size(), 2u) << spot.name;
  }
  EXPECT_EQ(Installed(image).first, kInstalled);
  EXPECT_EQ(isdr::ListProfiles(*card_).size(), 3u);
}

TEST_F(Refusals, ImageForAnotherCard_Refused) {
  ImageRequest request = Request(10);
  request.eid = FromHex("89049032123451234512345678901234");
  EXPECT_EQ(Send(PackImage(ThirdPackage(), request)), 0x6A88);
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), Request(10))).first, kInstalled);
}

TEST_F(Refusals, ImageEncryptedForAnotherCard_Refused) {
  ImageRequest request = Request(10);
  const EcKey other = NewEcKey();
  request.agree_public.assign(other.point.begin(), other.point.end());
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), request)).first, kMetadata);
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), Request(11))).first, kInstalled);
}

TEST_F(Refusals, ImageSignedByAnotherKey_Refused) {
  ImageRequest request = Request(10);
  request.signing_key = NewEcKey();
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), request)).first, kWrongSignature);
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), Request(10))).first, kInstalled);
}

TEST_F(Refusals, ReplayedImage_Refused) {
  const Buffer image = PackImage(ThirdPackage(), Request(10));
  EXPECT_EQ(Installed(image).first, kInstalled);
  EXPECT_EQ(Send(image), 0x6984);
  ASSERT_EQ(isdr::DeleteProfile(*card_, IccidOf(ThirdPackage())), 0);
  EXPECT_EQ(Send(image), 0x6984) << "deleting the profile makes no image new";
  EXPECT_EQ(Send(PackImage(ThirdPackage(), Request(9))), 0x6984);
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), Request(11))).first, kInstalled);
}

TEST_F(Refusals, DevelopmentSignatureOnACommercialCard_Refused) {
  CardSpec spec;
  spec.eid = "89049032123451234512345678901300";
  const std::string file = dir_ / "commercial";
  MakeCardFile(file, spec);
  TestCard card("host", file);
  CardKit kit = isdr::Manufacture(card, Issuer(), KitFor(spec, /*commercial=*/true));
  ImageRequest request = RequestFor(kit, ImageKind::kOperational, 1);
  request.signer = ImageSigner::kDevelopment;
  request.signing_key = ReadEcKey(Issuer().File(KeyDirectory::kImageDevelopment));
  EXPECT_EQ(isdr::SendImage(card, PackImage(ThirdPackage(), request)).sw, 0x6982);
  // Nor does it help to say "commercial" over a development signature.
  request.signer = ImageSigner::kCommercial;
  EXPECT_EQ(Install(card, PackImage(ThirdPackage(), request)), kWrongSignature);
  EXPECT_EQ(Install(card, ImageFor(kit, ThirdPackage(), ImageKind::kOperational, 1)), kInstalled);
}

TEST_F(Refusals, OperationalImageInTestMode_Refused) {
  isdr::SetTestMode(*card_, kit_, true);
  EXPECT_EQ(Send(PackImage(ThirdPackage(), Request(10))), 0x6985);
  // Test profiles are what this mode is for; operational ones do not come on.
  EXPECT_EQ(isdr::EnableProfile(*card_, IccidOf(OperationalPackage()), false), 3);
  EXPECT_EQ(isdr::EnableProfile(*card_, IccidOf(TestPackage()), false), 0);
  isdr::SetTestMode(*card_, kit_, false);
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), Request(10))).first, kInstalled);
}

TEST_F(Refusals, ProviderUnknownToTheCard_NotInstalled) {
  ImageRequest request = Request(10);
  const std::string key = dir_ / "stranger.pem";
  WriteEcKey(key, NewEcKey());
  request.binding->key_file = key;
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), request)),
            std::make_pair(kBindingRefused, kUnknownSigner));
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), Request(11))).first, kInstalled);
}

TEST_F(Refusals, OperationalImageWithoutBinding_NotInstalled) {
  ImageRequest request = Request(10);
  request.binding.reset();
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), request)).first, kMetadata);
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), Request(11))).first, kInstalled);
}

/// The same image with other bytes in the package and a fresh image signature: what an issuer would
/// send who changes a subscription behind its provider's back. CTR ciphertext changes where its
/// plaintext does.
Buffer WithPackageBytes(Buffer image, const Buffer& package, const Buffer& from, const Buffer& to) {
  const auto found = std::search(package.begin(), package.end(), from.begin(), from.end());
  EXPECT_NE(found, package.end());
  const size_t in_package = static_cast<size_t>(found - package.begin());
  const size_t at = image.size() - package.size() + in_package;
  for (size_t i = 0; i < from.size(); ++i) { image[at + i] ^= from[i] ^ to[i]; }
  Copy(Bytes(image).subspan(108), crypto::Sha256Of(ConstBytes(image).subspan(kImageHeader)));
  const std::string domain = "SIMURGH-IMAGE-1";
  Buffer covered(domain.begin(), domain.end());
  covered.insert(covered.end(), image.begin(), image.begin() + 140);
  const EcKey key = ReadEcKey(Issuer().File(KeyDirectory::kImageDevelopment));
  Copy(Bytes(image).subspan(140), Sign(key, crypto::Sha256Of(covered)));
  return image;
}

TEST_F(Refusals, PackageThatTheProviderDidNotSign_NotInstalled) {
  const Buffer imsi = FromHex("080910100000000030");
  const Buffer other_imsi = FromHex("080910100000000070");
  const Buffer k = FromHex("465B5CE8B199B49FAA5F0A2EE238A6BC");
  const Buffer other_k = FromHex(kNewK);
  struct Case {
    uint8_t equation;
    bool cover_k;
    const Buffer& from;
    const Buffer& to;
    std::pair<int, int> result;
  };
  const std::pair<int, int> refused = {kBindingRefused, kBindingSignature};
  const Case cases[] = {
      {1, false, imsi, other_imsi, refused},
      {3, false, imsi, other_imsi, refused},
      {1, true, k, other_k, refused},
      {2, true, k, other_k, refused},
      // The controls: nothing changed, and what an equation does not cover.
      {1, false, imsi, imsi, {0, 0}},
      {1, true, k, k, {0, 0}},
      {3, false, imsi, imsi, {0, 0}},
      {2, false, imsi, other_imsi, {0, 0}},
      {1, false, k, other_k, {0, 0}},
  };
  uint64_t id = 10;
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << "case " << id - 10);
    ImageRequest request = Request(id++);
    request.binding->equation = c.equation;
    request.binding->cover_k = c.cover_k;
    const Buffer image = PackImage(ThirdPackage(), request);
    const auto got = Installed(WithPackageBytes(image, ThirdPackage(), c.from, c.to));
    EXPECT_EQ(got, c.result);
    if (got.first == kInstalled) {
      EXPECT_EQ(isdr::EnableProfile(*card_, IccidOf(ThirdPackage()), false), 0);
      EXPECT_EQ(isdr::DisableProfile(*card_, IccidOf(ThirdPackage()), false), 0);
      EXPECT_EQ(isdr::DeleteProfile(*card_, IccidOf(ThirdPackage())), 0);
    }
  }
}

TEST_F(Refusals, BoundToAnotherCard_NotInstalled) {
  ImageRequest request = Request(10);
  request.binding->eid = FromHex("89049032123451234512345678901234");
  const auto [reason, binding] = Installed(PackImage(ThirdPackage(), request));
  EXPECT_EQ(reason, kBindingRefused);
  EXPECT_EQ(binding, 2);
  EXPECT_EQ(Installed(PackImage(ThirdPackage(), Request(11))).first, kInstalled);
}

TEST_F(Refusals, BoundToAnotherTerminal_NotEnabled) {
  ImageRequest request = Request(10);
  request.binding->terminal = FromHex("5355122011223344");
  ASSERT_EQ(Installed(PackImage(ThirdPackage(), request)).first, kInstalled);
  const Buffer iccid = IccidOf(ThirdPackage());
  EXPECT_EQ(isdr::EnableProfile(*card_, iccid, false), 3) << "no terminal id is known yet";
  const auto terminal = [&](const char* imei) {
    isdr::Select(*card_);
    return ExchangeAll(*card_, Command(0x80, 0x3A, 0, 0, FromHex(imei))).sw;
  };
  EXPECT_EQ(terminal("5355122011223344"), 0x9000);
  EXPECT_EQ(isdr::EnableProfile(*card_, iccid, false), 0) << "the control";
  EXPECT_EQ(isdr::DisableProfile(*card_, iccid, false), 0);
  EXPECT_EQ(terminal("5355122011223355"), 0x9000);
  EXPECT_EQ(isdr::EnableProfile(*card_, iccid, false), 127);
  EXPECT_EQ(isdr::DiscardedWords(*card_, iccid), "bound to another terminal");
}

TEST_F(Refusals, FlashCopiedToAnotherCard_NothingActivatesAndTheReasonIsTold) {
  card_->PowerOff();
  const std::string other = dir_ / "other";
  CardSpec spec;
  spec.eid = "89049032123451234512345678901300";
  spec.seed = "another card";
  MakeCardFile(other, spec);
  CopyFlash(file_, other);
  {
    TestCard card("host", other);
    EXPECT_EQ(isdr::ReadCardData(card).eid, spec.eid);
    for (const isdr::Profile& profile : isdr::ListProfiles(card)) {
      EXPECT_FALSE(profile.enabled);
      EXPECT_NE(isdr::EnableProfile(card, profile.iccid, false), 0);
      EXPECT_EQ(isdr::DiscardedWords(card, profile.iccid), "the flash belongs to another card");
    }
    EXPECT_TRUE(isdr::SelectAutomatically(card).empty());
    EXPECT_THROW((void)ReadImsi(card), UserError);
    EXPECT_THROW((void)Personalize(card, kit_, kAdminCode), UserError) << "no key opens here";
  }
  // The control: the same bytes in a card with the same fuses.
  const std::string twin = dir_ / "twin";
  MakeCardFile(twin);
  CopyFlash(file_, twin);
  TestCard card("host", twin);
  EXPECT_EQ(ToHex(ReadImsi(card)), "080910100000000010");
}

TEST_F(Refusals, RootKeyOfAnotherCardUnderTheSameEid_NothingActivates) {
  card_->PowerOff();
  const std::string other = dir_ / "other";
  CardSpec spec;
  spec.seed = "another card";  // the same EID, another root key
  MakeCardFile(other, spec);
  CopyFlash(file_, other);
  TestCard card("host", other);
  EXPECT_THROW((void)Personalize(card, kit_, kAdminCode), UserError);
  Subscription s;
  s.k = FromHex("465B5CE8B199B49FAA5F0A2EE238A6BC");
  s.opc = FromHex("CD63CB71954A9F4E48A5994E37A02BAF");
  const AuthVector vector = MakeVector(s);
  try {
    SelectUsim(card);
    EXPECT_NE(Authenticate(card, vector).kind, AuthAnswer::Kind::kSuccess);
  } catch (const UserError&) {
    // No profile at all is as good.
  }
  // The control.
  card_->PowerCycle();
  SelectUsim(*card_);
  EXPECT_TRUE(Matches(vector, Authenticate(*card_, vector)));
}

}  // namespace
}  // namespace simurgh::system_test
