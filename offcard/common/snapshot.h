#pragma once

#include <cstdint>
#include <string>

/// A whole card in a small file: flash, fuses, counters (docs/formats/snapshot.md). It holds the
/// card's root key: who has the snapshot has the card.
namespace simurgh::offcard {

struct SnapshotInfo {
  uint32_t blocks = 0;  ///< 4096 bytes each that are not erased
  uint64_t bytes = 0;   ///< size of the snapshot file
  std::string eid;
};

/// Writes the card file `card` to `out`, whole or not at all.
/// @throws UserError: no card file, a running card, `out` exists and `force` is false, disk trouble.
SnapshotInfo SaveSnapshot(const std::string& card, const std::string& out, bool force);

/// Makes the card file `card` from a snapshot, whole or not at all.
/// @throws UserError: another format or version, torn or damaged, `card` exists and `force` is false,
/// or is in use by a running card.
SnapshotInfo RestoreSnapshot(const std::string& in, const std::string& card, bool force);

}  // namespace simurgh::offcard
