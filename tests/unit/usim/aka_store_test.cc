#include <gmock/gmock.h>

#include <cstring>

#include "crypto/sha.h"
#include "firmware/keys/aka.h"
#include "tests/unit/store/store_rig.h"
#include "tests/unit/usim/auc.h"
#include "tests/vectors/tuak.h"

namespace simurgh {
namespace {

using keys::Aka;
using keys::AkaAlgorithm;
using keys::AkaAnswer;
using keys::AkaParameters;
using test::Auc;
using V = std::vector<uint8_t>;

constexpr uint16_t kSpace = 7;
constexpr uint16_t kAdf = 12;

V Bin(const char* text) {
  V bytes;
  for (; text[0] != 0; text += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(std::string(text, 2), nullptr, 16)));
  }
  return bytes;
}

// TS 35.208 test sets 1 and 2.
const V kK1 = Bin("465b5ce8b199b49faa5f0a2ee238a6bc");
const V kOpc1 = Bin("cd63cb71954a9f4e48a5994e37a02baf");

class AkaTest : public testing::Test {
 protected:
  AkaTest() : rig({32, 4096, 4}, 1024), keys(*rig.store), aka(*rig.store, keys) {
    keys.Unlock(V(32, 0x11));
    auc.k = kK1;
    auc.opc = kOpc1;
  }
  AkaParameters Milenage() {
    AkaParameters p;
    p.key = auc.k;
    p.opc = auc.opc;
    return p;
  }
  Error Install(const AkaParameters& p, uint16_t adf = kAdf) {
    store::Transaction transaction(*rig.store);
    const Error error = aka.Install(kSpace, adf, p);
    return error == Error::kOk ? transaction.Commit() : error;
  }
  /// 'a' accepted, 's' synchronization failure, 'm' MAC failure, '?' anything else.
  char Try(uint64_t seq, uint64_t ind, uint16_t adf = kAdf) {
    AkaAnswer answer;
    const Error error = aka.Authenticate(kSpace, adf, auc.rand, auc.Autn(Auc::Sqn(seq, ind)), answer);
    if (error != Error::kOk) {
      return error == Error::kAuth ? 'm' : '?';
    }
    last_auts.assign(answer.auts_view().begin(), answer.auts_view().end());
    return answer.synchronize ? 's' : 'a';
  }

  test::StoreRig rig;
  keys::KeyStore keys;
  Aka aka;
  Auc auc;
  V last_auts;
};

TEST_F(AkaTest, Ts35208Set1_AnswersAsPublished) {
  AkaParameters p = Milenage();
  p.sqn_options = 0;
  ASSERT_EQ(Install(p), Error::kOk);
  AkaAnswer answer;
  const V rand = Bin("23553cbe9637a89d218ae64dae47bf35");
  V autn = Bin("55f328b43577b9b94a9ffac354dfafb3");  // SQN ff9bb4d0b607 xor AK aa689c648370
  autn[15] ^= 1;
  EXPECT_EQ(aka.Authenticate(kSpace, kAdf, rand, autn, answer), Error::kAuth);
  autn[15] ^= 1;
  ASSERT_EQ(aka.Authenticate(kSpace, kAdf, rand, autn, answer), Error::kOk);
  ASSERT_FALSE(answer.synchronize);
  EXPECT_EQ(answer.res_size, 8);
  EXPECT_TRUE(Equal(ConstBytes(answer.res).first(8), Bin("a54211d5e3ba50bf")));
  EXPECT_TRUE(Equal(answer.ck.view(), Bin("b40ba9a3c58b2a05bbf0d987b21bf8cb")));
  EXPECT_TRUE(Equal(answer.ik.view(), Bin("f769bcd751044604127672711c6d3441")));
  // The same vector again: AUTS with f5* 451e8beca43b over the SQN that was accepted.
  AkaAnswer again;
  ASSERT_EQ(aka.Authenticate(kSpace, kAdf, rand, autn, again), Error::kOk);
  ASSERT_TRUE(again.synchronize);
  EXPECT_TRUE(Equal(ConstBytes(again.auts).first(6), Bin("ba853f3c123c")));
}

TEST_F(AkaTest, GsmContext_IsC2AndC3) {
  ASSERT_EQ(Install(Milenage()), Error::kOk);
  V sres(4);
  V kc(8);
  ASSERT_EQ(aka.AuthenticateGsm(kSpace, kAdf, Bin("23553cbe9637a89d218ae64dae47bf35"), sres, kc),
            Error::kOk);
  EXPECT_EQ(sres, Bin("46f8416a"));  // TS 35.208, GSM equivalents of set 1
  EXPECT_EQ(kc, Bin("eae4be823af9a08b"));
}

TEST_F(AkaTest, Window_HoldsForEveryIndex) {
  ASSERT_EQ(Install(Milenage()), Error::kOk);
  struct Row {
    uint64_t seq, ind;
    char expected;
  };
  constexpr uint64_t kDelta = 1u << 28;
  const Row rows[] = {
      {0, 0, 's'},           // SEQ 0 was never fresh
      {1, 0, 'a'},
      {1, 0, 's'},           // replay
      {1, 1, 'a'},           // another index has its own memory
      {5, 31, 'a'},
      {3, 31, 's'},          // older, same index
      {3, 30, 'a'},          // older than the highest, on an index that did not see it
      {6, 31, 'a'},
      {6 + kDelta, 2, 'a'},  // exactly delta ahead of the highest
      {7 + 2 * kDelta, 2, 's'},
      {2, 0, 'a'},           // no age limit by default
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Try(row.seq, row.ind), row.expected) << row.seq << "/" << row.ind;
  }
}

TEST_F(AkaTest, AgeLimit_RefusesWhatIsTooOld) {
  AkaParameters p = Milenage();
  p.sqn_options = keys::kSqnAgeLimit | keys::kSqnDelta;
  const V limit = Bin("000000000010");
  p.sqn_age_limit = limit;
  ASSERT_EQ(Install(p), Error::kOk);
  EXPECT_EQ(Try(100, 0), 'a');
  EXPECT_EQ(Try(83, 1), 's');
  EXPECT_EQ(Try(84, 1), 'a');
}

TEST_F(AkaTest, InitialValues_Count) {
  AkaParameters p = Milenage();
  V init(32 * 6);
  init[5 * 6 + 5] = 9;
  p.sqn_init = init;
  ASSERT_EQ(Install(p), Error::kOk);
  EXPECT_EQ(Try(9, 5), 's');
  EXPECT_EQ(Try(9, 4), 'a');
  EXPECT_EQ(Try(10, 5), 'a');
}

TEST_F(AkaTest, ReplayedAutn_AucResynchronizesFromAuts) {
  ASSERT_EQ(Install(Milenage()), Error::kOk);
  ASSERT_EQ(Try(77, 3), 'a');
  ASSERT_EQ(Try(77, 3), 's');
  uint64_t sqn_ms = 0;
  ASSERT_TRUE(auc.AcceptsAuts(last_auts, &sqn_ms));
  EXPECT_EQ(sqn_ms, Auc::Sqn(77, 3));
  V spoilt = last_auts;
  spoilt[0] ^= 1;
  EXPECT_FALSE(auc.AcceptsAuts(spoilt, &sqn_ms));
  EXPECT_EQ(Try(78, 3), 'a');
}

TEST_F(AkaTest, WrongKey_MacFailsAndNothingIsSpent) {
  ASSERT_EQ(Install(Milenage()), Error::kOk);
  auc.k[0] ^= 1;
  EXPECT_EQ(Try(5, 0), 'm');
  auc.k[0] ^= 1;
  EXPECT_EQ(Try(5, 0), 'a');
}

TEST_F(AkaTest, SharedKey_SharesSequenceNumbers) {
  ASSERT_EQ(Install(Milenage()), Error::kOk);
  ASSERT_EQ(aka.Share(kSpace, 20, kAdf), Error::kOk);
  EXPECT_EQ(aka.Share(kSpace, 21, 99), Error::kNotFound);
  EXPECT_EQ(Try(5, 0, 20), 'a');
  EXPECT_EQ(Try(5, 0), 's');
  EXPECT_EQ(Try(6, 0), 'a');
}

TEST_F(AkaTest, TwoKeys_TwoInstances) {
  ASSERT_EQ(Install(Milenage()), Error::kOk);
  Auc second = auc;
  second.k[3] ^= 0x40;
  AkaParameters p = Milenage();
  p.key = second.k;
  ASSERT_EQ(Install(p, 13), Error::kOk);
  EXPECT_EQ(Try(5, 0), 'a');
  EXPECT_EQ(Try(6, 0, 13), 'm');
  std::swap(auc, second);
  EXPECT_EQ(Try(5, 0, 13), 'a');
}

TEST_F(AkaTest, ReplaceKey_NewKeyAndFreshNumbers) {
  ASSERT_EQ(Install(Milenage()), Error::kOk);
  ASSERT_EQ(Try(50, 0), 'a');
  const V old = auc.k;
  auc.k[7] ^= 0xFF;
  {
    store::Transaction transaction(*rig.store);
    ASSERT_EQ(aka.ReplaceKey(kSpace, kAdf, auc.k, auc.opc), Error::kOk);
    ASSERT_EQ(transaction.Commit(), Error::kOk);
  }
  EXPECT_EQ(Try(1, 0), 'a');
  EXPECT_EQ(Try(1, 0), 's');
  auc.k = old;
  EXPECT_EQ(Try(60, 0), 'm');
}

TEST_F(AkaTest, OwnConstants_ChangeTheResult) {
  AkaParameters p = Milenage();
  V rotations = Bin("4000204060");
  p.rotations = rotations;
  ASSERT_EQ(Install(p), Error::kOk);  // the standard ones spelt out
  EXPECT_EQ(Try(1, 0), 'a');
  rotations[0] = 8;
  p.rotations = rotations;
  ASSERT_EQ(Install(p, 13), Error::kOk);
  EXPECT_EQ(Try(2, 0, 13), 'm');
}

TEST_F(AkaTest, CounterMax_EndsTheKey) {
  AkaParameters p = Milenage();
  const V two = Bin("000002");
  p.counter_max = two;
  ASSERT_EQ(Install(p), Error::kOk);
  EXPECT_EQ(Try(1, 0), 'a');
  EXPECT_EQ(Try(2, 0), 'a');
  AkaAnswer answer;
  EXPECT_EQ(aka.Authenticate(kSpace, kAdf, auc.rand, auc.Autn(Auc::Sqn(3, 0)), answer),
            Error::kBlocked);
}

TEST_F(AkaTest, WrongSizesAndUnknownApplications_Refused) {
  AkaParameters p = Milenage();
  p.key = ConstBytes(auc.k).first(15);
  EXPECT_EQ(Install(p), Error::kFormat);
  p = Milenage();
  p.algorithm = static_cast<AkaAlgorithm>(4);
  EXPECT_EQ(Install(p), Error::kUnsupported);
  AkaAnswer answer;
  EXPECT_EQ(aka.Authenticate(kSpace, kAdf, auc.rand, auc.rand, answer), Error::kNotFound);
  EXPECT_FALSE(aka.Has(kSpace, kAdf));
}

TEST_F(AkaTest, Xor_MacAndResynchronizationByAmf) {
  AkaParameters p = Milenage();
  p.algorithm = AkaAlgorithm::kXor;
  p.opc = {};
  ASSERT_EQ(Install(p), Error::kOk);
  const auto sqn = Auc::Six(Auc::Sqn(9, 1));
  const auto autn_for = [&](std::array<uint8_t, 2> amf) {
    const crypto::AkaVector v = crypto::XorTestAlgorithm(auc.k, auc.rand, sqn, amf);
    V autn;
    for (size_t i = 0; i < 6; ++i) {
      autn.push_back(sqn[i] ^ v.ak[i]);
    }
    autn.insert(autn.end(), amf.begin(), amf.end());
    autn.insert(autn.end(), v.mac_a.begin(), v.mac_a.end());
    return autn;
  };
  AkaAnswer answer;
  V autn = autn_for({0x80, 0});
  ASSERT_EQ(aka.Authenticate(kSpace, kAdf, auc.rand, autn, answer), Error::kOk);
  EXPECT_EQ(answer.res_size, 16);
  for (size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(answer.res[i], auc.k[i] ^ auc.rand[i]);
  }
  EXPECT_EQ(aka.Authenticate(kSpace, kAdf, auc.rand, autn, answer), Error::kOk);
  EXPECT_FALSE(answer.synchronize);  // the test algorithm checks no SQN
  autn[14] ^= 4;
  EXPECT_EQ(aka.Authenticate(kSpace, kAdf, auc.rand, autn, answer), Error::kAuth);
  AkaAnswer sync;
  ASSERT_EQ(aka.Authenticate(kSpace, kAdf, auc.rand, autn_for({0xFF, 0xFF}), sync), Error::kOk);
  EXPECT_TRUE(sync.synchronize);
}

// ---- TUAK

/// The options byte for the sizes of a published set.
uint8_t TuakOptions(const vectors::TuakSet& set) {
  const auto log2 = [](size_t n) {
    uint8_t log = 0;
    for (; n > 1; n /= 2) {
      ++log;
    }
    return log;
  };
  const auto bytes = [](const char* hex) { return std::strlen(hex) / 2; };
  return static_cast<uint8_t>((bytes(set.f3) == 32 ? 0x40 : 0) | (log2(bytes(set.f1)) - 3) << 3 |
                              (log2(bytes(set.f2)) - 2));
}

struct TuakKeys {
  explicit TuakKeys(const vectors::TuakSet& set) : k(Bin(set.k)), topc(Bin(set.topc)) {
    p.algorithm = AkaAlgorithm::kTuak;
    p.options = TuakOptions(set);
    p.iterations = set.iterations;
    p.key = k;
    p.opc = topc;
    p.sqn_options = 0;
  }
  V k, topc;
  AkaParameters p;
};

V TuakAutn(const vectors::TuakSet& set) {
  V autn = Bin(set.sqn);
  const V ak = Bin(set.f5);
  for (size_t i = 0; i < 6; ++i) {
    autn[i] ^= ak[i];
  }
  for (const char* part : {set.amf, set.f1}) {
    const V bytes = Bin(part);
    autn.insert(autn.end(), bytes.begin(), bytes.end());
  }
  return autn;
}

// Sets whose CK and IK have one length, which is what a profile package can ask for.
TEST_F(AkaTest, Ts35233Sets_AnswerAsPublished) {
  uint16_t adf = 30;
  int done = 0;
  for (const auto& set : vectors::kTuakSets) {
    if (std::strlen(set.f3) != std::strlen(set.f4)) {
      continue;
    }
    SCOPED_TRACE(set.f1);
    ++adf;
    ++done;
    TuakKeys keys_of(set);
    ASSERT_EQ(Install(keys_of.p, adf), Error::kOk);
    const V rand = Bin(set.rand);
    V autn = TuakAutn(set);
    AkaAnswer answer;
    autn.back() ^= 1;
    EXPECT_EQ(aka.Authenticate(kSpace, adf, rand, autn, answer), Error::kAuth);
    autn.back() ^= 1;
    EXPECT_EQ(aka.Authenticate(kSpace, adf, rand, ConstBytes(autn).first(autn.size() - 1), answer),
              Error::kFormat);
    ASSERT_EQ(aka.Authenticate(kSpace, adf, rand, autn, answer), Error::kOk);
    ASSERT_FALSE(answer.synchronize);
    EXPECT_TRUE(Equal(answer.res_view(), Bin(set.f2)));
    EXPECT_TRUE(Equal(answer.ck.view(), Bin(set.f3)));
    EXPECT_TRUE(Equal(answer.ik.view(), Bin(set.f4)));

    // Replayed: AUTS, which the AuC of crypto/ can open.
    AkaAnswer again;
    ASSERT_EQ(aka.Authenticate(kSpace, adf, rand, autn, again), Error::kOk);
    ASSERT_TRUE(again.synchronize);
    const size_t mac_size = std::strlen(set.f1) / 2;
    ASSERT_EQ(again.auts_size, 6 + mac_size);
    V sqn_ms(6);
    const V ak_s = Bin(set.f5_star);
    for (size_t i = 0; i < 6; ++i) {
      sqn_ms[i] = again.auts[i] ^ ak_s[i];
    }
    EXPECT_EQ(sqn_ms, Bin(set.sqn));
    crypto::Tuak tuak(keys_of.k, keys_of.topc, set.iterations,
                      keys::TuakSizesOf(keys_of.p.options).value(), rand);
    V mac_s(mac_size);
    tuak.F1Star(sqn_ms, V(2), mac_s);
    EXPECT_TRUE(Equal(again.auts_view().subspan(6), mac_s));
  }
  EXPECT_EQ(done, 4);
}

TEST_F(AkaTest, TuakGsm_FoldsWhatIsLonger) {
  const auto& set = vectors::kTuakSets[5];  // RES, CK and IK of 256 bits
  TuakKeys keys_of(set);
  ASSERT_EQ(Install(keys_of.p), Error::kOk);
  V sres(4), kc(8), expected_sres(4), expected_kc(8);
  ASSERT_EQ(aka.AuthenticateGsm(kSpace, kAdf, Bin(set.rand), sres, kc), Error::kOk);
  const V res = Bin(set.f2), ck = Bin(set.f3), ik = Bin(set.f4);
  for (size_t i = 0; i < 32; ++i) {
    expected_sres[i % 4] ^= res[i];
    expected_kc[i % 8] ^= ck[i] ^ ik[i];
  }
  EXPECT_EQ(sres, expected_sres);
  EXPECT_EQ(kc, expected_kc);
}

TEST_F(AkaTest, TuakReplaceKey_KeepsSizesAndTopc) {
  const auto& set = vectors::kTuakSets[0];
  TuakKeys keys_of(set);
  AkaParameters other = keys_of.p;
  const V other_k(16, 0x31);
  other.key = other_k;
  ASSERT_EQ(Install(other), Error::kOk);
  AkaAnswer answer;
  EXPECT_EQ(aka.Authenticate(kSpace, kAdf, Bin(set.rand), TuakAutn(set), answer), Error::kAuth);
  store::Transaction transaction(*rig.store);
  EXPECT_EQ(aka.ReplaceKey(kSpace, kAdf, V(32, 1), {}), Error::kFormat);
  EXPECT_EQ(aka.ReplaceKey(kSpace, kAdf, keys_of.k, V(16, 1)), Error::kFormat);
  ASSERT_EQ(aka.ReplaceKey(kSpace, kAdf, keys_of.k, {}), Error::kOk);
  ASSERT_EQ(transaction.Commit(), Error::kOk);
  EXPECT_EQ(aka.Authenticate(kSpace, kAdf, Bin(set.rand), TuakAutn(set), answer), Error::kOk);
  keys::KeyValue k;
  ASSERT_EQ(aka.ReadKey(kSpace, kAdf, k), Error::kOk);
  EXPECT_TRUE(Equal(k.view(), keys_of.k));
}

TEST_F(AkaTest, TuakParametersOutOfRange_Refused) {
  TuakKeys good(vectors::kTuakSets[0]);
  ASSERT_EQ(Install(good.p, 40), Error::kOk);
  AkaParameters p = good.p;
  p.iterations = 0;
  EXPECT_EQ(Install(p), Error::kFormat);
  for (uint8_t options : {0x04, 0x18, 0x80}) {
    p = good.p;
    p.options = options;
    EXPECT_EQ(Install(p), Error::kFormat) << int{options};
  }
  p = good.p;
  p.opc = ConstBytes(good.topc).first(16);
  EXPECT_EQ(Install(p), Error::kFormat);
  p = good.p;
  const V odd(24);
  p.key = odd;
  EXPECT_EQ(Install(p), Error::kFormat);
}

// ---- GBA

TEST_F(AkaTest, GbaMode_WantsTheMaskedMacAndOnlyThat) {
  AkaParameters p = Milenage();
  p.sqn_options = 0;
  ASSERT_EQ(Install(p), Error::kOk);
  const V rand = Bin("23553cbe9637a89d218ae64dae47bf35");
  const V autn = Bin("55f328b43577b9b94a9ffac354dfafb3");
  V masked = autn;  // MAC xor Trunc(SHA-1(IK)), IK of TS 35.208 set 1
  const crypto::Sha1Digest hash = crypto::Sha1Of(Bin("f769bcd751044604127672711c6d3441"));
  for (size_t i = 0; i < 8; ++i) {
    masked[8 + i] ^= hash[i];
  }
  AkaAnswer answer;
  EXPECT_EQ(aka.Authenticate(kSpace, kAdf, rand, masked, answer), Error::kAuth);
  EXPECT_EQ(aka.Authenticate(kSpace, kAdf, rand, autn, answer, keys::AkaMode::kGbaU), Error::kAuth);
  ASSERT_EQ(aka.Authenticate(kSpace, kAdf, rand, masked, answer, keys::AkaMode::kGbaU), Error::kOk);
  EXPECT_FALSE(answer.synchronize);
  EXPECT_TRUE(Equal(answer.ik.view(), Bin("f769bcd751044604127672711c6d3441")));
  EXPECT_TRUE(Equal(answer.ck.view(), Bin("b40ba9a3c58b2a05bbf0d987b21bf8cb")));
}

// After any power cut the card has either not answered, or remembers the SEQ that it accepted.
TEST_F(AkaTest, PowerCutInAuthenticate_AnsweredMeansRemembered) {
  ASSERT_EQ(Install(Milenage()), Error::kOk);
  ASSERT_EQ(Try(4, 0), 'a');
  const V saved = rig.memory;
  bool cut = true;
  int cuts = 0;
  for (uint64_t n = 1; cut; ++n) {
    rig.memory = saved;
    ASSERT_EQ(rig.Remount(), Error::kOk);
    cut = false;
    bool answered = false;
    try {
      keys::KeyStore k(*rig.store);
      k.Unlock(V(32, 0x11));
      Aka here(*rig.store, k);
      rig.flash.CutAfter(n, static_cast<uint32_t>(n * 7919));
      AkaAnswer answer;
      answered = here.Authenticate(kSpace, kAdf, auc.rand, auc.Autn(Auc::Sqn(5, 0)), answer) ==
                     Error::kOk &&
                 !answer.synchronize;
    } catch (const hal::PowerCut&) {
      cut = true;
      ++cuts;
    }
    ASSERT_EQ(rig.Remount(), Error::kOk);
    keys::KeyStore k(*rig.store);
    k.Unlock(V(32, 0x11));
    Aka after(*rig.store, k);
    AkaAnswer replay;
    ASSERT_EQ(after.Authenticate(kSpace, kAdf, auc.rand, auc.Autn(Auc::Sqn(5, 0)), replay), Error::kOk);
    EXPECT_TRUE(!answered || replay.synchronize) << "cut " << n;
    AkaAnswer old;
    ASSERT_EQ(after.Authenticate(kSpace, kAdf, auc.rand, auc.Autn(Auc::Sqn(4, 0)), old), Error::kOk);
    EXPECT_TRUE(old.synchronize) << "cut " << n;
  }
  EXPECT_GE(cuts, 1);
}

}  // namespace
}  // namespace simurgh
