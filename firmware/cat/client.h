#pragma once

#include <cstdint>

#include "apdu/app.h"
#include "firmware/cat/commands.h"

namespace simurgh::cat {

struct Client;

/// A proactive command in the queue: a few bytes. What it says is written when it is fetched.
struct Request {
  Type type = Type::kRefresh;
  uint8_t qualifier = 0;
  uint8_t number = 0;     ///< command number, 01..FE (8.6)
  uint8_t size = 0;       ///< of the whole command, what 91xx says
  uint8_t note_size = 0;  ///< bytes of objects that were given when it was queued
  uint8_t tries = 0;      ///< how often the terminal had a temporary problem with it
  bool held = false;      ///< tried again after the next STATUS only
  bool composed = false;  ///< its client (or the engine) writes the objects, no note was given
  uint16_t token = 0;     ///< the client's own mark
  const Client* client = nullptr;  ///< nullptr: nobody asks how it ends
};

/// How a command ended (ETSI TS 102 223 8.12), for whoever sent it.
enum class Ending : uint8_t {
  kDone,        ///< 0x: performed; `answer` is what the row says, if it says anything
  kIncomplete,  ///< 0x, but the object with the answer is missing or has a wrong length
  kEndedByUser, ///< 10: the user ended the session
  kBack,        ///< 11: the user wants to go back
  kNoResponse,  ///< 12: the user did nothing
  kHelp,        ///< 13: the user wants help; 14 and up: ended by the user in another way
  kLater,       ///< 2x: temporary problem; worth another try at another time
  kRefused,     ///< 3x and up: the same command would get the same answer
  kNotSent,     ///< the terminal profile says the terminal cannot do it; nothing may be written then
};

struct Outcome {
  Ending ending = Ending::kNotSent;
  uint8_t result = 0;  ///< general result
  ConstBytes info;     ///< additional information on the result
  ConstBytes answer;   ///< value of the object the row names; empty when the ending is not kDone
  ConstBytes objects;  ///< the whole TERMINAL RESPONSE
};

/// What the terminal tells by ENVELOPE (TS 102 223 clause 7).
struct Heard {
  enum class Kind : uint8_t { kMenu, kTimer, kEvent, kSms };
  Kind kind = Kind::kEvent;
  uint8_t id = 0;      ///< kMenu: the client's own item, kTimer: the timer, kEvent: Event
  bool help = false;   ///< kMenu: the user wants to know what the item is for
  ConstBytes tpdu;     ///< kSms: SMS-DELIVER (TS 23.040)
  ConstBytes objects;  ///< all of it
};

/// An application's side of the toolkit: functions in a constant, no state. Each may be nullptr.
/// They run one after the other, never nested, and keep what they must know in Request::token or in
/// the rooms of the session.
struct Client {
  /// Writes the objects of a command that was queued without a note. Called when it is queued, which
  /// tells its length, and again for FETCH: it must say the same unless the card has changed.
  Error (*compose)(Session&, const Request&, Composer&) = nullptr;
  /// The command has ended. Within the transaction of TERMINAL RESPONSE: an error rolls back and
  /// becomes its status word. It may queue the next command.
  Error (*ended)(Session&, const Request&, const Outcome&) = nullptr;
  /// A terminal has come (TERMINAL PROFILE): the time to queue what a session begins with.
  void (*started)(Session&) = nullptr;
  /// Adds the client's items, numbered from 1 to 31, to the menu that all share; none: no items.
  void (*menu)(Session&, Composer&) = nullptr;
  /// Its menu item, timer or event; or any SMS, which a client that does not know it answers with
  /// kFunctionNotSupported so that the next one sees it. Within the transaction of ENVELOPE.
  apdu::Sw (*heard)(Session&, const Heard&, Writer& out) = nullptr;
};

}  // namespace simurgh::cat
