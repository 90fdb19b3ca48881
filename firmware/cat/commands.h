#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "firmware/cat/objects.h"

namespace simurgh::cat {

/// Command types (ETSI TS 102 223 9.4).
enum class Type : uint8_t {
  kRefresh = 0x01,
  kMoreTime = 0x02,
  kPollInterval = 0x03,
  kPollingOff = 0x04,
  kSetUpEventList = 0x05,
  kSendShortMessage = 0x13,
  kDisplayText = 0x21,
  kGetInkey = 0x22,
  kGetInput = 0x23,
  kSelectItem = 0x24,
  kSetUpMenu = 0x25,
  kProvideLocalInformation = 0x26,
  kTimerManagement = 0x27,
};

/// Qualifier of REFRESH (TS 102 223 8.6).
enum class RefreshMode : uint8_t {
  kInitAndFullFileChange = 0x00,
  kFileChange = 0x01,
  kInitAndFileChange = 0x02,
  kInit = 0x03,
  kUiccReset = 0x04,
  kApplicationReset = 0x05,
  kSessionReset = 0x06,
  kSteeringOfRoaming = 0x07,
  kSteeringOfRoamingIwlan = 0x08,
  kProfileStateChange = 0x09,
  kApplicationUpdate = 0x0A,
};

/// Qualifier of PROVIDE LOCAL INFORMATION (8.6).
enum class LocalInformation : uint8_t {
  kLocation = 0x00,
  kImei = 0x01,
  kMeasurement = 0x02,
  kDateTime = 0x03,
  kLanguage = 0x04,
  kTimingAdvance = 0x05,
  kAccessTechnology = 0x06,
  kEsn = 0x07,
  kImeisv = 0x08,
  kSearchMode = 0x09,
  kBattery = 0x0A,
  kMeid = 0x0B,
};

/// Qualifiers of the commands that talk to the user and of the others that have one (8.6).
constexpr uint8_t kHighPriority = 0x01;   ///< DISPLAY TEXT: in front of whatever is on the screen
constexpr uint8_t kWaitForUser = 0x80;    ///< DISPLAY TEXT: until the user has cleared it
constexpr uint8_t kCharacters = 0x01;     ///< GET INKEY, GET INPUT: any character, not digits only
constexpr uint8_t kYesNo = 0x04;          ///< GET INKEY: nothing but yes or no
constexpr uint8_t kHidden = 0x04;         ///< GET INPUT: the entry is not shown
constexpr uint8_t kPackingNeeded = 0x01;  ///< SEND SHORT MESSAGE: the terminal packs to 7 bits
constexpr uint8_t kTimerStart = 0x00;
constexpr uint8_t kTimerStop = 0x01;
constexpr uint8_t kTimerValue = 0x02;

/// Events (8.25); as a set, bit n is event n.
enum class Event : uint8_t {
  kMtCall = 0x00,
  kCallConnected = 0x01,
  kCallDisconnected = 0x02,
  kLocationStatus = 0x03,
  kUserActivity = 0x04,
  kIdleScreen = 0x05,
  kCardReaderStatus = 0x06,
  kLanguageSelection = 0x07,
  kBrowserTermination = 0x08,
  kDataAvailable = 0x09,
  kChannelStatus = 0x0A,
  kAccessTechnology = 0x0B,
  kDisplayParameters = 0x0C,
  kLocalConnection = 0x0D,
  kSearchMode = 0x0E,
  kBrowsingStatus = 0x0F,
};
constexpr uint8_t kEvents = 0x10;
constexpr uint32_t Bit(Event event) { return 1u << static_cast<uint8_t>(event); }

/// One kind of command. Several rows may share a type: the first whose qualifier fits counts.
struct CommandRow {
  Type type;
  uint8_t mask;  ///< the row is for qualifiers with (qualifier & mask) == value
  uint8_t value;
  uint8_t allowed;      ///< other qualifier bits that mean something
  uint8_t profile_byte; ///< of TERMINAL PROFILE (5.2), the first is 1
  uint8_t profile_bit;  ///< as a mask
  Device to;
  Tag required[2];      ///< objects a command must have; kOther: none
  Tag answer;           ///< object that carries the answer of the terminal; kOther: none
  uint8_t answer_low;   ///< its length
  uint8_t answer_high;
  bool retries;         ///< asked again when the terminal has a temporary problem
};

extern const std::span<const CommandRow> kCommands;

/// nullptr: no such command or qualifier.
const CommandRow* RowFor(Type type, uint8_t qualifier);
/// Does the terminal profile say it can? Bytes the terminal did not send are zero (5.2).
bool ProfileHas(ConstBytes profile, uint8_t byte, uint8_t bit);
/// Those of the events that the terminal can tell about.
uint32_t KnownEvents(ConstBytes profile, uint32_t events);

}  // namespace simurgh::cat
