#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "firmware/rsp/reason_text.h"
#include "tests/unit/saip/run.h"

namespace simurgh::saip {
namespace {

using namespace der;
using rsp::Status;

V Whole() {
  const V gfm = T(PeTag(1), {Head(21), T(0xA1, T(0x30, {T(0x80, "7FD0"), T(0x62, {T(0x82, "4121"), T(0x83, "6F60"),
                  T(0x80, "0140"), T(0xA5, T(0xC1, "00FF"))}), T(0x81, "010203"), T(0x02, "0A"), T(0x81, "AA")}))});
  return Cat({Header(), Mf(), Puks(), Pins(Cat({PinConfig("01", T(0x82, "01")), PinConfig("0A")})), Usim(),
              Pins(PinConfig("0081")), AkaPe(), gfm, T(PeTag(9), Head(50, false)), End()});
}

bool Same(const FakeSink& a, const FakeSink& b) {
  if (a.nodes.size() != b.nodes.size() || a.pins != b.pins || a.akas != b.akas || a.data != b.data) {
    return false;
  }
  for (size_t i = 0; i < a.nodes.size(); ++i) {
    if (a.nodes[i].content != b.nodes[i].content || a.nodes[i].file.fid != b.nodes[i].file.fid) {
      return false;
    }
  }
  return true;
}

TEST(SaipPackage, Size_IsSmall) {
  RecordProperty("sizeof_Saip", static_cast<int>(sizeof(Saip)));
  std::printf("sizeof(Saip) = %zu\n", sizeof(Saip));
  EXPECT_LE(sizeof(Saip), 2048u);
}

TEST(SaipPackage, PiecesOfAnySize_GiveTheSameProfile) {
  const Outcome whole = Install(Whole());
  ASSERT_TRUE(whole.ok()) << static_cast<int>(whole.failure.reason);
  for (size_t piece : {1u, 2u, 3u, 7u, 64u, 255u, 256u, 257u}) {
    const Outcome run = Install(Whole(), piece);
    ASSERT_TRUE(run.ok()) << piece;
    EXPECT_TRUE(Same(*whole.sink, *run.sink)) << piece;
    EXPECT_EQ(run.imsi, whole.imsi);
  }
}

TEST(SaipPackage, TruncatedAnywhere_IsRefused) {
  const V whole = Whole();
  for (size_t n = 0; n < whole.size(); ++n) {
    const Outcome run = Install(V(whole.begin(), whole.begin() + static_cast<long>(n)), 97);
    EXPECT_EQ(run.error, Error::kFormat) << n;
    EXPECT_EQ(run.failure.reason, Reason::kTruncated) << n;
  }
  EXPECT_TRUE(Install(whole, 97).ok());
}

TEST(SaipPackage, DataAfterTheEnd_IsRefused) {
  EXPECT_TRUE(Install(Whole()).ok());
  for (const V& more : {Hex("00"), Hex("AA00"), End(), Mf()}) {
    const Outcome run = Install(Cat({Whole(), more}));
    EXPECT_FALSE(run.ok());
  }
  EXPECT_EQ(Install(Cat({Whole(), End()})).failure.reason, Reason::kTrailingData);
}

TEST(SaipPackage, WrongOrder_IsRefused) {
  EXPECT_TRUE(Install(Cat({Header(), Mf(), Usim(), End()})).ok());
  const V wrong[] = {
      Cat({Mf(), Header(), End()}),            // no header first
      Cat({Header(), Header(), Mf(), End()}),  // two headers
      Cat({Header(), Usim(), Mf(), End()}),    // an application without an MF
      Cat({Header(), Mf(), Mf(), End()}),      // two MFs
      Cat({Header(), End()}),                  // no MF at all
      Cat({End()}),
  };
  for (const V& package : wrong) {
    const Outcome run = Install(package);
    EXPECT_EQ(run.error, Error::kFormat);
    EXPECT_EQ(run.failure.reason, Reason::kOrder);
  }
}

TEST(SaipPackage, LengthPastItsContainer_IsRefused) {
  const V good = T(PeTag(10), T(0xA0, Cat({T(0x80, ""), T(0x81, "63")})));
  EXPECT_TRUE(Install(Cat({Header(), Mf(), good})).ok());
  V bad = good;
  bad[3] = static_cast<uint8_t>(bad[3] + 1);  // PEHeader one byte longer than the element
  EXPECT_EQ(Install(Cat({Header(), Mf(), bad})).failure.reason, Reason::kEncoding);
  V cut = T(PeTag(10), Cat({Head(1), Hex("9F")}));  // half a tag at the end of its container
  EXPECT_EQ(Install(Cat({Header(), Mf(), cut})).failure.reason, Reason::kEncoding);
}

TEST(SaipPackage, Offset_PointsIntoTheElement) {
  const V ef = T(0x62, {T(0x82, "4121"), T(0x83, "6F60"), T(0x80, "02")});
  const V gfm = T(PeTag(1), {Head(21), T(0xA1, T(0x30, {ef, T(0x81, "010203")}))});
  const Outcome run = Install(Cat({Header(), Mf(), gfm, End()}));
  EXPECT_EQ(run.failure.identification, 21);
  EXPECT_EQ(run.failure.element, rsp::Pe::kGenericFileManagement);
  EXPECT_EQ(run.failure.offset, gfm.size() - 3);  // where the three bytes of content begin
}

TEST(SaipPackage, AfterAnError_NothingMoreIsTaken) {
  FakeSink sink;
  Saip saip(sink);
  const V bad = Mf();
  EXPECT_EQ(saip.Feed(bad), Error::kFormat);
  const int writes = sink.writes;
  const V good = Whole();
  EXPECT_EQ(saip.Feed(good), Error::kFormat);
  EXPECT_EQ(saip.Finish(), Error::kFormat);
  EXPECT_EQ(sink.writes, writes);
  EXPECT_EQ(saip.statuses().size(), 1u);
}

TEST(SaipPackage, SinkFailsAtEveryCall_IsReported) {
  const Outcome whole = Install(Whole());
  ASSERT_TRUE(whole.ok());
  for (int n = 0; n < whole.sink->writes; ++n) {
    const Outcome run = Install(Whole(), 100, kCardServices, n);
    EXPECT_EQ(run.error, Error::kFull) << n;
    EXPECT_EQ(run.failure.status, Status::kNotEnoughMemory) << n;
    EXPECT_EQ(run.sink->writes, n + 1) << n;  // nothing is written after the refusal
  }
}

// Any single wrong byte: the package is refused or installed, never anything else.
TEST(SaipPackage, EverySpoiltByte_IsSafe) {
  const V whole = Whole();
  std::mt19937 random(7);
  for (size_t i = 0; i < whole.size(); ++i) {
    V spoilt = whole;
    spoilt[i] ^= static_cast<uint8_t>(1 + random() % 255);
    const Outcome run = Install(spoilt, 13);
    EXPECT_EQ(run.ok(), run.failure.status == Status::kOk);
    for (const FakeSink::Node& n : run.sink->nodes) {
      EXPECT_LE(n.content.size(), size_t{fs::kMaxFileSize});
    }
  }
}

TEST(SaipText, EveryReason_HasASentence) {
  for (int i = 0; i <= static_cast<int>(Reason::kStorage); ++i) {
    EXPECT_NE(ReasonText(static_cast<Reason>(i)), "?");
  }
  EXPECT_EQ(ReasonText(static_cast<Reason>(200)), "?");
}

}  // namespace
}  // namespace simurgh::saip
