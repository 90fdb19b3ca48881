#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "hal/flash.h"

namespace simurgh::store {

/// Address of a record. Space 0 belongs to the card; every profile lives in a space of its own,
/// which is dropped as a whole. Object and part are the user's: firmware/store/README.md lists who
/// uses which numbers.
struct Key {
  uint16_t space = 0;
  uint16_t object = 0;
  uint16_t part = 0;
  friend constexpr bool operator==(const Key&, const Key&) = default;
};

/// A secret's old bytes are programmed to zero when it is replaced, deleted or its space dropped,
/// and recovery finishes a wipe that a power cut stopped.
enum class Kind : uint8_t { kPlain, kSecret };

/// Transactional record store on NOR flash: docs/formats/store.md has the format, the invariants,
/// the capacity formula and what is expected of the flash.
///
/// One transaction is open at a time. Reads see its writes. Commit makes all of them durable or,
/// after a power cut, none. Values are at most kMaxValue bytes.
class Store {
 public:
  static constexpr size_t kMaxValue = 512;
  /// Writes (puts, erases, drops) of one transaction.
  static constexpr size_t kMaxPending = 48;

  /// @param index  working memory, one word per record the store can hold (see the capacity
  ///               formula); its size is a limit of the card (firmware/config.h).
  Store(hal::Flash& flash, std::span<uint32_t> index);

  /// Reads the flash, finishes what a power cut interrupted, builds the index. A flash that was
  /// never formatted (all FF) is formatted.
  /// @error kCorrupt: not our format, or a version newer than this code.  kHardware.
  Error Mount();
  /// Erases everything, wear history excepted.
  Error Format();

  /// Copies bytes of a record from `offset` on; fewer than out.size() when the record ends.
  /// @returns the number of bytes copied.  @error kNotFound.  kRange: offset beyond the end.
  Result<size_t> Read(const Key& key, size_t offset, Bytes out);
  /// @error kNotFound.
  Result<size_t> Size(const Key& key);
  bool Has(const Key& key) { return Size(key).ok(); }

  /// Opens a transaction (CHECKs that none is open).
  void Begin();
  bool open() const { return open_; }
  /// @error kFull, kHardware: then nothing of the transaction is in effect and it is closed.
  Error Commit();
  void Rollback();

  /// Within the open transaction; a transaction of its own when none is open.
  /// @error kFull: store, index or pending table; the transaction can only be rolled back then.
  ///        kRange: value too long.
  Error Put(const Key& key, ConstBytes value, Kind kind = Kind::kPlain);
  /// Two pieces, one value: spares callers a buffer.
  Error Put(const Key& key, ConstBytes head, ConstBytes tail, Kind kind = Kind::kPlain);
  Error Delete(const Key& key);  ///< @error kNotFound
  /// Deletes every record of a space.
  Error DropSpace(uint16_t space);

  /// Durable at once, also when a transaction is open, and untouched by its rollback: for try
  /// counters, sequence numbers and all else that must survive a refusal. Must not name a record
  /// that the open transaction has written (CHECKed).
  Error PutNow(const Key& key, ConstBytes value, Kind kind = Kind::kPlain);

  /// Calls `visit(context, key, size)` for every committed record of `space` (any order); stops
  /// early when it returns false. The visitor may Read, not write.
  using Visitor = bool (*)(void* context, const Key& key, size_t size);
  void ForEach(uint16_t space, Visitor visit, void* context);

  /// Bytes of values that still fit, assuming values of `typical` bytes.
  uint32_t FreeBytes(uint32_t typical = 64) const;

 private:
  bool open_ = false;
};

/// A transaction that rolls back unless committed: what code outside the dispatcher uses.
class Transaction {
 public:
  explicit Transaction(Store& store) : store_(store) { store_.Begin(); }
  ~Transaction() {
    if (store_.open()) {
      store_.Rollback();
    }
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Error Commit() { return store_.Commit(); }

 private:
  Store& store_;
};

}  // namespace simurgh::store
