// The queue, FETCH, TERMINAL RESPONSE: what holds for every command.
#include "firmware/cat/proactive.h"

#include "tests/unit/cat/cat_rig.h"

namespace simurgh::cat {
namespace {

using test::Answer;
using test::Bytes;
using test::kEverything;
using test::kFirst;
using test::kSecond;
using test::Rig;

const Raw kFetchImei = Bytes("D0 09 81 03 01 26 01 82 02 81 82");
const Raw kImeiResponse = Bytes("81 03 01 26 01 82 02 82 81 83 01 00 94 08 3A 65 43 21 09 87 65 43");
const Raw kImei = Bytes("3A 65 43 21 09 87 65 43");

Error AskImei(Rig& rig, uint16_t token = 0) {
  return rig.p.Provide(LocalInformation::kImei, kFirst, token);
}
const Outcome& LastOutcome(const Rig& rig) { return rig.session.apps[0].outcomes.back(); }

TEST(Proactive, NoTerminalProfile_NothingIsSent) {
  Rig rig;
  ASSERT_EQ(AskImei(rig), Error::kOk);
  EXPECT_EQ(rig.p.pending(), 0u);
  EXPECT_EQ(rig.p.Announce(apdu::Sw::kOk), apdu::Sw::kOk);
  EXPECT_EQ(rig.Fetch(0x0B), (Answer{0x6F00, {}}));
  ASSERT_EQ(rig.Profile(kEverything), 0x9000);  // control
  EXPECT_EQ(apdu::Value(rig.p.Announce(apdu::Sw::kOk)), 0x910B);
  EXPECT_EQ(rig.session.apps[0].starts, 1);
}

TEST(Proactive, Announce_LeavesOtherStatusWordsAlone) {
  Rig rig(kEverything);
  ASSERT_EQ(AskImei(rig), Error::kOk);
  EXPECT_EQ(apdu::Value(rig.p.Announce(apdu::Sw::kOk)), 0x910B);
  EXPECT_EQ(rig.p.Announce(apdu::Sw::kFileNotFound), apdu::Sw::kFileNotFound);
  EXPECT_EQ(apdu::Value(rig.p.Announce(static_cast<apdu::Sw>(0x6110))), 0x6110);
}

TEST(Proactive, Imei_IsAskedFetchedAnswered) {
  Rig rig(kEverything);
  ASSERT_EQ(AskImei(rig), Error::kOk);
  EXPECT_EQ(rig.Fetch(0x0B), (Answer{0x9000, kFetchImei}));
  EXPECT_EQ(rig.p.Announce(apdu::Sw::kOk), apdu::Sw::kOk) << "fetched: not announced again";
  EXPECT_EQ(rig.Respond(kImeiResponse), 0x9000);
  EXPECT_EQ(rig.session.apps[0].answers.at(0), kImei);
}

TEST(Fetch, WrongLength_Gives6CxxAndKeepsTheCommand) {
  Rig rig(kEverything);
  ASSERT_EQ(AskImei(rig), Error::kOk);
  for (const uint8_t le : {0x00, 0x0A, 0x0C, 0xFF}) {
    EXPECT_EQ(rig.Fetch(le), (Answer{0x6C0B, {}}));
  }
  EXPECT_EQ(rig.Fetch(0x0B, 0x01), (Answer{0x6A86, {}}));
  EXPECT_EQ(rig.Fetch(0x0B), (Answer{0x9000, kFetchImei}));
  EXPECT_EQ(rig.Fetch(0x0B), (Answer{0x9000, kFetchImei})) << "again until it is answered";
}

TEST(Fetch, OneCommandAtATime) {
  Rig rig(kEverything);
  ASSERT_EQ(AskImei(rig), Error::kOk);
  ASSERT_EQ(rig.p.MoreTime(), Error::kOk);
  EXPECT_EQ(rig.Fetch(0x0B).data, kFetchImei);
  EXPECT_TRUE(rig.p.busy());
  EXPECT_EQ(rig.p.pending(), 0u);
  EXPECT_EQ(rig.Fetch(0x0B).data, kFetchImei) << "not the second one";
  EXPECT_EQ(rig.Respond(kImeiResponse), 0x9000);
  EXPECT_EQ(rig.Fetch(0x0B).data, Bytes("D0 09 81 03 02 02 00 82 02 81 82"));
}

TEST(Fetch, TextOf160Characters_GoesThrough) {
  Rig rig(kEverything);
  const std::string text(160, 'x');
  rig.session.apps[0].compose = [&](const Request&, Composer& c) {
    c.Text({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    return Error::kOk;
  };
  ASSERT_EQ(rig.p.Queue(rig.session, {Type::kDisplayText, kWaitForUser, &kFirst}), Error::kOk);
  EXPECT_EQ(apdu::Value(rig.p.Announce(apdu::Sw::kOk)), 0x91B0);
  const Raw command = rig.Next();
  ASSERT_EQ(command.size(), 0xB0u);
  EXPECT_EQ(Raw(command.begin(), command.begin() + 16),
            Bytes("D0 81 AD 81 03 01 21 80 82 02 81 02 8D 81 A1 04"));
  EXPECT_EQ(rig.Respond("00"), 0x9000);
}

TEST(Fetch, LongestCommand_Is255Bytes) {
  size_t size = 0;
  Rig rig(kEverything);
  rig.session.apps[0].compose = [&](const Request&, Composer& c) {
    c.Add(Tag::kTextString, Raw(size, 'x'));
    return Error::kOk;
  };
  size = 241;  // 3 for D0, 9 for details and devices, 3 for the text's header
  EXPECT_EQ(rig.p.Queue(rig.session, {Type::kDisplayText, 0, &kFirst}), Error::kRange);
  size = 240;
  EXPECT_EQ(rig.p.Queue(rig.session, {Type::kDisplayText, 0, &kFirst}), Error::kOk);
  EXPECT_EQ(rig.Next().size(), 255u);
}

TEST(Fetch, WhatTheCardSaysHasChanged_TheNewLengthIsTold) {
  Rig rig(kEverything);
  Raw text = Bytes("04 41");
  rig.session.apps[0].compose = [&](const Request&, Composer& c) {
    c.Add(Tag::kTextString, text);
    return text.empty() ? Error::kNotFound : Error::kOk;
  };
  ASSERT_EQ(rig.p.Queue(rig.session, {Type::kDisplayText, 0, &kFirst}), Error::kOk);
  EXPECT_EQ(rig.p.pending(), 15u);
  text = Bytes("04 41 42");
  EXPECT_EQ(rig.Fetch(15).sw, 0x6C10);
  EXPECT_EQ(rig.Fetch(16).sw, 0x9000);
  EXPECT_EQ(rig.Respond(Bytes("81 03 01 21 00 82 02 82 81 83 01 00")), 0x9000);
  // Nothing left to say: the command is gone and its client knows.
  ASSERT_EQ(rig.p.Queue(rig.session, {Type::kDisplayText, 0, &kFirst}), Error::kOk);
  text.clear();
  EXPECT_EQ(rig.Fetch(16).sw, 0x6F00);
  EXPECT_EQ(rig.p.pending(), 0u);
  EXPECT_EQ(LastOutcome(rig).ending, Ending::kNotSent);
}

TEST(Queue, KeepsOrderAndIsFullAtSix) {
  Rig rig(kEverything);
  for (uint16_t i = 0; i < Proactive::kQueue; ++i) { ASSERT_EQ(AskImei(rig, i), Error::kOk); }
  EXPECT_EQ(AskImei(rig, 99), Error::kFull);
  for (uint8_t i = 0; i < Proactive::kQueue; ++i) {
    const Raw command = rig.Next();
    ASSERT_EQ(command.size(), 11u);
    EXPECT_EQ(command[4], i + 1) << "command numbers go on";
    EXPECT_EQ(rig.Respond("00", "94 08 3A 65 43 21 09 87 65 43"), 0x9000);
    EXPECT_EQ(rig.session.apps[0].tokens.back(), i);
  }
  EXPECT_EQ(AskImei(rig, 99), Error::kOk);
}

TEST(Queue, TheSameOrderTwice_IsOneCommand) {
  Rig rig(kEverything);
  ASSERT_EQ(rig.p.Refresh(RefreshMode::kUiccReset), Error::kOk);
  ASSERT_EQ(rig.p.Refresh(RefreshMode::kUiccReset), Error::kOk);
  ASSERT_FALSE(rig.Next().empty());
  ASSERT_EQ(rig.p.Refresh(RefreshMode::kUiccReset), Error::kOk) << "the first is under way: a new one";
  EXPECT_EQ(rig.Respond("00"), 0x9000);
  EXPECT_FALSE(rig.Next().empty());
  EXPECT_EQ(rig.Respond("00"), 0x9000);
  EXPECT_TRUE(rig.Next().empty());
}

TEST(Queue, CommandNumbers_GoFrom01ToFE) {
  Rig rig(kEverything);
  for (int i = 0; i < 0xFE; ++i) {
    ASSERT_EQ(rig.p.MoreTime(), Error::kOk);
    ASSERT_EQ(rig.Next()[4], i + 1);
    ASSERT_EQ(rig.Respond("00"), 0x9000);
  }
  ASSERT_EQ(rig.p.MoreTime(), Error::kOk);
  EXPECT_EQ(rig.Next()[4], 1);
}

TEST(TerminalProfile, UnsupportedCommandsInTheQueue_AreDroppedAndTold) {
  Rig rig;
  ASSERT_EQ(AskImei(rig, 7), Error::kOk);
  ASSERT_EQ(rig.p.Refresh(RefreshMode::kInit), Error::kOk);
  ASSERT_EQ(rig.Profile({0x00, 0x00, 0x80}), 0x9000);  // REFRESH only
  ASSERT_EQ(rig.session.apps[0].outcomes.size(), 1u);
  EXPECT_EQ(LastOutcome(rig).ending, Ending::kNotSent);
  EXPECT_EQ(rig.session.apps[0].tokens[0], 7);
  EXPECT_EQ(AskImei(rig), Error::kUnsupported);
  EXPECT_EQ(rig.Next()[5], 0x01);
  EXPECT_EQ(rig.Respond("00"), 0x9000);
  EXPECT_EQ(rig.p.pending(), 0u);
}

TEST(TerminalProfile, Form) {
  Rig rig;
  EXPECT_EQ(rig.Profile({}), 0x6700);
  EXPECT_FALSE(rig.p.has_profile());
  Raw raw = Bytes("80 10 00 01 01 FF");
  EXPECT_EQ(rig.p.TerminalProfile(rig.session, apdu::ParseCommand(raw).value()),
            apdu::Sw::kWrongP1P2);
  EXPECT_FALSE(rig.p.has_profile());
  EXPECT_EQ(rig.Profile(Raw(200, 0xFF)), 0x9000);
  EXPECT_TRUE(rig.p.has_profile());
  EXPECT_EQ(rig.Profile({0xFF}), 0x9000) << "a shorter one replaces all of it";
  EXPECT_FALSE(rig.p.Supports(Type::kRefresh, 0));
}

// ---- TERMINAL RESPONSE

TEST(TerminalResponse, EveryTruncation_IsRefusedAndTheCommandStays) {
  for (size_t n = 0; n < kImeiResponse.size(); ++n) {
    Rig rig(kEverything);
    ASSERT_EQ(AskImei(rig), Error::kOk);
    ASSERT_EQ(rig.Fetch(0x0B).sw, 0x9000);
    const Raw part(kImeiResponse.begin(), kImeiResponse.begin() + static_cast<long>(n));
    if (n == 12) {  // ends after the result: whole, but without an IMEI
      EXPECT_EQ(rig.Respond(part), 0x9000);
      EXPECT_EQ(LastOutcome(rig).ending, Ending::kIncomplete);
      continue;
    }
    EXPECT_EQ(rig.Respond(part), 0x6A80) << n;
    EXPECT_TRUE(rig.session.apps[0].outcomes.empty());
    EXPECT_EQ(rig.Respond(kImeiResponse), 0x9000) << "control";
    EXPECT_EQ(rig.session.apps[0].answers.at(0), kImei);
  }
}

TEST(TerminalResponse, OtherCommandDetailsOrDevices_AreRefused) {
  for (const size_t at : {2, 3, 4, 7, 8}) {
    Rig rig(kEverything);
    ASSERT_EQ(AskImei(rig), Error::kOk);
    ASSERT_EQ(rig.Fetch(0x0B).sw, 0x9000);
    Raw other = kImeiResponse;
    other[at] ^= 0x10;
    EXPECT_EQ(rig.Respond(other), 0x6A80) << at;
    EXPECT_EQ(rig.Respond(kImeiResponse), 0x9000) << "control";
  }
}

TEST(TerminalResponse, BeforeFetch_IsRefused) {
  Rig rig(kEverything);
  ASSERT_EQ(AskImei(rig), Error::kOk);
  EXPECT_EQ(rig.Respond(kImeiResponse), 0x6F00);
  ASSERT_EQ(rig.Fetch(0x0B).sw, 0x9000);
  EXPECT_EQ(rig.Respond(kImeiResponse), 0x9000);
  EXPECT_EQ(rig.Respond(kImeiResponse), 0x6F00) << "answered already";
}

TEST(TerminalResponse, ComprehensionBitAndTag1F_AreReadAsTlv) {
  Raw other = kImeiResponse;
  for (const size_t at : {0, 5, 9, 12}) { other[at] &= 0x7F; }
  other.insert(other.begin() + 9, {0x9F, 0x01, 0x00});  // one-byte tag here, two-byte tag in BER
  Rig rig(kEverything);
  ASSERT_EQ(AskImei(rig), Error::kOk);
  ASSERT_EQ(rig.Fetch(0x0B).sw, 0x9000);
  EXPECT_EQ(rig.Respond(other), 0x9000);
  EXPECT_EQ(rig.session.apps[0].answers.at(0), kImei);
}

TEST(TerminalResponse, EveryGeneralResult_HasItsEnding) {
  // TS 102 223 8.12. DISPLAY TEXT is never asked again by the engine.
  for (int result = 0; result < 0x100; ++result) {
    Rig rig(kEverything);
    rig.session.apps[0].compose = [](const Request&, Composer& c) {
      c.Text(Ascii("x"));
      return Error::kOk;
    };
    ASSERT_EQ(rig.p.Queue(rig.session, {Type::kDisplayText, 0, &kFirst}), Error::kOk);
    ASSERT_FALSE(rig.Next().empty());
    const char digits[] = {"0123456789ABCDEF"[result >> 4], "0123456789ABCDEF"[result & 15], 0};
    ASSERT_EQ(rig.Respond(std::string(digits) + "01"), 0x9000);
    ASSERT_EQ(rig.session.apps[0].outcomes.size(), 1u);
    const Outcome& outcome = LastOutcome(rig);
    const Ending expected = result < 0x10    ? Ending::kDone
                            : result == 0x10 ? Ending::kEndedByUser
                            : result == 0x11 ? Ending::kBack
                            : result == 0x12 ? Ending::kNoResponse
                            : result < 0x20  ? Ending::kHelp
                            : result < 0x30  ? Ending::kLater
                                             : Ending::kRefused;
    EXPECT_EQ(outcome.ending, expected) << result;
    EXPECT_EQ(outcome.result, result);
    EXPECT_EQ(outcome.info.size(), 1u);
    EXPECT_EQ(rig.p.pending(), 0u);
  }
}

TEST(TerminalResponse, BusyTerminal_IsAskedAgainAfterStatusThreeTimesInAll) {
  for (const char* busy : {"2001", "21"}) {
    Rig rig(kEverything);
    ASSERT_EQ(AskImei(rig), Error::kOk);
    ASSERT_EQ(rig.p.MoreTime(), Error::kOk);
    ASSERT_EQ(rig.Next(), kFetchImei);
    EXPECT_EQ(rig.Respond(busy), 0x9000);
    EXPECT_EQ(rig.Next()[5], 0x02) << "others go first";
    EXPECT_EQ(rig.Respond("00"), 0x9000);
    for (int i = 1; i < Proactive::kMaxTries; ++i) {
      EXPECT_TRUE(rig.Next().empty()) << "not before STATUS";
      EXPECT_TRUE(rig.session.apps[0].outcomes.empty());
      rig.p.StatusSeen();
      ASSERT_EQ(rig.Next(), kFetchImei);
      EXPECT_EQ(rig.Respond(busy), 0x9000);
    }
    rig.p.StatusSeen();
    EXPECT_TRUE(rig.Next().empty());
    ASSERT_EQ(rig.session.apps[0].outcomes.size(), 1u);
    EXPECT_EQ(LastOutcome(rig).ending, Ending::kLater);
  }
}

TEST(TerminalResponse, PermanentProblem_IsNotAskedAgain) {
  Rig rig(kEverything);
  ASSERT_EQ(rig.p.Refresh(RefreshMode::kInit), Error::kOk);
  ASSERT_FALSE(rig.Next().empty());
  EXPECT_EQ(rig.Respond("30"), 0x9000);
  rig.p.StatusSeen();
  EXPECT_TRUE(rig.Next().empty());
}

TEST(TerminalResponse, ErrorOfTheClient_IsTheStatusWord) {
  Rig rig(kEverything);
  rig.session.apps[0].ended = [](const Request&, const Outcome&) { return Error::kHardware; };
  ASSERT_EQ(AskImei(rig), Error::kOk);
  ASSERT_FALSE(rig.Next().empty());
  EXPECT_EQ(rig.Respond(kImeiResponse), apdu::Value(apdu::ToSw(Error::kHardware)));
  EXPECT_EQ(rig.p.pending(), 0u);
  EXPECT_FALSE(rig.p.busy());
}

TEST(TerminalResponse, TheClientMayGoOn) {
  Rig rig(kEverything);
  rig.session.apps[0].ended = [&](const Request& r, const Outcome&) {
    return r.token == 0 ? AskImei(rig, 1) : Error::kOk;
  };
  ASSERT_EQ(AskImei(rig), Error::kOk);
  ASSERT_FALSE(rig.Next().empty());
  EXPECT_EQ(rig.Respond(kImeiResponse), 0x9000);
  EXPECT_EQ(rig.Next()[4], 2);
  EXPECT_EQ(rig.Respond("00", "94 08 3A 65 43 21 09 87 65 43"), 0x9000);
  EXPECT_EQ(rig.session.apps[0].tokens, (std::vector<uint16_t>{0, 1}));
}

// ---- A question to the user

TEST(AskUser, YesNoAndAllElse) {
  struct Case {
    const char* result;
    const char* objects;
    bool agreed;
  };
  constexpr Case kCases[] = {{"00", "8D 02 04 01", true},  {"00", "8D 02 04 00", false},
                             {"00", "8D 02 08 01", false}, {"00", "8D 02 04 31", false},
                             {"00", "", false},            {"10", "8D 02 04 01", false},
                             {"12", "", false},            {"22", "", false}};
  for (const Case& c : kCases) {
    bool agreed = !c.agreed;
    Rig rig(kEverything);
    rig.session.apps[0].compose = [](const Request&, Composer& composer) {
      composer.Text(Ascii("Go?"));
      return Error::kOk;
    };
    rig.session.apps[0].ended = [&](const Request& r, const Outcome& o) {
      agreed = Proactive::Agreed(r, o);
      return Error::kOk;
    };
    ASSERT_EQ(rig.p.AskUser(rig.session, kFirst, 5), Error::kOk);
    EXPECT_EQ(rig.Next(), Bytes("D0 0F 81 03 01 22 04 82 02 81 82 8D 04 04 47 6F 3F"));
    EXPECT_EQ(rig.Respond(c.result, c.objects), 0x9000);
    EXPECT_EQ(agreed, c.agreed) << c.result << " " << c.objects;
  }
}

TEST(AskUser, TerminalWithoutYesNo_ShowsATextToBeCleared) {
  Raw profile = kEverything;
  profile[7] &= static_cast<uint8_t>(~0x08);
  for (const bool clears : {true, false}) {
    bool agreed = !clears;
    Rig rig(profile);
    rig.session.apps[0].compose = [](const Request&, Composer& composer) {
      composer.Text(Ascii("Go?"));
      return Error::kOk;
    };
    rig.session.apps[0].ended = [&](const Request& r, const Outcome& o) {
      agreed = Proactive::Agreed(r, o);
      return Error::kOk;
    };
    ASSERT_EQ(rig.p.AskUser(rig.session, kFirst, 5), Error::kOk);
    EXPECT_EQ(rig.Next(), Bytes("D0 0F 81 03 01 21 81 82 02 81 02 8D 04 04 47 6F 3F"));
    EXPECT_EQ(rig.Respond(clears ? "00" : "10"), 0x9000);
    EXPECT_EQ(agreed, clears);
  }
  profile[2] &= static_cast<uint8_t>(~0x01);  // no DISPLAY TEXT either
  Rig rig(profile);
  EXPECT_EQ(rig.p.AskUser(rig.session, kFirst, 5), Error::kUnsupported);
}

TEST(Reset, ForgetsEverythingButTheClients) {
  Rig rig(kEverything);
  ASSERT_EQ(AskImei(rig), Error::kOk);
  ASSERT_FALSE(rig.Next().empty());
  ASSERT_EQ(rig.p.Refresh(RefreshMode::kFileChange, Bytes("3F00 2FE2"), 1), Error::kOk);
  ASSERT_TRUE(rig.p.StartTimer(5, kFirst).ok());
  ASSERT_EQ(rig.p.ListenTo(rig.session, kSecond, Bit(Event::kUserActivity)), Error::kOk);
  rig.p.Reset();
  EXPECT_FALSE(rig.p.has_profile());
  EXPECT_FALSE(rig.p.busy());
  EXPECT_EQ(rig.p.AskTimer(1, kTimerValue, kFirst), Error::kNotFound);
  ASSERT_EQ(rig.Profile(kEverything), 0x9000);
  EXPECT_EQ(rig.p.pending(), 0u);
  EXPECT_EQ(rig.session.apps[0].starts, 2) << "the clients are there";
}

TEST(Suspension, KeepsProfileTimersAndEvents) {
  Rig rig(kEverything);
  ASSERT_EQ(rig.p.StartTimer(300, kSecond).value(), 1);
  ASSERT_EQ(rig.p.ListenTo(rig.session, kFirst, Bit(Event::kUserActivity)), Error::kOk);
  EXPECT_FALSE(rig.p.idle());
  while (!rig.Next().empty()) { ASSERT_EQ(rig.Respond("00"), 0x9000); }
  ASSERT_TRUE(rig.p.idle());
  Raw room(Proactive::kStateBytes);
  Writer state(room);
  rig.p.Save(state);
  ASSERT_FALSE(state.overflow());
  rig.p.Reset();
  for (const size_t at : {0, 1, 10}) {  // number, menu, owner of timer 1
    Raw spoilt = room;
    spoilt[at] = at == 0 ? 0x00 : 0x09;
    EXPECT_EQ(rig.p.Restore(spoilt), Error::kCorrupt) << at;
  }
  EXPECT_EQ(rig.p.Restore(ConstBytes(room).first(17)), Error::kCorrupt);
  EXPECT_FALSE(rig.p.has_profile());
  ASSERT_EQ(rig.p.Restore(state.written()), Error::kOk);
  EXPECT_TRUE(rig.p.Supports(Type::kRefresh, 0));
  ASSERT_EQ(rig.p.AskTimer(1, kTimerValue, kSecond), Error::kOk);
  EXPECT_EQ(rig.Next()[4], 3) << "command numbers go on";
  EXPECT_EQ(rig.Envelope("D6 07 99 01 04 82 02 82 81").sw, 0x9000);
  EXPECT_EQ(rig.session.apps[0].envelopes.size(), 1u);
}

TEST(Notes, StayWithTheirCommands) {
  // Notes of different lengths, the first put off and so behind the others.
  Rig rig(kEverything);
  ASSERT_EQ(rig.p.Refresh(RefreshMode::kFileChange, Bytes("3F00 2FE2"), 1), Error::kOk);
  ASSERT_EQ(rig.p.Poll(20), Error::kOk);
  ASSERT_EQ(rig.p.StartTimer(300, kFirst).value(), 1);
  const Raw refresh = rig.Next();
  EXPECT_EQ(refresh, Bytes("D0 10 81 03 01 01 01 82 02 81 82 92 05 01 3F 00 2F E2"));
  EXPECT_EQ(rig.Respond("20"), 0x9000);
  EXPECT_EQ(rig.Next(), Bytes("D0 0D 81 03 02 03 00 82 02 81 82 84 02 01 14"));
  rig.p.StatusSeen();
  EXPECT_EQ(rig.Respond("00", "84 02 01 14"), 0x9000);
  EXPECT_EQ(rig.Next(), Bytes("D0 11 81 03 03 27 00 82 02 81 82 A4 01 01 A5 03 00 50 00"));
  EXPECT_EQ(rig.Respond("00"), 0x9000);
  EXPECT_EQ(rig.Next(), refresh);
}

TEST(Notes, HeldCommandBehindAnother_IsBroughtForward) {
  Rig rig(kEverything);
  ASSERT_EQ(rig.p.Poll(20), Error::kOk);
  ASSERT_FALSE(rig.Next().empty());
  EXPECT_EQ(rig.Respond("20"), 0x9000);  // held, alone in the queue
  ASSERT_EQ(rig.p.Refresh(RefreshMode::kFileChange, Bytes("3F00 2FE2"), 1), Error::kOk);
  EXPECT_EQ(rig.Next(), Bytes("D0 10 81 03 02 01 01 82 02 81 82 92 05 01 3F 00 2F E2"));
  EXPECT_EQ(rig.Respond("00"), 0x9000);
  rig.p.StatusSeen();
  EXPECT_EQ(rig.Next(), Bytes("D0 0D 81 03 01 03 00 82 02 81 82 84 02 01 14"));
}

}  // namespace
}  // namespace simurgh::cat
