#include "firmware/cat/proactive.h"

#include <gtest/gtest.h>

#include <vector>

namespace simurgh::cat {
namespace {

using apdu::Sw;
using Raw = std::vector<uint8_t>;

// Terminal profile with REFRESH (byte 3, b8) and PROVIDE LOCAL INFORMATION (byte 4, b7).
const Raw kFullProfile{0x00, 0x00, 0x80, 0x40};

struct Answer {
  Sw sw;
  Raw data;
  bool operator==(const Answer&) const = default;
};

apdu::Command Parsed(Raw& raw) { return apdu::ParseCommand(raw).value(); }

Raw WithData(const Raw& header, const Raw& data) {
  Raw out(5 + data.size());
  std::copy(header.begin(), header.end(), out.begin());
  out[4] = static_cast<uint8_t>(data.size());
  std::copy(data.begin(), data.end(), out.begin() + 5);
  return out;
}

Sw Profile(Proactive& p, const Raw& profile) {
  Raw raw = WithData({0x80, 0x10, 0x00, 0x00}, profile);
  return p.TerminalProfile(Parsed(raw));
}

Answer Fetch(Proactive& p, uint8_t le, uint8_t p2 = 0) {
  Raw raw{0x80, 0x12, 0x00, p2, le};
  Raw room(256);
  Writer out(room);
  const Sw sw = p.Fetch(Parsed(raw), out);
  return {sw, Raw(out.written().begin(), out.written().end())};
}

Sw Respond(Proactive& p, const Raw& data) {
  Raw raw = WithData({0x80, 0x14, 0x00, 0x00}, data);
  return p.TerminalResponse(Parsed(raw));
}

const Raw kFetchImei{0xD0, 0x09, 0x81, 0x03, 0x01, 0x26, 0x01, 0x82, 0x02, 0x81, 0x82};
const Raw kImeiResponse{0x81, 0x03, 0x01, 0x26, 0x01, 0x82, 0x02, 0x82, 0x81, 0x83, 0x01, 0x00,
                        0x94, 0x08, 0x3A, 0x65, 0x43, 0x21, 0x09, 0x87, 0x65, 0x43};
const Raw kImei{0x3A, 0x65, 0x43, 0x21, 0x09, 0x87, 0x65, 0x43};

TEST(Proactive, NoTerminalProfile_NothingIsSent) {
  Proactive p;
  ASSERT_EQ(p.AskImei(), Error::kOk);
  EXPECT_EQ(p.pending(), 0u);
  EXPECT_EQ(p.Announce(Sw::kOk), Sw::kOk);
  EXPECT_EQ(Fetch(p, 0x0B), (Answer{Sw::kTechnicalProblem, {}}));
  ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);  // control
  EXPECT_EQ(p.Announce(Sw::kOk), static_cast<Sw>(0x910B));
}

TEST(Proactive, Announce_LeavesOtherStatusWordsAlone) {
  Proactive p;
  ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
  ASSERT_EQ(p.AskImei(), Error::kOk);
  EXPECT_EQ(p.Announce(Sw::kOk), static_cast<Sw>(0x910B));
  EXPECT_EQ(p.Announce(Sw::kFileNotFound), Sw::kFileNotFound);
  EXPECT_EQ(p.Announce(static_cast<Sw>(0x6110)), static_cast<Sw>(0x6110));
}

TEST(Proactive, Imei_IsAskedFetchedAnswered) {
  Proactive p;
  ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
  ASSERT_EQ(p.AskImei(), Error::kOk);
  EXPECT_EQ(p.imei().error(), Error::kNotFound);
  EXPECT_EQ(Fetch(p, 0x0B), (Answer{Sw::kOk, kFetchImei}));
  EXPECT_EQ(p.Announce(Sw::kOk), Sw::kOk) << "fetched: not announced again";
  EXPECT_EQ(Respond(p, kImeiResponse), Sw::kOk);
  ASSERT_TRUE(p.imei().ok());
  EXPECT_TRUE(Equal(p.imei().value(), kImei));
  EXPECT_EQ(p.last_result().value(), 0x00);
  ASSERT_EQ(p.AskImei(), Error::kOk);
  EXPECT_EQ(p.pending(), 0u) << "known: not asked again";
}

TEST(Proactive, Fetch_WrongLengthGives6CxxAndKeepsTheCommand) {
  Proactive p;
  ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
  ASSERT_EQ(p.AskImei(), Error::kOk);
  for (const uint8_t le : {0x00, 0x0A, 0x0C, 0xFF}) {
    EXPECT_EQ(Fetch(p, le), (Answer{static_cast<Sw>(0x6C0B), {}}));
  }
  EXPECT_EQ(Fetch(p, 0x0B, 0x01), (Answer{Sw::kWrongP1P2, {}}));
  EXPECT_EQ(Fetch(p, 0x0B), (Answer{Sw::kOk, kFetchImei}));
}

TEST(Proactive, Fetch_AgainBeforeTheResponseGivesTheSame) {
  Proactive p;
  ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
  ASSERT_EQ(p.AskImei(), Error::kOk);
  EXPECT_EQ(Fetch(p, 0x0B).data, kFetchImei);
  EXPECT_EQ(Fetch(p, 0x0B).data, kFetchImei);
}

TEST(Proactive, Refresh_EveryModeHasItsBytes) {
  for (const RefreshMode mode :
       {RefreshMode::kInitAndFullFileChange, RefreshMode::kInit, RefreshMode::kUiccReset,
        RefreshMode::kApplicationReset, RefreshMode::kSessionReset, RefreshMode::kSteeringOfRoaming,
        RefreshMode::kSteeringOfRoamingIwlan, RefreshMode::kProfileStateChange,
        RefreshMode::kApplicationUpdate}) {
    Proactive p;
    ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
    ASSERT_EQ(p.Refresh(mode), Error::kOk);
    EXPECT_EQ(Fetch(p, 0x0B),
              (Answer{Sw::kOk,
                      {0xD0, 0x09, 0x81, 0x03, 0x01, 0x01, static_cast<uint8_t>(mode), 0x82, 0x02,
                       0x81, 0x82}}));
    EXPECT_EQ(Respond(p, {0x81, 0x03, 0x01, 0x01, static_cast<uint8_t>(mode), 0x82, 0x02, 0x82,
                          0x81, 0x83, 0x01, 0x00}),
              Sw::kOk);
    EXPECT_EQ(p.imei().error(), Error::kNotFound);
  }
}

TEST(Proactive, RefreshOfFiles_CarriesTheFileList) {
  const Raw files{0x3F, 0x00, 0x2F, 0xE2, 0x3F, 0x00, 0x7F, 0xFF, 0x6F, 0x07};
  Proactive p;
  ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
  EXPECT_EQ(p.Refresh(RefreshMode::kFileChange), Error::kFormat);
  EXPECT_EQ(p.Refresh(RefreshMode::kUiccReset, files, 2), Error::kFormat);
  ASSERT_EQ(p.Refresh(RefreshMode::kFileChange, files, 2), Error::kOk);
  EXPECT_EQ(Fetch(p, 0x18),
            (Answer{Sw::kOk, {0xD0, 0x16, 0x81, 0x03, 0x01, 0x01, 0x01, 0x82, 0x02, 0x81, 0x82, 0x92,
                              0x0B, 0x02, 0x3F, 0x00, 0x2F, 0xE2, 0x3F, 0x00, 0x7F, 0xFF, 0x6F, 0x07}}));
}

TEST(Proactive, FileListTooLong_IsRefused) {
  Proactive p;
  EXPECT_EQ(p.Refresh(RefreshMode::kFileChange, Raw(50, 0x3F), 12), Error::kOk);  // 64 bytes
  EXPECT_EQ(p.Refresh(RefreshMode::kFileChange, Raw(51, 0x3F), 12), Error::kRange);
}

TEST(Proactive, Queue_KeepsOrderAndIsFullAtFour) {
  Proactive p;
  ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
  ASSERT_EQ(p.AskImei(), Error::kOk);
  ASSERT_EQ(p.AskImei(), Error::kOk);  // queued already: not a second entry
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(p.Refresh(RefreshMode::kInit), Error::kOk);
  }
  EXPECT_EQ(p.Refresh(RefreshMode::kInit), Error::kFull);
  EXPECT_EQ(Fetch(p, 0x0B).data, kFetchImei);
  EXPECT_EQ(Respond(p, kImeiResponse), Sw::kOk);
  EXPECT_EQ(p.Announce(Sw::kOk), static_cast<Sw>(0x910B));
  EXPECT_EQ(p.Refresh(RefreshMode::kInit), Error::kOk);
  const Answer next = Fetch(p, 0x0B);
  ASSERT_EQ(next.sw, Sw::kOk);
  EXPECT_EQ(next.data[4], 0x02) << "command numbers go on";
}

TEST(Proactive, UnsupportedByTheTerminal_IsDropped) {
  Proactive p;
  ASSERT_EQ(p.AskImei(), Error::kOk);
  ASSERT_EQ(p.Refresh(RefreshMode::kInit), Error::kOk);
  ASSERT_EQ(Profile(p, {0x00, 0x00, 0x80}), Sw::kOk);  // REFRESH only
  EXPECT_EQ(p.AskImei(), Error::kUnsupported);
  EXPECT_EQ(Fetch(p, 0x0B).data[5], 0x01);
  EXPECT_EQ(Respond(p, {0x81, 0x03, 0x02, 0x01, 0x03, 0x82, 0x02, 0x82, 0x81, 0x83, 0x01, 0x00}),
            Sw::kOk);
  EXPECT_EQ(p.pending(), 0u);
}

TEST(TerminalResponse, EveryTruncation_IsRefusedAndTheCommandStays) {
  for (size_t n = 0; n < kImeiResponse.size(); ++n) {
    Proactive p;
    ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
    ASSERT_EQ(p.AskImei(), Error::kOk);
    ASSERT_EQ(Fetch(p, 0x0B).sw, Sw::kOk);
    Raw part(kImeiResponse.begin(), kImeiResponse.begin() + static_cast<long>(n));
    if (n == 12) {  // ends after the result: whole, but without an IMEI
      EXPECT_EQ(Respond(p, part), Sw::kOk);
      EXPECT_EQ(p.imei().error(), Error::kNotFound);
      continue;
    }
    if (n == 0) {
      Raw raw{0x80, 0x14, 0x00, 0x00};
      EXPECT_EQ(p.TerminalResponse(Parsed(raw)), Sw::kWrongData);
    } else {
      EXPECT_EQ(Respond(p, part), Sw::kWrongData) << n;
    }
    EXPECT_EQ(p.imei().error(), Error::kNotFound);
    EXPECT_EQ(Respond(p, kImeiResponse), Sw::kOk) << "control";
    EXPECT_TRUE(p.imei().ok());
  }
}

TEST(TerminalResponse, OtherCommandDetails_AreRefused) {
  for (const size_t at : {2, 3, 4}) {
    Proactive p;
    ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
    ASSERT_EQ(p.AskImei(), Error::kOk);
    ASSERT_EQ(Fetch(p, 0x0B).sw, Sw::kOk);
    Raw other = kImeiResponse;
    other[at] ^= 0x10;
    EXPECT_EQ(Respond(p, other), Sw::kWrongData);
    EXPECT_EQ(Respond(p, kImeiResponse), Sw::kOk);
  }
}

TEST(TerminalResponse, BeforeFetch_IsRefused) {
  Proactive p;
  ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
  ASSERT_EQ(p.AskImei(), Error::kOk);
  EXPECT_EQ(Respond(p, kImeiResponse), Sw::kTechnicalProblem);
  ASSERT_EQ(Fetch(p, 0x0B).sw, Sw::kOk);
  EXPECT_EQ(Respond(p, kImeiResponse), Sw::kOk);
}

TEST(TerminalResponse, NotPerformedOrShortImei_LeavesTheImeiUnknown) {
  Raw refused = kImeiResponse;
  refused[11] = 0x30;  // beyond the terminal's capabilities
  Raw short_imei = kImeiResponse;
  short_imei[13] = 0x07;
  short_imei.pop_back();
  for (const Raw& response : {refused, short_imei}) {
    Proactive p;
    ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
    ASSERT_EQ(p.AskImei(), Error::kOk);
    ASSERT_EQ(Fetch(p, 0x0B).sw, Sw::kOk);
    EXPECT_EQ(Respond(p, response), Sw::kOk);
    EXPECT_EQ(p.last_result().value(), response[11]);
    EXPECT_EQ(p.imei().error(), Error::kNotFound);
  }
}

TEST(TerminalResponse, ComprehensionBitAndTag1F_AreReadAsTlv) {
  Raw other = kImeiResponse;
  for (const size_t at : {0, 5, 9, 12}) {
    other[at] &= 0x7F;
  }
  other.insert(other.begin() + 9, {0x9F, 0x01, 0x00});  // one-byte tag here, two-byte tag in BER
  Proactive p;
  ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
  ASSERT_EQ(p.AskImei(), Error::kOk);
  ASSERT_EQ(Fetch(p, 0x0B).sw, Sw::kOk);
  EXPECT_EQ(Respond(p, other), Sw::kOk);
  EXPECT_TRUE(Equal(p.imei().value(), kImei));
}

TEST(Proactive, Reset_ForgetsEverything) {
  Proactive p;
  ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
  ASSERT_EQ(p.AskImei(), Error::kOk);
  ASSERT_EQ(Fetch(p, 0x0B).sw, Sw::kOk);
  ASSERT_EQ(Respond(p, kImeiResponse), Sw::kOk);
  ASSERT_EQ(p.Refresh(RefreshMode::kInit), Error::kOk);
  p.Reset();
  EXPECT_FALSE(p.has_profile());
  EXPECT_EQ(p.pending(), 0u);
  EXPECT_EQ(p.imei().error(), Error::kNotFound);
  EXPECT_EQ(p.last_result().error(), Error::kNotFound);
  ASSERT_EQ(Profile(p, kFullProfile), Sw::kOk);
  EXPECT_EQ(p.pending(), 0u);
}

TEST(Proactive, EmptyTerminalProfile_IsRefused) {
  Proactive p;
  Raw raw{0x80, 0x10, 0x00, 0x00};
  EXPECT_EQ(p.TerminalProfile(Parsed(raw)), Sw::kWrongLength);
  EXPECT_FALSE(p.has_profile());
  EXPECT_EQ(Profile(p, Raw(200, 0xFF)), Sw::kOk);
  EXPECT_TRUE(p.has_profile());
}

}  // namespace
}  // namespace simurgh::cat
