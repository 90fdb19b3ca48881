#include "crypto/aes.h"

#include <gtest/gtest.h>

#include "tests/unit/crypto/hex.h"

namespace simurgh::crypto {
namespace {

std::string EncryptBlock(const char* key, const char* plain) {
  AesBlock block = HexArray<16>(plain);
  Aes(Hex(key)).Encrypt(block.data(), block.data());
  return ToHex(block);
}

std::string CmacOf(const std::vector<uint8_t>& key, ConstBytes message) {
  Cmac cmac(key);
  cmac.Update(message);
  AesBlock mac;
  cmac.Finish(mac);
  return ToHex(mac);
}

// The four blocks that SP 800-38A and RFC 4493 share.
constexpr char kKey128[] = "2b7e151628aed2a6abf7158809cf4f3c";
constexpr char kText[] =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

TEST(Aes, Fips197AppendixC_AllKeySizes) {
  constexpr char kPlain[] = "00112233445566778899aabbccddeeff";
  EXPECT_EQ(EncryptBlock("000102030405060708090a0b0c0d0e0f", kPlain),
            "69c4e0d86a7b0430d8cdb78070b4c55a");
  EXPECT_EQ(EncryptBlock("000102030405060708090a0b0c0d0e0f1011121314151617", kPlain),
            "dda97ca4864cdfe06eaf70a0ec0d7191");
  EXPECT_EQ(
      EncryptBlock("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", kPlain),
      "8ea2b7ca516745bfeafc49904b496089");
}

TEST(Aes, Sp80038aEcb128_FirstBlock) {
  EXPECT_EQ(EncryptBlock(kKey128, "6bc1bee22e409f96e93d7e117393172a"),
            "3ad77bb40d7a3660a89ecaf32466ef97");
}

TEST(AesCbc, Sp80038aF2_BothWays) {
  struct {
    const char *key, *cipher;
  } const kRows[] = {
      {kKey128,
       "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
       "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"},
      {"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
       "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
       "571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd"},
      {"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
       "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
       "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"},
  };
  const AesBlock iv = HexArray<16>("000102030405060708090a0b0c0d0e0f");
  for (const auto& row : kRows) {
    std::vector<uint8_t> data = Hex(kText);
    CbcEncrypt(Hex(row.key), iv, data);
    EXPECT_EQ(ToHex(data), row.cipher);
    CbcDecrypt(Hex(row.key), iv, data);
    EXPECT_EQ(ToHex(data), kText);
  }
}

TEST(AesCbc, NoData_IsNothing) {
  CbcEncrypt(Hex(kKey128), AesBlock{}, Bytes());
  CbcDecrypt(Hex(kKey128), AesBlock{}, Bytes());
}

TEST(AesCtr, Sp80038aF5_WholeAndInPieces) {
  constexpr char kCipher[] =
      "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
      "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee";
  const Aes aes(Hex(kKey128));
  AesBlock counter = HexArray<16>("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  std::vector<uint8_t> data = Hex(kText);
  Ctr(aes, counter, data);
  EXPECT_EQ(ToHex(data), kCipher);
  EXPECT_EQ(ToHex(counter), "f0f1f2f3f4f5f6f7f8f9fafbfcfdff03");

  counter = HexArray<16>("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  data = Hex(kText);
  Ctr(aes, counter, Bytes(data).first(16));
  Ctr(aes, counter, Bytes(data).subspan(16, 32));
  Ctr(aes, counter, Bytes(data).subspan(48, 5));
  EXPECT_EQ(ToHex(ConstBytes(data).first(53)), std::string(kCipher).substr(0, 106));
  EXPECT_EQ(ToHex(ConstBytes(data).subspan(53)), std::string(kText).substr(106));
}

TEST(AesCtr, CounterOverflow_WrapsOverAllSixteenBytes) {
  const Aes aes(Hex(kKey128));
  AesBlock counter;
  counter.fill(0xFF);
  std::vector<uint8_t> data(32, 0);
  Ctr(aes, counter, data);
  EXPECT_EQ(ToHex(counter), "00000000000000000000000000000001");
  EXPECT_EQ(ToHex(ConstBytes(data).last(16)), EncryptBlock(kKey128, std::string(32, '0').c_str()));
}

TEST(Cmac, Rfc4493_AllExamples) {
  const std::vector<uint8_t> key = Hex(kKey128);
  const std::vector<uint8_t> text = Hex(kText);
  EXPECT_EQ(CmacOf(key, {}), "bb1d6929e95937287fa37d129b756746");
  EXPECT_EQ(CmacOf(key, ConstBytes(text).first(16)), "070a16b46b4d4144f79bdd9dd04a287c");
  EXPECT_EQ(CmacOf(key, ConstBytes(text).first(40)), "dfa66747de9ae63030ca32611497c827");
  EXPECT_EQ(CmacOf(key, text), "51f0bebf7e3b9d92fc49741779363cfe");
}

TEST(Cmac, Sp80038bD2And3_LongerKeys) {
  EXPECT_EQ(CmacOf(Hex("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"), {}),
            "d17ddf46adaacde531cac483de7a9367");
  EXPECT_EQ(CmacOf(Hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"),
                   Hex("6bc1bee22e409f96e93d7e117393172a")),
            "28a7023f452e8f82bd4bf28d8c37c35c");
}

TEST(Cmac, AnySplit_GivesTheSameMac_AndTheObjectServesAgain) {
  const std::vector<uint8_t> text = Hex(kText);
  const std::string whole = CmacOf(Hex(kKey128), text);
  Cmac cmac(Hex(kKey128));
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    AesBlock mac;
    cmac.Update(ConstBytes(text).first(cut));
    cmac.Update(ConstBytes(text).subspan(cut));
    cmac.Finish(mac);
    EXPECT_EQ(ToHex(mac), whole) << "cut at " << cut;
  }
}

}  // namespace
}  // namespace simurgh::crypto
