// Any bytes on the serial line: the decoder only gives out frames that are there, the card never
// executes what was not framed, and after any garbage a real reset is answered.
#include <vector>

#include "apdu/frame_link.h"
#include "base/check.h"

using namespace simurgh;

namespace {

class Input final : public hal::Serial {
 public:
  size_t Read(Bytes out) override {
    const size_t n = std::min(out.size(), bytes.size() - at);
    std::copy_n(bytes.begin() + static_cast<long>(at), n, out.begin());
    at += n;
    return n;
  }
  bool Write(ConstBytes data) override {
    CHECK(data.size() <= apdu::frame::kMaxFrame);
    last.assign(data.begin(), data.end());
    return true;
  }
  std::vector<uint8_t> bytes, last;
  size_t at = 0;
};

class Door final : public apdu::Door {
 public:
  void Reset() override { fed.clear(); }
  ConstBytes Atr() override { return atr; }
  void Feed(ConstBytes part) override { fed.insert(fed.end(), part.begin(), part.end()); }
  ConstBytes Finish() override {
    answer = fed;
    answer.insert(answer.end(), {0x90, 0x00});
    fed.clear();
    return answer;
  }
  std::vector<uint8_t> atr{0x3B, 0x00}, fed, answer;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* input, size_t size) {
  apdu::frame::Decoder decoder;
  for (size_t i = 0; i < size; ++i) {
    using Event = apdu::frame::Decoder::Event;
    for (Event e = decoder.Push(input[i]); e != Event::kNone; e = decoder.Next()) {
      if (e != Event::kFrame) {
        continue;
      }
      // What came out, encoded again, must be the very bytes that lie before this place.
      std::vector<uint8_t> room(apdu::frame::kMaxFrame);
      const size_t n = apdu::frame::Encode(decoder.frame(), room);
      bool there = false;
      for (size_t end = n; end <= i + 1 && !there; ++end) {
        there = std::equal(room.begin(), room.begin() + static_cast<long>(n), input + end - n);
      }
      CHECK(there);
    }
  }

  Input line;
  Door door;
  apdu::FrameLink link(line, door);
  line.bytes.assign(input, input + size);
  // What a reader does after silence (docs/formats/frame.md, rule 6), then a reset.
  line.bytes.insert(line.bytes.end(), apdu::frame::kMaxFrame, 0x00);
  std::vector<uint8_t> reset(apdu::frame::kMaxFrame);
  reset.resize(apdu::frame::Encode({apdu::frame::Type::kReset, false, {}}, reset));
  line.bytes.insert(line.bytes.end(), reset.begin(), reset.end());
  link.Run();
  std::vector<uint8_t> atr(apdu::frame::kMaxFrame);
  atr.resize(apdu::frame::Encode({apdu::frame::Type::kAtr, false, door.atr}, atr));
  CHECK(line.last == atr);
  return 0;
}
