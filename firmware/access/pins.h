#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "firmware/fs/file_system.h"
#include "firmware/fs/selection.h"
#include "firmware/store/store.h"

namespace simurgh::access {

/// Key references (TS 102 221 9.5.1, table 9.3): 01..08 application PINs, 0A..0E and 8A..8E
/// administrative keys, 11 universal PIN: all global. 81..88 second PINs are local to an ADF or DF.
constexpr uint8_t kUniversalPin = 0x11;
constexpr bool IsLocal(uint8_t reference) { return reference >= 0x81 && reference <= 0x88; }
constexpr bool IsAdm(uint8_t reference) {
  return (reference & 0x7F) >= 0x0A && (reference & 0x7F) <= 0x0E;
}
constexpr bool IsReference(uint8_t reference) {
  return IsLocal(reference) || IsAdm(reference) || reference == kUniversalPin ||
         (reference >= 0x01 && reference <= 0x08);
}
constexpr size_t kPinBytes = 8;

/// What one logical channel has verified of its own: second PINs (9.4.3), valid within the
/// directory they belong to. Global references are verified for the whole card and live in Pins: an
/// application PIN "allows access to any file on the UICC where it is referenced" (9.4.2), and ISO/IEC
/// 7816-4 5.4.1 lets channels share security status; terminals verify once and open channels.
struct Verified {
  uint16_t scope = 0;  ///< object of the directory that owns the PINs below
  uint8_t local = 0;   ///< bit n: reference 81 + n
  void Clear() { *this = Verified{}; }
};

/// A PIN as a profile defines it (PE-PINCodes).
struct PinSpec {
  uint8_t reference = 0;
  ConstBytes value;        ///< 8 bytes
  uint8_t puk = 0;         ///< reference of its PUK, 0: it cannot be unblocked
  uint8_t attributes = 7;  ///< bit 0 enabled, bit 1 may be changed, bit 2 may be disabled/enabled
  uint8_t max_tries = 3;
  uint8_t tries_left = 3;
};
struct PukSpec {
  uint8_t reference = 0;
  ConstBytes value;  ///< 8 bytes
  uint8_t max_tries = 10;
  uint8_t tries_left = 10;
};

struct PinState {
  bool enabled = false;
  bool replaced = false;   ///< disabled, with the universal PIN in its place (9.4.1, usage '08')
  bool verified = false;
  uint8_t tries_left = 0;
  bool has_puk = false;
  uint8_t puk_tries_left = 0;
};

/// What the PIN status template says of a PIN.
struct PinMode {
  bool enabled = false;
  bool replaced = false;
};

/// PINs, PUKs and administrative keys of the profile in use, and the verification status of the
/// global ones.
///
/// Every comparison spends a try first, durably (Store::PutNow), and restores the counter after
/// success. Commands that change a PIN write its new value in the store's open transaction, or in
/// one of its own.
class Pins {
 public:
  explicit Pins(store::Store& store) : store_(store) {}

  // Making a profile: within the open transaction, in any space.
  /// @param directory  object of the ADF or DF a local PIN belongs to; ignored for global ones.
  Error Put(uint16_t space, uint16_t directory, const PinSpec& pin);
  Error PutPuk(uint16_t space, const PukSpec& puk);
  /// Local PINs of `directory` are those of `owner` (PE-PINCodes, filePath).
  Error Share(uint16_t space, uint16_t directory, uint16_t owner);

  /// Another profile or a reset: nothing is verified any more.
  void Forget() { global_ = 0; }
  /// Which global references are verified, to be kept while the UICC is suspended.
  uint64_t verified() const { return global_; }
  void SetVerified(uint64_t references) { global_ = references; }

  // Commands. `where` and `verified` are the channel's.
  /// @error kNotFound: no such PIN here.
  Result<PinState> Query(const fs::Selection& where, const Verified& verified, uint8_t reference);
  /// Cheaper than Query. @error kNotFound.
  Result<PinMode> Mode(const fs::Selection& where, uint8_t reference);
  /// @error kAuth: wrong, a try is gone.  kBlocked: no tries left.  kState: the PIN is disabled.
  ///        kNotFound, kHardware, kFull.
  Error Verify(const fs::Selection& where, Verified& verified, uint8_t reference, ConstBytes value);
  /// @error as Verify; kUnsupported: this PIN may not be changed.
  Error Change(const fs::Selection& where, Verified& verified, uint8_t reference, ConstBytes old_value,
               ConstBytes new_value);
  /// @param replace  the universal PIN takes this PIN's place.
  /// @error as Verify; kUnsupported: this PIN may not be disabled.  kState: it is already.
  Error Disable(const fs::Selection& where, Verified& verified, uint8_t reference, ConstBytes value,
                bool replace);
  Error Enable(const fs::Selection& where, Verified& verified, uint8_t reference, ConstBytes value);
  /// Sets a new PIN with the PUK; the PIN's tries are full again, and the PIN enabled.
  /// @error kAuth: wrong PUK.  kBlocked: no PUK tries left, or the PIN has no PUK.
  Error Unblock(const fs::Selection& where, Verified& verified, uint8_t reference, ConstBytes puk,
                ConstBytes new_value);

  /// Whether an access rule that names `reference` is satisfied: verified; or disabled; or disabled
  /// and replaced, with the universal PIN verified or disabled. A PIN that does not exist never is.
  bool Satisfied(const fs::Selection& where, const Verified& verified, uint8_t reference);
  /// An application was left: its local PINs must be verified again (9.5.2).
  static void LeaveApplication(Verified& verified) { verified.Clear(); }

 private:
  struct Pin;  // a PIN's records, read
  Result<Pin> Load(const fs::Selection& where, uint8_t reference);
  Result<uint16_t> Owner(const fs::Selection& where, uint8_t reference);
  Error Compare(const store::Key& tries, uint8_t max_tries, ConstBytes stored, ConstBytes given);
  Error Store(const Pin& pin);
  void Mark(const Pin& pin, Verified& verified, bool is_verified);
  bool IsVerified(const Pin& pin, const Verified& verified) const;

  store::Store& store_;
  uint64_t global_ = 0;  ///< bit (reference & 1F) + 32 * (bit 7 of reference)
};

}  // namespace simurgh::access
