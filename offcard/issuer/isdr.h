#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "offcard/common/card.h"
#include "offcard/issuer/kit.h"

/// What the off-card side says to the ISD-R. Each function selects it first, on the basic channel.
namespace simurgh::offcard::isdr {

/// @throws UserError: the card has no ISD-R, or it refused.
void Select(Reader& reader);

struct CardData {
  std::string eid;
  bool manufactured = false;
  bool commercial = false;
  bool test_mode = false;
  std::string terminal_id;  ///< empty: not learned
  Buffer sign_public, agree_public, batch_id;
  int admin_tries_left = 0;
};
CardData ReadCardData(Reader& reader);

/// Makes a kit (or takes `kit`), sends MANUFACTURE, and keeps the kit with the card's public keys.
CardKit Manufacture(Reader& reader, const KeyDirectory& keys, CardKit kit);

/// GET IMAGE STATUS.
struct ImageStatus {
  enum class State { kEmpty = 1, kReceiving = 2, kComplete = 3 } state = State::kEmpty;
  uint32_t total = 0, received = 0, durable = 0, capacity = 0;
  uint64_t image_id = 0;
  struct Result {
    uint8_t reason = 0, binding = 0, pe_status = 0;
    uint16_t pe_id = 0;
    uint64_t image_id = 0;
    uint8_t element = 0, pe_reason = 0, pe_detail = 0;  ///< firmware/rsp/pe_status.h
  };
  std::optional<Result> last;
};
ImageStatus ReadImageStatus(Reader& reader);
/// "installed", "for another card or batch", ... (docs/formats/image.md).
std::string ReasonWords(const ImageStatus::Result& result);

/// BEGIN IMAGE and IMAGE DATA; goes on where an interrupted transfer stopped.
/// @param chunk     image bytes per command, up to 65,531.
/// @param progress  called with bytes sent and total.
/// @returns the status word of the first refused command, or 9000.
struct SendResult {
  uint16_t sw = 0x9000;
  int commands = 0;
  size_t resumed_at = 0;  ///< 0: from the start
};
SendResult SendImage(Reader& reader, ConstBytes image, size_t chunk = 20000,
                     const std::function<void(size_t, size_t)>& progress = {});

/// Why the card refused BEGIN IMAGE or IMAGE DATA, and what to do (docs/formats/image.md).
std::string ImageRefusalWords(uint16_t sw);

/// One entry of GetProfilesInfo (SGP.22 5.7.15).
struct Profile {
  Buffer iccid;  ///< 10 bytes
  Buffer aid;
  bool enabled = false;
  int profile_class = 2;
  std::string name, provider, nickname;
};
std::vector<Profile> ListProfiles(Reader& reader);
std::string IccidDigits(ConstBytes iccid);
/// Why a profile was discarded, in words (GET DISCARDED, docs/formats/binding.md); empty: it was not.
std::string DiscardedWords(Reader& reader, ConstBytes iccid);

/// SELECT AUTOMATICALLY: what a terminal asks for at the end of flight mode.
/// @returns the ICCID of the profile that is enabled then; empty: none is left.
Buffer SelectAutomatically(Reader& reader);
/// Test-profile mode on or off, inside an SCP03 session of the ISD-R. @throws UserError.
void SetTestMode(Reader& reader, const CardKit& kit, bool on);

/// Result codes of SGP.22 5.7.16..5.7.18; 0 is ok.
int EnableProfile(Reader& reader, ConstBytes iccid, bool refresh);
int DisableProfile(Reader& reader, ConstBytes iccid, bool refresh);
int DeleteProfile(Reader& reader, ConstBytes iccid);
/// Result code in words, for the three functions above.
std::string ProfileResultWords(int code);

}  // namespace simurgh::offcard::isdr
