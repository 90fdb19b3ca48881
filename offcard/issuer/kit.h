#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "offcard/common/hex.h"
#include "offcard/issuer/ec_key.h"

namespace simurgh::offcard {

/// The issuer's test keys: a directory of PEM, DER and JSON files. `simurgh pki new` makes one.
class KeyDirectory {
 public:
  explicit KeyDirectory(std::string directory) : directory_(std::move(directory)) {}

  // Files, all of them under the directory.
  std::string File(const std::string& name) const { return (directory_ / name).string(); }
  static constexpr const char* kImageDevelopment = "image-development.key.pem";
  static constexpr const char* kImageCommercial = "image-commercial.key.pem";
  static constexpr const char* kProvider = "provider.key.pem";
  static constexpr const char* kProviderBrainpool = "provider-brainpool.key.pem";
  static constexpr const char* kProviderRsa = "provider-rsa.key.pem";

  /// @throws UserError when it is missing: run `simurgh pki new`.
  void Require() const;
  std::string KitFile(const std::string& eid) const;
  const std::filesystem::path& path() const { return directory_; }

 private:
  std::filesystem::path directory_;
};

/// ENC, MAC, DEK of an SCP03 key set, 16 bytes each.
struct ScpKeys {
  Buffer enc, mac, dek;
};

/// What the issuer knows of one card: secrets it was manufactured with, public keys it answered.
struct CardKit {
  std::string eid;  ///< 32 digits
  ScpKeys isdr, loader, personalization;
  std::string admin_code;  ///< hex
  int admin_tries = 5;
  bool commercial = false;
  bool profile_menu = false;  ///< the card shows the profile menu (docs/formats/toolkit.md)
  Buffer batch_id, batch_key;  ///< empty: none
  Buffer sign_public, agree_public;  ///< empty until the card was manufactured
};

/// A kit with fresh random keys.
CardKit NewCardKit(const std::string& eid);
/// @throws UserError: no kit for this card.
CardKit ReadCardKit(const KeyDirectory& keys, const std::string& eid);
void WriteCardKit(const KeyDirectory& keys, const CardKit& kit);

/// Data of the MANUFACTURE command (docs/formats/manufacture.md).
Buffer ManufactureData(const CardKit& kit, const KeyDirectory& keys);

}  // namespace simurgh::offcard
