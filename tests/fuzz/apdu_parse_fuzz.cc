// Any bytes as a command APDU: what is accepted must be made of exactly the bytes that came.
#include <vector>

#include "apdu/cla.h"
#include "apdu/command.h"
#include "base/check.h"

using namespace simurgh;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* input, size_t size) {
  std::vector<uint8_t> raw(input, input + size);
  const Result<apdu::Command> parsed = apdu::ParseCommand(raw);
  if (size >= 1) {
    const Result<apdu::Cla> cla = apdu::DecodeCla(raw[0]);
    CHECK(!cla.ok() || cla.value().channel < 20);
  }
  if (!parsed.ok()) {
    CHECK(parsed.error() == Error::kFormat);
    return 0;
  }
  const apdu::Command& c = parsed.value();
  const size_t length_field = c.extended ? 2 : 1;
  size_t expected = 4 + c.data.size();
  expected += c.data.empty() ? 0 : length_field;
  expected += c.has_le ? length_field : 0;
  expected += c.extended ? 1 : 0;  // the zero that marks extended fields
  CHECK(expected == size);
  CHECK(c.has_le == (c.ne != 0) && c.ne <= (c.extended ? 65536u : 256u));
  CHECK(c.data.empty() ||
        (c.data.data() >= raw.data() && c.data.data() + c.data.size() <= raw.data() + size));
  return 0;
}
