#include "firmware/cat/commands.h"

namespace simurgh::cat {
namespace {

constexpr Tag kNone = Tag::kOther;
constexpr uint8_t Mode(RefreshMode mode) { return static_cast<uint8_t>(mode); }
constexpr uint8_t Local(LocalInformation what) { return static_cast<uint8_t>(what); }

constexpr CommandRow Refresh(RefreshMode mode, Tag required, uint8_t byte = 3, uint8_t bit = 0x80) {
  return {Type::kRefresh, 0xFF, Mode(mode), 0, byte, bit, Device::kTerminal, {required, kNone},
          kNone, 0, 0, true};
}

constexpr CommandRow Provide(LocalInformation what, uint8_t byte, uint8_t bit, Tag answer,
                             uint8_t low, uint8_t high) {
  return {Type::kProvideLocalInformation, 0xFF, Local(what), 0, byte, bit, Device::kTerminal,
          {kNone, kNone}, answer, low, high, true};
}

constexpr CommandRow Timer(uint8_t what, uint8_t bit, Tag second, Tag answer) {
  return {Type::kTimerManagement, 0xFF, what, 0, 8, bit, Device::kTerminal,
          {Tag::kTimerId, second}, answer, 3, 3, false};
}

// TS 102 223 6.6 (what a command holds), 6.8 (what its answer holds), 5.2 (what the terminal must
// be able to do), in the order of command types. Answers: 8.15 text, 8.10 item, 8.8 duration, 8.19
// location, 8.20 IMEI, 8.22 measurement, 8.39 date, 8.45 language, 8.46 timing advance, 8.61 access
// technology, 8.74 IMEISV, 8.75 search mode, 8.76 battery; the ESN and MEID of 3GPP2.
constexpr CommandRow kRows[] = {
    Refresh(RefreshMode::kInitAndFullFileChange, kNone),
    Refresh(RefreshMode::kFileChange, Tag::kFileList),
    Refresh(RefreshMode::kInitAndFileChange, Tag::kFileList),
    Refresh(RefreshMode::kInit, kNone),
    Refresh(RefreshMode::kUiccReset, kNone),
    Refresh(RefreshMode::kApplicationReset, kNone),
    Refresh(RefreshMode::kSessionReset, kNone),
    Refresh(RefreshMode::kSteeringOfRoaming, kNone, 30, 0x08),
    Refresh(RefreshMode::kSteeringOfRoamingIwlan, kNone, 30, 0x80),
    Refresh(RefreshMode::kProfileStateChange, kNone),
    Refresh(RefreshMode::kApplicationUpdate, kNone),
    {Type::kMoreTime, 0xFF, 0, 0, 3, 0x08, Device::kTerminal, {kNone, kNone}, kNone, 0, 0, false},
    {Type::kPollInterval, 0xFF, 0, 0, 3, 0x20, Device::kTerminal, {Tag::kDuration, kNone},
     Tag::kDuration, 2, 2, true},
    {Type::kPollingOff, 0xFF, 0, 0, 3, 0x40, Device::kTerminal, {kNone, kNone}, kNone, 0, 0, true},
    {Type::kSetUpEventList, 0xFF, 0, 0, 5, 0x01, Device::kTerminal, {Tag::kEventList, kNone}, kNone,
     0, 0, true},
    {Type::kSendShortMessage, 0x00, 0, kPackingNeeded, 4, 0x02, Device::kNetwork,
     {Tag::kSmsTpdu, kNone}, kNone, 0, 0, false},
    {Type::kDisplayText, 0x00, 0, kHighPriority | kWaitForUser, 3, 0x01, Device::kDisplay,
     {Tag::kTextString, kNone}, kNone, 0, 0, false},
    {Type::kGetInkey, kYesNo, kYesNo, 0x80, 8, 0x08, Device::kTerminal, {Tag::kTextString, kNone},
     Tag::kTextString, 2, 2, false},
    {Type::kGetInkey, 0x00, 0, 0x8B, 3, 0x02, Device::kTerminal, {Tag::kTextString, kNone},
     Tag::kTextString, 2, 3, false},
    {Type::kGetInput, 0x00, 0, 0x8F, 3, 0x04, Device::kTerminal,
     {Tag::kTextString, Tag::kResponseLength}, Tag::kTextString, 0, 240, false},
    {Type::kSelectItem, 0x00, 0, 0x87, 4, 0x01, Device::kTerminal, {Tag::kItem, kNone},
     Tag::kItemId, 1, 1, false},
    {Type::kSetUpMenu, 0x00, 0, 0x81, 4, 0x20, Device::kTerminal, {Tag::kAlpha, Tag::kItem}, kNone,
     0, 0, true},
    Provide(LocalInformation::kLocation, 4, 0x40, Tag::kLocation, 5, 9),
    Provide(LocalInformation::kImei, 4, 0x40, Tag::kImei, 8, 8),
    Provide(LocalInformation::kMeasurement, 4, 0x80, Tag::kMeasurement, 1, 240),
    Provide(LocalInformation::kDateTime, 8, 0x04, Tag::kDateTime, 7, 7),
    Provide(LocalInformation::kLanguage, 9, 0x08, Tag::kLanguage, 2, 2),
    Provide(LocalInformation::kTimingAdvance, 9, 0x10, Tag::kTimingAdvance, 2, 2),
    Provide(LocalInformation::kAccessTechnology, 9, 0x80, Tag::kAccessTechnology, 1, 16),
    Provide(LocalInformation::kEsn, 18, 0x10, Tag::kEsn, 4, 4),
    Provide(LocalInformation::kImeisv, 18, 0x40, Tag::kImeisv, 8, 9),
    Provide(LocalInformation::kSearchMode, 18, 0x80, Tag::kSearchMode, 1, 1),
    Provide(LocalInformation::kBattery, 22, 0x02, Tag::kBattery, 1, 1),
    Provide(LocalInformation::kMeid, 23, 0x20, Tag::kMeid, 8, 8),
    Timer(kTimerStart, 0x01, Tag::kTimerValue, kNone),
    Timer(kTimerStop, 0x01, kNone, kNone),
    Timer(kTimerValue, 0x02, kNone, Tag::kTimerValue),
};

constexpr bool Ascending() {
  for (size_t i = 1; i < std::size(kRows); ++i) {
    if (kRows[i - 1].type > kRows[i].type) {
      return false;
    }
  }
  return true;
}
static_assert(Ascending());

// Byte and bit of TERMINAL PROFILE for each event, in the order of their codes.
struct EventRow {
  uint8_t byte;
  uint8_t bit;
};
constexpr EventRow kEventRows[kEvents] = {
    {5, 0x02}, {5, 0x04}, {5, 0x08}, {5, 0x10}, {5, 0x20}, {5, 0x40}, {5, 0x80}, {6, 0x01},
    {6, 0x02}, {6, 0x04}, {6, 0x08}, {6, 0x10}, {6, 0x20}, {6, 0x40}, {6, 0x80}, {25, 0x01},
};

}  // namespace

const std::span<const CommandRow> kCommands(kRows);

const CommandRow* RowFor(Type type, uint8_t qualifier) {
  for (const CommandRow& row : kRows) {
    if (row.type == type && (qualifier & row.mask) == row.value) {
      return (qualifier & ~(row.mask | row.allowed)) == 0 ? &row : nullptr;
    }
  }
  return nullptr;
}

bool ProfileHas(ConstBytes profile, uint8_t byte, uint8_t bit) {
  return byte <= profile.size() && (profile[byte - 1] & bit) != 0;
}

uint32_t KnownEvents(ConstBytes profile, uint32_t events) {
  uint32_t known = 0;
  for (uint8_t i = 0; i < kEvents; ++i) {
    if ((events >> i & 1) != 0 && ProfileHas(profile, kEventRows[i].byte, kEventRows[i].bit)) {
      known |= 1u << i;
    }
  }
  return known;
}

}  // namespace simurgh::cat
