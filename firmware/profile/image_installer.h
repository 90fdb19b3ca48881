#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/aes.h"
#include "crypto/rng.h"
#include "firmware/access/pins.h"
#include "firmware/fs/file_system.h"
#include "firmware/keys/key_store.h"
#include "firmware/profile/image_format.h"
#include "firmware/profile/image_store.h"
#include "firmware/profile/profile_store.h"
#include "firmware/store/store.h"
#include "hal/device_id.h"

namespace simurgh::profile {

/// The card's own door, as its loader sees it. The answer ends with
/// the status word and is valid until the next call.
class Exchange {
 public:
  virtual ConstBytes Transmit(ConstBytes command) = 0;

 protected:
  ~Exchange() = default;
};

/// The loader (I6): when a complete image waits, authenticates to the ISD-R with the loader key set
/// (SCP03) and orders the installation. An image that fails for good is removed with its reason, so
/// the error is only about the card: kHardware.
Error InstallPendingImage(ImageStore& images, keys::KeyStore& keys, crypto::Rng& rng,
                          Exchange& door);

/// What the ISD-R does with an image: the checks of docs/formats/image.md, then decryption and
/// interpretation piece by piece. Nothing here holds the image in RAM.
class ImageInstaller {
 public:
  struct Rooms {
    store::Store& store;
    keys::KeyStore& keys;
    fs::FileSystem& files;
    access::Pins& pins;
    ProfileStore& profiles;
    ImageStore& images;
    crypto::Rng& rng;
    const hal::Identity& identity;
  };
  /// @param work  at least kWorkBytes of memory.
  static constexpr size_t kWorkBytes = 1024;
  ImageInstaller(const Rooms& rooms, Bytes work) : rooms_(rooms), work_(work.first(kWorkBytes)) {}

  /// What can be said before the image is there: target, mode, signer, replay. No cryptography.
  ImageReason CheckHeader(const ImageHeader& header);
  /// Starts reception: parses and checks the header, then ImageStore::Begin.
  /// @error from ImageStore::Begin; `*reason` says why the header was refused otherwise.
  Error Receive(ConstBytes header, ImageReason* reason);

  /// Installs the complete image in the store of images, frees it, and leaves the result there.
  /// Runs outside transactions: it makes its own. @error kState: no complete image.  kHardware.
  Error Install();

 private:
  ImageReason Run(ImageResult& result);
  bool InstalledBefore(const ImageHeader& header, ConstBytes raw);
  ImageReason CheckSignature(const ImageHeader& header, ConstBytes raw);
  ImageReason CheckDigest(const ImageHeader& header);
  ImageReason OpenKeys(const ImageHeader& header, ConstBytes raw, ImageKeys& keys);
  ImageReason Unpack(const ImageHeader& header, ConstBytes raw, ImageResult& result);
  ImageReason CheckMetadata(const ImageHeader& header, const Record& record,
                            const Signature& signature);
  ImageReason Interpret(const ImageHeader& header, const crypto::Aes& aes,
                        crypto::AesBlock& counter, const Record& record, ImageResult& result);
  ImageReason Bind(Record& record, Signature& signature, ImageResult& result);
  ImageReason MakeReal(const ImageHeader& header, ConstBytes raw, Record& record,
                       const Signature& signature);
  Error ReadPlain(uint32_t offset, const crypto::Aes& aes, crypto::AesBlock& counter, Bytes out);

  Rooms rooms_;
  Bytes work_;
};

}  // namespace simurgh::profile
