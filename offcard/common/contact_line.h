#pragma once

#include <optional>

#include "base/bytes.h"
#include "hal/serial.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {

/// The line or the card broke the protocol, or nothing came; the card may be reset and used again.
class LineError : public UserError {
 public:
  using UserError::UserError;
};

/// The reader's side of the contacts RST and I/O.
class ContactLine {
 public:
  struct Character {
    uint8_t value = 0;
    bool parity_ok = true;
  };
  virtual ~ContactLine() = default;
  /// RST low, then high.
  virtual void Rst() = 0;
  virtual void Send(ConstBytes characters) = 0;
  /// nullopt: nothing came within the waiting time, and the card's has passed too.
  virtual std::optional<Character> Receive() = 0;
  /// Whether a character comes within the guard time, where none may.
  virtual bool Noise() = 0;
};

/// The contacts over a byte pipe (docs/formats/contacts.md): the reader says what a pipe cannot
/// carry, resets and silence. The Serial's Read returns 0 after the time a reader waits.
class PipeLine final : public ContactLine {
 public:
  explicit PipeLine(hal::Serial& serial) : serial_(serial) {}
  void Rst() override;
  void Send(ConstBytes characters) override;
  std::optional<Character> Receive() override;
  bool Noise() override { return at_ != size_; }
  uint64_t bytes_out() const { return bytes_out_; }
  uint64_t bytes_in() const { return bytes_in_; }

 private:
  void Write(ConstBytes bytes);
  std::optional<uint8_t> Next();

  hal::Serial& serial_;
  uint8_t in_[512] = {};
  size_t at_ = 0;
  size_t size_ = 0;
  uint64_t bytes_out_ = 0;
  uint64_t bytes_in_ = 0;
};

}  // namespace simurgh::offcard
