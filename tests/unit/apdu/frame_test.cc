#include "apdu/frame.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace simurgh::apdu::frame {
namespace {

using Raw = std::vector<uint8_t>;

struct Owned {
  Type type;
  bool sequence;
  Raw payload;
  bool operator==(const Owned&) const = default;
};

Raw Encoded(Type type, bool sequence, const Raw& payload) {
  Raw out(kMaxFrame);
  out.resize(Encode({type, sequence, payload}, out));
  return out;
}

struct Seen {
  std::vector<Owned> frames;
  int damaged = 0;
};

void PushAll(Decoder& decoder, const Raw& bytes, Seen& seen) {
  for (const uint8_t byte : bytes) {
    for (auto event = decoder.Push(byte); event != Decoder::Event::kNone; event = decoder.Next()) {
      if (event == Decoder::Event::kDamaged) {
        ++seen.damaged;
        continue;
      }
      const Frame& f = decoder.frame();
      seen.frames.push_back({f.type, f.sequence, Raw(f.payload.begin(), f.payload.end())});
    }
  }
}

Seen Decode(const Raw& bytes) {
  Decoder decoder;
  Seen seen;
  PushAll(decoder, bytes, seen);
  return seen;
}

Raw operator+(Raw a, const Raw& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const Raw kPayload{0x00, 0xA4, kStart, 0x04, 0x02, 0x3F, 0x00};

TEST(Crc16, CheckValue) {
  const std::string digits = "123456789";
  EXPECT_EQ(Crc16(Raw(digits.begin(), digits.end())), 0x29B1);
}

TEST(Encode, Bytes_AreAsTheFormatSays) {
  const Raw raw = Encoded(Type::kCommandLast, true, {0xAB});
  ASSERT_EQ(raw.size(), 7u);
  EXPECT_EQ(Raw(raw.begin(), raw.begin() + 5), (Raw{0xC5, 0x83, 0x00, 0x01, 0xAB}));
  EXPECT_EQ(Get16(raw, 5), Crc16(Raw{0x83, 0x00, 0x01, 0xAB}));
}

TEST(Decoder, EveryTypeAndSize_ComesBack) {
  for (const Type type : {Type::kReset, Type::kCommandPart, Type::kCommandLast, Type::kNext,
                          Type::kAtr, Type::kAck, Type::kAnswerPart, Type::kAnswerLast, Type::kNak,
                          Type::kBusy, Type::kText}) {
    for (const size_t size : {size_t{0}, size_t{1}, size_t{255}, size_t{256}, kMaxPayload}) {
      const Seen seen = Decode(Encoded(type, size % 2 != 0, Raw(size, kStart)));
      ASSERT_EQ(seen.frames.size(), 1u);
      EXPECT_EQ(seen.frames[0], (Owned{type, size % 2 != 0, Raw(size, kStart)}));
    }
  }
}

TEST(Decoder, EveryTruncation_GivesNothing) {
  const Raw whole = Encoded(Type::kCommandLast, false, kPayload);
  ASSERT_EQ(Decode(whole).frames.size(), 1u);
  for (size_t n = 0; n < whole.size(); ++n) {
    const Seen seen = Decode(Raw(whole.begin(), whole.begin() + static_cast<long>(n)));
    EXPECT_TRUE(seen.frames.empty()) << n;
    EXPECT_EQ(seen.damaged, 0) << n;
  }
}

TEST(Decoder, EveryCorruptBit_IsNoticedAndTheNextFrameArrives) {
  const Raw whole = Encoded(Type::kCommandLast, true, kPayload);
  const Owned next{Type::kNext, false, {}};
  // Enough bytes behind it for a length that grew.
  const Raw after = Raw(kMaxFrame, 0x00) + Encoded(next.type, next.sequence, next.payload);
  ASSERT_EQ(Decode(whole + after).frames.size(), 2u);
  for (size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Raw bad = whole;
      bad[at] = static_cast<uint8_t>(bad[at] ^ 1 << bit);
      const Seen seen = Decode(bad + after);
      ASSERT_EQ(seen.frames.size(), 1u) << at << "." << bit;
      EXPECT_EQ(seen.frames[0], next);
    }
  }
}

TEST(Decoder, GarbageBefore_IsSkipped) {
  const Owned frame{Type::kAnswerLast, true, kPayload};
  const Raw whole = Encoded(frame.type, frame.sequence, frame.payload);
  for (const Raw& garbage : {Raw{0x00}, Raw{kStart}, Raw{kStart, kStart}, Raw{kStart, 0x02},
                             Raw{kStart, 0x7E, 0x00}, Raw{kStart, 0x02, 0xFF, 0xFF}, Raw(40, kStart),
                             Raw(5000, 0x55)}) {
    const Seen seen = Decode(garbage + whole);
    ASSERT_EQ(seen.frames.size(), 1u);
    EXPECT_EQ(seen.frames[0], frame);
  }
}

TEST(Decoder, FramesSwallowedByAFalseStart_AreFound) {
  const Raw small = Encoded(Type::kNext, false, {});
  // A false header that promises 20 bytes: three whole frames lie inside.
  const Raw bytes = Raw{kStart, 0x02, 0x00, 0x14} + small + small + small +
                    Raw(26 - 4 - 3 * small.size(), 0x00);
  const Seen seen = Decode(bytes);
  EXPECT_EQ(seen.frames.size(), 3u);
  EXPECT_GE(seen.damaged, 1);
}

TEST(Decoder, UnknownTypeOrLength_IsNoStart) {
  Raw bytes{kStart, 0x05, 0x00, 0x00};
  EXPECT_EQ(Decode(bytes + Raw(10, 0)).damaged, 0);
  bytes = {kStart, 0x02, 0x04, 0x01};  // 1025
  EXPECT_EQ(Decode(bytes + Raw(1100, 0)).damaged, 0);
  bytes = {kStart, 0x02, 0x04, 0x00};  // control: 1024 is waited for, then judged
  EXPECT_EQ(Decode(bytes + Raw(1100, 0)).damaged, 1);
}

TEST(Decoder, Reset_ForgetsAHalfFrame) {
  const Raw whole = Encoded(Type::kNext, false, {});
  Decoder decoder;
  Seen seen;
  PushAll(decoder, {kStart, 0x02, 0x04}, seen);
  EXPECT_TRUE(decoder.inside());
  decoder.Reset();
  EXPECT_FALSE(decoder.inside());
  PushAll(decoder, whole, seen);
  EXPECT_EQ(seen.frames.size(), 1u);
}

}  // namespace
}  // namespace simurgh::apdu::frame
