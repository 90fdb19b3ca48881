#pragma once

#include <cstdint>

#include "firmware/keys/key_store.h"
#include "firmware/store/store.h"

/// What the card itself keeps in space 0: one list of record parts, one of key slots.
/// docs/formats/profile_record.md and docs/formats/manufacture.md describe the values.
namespace simurgh::profile {

constexpr uint16_t kCardObject = 0x0001;     ///< card state
constexpr uint16_t kProfileObject = 0x0100;  ///< plus the slot: profile records

/// Parts of kCardObject.
enum class CardField : uint16_t {
  kMode = 0x01,         ///< 1 byte: Mode
  kTerminalId = 0x02,   ///< 8 bytes: IMEI as DeviceInfo of SGP.22 has it
  kStaging = 0x03,      ///< 1 byte: slot that a profile is being installed into
  kActive = 0x04,       ///< 1 byte: slot of the enabled profile, 0xFF none
  kConfig = 0x05,       ///< manufactured: version, commercial flag, admin try limit
  kDeviceId = 0x06,     ///< EID of the card that was manufactured
  kAdminTries = 0x07,   ///< wrong admin codes in a row
  kLastImage = 0x10,    ///< plus signer: image id and digest of the last installed image
  kImageKey = 0x20,     ///< plus signer: public key, 65 bytes
  kProviderKey = 0x30,  ///< plus index: type and public key
  kCardSignPublic = 0x40,
  kCardAgreePublic = 0x41,
  kSuspended = 0x50,    ///< docs/formats/suspend.md
};
constexpr store::Key CardKey(CardField field, uint16_t index = 0) {
  return {0, kCardObject, static_cast<uint16_t>(static_cast<uint16_t>(field) + index)};
}

/// Slots of the card's own sealed keys (space 0). A key set is three slots: ENC, MAC, DEK.
enum class CardSlot : uint16_t {
  kIsdrSet = 0x10,
  kLoaderSet = 0x20,
  kPersonalizationSet = 0x30,
  kSign = 0x40,
  kAgree = 0x41,
  kBatch = 0x42,
  kAdminCode = 0x43,
};
constexpr keys::KeyId CardKeyId(CardSlot slot, uint16_t index = 0) {
  return {0, static_cast<uint16_t>(static_cast<uint16_t>(slot) + index)};
}

/// Key version numbers by which INITIALIZE UPDATE names the sets.
constexpr uint8_t kIsdrKeyVersion = 0x30;
constexpr uint8_t kLoaderKeyVersion = 0x31;
constexpr uint8_t kPersonalizationKeyVersion = 0x32;

constexpr uint16_t kProviderKeys = 8;  ///< trusted providers a card can hold

}  // namespace simurgh::profile
