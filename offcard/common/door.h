#pragma once

#include <atomic>
#include <string>

#include "offcard/common/card.h"

namespace simurgh::offcard {

/// Puts a card behind a TCP port of this machine and relays its frames, one terminal at a time.
/// Returns when `stop` becomes true. @param card_fd  the card's serial line.
/// @param port  0: any; the port in use is given to `ready` before the first terminal is awaited.
void ServeTcp(int card_fd, uint16_t port, const std::atomic<bool>& stop, void (*ready)(uint16_t));

/// Puts a card into the virtual PC/SC reader vpcd (vsmartcard) at host:port. Returns when the reader
/// goes away. @throws UserError when nobody listens there.
void ServeVpcd(Reader& card, const std::string& host, uint16_t port);

}  // namespace simurgh::offcard
