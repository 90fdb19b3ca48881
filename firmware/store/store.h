#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "base/static_vector.h"
#include "firmware/store/format.h"
#include "firmware/store/index.h"
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

  /// @param index  working memory, one slot and a fifth for every record the store can hold (see
  ///               the capacity formula); its size is a limit of the card (firmware/config.h).
  Store(hal::Flash& flash, IndexMemory index);

  /// Reads the flash, finishes what a power cut interrupted, builds the index. A flash that was
  /// never formatted (all FF) is formatted.
  /// @error kCorrupt: not our format, or a version newer than this code.  kHardware.  kFull: more
  ///        records on flash than the index takes.  kUnsupported: a geometry the format excludes.
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
  /// A write of the open transaction. Puts are on flash already; erases are written by Commit.
  struct Pending {
    enum What : uint8_t { kPut, kDelete, kDrop };
    Key key;
    What what = kPut;
    bool secret = false;
    bool fresh = false;      ///< a put whose key the index does not hold
    uint16_t location = 0;   ///< of a put
    uint16_t bytes = 0;      ///< on flash, of a put
    uint16_t old_bytes = 0;  ///< on flash, of the committed record it replaces or deletes
  };
  /// Walks the entries of one sector.
  struct Cursor {
    uint32_t seq = 0;
    uint32_t at = 0;         ///< offset of `header`; at the end, of what is no entry
    uint32_t next = 0;
    uint16_t location = 0;
    bool torn = false;       ///< the walk ended at bytes that are neither an entry nor erased
    format::EntryHeader header;
  };
  struct Found {
    uint16_t location = 0;
    format::EntryHeader header;
  };
  struct Totals {
    uint32_t bytes = 0;  ///< of pending puts
    int32_t gain = 0;    ///< how much the committed bytes grow by Commit, drops not counted
    size_t fresh = 0;
  };

  // Geometry (log.cc).
  Error ReadShape();
  uint32_t Align(uint32_t bytes) const { return (bytes + align_ - 1) & ~(align_ - 1); }
  uint32_t EntryBytes(size_t payload) const {
    return Align(static_cast<uint32_t>(sizeof(format::EntryHeader) + payload));
  }
  uint32_t MarkBytes() const { return EntryBytes(0); }
  uint32_t FirstEntry() const { return Align(sizeof(format::SectorHeader)); }
  uint32_t Place(uint32_t seq) const { return seq % sectors_; }
  uint32_t SectorAddress(uint32_t seq) const { return Place(seq) * sector_bytes_; }
  uint32_t Address(uint16_t location) const { return location * align_; }
  uint32_t FreeSectors() const { return sectors_ - (head_seq_ - tail_seq_ + 1); }
  uint32_t SectorShare() const;
  uint32_t HardCapacity() const;
  uint32_t Capacity() const;

  // The log (log.cc).
  bool Fits(uint32_t bytes) const { return head_pos_ + bytes + MarkBytes() <= sector_bytes_; }
  Error Reserve(uint32_t bytes);
  Error OpenSector(uint32_t seq, uint32_t tail, uint32_t flags);
  Result<uint16_t> Append(format::EntryHeader header, ConstBytes first, ConstBytes second);
  Error AppendMark(uint16_t type, uint16_t what, const Key& key, uint16_t tx);
  Error CompactTail();
  Error CopyIfLive(const Cursor& entry);
  Result<bool> Next(Cursor& cursor);
  Cursor Begin(uint32_t seq) const;
  Error Wipe(uint16_t location);
  Error Program(uint32_t at, ConstBytes data);
  Error EraseSector(uint32_t place);

  // Records (store.cc).
  static uint16_t HashOf(const Key& key) {
    uint32_t h = (key.space * 0x9E3779B1u) ^ (key.object * 0x85EBCA77u) ^ (key.part * 0xC2B2AE3Du);
    h ^= h >> 15;
    return static_cast<uint16_t>((h * 0x2C1B3C6Du) >> 16);
  }
  uint16_t HashAt(uint16_t location);
  Result<size_t> FindSlot(const Key& key, format::EntryHeader& header);
  Result<Found> Find(const Key& key);
  Error PutCommitted(const Key& key, ConstBytes head, ConstBytes tail, Kind kind);
  Error DeleteCommitted(const Key& key);
  Error ApplyPut(const Key& key, uint16_t location, uint32_t bytes, bool wipe);
  Error ApplyDelete(const Key& key, bool wipe);
  Error ApplyDrop(uint16_t space, bool wipe);
  void RemoveSlot(size_t slot, const format::EntryHeader& header, bool wipe);
  void WipeOld(uint16_t location, const format::EntryHeader& header);

  // The open transaction (transaction.cc).
  Pending* FindPending(const Key& key);
  bool SpaceDropped(uint16_t space) const;
  Totals PendingTotals() const;
  uint16_t TransactionId();
  Error PutPending(const Key& key, ConstBytes head, ConstBytes tail, Kind kind);
  Error DeletePending(const Key& key);
  Error DropPending(uint16_t space);
  bool ForgetPending(uint16_t space);
  Error WipePending(const Pending& pending);
  Error WriteErases();
  Error ApplyPending(bool wipe);
  Error Fail(Error error);
  void Close();

  // Mount (recover.cc).
  Error FindLog();
  Error FormatBlank(uint32_t seq);
  Result<bool> Blank();
  Result<bool> ReadSectorHeader(uint32_t place, format::SectorHeader& header);
  Result<bool> FindTail();
  Error DiscardCompaction();
  Error CheckLog();
  Error ScanLog();
  Error ScanEntry(const Cursor& cursor);
  Error ScanMember(const Cursor& cursor);
  Error AddRecovered(const Pending& pending);
  Result<bool> PayloadValid(const Cursor& cursor);
  Error EraseGarbage();
  Error HealHead(const Cursor& end);
  Error FinishWipes();
  Result<uint32_t> DirtyEnd(uint32_t address, uint32_t end);

  hal::Flash& flash_;
  Index index_;
  uint32_t sectors_ = 0;
  uint32_t sector_bytes_ = 0;
  uint32_t program_bytes_ = 0;
  uint32_t align_ = 0;
  uint32_t head_seq_ = 0;    ///< sector being appended to
  uint32_t head_pos_ = 0;    ///< offset of the next entry in it
  uint32_t tail_seq_ = 0;    ///< oldest sector of the log
  uint32_t live_bytes_ = 0;  ///< on flash, of the records in the index
  uint16_t next_tx_ = 1;
  uint16_t tx_ = 0;          ///< 0 until the transaction has something on flash
  bool open_ = false;
  bool ready_ = false;       ///< false before Mount, and after a failed write until the next Mount
  bool secrets_seen_ = false;
  Error failure_ = Error::kOk;  ///< why the open transaction can only be rolled back
  StaticVector<Pending, kMaxPending> pending_;
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
