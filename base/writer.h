#pragma once

#include "base/bytes.h"

namespace simurgh {

/// Appends to a buffer the caller owns. A write that does not fit sets `overflow()` and changes
/// nothing; callers check once, at the end.
class Writer {
 public:
  explicit Writer(Bytes buffer) : buffer_(buffer) {}

  void Add(ConstBytes data) {
    if (data.size() > buffer_.size() - size_) {
      overflow_ = true;
      return;
    }
    Copy(buffer_.subspan(size_), data);
    size_ += data.size();
  }
  void Add8(uint8_t v) { Add(ConstBytes(&v, 1)); }
  void Add16(uint16_t v) {
    uint8_t b[2];
    Put16(b, 0, v);
    Add(b);
  }
  void Add32(uint32_t v) {
    uint8_t b[4];
    Put32(b, 0, v);
    Add(b);
  }
  /// Reserves `n` bytes to be filled in place; empty when they do not fit.
  Bytes Reserve(size_t n) {
    if (n > buffer_.size() - size_) {
      overflow_ = true;
      return {};
    }
    Bytes place = buffer_.subspan(size_, n);
    size_ += n;
    return place;
  }
  /// Opens a gap of `n` bytes at `at` (for a length that is known only afterwards).
  void Insert(size_t at, ConstBytes data) {
    if (data.size() > buffer_.size() - size_) {
      overflow_ = true;
      return;
    }
    Copy(buffer_.subspan(at + data.size()), buffer_.subspan(at, size_ - at));
    Copy(buffer_.subspan(at), data);
    size_ += data.size();
  }
  void Truncate(size_t size) { size_ = size < size_ ? size : size_; }

  size_t size() const { return size_; }
  size_t room() const { return buffer_.size() - size_; }
  bool overflow() const { return overflow_; }
  ConstBytes written() const { return buffer_.first(size_); }
  Bytes written() { return buffer_.first(size_); }

 private:
  Bytes buffer_;
  size_t size_ = 0;
  bool overflow_ = false;
};

}  // namespace simurgh
