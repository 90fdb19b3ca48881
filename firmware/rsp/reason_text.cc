#include "firmware/rsp/reason_text.h"

#include <iterator>

namespace simurgh::saip {
namespace {

constexpr std::string_view kTexts[] = {
    "ok",
    "is not encoded as the format says",
    "stops before its end",
    "is followed by something after the end element",
    "stands at the wrong place of the package",
    "has a format version other than 2 and 3",
    "needs a service this card lacks",
    "uses a file template this card does not know",
    "needs a library this card lacks",
    "is an element this card does not support",
    "lacks a member that may not be left out",
    "makes a file, application or short identifier twice",
    "has a file descriptor that contradicts itself or leaves something out",
    "has a file of a type this card lacks",
    "has more content than its file holds",
    "names a file or application that does not exist",
    "has a PIN or PUK reference that is not allowed here, given twice, or undefined",
    "has a PIN without a proper value or try counter",
    "has an authentication algorithm or parameters this card does not do",
    "has a key that is incomplete or too long",
    "does not fit into the memory of the card",
    "could not be written: the memory failed",
};
static_assert(std::size(kTexts) == static_cast<size_t>(Reason::kStorage) + 1);

}  // namespace

std::string_view ReasonText(Reason reason) {
  const auto i = static_cast<size_t>(reason);
  return i < std::size(kTexts) ? kTexts[i] : "?";
}

}  // namespace simurgh::saip
