#pragma once

#include "crypto/aka.h"
#include "crypto/tuak.h"
#include "firmware/keys/aka.h"

/// Shared by the two halves of Aka: aka.cc (records, sequence numbers), aka_authenticate.cc.
namespace simurgh::keys {

/// Parameters and K of one instance, read.
struct Aka::Setup {
  uint16_t space = 0;
  uint8_t instance = 0;
  AkaAlgorithm algorithm = AkaAlgorithm::kMilenage;
  uint8_t options = 0;
  uint8_t sqn_options = 0;
  bool limited = false;
  uint8_t iterations = 1;   ///< TUAK
  crypto::TuakSizes sizes;  ///< TUAK
  uint64_t delta = 0;
  uint64_t age_limit = 0;
  crypto::MilenageConstants constants;
  KeyValue key;  ///< K, then OPc or TOPc
  size_t k_size = 0;

  ConstBytes k() const { return key.view().first(k_size); }
  ConstBytes opc() const { return key.view().subspan(k_size); }
  uint8_t xor_res_size() const { return options == 1 ? 8 : 16; }
};

inline uint64_t Get48(ConstBytes b, size_t at = 0) {
  return static_cast<uint64_t>(Get16(b, at)) << 32 | Get32(b, at + 2);
}
inline void Put48(Bytes b, size_t at, uint64_t v) {
  Put16(b, at, static_cast<uint16_t>(v >> 32));
  Put32(b, at + 2, static_cast<uint32_t>(v));
}

}  // namespace simurgh::keys
