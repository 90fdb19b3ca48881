#include "firmware/profile/image_installer.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "crypto/aes.h"
#include "tests/unit/profile/profile_rig.h"

namespace simurgh::profile {
namespace {

using test::Data;
using test::ProfileRig;
using test::Repeat;

/// The TS.48 v2 package, empty when the reference data is not there.
Data Package() {
  const std::filesystem::path path =
      std::filesystem::path(SIMURGH_SPEC_DIR) / "ts48/TS48v2_SAIP2.1_NoBERTLV.der";
  std::ifstream in(path, std::ios::binary);
  return Data(std::istreambuf_iterator<char>(in), {});
}

/// Profile id of a package: member [3] of its header, with the digits of each pair swapped.
Data IccidOf(const Data& package) {
  for (size_t i = 0; i + 12 < package.size(); ++i) {
    if (package[i] == 0x83 && package[i + 1] == 0x0A) {
      Data iccid(package.begin() + static_cast<long>(i) + 2,
                 package.begin() + static_cast<long>(i) + 12);
      for (uint8_t& pair : iccid) {
        pair = static_cast<uint8_t>(pair << 4 | pair >> 4);
      }
      return iccid;
    }
  }
  return Data(10, 0x98);
}

/// An image being made: fields a test may spoil before Pack.
struct Spec {
  uint8_t version = 1, kind = 3, target = 1, signer = 1;
  uint64_t id = 100;
  Data target_id;
  Data iccid;
  uint8_t profile_class = 0;
  Data extra;  ///< further metadata objects
  Data package;
};

class InstallerTest : public testing::Test {
 public:  // the rows of a table below call the helpers
  void SetUp() override {
    rig_.Manufacture();
    package_ = Package();
    if (package_.empty()) {
      package_ = Repeat(300, 0xA0);  // refusals come before the package is read
      no_reference_ = true;
    }
  }
  Spec NewSpec() {
    Spec s;
    s.target_id.assign(rig_.identity.eid.begin(), rig_.identity.eid.end());
    s.iccid = IccidOf(package_);
    s.package = package_;
    return s;
  }

  /// docs/formats/image.md, written from the sender's side.
  Data Pack(const Spec& s, test::Signer* by = nullptr) {
    Data metadata(1024);
    Writer m(metadata);
    tlv::Add(m, 0x5A, s.iccid);
    tlv::Add(m, 0x91, Data{'T', 'e', 's', 't'});
    tlv::Add(m, 0x92, Data{'O', 'n', 'e'});
    tlv::Add(m, 0x95, Data{s.profile_class});
    tlv::Add(m, 0xC0, Data{0x00, 0xF1, 0x10});
    m.Add(s.extra);
    Data plain(m.written().begin(), m.written().end());
    plain.insert(plain.end(), s.package.begin(), s.package.end());

    Data image(kImageHeaderBytes);
    Copy(image, Data{'S', 'I', 'M', 'G', s.version, s.kind, s.target, s.signer});
    Copy(Bytes(image).subspan(8), s.target_id);
    Put64(image, 24, s.id);
    Put32(image, 32, static_cast<uint32_t>(plain.size()));
    Put32(image, 36, static_cast<uint32_t>(m.size()));
    crypto::Secret<32> shared;
    if (s.target == 1) {
      test::Signer ephemeral(77);
      Copy(Bytes(image).subspan(40), ephemeral.pair.public_key);
      EXPECT_EQ(crypto::Ecdh(crypto::Curve::kNistP256, ephemeral.pair.private_key.view(),
                             rig_.agree, ephemeral.rng, shared),
                Error::kOk);
    } else {
      Copy(Bytes(image).subspan(40), Repeat(65, 0x5A));
      shared.Assign(Repeat(16, 0x44));
    }
    ImageKeys keys;
    DeriveImageKeys(shared.view(), image, keys);
    crypto::AesBlock counter = keys.counter;
    crypto::Ctr(crypto::Aes(keys.key), counter, plain);
    Copy(Bytes(image).subspan(108), crypto::Sha256Of(plain));
    test::Signer& signer = by != nullptr ? *by : s.signer == 1 ? rig_.development : rig_.commercial;
    Copy(Bytes(image).subspan(140), signer.Sign(ImageDigest(image)));
    image.insert(image.end(), plain.begin(), plain.end());
    return image;
  }

  ImageInstaller Installer() {
    return ImageInstaller({rig_.store(), rig_.keys(), rig_.files(), rig_.pins(), rig_.profiles(),
                           rig_.images(), rig_.rng(), rig_.identity},
                          work_);
  }
  ImageReason Offer(const Data& image) {
    ImageReason reason = ImageReason::kInstalled;
    const Error error = Installer().Receive(ConstBytes(image).first(kImageHeaderBytes), &reason);
    EXPECT_EQ(error == Error::kOk, reason == ImageReason::kInstalled);
    return reason;
  }
  /// Puts the image into the secure area whatever its header says, then installs.
  ImageReason Install(const Data& image) {
    EXPECT_EQ(rig_.images().Begin(ConstBytes(image).first(kImageHeaderBytes),
                                  static_cast<uint32_t>(image.size()), Get64(image, 24)),
              Error::kOk);
    EXPECT_EQ(rig_.images().Write(kImageHeaderBytes, ConstBytes(image).subspan(kImageHeaderBytes)),
              Error::kOk);
    EXPECT_EQ(Installer().Install(), Error::kOk);
    EXPECT_EQ(rig_.images().status().state, ImageStore::State::kEmpty);
    EXPECT_EQ(rig_.profiles().staging_space(), 0);
    return rig_.images().status().result.reason;
  }
  bool NothingInstalled() {
    for (uint8_t slot = 0; slot < ProfileStore::kSlots; ++slot) {
      if (rig_.profiles().Used(slot)) {
        return false;
      }
    }
    return true;
  }

  ProfileRig rig_;
  Data package_;
  bool no_reference_ = false;
  Data work_ = Data(2048);
};

TEST_F(InstallerTest, SoundImage_InstallsAndActivates) {
  if (no_reference_) {
    GTEST_SKIP() << "no reference data in " << SIMURGH_SPEC_DIR;
  }
  const Data image = Pack(NewSpec());
  ASSERT_EQ(Offer(image), ImageReason::kInstalled);
  ASSERT_EQ(Install(image), ImageReason::kInstalled)
      << "PEStatus " << int{rig_.images().status().result.pe_status} << " PE "
      << rig_.images().status().result.pe_id << " binding "
      << int(rig_.images().status().result.binding);
  const Result<uint8_t> slot = rig_.profiles().FindByIccid(IccidOf(package_));
  ASSERT_TRUE(slot.ok());
  Record r;
  ASSERT_EQ(rig_.profiles().Get(slot.value(), r), Error::kOk);
  EXPECT_EQ(r.profile_class, Class::kTest);
  EXPECT_TRUE(r.signer_is_card());
  EXPECT_TRUE(Equal(r.name.view(), Data{'O', 'n', 'e'}));
  EXPECT_EQ(rig_.profiles().Enable(slot.value()), Error::kOk);
  Imsi imsi{};
  EXPECT_EQ(ReadImsi(rig_.files(), r.space(), imsi), Error::kOk);
  EXPECT_EQ(Offer(image), ImageReason::kReplay);
  EXPECT_EQ(Install(image), ImageReason::kInstalled) << "as after a cut before the release";
  Spec newer = NewSpec();
  newer.id = 101;
  EXPECT_EQ(Install(Pack(newer)), ImageReason::kExists);
  newer.id = 99;
  EXPECT_EQ(Install(Pack(newer)), ImageReason::kReplay);
}

TEST_F(InstallerTest, BatchImageInTestMode_Installs) {
  if (no_reference_) {
    GTEST_SKIP() << "no reference data in " << SIMURGH_SPEC_DIR;
  }
  ASSERT_EQ(rig_.profiles().SetMode(Mode::kTest), Error::kOk);
  Spec s = NewSpec();
  s.target = 2;
  s.signer = 2;
  s.target_id.assign(16, 0xB7);
  EXPECT_EQ(Install(Pack(s)), ImageReason::kInstalled);
}

TEST_F(InstallerTest, SpoiltImage_IsRefusedWithItsReason) {
  struct Row {
    const char* name;
    ImageReason reason;
    std::function<Data(InstallerTest&)> make;
  };
  const auto with = [](auto change) {
    return [change](InstallerTest& t) {
      Spec s = t.NewSpec();
      change(s);
      return t.Pack(s);
    };
  };
  const auto flip = [](size_t at) {
    return [at](InstallerTest& t) {
      Data image = t.Pack(t.NewSpec());
      image[at] ^= 1;
      return image;
    };
  };
  const Row rows[] = {
      {"magic", ImageReason::kFormat, flip(0)},
      {"version", ImageReason::kVersion, with([](Spec& s) { s.version = 2; })},
      {"kind", ImageReason::kFormat, with([](Spec& s) { s.kind = 4; })},
      {"other card", ImageReason::kTarget, with([](Spec& s) { s.target_id[0] ^= 1; })},
      {"other batch", ImageReason::kTarget, with([](Spec& s) { s.target = 2; })},
      {"image id changed", ImageReason::kSignature, flip(31)},
      {"digest changed", ImageReason::kSignature, flip(110)},
      {"signature changed", ImageReason::kSignature, flip(150)},
      {"stranger", ImageReason::kSignature,
       [](InstallerTest& t) { return t.Pack(t.NewSpec(), &t.rig_.stranger); }},
      {"other key", ImageReason::kSignature,
       [](InstallerTest& t) { return t.Pack(t.NewSpec(), &t.rig_.commercial); }},
      {"payload", ImageReason::kDigest, flip(kImageHeaderBytes + 200)},
      {"class", ImageReason::kMetadata, with([](Spec& s) { s.profile_class = 2; })},
      {"unsigned operational", ImageReason::kMetadata, with([](Spec& s) {
         s.kind = 1;
         s.profile_class = 2;
       })},
      {"as signed by the card", ImageReason::kMetadata, with([](Spec& s) {
         s.extra = {0xC5, 1, 1, 0xC6, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0xC7, 64};
         s.extra.resize(s.extra.size() + 64);
       })},
      {"iccid differs", no_reference_ ? ImageReason::kProfile : ImageReason::kMetadata,
       with([](Spec& s) { s.iccid[5] ^= 1; })},
      {"package cut short", ImageReason::kProfile,
       with([](Spec& s) { s.package.resize(s.package.size() - 20); })},
      {"other eSE", no_reference_ ? ImageReason::kProfile : ImageReason::kBinding,
       with([](Spec& s) {
         s.extra = {0xC1, 16};
         s.extra.resize(18, 0x13);
       })},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Install(row.make(*this)), row.reason) << row.name;
    EXPECT_TRUE(NothingInstalled()) << row.name;
  }
  if (!no_reference_) {
    EXPECT_EQ(Install(Pack(NewSpec())), ImageReason::kInstalled) << "control";
  }
}

TEST_F(InstallerTest, ModeAndSigner_AreCheckedAtTheOffer) {
  Spec operational = NewSpec();
  operational.kind = 1;
  EXPECT_EQ(Offer(Pack(operational)), ImageReason::kInstalled) << "control: normal mode";
  ASSERT_EQ(rig_.images().Abort(), Error::kOk);
  ASSERT_EQ(rig_.profiles().SetMode(Mode::kTest), Error::kOk);
  EXPECT_EQ(Offer(Pack(operational)), ImageReason::kMode);
  EXPECT_EQ(Offer(Pack(NewSpec())), ImageReason::kInstalled);
}

TEST(CommercialCard, DevelopmentSignature_IsRefused) {
  ProfileRig rig;
  rig.Manufacture(true);
  Data work(2048);
  ImageInstaller installer({rig.store(), rig.keys(), rig.files(), rig.pins(), rig.profiles(),
                            rig.images(), rig.rng(), rig.identity},
                           work);
  ImageHeader header;
  header.target_id = rig.identity.eid;
  header.image_id = 1;
  header.signer = ImageSigner::kDevelopment;
  EXPECT_EQ(installer.CheckHeader(header), ImageReason::kSigner);
  header.signer = ImageSigner::kCommercial;
  EXPECT_EQ(installer.CheckHeader(header), ImageReason::kInstalled) << "control";
}

TEST_F(InstallerTest, SomePowerCutsWhileInstalling_EndInOneInstalledProfile) {
  if (no_reference_) {
    GTEST_SKIP() << "no reference data in " << SIMURGH_SPEC_DIR;
  }
  const Data image = Pack(NewSpec());
  ASSERT_EQ(rig_.images().Begin(ConstBytes(image).first(kImageHeaderBytes),
                                static_cast<uint32_t>(image.size()), 100),
            Error::kOk);
  ASSERT_EQ(rig_.images().Write(kImageHeaderBytes, ConstBytes(image).subspan(kImageHeaderBytes)),
            Error::kOk);
  const Data store_before = rig_.memory;
  const Data area_before = rig_.area_memory;
  rig_.flash.ResetCounts();
  ASSERT_EQ(Installer().Install(), Error::kOk);
  const uint64_t operations = rig_.flash.counts().operations();
  ASSERT_GT(operations, 100u);
  // tests/power_cut cuts at every operation; here a sample, with the ends in full.
  for (uint64_t n = 1; n <= operations; n += n < 5 || n + 6 > operations ? 1 : operations / 7) {
    rig_.memory = store_before;
    rig_.area_memory = area_before;
    rig_.Boot();
    rig_.flash.CutAfter(n, static_cast<uint32_t>(n));
    EXPECT_THROW((void)Installer().Install(), hal::PowerCut) << n;
    rig_.Boot();
    ASSERT_EQ(rig_.images().status().state, ImageStore::State::kComplete) << n;
    ASSERT_EQ(Installer().Install(), Error::kOk) << n;
    ASSERT_EQ(rig_.images().status().result.reason, ImageReason::kInstalled) << n;
    ASSERT_TRUE(rig_.profiles().FindByIccid(IccidOf(package_)).ok()) << n;
    ASSERT_FALSE(rig_.profiles().Used(1)) << n;
  }
}

}  // namespace
}  // namespace simurgh::profile
