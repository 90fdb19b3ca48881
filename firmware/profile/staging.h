#pragma once

#include <cstdint>

#include "firmware/access/pins.h"
#include "firmware/fs/file_system.h"
#include "firmware/keys/aka.h"
#include "firmware/keys/key_store.h"
#include "firmware/profile/saip_sink.h"
#include "firmware/store/store.h"

namespace simurgh::profile {

/// Puts what a profile package contains into a staging space. Several calls share a transaction,
/// which saves flash operations: nothing of it counts before ProfileStore::CommitStaging anyway.
class StagingSink final : public saip::ProfileSink {
 public:
  StagingSink(store::Store& store, keys::KeyStore& keys, fs::FileSystem& files, access::Pins& pins,
              uint16_t space)
      : store_(store), keys_(keys), files_(files), pins_(pins), aka_(store, keys), space_(space) {}
  ~StagingSink();
  StagingSink(const StagingSink&) = delete;
  StagingSink& operator=(const StagingSink&) = delete;

  /// Makes the last calls durable. @error kFull, kHardware.
  Error Flush();

  // saip::ProfileSink
  Result<fs::File> Root() override;
  Result<fs::File> Child(const fs::File& directory, uint16_t fid) override;
  Result<fs::File> Application(ConstBytes aid) override;
  Result<fs::File> Create(const fs::File& parent, const fs::FileSpec& spec) override;
  Error Write(const fs::File& ef, uint32_t offset, ConstBytes data) override;
  Error PutObject(const fs::File& ef, uint32_t tag, uint16_t length, uint32_t at,
                  ConstBytes data) override;
  Error PutPin(const fs::File& directory, const access::PinSpec& pin) override;
  Error PutPuk(const access::PukSpec& puk) override;
  Error SharePins(const fs::File& directory, const fs::File& owner) override;
  Error PutAka(const fs::File& adf, const saip::Aka& aka) override;
  Error MapAka(const fs::File& adf, const fs::File& source, uint8_t options) override;
  Error PutOtaKey(const saip::OtaKey& key) override;
  Error PutData(saip::Data what, uint8_t slot, uint8_t piece, ConstBytes data) override;

 private:
  Error Open();

  store::Store& store_;
  keys::KeyStore& keys_;
  fs::FileSystem& files_;
  access::Pins& pins_;
  keys::Aka aka_;
  uint16_t space_;
  fs::Object object_;  ///< the one under way
  uint16_t ota_keys_ = 0;
  uint8_t calls_ = 0;  ///< in the open transaction
};

}  // namespace simurgh::profile
