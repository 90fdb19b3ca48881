#pragma once

#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace simurgh {

/// A value or the reason there is none. T must be cheap to default-construct (views, integers,
/// small structs): the card has no exceptions and no heap.
template <typename T>
class [[nodiscard]] Result {
 public:
  constexpr Result(T value) : value_(std::move(value)) {}      // NOLINT: implicit by design
  constexpr Result(Error error) : error_(error) {              // NOLINT: implicit by design
    CHECK(error != Error::kOk);
  }
  constexpr bool ok() const { return error_ == Error::kOk; }
  constexpr Error error() const { return error_; }
  constexpr T& value() {
    CHECK(ok());
    return value_;
  }
  constexpr const T& value() const {
    CHECK(ok());
    return value_;
  }
  constexpr T ValueOr(T other) const { return ok() ? value_ : other; }

 private:
  T value_{};
  Error error_ = Error::kOk;
};

namespace internal {
constexpr Error ErrorOf(Error e) { return e; }
template <typename T>
constexpr Error ErrorOf(const Result<T>& r) {
  return r.error();
}
constexpr void Take(Error) {}
template <typename T>
constexpr T Take(Result<T>&& r) {
  return std::move(r.value());
}
}  // namespace internal

/// Evaluates to the value of a Result (or nothing, for an Error); leaves the function with the
/// error otherwise. A statement expression: GCC and Clang both have it.
#define TRY(expression)                                                   \
  ({                                                                      \
    auto try_result = (expression);                                       \
    if (::simurgh::internal::ErrorOf(try_result) != ::simurgh::Error::kOk) { \
      return ::simurgh::internal::ErrorOf(try_result);                    \
    }                                                                     \
    ::simurgh::internal::Take(std::move(try_result));                     \
  })

}  // namespace simurgh
