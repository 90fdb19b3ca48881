#include "firmware/cat/objects.h"

#include "tests/unit/cat/cat_rig.h"

namespace simurgh::cat {
namespace {

using test::Bytes;

Raw Composed(bool ucs2, const std::function<void(Composer&)>& write) {
  Raw room(300);
  Writer out(room);
  Composer composer(out, ucs2);
  write(composer);
  return Raw(out.written().begin(), out.written().end());
}
ConstBytes Utf8(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

TEST(Composer, TextOfTheDefaultAlphabet_TakesOneByteEach) {
  EXPECT_EQ(Composed(true, [](Composer& c) { c.Text(Ascii("A@$_?")); }),
            Bytes("8D 06 04 41 00 02 11 3F"));
}

TEST(Composer, OtherText_IsUcs2WhereTheTerminalHasIt) {
  EXPECT_EQ(Composed(true, [](Composer& c) { c.Text(Utf8("й€")); }), Bytes("8D 05 08 04 39 20 AC"));
  EXPECT_EQ(Composed(false, [](Composer& c) { c.Text(Utf8("aй€")); }), Bytes("8D 04 04 61 3F 3F"));
  EXPECT_EQ(Composed(true, [](Composer& c) { c.Alpha(Utf8("й")); }), Bytes("85 03 80 04 39"));
  EXPECT_EQ(Composed(true, [](Composer& c) { c.Item(7, Utf8("й")); }), Bytes("8F 04 07 80 04 39"));
}

TEST(Composer, BrokenUtf8_BecomesReplacementCharacters) {
  for (const std::string& broken : {std::string("\xC3"), std::string("\xFF"), std::string("\x80"),
                                    std::string("\xF0\x9F\x98\x80")}) {
    EXPECT_EQ(Composed(true, [&](Composer& c) { c.Text(Utf8(broken)); }), Bytes("8D 03 08 FF FD"));
  }
}

TEST(Composer, LongText_HasALengthOfTwoBytes) {
  const std::string text(160, 'x');
  const Raw out = Composed(true, [&](Composer& c) { c.Text(Utf8(text)); });
  ASSERT_EQ(out.size(), 164u);
  EXPECT_EQ(Raw(out.begin(), out.begin() + 4), Bytes("8D 81 A1 04"));
}

TEST(Composer, ItemTooLong_IsCutAfterAWholeCharacter) {
  EXPECT_EQ(Composed(true, [](Composer& c) { c.Item(1, Ascii("abcdef"), 4); }),
            Bytes("8F 05 01 61 62 63 64"));
  EXPECT_EQ(Composed(true, [](Composer& c) { c.Item(1, Utf8("йй"), 3); }), Bytes("8F 04 01 80 04 39"));
}

TEST(ObjectReader, EveryTruncation_IsRefused) {
  const Raw whole = Bytes("81 03 01 02 03 7F 10 20 01 AA 0D 81 02 04 41");
  ASSERT_EQ(CheckObjects(whole), Error::kOk);
  for (size_t n = 1; n < whole.size(); ++n) {
    const Error got = CheckObjects(ConstBytes(whole).first(n));
    EXPECT_EQ(got, n == 5 || n == 10 ? Error::kOk : Error::kFormat) << n;
  }
  EXPECT_EQ(FindObject(whole, Tag::kTextString).value().size(), 2u) << "behind a three-byte tag";
  EXPECT_EQ(FindObject(whole, Tag::kImei).error(), Error::kNotFound);
}

TEST(ObjectReader, TagsThatAreNone_AreRefused) {
  EXPECT_EQ(CheckObjects(Bytes("01 00")), Error::kOk);
  for (const char* bad : {"00 00", "80 00", "FF 00", "01 80", "01 82 00 00", "01 FF"}) {
    EXPECT_EQ(CheckObjects(Bytes(bad)), Error::kFormat) << bad;
  }
}

TEST(TimerValue, IsTimeInSwappedDigits) {
  uint8_t out[3];
  ASSERT_EQ(WriteTimerValue(23 * 3600 + 59 * 60 + 58, out), Error::kOk);
  EXPECT_EQ(Raw(out, out + 3), Bytes("32 95 85"));
  EXPECT_EQ(ReadTimerValue(out).value(), 86398u);
  EXPECT_EQ(WriteTimerValue(86400, out), Error::kRange);
  for (const uint32_t seconds : {0u, 1u, 59u, 60u, 3599u, 3600u, 45296u, 86399u}) {
    ASSERT_EQ(WriteTimerValue(seconds, out), Error::kOk);
    EXPECT_EQ(ReadTimerValue(out).value(), seconds);
  }
  for (const char* bad : {"42 00 00", "00 06 00", "00 00 06", "A0 00 00", "0A 00 00", "00 00", "00 00 00 00"}) {
    EXPECT_EQ(ReadTimerValue(Bytes(bad)).error(), Error::kFormat) << bad;
  }
}

}  // namespace
}  // namespace simurgh::cat
