#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "firmware/access/pins.h"
#include "firmware/fs/file_system.h"
#include "firmware/rsp/profile_package.h"

namespace simurgh::saip {

/// PE-AKAParameter with its defaults filled in. Views are only read during the call.
struct Aka {
  rsp::Algorithm algorithm = rsp::Algorithm::kMilenage;
  uint8_t options = 0;          ///< algorithmOptions: length of RES, CK and IK
  uint8_t iterations = 1;       ///< numberOfKeccak, TUAK only
  ConstBytes key;
  ConstBytes opc;               ///< empty for the test algorithm
  ConstBytes rotation;          ///< 5 bytes; empty: those of 3GPP TS 35.206
  ConstBytes xoring;            ///< 80 bytes; empty: those of 3GPP TS 35.206
  ConstBytes auth_counter_max;  ///< 3 bytes; empty: no limit
  uint8_t sqn_options = 0x02;
  ConstBytes sqn_delta;         ///< 6 bytes
  ConstBytes sqn_age_limit;     ///< 6 bytes
  ConstBytes sqn_init;          ///< 32 times 6 bytes; empty: all zero
};

/// A component of a security domain's key (KeyObject, section 8.6.3).
struct OtaKey {
  uint8_t domain = 0;      ///< number of the security domain within the profile, from 0
  uint8_t version = 0;
  uint8_t identifier = 0;
  uint8_t component = 0;   ///< from 0
  uint8_t access = 0;
  uint8_t mac_length = 8;
  uint16_t usage = 0;      ///< keyUsageQualifier, one byte stands in the upper half
  ConstBytes type;         ///< keyType, 1 or 2 bytes
  ConstBytes value;
};

/// Elements that later rooms read back as data: what each `PutData` slot holds.
enum class Data : uint8_t {
  kSecurityDomain = 1,  ///< members of PE-SecurityDomain without header and keyList, DER
  kRfm = 2,             ///< members of PE-RFM without header, DER
  kCdma = 3,            ///< members of PE-CDMAParameter without header, DER; sealed like keys
};

/// Where a profile goes: one space of the store that nothing sees yet. The interpreter calls it in
/// the order of the package. A sink may make several calls durable at once: nothing counts before
/// the whole profile does.
class ProfileSink {
 public:
  virtual Result<fs::File> Root() = 0;
  virtual Result<fs::File> Child(const fs::File& directory, uint16_t fid) = 0;
  virtual Result<fs::File> Application(ConstBytes aid) = 0;
  /// `parent` is empty for the MF.
  virtual Result<fs::File> Create(const fs::File& parent, const fs::FileSpec& spec) = 0;
  virtual Error Write(const fs::File& ef, uint32_t offset, ConstBytes data) = 0;

  /// Value bytes from `at` on of an object of a BER-TLV file; objects come one after the other, each
  /// from 0 to its length. @error kExists: the file has an object with this tag.
  virtual Error PutObject(const fs::File& ef, uint32_t tag, uint16_t length, uint32_t at,
                          ConstBytes data) = 0;

  virtual Error PutPin(const fs::File& directory, const access::PinSpec& pin) = 0;
  virtual Error PutPuk(const access::PukSpec& puk) = 0;
  virtual Error SharePins(const fs::File& directory, const fs::File& owner) = 0;

  /// @error kUnsupported: constants or options this card cannot do.
  virtual Error PutAka(const fs::File& adf, const Aka& aka) = 0;
  /// `adf` authenticates with the key of `source`.
  virtual Error MapAka(const fs::File& adf, const fs::File& source, uint8_t options) = 0;
  virtual Error PutOtaKey(const OtaKey& key) = 0;
  /// @param slot   number of the element among those of its kind
  /// @param piece  0, 1, ...: pieces of at most 256 bytes follow each other
  virtual Error PutData(Data what, uint8_t slot, uint8_t piece, ConstBytes data) = 0;

 protected:
  ~ProfileSink() = default;
};

}  // namespace simurgh::saip
