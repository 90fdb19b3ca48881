// Random operations on the store and on a std::map, with remounts and power cuts between; both must
// always say the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <tuple>
#include <vector>

#include "firmware/store/store.h"
#include "hal/host/sim_flash.h"
#include "tests/unit/store/heap_index.h"

namespace simurgh::store {
namespace {

using Value = std::vector<uint8_t>;
using Address = std::tuple<uint16_t, uint16_t, uint16_t>;
using Records = std::map<Address, Value>;

struct Setup {
  hal::FlashShape shape;
  size_t slots;
  int steps;
  int keys;  ///< parts per object
  bool cuts;
};

class Model {
 public:
  Model(const Setup& setup, uint32_t seed)
      : setup_(setup),
        random_(seed),
        memory_(static_cast<size_t>(setup.shape.sectors) * setup.shape.sector_bytes, 0xFF),
        flash_(setup.shape, memory_),
        index_(setup.slots) {
    Remount();
  }

  void Run() {
    for (step_ = 0; step_ < setup_.steps && !testing::Test::HasFatalFailure(); ++step_) {
      if (setup_.cuts && Chance(60)) {
        StepWithCut();
      } else {
        Step();
      }
      if (Chance(80)) {
        Compare();
      }
    }
    if (store_->open()) {
      Rollback();
    }
    Compare();
    Remount();
    Compare();
    EXPECT_GT(refused_full_ + done_, setup_.steps / 4);
  }

 private:
  bool Chance(int one_in) { return random_() % one_in == 0; }
  uint32_t Below(uint32_t n) { return random_() % n; }

  Key AnyKey() {
    return {static_cast<uint16_t>(Below(3)), static_cast<uint16_t>(Below(2)),
            static_cast<uint16_t>(Below(setup_.keys))};
  }
  static Address Of(const Key& key) { return {key.space, key.object, key.part}; }
  Value AnyValue() {
    static constexpr uint32_t kMost[] = {4, 24, 64, 256, 512};
    Value value(Below(kMost[Below(5)] + 1));
    const uint8_t first = static_cast<uint8_t>(random_());
    for (size_t i = 0; i < value.size(); ++i) {
      value[i] = static_cast<uint8_t>(first + i * 3);
    }
    return value;
  }
  Kind AnyKind() { return Chance(3) ? Kind::kSecret : Kind::kPlain; }

  void Remount() {
    flash_.PowerOn();
    store_ = std::make_unique<Store>(flash_, index_);
    ASSERT_EQ(store_->Mount(), Error::kOk) << "step " << step_;
    view_ = durable_;
    touched_.clear();
  }

  void Step() {
    const uint32_t what = Below(100);
    if (what < 50) {
      Put();
    } else if (what < 62) {
      Delete();
    } else if (what < 64) {
      Drop();
    } else if (what < 74) {
      PutNow();
    } else if (what < 85) {
      BeginOrCommit();
    } else if (what < 90 && store_->open()) {
      Rollback();
    } else if (what == 99) {
      Remount();
    }
  }

  /// After the cut the store holds what was durable before the step or what is after it.
  void StepWithCut() {
    flash_.CutAfter(1 + Below(6), 2 + random_() % 1000);
    const Records before = durable_;
    maybe_ = durable_;
    try {
      Step();
      flash_.PowerOn();
      return;
    } catch (const hal::PowerCut&) {
    }
    flash_.PowerOn();
    if (Chance(2)) {
      flash_.CutAfter(1 + Below(4), 2 + random_() % 1000);
      try {
        Store store(flash_, index_);
        (void)store.Mount();
      } catch (const hal::PowerCut&) {
      }
    }
    flash_.PowerOn();
    store_ = std::make_unique<Store>(flash_, index_);
    ASSERT_EQ(store_->Mount(), Error::kOk) << "step " << step_;
    const Records now = All();
    ASSERT_TRUE(now == before || now == maybe_) << "step " << step_;
    durable_ = now;
    view_ = now;
    touched_.clear();
  }

  void Note(Error error) {
    if (error == Error::kOk) {
      ++done_;
      return;
    }
    ASSERT_EQ(error, Error::kFull) << "step " << step_;
    ++refused_full_;
    if (store_->open()) {
      Rollback();
    }
  }

  void Put() {
    const Key key = AnyKey();
    const Value value = AnyValue();
    if (!store_->open()) {
      maybe_[Of(key)] = value;
    }
    const Error error = store_->Put(key, value, AnyKind());
    if (error == Error::kOk) {
      view_[Of(key)] = value;
      touched_.push_back(key);
      KeepWhenClosed();
    }
    Note(error);
  }

  void PutNow() {
    const Key key = AnyKey();
    const bool written = std::any_of(touched_.begin(), touched_.end(), [&key](const Key& k) {
      return k == key || (k.object == 0xFFFF && k.space == key.space);
    });
    if (store_->open() && written) {
      return;
    }
    const Value value = AnyValue();
    maybe_[Of(key)] = value;
    const Error error = store_->PutNow(key, value, AnyKind());
    if (error == Error::kOk) {
      view_[Of(key)] = value;
      durable_[Of(key)] = value;
      ++done_;
      return;
    }
    ASSERT_EQ(error, Error::kFull);
    ++refused_full_;
  }

  void Delete() {
    const Key key = AnyKey();
    const bool there = view_.count(Of(key)) != 0;
    if (!store_->open()) {
      maybe_.erase(Of(key));
    }
    const Error error = store_->Delete(key);
    if (!there) {
      ASSERT_EQ(error, Error::kNotFound) << "step " << step_;
      return;
    }
    if (error == Error::kOk) {
      view_.erase(Of(key));
      touched_.push_back(key);
      KeepWhenClosed();
    } else {
      ASSERT_TRUE(store_->open()) << "an erase by itself always succeeds";
    }
    Note(error);
  }

  void Drop() {
    const uint16_t space = static_cast<uint16_t>(Below(3));
    const auto in_space = [space](const auto& item) { return std::get<0>(item.first) == space; };
    if (!store_->open()) {
      std::erase_if(maybe_, in_space);
    }
    const Error error = store_->DropSpace(space);
    if (error == Error::kOk) {
      std::erase_if(view_, in_space);
      touched_.push_back({space, 0xFFFF, 0});
      KeepWhenClosed();
    } else {
      ASSERT_TRUE(store_->open()) << "a drop by itself always succeeds";
    }
    Note(error);
  }

  void KeepWhenClosed() {
    if (!store_->open()) {
      durable_ = view_;
      touched_.clear();
    }
  }

  void BeginOrCommit() {
    if (!store_->open()) {
      store_->Begin();
      touched_.clear();
      return;
    }
    maybe_ = view_;
    ASSERT_EQ(store_->Commit(), Error::kOk) << "step " << step_;
    durable_ = view_;
    touched_.clear();
  }

  void Rollback() {
    store_->Rollback();
    view_ = durable_;
    touched_.clear();
  }

  Records All() {
    Records all;
    struct Context {
      Store* store;
      Records* all;
    } context{store_.get(), &all};
    const auto visit = [](void* raw, const Key& key, size_t size) {
      auto& c = *static_cast<Context*>(raw);
      Value value(size);
      EXPECT_EQ(c.store->Read(key, 0, value).ValueOr(9999), size);
      EXPECT_TRUE(c.all->emplace(Of(key), value).second);
      return true;
    };
    for (uint16_t space = 0; space < 3; ++space) {
      store_->ForEach(space, visit, &context);
    }
    return all;
  }

  void Compare() {
    for (uint16_t space = 0; space < 3; ++space) {
      for (uint16_t object = 0; object < 2; ++object) {
        for (uint16_t part = 0; part < setup_.keys; ++part) {
          const auto it = view_.find({space, object, part});
          Value value(Store::kMaxValue);
          const Result<size_t> n = store_->Read({space, object, part}, 0, value);
          ASSERT_EQ(n.ok(), it != view_.end()) << "step " << step_;
          if (n.ok()) {
            value.resize(n.value());
            ASSERT_EQ(value, it->second) << "step " << step_;
          }
        }
      }
    }
    if (!store_->open()) {
      ASSERT_EQ(All(), durable_) << "step " << step_;
    }
  }

  Setup setup_;
  std::mt19937 random_;
  std::vector<uint8_t> memory_;
  hal::SimFlash flash_;
  store::HeapIndex index_;
  std::unique_ptr<Store> store_;
  Records durable_;           ///< what a power cut leaves
  Records view_;              ///< what the open transaction sees
  Records maybe_;             ///< what a cut in this step may also leave
  std::vector<Key> touched_;  ///< by the open transaction; object FFFF: the whole space
  int step_ = 0;
  int done_ = 0;
  int refused_full_ = 0;
};

void RunSeeds(const Setup& setup, uint32_t seeds) {
  const char* only = std::getenv("SIMURGH_MODEL_SEED");
  for (uint32_t seed = 1; seed <= seeds; ++seed) {
    if (only != nullptr && std::strtoul(only, nullptr, 10) != seed) {
      continue;
    }
    SCOPED_TRACE("SIMURGH_MODEL_SEED=" + std::to_string(seed));
    Model(setup, seed).Run();
    if (testing::Test::HasFailure()) {
      return;
    }
  }
}

TEST(StoreModel, SmallestGeometry_EqualsMap) {
  for (uint32_t program : {1u, 4u, 8u, 16u}) {
    RunSeeds({{5, 2048, program}, 64, 4000, 6, false}, 25);
  }
}

TEST(StoreModel, SmallGeometryWithCuts_EqualsMap) {
  for (uint32_t program : {1u, 4u, 8u, 16u}) {
    RunSeeds({{6, 2048, program}, 128, 4000, 10, true}, 25);
  }
}

TEST(StoreModel, SmallIndex_EqualsMap) { RunSeeds({{8, 2048, 4}, 20, 5000, 8, true}, 20); }

TEST(StoreModel, RealGeometry_EqualsMap) {
  for (uint32_t program : {1u, 4u, 8u, 16u}) {
    RunSeeds({{128, 4096, program}, 3072, 30000, 400, false}, 1);
  }
}

}  // namespace
}  // namespace simurgh::store
