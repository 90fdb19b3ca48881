#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "offcard/common/hex.h"
#include "offcard/common/saip_codec.h"
#include "offcard/issuer/ec_key.h"

namespace simurgh::offcard {

/// What a profile package says of its subscription, as the binding and the image metadata need it.
struct ProfileFacts {
  Buffer iccid;  ///< 10 bytes as in EF.ICCID
  Buffer imsi;   ///< 9 bytes as in EF.IMSI; empty: the package has no USIM
  Buffer k;      ///< key of the first akaParameter
  Buffer mno;    ///< 3 bytes, TS 24.008, from the IMSI and the length of MNC in EF.AD
  // What an authentication centre and a user need to know besides.
  Buffer opc;
  int algorithm = 0;  ///< of the first akaParameter: 1 Milenage, 2 TUAK, 3 XOR test algorithm
  uint8_t algorithm_options = 0;  ///< algorithmOptions
  uint8_t iterations = 1;         ///< numberOfKeccak
  std::string pin1;   ///< digits; empty: none, or disabled
};
/// @throws UserError: not a profile package.
ProfileFacts ReadProfileFacts(ConstBytes package);

enum class ImageKind : uint8_t { kOperational = 1, kProvisioning = 2, kTest = 3 };
enum class ImageSigner : uint8_t { kDevelopment = 1, kCommercial = 2 };
/// Signature algorithms of docs/formats/binding.md.
enum class BindingAlgorithm : uint8_t { kP256 = 1, kBrainpool = 2, kRsaSha256 = 3, kRsaSha1 = 4 };

/// The tie of a profile to a card, signed by the provider (T2).
struct BindingRequest {
  uint8_t equation = 1;  ///< 1, 2 or 3
  bool cover_k = false;
  bool cover_provider_key = false;
  BindingAlgorithm algorithm = BindingAlgorithm::kP256;
  Buffer eid;       ///< 16 bytes, empty: not bound to an eSE
  Buffer terminal;  ///< 8 bytes, empty: not bound to a terminal
  std::string key_file;  ///< the provider's private key
};

/// The bytes that are signed (docs/formats/binding.md).
Buffer BindingMessage(const ProfileFacts& facts, uint8_t profile_class, const BindingRequest& request,
                      ConstBytes typed_provider_key);

struct ImageRequest {
  ImageKind kind = ImageKind::kOperational;
  ImageSigner signer = ImageSigner::kDevelopment;
  EcKey signing_key;
  uint64_t image_id = 0;
  Buffer eid;                ///< 16 bytes: for one card
  Buffer agree_public;       ///< 65 bytes: the card's agreement key
  Buffer batch_id;           ///< 16 bytes: for a batch, instead of the two above
  Buffer batch_key;          ///< 16 bytes
  std::string name, provider_name;
  std::optional<BindingRequest> binding;  ///< absent: the card binds (test, provisioning)
  /// What is signed and said of the profile; absent: what the package says.
  std::optional<ProfileFacts> facts;
};

/// Makes an image file (docs/formats/image.md). @throws UserError.
Buffer PackImage(ConstBytes package, const ImageRequest& request);

/// The header of an image, for `simurgh image inspect`.
struct ImageSummary {
  uint8_t version = 0, kind = 0, target = 0, signer = 0;
  Buffer target_id;
  uint64_t image_id = 0;
  uint32_t payload = 0, metadata = 0;
  bool complete = false;       ///< the file is as long as the header says
  bool digest_right = false;   ///< the payload is what the header's digest says
};
/// @throws UserError: not an image.
ImageSummary InspectImage(ConstBytes image);
bool ImageSignatureRight(ConstBytes image, const crypto::EcPublicKey& key);

constexpr size_t kImageHeader = 204;

}  // namespace simurgh::offcard
