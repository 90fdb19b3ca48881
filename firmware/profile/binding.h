#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/verdict.h"
#include "base/writer.h"
#include "crypto/rng.h"
#include "firmware/keys/key_store.h"
#include "firmware/profile/record.h"
#include "firmware/store/store.h"
#include "hal/device_id.h"

namespace simurgh::fs {
class FileSystem;
}

namespace simurgh::profile {

/// Public keys that may sign bindings and images. docs/formats/binding.md.
enum class PublicKeyType : uint8_t { kP256 = 1, kBrainpool = 2, kRsa2048 = 3 };
/// Longest: DER RSAPublicKey of 2048 bits with a one to four byte exponent.
constexpr size_t kMaxPublicKey = 280;

struct BindingCheck {
  Verdict verdict = Verdict::kRejected;
  Reason reason = Reason::kFormat;
};

/// What is signed, apart from the record: facts of the profile and its provider. Views.
struct BindingFacts {
  ConstBytes imsi;          ///< EF.IMSI content, 9 bytes; empty when the profile has none
  ConstBytes k;             ///< subscriber key, when covered
  ConstBytes provider_key;  ///< type byte and public key, when covered
};

/// Longest message that is signed: every field present, with its header.
constexpr size_t kMaxBindingMessage = 448;

/// Writes the bytes that are signed (docs/formats/binding.md): the length-prefixed message, or for
/// Algorithm::kRsaSha1 the plain concatenation as published. Overflow shows in the writer.
void WriteBindingMessage(const Record& record, const BindingFacts& facts, Writer& out);

/// First 8 bytes of SHA-256(type | key).
SignerId SignerIdOf(ConstBytes typed_key);

/// The profile's tie to its card and terminal (T1-T3): checks it and, with the card's key, makes
/// it.
class Binding {
 public:
  Binding(store::Store& store, keys::KeyStore& keys, fs::FileSystem& files,
          const hal::Identity& identity)
      : store_(store), keys_(keys), files_(files), identity_(identity) {}

  /// Ids first, then the signature, over the IMSI and K that are in `space` now.
  BindingCheck Check(const Record& record, ConstBytes signature, uint16_t space);
  /// The ids alone: cheap, and before any cryptography.
  Reason CheckIds(const Record& record);
  /// Fills algorithm, signer and signature with the card's own (ECDSA P-256/SHA-256); a record
  /// bound to no id becomes bound to this card.
  /// @error kNotFound: the card has no signing key yet.  kState: the equation needs what is not
  ///        there.
  Error Sign(Record& record, uint16_t space, crypto::Rng& rng, Signature& out);

 private:
  Reason Message(const Record& record, uint16_t space, ConstBytes typed_key, Writer& out);
  Reason FindSigner(const Record& record, Bytes typed_key, size_t& size);

  store::Store& store_;
  keys::KeyStore& keys_;
  fs::FileSystem& files_;
  const hal::Identity& identity_;
};

}  // namespace simurgh::profile
