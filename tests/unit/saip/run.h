#pragma once

#include <memory>

#include "firmware/profile/saip_interpreter.h"
#include "tests/unit/saip/der.h"
#include "tests/unit/saip/fake_sink.h"

namespace simurgh::saip {

struct Outcome {
  std::unique_ptr<FakeSink> sink = std::make_unique<FakeSink>();
  Error error = Error::kOk;
  PeStatus failure;
  std::vector<PeStatus> statuses;
  std::vector<uint8_t> imsi, iccid;
  bool ok() const { return error == Error::kOk; }
};

/// Installs a package that arrives in pieces of `piece` bytes.
inline Outcome Install(const der::V& package, size_t piece = 100000,
                   rsp::Services services = kCardServices, int fail_after = -1) {
  Outcome run;
  run.sink->fail_after = fail_after;
  Saip saip(*run.sink, services);
  for (size_t at = 0; at < package.size() && run.error == Error::kOk; at += piece) {
    run.error = saip.Feed(ConstBytes(package).subspan(at, std::min(piece, package.size() - at)));
  }
  if (const Error end = saip.Finish(); run.error == Error::kOk) {
    run.error = end;
  }
  run.failure = saip.failure();
  run.statuses.assign(saip.statuses().begin(), saip.statuses().end());
  run.imsi.assign(saip.imsi().begin(), saip.imsi().end());
  run.iccid.assign(saip.iccid().begin(), saip.iccid().end());
  return run;
}

}  // namespace simurgh::saip
