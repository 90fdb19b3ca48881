#include "apdu/command.h"

namespace simurgh::apdu {
namespace {

constexpr size_t kHeader = 4;

// Le fields: zero means the maximum.
uint32_t ShortLe(uint8_t le) { return le == 0 ? 256 : le; }
uint32_t ExtendedLe(uint16_t le) { return le == 0 ? 65536 : le; }

void SetLe(Command& command, uint32_t ne) {
  command.ne = ne;
  command.has_le = true;
}

// Body: Lc data | Lc data Le, with one-byte fields; b[4] is not zero.
Result<Command> ParseShort(Command command, Bytes raw) {
  const size_t lc = raw[kHeader];
  const size_t end = kHeader + 1 + lc;
  if (raw.size() != end && raw.size() != end + 1) {
    return Error::kFormat;
  }
  command.data = raw.subspan(kHeader + 1, lc);
  if (raw.size() == end + 1) {
    SetLe(command, ShortLe(raw[end]));
  }
  return command;
}

// Body: 00 Le2 | 00 Lc2 data | 00 Lc2 data Le2.
Result<Command> ParseExtended(Command command, Bytes raw) {
  command.extended = true;
  if (raw.size() < kHeader + 3) {
    return Error::kFormat;
  }
  const uint16_t length = Get16(raw, kHeader + 1);
  if (raw.size() == kHeader + 3) {
    SetLe(command, ExtendedLe(length));
    return command;
  }
  const size_t end = kHeader + 3 + length;
  if (length == 0 || (raw.size() != end && raw.size() != end + 2)) {
    return Error::kFormat;
  }
  command.data = raw.subspan(kHeader + 3, length);
  if (raw.size() == end + 2) {
    SetLe(command, ExtendedLe(Get16(raw, end)));
  }
  return command;
}

}  // namespace

// ISO/IEC 7816-3 12.1.3: the length of the command and its fifth byte tell the case.
Result<Command> ParseCommand(Bytes raw) {
  if (raw.size() < kHeader) {
    return Error::kFormat;
  }
  Command command;
  Copy(command.header, raw.first(kHeader));
  command.ins = raw[1];
  command.p1 = raw[2];
  command.p2 = raw[3];
  if (raw.size() == kHeader) {
    return command;
  }
  if (raw.size() == kHeader + 1) {
    SetLe(command, ShortLe(raw[kHeader]));
    return command;
  }
  return raw[kHeader] != 0 ? ParseShort(command, raw) : ParseExtended(command, raw);
}

}  // namespace simurgh::apdu
