// Any bytes as BER-TLV: objects tile the input, and what is read can be written and read again.
#include <vector>

#include "base/check.h"
#include "base/tlv.h"
#include "base/writer.h"

using namespace simurgh;

namespace {

void Walk(ConstBytes input, int depth) {
  size_t seen = 0;
  for (tlv::Reader reader(input); !reader.done();) {
    const Result<tlv::Object> next = reader.Next();
    if (!next.ok()) {
      CHECK(next.error() == Error::kFormat);
      return;
    }
    const tlv::Object& object = next.value();
    CHECK(object.whole.data() == input.data() + seen);
    seen += object.whole.size();
    CHECK(seen + reader.rest().size() == input.size());

    std::vector<uint8_t> room(object.value.size() + 16);
    Writer out(room);
    tlv::Add(out, object.tag, object.value);
    CHECK(!out.overflow() && out.size() <= object.whole.size());  // the shortest length
    tlv::Reader again(out.written());
    const Result<tlv::Object> copy = again.Next();
    CHECK(copy.ok() && copy.value().tag == object.tag && Equal(copy.value().value, object.value));
    if (object.constructed() && depth < 8) {
      Walk(object.value, depth + 1);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* input, size_t size) {
  const ConstBytes bytes(input, size);
  Walk(bytes, 0);
  const Result<tlv::Header> header = tlv::ReadHeader(bytes);
  if (header.ok()) {
    CHECK(header.value().header_bytes <= size);
  }
  (void)tlv::ReadUint(bytes);
  return 0;
}
