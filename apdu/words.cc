#include "apdu/words.h"

#include <iterator>

namespace simurgh::apdu {
namespace {

// A row stands for the words that equal `word` under `mask`. Rows with a wider mask come first.
struct Row {
  uint16_t mask;
  uint16_t word;
  const char* text;
};

// ISO/IEC 7816-4 5.6, TS 102 221 10.2.1, TS 31.102 7.3, TS 51.011 9.4.
constexpr Row kRows[] = {
    {0xFFFF, 0x9000, "normal ending"},
    {0xFFFF, 0x6200, "warning: nothing changed"},
    {0xFFFF, 0x6281, "warning: part of the data may be corrupted"},
    {0xFFFF, 0x6282, "warning: end of file before Le bytes"},
    {0xFFFF, 0x6283, "warning: file deactivated"},
    {0xFFFF, 0x6285, "warning: file terminated"},
    {0xFFFF, 0x6300, "authentication failed"},
    {0xFFFF, 0x6310, "more data follows"},
    {0xFFFF, 0x6400, "execution error, nothing changed"},
    {0xFFFF, 0x6500, "execution error, memory changed"},
    {0xFFFF, 0x6581, "memory problem"},
    {0xFFFF, 0x6700, "wrong length"},
    {0xFFFF, 0x6800, "function in class byte not supported"},
    {0xFFFF, 0x6881, "logical channel not supported"},
    {0xFFFF, 0x6882, "secure messaging not supported"},
    {0xFFFF, 0x6883, "last command of the chain expected"},
    {0xFFFF, 0x6884, "command chaining not supported"},
    {0xFFFF, 0x6900, "command not allowed"},
    {0xFFFF, 0x6981, "command does not fit the file structure"},
    {0xFFFF, 0x6982, "security status not satisfied"},
    {0xFFFF, 0x6983, "authentication or PIN blocked"},
    {0xFFFF, 0x6984, "referenced data invalidated"},
    {0xFFFF, 0x6985, "conditions of use not satisfied"},
    {0xFFFF, 0x6986, "no EF selected"},
    {0xFFFF, 0x6987, "secure messaging data missing"},
    {0xFFFF, 0x6988, "secure messaging data wrong"},
    {0xFFFF, 0x6989, "command not allowed: secure channel, security not satisfied"},
    {0xFFFF, 0x6A80, "wrong data"},
    {0xFFFF, 0x6A81, "function not supported"},
    {0xFFFF, 0x6A82, "file or application not found"},
    {0xFFFF, 0x6A83, "record not found"},
    {0xFFFF, 0x6A84, "not enough memory"},
    {0xFFFF, 0x6A85, "Lc does not fit the TLV structure"},
    {0xFFFF, 0x6A86, "wrong P1 P2"},
    {0xFFFF, 0x6A87, "Lc does not fit P1 P2"},
    {0xFFFF, 0x6A88, "referenced data not found"},
    {0xFFFF, 0x6A89, "file exists already"},
    {0xFFFF, 0x6A8A, "DF name exists already"},
    {0xFFFF, 0x6B00, "wrong parameters, or offset outside the file"},
    {0xFFFF, 0x6D00, "instruction not supported"},
    {0xFFFF, 0x6E00, "class not supported"},
    {0xFFFF, 0x6F00, "technical problem"},
    {0xFFFF, 0x9240, "memory problem (GSM)"},
    {0xFFFF, 0x9300, "toolkit busy"},
    {0xFFFF, 0x9400, "no EF selected (GSM)"},
    {0xFFFF, 0x9402, "out of range, no such record or offset (GSM)"},
    {0xFFFF, 0x9404, "file or pattern not found (GSM)"},
    {0xFFFF, 0x9408, "command does not fit the file structure (GSM)"},
    {0xFFFF, 0x9802, "no such CHV (GSM)"},
    {0xFFFF, 0x9804, "access condition not fulfilled, or wrong CHV (GSM)"},
    {0xFFFF, 0x9808, "in contradiction with the CHV's status (GSM)"},
    {0xFFFF, 0x9810, "in contradiction with the file's invalidation (GSM)"},
    {0xFFFF, 0x9840, "CHV blocked (GSM)"},
    {0xFFFF, 0x9850, "INCREASE: the maximum is reached"},
    {0xFFFF, 0x9862, "authentication error, incorrect MAC"},
    {0xFFFF, 0x9863, "authentication error, security session invalid"},
    {0xFFFF, 0x9864, "authentication error, security context not supported"},
    {0xFFFF, 0x9865, "authentication error, key freshness"},
    {0xFFFF, 0x9866, "authentication error, no memory"},
    {0xFFF0, 0x63C0, "verification failed, xx tries left"},
    {0xFF00, 0x6100, "xx bytes wait for GET RESPONSE"},
    {0xFF00, 0x6200, "warning, nothing changed"},
    {0xFF00, 0x6300, "warning, memory changed"},
    {0xFF00, 0x6700, "wrong length, xx is right (GSM)"},
    {0xFF00, 0x6C00, "wrong Le, xx is right"},
    {0xFF00, 0x9100, "normal ending, a proactive command of xx bytes waits"},
    {0xFF00, 0x9F00, "normal ending, xx bytes wait (GSM)"},
};

constexpr bool WideMasksFirst() {
  for (size_t i = 1; i < std::size(kRows); ++i) {
    if (kRows[i].mask > kRows[i - 1].mask) {
      return false;
    }
    if (kRows[i].mask == kRows[i - 1].mask && kRows[i].mask != 0xFFFF &&
        kRows[i].word <= kRows[i - 1].word) {
      return false;
    }
  }
  return true;
}
static_assert(WideMasksFirst());

}  // namespace

const char* Describe(Sw sw) {
  for (const Row& row : kRows) {
    if ((Value(sw) & row.mask) == row.word) {
      return row.text;
    }
  }
  return "unknown status word";
}

}  // namespace simurgh::apdu
