#include "apdu/app.h"

namespace simurgh::apdu {

const Entry* Lookup(std::span<const Entry> table, Class cla, uint8_t ins, bool* class_known) {
  *class_known = false;
  for (const Entry& entry : table) {
    if (entry.cla != cla) {
      continue;
    }
    *class_known = true;
    if (entry.ins == ins) {
      return &entry;
    }
  }
  return nullptr;
}

}  // namespace simurgh::apdu
