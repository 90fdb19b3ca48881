#include "base/tlv.h"

#include <gmock/gmock.h>

namespace simurgh::tlv {
namespace {

using ::testing::ElementsAre;

TEST(TlvReader, TwoByteTagAndLongLength_GivesValue) {
  std::array<uint8_t, 2 + 2 + 0x80> der{0xBF, 0x2D, 0x81, 0x80};
  der[4] = 0x5A;
  Reader r(der);
  const Result<Object> o = r.Next();
  ASSERT_TRUE(o.ok());
  EXPECT_EQ(o.value().tag, 0xBF2Du);
  EXPECT_EQ(o.value().value.size(), 0x80u);
  EXPECT_TRUE(r.done());
}

TEST(TlvReader, EveryTruncation_IsFormatError) {
  const uint8_t der[] = {0xBF, 0x2D, 0x82, 0x00, 0x03, 1, 2, 3};
  for (size_t n = 1; n < sizeof(der); ++n) {
    Reader r(ConstBytes(der, n));
    EXPECT_EQ(r.Next().error(), Error::kFormat) << n;
  }
  Reader whole(der);
  EXPECT_TRUE(whole.Next().ok());
}

TEST(TlvReader, IndefiniteLength_IsFormatError) {
  const uint8_t der[] = {0x30, 0x80, 0x00, 0x00};
  EXPECT_EQ(Reader(der).Next().error(), Error::kFormat);
}

TEST(TlvHeader, MissingBytes_AsksForMore) {
  const uint8_t der[] = {0x30, 0x82, 0x01};
  EXPECT_EQ(ReadHeader(der).error(), Error::kRange);
}

TEST(TlvWriter, GroupAroundObjects_GetsItsLength) {
  std::array<uint8_t, 16> buffer;
  Writer out(buffer);
  {
    Group g(out, 0xBF2D);
    AddUint(out, 0x80, 0x80);
    AddUint(out, 0x81, 0);
  }
  EXPECT_FALSE(out.overflow());
  const ConstBytes got = out.written();
  EXPECT_THAT(std::vector<uint8_t>(got.begin(), got.end()),
              ElementsAre(0xBF, 0x2D, 7, 0x80, 2, 0, 0x80, 0x81, 1, 0));
}

TEST(TlvWriter, TooSmallBuffer_SaysOverflow) {
  std::array<uint8_t, 3> buffer;
  Writer out(buffer);
  Add(out, 0x5A, ConstBytes(buffer).first(2));
  EXPECT_TRUE(out.overflow());
}

}  // namespace
}  // namespace simurgh::tlv
