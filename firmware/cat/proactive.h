#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "apdu/command.h"
#include "apdu/sw.h"
#include "base/result.h"
#include "base/static_vector.h"
#include "base/writer.h"
#include "firmware/cat/client.h"

namespace simurgh::cat {

/// The proactive side of the card (ETSI TS 102 223): a short queue of commands, announced by 91xx,
/// fetched one at a time, answered; and ENVELOPE, by which the terminal speaks first. What it knows
/// of a command is its row (commands.h); what an application does with one is its Client.
///
/// Nothing is announced before a TERMINAL PROFILE. A command that the profile says the terminal
/// cannot do is refused, or dropped and its client told when it was queued before the profile came.
class Proactive {
 public:
  static constexpr size_t kQueue = 6;
  static constexpr size_t kMaxCommand = 255;  ///< longest command, BER-TLV header included
  static constexpr size_t kNotes = 96;        ///< bytes that all commands in the queue may hold
  static constexpr size_t kMaxClients = 4;
  static constexpr uint8_t kTimers = 8;       ///< TS 102 223 6.4.21
  static constexpr uint8_t kMaxTries = 3;     ///< of a command the terminal was too busy for
  static constexpr uint8_t kMenuItemsEach = 32;  ///< item numbers of one client in the shared menu

  /// @param clients  the applications, in the order in which they are asked; at most kMaxClients.
  explicit Proactive(std::span<const Client* const> clients = {});

  /// Card reset: all but the clients is forgotten.
  void Reset() { *this = Proactive(clients_); }

  /// What a command is and whose.
  struct Order {
    Type type = Type::kRefresh;
    uint8_t qualifier = 0;
    const Client* client = nullptr;
    uint16_t token = 0;
  };
  /// Queues a command whose objects (COMPREHENSION-TLV, behind the device identities) are given.
  /// The same order with the same objects in the queue already: nothing is added, and that is kOk.
  /// @error kFull: the queue.  kUnsupported: the terminal cannot.  kFormat: no such command, or an
  ///        object it must have is missing.  kRange: too long.
  Error Queue(const Order& order, ConstBytes objects);
  /// Queues a command that its client composes. Errors as above, and those of the client.
  Error Queue(Session& session, const Order& order);

  /// REFRESH (6.4.7). @param files  paths of the changed files, each from 3F00 or 7FFF on, back to
  /// back, and their number: for kFileChange and kInitAndFileChange, empty otherwise.
  /// @param aid  the application concerned; empty: the UICC or the one that is active.
  Error Refresh(RefreshMode mode, ConstBytes files = {}, uint8_t count = 0, ConstBytes aid = {});
  Error Provide(LocalInformation what, const Client& client, uint16_t token = 0);
  /// POLL INTERVAL (6.4.6) in seconds, 1..255*60. The answer is what the terminal will do.
  Error Poll(uint16_t seconds, const Client* client = nullptr);
  Error PollingOff() { return Queue({Type::kPollingOff}, {}); }
  Error MoreTime() { return Queue({Type::kMoreTime}, {}); }
  /// Asks the user a question that `client` composes as a text string: by GET INKEY (yes or no) or,
  /// where the terminal has none, by DISPLAY TEXT that the user must clear. Agreed() reads the answer.
  Error AskUser(Session& session, const Client& client, uint16_t token);
  static bool Agreed(const Request& request, const Outcome& outcome);

  /// Starts a timer that is free. @returns its number, which TIMER EXPIRATION says.
  /// @error kFull: none is free, or the queue.  kRange: a day or more.  kUnsupported.
  Result<uint8_t> StartTimer(uint32_t seconds, const Client& client);
  /// kTimerStop or kTimerValue on a timer of the client. @error kNotFound: not its timer.
  Error AskTimer(uint8_t timer, uint8_t what, const Client& client);

  /// From now on the client hears of these events (a set of Bit()), as far as the terminal knows
  /// them; its earlier set is replaced.
  Error ListenTo(Session& session, const Client& client, uint32_t events);
  /// The client's menu items are others now: SET UP MENU again.
  Error MenuChanged(Session& session);

  /// TERMINAL PROFILE (5.2; TS 102 221 11.2.1).
  apdu::Sw TerminalProfile(Session& session, const apdu::Command& command);
  /// FETCH (TS 102 221 11.2.3). A command that was not answered may be fetched again.
  /// 6Cxx: Le is not the length of the command. 6F00: nothing to fetch. 6A86: P1 P2 not 0000.
  apdu::Sw Fetch(Session& session, const apdu::Command& command, Writer& out);
  /// TERMINAL RESPONSE (TS 102 221 11.2.4, TS 102 223 6.8).
  /// 6A80: not a response to the fetched command; that one stays to be answered. 6F00: none fetched.
  apdu::Sw TerminalResponse(Session& session, const apdu::Command& command);
  /// ENVELOPE (TS 102 221 11.2.2, TS 102 223 clause 7).
  /// 6A80: data.  6985: no terminal profile yet.  6A81: nothing here is meant to hear this.
  /// 9300: the command under way has to be answered first, or the queue is full.
  apdu::Sw Envelope(Session& session, const apdu::Command& command, Writer& out);
  /// The terminal sent STATUS: commands that were put off are announced again (6.3, 8.12).
  void StatusSeen();

  /// Nothing is queued, fetched or unanswered.
  bool idle() const { return queue_.empty(); }
  /// What outlives a suspension of the UICC (TS 102 221 11.1.22) when idle: the next command number,
  /// whether the terminal has a menu, events, timers, the terminal profile. At most kStateBytes.
  static constexpr size_t kStateBytes = 1 + 1 + 2 * kMaxClients + kTimers + 32;
  void Save(Writer& out) const;
  /// @error kCorrupt: not what Save wrote.
  Error Restore(ConstBytes state);

  /// Turns 9000 into 91xx when a command waits for FETCH; leaves all else alone.
  apdu::Sw Announce(apdu::Sw sw) const;
  bool has_profile() const { return profile_size_ != 0; }
  /// Can the terminal do it?
  bool Supports(Type type, uint8_t qualifier) const;
  /// Length of the command that waits for FETCH; 0 when none may be sent.
  size_t pending() const;
  /// A command was fetched and is not answered.
  bool busy() const { return fetched_; }

 private:
  ConstBytes profile() const { return ConstBytes(profile_).first(profile_size_); }
  Error Enqueue(Session* session, const Order& order, ConstBytes objects);
  size_t Find(const Order& order, ConstBytes objects) const;
  void Measure(Session& session);
  Error Compose(Session* session, const Request& request, ConstBytes objects, Writer& out);
  Error ComposeObjects(Session& session, const Request& request, Composer& composer);
  ConstBytes NoteOf(size_t index) const;
  size_t NextIndex() const;
  void RemoveAt(size_t index);
  void BringToFront(size_t index);
  void PutOff();
  void DropUnsupported(Session& session);
  Error End(Session& session, const Request& request, const Outcome& outcome);
  void NoteTimer(ConstBytes note, const Request& request, const Outcome& outcome);
  bool HasMenu(Session& session) const;
  apdu::Sw Route(Session& session, Heard& heard, Writer& out);
  apdu::Sw RouteSms(Session& session, const Heard& heard, Writer& out);
  void RouteEvent(Session& session, const Heard& heard, Writer& out);
  size_t IndexOf(const Client& client) const;

  std::span<const Client* const> clients_;
  StaticVector<Request, kQueue> queue_;   ///< the front is under way when fetched_
  std::array<uint8_t, kNotes> notes_{};   ///< of the queued commands, in their order
  size_t notes_size_ = 0;
  std::array<uint8_t, 32> profile_{};
  uint8_t profile_size_ = 0;
  uint8_t next_number_ = 1;
  bool fetched_ = false;
  bool menu_shown_ = false;
  std::array<uint16_t, kMaxClients> events_{};         ///< what each client listens to
  std::array<const Client*, kTimers> timers_{};        ///< whose timer it is; nullptr: free
};

}  // namespace simurgh::cat
