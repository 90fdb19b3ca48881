#include "apdu/pps.h"

namespace simurgh::apdu {
namespace {

// D of ISO/IEC 7816-3 table 8; 0: reserved.
constexpr uint8_t kD[16] = {0, 1, 2, 4, 8, 16, 32, 64, 12, 20, 0, 0, 0, 0, 0, 0};
constexpr uint8_t kDefaultSpeed = 0x11;
constexpr uint8_t kPps1 = 0x10;

}  // namespace

bool SpeedOffered(uint8_t ta1, uint8_t wanted) {
  if (wanted == kDefaultSpeed) {
    return true;
  }
  const uint8_t d = kD[wanted & 0x0F];
  return wanted >> 4 == ta1 >> 4 && d != 0 && d <= kD[ta1 & 0x0F];
}

Result<Pps> AnswerPps(ConstBytes request, const AtrRow& row) {
  if (request.size() < 3 || request[0] != kPpss || request.size() != PpsLength(request[1])) {
    return Error::kFormat;
  }
  uint8_t sum = 0;
  for (const uint8_t byte : request) {
    sum = static_cast<uint8_t>(sum ^ byte);
  }
  if (sum != 0) {
    return Error::kFormat;
  }
  Pps out;
  out.protocol = request[1] & 0x0F;
  const bool offered = out.protocol == 0 ? row.t0 : out.protocol == 1 && row.t1;
  if (!offered) {
    return Error::kUnsupported;
  }
  const bool speed = (request[1] & kPps1) != 0 && SpeedOffered(row.ta1, request[2]);
  out.bytes[out.size++] = kPpss;
  out.bytes[out.size++] = static_cast<uint8_t>(out.protocol | (speed ? kPps1 : 0));
  if (speed) {
    out.speed = request[2];
    out.bytes[out.size++] = request[2];
  }
  uint8_t pck = 0;
  for (size_t i = 0; i < out.size; ++i) {
    pck = static_cast<uint8_t>(pck ^ out.bytes[i]);
  }
  out.bytes[out.size++] = pck;
  return out;
}

}  // namespace simurgh::apdu
