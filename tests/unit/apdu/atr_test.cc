#include "apdu/atr.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/bytes.h"
#include "offcard/common/contact_reader.h"

namespace simurgh::apdu {
namespace {

// A reader's walk through the interface bytes (ISO/IEC 7816-3 8.2.3).
struct Walk {
  std::vector<int> protocols;
  size_t historical_at = 0;
  size_t historical_size = 0;
};

Walk Read(ConstBytes atr) {
  Walk out;
  out.historical_size = atr[1] & 0x0F;
  size_t at = 2;
  uint8_t follow = atr[1] >> 4;
  while (follow != 0) {
    for (int bit = 0; bit < 3; ++bit) {
      at += follow >> bit & 1;
    }
    if ((follow & 8) == 0) {
      break;
    }
    out.protocols.push_back(atr[at] & 0x0F);
    follow = atr[at] >> 4;
    ++at;
  }
  out.historical_at = at;
  return out;
}

TEST(Atr, DefaultRow_IsTheCardThatReadersKnow) {
  const uint8_t known[] = {0x3B, 0x9F, 0x96, 0x80, 0x3F, 0xC7, 0x82, 0x80, 0x31, 0xE0, 0x73, 0xF6,
                           0x21, 0x57, 0x57, 'S',  'i',  'm',  'u',  'r',  'g',  'h'};
  ASSERT_EQ(kAtr.size, sizeof known + 1);
  EXPECT_TRUE(Equal(ConstBytes(kAtr).first(sizeof known), known));
}

// What a reader makes of each row is what the row says.
TEST(Atr, EveryRow_IsReadAsItIsWritten) {
  for (const AtrRow& row : kAtrRows) {
    const Atr atr = MakeAtr(row);
    ASSERT_LE(atr.size, 33u) << row.name;
    const offcard::AtrFacts facts = offcard::ReadAtr(atr);
    EXPECT_EQ(facts.Offers(0), row.t0) << row.name;
    EXPECT_EQ(facts.Offers(1), row.t1) << row.name;
    EXPECT_EQ(facts.protocols[0], row.t0 ? 0 : 1) << row.name;
    EXPECT_EQ(facts.ta1, row.ta1) << row.name;
    if (row.t1) {
      EXPECT_EQ(facts.ifsc, row.ifsc) << row.name;
      EXPECT_EQ(facts.bwi_cwi, row.bwi_cwi) << row.name;
      EXPECT_EQ(facts.crc, row.crc) << row.name;
    }
    EXPECT_TRUE(Equal(facts.historical, row.historical)) << row.name;
    for (size_t n = 0; n < atr.size; ++n) {  // an end in the wrong place is never whole
      EXPECT_NE(offcard::AtrMissing(ConstBytes(atr).first(n)), 0u) << row.name << n;
    }
  }
}

TEST(Atr, DamagedCheckCharacter_IsRefused) {
  Atr atr = MakeAtr(kAtrRows[kAtrContacts]);
  EXPECT_NO_THROW(offcard::ReadAtr(atr));
  atr.bytes[atr.size - 1] ^= 1;
  EXPECT_THROW(offcard::ReadAtr(atr), offcard::LineError);
}

TEST(Atr, Protocols_T0_GlobalLast) {
  EXPECT_EQ(Read(kAtr).protocols, (std::vector<int>{0, 15}));
}

TEST(Atr, Length_HistoricalBytesAndTckEndIt) {
  const Walk walk = Read(kAtr);
  EXPECT_EQ(walk.historical_at + walk.historical_size + 1, kAtr.size);
}

TEST(Atr, Tck_XorIsZero) {
  uint8_t sum = 0;
  for (size_t i = 1; i < kAtr.size; ++i) {
    sum ^= kAtr.bytes[i];
  }
  EXPECT_EQ(sum, 0);
}

TEST(Atr, Capabilities_SayExtendedLengthAndEightChannels) {
  const Walk walk = Read(kAtr);
  ConstBytes historical = ConstBytes(kAtr).subspan(walk.historical_at, walk.historical_size);
  ASSERT_EQ(historical[0], 0x80);
  historical = historical.subspan(1);
  bool found = false;
  while (!historical.empty()) {  // compact TLV
    const size_t size = historical[0] & 0x0F;
    ASSERT_LE(1 + size, historical.size());
    if (historical[0] == 0x73) {
      found = true;
      EXPECT_NE(historical[3] & 0x40, 0);        // extended Lc and Le
      EXPECT_EQ(historical[3] & 0x07, 0x07);     // eight channels or more
      EXPECT_NE(historical[3] & 0x18, 0);        // somebody assigns their numbers
    }
    historical = historical.subspan(1 + size);
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace simurgh::apdu
