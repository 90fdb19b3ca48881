#include "apdu/cla.h"

#include <gtest/gtest.h>

#include <optional>

namespace simurgh::apdu {
namespace {

struct Expected {
  int first;
  int last;
  std::optional<Class> type;  // nothing: refused
  int channel_of_first;
  uint8_t secure;
  bool chained;
};

// Every class byte, in runs of one meaning (ISO/IEC 7816-4 tables 2 and 3).
constexpr Expected kAll[] = {
    {0x00, 0x03, Class::kIso, 0, 0x00, false}, {0x04, 0x07, Class::kIso, 0, 0x04, false},
    {0x08, 0x0B, Class::kIso, 0, 0x08, false}, {0x0C, 0x0F, Class::kIso, 0, 0x0C, false},
    {0x10, 0x13, Class::kIso, 0, 0x00, true},  {0x14, 0x17, Class::kIso, 0, 0x04, true},
    {0x18, 0x1B, Class::kIso, 0, 0x08, true},  {0x1C, 0x1F, Class::kIso, 0, 0x0C, true},
    {0x20, 0x3F, std::nullopt, 0, 0, false},   {0x40, 0x4F, Class::kIso, 4, 0x00, false},
    {0x50, 0x5F, Class::kIso, 4, 0x00, true},  {0x60, 0x6F, Class::kIso, 4, 0x20, false},
    {0x70, 0x7F, Class::kIso, 4, 0x20, true},  {0x80, 0x83, Class::kEts, 0, 0x00, false},
    {0x84, 0x87, Class::kEts, 0, 0x04, false}, {0x88, 0x8B, Class::kEts, 0, 0x08, false},
    {0x8C, 0x8F, Class::kEts, 0, 0x0C, false}, {0x90, 0x93, Class::kEts, 0, 0x00, true},
    {0x94, 0x97, Class::kEts, 0, 0x04, true},  {0x98, 0x9B, Class::kEts, 0, 0x08, true},
    {0x9C, 0x9F, Class::kEts, 0, 0x0C, true},  {0xA0, 0xA0, Class::kGsm, 0, 0x00, false},
    {0xA1, 0xBF, std::nullopt, 0, 0, false},   {0xC0, 0xCF, Class::kEts, 4, 0x00, false},
    {0xD0, 0xDF, Class::kEts, 4, 0x00, true},  {0xE0, 0xEF, Class::kEts, 4, 0x20, false},
    {0xF0, 0xFE, Class::kEts, 4, 0x20, true},  {0xFF, 0xFF, std::nullopt, 0, 0, false},
};

TEST(DecodeCla, EveryByte_MeansWhatTheTableSays) {
  int next = 0;
  for (const Expected& row : kAll) {
    ASSERT_EQ(row.first, next) << "the test table has a hole";
    next = row.last + 1;
    for (int cla = row.first; cla <= row.last; ++cla) {
      const Result<Cla> got = DecodeCla(static_cast<uint8_t>(cla));
      ASSERT_EQ(got.ok(), row.type.has_value()) << std::hex << cla;
      if (!got.ok()) {
        EXPECT_EQ(got.error(), Error::kUnsupported);
        continue;
      }
      EXPECT_EQ(got.value().type, *row.type) << std::hex << cla;
      EXPECT_EQ(got.value().channel, row.channel_of_first + cla - row.first) << std::hex << cla;
      EXPECT_EQ(got.value().secure, row.secure) << std::hex << cla;
      EXPECT_EQ(got.value().chained, row.chained) << std::hex << cla;
    }
  }
  EXPECT_EQ(next, 0x100);
}

}  // namespace
}  // namespace simurgh::apdu
