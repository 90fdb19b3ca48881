#pragma once

#include <array>
#include <cstdint>

#include "base/result.h"
#include "crypto/rng.h"
#include "firmware/keys/key_store.h"
#include "firmware/profile/binding.h"
#include "firmware/profile/record.h"
#include "firmware/store/store.h"
#include "hal/device_id.h"

namespace simurgh::fs {
class FileSystem;
}

namespace simurgh::profile {

/// The profiles of the card: list, activation with its check (T3), installation into a staging
/// space that nothing sees until one record makes it real. docs/formats/profile_record.md.
///
/// Changes are made within the open transaction of the store (the command's). Two exceptions are
/// durable at once: the mark on a discarded profile, which must outlive the refusal, and staging,
/// which runs over many transactions.
class ProfileStore {
 public:
  ProfileStore(store::Store& store, keys::KeyStore& keys, fs::FileSystem& files, crypto::Rng& rng,
               const hal::Identity& identity);

  /// At boot, after Store::Mount and KeyStore::Unlock: drops what an interrupted installation left.
  Error Boot();

  static constexpr uint8_t kSlots = config::kProfiles;
  bool Used(uint8_t slot);
  /// @error kNotFound, kCorrupt.
  Error Get(uint8_t slot, Record& out);
  Error GetSignature(uint8_t slot, Signature& out);
  Result<uint8_t> FindByIccid(ConstBytes iccid10);
  Result<uint8_t> FindByAid(ConstBytes aid16);

  /// Slot of the enabled profile. @error kNotFound: none.
  Result<uint8_t> active();
  /// Its space; 0 when no profile is enabled.
  uint16_t active_space();

  /// Makes the profile the only enabled one, after its binding has been checked.
  /// @error kNotFound.  kState: enabled already, or discarded.  kAccess: not a test profile in test
  ///        mode, or bound to a terminal the card does not know yet.  kAuth: the check failed; the
  ///        profile is now discarded (durable).  The enabled profile stays as it was.
  Error Enable(uint8_t slot);
  /// @error kNotFound, kState: not enabled.
  Error Disable(uint8_t slot);
  /// Drops files, keys and record. @error kNotFound, kState: enabled.
  Error Delete(uint8_t slot);
  Error SetNickname(uint8_t slot, ConstBytes nickname);

  /// When automatic selection runs.
  enum class Occasion : uint8_t {
    kBoot,           ///< checks the enabled profile; when it fails, tries the others in slot order
    kFlightModeEnd,  ///< the same, and selects one also when none is enabled
  };
  /// @returns the slot enabled afterwards. @error kNotFound: none is.
  Result<uint8_t> AutoSelect(Occasion occasion);
  /// Why `slot` could or could not be activated now; changes nothing.
  BindingCheck CheckBinding(uint8_t slot);

  /// Terminal id (IMEI). Setting a new one checks the enabled profile if it is bound to a terminal.
  /// @returns true when another profile (or none) is enabled afterwards.
  Result<bool> SetTerminalId(ConstBytes id8);
  /// @error kNotFound: not learned yet.
  Result<TerminalId> terminal_id();
  /// A usable profile is bound to a terminal: it matters which one this is.
  bool AsksForTerminal();

  Mode mode();
  /// Test mode disables an enabled profile that is not a test profile.
  Error SetMode(Mode mode);

  /// Reserves a slot and an empty space, recorded durably. Drops an older staging space first.
  /// Called outside transactions. @error kFull: no free slot.
  Result<uint16_t> BeginStaging();
  /// The space between BeginStaging and Commit or Abort; 0 when there is none.
  uint16_t staging_space();
  /// Within the open transaction: writes the record and ends staging; the profile is disabled.
  /// `record.slot` is set. @error kState: nothing staged.  kExists: this ICCID is installed.
  Error CommitStaging(Record& record, ConstBytes signature);
  /// Drops the staging space. Called outside transactions; no staging is not an error.
  Error AbortStaging();

  /// Signs the record anew with the card's key, over the facts as they are now in the open
  /// transaction (after personalization; for images that come without a signature).
  Error Rebind(uint8_t slot);

  Binding& binding() { return binding_; }

 private:
  store::Key RecordKey(uint8_t slot, RecordPart part) const;
  Error Discard(uint8_t slot, Reason reason);
  Error Activate(uint8_t slot);
  Error PutRecord(const Record& record, ConstBytes signature);
  Error DropSlot(uint8_t slot);
  bool Eligible(const Record& record);

  store::Store& store_;
  crypto::Rng& rng_;
  Binding binding_;
};

}  // namespace simurgh::profile
