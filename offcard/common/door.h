#pragma once

#include <atomic>
#include <string>

#include "offcard/common/card.h"

namespace simurgh::offcard {

/// Listens to what passes between a terminal and a card.
class LineTap {
 public:
  virtual ~LineTap() = default;
  virtual void ToCard(ConstBytes bytes) = 0;
  virtual void FromCard(ConstBytes bytes) = 0;
};

/// Puts a card behind a TCP port of this machine and relays its frames, one terminal at a time.
/// Returns when `stop` becomes true. @param card_fd  the card's serial line.
/// @param port  0: any; the port in use is given to `ready` before the first terminal is awaited.
/// @param tap  hears everything; may be nullptr.
void ServeTcp(int card_fd, uint16_t port, const std::atomic<bool>& stop, void (*ready)(uint16_t),
              LineTap* tap = nullptr);

/// Puts a card into the virtual PC/SC reader vpcd (vsmartcard) at host:port. Returns when the reader
/// goes away. @throws UserError when nobody listens there.
void ServeVpcd(Reader& card, const std::string& host, uint16_t port);

}  // namespace simurgh::offcard
