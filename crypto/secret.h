#pragma once

#include <array>

#include "base/bytes.h"

namespace simurgh::crypto {

/// Overwrites `data` in a way the compiler may not remove.
void Wipe(Bytes data);

/// Up to N secret bytes on the stack, wiped when they go out of scope. Moved, never copied.
template <size_t N>
class Secret {
 public:
  Secret() = default;
  ~Secret() { Wipe(bytes_); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept : bytes_(other.bytes_), size_(other.size_) { other.Clear(); }
  Secret& operator=(Secret&& other) noexcept {
    bytes_ = other.bytes_;
    size_ = other.size_;
    other.Clear();
    return *this;
  }
  /// The whole buffer, to be filled; then call Resize.
  Bytes buffer() { return bytes_; }
  void Resize(size_t size) { size_ = size <= N ? size : N; }
  void Assign(ConstBytes from) {
    Resize(from.size());
    Copy(bytes_, from.first(size_));
  }
  void Clear() {
    Wipe(bytes_);
    size_ = 0;
  }
  Bytes view() { return Bytes(bytes_).first(size_); }
  ConstBytes view() const { return ConstBytes(bytes_).first(size_); }
  size_t size() const { return size_; }

 private:
  std::array<uint8_t, N> bytes_{};
  size_t size_ = 0;
};

}  // namespace simurgh::crypto
