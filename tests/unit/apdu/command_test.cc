#include "apdu/command.h"

#include <gtest/gtest.h>

#include <vector>

#include "apdu/app.h"

namespace simurgh::apdu {
namespace {

using Raw = std::vector<uint8_t>;

Raw Concat(std::initializer_list<Raw> parts) {
  Raw out;
  for (const Raw& part : parts) {
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

// The definition of ISO/IEC 7816-3 12.1.3, written the other way round: which lengths are legal.
bool LegalLength(const Raw& raw) {
  const size_t n = raw.size();
  if (n < 4) {
    return false;
  }
  if (n == 4 || n == 5) {
    return true;
  }
  if (raw[4] != 0) {
    return n == 5u + raw[4] || n == 6u + raw[4];
  }
  if (n < 7) {
    return false;
  }
  const size_t length = static_cast<size_t>(raw[5]) << 8 | raw[6];
  return n == 7 || (length != 0 && (n == 7 + length || n == 9 + length));
}

TEST(ParseCommand, Case1_HasNoBody) {
  Raw raw{0x00, 0xA4, 0x04, 0x0C};
  const Command c = ParseCommand(raw).value();
  EXPECT_EQ(c.header[0], 0x00);
  EXPECT_EQ(c.ins, 0xA4);
  EXPECT_EQ(c.p1, 0x04);
  EXPECT_EQ(c.p2, 0x0C);
  EXPECT_TRUE(c.data.empty());
  EXPECT_EQ(c.ne, 0u);
  EXPECT_FALSE(c.has_le);
  EXPECT_FALSE(c.extended);
}

TEST(ParseCommand, Case2Short_LeZeroMeans256) {
  Raw raw{0x00, 0xB0, 0x00, 0x00, 0x00};
  EXPECT_EQ(ParseCommand(raw).value().ne, 256u);
  raw[4] = 0x0A;
  EXPECT_EQ(ParseCommand(raw).value().ne, 10u);
  EXPECT_TRUE(ParseCommand(raw).value().has_le);
}

TEST(ParseCommand, Case2Extended_LeZeroMeans65536) {
  Raw raw{0x00, 0xB0, 0x00, 0x00, 0x00, 0x00, 0x00};
  EXPECT_EQ(ParseCommand(raw).value().ne, 65536u);
  EXPECT_TRUE(ParseCommand(raw).value().extended);
  raw[5] = 0x01;
  EXPECT_EQ(ParseCommand(raw).value().ne, 256u);
}

TEST(ParseCommand, Case3And4Short_DataIsAViewIntoTheInput) {
  Raw raw{0x00, 0xD6, 0x00, 0x00, 0x02, 0x11, 0x22};
  Command c = ParseCommand(raw).value();
  EXPECT_EQ(c.data.data(), raw.data() + 5);
  EXPECT_EQ(c.data.size(), 2u);
  EXPECT_FALSE(c.has_le);
  raw.push_back(0x00);
  c = ParseCommand(raw).value();
  EXPECT_EQ(c.data.size(), 2u);
  EXPECT_EQ(c.ne, 256u);
}

TEST(ParseCommand, Case3And4Extended_LongestDataAndLe) {
  Raw raw = Concat({{0x80, 0xE2, 0x91, 0x00, 0x00, 0xFF, 0xFF}, Raw(65535, 0x5A)});
  Command c = ParseCommand(raw).value();
  EXPECT_EQ(c.data.size(), 65535u);
  EXPECT_FALSE(c.has_le);
  raw.insert(raw.end(), {0x00, 0x00});
  c = ParseCommand(raw).value();
  EXPECT_EQ(c.data.size(), 65535u);
  EXPECT_EQ(c.ne, 65536u);
  EXPECT_EQ(raw.size(), 65544u);
}

TEST(ParseCommand, EveryTruncationAndExtension_FollowsTheLengthRules) {
  const Raw whole[] = {
      {0x00, 0xA4, 0x00, 0x0C},
      {0x00, 0xB0, 0x00, 0x00, 0x10},
      {0x00, 0xA4, 0x00, 0x04, 0x02, 0x3F, 0x00},
      {0x00, 0xA4, 0x00, 0x04, 0x02, 0x3F, 0x00, 0x00},
      {0x00, 0xB0, 0x00, 0x00, 0x00, 0x01, 0x00},
      Concat({{0x00, 0xD6, 0x00, 0x00, 0x00, 0x01, 0x2C}, Raw(300, 0x77)}),
      Concat({{0x00, 0xD6, 0x00, 0x00, 0x00, 0x01, 0x2C}, Raw(300, 0x77), {0x00, 0x00}}),
  };
  for (const Raw& full : whole) {
    Raw control = full;
    EXPECT_TRUE(ParseCommand(control).ok());
    for (size_t n = 0; n <= full.size() + 3; ++n) {
      Raw raw = full;
      raw.resize(n, 0x00);
      const Result<Command> c = ParseCommand(raw);
      EXPECT_EQ(c.ok(), LegalLength(raw)) << "length " << n << " of " << full.size();
      if (!c.ok()) {
        EXPECT_EQ(c.error(), Error::kFormat);
      }
    }
  }
}

TEST(ParseCommand, ExtendedLcZero_IsRefused) {
  Raw raw{0x00, 0xD6, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
  EXPECT_FALSE(ParseCommand(raw).ok());
  raw[6] = 0x02;  // control: Lc = 2
  EXPECT_TRUE(ParseCommand(raw).ok());
}

Sw First(Session&, const Command&, Writer&) { return Sw::kOk; }
Sw Second(Session&, const Command&, Writer&) { return Sw::kFileNotFound; }

constexpr Entry kTable[] = {
    {Class::kIso, 0x20, Case::k3, Effect::kWrites, First},
    {Class::kIso, 0xB0, Case::k2, Effect::kReads, Second},
    {Class::kEts, 0x10, Case::k3, Effect::kReads, First},
};
static_assert(StrictlyAscending(kTable));
constexpr Entry kWrongOrder[] = {kTable[1], kTable[0]};
static_assert(!StrictlyAscending(kWrongOrder));
constexpr Entry kTwice[] = {kTable[0], kTable[0]};
static_assert(!StrictlyAscending(kTwice));

TEST(Lookup, Row_IsFoundByClassAndIns) {
  bool known = false;
  EXPECT_EQ(Lookup(kTable, Class::kIso, 0xB0, &known), &kTable[1]);
  EXPECT_TRUE(known);
  EXPECT_EQ(Lookup(kTable, Class::kEts, 0x10, &known), &kTable[2]);
}

TEST(Lookup, AbsentIns_ClassIsKnown_AbsentClass_IsNot) {
  bool known = false;
  EXPECT_EQ(Lookup(kTable, Class::kEts, 0xB0, &known), nullptr);
  EXPECT_TRUE(known);
  EXPECT_EQ(Lookup(kTable, Class::kGsm, 0x20, &known), nullptr);
  EXPECT_FALSE(known);
  EXPECT_EQ(Lookup({}, Class::kIso, 0x20, &known), nullptr);
  EXPECT_FALSE(known);
}

}  // namespace
}  // namespace simurgh::apdu
