#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "base/tlv.h"
#include "base/writer.h"
#include "crypto/ec.h"
#include "crypto/rng.h"
#include "firmware/access/pins.h"
#include "firmware/config.h"
#include "firmware/fs/file_system.h"
#include "firmware/keys/aka.h"
#include "firmware/keys/key_store.h"
#include "firmware/profile/card_data.h"
#include "firmware/profile/image_store.h"
#include "firmware/profile/manufacture.h"
#include "firmware/profile/profile_store.h"
#include "firmware/profile/subscription.h"
#include "hal/host/sim_flash.h"
#include "tests/unit/store/heap_index.h"

namespace simurgh::test {

using Data = std::vector<uint8_t>;

inline Data Repeat(size_t size, uint8_t value) { return Data(size, value); }

/// A key pair of a provider or an image signer.
struct Signer {
  explicit Signer(uint8_t seed, crypto::Curve on = crypto::Curve::kNistP256) : curve(on) {
    rng.Seed(Repeat(48, seed));
    EXPECT_EQ(crypto::GenerateEcKey(curve, rng, pair), Error::kOk);
  }
  Data TypedKey() const {
    Data key = {static_cast<uint8_t>(curve == crypto::Curve::kNistP256 ? 1 : 2)};
    key.insert(key.end(), pair.public_key.begin(), pair.public_key.end());
    return key;
  }
  crypto::EcSignature Sign(const crypto::Sha256Digest& digest) {
    crypto::EcSignature signature{};
    EXPECT_EQ(crypto::EcdsaSign(curve, pair.private_key.view(), digest, rng, signature),
              Error::kOk);
    return signature;
  }
  crypto::Curve curve;
  crypto::Rng rng;
  crypto::EcKeyPair pair;
};

/// The rooms below the applications, on a flash that can move to another device.
class ProfileRig {
 public:
  static constexpr hal::FlashShape kStoreShape = {config::kStoreSectors, config::kSectorBytes, 8};
  static constexpr hal::FlashShape kAreaShape = {config::kImageSectors, config::kSectorBytes, 8};

  ProfileRig()
      : memory(kStoreShape.sectors * kStoreShape.sector_bytes, 0xFF),
        area_memory(kAreaShape.sectors * kAreaShape.sector_bytes, 0xFF),
        flash(kStoreShape, memory),
        area_flash(kAreaShape, area_memory),
        index_(config::kIndexSlots) {
    identity.eid.fill(0x89);
    identity.root_key.fill(0x42);
    identity.batch.fill(0xB7);
    Boot();
  }

  /// Power off and on, in the device that `identity` describes.
  void Boot() {
    flash.PowerOn();
    area_flash.PowerOn();
    rooms_ = std::make_unique<Rooms>(*this);
    ASSERT_EQ(rooms_->store.Mount(), Error::kOk);
    rooms_->rng.Seed(Repeat(48, 9));
    rooms_->keys.Unlock(identity.root_key);
    ASSERT_EQ(rooms_->profiles.Boot(), Error::kOk);
    ASSERT_EQ(rooms_->images.Mount(), Error::kOk);
  }

  /// MANUFACTURE with the rig's keys.
  void Manufacture(bool commercial = false) {
    Data data;
    data.resize(2048);
    Writer w(data);
    tlv::Add(w, 0x81, Repeat(48, 0x11));
    tlv::Add(w, 0x82, Repeat(48, 0x22));
    tlv::Add(w, 0x83, Repeat(48, 0x33));
    tlv::Add(w, 0x84, Data{1, 2, 3, 4, 5, 6});
    tlv::Add(w, 0x86, development.pair.public_key);
    tlv::Add(w, 0x87, this->commercial.pair.public_key);
    tlv::Add(w, 0x88, Data{static_cast<uint8_t>(commercial)});
    tlv::Add(w, 0x89, Repeat(16, 0x44));
    tlv::Add(w, 0x8A, provider.TypedKey());
    tlv::Add(w, 0x8A, brainpool.TypedKey());
    ASSERT_FALSE(w.overflow());
    Data answer(256);
    Writer out(answer);
    store::Transaction transaction(store());
    ASSERT_EQ(profile::Manufacture(store(), keys(), rng(), identity, w.written(), out), Error::kOk);
    ASSERT_EQ(transaction.Commit(), Error::kOk);
    tlv::Object o = tlv::Find(out.written(), 0x82).value();
    Copy(agree, o.value);
  }

  /// Puts a small profile into a staging space: MF, USIM, EF.IMSI, K.
  void FillSpace(uint16_t space, ConstBytes imsi9, uint8_t k) {
    store::Transaction transaction(store());
    fs::FileSpec mf;
    mf.type = fs::Type::kMf;
    mf.fid = 0x3F00;
    const Result<fs::File> root = files().Create(space, fs::File{.space = space}, mf);
    ASSERT_TRUE(root.ok());
    const uint8_t aid[] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02, 0xFF, 0xFF};
    fs::FileSpec usim;
    usim.type = fs::Type::kAdf;
    usim.fid = 0x7FF0;
    usim.aid = aid;
    const Result<fs::File> adf = files().Create(space, root.value(), usim);
    ASSERT_TRUE(adf.ok());
    fs::FileSpec imsi;
    imsi.type = fs::Type::kTransparent;
    imsi.fid = 0x6F07;
    imsi.size = 9;
    const Result<fs::File> ef = files().Create(space, adf.value(), imsi);
    ASSERT_TRUE(ef.ok());
    ASSERT_EQ(files().Write(ef.value(), 0, imsi9), Error::kOk);
    const Data key = Repeat(16, k);
    const Data opc = Repeat(16, 0x0C);
    keys::AkaParameters p;
    p.key = key;
    p.opc = opc;
    keys::Aka aka(store(), keys());
    ASSERT_EQ(aka.Install(space, adf.value().object, p), Error::kOk);
    ASSERT_EQ(transaction.Commit(), Error::kOk);
  }

  profile::Record NewRecord(uint8_t number) {
    profile::Record r;
    r.iccid = {0x98, 0x10, 0x32, 0x54, 0x76, 0x98, 0x10, 0x32, 0x54, number};
    r.mno = {0x00, 0xF1, 0x10};
    r.bound_to_ese = true;
    r.ese = identity.eid;
    return r;
  }
  static Data Imsi(uint8_t number) {
    return {0x08, 0x09, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, number};
  }

  /// The provider's signature over the record with the given IMSI and K.
  profile::Signature Sign(profile::Record& r, ConstBytes imsi, ConstBytes k, Signer& by) {
    const Data typed = by.TypedKey();
    r.signer = profile::SignerIdOf(typed);
    r.algorithm = by.curve == crypto::Curve::kNistP256 ? profile::Algorithm::kEcdsaP256
                                                       : profile::Algorithm::kEcdsaBrainpool;
    Data message(profile::kMaxBindingMessage);
    Writer out(message);
    profile::WriteBindingMessage(r, {imsi, k, typed}, out);
    EXPECT_FALSE(out.overflow());
    const crypto::EcSignature raw = by.Sign(crypto::Sha256Of(out.written()));
    profile::Signature signature;
    Copy(signature.bytes, raw);
    signature.size = raw.size();
    return signature;
  }

  /// Installs profile `number` (IMSI and K made from it), signed by the provider; its slot.
  uint8_t Install(profile::Record r, uint8_t number) {
    const Result<uint16_t> space = profiles().BeginStaging();
    EXPECT_TRUE(space.ok());
    FillSpace(space.value(), Imsi(number), number);
    const profile::Signature signature = Sign(r, Imsi(number), Repeat(16, number), provider);
    store::Transaction transaction(store());
    EXPECT_EQ(profiles().CommitStaging(r, signature.view()), Error::kOk);
    EXPECT_EQ(transaction.Commit(), Error::kOk);
    return r.slot;
  }
  uint8_t Install(uint8_t number) { return Install(NewRecord(number), number); }

  profile::State StateOf(uint8_t slot) {
    profile::Record r;
    EXPECT_EQ(profiles().Get(slot, r), Error::kOk);
    return r.state;
  }
  profile::Reason ReasonOf(uint8_t slot) {
    profile::Record r;
    EXPECT_EQ(profiles().Get(slot, r), Error::kOk);
    return r.reason;
  }

  store::Store& store() { return rooms_->store; }
  keys::KeyStore& keys() { return rooms_->keys; }
  fs::FileSystem& files() { return rooms_->files; }
  access::Pins& pins() { return rooms_->pins; }
  crypto::Rng& rng() { return rooms_->rng; }
  profile::ProfileStore& profiles() { return rooms_->profiles; }
  profile::ImageStore& images() { return rooms_->images; }

  hal::Identity identity;
  Data memory, area_memory;
  hal::SimFlash flash, area_flash;
  Signer development{1}, commercial{2}, provider{3}, brainpool{4, crypto::Curve::kBrainpoolP256r1},
      stranger{5};
  crypto::EcPublicKey agree{};  ///< the card's agreement key, after Manufacture

 private:
  struct Rooms {
    explicit Rooms(ProfileRig& rig)
        : store(rig.flash, rig.index_),
          keys(store),
          files(store),
          pins(store),
          profiles(store, keys, files, rng, rig.identity),
          images(rig.area_flash) {}
    store::Store store;
    keys::KeyStore keys;
    fs::FileSystem files;
    access::Pins pins;
    crypto::Rng rng;
    profile::ProfileStore profiles;
    profile::ImageStore images;
  };
  store::HeapIndex index_;
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace simurgh::test
