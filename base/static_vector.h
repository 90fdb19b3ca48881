#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "base/check.h"

namespace simurgh {

/// A vector with its array inside: at most N elements, no heap.
template <typename T, size_t N>
class StaticVector {
 public:
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == N; }
  static constexpr size_t capacity() { return N; }
  T& operator[](size_t i) {
    CHECK(i < size_);
    return items_[i];
  }
  const T& operator[](size_t i) const {
    CHECK(i < size_);
    return items_[i];
  }
  /// @returns false when full; nothing is added then.
  [[nodiscard]] bool Add(const T& item) {
    if (full()) {
      return false;
    }
    items_[size_++] = item;
    return true;
  }
  void RemoveAt(size_t i) {
    CHECK(i < size_);
    for (size_t k = i + 1; k < size_; ++k) {
      items_[k - 1] = items_[k];
    }
    --size_;
  }
  void clear() { size_ = 0; }
  T* begin() { return items_.data(); }
  T* end() { return items_.data() + size_; }
  const T* begin() const { return items_.data(); }
  const T* end() const { return items_.data() + size_; }
  std::span<const T> view() const { return {items_.data(), size_}; }

 private:
  std::array<T, N> items_{};
  size_t size_ = 0;
};

}  // namespace simurgh
