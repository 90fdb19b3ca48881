#include <gtest/gtest.h>

#include "firmware/apps/usim/suci.h"
#include "tests/unit/crypto/hex.h"
#include "tests/vectors/suci.h"

namespace simurgh::apps::naa {
namespace {

using crypto::SuciScheme;

constexpr char kImsi[] = "082947100210000268";  // 274 012 001002086 (TS 33.501 C.4)

std::string Msin(const std::string& ef_imsi, uint8_t mnc) {
  const Result<ImsiDigits> imsi = ReadImsiDigits(Hex(ef_imsi), mnc);
  if (!imsi.ok()) {
    return "none";
  }
  std::array<uint8_t, 8> out{};
  return ToHex(ConstBytes(out).first(PackMsin(imsi.value(), out)));
}

TEST(SuciFormat, MsinOfEfImsi_PackedBcd) {
  EXPECT_EQ(Msin(kImsi, 3), "00012080f6");
  EXPECT_EQ(Msin(kImsi, 2), "0210000268");
  EXPECT_EQ(Msin("06091010214365ffff", 2), "214365");  // 00101 123456
  EXPECT_EQ(Msin("060110102143f5ffff", 2), "2143f5");  // 00101 12345
  EXPECT_EQ(Msin("092947100210000268", 3), "none");    // longer than the file
  EXPECT_EQ(Msin("00ffffffffffffffff", 3), "none");
  EXPECT_EQ(Msin("032947f1ffffffffff", 2), "none");  // MCC and a part of the MNC
}

TEST(SuciFormat, MobileIdentity_OctetsOfTs24501) {
  std::array<uint8_t, 64> buffer;
  Writer three(buffer);
  const auto output = Hex("00012080f6");
  WriteSuci(three, ReadImsiDigits(Hex(kImsi), 3).value(), {0x21, 0xF4}, {}, output);
  EXPECT_EQ(ToHex(three.written()),
            "01"
            "722410"
            "21f4"
            "00"
            "00"
            "00012080f6");
  Writer two(buffer);
  SchemeChoice choice;
  choice.scheme = SuciScheme::kProfileB;
  choice.key_id = 0x1B;
  WriteSuci(two, ReadImsiDigits(Hex("06091010214365ffff"), 2).value(), kNoRouting, choice, output);
  EXPECT_EQ(ToHex(two.written()),
            "01"
            "00f110"
            "f0ff"
            "02"
            "1b"
            "00012080f6");
}

TEST(SuciFormat, Nai_FormsOfTs23003) {
  std::array<uint8_t, 300> buffer;
  const auto text = [](const Writer& w) {
    return std::string(w.written().begin(), w.written().end());
  };
  Writer null(buffer);
  WriteSuciNai(null, 0, kNoRouting, {}, {}, Ascii("001002086"),
               Ascii("5gc-nswo.mnc012.mcc274.3gppnetwork.org"));
  EXPECT_EQ(text(null), "type0.rid0.schid0.userid001002086@5gc-nswo.mnc012.mcc274.3gppnetwork.org");
  // TS 33.501 C.4.3.2 as TS 23.003 28.7.3 writes it.
  Writer a(buffer);
  SchemeChoice choice;
  choice.scheme = SuciScheme::kProfileA;
  choice.key_id = 27;
  WriteSuciNai(a, 1, {0x76, 0xF8}, choice, Hex(vectors::kSuciSets[1].output), {},
               Ascii("3gpp.com"));
  EXPECT_EQ(text(a),
            "type1.rid678.schid1.hnkey27."
            "ecckey977D8B2FDAA7B64AA700D04227D5B440630EA4EC50F9082273A26BB678C92222."
            "cip8E358A1582ADB15322C10E515141D2039A.mac12E1D7783A97F1AC@3gpp.com");
}

TEST(SuciFormat, ChooseScheme_FirstThatHasAKey) {
  const std::string a(64, 'a');
  const std::string b = "02" + std::string(64, 'b');
  const std::string keys =
      "a14b"
      "80011b8120" +
      a + "80011e8121" + b;
  struct Row {
    std::string info;
    int scheme, key_id;
  };
  const Row rows[] = {
      {"a006010102020000" + keys, 1, 0x1B},
      {"a006020201010000" + keys, 2, 0x1E},
      {"a006000001010202" + keys, 0, 0},
      {"a0060c0102020000" + keys, 2, 0x1E},  // an operator's own scheme comes first
      {"a0020103" + keys, 0, 0},             // no third key
      {"a0020102" + keys, 0, 0},             // the second key is not one of profile A
      {"a0020000ffffff", 0, 0},
      {"a0020101ffffff", 0, 0},  // no keys at all
      {"", 0, 0},
      {"ffffffff", 0, 0},
      {"a0030101" + keys, 0, 0},   // the list's length is wrong
      {"a0020101a1048001", 0, 0},  // cut short
  };
  for (const Row& row : rows) {
    const auto info = Hex(row.info);
    const SchemeChoice choice = ChooseScheme(info);
    EXPECT_EQ(static_cast<int>(choice.scheme), row.scheme) << row.info;
    EXPECT_EQ(choice.key_id, row.key_id) << row.info;
    EXPECT_EQ(choice.key.empty(), row.scheme == 0) << row.info;
  }
}

}  // namespace
}  // namespace simurgh::apps::naa
