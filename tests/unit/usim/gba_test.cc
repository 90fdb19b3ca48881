#include "firmware/keys/gba.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/hmac.h"
#include "tests/unit/store/store_rig.h"

namespace simurgh {
namespace {

using keys::Gba;
using V = std::vector<uint8_t>;

V Text(const std::string& s) { return V(s.begin(), s.end()); }

class GbaTest : public testing::Test {
 protected:
  GbaTest() : rig({32, 4096, 4}, 1024), keys(*rig.store), gba(*rig.store, keys) {
    keys.Unlock(V(32, 0x11));
  }
  Error PutKs(uint16_t adf, uint8_t fill) {
    store::Transaction transaction(*rig.store);
    const Error error = gba.PutKs(7, adf, V(16, fill), V(16, static_cast<uint8_t>(fill + 1)), rand);
    return error == Error::kOk ? transaction.Commit() : error;
  }
  Error PutNaf(uint8_t record) {
    store::Transaction transaction(*rig.store);
    Gba::NafKey key;
    key.Assign(V(32, record));
    const Error error = gba.PutNafKey(7, 12, record, key);
    return error == Error::kOk ? transaction.Commit() : error;
  }

  test::StoreRig rig;
  keys::KeyStore keys;
  Gba gba;
  const V rand = V(16, 0x5A);
  const V naf = Text(std::string("naf.example.com\x01\x00\x00\x00\x02", 20));
  const V impi = Text("user@example.com");
};

// TS 33.220 B.2: S = FC | P0 | L0 | P1 | L1 | ..., put together by hand.
TEST_F(GbaTest, NafKeys_AreTheKdfOfTheStandard) {
  Gba::NafKey external, internal;
  EXPECT_EQ(gba.Derive(7, 12, naf, impi, external, internal), Error::kNotFound);
  ASSERT_EQ(PutKs(12, 0x10), Error::kOk);
  ASSERT_EQ(gba.Derive(7, 12, naf, impi, external, internal), Error::kOk);
  V ks(16, 0x10);
  ks.insert(ks.end(), 16, 0x11);
  const auto expected = [&](const std::string& label) {
    V s = {0x01};
    for (const V& p : {Text(label), rand, impi, naf}) {
      s.insert(s.end(), p.begin(), p.end());
      s.push_back(0);
      s.push_back(static_cast<uint8_t>(p.size()));
    }
    crypto::HmacSha256 mac(ks);
    mac.Update(s);
    const auto digest = mac.Finish();
    return V(digest.begin(), digest.end());
  };
  EXPECT_TRUE(Equal(external.view(), expected("gba-me")));
  EXPECT_TRUE(Equal(internal.view(), expected("gba-u")));
}

TEST_F(GbaTest, TwoApplications_KeysOfTheirOwn) {
  ASSERT_EQ(PutKs(12, 0x10), Error::kOk);
  ASSERT_EQ(PutKs(13, 0x20), Error::kOk);
  Gba::NafKey one, two, internal;
  ASSERT_EQ(gba.Derive(7, 12, naf, impi, one, internal), Error::kOk);
  ASSERT_EQ(gba.Derive(7, 13, naf, impi, two, internal), Error::kOk);
  EXPECT_FALSE(Equal(one.view(), two.view()));
  EXPECT_EQ(gba.Derive(8, 12, naf, impi, one, internal), Error::kNotFound);
}

TEST_F(GbaTest, Forgotten_NothingDerivesUntilTheNextBootstrap) {
  ASSERT_EQ(PutKs(12, 0x10), Error::kOk);
  ASSERT_EQ(gba.ForgetKs(7), Error::kOk);
  Gba::NafKey external, internal;
  EXPECT_EQ(gba.Derive(7, 12, naf, impi, external, internal), Error::kNotFound);
  ASSERT_EQ(PutKs(13, 0x20), Error::kOk);  // does not take the place of the first
  ASSERT_EQ(PutKs(12, 0x10), Error::kOk);
  Gba::NafKey second;
  ASSERT_EQ(gba.Derive(7, 12, naf, impi, external, internal), Error::kOk);
  ASSERT_EQ(gba.Derive(7, 13, naf, impi, second, internal), Error::kOk);
  EXPECT_FALSE(Equal(external.view(), second.view()));
}

TEST_F(GbaTest, Oldest_IsTheLeastRecentlyUsed) {
  ASSERT_EQ(PutKs(12, 0x10), Error::kOk);
  EXPECT_EQ(gba.Oldest(7, 12).value(), 0);
  for (uint8_t record : {1, 2, 3}) {
    ASSERT_EQ(PutNaf(record), Error::kOk);
  }
  EXPECT_EQ(gba.Oldest(7, 12).value(), 1);
  ASSERT_EQ(PutNaf(1), Error::kOk);
  EXPECT_EQ(gba.Oldest(7, 12).value(), 2);
  Gba::NafKey key;
  ASSERT_EQ(gba.ReadNafKey(7, 12, 3, key), Error::kOk);
  EXPECT_TRUE(Equal(key.view(), V(32, 3)));
  EXPECT_EQ(gba.ReadNafKey(7, 12, 4, key), Error::kNotFound);
  EXPECT_EQ(PutNaf(0), Error::kRange);
  EXPECT_EQ(PutNaf(Gba::kNafs + 1), Error::kRange);
}

}  // namespace
}  // namespace simurgh
