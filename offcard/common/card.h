#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace simurgh::offcard {

/// A card behind a door: the only thing off-card entities know about one.
class Reader {
 public:
  virtual ~Reader() = default;
  /// Resets the card. @returns the answer to reset. @throws UserError.
  virtual std::vector<uint8_t> Reset() = 0;
  /// Sends one command APDU as it is; nothing is retried or fetched. @returns data and status word.
  /// @throws UserError when the card is gone.
  virtual std::vector<uint8_t> Transmit(ConstBytes command) = 0;
  /// Kills a card this reader started, as a power cut would. False: the reader cannot.
  virtual bool Kill() { return false; }
  /// What went over the wire, framing included; zeros where the reader cannot tell (PC/SC).
  struct Wire {
    uint64_t bytes_out = 0;
    uint64_t bytes_in = 0;
    uint32_t requests = 0;
  };
  virtual Wire wire() const { return {}; }
};

/// What is spoken on the line to a card: frames (docs/formats/frame.md), or the contacts of a chip
/// card with one of their two protocols (docs/formats/contacts.md).
enum class Link { kFrames, kT0, kT1 };

/// The one way to name a card, everywhere.
struct CardUri {
  enum class Kind { kHost, kQemu, kTcp, kUnix, kSerial, kPcsc };
  Kind kind = Kind::kHost;
  std::string path;     ///< flash image, socket path, device, or reader name
  std::string machine;  ///< kQemu: mps2-an386 or mps2-an505
  std::string host;     ///< kTcp
  uint16_t port = 0;    ///< kTcp
  uint32_t baud = 115200;  ///< kSerial
  Link link = Link::kFrames;
};

/// One line per form, for --help and errors.
extern const char kCardUriHelp[];

/// `host:FLASH`, `qemu:MACHINE:FLASH`, `tcp:HOST:PORT`, `unix:PATH`, `serial:/dev/ttyX[@BAUD]`,
/// `pcsc:READER`; all but the last also as `t0+...` or `t1+...`. @throws UserError saying which form was expected.
CardUri ParseCardUri(const std::string& text);

/// Opens the card, starting its machine for host: and qemu:. The card has been reset.
/// @throws UserError.
std::unique_ptr<Reader> OpenCard(const CardUri& uri);
std::unique_ptr<Reader> OpenCard(const std::string& uri);

/// Starts a machine with all its options (launcher.h) and opens it. The card dies with the reader.
struct Start;
std::unique_ptr<Reader> StartCard(const Start& start, Link link = Link::kFrames);

/// An answer split into data and status word.
struct Answer {
  std::vector<uint8_t> data;
  uint16_t sw = 0;
  bool ok() const { return (sw >> 8) == 0x90 || (sw >> 8) == 0x91; }
};

/// Transmit, split, and no more. @throws UserError: an answer shorter than a status word.
Answer Exchange(Reader& reader, ConstBytes command);

/// As Exchange, but fetches 61xx with GET RESPONSE (class 00 | channel) and repeats with the right
/// Le after 6Cxx (ETSI TS 102 221 7.3.1.1.5). The data of all answers is joined.
Answer ExchangeAll(Reader& reader, ConstBytes command);

/// Sends `data` as a chain of STORE DATA commands (GlobalPlatform 11.11, SGP.22 5.7.2): P1 11 for
/// more blocks and 91 for the last, P2 counts blocks from 0. Stops at the first failing block.
/// @param block  bytes per command, 1..255.
Answer StoreData(Reader& reader, ConstBytes data, uint8_t channel = 0, size_t block = 255);

/// Builds a command APDU, short when lengths allow, else extended. ne < 0: no Le.
std::vector<uint8_t> Command(uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2, ConstBytes data = {},
                             int ne = -1);

/// The status word in words, e.g. "9000: success".
std::string StatusWords(uint16_t sw);

}  // namespace simurgh::offcard
