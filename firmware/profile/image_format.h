#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/verdict.h"
#include "crypto/sha.h"
#include "firmware/profile/record.h"
#include "firmware/rsp/pe_status.h"

/// The image file (I3): docs/formats/image.md.
namespace simurgh::profile {

constexpr size_t kImageHeaderBytes = 204;
constexpr size_t kImageSignedBytes = 140;  ///< header bytes the signature covers
constexpr uint8_t kImageVersion = 1;

enum class ImageKind : uint8_t { kOperational = 1, kProvisioning = 2, kTest = 3 };
enum class ImageTarget : uint8_t { kCard = 1, kBatch = 2 };
enum class ImageSigner : uint8_t { kDevelopment = 1, kCommercial = 2 };

/// How an image ended. Stored and shown: numbers never change their meaning.
enum class ImageReason : uint8_t {
  kInstalled = 0,
  kFormat = 1,  ///< header, metadata or lengths
  kVersion = 2,
  kTarget = 3,  ///< for another card or batch
  kMode = 4,    ///< kind not accepted in this mode
  kSigner = 5,  ///< development signature on a commercial card, or no such key
  kSignature = 6,
  kReplay = 7,     ///< image id not above the last installed one of this signer
  kDigest = 8,     ///< ciphertext differs from what was signed
  kKey = 9,        ///< no agreement or batch key, or not a point of the curve
  kMetadata = 10,  ///< metadata missing, malformed or contradicting the header
  kProfile = 11,   ///< the profile package was refused: see pe_status
  kBinding = 12,   ///< ids or signature of the profile: see binding
  kMemory = 13,
  kExists = 14,  ///< a profile with this ICCID is installed
  kLoader = 15,  ///< the loader could not authenticate to the ISD-R
  kHardware = 16,
};

/// Result of the last image, kept in the secure area and readable by the device.
struct ImageResult {
  bool present = false;
  ImageReason reason = ImageReason::kInstalled;
  Reason binding = Reason::kNone;
  uint8_t pe_status = 0;  ///< PEStatus of the TCA interoperable format, 0 ok
  uint16_t pe_id = 0;     ///< identification number of the failing element
  uint64_t image_id = 0;
  rsp::Pe element = rsp::Pe::kHeader;              ///< the failing element
  saip::Reason pe_reason = saip::Reason::kNone;    ///< what is wrong with it
  uint8_t pe_detail = 0;                           ///< e.g. the missing service
};

/// As stored and as GET IMAGE STATUS answers it (tag 85); `present` is not part of it.
constexpr size_t kImageResultBytes = 16;
void EncodeImageResult(const ImageResult& result, Bytes out16);
ImageResult DecodeImageResult(ConstBytes in16);

struct ImageHeader {
  ImageKind kind = ImageKind::kOperational;
  ImageTarget target = ImageTarget::kCard;
  ImageSigner signer = ImageSigner::kDevelopment;
  Eid target_id{};
  uint64_t image_id = 0;
  uint32_t payload_bytes = 0;           ///< ciphertext
  uint32_t metadata_bytes = 0;          ///< first bytes of the plaintext
  std::array<uint8_t, 65> agreement{};  ///< ephemeral public key, or salt for a batch
  crypto::Sha256Digest digest{};
  std::array<uint8_t, 64> signature{};
  uint32_t total() const { return static_cast<uint32_t>(kImageHeaderBytes) + payload_bytes; }
};

/// @error kFormat: not an image, or fields out of their ranges.  kUnsupported: another version.
Error ParseImageHeader(ConstBytes header, ImageHeader& out);

/// SHA-256 of the domain string and the signed header bytes: what the image signature covers.
crypto::Sha256Digest ImageDigest(ConstBytes header);

/// AES-128 key and first counter block for the payload, from the shared secret (ECDH) or the batch
/// key: X9.63 KDF, info = domain string and header bytes 0..107.
struct ImageKeys {
  std::array<uint8_t, 16> key{};
  std::array<uint8_t, 16> counter{};
  ~ImageKeys();
};
void DeriveImageKeys(ConstBytes shared, ConstBytes header, ImageKeys& out);

/// Reads the metadata block into a record and its signature (views are not kept).
/// @error kFormat.
Error ParseImageMetadata(ConstBytes metadata, Record& record, Signature& signature);

}  // namespace simurgh::profile
