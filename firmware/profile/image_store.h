#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "firmware/profile/image_format.h"
#include "hal/flash.h"

namespace simurgh::profile {

/// The secure area (I6): receives one image in pieces of any size, keeps it until the loader has
/// installed or refused it, and remembers how that ended. docs/formats/image.md, "Secure area".
///
/// Sectors 0 and 1 of the area hold a journal of 64-byte entries, each the whole state; the newest
/// valid one counts. Image bytes lie from sector 2 on as they came. A sector is erased right before
/// its first byte is programmed, and recorded when it is full: after a power cut the sender goes on
/// at the last recorded sector.
class ImageStore {
 public:
  enum class State : uint8_t { kEmpty = 1, kReceiving = 2, kComplete = 3 };

  struct Status {
    State state = State::kEmpty;
    uint32_t total = 0;     ///< bytes of the image being received or pending
    uint32_t received = 0;  ///< the next byte expected
    uint32_t durable = 0;   ///< what a power cut now would leave
    uint64_t image_id = 0;
    ImageResult result;  ///< of the last image that was tried
  };

  explicit ImageStore(hal::Flash& area) : area_(area) {}

  /// Reads the journal; a blank area is empty. @error kHardware.
  Error Mount();
  const Status& status() const { return status_; }
  uint32_t capacity() const;  ///< longest image, in bytes

  /// Starts to receive an image whose first bytes are `header` (image_format.h), or goes on with it
  /// when the same header is already there. status().received says where to go on.
  /// @error kFull: longer than the area.  kState: another complete image is pending.  kHardware.
  Error Begin(ConstBytes header, uint32_t total, uint64_t image_id);
  /// The next bytes. The image is complete, and durable, when the last byte has come.
  /// @error kState: nothing is being received.  kRange: not at status().received, or beyond the
  ///        total.  kHardware: the flash refused; begin again.
  Error Write(uint32_t offset, ConstBytes piece);
  /// Reads a complete image. @error kRange, kState, kHardware.
  Error Read(uint32_t offset, Bytes out);
  /// Frees the area and keeps `result`: durable when it returns.
  Error Finish(const ImageResult& result);
  /// Frees the area, the last result stays. For a sender that gives up.
  Error Abort();

 private:
  static constexpr uint32_t kEntryBytes = 64;
  static constexpr uint32_t kJournalSectors = 2;
  static constexpr size_t kMaxUnit = 16;

  uint32_t sector_bytes() const { return area_.shape().sector_bytes; }
  uint32_t DataAt(uint32_t offset) const { return kJournalSectors * sector_bytes() + offset; }
  bool ReadEntry(uint32_t at, uint32_t& sequence, Status& out, bool& blank);
  Error Append(const Status& next);
  Error Program(ConstBytes bytes);
  Error FlushTail();
  Error SectorDone();
  Error Fail(Error error);

  hal::Flash& area_;
  Status status_;
  uint32_t sequence_ = 0;
  uint32_t next_entry_ = 0;  ///< where the next journal entry goes, offset in the area
  uint32_t programmed_ = 0;  ///< image bytes in flash; the rest of `received` waits in tail_
  std::array<uint8_t, kMaxUnit> tail_{};
  size_t tail_size_ = 0;
};

}  // namespace simurgh::profile
