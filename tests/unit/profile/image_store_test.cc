#include "firmware/profile/image_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "hal/host/sim_flash.h"

namespace simurgh::profile {
namespace {

using Data = std::vector<uint8_t>;
using State = ImageStore::State;

constexpr hal::FlashShape kShape = {8, 2048, 8};

Data MakeImage(size_t size, uint8_t seed) {
  Data data(size);
  uint32_t x = seed * 2654435761u + 1;
  for (uint8_t& b : data) {
    x = x * 1664525u + 1013904223u;
    b = static_cast<uint8_t>(x >> 24);
  }
  return data;
}

ConstBytes HeaderOf(const Data& image) { return ConstBytes(image).first(kImageHeaderBytes); }

Error BeginWith(ImageStore& area, const Data& image, uint64_t id = 7) {
  return area.Begin(HeaderOf(image), static_cast<uint32_t>(image.size()), id);
}

/// Sends what is missing in pieces of `piece` bytes.
Error Send(ImageStore& area, const Data& image, size_t piece) {
  while (area.status().received < image.size()) {
    const uint32_t at = area.status().received;
    const size_t n = std::min(piece, image.size() - at);
    const Error error = area.Write(at, ConstBytes(image).subspan(at, n));
    if (error != Error::kOk) {
      return error;
    }
  }
  return Error::kOk;
}

Data ReadAll(ImageStore& area, size_t size) {
  Data out(size);
  EXPECT_EQ(area.Read(0, out), Error::kOk);
  return out;
}

class ImageStoreTest : public testing::Test {
 protected:
  ImageStoreTest() : memory_(kShape.sectors * kShape.sector_bytes, 0xFF), flash_(kShape, memory_) {}
  Data memory_;
  hal::SimFlash flash_;
};

TEST_F(ImageStoreTest, BlankArea_IsEmptyAndHoldsAllButTheJournal) {
  ImageStore area(flash_);
  ASSERT_EQ(area.Mount(), Error::kOk);
  EXPECT_EQ(area.status().state, State::kEmpty);
  EXPECT_EQ(area.capacity(), 6u * 2048u);
  EXPECT_FALSE(area.status().result.present);
}

TEST_F(ImageStoreTest, PiecesOfAnySize_ArriveWhole) {
  for (const size_t piece : {1u, 7u, 8u, 250u, 2048u, 65531u}) {
    for (const size_t size : {205u, 2048u, 2049u, 4096u, 5001u, 12288u}) {
      ImageStore area(flash_);
      ASSERT_EQ(area.Mount(), Error::kOk);
      const Data image = MakeImage(size, static_cast<uint8_t>(piece + size));
      ASSERT_EQ(BeginWith(area, image), Error::kOk);
      ASSERT_EQ(area.status().received, kImageHeaderBytes);
      ASSERT_EQ(Send(area, image, piece), Error::kOk);
      EXPECT_EQ(area.status().state, State::kComplete);
      EXPECT_EQ(ReadAll(area, size), image) << piece << " " << size;
      ImageStore after_reset(flash_);
      ASSERT_EQ(after_reset.Mount(), Error::kOk);
      EXPECT_EQ(after_reset.status().state, State::kComplete);
      EXPECT_EQ(after_reset.status().image_id, 7u);
      EXPECT_EQ(ReadAll(after_reset, size), image);
      ASSERT_EQ(after_reset.Finish(ImageResult{}), Error::kOk);
    }
  }
}

TEST_F(ImageStoreTest, WrongOffsetOrTooMuch_IsRefusedAndChangesNothing) {
  ImageStore area(flash_);
  ASSERT_EQ(area.Mount(), Error::kOk);
  const Data image = MakeImage(3000, 1);
  EXPECT_EQ(area.Write(0, HeaderOf(image)), Error::kState) << "nothing was begun";
  ASSERT_EQ(BeginWith(area, image), Error::kOk);
  EXPECT_EQ(area.Write(0, HeaderOf(image)), Error::kRange);
  EXPECT_EQ(area.Write(205, ConstBytes(image).subspan(205, 10)), Error::kRange);
  EXPECT_EQ(area.Write(204, MakeImage(2797, 2)), Error::kRange);
  EXPECT_EQ(area.Begin(HeaderOf(image), area.capacity() + 1, 1), Error::kFull);
  Data out(1);
  EXPECT_EQ(area.Read(0, out), Error::kState) << "not complete";
  ASSERT_EQ(Send(area, image, 100), Error::kOk);
  EXPECT_EQ(ReadAll(area, image.size()), image);
  EXPECT_EQ(area.Read(2999, out), Error::kOk);
  Data two(2);
  EXPECT_EQ(area.Read(2999, two), Error::kRange);
}

TEST_F(ImageStoreTest, PendingImage_IsNotReplacedByAnother) {
  ImageStore area(flash_);
  ASSERT_EQ(area.Mount(), Error::kOk);
  const Data first = MakeImage(2500, 1);
  const Data second = MakeImage(2500, 2);
  ASSERT_EQ(BeginWith(area, first), Error::kOk);
  ASSERT_EQ(Send(area, first, 500), Error::kOk);
  EXPECT_EQ(BeginWith(area, second), Error::kState);
  EXPECT_EQ(BeginWith(area, first), Error::kOk) << "the same one: nothing left to send";
  EXPECT_EQ(area.status().received, first.size());
  EXPECT_EQ(ReadAll(area, first.size()), first);
  ASSERT_EQ(area.Abort(), Error::kOk);
  EXPECT_EQ(BeginWith(area, second), Error::kOk);
}

TEST_F(ImageStoreTest, AnotherHeaderWhileReceiving_StartsAgain) {
  ImageStore area(flash_);
  ASSERT_EQ(area.Mount(), Error::kOk);
  const Data first = MakeImage(5000, 1);
  const Data second = MakeImage(5000, 2);
  ASSERT_EQ(BeginWith(area, first), Error::kOk);
  ASSERT_EQ(area.Write(204, ConstBytes(first).subspan(204, 4000)), Error::kOk);
  ASSERT_EQ(BeginWith(area, second, 8), Error::kOk);
  EXPECT_EQ(area.status().received, kImageHeaderBytes);
  ASSERT_EQ(Send(area, second, 300), Error::kOk);
  EXPECT_EQ(ReadAll(area, second.size()), second);
  EXPECT_EQ(area.status().image_id, 8u);
}

TEST_F(ImageStoreTest, ManyImages_KeepTheLastResult) {
  ImageStore area(flash_);
  ASSERT_EQ(area.Mount(), Error::kOk);
  for (uint64_t id = 1; id <= 100; ++id) {
    const Data image = MakeImage(2300, static_cast<uint8_t>(id));
    ASSERT_EQ(BeginWith(area, image, id), Error::kOk);
    ASSERT_EQ(Send(area, image, 777), Error::kOk);
    ImageResult result;
    result.reason = ImageReason::kProfile;
    result.pe_status = 2;
    result.pe_id = static_cast<uint16_t>(id);
    result.image_id = id;
    ASSERT_EQ(area.Finish(result), Error::kOk);
    ASSERT_EQ(area.Mount(), Error::kOk);
    ASSERT_EQ(area.status().state, State::kEmpty);
    ASSERT_TRUE(area.status().result.present);
    ASSERT_EQ(area.status().result.image_id, id);
    ASSERT_EQ(area.status().result.reason, ImageReason::kProfile);
    ASSERT_EQ(area.status().result.pe_id, id);
  }
}

/// Cuts the power at operation `n` of receive and finish; @returns false when nothing was cut.
bool CutOnce(hal::SimFlash& flash, const Data& image, uint64_t n, uint32_t seed, size_t* accepted) {
  flash.PowerOn();
  ImageStore area(flash);
  EXPECT_EQ(area.Mount(), Error::kOk);
  flash.CutAfter(n, seed);
  *accepted = 0;
  try {
    if (BeginWith(area, image) == Error::kOk) {
      while (area.status().received < image.size()) {
        const uint32_t at = area.status().received;
        const size_t piece = std::min<size_t>(700, image.size() - at);
        EXPECT_EQ(area.Write(at, ConstBytes(image).subspan(at, piece)), Error::kOk);
        *accepted = area.status().durable;
      }
      *accepted = area.status().durable;
    }
  } catch (const hal::PowerCut&) {
    return true;
  }
  return false;
}

TEST_F(ImageStoreTest, AnyPowerCutWhileReceiving_ResumesWithoutLossOfDurableBytes) {
  const Data image = MakeImage(7000, 3);
  int cuts = 0;
  for (uint32_t seed = 0; seed < 4; ++seed) {
    for (uint64_t n = 1;; ++n) {
      flash_.EraseAll();
      flash_.PowerOn();
      {  // Something was there before: old entries must not come to life again.
        ImageStore area(flash_);
        ASSERT_EQ(area.Mount(), Error::kOk);
        const Data old = MakeImage(6000, 9);
        ASSERT_EQ(BeginWith(area, old, 1), Error::kOk);
        ASSERT_EQ(Send(area, old, 6000), Error::kOk);
        ImageResult result;
        result.image_id = 1;
        ASSERT_EQ(area.Finish(result), Error::kOk);
      }
      size_t accepted = 0;
      if (!CutOnce(flash_, image, n, seed, &accepted)) {
        break;
      }
      ++cuts;
      // Again during recovery and resume, then to the end.
      size_t ignored = 0;
      (void)CutOnce(flash_, image, n % 5 + 1, seed + 1, &ignored);
      flash_.PowerOn();
      ImageStore area(flash_);
      ASSERT_EQ(area.Mount(), Error::kOk);
      ASSERT_GE(area.status().durable, accepted) << n;
      ASSERT_EQ(area.status().result.image_id, 1u);
      ASSERT_EQ(BeginWith(area, image), Error::kOk) << n;
      ASSERT_EQ(Send(area, image, 999), Error::kOk) << n;
      ASSERT_EQ(ReadAll(area, image.size()), image) << "cut " << n << " seed " << seed;
    }
  }
  EXPECT_GT(cuts, 40);
}

TEST_F(ImageStoreTest, AnyPowerCutWhileFinishing_LeavesPendingOrFreed) {
  const Data image = MakeImage(2300, 3);
  for (uint32_t seed = 0; seed < 8; ++seed) {
    for (int before : {0, 20, 24, 25, 26, 27, 28, 29, 30, 31, 32}) {
      for (uint64_t n = 1; n < 4; ++n) {
        flash_.EraseAll();
        flash_.PowerOn();
        flash_.PowerOn();
        ImageStore area(flash_);
        ASSERT_EQ(area.Mount(), Error::kOk);
        for (int i = 0; i < before; ++i) {  // fills the journal to different heights
          ImageResult filler;
          filler.image_id = 5;
          ASSERT_EQ(area.Finish(filler), Error::kOk);
        }
        ASSERT_EQ(BeginWith(area, image), Error::kOk);
        ASSERT_EQ(Send(area, image, 999), Error::kOk);
        flash_.CutAfter(n, seed);
        ImageResult result;
        result.image_id = 7;
        bool done = false;
        try {
          done = area.Finish(result) == Error::kOk;
        } catch (const hal::PowerCut&) {
        }
        flash_.PowerOn();
        ImageStore after(flash_);
        ASSERT_EQ(after.Mount(), Error::kOk);
        if (after.status().state == State::kComplete) {
          ASSERT_FALSE(done);
          ASSERT_EQ(ReadAll(after, image.size()), image);
        } else {
          ASSERT_EQ(after.status().state, State::kEmpty);
          ASSERT_EQ(after.status().result.image_id, 7u);
        }
      }
    }
  }
}

}  // namespace
}  // namespace simurgh::profile
