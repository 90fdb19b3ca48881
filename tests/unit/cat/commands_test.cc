// Every command as the wire has it. Where TS 31.124 27.22.4 has a sequence for a command, the bytes
// are those of its first one.
#include "firmware/cat/commands.h"

#include <algorithm>
#include <iterator>

#include "tests/unit/cat/cat_rig.h"

namespace simurgh::cat {
namespace {

using test::Bytes;
using test::kEverything;
using test::kFirst;
using test::Rig;

struct Sequence {
  const char* name;
  Type type;
  uint8_t qualifier;
  std::function<void(Composer&)> compose;
  const char* bytes;     ///< of the command with number 01
  const char* response;  ///< objects behind the result; the last one is the answer
  const char* answer;    ///< its value
  const char* short_one; ///< the same, the answer one byte short; nullptr: no answer is due
};

void Items(Composer& c, const char* title, size_t size) {
  c.Alpha({reinterpret_cast<const uint8_t*>(title), size});
  c.Item(1, Ascii("Item 1"));
  c.Item(2, Ascii("Item 2"));
}

const Sequence kSequences[] = {
    {"more_time", Type::kMoreTime, 0, nullptr, "D0 09 81 03 01 02 00 82 02 81 82", "", "", nullptr},
    {"poll_interval", Type::kPollInterval, 0,
     [](Composer& c) { c.Add(Tag::kDuration, Bytes("01 14")); },
     "D0 0D 81 03 01 03 00 82 02 81 82 84 02 01 14", "84 02 01 14", "01 14", "84 01 01"},
    {"polling_off", Type::kPollingOff, 0, nullptr, "D0 09 81 03 01 04 00 82 02 81 82", "", "", nullptr},
    {"send_sms", Type::kSendShortMessage, 0,
     [](Composer& c) {
       c.Alpha(Ascii("Send SM"));
       c.Add(Tag::kAddress, Bytes("91 11 22 33 44 55 66 77 F8"));
       c.Add(Tag::kSmsTpdu, Bytes("01 00 09 91 10 32 54 76 F8 40 F4 0C 54 65 73 74 20 4D 65 73 73 61 67 65"));
     },
     "D0 37 81 03 01 13 00 82 02 81 83 85 07 53 65 6E 64 20 53 4D 86 09 91 11 22 33 44 55 66 77 F8"
     "8B 18 01 00 09 91 10 32 54 76 F8 40 F4 0C 54 65 73 74 20 4D 65 73 73 61 67 65",
     "", "", nullptr},
    {"send_sms_packed", Type::kSendShortMessage, kPackingNeeded,
     [](Composer& c) { c.Add(Tag::kSmsTpdu, Bytes("01 00 09 91 10 32 54 76 F8 40 F0 00")); },
     "D0 17 81 03 01 13 01 82 02 81 83 8B 0C 01 00 09 91 10 32 54 76 F8 40 F0 00", "", "", nullptr},
    {"display_text", Type::kDisplayText, kWaitForUser,
     [](Composer& c) { c.Text(Ascii("Toolkit Test 1")); },
     "D0 1A 81 03 01 21 80 82 02 81 02 8D 0F 04 54 6F 6F 6C 6B 69 74 20 54 65 73 74 20 31", "", "",
     nullptr},
    {"get_inkey", Type::kGetInkey, 0, [](Composer& c) { c.Text(Ascii("Enter \"+\"")); },
     "D0 15 81 03 01 22 00 82 02 81 82 8D 0A 04 45 6E 74 65 72 20 22 2B 22", "8D 02 04 2B", "04 2B",
     "8D 01 04"},
    {"get_inkey_yes_no", Type::kGetInkey, kYesNo, [](Composer& c) { c.Text(Ascii("Go?")); },
     "D0 0F 81 03 01 22 04 82 02 81 82 8D 04 04 47 6F 3F", "8D 02 04 01", "04 01", "8D 01 04"},
    {"get_input", Type::kGetInput, 0,
     [](Composer& c) {
       c.Text(Ascii("Enter 12345"));
       c.ResponseLength(5, 5);
     },
     "D0 1B 81 03 01 23 00 82 02 81 82 8D 0C 04 45 6E 74 65 72 20 31 32 33 34 35 91 02 05 05",
     "8D 06 04 31 32 33 34 35", "04 31 32 33 34 35", nullptr},
    {"select_item", Type::kSelectItem, 0,
     [](Composer& c) { Items(c, "Toolkit Select", 14); },
     "D0 2B 81 03 01 24 00 82 02 81 82 85 0E 54 6F 6F 6C 6B 69 74 20 53 65 6C 65 63 74"
     "8F 07 01 49 74 65 6D 20 31 8F 07 02 49 74 65 6D 20 32",
     "90 01 02", "02", "90 00"},
    {"location", Type::kProvideLocalInformation, 0x00, nullptr,
     "D0 09 81 03 01 26 00 82 02 81 82", "93 07 00 F1 10 00 01 00 01", "00 F1 10 00 01 00 01",
     "93 04 00 F1 10 00"},
    {"imei", Type::kProvideLocalInformation, 0x01, nullptr, "D0 09 81 03 01 26 01 82 02 81 82",
     "94 08 1A 32 54 76 98 10 32 54", "1A 32 54 76 98 10 32 54", "94 07 1A 32 54 76 98 10 32"},
    {"measurement", Type::kProvideLocalInformation, 0x02, nullptr,
     "D0 09 81 03 01 26 02 82 02 81 82", "96 03 01 02 03", "01 02 03", "96 00"},
    {"date_time", Type::kProvideLocalInformation, 0x03, nullptr, "D0 09 81 03 01 26 03 82 02 81 82",
     "A6 07 62 11 12 50 61 00 40", "62 11 12 50 61 00 40", "A6 06 62 11 12 50 61 00"},
    {"language", Type::kProvideLocalInformation, 0x04, nullptr, "D0 09 81 03 01 26 04 82 02 81 82",
     "AD 02 65 6E", "65 6E", "AD 01 65"},
    {"timing_advance", Type::kProvideLocalInformation, 0x05, nullptr,
     "D0 09 81 03 01 26 05 82 02 81 82", "AE 02 00 05", "00 05", "AE 01 00"},
    {"access_technology", Type::kProvideLocalInformation, 0x06, nullptr,
     "D0 09 81 03 01 26 06 82 02 81 82", "BF 01 08", "08", "BF 00"},
    {"esn", Type::kProvideLocalInformation, 0x07, nullptr, "D0 09 81 03 01 26 07 82 02 81 82",
     "C6 04 01 02 03 04", "01 02 03 04", "C6 03 01 02 03"},
    {"imeisv", Type::kProvideLocalInformation, 0x08, nullptr, "D0 09 81 03 01 26 08 82 02 81 82",
     "E2 09 13 32 54 76 98 10 32 54 F6", "13 32 54 76 98 10 32 54 F6", "E2 07 13 32 54 76 98 10 32"},
    {"search_mode", Type::kProvideLocalInformation, 0x09, nullptr,
     "D0 09 81 03 01 26 09 82 02 81 82", "E5 01 00", "00", "E5 00"},
    {"battery", Type::kProvideLocalInformation, 0x0A, nullptr, "D0 09 81 03 01 26 0A 82 02 81 82",
     "E3 01 03", "03", "E3 00"},
    {"meid", Type::kProvideLocalInformation, 0x0B, nullptr, "D0 09 81 03 01 26 0B 82 02 81 82",
     "ED 08 01 02 03 04 05 06 07 08", "01 02 03 04 05 06 07 08", "ED 07 01 02 03 04 05 06 07"},
    {"timer_get", Type::kTimerManagement, kTimerValue,
     [](Composer& c) { c.Add(Tag::kTimerId, Bytes("01")); },
     "D0 0C 81 03 01 27 02 82 02 81 82 A4 01 01", "A4 01 01 A5 03 00 30 00", "00 30 00",
     "A4 01 01 A5 02 00 30"},
};

class Command : public testing::TestWithParam<Sequence> {
 protected:
  Command() : rig(kEverything) {
    rig.session.apps[0].compose = [](const Request&, Composer& c) {
      if (GetParam().compose) { GetParam().compose(c); }
      return Error::kOk;
    };
  }
  Error Queue() {
    const Sequence& s = GetParam();
    return rig.p.Queue(rig.session, {s.type, s.qualifier, &kFirst, 0x1234});
  }
  Rig rig;
};

TEST_P(Command, IsAsTheClauseSays) {
  ASSERT_EQ(Queue(), Error::kOk);
  EXPECT_EQ(rig.Next(), Bytes(GetParam().bytes));
}

TEST_P(Command, ItsAnswerReachesItsClient) {
  ASSERT_EQ(Queue(), Error::kOk);
  ASSERT_FALSE(rig.Next().empty());
  EXPECT_EQ(rig.Respond("00", GetParam().response), 0x9000);
  ASSERT_EQ(rig.session.apps[0].outcomes.size(), 1u);
  EXPECT_EQ(rig.session.apps[0].outcomes[0].ending, Ending::kDone);
  EXPECT_EQ(rig.session.apps[0].answers[0], Bytes(GetParam().answer));
  EXPECT_EQ(rig.session.apps[0].tokens[0], 0x1234);
  EXPECT_EQ(rig.p.pending(), 0u);
}

class AnsweredCommand : public Command {};
TEST_P(AnsweredCommand, WithoutItsAnswer_IsIncomplete) {
  for (const char* objects : {"", GetParam().short_one}) {
    ASSERT_EQ(Queue(), Error::kOk);
    ASSERT_FALSE(rig.Next().empty());
    EXPECT_EQ(rig.Respond("00", objects), 0x9000);
    EXPECT_EQ(rig.session.apps[0].outcomes.back().ending, Ending::kIncomplete);
    EXPECT_TRUE(rig.session.apps[0].answers.back().empty());
  }
}

TEST_P(Command, TerminalWithoutTheBit_IsNotAsked) {
  const CommandRow* row = RowFor(GetParam().type, GetParam().qualifier);
  ASSERT_NE(row, nullptr);
  Raw without(32, 0xFF);
  without[row->profile_byte - 1] &= static_cast<uint8_t>(~row->profile_bit);
  ASSERT_EQ(rig.Profile(without), 0x9000);
  EXPECT_EQ(Queue(), Error::kUnsupported);
  EXPECT_TRUE(rig.session.apps[0].outcomes.empty());
  Raw only(row->profile_byte, 0x00);
  only[row->profile_byte - 1] = row->profile_bit;
  ASSERT_EQ(rig.Profile(only), 0x9000);
  EXPECT_EQ(Queue(), Error::kOk) << "control";
}

class CommandWithObjects : public Command {};
TEST_P(CommandWithObjects, MissingObject_IsNotQueued) {
  rig.session.apps[0].compose = nullptr;
  EXPECT_EQ(Queue(), Error::kFormat);
  EXPECT_EQ(rig.p.pending(), 0u);
}

std::string NameOf(const testing::TestParamInfo<Sequence>& info) { return info.param.name; }
std::vector<Sequence> Those(bool (*which)(const Sequence&)) {
  std::vector<Sequence> out;
  std::copy_if(std::begin(kSequences), std::end(kSequences), std::back_inserter(out), which);
  return out;
}
INSTANTIATE_TEST_SUITE_P(Of, Command, testing::ValuesIn(kSequences), NameOf);
INSTANTIATE_TEST_SUITE_P(Of, AnsweredCommand,
                         testing::ValuesIn(Those([](const Sequence& s) { return s.short_one != nullptr; })),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Of, CommandWithObjects,
                         testing::ValuesIn(Those([](const Sequence& s) { return s.compose != nullptr; })),
                         NameOf);

// ---- Those that the engine composes

TEST(Refresh, EveryMode_HasItsBytes) {
  for (const RefreshMode mode :
       {RefreshMode::kInitAndFullFileChange, RefreshMode::kInit, RefreshMode::kUiccReset,
        RefreshMode::kApplicationReset, RefreshMode::kSessionReset, RefreshMode::kSteeringOfRoaming,
        RefreshMode::kSteeringOfRoamingIwlan, RefreshMode::kProfileStateChange,
        RefreshMode::kApplicationUpdate}) {
    Rig rig(kEverything);
    ASSERT_EQ(rig.p.Refresh(mode), Error::kOk);
    Raw expected = Bytes("D0 09 81 03 01 01 00 82 02 81 82");
    expected[6] = static_cast<uint8_t>(mode);
    EXPECT_EQ(rig.Next(), expected);
    EXPECT_EQ(rig.Respond("00"), 0x9000);
    EXPECT_EQ(rig.p.pending(), 0u);
  }
}

TEST(Refresh, OfFiles_CarriesTheListAndTheApplication) {
  Rig rig(kEverything);
  EXPECT_EQ(rig.p.Refresh(RefreshMode::kFileChange), Error::kFormat);
  EXPECT_EQ(rig.p.Refresh(RefreshMode::kUiccReset, Bytes("3F00 2FE2"), 1), Error::kFormat);
  ASSERT_EQ(rig.p.Refresh(RefreshMode::kFileChange, Bytes("3F00 2FE2 3F00 7FFF 6F07"), 2,
                          Bytes("A0000000871002")),
            Error::kOk);
  EXPECT_EQ(rig.Next(), Bytes("D0 1F 81 03 01 01 01 82 02 81 82 92 0B 02 3F 00 2F E2 3F 00 7F FF 6F 07"
                              "AF 07 A0 00 00 00 87 10 02"));
}

TEST(Refresh, ListTooLong_IsRefused) {
  Rig rig(kEverything);
  EXPECT_EQ(rig.p.Refresh(RefreshMode::kFileChange, Raw(94, 0x3F), 23), Error::kRange);
  EXPECT_EQ(rig.p.Refresh(RefreshMode::kFileChange, Raw(93, 0x3F), 23), Error::kOk) << "control";
  EXPECT_EQ(rig.p.Refresh(RefreshMode::kFileChange, Bytes("3F00"), 1), Error::kFull) << "no room";
}

TEST(Refresh, SteeringOfRoaming_HasABitOfItsOwn) {
  Rig rig(Raw{0, 0, 0x80});
  EXPECT_EQ(rig.p.Refresh(RefreshMode::kSteeringOfRoaming), Error::kUnsupported);
  EXPECT_EQ(rig.p.Refresh(RefreshMode::kUiccReset), Error::kOk);
}

TEST(PollInterval, IsInSecondsOrMinutes) {
  for (const auto& [seconds, bytes] : std::vector<std::pair<uint16_t, const char*>>{
           {20, "84 02 01 14"}, {255, "84 02 01 FF"}, {256, "84 02 00 05"}, {15300, "84 02 00 FF"}}) {
    Rig rig(kEverything);
    ASSERT_EQ(rig.p.Poll(seconds), Error::kOk);
    const Raw command = rig.Next();
    EXPECT_EQ(Raw(command.begin() + 11, command.end()), Bytes(bytes)) << seconds;
  }
  Rig rig(kEverything);
  EXPECT_EQ(rig.p.Poll(0), Error::kRange);
  EXPECT_EQ(rig.p.Poll(15301), Error::kRange);
}

TEST(Events, AreTheUnionThatTheTerminalKnows) {
  Rig rig(kEverything);
  ASSERT_EQ(rig.p.ListenTo(rig.session, kFirst, Bit(Event::kUserActivity)), Error::kOk);
  EXPECT_EQ(rig.Next(), Bytes("D0 0C 81 03 01 05 00 82 02 81 82 99 01 04"));
  EXPECT_EQ(rig.Respond("00"), 0x9000);
  ASSERT_EQ(rig.p.ListenTo(rig.session, test::kSecond,
                           Bit(Event::kLocationStatus) | Bit(Event::kBrowsingStatus)),
            Error::kOk);
  EXPECT_EQ(rig.Next(), Bytes("D0 0E 81 03 02 05 00 82 02 81 82 99 03 03 04 0F"));
  EXPECT_EQ(rig.Respond("00"), 0x9000);
  // A terminal that knows fewer: as soon as it says so.
  ASSERT_EQ(rig.Profile({0, 0, 0, 0, 0x11}), 0x9000);
  EXPECT_EQ(rig.Next(), Bytes("D0 0C 81 03 03 05 00 82 02 81 82 99 01 03"));
  EXPECT_EQ(rig.Respond("00"), 0x9000);
  ASSERT_EQ(rig.p.ListenTo(rig.session, test::kSecond, 0), Error::kOk);
  EXPECT_EQ(rig.Next(), Bytes("D0 0B 81 03 04 05 00 82 02 81 82 99 00")) << "an empty list ends all";
}

TEST(Events, EveryBit_IsThatOfItsEvent) {
  // TS 102 223 5.2: byte 5 from b2 on, byte 6, byte 25 b1.
  for (uint8_t event = 0; event < kEvents; ++event) {
    Raw profile(25, 0x00);
    if (event < 7) {
      profile[4] = static_cast<uint8_t>(0x02 << event);
    } else if (event < 15) {
      profile[5] = static_cast<uint8_t>(0x01 << (event - 7));
    } else {
      profile[24] = 0x01;
    }
    EXPECT_EQ(KnownEvents(profile, 0xFFFF), 1u << event);
    EXPECT_EQ(KnownEvents(profile, 0xFFFF & ~(1u << event)), 0u);
  }
}

TEST(Menu, IsSharedByTheApplications) {
  Rig rig;
  rig.session.apps[0].menu = [](Composer& c) { c.Item(1, Ascii("A")); };
  rig.session.apps[1].menu = [](Composer& c) { c.Item(2, Ascii("B")); };
  ASSERT_EQ(rig.Profile(kEverything), 0x9000);
  EXPECT_EQ(rig.Next(), Bytes("D0 1A 81 03 01 25 00 82 02 81 82 85 07 53 69 6D 75 72 67 68"
                              "8F 02 01 41 8F 02 22 42"));
  EXPECT_EQ(rig.Respond("00"), 0x9000);
  rig.session.apps[0].menu = nullptr;
  rig.session.apps[1].menu = nullptr;
  ASSERT_EQ(rig.p.MenuChanged(rig.session), Error::kOk);
  EXPECT_EQ(rig.Next(), Bytes("D0 14 81 03 02 25 00 82 02 81 82 85 07 53 69 6D 75 72 67 68 8F 00"))
      << "an empty item removes it";
  EXPECT_EQ(rig.Respond("00"), 0x9000);
  ASSERT_EQ(rig.p.MenuChanged(rig.session), Error::kOk);
  EXPECT_EQ(rig.p.pending(), 0u) << "there is none to remove";
}

TEST(Timers, AreStartedAskedAndStopped) {
  Rig rig(kEverything);
  ASSERT_EQ(rig.p.StartTimer(300, kFirst).value(), 1);
  EXPECT_EQ(rig.Next(), Bytes("D0 11 81 03 01 27 00 82 02 81 82 A4 01 01 A5 03 00 50 00"));
  EXPECT_EQ(rig.Respond("00", "A4 01 01"), 0x9000);
  EXPECT_EQ(rig.p.AskTimer(1, kTimerValue, test::kSecond), Error::kNotFound) << "not its timer";
  EXPECT_EQ(rig.p.AskTimer(2, kTimerValue, kFirst), Error::kNotFound);
  EXPECT_EQ(rig.p.AskTimer(0, kTimerValue, kFirst), Error::kNotFound);
  EXPECT_EQ(rig.p.AskTimer(9, kTimerValue, kFirst), Error::kNotFound);
  ASSERT_EQ(rig.p.AskTimer(1, kTimerStop, kFirst), Error::kOk);
  EXPECT_EQ(rig.Next(), Bytes("D0 0C 81 03 02 27 01 82 02 81 82 A4 01 01"));
  EXPECT_EQ(rig.Respond("00", "A4 01 01 A5 03 00 30 00"), 0x9000);
  EXPECT_EQ(rig.p.AskTimer(1, kTimerValue, kFirst), Error::kNotFound) << "it is free";
}

TEST(Timers, AreEightAndFreeWhenTheTerminalRefuses) {
  Rig rig(kEverything);
  for (uint8_t i = 1; i <= Proactive::kTimers; ++i) {
    ASSERT_EQ(rig.p.StartTimer(i, kFirst).value(), i);
    ASSERT_FALSE(rig.Next().empty());
    ASSERT_EQ(rig.Respond(i == 8 ? "24" : "00"), 0x9000);
  }
  EXPECT_EQ(rig.p.StartTimer(1, kFirst).value(), 8) << "refused: in contradiction with its state";
  EXPECT_EQ(rig.p.StartTimer(1, kFirst).error(), Error::kFull);
  EXPECT_EQ(rig.p.StartTimer(86400, kFirst).error(), Error::kFull);
}

TEST(CommandRows, Qualifiers_AreKnownOrRefused) {
  EXPECT_NE(RowFor(Type::kDisplayText, 0x81), nullptr);
  EXPECT_EQ(RowFor(Type::kDisplayText, 0x02), nullptr);
  EXPECT_EQ(RowFor(Type::kRefresh, 0x0B), nullptr);
  EXPECT_EQ(RowFor(Type::kProvideLocalInformation, 0x0C), nullptr);
  EXPECT_EQ(RowFor(Type::kTimerManagement, 0x03), nullptr);
  EXPECT_EQ(RowFor(Type::kGetInkey, 0x10), nullptr);
  EXPECT_EQ(RowFor(static_cast<Type>(0x20), 0x00), nullptr);
  EXPECT_EQ(RowFor(Type::kGetInkey, kYesNo)->profile_byte, 8);
  EXPECT_EQ(RowFor(Type::kGetInkey, kCharacters)->profile_byte, 3);
  Rig rig(kEverything);
  EXPECT_EQ(rig.p.Queue({Type::kDisplayText, 0x02}, {}), Error::kFormat);
}

}  // namespace
}  // namespace simurgh::cat
