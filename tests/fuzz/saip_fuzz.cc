// Profile packages: any bytes, in pieces whose size the first byte chooses, against a sink that fails
// when the second byte says so. Whatever arrives, the outcome does not depend on the pieces.
#include <cstdlib>

#include "firmware/profile/saip_interpreter.h"
#include "tests/unit/saip/fake_sink.h"

namespace simurgh::saip {
namespace {

struct Outcome {
  Error error;
  PeStatus failure;
  size_t files;
};

Outcome Run(ConstBytes package, size_t piece, int fail_after) {
  FakeSink sink;
  sink.fail_after = fail_after;
  Saip saip(sink);
  Error error = Error::kOk;
  while (!package.empty() && error == Error::kOk) {
    const size_t n = std::min(piece, package.size());
    error = saip.Feed(package.first(n));
    package = package.subspan(n);
  }
  const Error end = saip.Finish();
  if (end != error && error != Error::kOk) {
    std::abort();  // an error stays
  }
  if ((end == Error::kOk) != (saip.failure().status == rsp::Status::kOk)) {
    std::abort();  // a refusal has a reason
  }
  for (const FakeSink::Node& node : sink.nodes) {
    if (node.content.size() > fs::kMaxFileSize) {
      std::abort();
    }
  }
  return {end, saip.failure(), sink.nodes.size()};
}

}  // namespace
}  // namespace simurgh::saip

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace simurgh;
  if (size < 2) {
    return 0;
  }
  const ConstBytes package(data + 2, size - 2);
  const int fail_after = data[1] == 0xFF ? -1 : data[1];
  const auto whole = saip::Run(package, package.size() + 1, fail_after);
  const auto pieces = saip::Run(package, 1u + data[0], fail_after);
  if (whole.error != pieces.error || whole.files != pieces.files ||
      whole.failure.reason != pieces.failure.reason || whole.failure.offset != pieces.failure.offset) {
    std::abort();
  }
  return 0;
}
