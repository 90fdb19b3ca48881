#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apdu/cla.h"
#include "offcard/trace/event.h"

namespace simurgh::offcard::trace {

/// A command taken apart; views into the event's bytes.
struct Apdu {
  bool valid = false;      ///< class known and lengths right
  apdu::Cla cla;
  uint8_t ins = 0;
  uint8_t p1 = 0;
  uint8_t p2 = 0;
  ConstBytes data;         ///< when the lengths are wrong: everything behind the header
  size_t data_at = 0;      ///< offset of `data` in the command
  bool has_le = false;
  uint32_t ne = 0;
  bool extended = false;
};
Apdu TakeApart(ConstBytes command);

/// A place in a card's file system, by names.
struct Place {
  bool known = false;       ///< false: the trace began later than the selection
  std::string directory;    ///< "MF/DF.TELECOM", "ADF.USIM", "ISD-R"
  std::vector<uint16_t> fids;  ///< of the directories below the first name
  std::string file;         ///< "EF.IMSI"; empty: no EF
  uint16_t fid = 0;         ///< of the EF
  std::string app;          ///< application of this channel, "" when none was selected
  bool app_has_files = false;
  std::string Text() const; ///< "ADF.USIM/EF.IMSI"
};

/// What a command was about, found by following everything before it.
struct Context {
  Apdu apdu;
  Apdu origin;         ///< GET RESPONSE: the command whose answer is fetched; else as `apdu`
  Buffer origin_data;  ///< owns what origin.data views
  uint16_t sw = 0;
  ConstBytes data;     ///< of this answer
  Buffer whole;        ///< data of all answers to `origin` so far, this one included
  Place before;        ///< of the channel
  Place target;        ///< what a short file identifier of the command points to, else `before`
  Place after;         ///< of the channel, when the command is done
  Buffer message;      ///< STORE DATA: all blocks of this ES10 command so far
  size_t message_at = 0;  ///< where this block's data lies in `message`
  bool last_block = false;
  uint8_t channel() const { return apdu.cla.channel; }
};

/// Follows the traffic of one card: channels, selections, answers in pieces. Feed it every event.
class Tracker {
 public:
  Context Follow(const Event& event);

 private:
  struct Channel {
    Place place;
    std::map<std::pair<std::string, uint8_t>, uint16_t> short_ids;  ///< learned from FCPs
    Buffer pending;  ///< command whose answer waits for GET RESPONSE
    Buffer whole;
    Buffer message;
  };

  void Reset();
  void Move(Channel& channel, const Context& context);
  void Select(Channel& channel, const Apdu& apdu);
  void SelectFid(Place& place, uint16_t fid);
  void SelectPath(Place& place, ConstBytes path, bool from_mf);
  void SelectAid(Place& place, ConstBytes aid);
  void SelectShort(Channel& channel, uint8_t sfi);
  void ManageChannel(const Context& context);
  void Learn(Channel& channel, const Context& context);
  void StoreBlock(Channel& channel, Context& context);

  std::array<Channel, 20> channels_;
};

}  // namespace simurgh::offcard::trace
