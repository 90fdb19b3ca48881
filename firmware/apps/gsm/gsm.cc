#include "firmware/apps/gsm/gsm.h"

#include <algorithm>

#include "crypto/secret.h"
#include "firmware/apps/gsm/handlers.h"
#include "firmware/apps/uicc/handlers.h"
#include "firmware/keys/aka.h"

namespace simurgh::apps {
namespace gsm {
namespace {

using apdu::Case;
using apdu::Class;
using apdu::Command;
using apdu::Effect;
using apdu::Sw;
using fs::Type;

// What a UICC's command on files says, in a SIM's words (9.4).
Sw Translate(Sw sw) {
  switch (sw) {
    case Sw::kNoEfSelected:
      return kNoEfSelected;
    case Sw::kRecordNotFound:
    case Sw::kWrongP1P2Unspecified:
      return kOutOfRange;
    case Sw::kFileNotFound:
      return kNotFound;
    case Sw::kCommandIncompatible:
      return kInconsistent;
    case Sw::kSecurityNotSatisfied:
      return kAccessDenied;
    case Sw::kDataInvalidated:
      return kInvalidation;
    case Sw::kMemoryProblem:
    case Sw::kNotEnoughMemory:
      return kMemory;
    case Sw::kWrongP1P2:
      return Sw::kWrongP1P2Unspecified;
    case Sw::kWrongData:
    case Sw::kFunctionNotSupported:
    case Sw::kConditionsNotSatisfied:
      return Sw::kTechnicalProblem;
    default:
      return sw;
  }
}

Sw WrongLength(size_t right) {
  return apdu::WithCount(Sw::kWrongLength, static_cast<uint8_t>(right));
}

// ---- SELECT, STATUS (9.2.1, 9.2.2)

Sw Select(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2Unspecified;
  }
  if (command.data.size() != 2) {
    return WrongLength(2);
  }
  const Result<Place> place = Find(session, Get16(command.data));
  if (!place.ok()) {
    return place.error() == Error::kNotFound ? kNotFound : Translate(apdu::ToSw(place.error()));
  }
  SelectPlace(session, place.value(), Get16(command.data));
  const fs::Selection& at = session.channel.selection;
  if (at.gsm_ef != 0 || at.ef.exists()) {
    WriteEf(session, out);
  } else {
    WriteDirectory(session, out);
  }
  return Sw::kOk;
}

// As many bytes as P3 says.
Sw Status(Session& session, const Command& command, Writer& out) {
  session.proactive.StatusSeen();
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2Unspecified;
  }
  if (!session.channel.selection.dir.exists()) {
    return Sw::kTechnicalProblem;
  }
  WriteDirectory(session, out);
  if (command.has_le) {
    out.Truncate(command.ne);
  }
  return Sw::kOk;
}

// ---- Content of EFs: the UICC's commands, without short file identifiers

Sw OnFile(Session& session, const Command& command, Writer& out, apdu::Handler handler) {
  const UsimView view(session);
  return Translate(handler(session, command, out));
}

Sw ReadSynthetic(Session& session, const Command& command, Writer& out) {
  const fs::Selection& at = session.channel.selection;
  const fs::File source = SyntheticSource(session, at.gsm_ef);
  const UsimView view(session);
  if (source.exists() && !access::Allowed(session.files, session.pins, at, session.channel.verified,
                                          source, access::kRead)) {
    return kAccessDenied;
  }
  uint8_t content[kMaxSynthetic];
  const size_t size = SyntheticContent(session, at.gsm_ef, content);
  const size_t offset = static_cast<size_t>(command.p1 << 8 | command.p2);
  if (offset >= size) {
    return kOutOfRange;
  }
  const size_t wanted = command.has_le ? command.ne : size;
  out.Add(ConstBytes(content).subspan(offset, std::min(wanted, size - offset)));
  return Sw::kOk;
}

Sw ReadBinary(Session& session, const Command& command, Writer& out) {
  if (SyntheticSelected(session)) {
    return ReadSynthetic(session, command, out);
  }
  constexpr uint8_t kSfi = 0x80;  // an offset here, beyond any file
  return (command.p1 & kSfi) != 0 ? kOutOfRange : OnFile(session, command, out, apps::ReadBinary);
}

Sw UpdateBinary(Session& session, const Command& command, Writer& out) {
  if (SyntheticSelected(session)) {
    return kAccessDenied;
  }
  return (command.p1 & 0x80) != 0 ? kOutOfRange : OnFile(session, command, out, apps::UpdateBinary);
}

// P2 (9.2.5): 02 next, 03 previous, 04 absolute or current.
bool KnownMode(const Command& command) { return command.p2 >= 2 && command.p2 <= 4; }

Sw OnRecord(Session& session, const Command& command, Writer& out, apdu::Handler handler) {
  if (!KnownMode(command)) {
    return Sw::kWrongP1P2Unspecified;
  }
  return SyntheticSelected(session) ? kInconsistent : OnFile(session, command, out, handler);
}

Sw ReadRecord(Session& session, const Command& command, Writer& out) {
  return OnRecord(session, command, out, apps::ReadRecord);
}

Sw UpdateRecord(Session& session, const Command& command, Writer& out) {
  return OnRecord(session, command, out, apps::UpdateRecord);
}

Sw Increase(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2Unspecified;
  }
  if (command.data.size() != 3) {
    return WrongLength(3);
  }
  return SyntheticSelected(session) ? kInconsistent : OnFile(session, command, out, apps::Increase);
}

// ---- SEEK (8.7, 9.2.7)

/// Looks from record `number` on, in the direction of `step`, for one that begins with the pattern.
Result<uint16_t> Seek(Session& session, int number, int step, ConstBytes pattern) {
  const fs::File& ef = session.channel.selection.ef;
  uint8_t buffer[255];  // as long as a record can be
  const Bytes record = Bytes(buffer).first(ef.record_length);
  for (; number >= 1 && number <= ef.record_count; number += step) {
    TRY(session.files.ReadRecord(ef, static_cast<uint16_t>(number), record));
    if (Equal(record.first(pattern.size()), pattern)) {
      return static_cast<uint16_t>(number);
    }
  }
  return Error::kNotFound;
}

Sw SeekIn(Session& session, const Command& command, Writer& out) {
  constexpr uint8_t kTellNumber = 0x10;  // P2: type 2
  constexpr size_t kMaxPattern = 16;
  const uint8_t mode = command.p2 & 0x0F;
  if (command.p1 != 0 || mode > 3 || (command.p2 & ~(kTellNumber | 0x0F)) != 0) {
    return Sw::kWrongP1P2Unspecified;
  }
  fs::Selection& at = session.channel.selection;
  if (command.data.size() > kMaxPattern) {
    return Sw::kWrongLength;
  }
  const Sw opened = Translate(OpenEf(session, 0, access::kRead));
  if (opened != Sw::kOk) {
    return opened;
  }
  if (at.ef.type != Type::kLinearFixed || command.data.size() > at.ef.record_length) {
    return at.ef.type == Type::kLinearFixed ? Sw::kWrongLength : kInconsistent;
  }
  // 0 from the beginning, 1 from the end, 2 from the next record, 3 from the previous one; without
  // a record pointer those two are the first and the last.
  const int last = at.ef.record_count;
  const bool backward = mode == 1 || mode == 3;
  int from = backward ? last : 1;
  if (mode >= 2 && at.record != 0) {
    from = backward ? at.record - 1 : at.record + 1;
  }
  const Result<uint16_t> found = Seek(session, from, backward ? -1 : 1, command.data);
  if (!found.ok()) {
    return found.error() == Error::kNotFound ? kNotFound : Translate(apdu::ToSw(found.error()));
  }
  at.record = found.value();
  if ((command.p2 & kTellNumber) != 0) {
    out.Add8(static_cast<uint8_t>(found.value()));
  }
  return Sw::kOk;
}

Sw SeekRecord(Session& session, const Command& command, Writer& out) {
  if (SyntheticSelected(session)) {
    return kInconsistent;
  }
  const UsimView view(session);
  return SeekIn(session, command, out);
}

// ---- INVALIDATE, REHABILITATE (8.14, 8.15)

// A terminated card or directory has no word in class A0.
bool Terminated(const Session& session) {
  return session.files.terminated() || session.channel.selection.dir.terminated();
}

Sw SetValid(Session& session, const Command& command, bool valid) {
  const fs::Selection& at = session.channel.selection;
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2Unspecified;
  }
  if (SyntheticSelected(session)) {
    return kAccessDenied;
  }
  if (!at.ef.exists()) {
    return kNoEfSelected;
  }
  if (Terminated(session)) {
    return Sw::kTechnicalProblem;
  }
  fs::File file = at.ef;
  const UsimView view(session);
  if (!access::Allowed(session.files, session.pins, at, session.channel.verified, file,
                       valid ? access::kActivate : access::kDeactivate)) {
    return kAccessDenied;
  }
  const auto from = valid ? fs::LifeCycle::kDeactivated : fs::LifeCycle::kActivated;
  const auto to = valid ? fs::LifeCycle::kActivated : fs::LifeCycle::kDeactivated;
  if (file.life_cycle != static_cast<uint8_t>(from)) {
    return kInvalidation;
  }
  const Error error = session.files.SetLifeCycle(file, to);
  if (error != Error::kOk) {
    return Translate(apdu::ToSw(error));
  }
  RefreshSelections(session, file);
  return Sw::kOk;
}

Sw Invalidate(Session& session, const Command& command, Writer&) {
  return SetValid(session, command, false);
}

Sw Rehabilitate(Session& session, const Command& command, Writer&) {
  return SetValid(session, command, true);
}

// ---- RUN GSM ALGORITHM (8.16)

bool InDfGsm(Session& session) {
  const fs::Selection& at = session.channel.selection;
  fs::File directory = at.dir;
  for (int level = 0; level < 4 && directory.type == Type::kDf; ++level) {
    if (directory.fid == kDfGsm || directory.fid == kDfDcs1800) {
      return true;
    }
    directory = session.files.Parent(directory).ValueOr(fs::File{});
  }
  return at.gsm_df != 0;
}

// The GSM security context is the issuer's to give: service 38 of EF.UST, as for AUTHENTICATE.
bool Offered(Session& session, const fs::File& adf) {
  constexpr uint16_t kUst = 0x6F38;
  constexpr unsigned kBit = 38 - 1;
  const Result<fs::File> ust = session.files.Child(adf, kUst);
  uint8_t byte = 0;
  return ust.ok() && session.files.Read(ust.value(), kBit / 8, Bytes(&byte, 1)) == Error::kOk &&
         (byte >> (kBit % 8) & 1) != 0;
}

Sw RunGsmAlgorithm(Session& session, const Command& command, Writer& out) {
  constexpr size_t kRandBytes = 16;
  const fs::File adf = UsimAdf(session);
  if (!adf.exists() || !Offered(session, adf)) {
    return Sw::kInsNotSupported;
  }
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2Unspecified;
  }
  if (command.data.size() != kRandBytes) {
    return WrongLength(kRandBytes);
  }
  const UsimView view(session);
  if (!InDfGsm(session) || !Chv1Satisfied(session)) {
    return kAccessDenied;
  }
  keys::Aka aka(session.store, session.keys);
  uint8_t sres[4];
  crypto::Secret<8> kc;
  kc.Resize(8);
  const Error error = aka.AuthenticateGsm(adf.space, adf.object, command.data, sres, kc.view());
  if (error != Error::kOk) {
    return Sw::kTechnicalProblem;
  }
  out.Add(sres);
  out.Add(kc.view());
  return Sw::kOk;
}

// ---- The rest

// The card sleeps between commands anyway (8.17).
Sw Sleep(Session&, const Command& command, Writer&) {
  return command.p1 == 0 && command.p2 == 0 ? Sw::kOk : Sw::kWrongP1P2Unspecified;
}

Sw Profile(Session& session, const Command& command, Writer& out) {
  return Translate(apps::TerminalProfile(session, command, out));
}

Sw FetchCommand(Session& session, const Command& command, Writer& out) {
  const Sw sw = apps::Fetch(session, command, out);
  const uint16_t value = apdu::Value(sw);
  return value >> 8 == 0x6C ? WrongLength(value & 0xFF) : Translate(sw);
}

Sw Response(Session& session, const Command& command, Writer& out) {
  return Translate(apps::TerminalResponse(session, command, out));
}

Sw SendEnvelope(Session& session, const Command& command, Writer& out) {
  return Translate(apps::Envelope(session, command, out));
}

// TS 51.011 table 9, ascending INS.
constexpr apdu::Entry kTable[] = {
    {Class::kGsm, 0x04, Case::k1, Effect::kWrites, Invalidate},        // 9.2.14
    {Class::kGsm, 0x10, Case::k3, Effect::kReads, Profile},            // 9.2.20
    {Class::kGsm, 0x12, Case::k2, Effect::kReads, FetchCommand},       // 9.2.22
    {Class::kGsm, 0x14, Case::k3, Effect::kWrites, Response},          // 9.2.23
    {Class::kGsm, 0x20, Case::kAny, Effect::kReads, VerifyChv},        // 9.2.9
    {Class::kGsm, 0x24, Case::kAny, Effect::kWrites, ChangeChv},       // 9.2.10
    {Class::kGsm, 0x26, Case::kAny, Effect::kWrites, DisableChv},      // 9.2.11
    {Class::kGsm, 0x28, Case::kAny, Effect::kWrites, EnableChv},       // 9.2.12
    {Class::kGsm, 0x2C, Case::kAny, Effect::kWrites, UnblockChv},      // 9.2.13
    {Class::kGsm, 0x32, Case::kAny, Effect::kWrites, Increase},        // 9.2.8
    {Class::kGsm, 0x44, Case::k1, Effect::kWrites, Rehabilitate},      // 9.2.15
    {Class::kGsm, 0x88, Case::kAny, Effect::kReads, RunGsmAlgorithm},  // 9.2.16
    {Class::kGsm, 0xA2, Case::k3, Effect::kReads, SeekRecord},         // 9.2.7
    {Class::kGsm, 0xA4, Case::kAny, Effect::kReads, Select},           // 9.2.1
    {Class::kGsm, 0xB0, Case::k2, Effect::kReads, ReadBinary},         // 9.2.3
    {Class::kGsm, 0xB2, Case::k2, Effect::kReads, ReadRecord},         // 9.2.5
    {Class::kGsm, 0xC2, Case::k3, Effect::kWrites, SendEnvelope},      // 9.2.21
    {Class::kGsm, 0xD6, Case::k3, Effect::kWrites, UpdateBinary},      // 9.2.4
    {Class::kGsm, 0xDC, Case::k3, Effect::kWrites, UpdateRecord},      // 9.2.6
    {Class::kGsm, 0xF2, Case::k2, Effect::kReads, Status},             // 9.2.2
    {Class::kGsm, 0xFA, Case::k1, Effect::kReads, Sleep},              // 9.2.17
};
static_assert(apdu::StrictlyAscending(kTable));

}  // namespace
}  // namespace gsm

const std::span<const apdu::Entry> kGsm(gsm::kTable);

}  // namespace simurgh::apps
