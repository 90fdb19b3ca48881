#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "firmware/store/store.h"
#include "tests/power_cut/engine.h"

namespace simurgh::test {
namespace {

using store::Key;
using store::Kind;
using store::Store;
using Value = std::vector<uint8_t>;

/// A store with its index, and a list of all that is in it.
struct Rig {
  explicit Rig(hal::Flash& flash) : store(flash, index) { EXPECT_EQ(store.Mount(), Error::kOk); }

  std::string Snapshot() {
    std::map<std::string, std::string> records;
    for (uint16_t space = 0; space < 8; ++space) {
      struct Context {
        Rig* rig;
        std::map<std::string, std::string>* records;
      } context{this, &records};
      const auto visit = [](void* raw, const Key& key, size_t size) {
        auto& c = *static_cast<Context*>(raw);
        Value value(size);
        EXPECT_EQ(c.rig->store.Read(key, 0, value).ValueOr(9999), size);
        const std::string name = std::to_string(key.space) + "/" + std::to_string(key.object) +
                                 "/" + std::to_string(key.part);
        std::string& text = (*c.records)[name];
        EXPECT_TRUE(text.empty()) << "twice in the index: " << name;
        text = std::to_string(size) + ":";
        for (uint8_t b : value) {
          static constexpr char kHex[] = "0123456789abcdef";
          text += kHex[b >> 4];
          text += kHex[b & 15];
        }
        return true;
      };
      store.ForEach(space, visit, &context);
    }
    std::string all = "free " + std::to_string(store.FreeBytes()) + "\n";
    for (const auto& [name, text] : records) {
      all += name + "=" + text + "\n";
    }
    return all;
  }

  store::IndexSlots<256> index;
  Store store;
};

Value Bytes24(uint32_t seed, size_t size = 24) {
  Value value(size);
  std::minstd_rand random(seed + 1);
  std::generate(value.begin(), value.end(), [&random] { return random() >> 7 & 0xFF; });
  return value;
}

/// Fills two thirds of the store and overwrites until the log has gone round and is about to
/// compact; `extra` small writes place the head at different distances from a sector's end.
void Wear(Rig& rig, int extra, Kind kind = Kind::kPlain) {
  for (uint16_t i = 0; i < 14; ++i) {
    ASSERT_EQ(rig.store.Put({1, 7, i}, Bytes24(i, 200)), Error::kOk);
    ASSERT_EQ(rig.store.Put({2, 1, i}, Bytes24(i + 50), kind), Error::kOk);
  }
  for (int i = 0; i < 600 + extra; ++i) {
    ASSERT_EQ(rig.store.Put({2, 1, static_cast<uint16_t>(i % 14)}, Bytes24(i), kind), Error::kOk);
  }
}

CutScenario<Rig> Base(const std::string& name, uint32_t program_bytes = 4) {
  CutScenario<Rig> s;
  s.name = name;
  s.shape = {8, 2048, program_bytes};
  s.boot = [](hal::Flash& flash) { return std::make_unique<Rig>(flash); };
  s.setup = [](Rig& rig) { Wear(rig, 0); };
  s.snapshot = [](Rig& rig) { return rig.Snapshot(); };
  return s;
}

void RunAndExpectPass(const CutScenario<Rig>& s) {
  const CutReport report = ForEveryPowerCut(s);
  EXPECT_EQ(report.failures, 0u);
}

/// Says when `secret` is to be found in the raw flash.
std::string Absent(ConstBytes flash, const Value& secret, const char* what) {
  const bool there =
      std::search(flash.begin(), flash.end(), secret.begin(), secret.end()) != flash.end();
  return there ? std::string(what) + " is still in the flash" : "";
}

/// The control of all that follows: two writes that ought to be one are found out.
TEST(PowerCutEngine, TwoStepsWithoutTransaction_AreReported) {
  auto s = Base("control");
  s.seeds = 2;
  s.second_seeds = 0;
  s.act = [](Rig& rig) {
    ASSERT_EQ(rig.store.Put({1, 7, 3}, Bytes24(900)), Error::kOk);
    ASSERT_EQ(rig.store.Put({1, 7, 4}, Bytes24(901)), Error::kOk);
  };
  testing::TestPartResultArray found;
  CutReport report;
  {
    testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &found);
    report = ForEveryPowerCut(s);
  }
  if (report.cuts == 0) {
    GTEST_SKIP() << "another scenario is being replayed";
  }
  EXPECT_EQ(report.failures, 2u);
  ASSERT_GT(found.size(), 0);
  EXPECT_NE(std::string(found.GetTestPartResult(0).message()).find("SIMURGH_CUT=\"control:1:1:0\""),
            std::string::npos);
}

TEST(StorePowerCut, FirstMount_FormatsOrIsBlank) {
  auto s = Base("first_mount");
  s.setup = [](Rig&) {};
  s.act = [](Rig& rig) { ASSERT_EQ(rig.store.Put({1, 1, 1}, Bytes24(1)), Error::kOk); };
  RunAndExpectPass(s);
}

TEST(StorePowerCut, FirstFormatItself_IsFinishedByNextMount) {
  std::vector<uint8_t> memory(8 * 2048, 0xFF);
  hal::SimFlash flash({8, 2048, 4}, memory);
  for (uint64_t n = 1; n <= 2; ++n) {
    for (uint32_t seed = 0; seed < 200; ++seed) {
      flash.EraseAll();
      flash.CutAfter(n, seed);
      store::IndexSlots<16> index;
      Store first(flash, index);
      EXPECT_THROW((void)first.Mount(), hal::PowerCut);
      flash.PowerOn();
      Store second(flash, index);
      ASSERT_EQ(second.Mount(), Error::kOk) << n << " " << seed;
    }
  }
}

TEST(StorePowerCut, SinglePut_BeforeOrAfter) {
  for (uint32_t program : {1u, 4u, 8u, 16u}) {
    auto s = Base("single_put_" + std::to_string(program), program);
    s.seeds = 200;
    s.act = [](Rig& rig) { ASSERT_EQ(rig.store.Put({1, 7, 3}, Bytes24(900, 190)), Error::kOk); };
    RunAndExpectPass(s);
  }
}

TEST(StorePowerCut, DeleteAndDrop_BeforeOrAfter) {
  auto s = Base("delete");
  s.seeds = 100;
  s.act = [](Rig& rig) { ASSERT_EQ(rig.store.Delete({1, 7, 3}), Error::kOk); };
  RunAndExpectPass(s);
  s = Base("drop");
  s.seeds = 100;
  s.act = [](Rig& rig) { ASSERT_EQ(rig.store.DropSpace(2), Error::kOk); };
  RunAndExpectPass(s);
}

/// Puts, an overwritten put, a delete, a drop with a put into the dropped space, all or nothing.
void BigTransaction(Rig& rig) {
  rig.store.Begin();
  for (uint16_t i = 0; i < 8; ++i) {
    ASSERT_EQ(rig.store.Put({3, 1, i}, Bytes24(i + 300, 100)), Error::kOk);
  }
  ASSERT_EQ(rig.store.Put({1, 7, 0}, Bytes24(301, 150)), Error::kOk);
  ASSERT_EQ(rig.store.Put({1, 7, 0}, Bytes24(302, 160)), Error::kOk);
  ASSERT_EQ(rig.store.Delete({1, 7, 1}), Error::kOk);
  ASSERT_EQ(rig.store.Put({2, 9, 1}, Bytes24(303)), Error::kOk);
  ASSERT_EQ(rig.store.DropSpace(2), Error::kOk);
  ASSERT_EQ(rig.store.Put({2, 9, 2}, Bytes24(304)), Error::kOk);
  ASSERT_EQ(rig.store.Commit(), Error::kOk);
}

TEST(StorePowerCut, BigTransaction_AllOrNothing) {
  for (int extra : {0, 11, 23, 37}) {
    for (uint32_t program : {1u, 8u, 16u}) {
      auto s =
          Base("transaction_" + std::to_string(extra) + "_" + std::to_string(program), program);
      s.setup = [extra](Rig& rig) { Wear(rig, extra); };
      s.act = BigTransaction;
      RunAndExpectPass(s);
    }
  }
}

TEST(StorePowerCut, RolledBackTransaction_ChangesNothing) {
  auto s = Base("rollback");
  s.act = [](Rig& rig) {
    rig.store.Begin();
    for (uint16_t i = 0; i < 10; ++i) {
      ASSERT_EQ(rig.store.Put({1, 7, i}, Bytes24(i + 300, 100)), Error::kOk);
    }
    ASSERT_EQ(rig.store.Delete({2, 1, 1}), Error::kOk);
    rig.store.Rollback();
  };
  RunAndExpectPass(s);
}

TEST(StorePowerCut, Compaction_ChangesNothing) {
  auto s = Base("compaction");
  s.seeds = 4;
  s.act = [](Rig& rig) {  // the same value again and again: many compactions, one state
    for (int i = 0; i < 120; ++i) {
      ASSERT_EQ(rig.store.Put({2, 1, 5}, Bytes24(1)), Error::kOk);
    }
  };
  s.setup = [](Rig& rig) {
    Wear(rig, 5);
    ASSERT_EQ(rig.store.Put({2, 1, 5}, Bytes24(1)), Error::kOk);
  };
  RunAndExpectPass(s);
}

TEST(StorePowerCut, CompactionInsideTransaction_KeepsOldValuesUntilCommit) {
  auto s = Base("compaction_in_transaction");
  s.seeds = 3;
  s.second_seeds = 1;
  s.act = [](Rig& rig) {
    rig.store.Begin();
    ASSERT_EQ(rig.store.Put({1, 7, 0}, Bytes24(400, 60)), Error::kOk);
    ASSERT_EQ(rig.store.Delete({1, 7, 1}), Error::kOk);
    ASSERT_EQ(rig.store.Put({3, 7, 1}, Bytes24(401)), Error::kOk);
    ASSERT_EQ(rig.store.DropSpace(3), Error::kOk);
    for (int i = 0; i < 300; ++i) {  // sends the log round while the transaction is open
      ASSERT_EQ(rig.store.Put({1, 7, 2}, Bytes24(402, 80)), Error::kOk);
    }
    ASSERT_EQ(rig.store.Commit(), Error::kOk);
    for (int i = 0; i < 150; ++i) {  // and round again: tombstones and commit are compacted away
      ASSERT_EQ(rig.store.Put({1, 7, 2}, Bytes24(402, 80)), Error::kOk);
    }
  };
  RunAndExpectPass(s);
}

TEST(StorePowerCut, PutNowInTransaction_IsDurableByItself) {
  auto s = Base("put_now");
  s.repeat = false;
  s.act = [](Rig& rig) {
    rig.store.Begin();
    ASSERT_EQ(rig.store.Put({1, 7, 1}, Bytes24(500)), Error::kOk);
    ASSERT_EQ(rig.store.PutNow({2, 1, 1}, Bytes24(501)), Error::kOk);
    rig.store.Rollback();
  };
  RunAndExpectPass(s);
}

TEST(StorePowerCut, Format_BeforeOrEmpty) {
  auto s = Base("format");
  s.act = [](Rig& rig) { ASSERT_EQ(rig.store.Format(), Error::kOk); };
  RunAndExpectPass(s);
}

TEST(StorePowerCut, FullStore_CanStillBeEmptied) {
  auto s = Base("full");
  s.setup = [](Rig& rig) {
    uint16_t i = 0;
    while (rig.store.Put({4, 1, i}, Bytes24(i, 120)) == Error::kOk) {
      ++i;
    }
    for (uint16_t k = 0; k < 200; ++k) {
      ASSERT_EQ(rig.store.Put({4, 1, static_cast<uint16_t>(k % i)}, Bytes24(k, 120)), Error::kOk);
    }
  };
  s.act = [](Rig& rig) {
    rig.store.Begin();
    for (uint16_t i = 0; i < 20; ++i) {
      ASSERT_EQ(rig.store.Delete({4, 1, i}), Error::kOk);
    }
    ASSERT_EQ(rig.store.Commit(), Error::kOk);
  };
  RunAndExpectPass(s);
}

// The secret `old` may be in the flash while the state before holds; never in the state after.
TEST(StorePowerCut, SecretReplacedDeletedDropped_IsGoneOnceNewStateHolds) {
  const Value old = Bytes24(77, 32);
  const auto run = [&old](const std::string& name, uint32_t program,
                          std::function<void(Rig&)> act) {
    auto s = Base(name + "_" + std::to_string(program), program);
    s.seeds = 12;
    s.second_seeds = 3;
    s.setup = [&old](Rig& rig) {
      Wear(rig, 3, Kind::kSecret);
      ASSERT_EQ(rig.store.Put({2, 1, 1}, old, Kind::kSecret), Error::kOk);
    };
    s.act = std::move(act);
    s.fault = [&old](Rig& rig, ConstBytes flash) {
      Value now(64);
      const size_t n = rig.store.Read({2, 1, 1}, 0, now).ValueOr(0);
      now.resize(n);
      return now == old ? "" : Absent(flash, old, "the old secret");
    };
    RunAndExpectPass(s);
  };
  for (uint32_t program : {1u, 4u, 8u, 16u}) {
    run("secret_replace", program, [](Rig& rig) {
      ASSERT_EQ(rig.store.Put({2, 1, 1}, Bytes24(78, 32), Kind::kSecret), Error::kOk);
    });
    run("secret_delete", program, [](Rig& rig) {
      ASSERT_EQ(rig.store.Delete({2, 1, 1}), Error::kOk);
    });
    run("secret_drop", program, [](Rig& rig) { ASSERT_EQ(rig.store.DropSpace(2), Error::kOk); });
    run("secret_transaction", program, [](Rig& rig) {
      rig.store.Begin();
      ASSERT_EQ(rig.store.Put({2, 1, 1}, Bytes24(78, 32), Kind::kSecret), Error::kOk);
      ASSERT_EQ(rig.store.Put({2, 1, 2}, Bytes24(79, 32), Kind::kSecret), Error::kOk);
      ASSERT_EQ(rig.store.Commit(), Error::kOk);
    });
  }
}

TEST(StorePowerCut, UncommittedSecret_IsGone) {
  auto s = Base("secret_rollback");
  const Value secret = Bytes24(88, 32);
  s.seeds = 60;
  s.second_seeds = 4;
  s.act = [&secret](Rig& rig) {
    rig.store.Begin();
    ASSERT_EQ(rig.store.Put({2, 1, 1}, secret, Kind::kSecret), Error::kOk);
    rig.store.Rollback();
  };
  s.fault = [&secret](Rig&, ConstBytes flash) { return Absent(flash, secret, "the secret"); };
  RunAndExpectPass(s);
}

/// A card whose supply fails all the time: each boot gets a few operations further, or none.
TEST(StorePowerCut, EndlessCuts_NeverFillTheStore) {
  std::vector<uint8_t> memory(8 * 2048, 0xFF);
  hal::SimFlash flash({8, 2048, 4}, memory);
  std::mt19937 random(4);
  {
    Rig rig(flash);
    Wear(rig, 0);
    uint16_t i = 0;
    while (rig.store.Put({4, 1, i}, Bytes24(i, 120)) == Error::kOk) {
      ++i;
    }
  }
  store::IndexSlots<256> index;
  uint8_t value = 0;
  for (int boot = 0; boot < 20000; ++boot) {
    flash.CutAfter(1 + random() % 6, 2 + random() % 1000);
    try {
      Store store(flash, index);
      ASSERT_EQ(store.Mount(), Error::kOk) << boot;
      for (;;) {
        ASSERT_EQ(store.PutNow({2, 1, 1}, Bytes24(boot, 24)), Error::kOk) << boot;
      }
    } catch (const hal::PowerCut&) {
    }
    flash.PowerOn();
  }
  Rig rig(flash);
  ASSERT_EQ(rig.store.Read({1, 7, 13}, 0, {&value, 1}).ValueOr(0), 1u);
  EXPECT_EQ(value, Bytes24(13, 200)[0]);
}

}  // namespace
}  // namespace simurgh::test
