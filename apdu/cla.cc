#include "apdu/cla.h"

namespace simurgh::apdu {
namespace {

constexpr uint8_t kProprietary = 0x80;
constexpr uint8_t kFurther = 0x40;       // channels 4..19
constexpr uint8_t kFurtherSecure = 0x20;
constexpr uint8_t kChained = 0x10;
constexpr uint8_t kFirstSecure = 0x0C;
constexpr uint8_t kFirstFurtherChannel = 4;

}  // namespace

// ISO/IEC 7816-4 tables 2 and 3; with bit 8 set TS 102 221 10.1.1 and GlobalPlatform 11.1.4 code
// the low bits in the same way.
Result<Cla> DecodeCla(uint8_t cla) {
  if (cla == 0xA0) {
    return Cla{.type = Class::kGsm};
  }
  if (cla == 0xFF) {  // never a class (ISO/IEC 7816-3): PPSS
    return Error::kUnsupported;
  }
  Cla out;
  out.type = (cla & kProprietary) != 0 ? Class::kEts : Class::kIso;
  out.chained = (cla & kChained) != 0;
  if ((cla & kFurther) != 0) {
    out.channel = static_cast<uint8_t>(kFirstFurtherChannel + (cla & 0x0F));
    out.secure = cla & kFurtherSecure;
    return out;
  }
  if ((cla & kFurtherSecure) != 0) {  // 001x xxxx is reserved, 101x xxxx is nobody's but A0
    return Error::kUnsupported;
  }
  out.channel = cla & 0x03;
  out.secure = cla & kFirstSecure;
  return out;
}

}  // namespace simurgh::apdu
