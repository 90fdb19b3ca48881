#include "firmware/profile/record.h"

namespace simurgh::profile {

namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kFlagEse = 0x01;
constexpr uint8_t kFlagTerminal = 0x02;

// Offsets in the fixed part: docs/formats/profile_record.md.
constexpr size_t kAtVersion = 0;
constexpr size_t kAtClass = 1;
constexpr size_t kAtFlags = 2;
constexpr size_t kAtEquation = 3;
constexpr size_t kAtCovers = 4;
constexpr size_t kAtAlgorithm = 5;
constexpr size_t kAtIccid = 6;
constexpr size_t kAtMno = kAtIccid + kIccidBytes;
constexpr size_t kAtEse = kAtMno + kMnoIdBytes + 1;
constexpr size_t kAtTerminal = kAtEse + kEidBytes;
constexpr size_t kAtSigner = kAtTerminal + kTerminalIdBytes;
static_assert(kAtMno == 16 && kAtEse == 20 && kAtTerminal == 36 && kAtSigner == 44);
static_assert(kAtSigner + kSignerIdBytes == kFixedBytes);

bool InRange(ConstBytes fixed) {
  return fixed[kAtClass] <= static_cast<uint8_t>(Class::kOperational) &&
         fixed[kAtFlags] <= (kFlagEse | kFlagTerminal) && fixed[kAtEquation] >= 1 &&
         fixed[kAtEquation] <= 3 && fixed[kAtCovers] <= (kCoversK | kCoversProviderKey) &&
         fixed[kAtAlgorithm] >= 1 && fixed[kAtAlgorithm] <= 4;
}

}  // namespace

void EncodeFixed(const Record& record, std::span<uint8_t, kFixedBytes> out) {
  const Bytes to(out);
  Fill(to, 0);
  to[kAtVersion] = kVersion;
  to[kAtClass] = static_cast<uint8_t>(record.profile_class);
  to[kAtFlags] = static_cast<uint8_t>((record.bound_to_ese ? kFlagEse : 0) |
                                      (record.bound_to_terminal ? kFlagTerminal : 0));
  to[kAtEquation] = static_cast<uint8_t>(record.equation);
  to[kAtCovers] = record.covers;
  to[kAtAlgorithm] = static_cast<uint8_t>(record.algorithm);
  Copy(to.subspan(kAtIccid), record.iccid);
  Copy(to.subspan(kAtMno), record.mno);
  if (record.bound_to_ese) {
    Copy(to.subspan(kAtEse), record.ese);
  }
  if (record.bound_to_terminal) {
    Copy(to.subspan(kAtTerminal), record.terminal);
  }
  Copy(to.subspan(kAtSigner), record.signer);
}

Error DecodeFixed(ConstBytes fixed, Record& record) {
  if (fixed.size() != kFixedBytes || fixed[kAtVersion] != kVersion || !InRange(fixed)) {
    return Error::kFormat;
  }
  record.profile_class = static_cast<Class>(fixed[kAtClass]);
  record.bound_to_ese = (fixed[kAtFlags] & kFlagEse) != 0;
  record.bound_to_terminal = (fixed[kAtFlags] & kFlagTerminal) != 0;
  record.equation = static_cast<Equation>(fixed[kAtEquation]);
  record.covers = fixed[kAtCovers];
  record.algorithm = static_cast<Algorithm>(fixed[kAtAlgorithm]);
  Copy(record.iccid, fixed.subspan(kAtIccid, kIccidBytes));
  Copy(record.mno, fixed.subspan(kAtMno, kMnoIdBytes));
  Copy(record.ese, fixed.subspan(kAtEse, kEidBytes));
  Copy(record.terminal, fixed.subspan(kAtTerminal, kTerminalIdBytes));
  Copy(record.signer, fixed.subspan(kAtSigner, kSignerIdBytes));
  return Error::kOk;
}

}  // namespace simurgh::profile
