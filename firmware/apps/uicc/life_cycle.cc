// ACTIVATE and DEACTIVATE FILE (TS 102 221 11.1.14, 11.1.15), TERMINATE EF, DF and CARD USAGE
// (TS 102 222 6.7 to 6.9).
#include "firmware/apps/uicc/handlers.h"

namespace simurgh::apps {
namespace {

using apdu::Command;
using apdu::Sw;
using fs::File;
using fs::LifeCycle;
using fs::Type;

constexpr uint8_t kByFid = 0x00;
constexpr uint8_t kFromMf = 0x08;
constexpr uint8_t kFromDf = 0x09;

Result<File> FromMf(Session& session, ConstBytes path) {
  if (path.size() >= 2 && Get16(path) == fs::kCurrentAdfFid) {
    const File& adf = session.channel.selection.adf;
    return adf.exists() ? session.files.ByPath(adf, path.subspan(2))
                        : Result<File>(Error::kNotFound);
  }
  return session.files.ByPath(TRY(session.files.Root()), path);
}

Result<File> Target(Session& session, const Command& command) {
  const fs::Selection& at = session.channel.selection;
  if (command.p1 == kFromMf) {
    return FromMf(session, command.data);
  }
  if (command.p1 == kFromDf) {
    return session.files.ByPath(at.dir, command.data);
  }
  const uint16_t fid = Get16(command.data);
  const Result<File> child = session.files.Child(at.dir, fid);
  return !child.ok() && at.dir.fid == fid && at.dir.type == Type::kDf ? Result<File>(at.dir) : child;
}

Sw CheckForm(const Command& command, bool empty_allowed) {
  if (command.p2 != 0 ||
      (command.p1 != kByFid && command.p1 != kFromMf && command.p1 != kFromDf)) {
    return Sw::kWrongP1P2;
  }
  const size_t size = command.data.size();
  if (size == 0) {
    return empty_allowed && command.p1 == kByFid ? Sw::kOk : Sw::kWrongLength;
  }
  return size % 2 != 0 || (command.p1 == kByFid && size != 2) ? Sw::kWrongLength : Sw::kOk;
}

// A terminated file stays so; in a terminated directory or card nothing changes any more.
Sw Change(Session& session, File file, access::Access access, LifeCycle state) {
  if (file.terminated() || session.files.terminated() ||
      session.channel.selection.dir.terminated()) {
    return Sw::kConditionsNotSatisfied;
  }
  if (!Permitted(session, file, access)) {
    return Sw::kSecurityNotSatisfied;
  }
  const Error error = session.files.SetLifeCycle(file, state);
  if (error != Error::kOk) {
    return apdu::ToSw(error);
  }
  RefreshSelections(session, file);
  return Sw::kOk;
}

// Of an EF: the current one, or one named, which becomes the current one.
Sw ChangeEf(Session& session, const Command& command, access::Access access, LifeCycle state) {
  const Sw form = CheckForm(command, true);
  if (form != Sw::kOk) {
    return form;
  }
  fs::Selection& at = session.channel.selection;
  if (command.data.empty()) {
    return at.ef.exists() ? Change(session, at.ef, access, state) : Sw::kNoEfSelected;
  }
  const Result<File> found = Target(session, command);
  if (!found.ok()) {
    return FileSw(found.error());
  }
  if (!found.value().ef()) {
    return Sw::kCommandIncompatible;
  }
  const Sw sw = Change(session, found.value(), access, state);
  if (sw == Sw::kOk && found.value().parent == at.dir.content) {
    File file = found.value();
    file.life_cycle = static_cast<uint8_t>(state);
    at.SetEf(file);
  }
  return sw;
}

Sw Terminate(Session& session, const Command& command, access::Access access, bool directory) {
  const Sw form = CheckForm(command, false);
  if (form != Sw::kOk) {
    return form;
  }
  const Result<File> found = Target(session, command);
  if (!found.ok()) {
    return FileSw(found.error());
  }
  const File& file = found.value();
  if (file.directory() != directory || file.type == Type::kMf) {
    return Sw::kCommandIncompatible;
  }
  return Change(session, file, access, LifeCycle::kTerminated);
}

}  // namespace

Sw DeactivateFile(Session& session, const Command& command, Writer&) {
  return ChangeEf(session, command, access::kDeactivate, LifeCycle::kDeactivated);
}

Sw ActivateFile(Session& session, const Command& command, Writer&) {
  return ChangeEf(session, command, access::kActivate, LifeCycle::kActivated);
}

Sw TerminateEf(Session& session, const Command& command, Writer&) {
  return Terminate(session, command, access::kTerminateEf, false);
}

Sw TerminateDf(Session& session, const Command& command, Writer&) {
  return Terminate(session, command, access::kTerminateDf, true);
}

// The card as the terminal knows it is the enabled profile: other profiles stay as they are.
Sw TerminateCardUsage(Session& session, const Command& command, Writer&) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (!command.data.empty()) {
    return Sw::kWrongLength;
  }
  const Result<File> root = session.files.Root();
  if (!root.ok()) {
    return FileSw(root.error());
  }
  return Change(session, root.value(), access::kTerminateCard, LifeCycle::kTerminated);
}

}  // namespace simurgh::apps
