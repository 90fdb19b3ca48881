// SELECT and STATUS (TS 102 221 8.4, 8.5, 11.1.1, 11.1.2).
#include "base/tlv.h"
#include "firmware/apps/uicc/handlers.h"
#include "firmware/apps/uicc/uicc.h"

namespace simurgh::apps {
namespace {

using apdu::App;
using apdu::Command;
using apdu::Sw;
using fs::File;
using fs::Selection;

// P2 of SELECT (table 11.2).
constexpr uint8_t kOccurrence = 0x03;
constexpr uint8_t kNextOccurrence = 0x02;  // 3: the previous one
constexpr uint8_t kAnswerKind = 0x1C;
constexpr uint8_t kAnswerFcp = 0x04;
constexpr uint8_t kAnswerNothing = 0x0C;
constexpr uint8_t kSessionControl = 0x60;
constexpr uint8_t kTerminate = 0x40;

// P1 (table 11.1).
constexpr uint8_t kByFid = 0x00;
constexpr uint8_t kChildDf = 0x01;
constexpr uint8_t kParentDf = 0x03;
constexpr uint8_t kByName = 0x04;
constexpr uint8_t kFromMf = 0x08;
constexpr uint8_t kFromDf = 0x09;

constexpr size_t kRidBytes = 5;

// P2 00 is ISO's "return FCI": terminals that follow ISO/IEC 7816-4 only (lpac) send it. Occurrences
// and application sessions are for selection by DF name alone.
bool KnownP2(const Command& c) {
  const uint8_t kind = c.p2 & kAnswerKind;
  const uint8_t session = c.p2 & kSessionControl;
  if ((c.p2 & 0x80) != 0 || (kind != 0 && kind != kAnswerFcp && kind != kAnswerNothing)) {
    return false;
  }
  return c.p1 == kByName ? session == 0 || session == kTerminate
                         : (c.p2 & (kSessionControl | kOccurrence)) == 0;
}

Sw AnswerFor(Session& session, const Command& command, const File& file, Writer& out) {
  const Sw sw = file.active() ? Sw::kOk
                : file.life_cycle == static_cast<uint8_t>(fs::LifeCycle::kTerminated)
                    ? Sw::kTerminated
                    : Sw::kDeactivated;
  if ((command.p2 & kAnswerKind) == kAnswerNothing) {
    return sw;
  }
  const Sw written = WriteFcp(session, file, out);
  return written == Sw::kOk ? sw : written;
}

bool HiddenAdf(const Result<File>& file) {
  return file.ok() && file.value().type == fs::Type::kAdf;
}

// An ADF has no FID to a terminal: the one in the profile is temporary, and only for links and
// paths within the package.
Result<File> Visible(const Result<File>& file) {
  return HiddenAdf(file) ? Result<File>(Error::kNotFound) : file;
}

// Path from the MF, without 3F00, or from the current application, 7FFF first; path from the current
// directory (8.4.2).
Result<File> FindByPath(Session& session, ConstBytes path, bool from_mf) {
  if (path.empty() || path.size() % 2 != 0) {
    return Error::kFormat;
  }
  File start = session.channel.selection.dir;
  if (from_mf && Get16(path) == fs::kCurrentAdfFid) {
    start = session.channel.selection.adf;
    path = path.subspan(2);
    if (!start.exists()) {
      return Error::kNotFound;
    }
  } else if (from_mf) {
    start = TRY(session.files.Root());
  }
  if (start.type == fs::Type::kMf &&
      (Get16(path) == fs::kMfFid || !Visible(session.files.Child(start, Get16(path))).ok())) {
    return Error::kNotFound;
  }
  return session.files.ByPath(start, path);
}

}  // namespace

Result<File> FindByFid(Session& session, uint16_t fid) {
  fs::FileSystem& files = session.files;
  const Selection& at = session.channel.selection;
  if (fid == fs::kMfFid) {
    return files.Root();
  }
  if (fid == fs::kCurrentAdfFid) {
    return at.adf.exists() ? Result<File>(at.adf) : Result<File>(Error::kNotFound);
  }
  const Result<File> child = Visible(files.Child(at.dir, fid));
  if (child.ok() || child.error() != Error::kNotFound) {
    return child;
  }
  if (at.dir.fid == fid && at.dir.type == fs::Type::kDf) {
    return at.dir;
  }
  if (at.dir.type == fs::Type::kMf) {
    return Error::kNotFound;
  }
  const File parent = TRY(files.Parent(at.dir));
  if (parent.fid == fid && parent.type == fs::Type::kDf) {
    return parent;
  }
  const Result<File> sibling = Visible(files.Child(parent, fid));
  return sibling.ok() && !sibling.value().directory() ? Result<File>(Error::kNotFound) : sibling;
}

namespace {

Result<File> FindFile(Session& session, const Command& command) {
  const Selection& at = session.channel.selection;
  switch (command.p1) {
    case kByFid:
      return command.data.empty() ? session.files.Root() : FindByFid(session, Get16(command.data));
    case kChildDf: {
      const Result<File> child = Visible(session.files.Child(at.dir, Get16(command.data)));
      return child.ok() && !child.value().directory() ? Result<File>(Error::kNotFound) : child;
    }
    case kParentDf:
      return at.dir.type == fs::Type::kMf ? Result<File>(Error::kNotFound)
                                          : session.files.Parent(at.dir);
    default:
      return FindByPath(session, command.data, command.p1 == kFromMf);
  }
}

// The EF's directory becomes the current one (8.4.2); its descriptor is found from the EF.
Sw SetSelection(Session& session, const File& file) {
  Selection& at = session.channel.selection;
  at.gsm_df = 0;
  if (file.directory()) {
    at.SetDirectory(file);
    return Sw::kOk;
  }
  if (file.parent != at.dir.content) {
    const Result<File> parent = session.files.Parent(file);
    if (!parent.ok()) {
      return FileSw(parent.error());
    }
    at.SetDirectory(parent.value());
  }
  at.SetEf(file);
  return Sw::kOk;
}

bool RightLength(const Command& command) {
  switch (command.p1) {
    case kByFid:
      return command.data.empty() || command.data.size() == 2;
    case kChildDf:
      return command.data.size() == 2;
    case kParentDf:
      return command.data.empty();
    default:
      return true;
  }
}

bool BeginsWith(ConstBytes whole, ConstBytes start) {
  return whole.size() >= start.size() && Equal(whole.first(start.size()), start);
}

// The application that serves an ADF, by the beginning of its AID; nullptr: plain files.
const App* ServantOf(Session& session, ConstBytes aid) {
  for (const App* app : session.apps) {
    if (app->select == nullptr && BeginsWith(aid, app->aid)) {
      return app;
    }
  }
  return nullptr;
}

Sw SelectAdf(Session& session, const Command& command, Writer& out) {
  Selection& at = session.channel.selection;
  constexpr fs::Occurrence kWhich[] = {fs::Occurrence::kFirst, fs::Occurrence::kLast,
                                       fs::Occurrence::kNext, fs::Occurrence::kPrevious};
  const Result<File> found = session.files.ByAid(session.files.space(), command.data,
                                                 kWhich[command.p2 & kOccurrence], at.adf);
  if (!found.ok()) {
    return FileSw(found.error());
  }
  const File& adf = found.value();
  uint8_t aid[fs::kMaxAid];
  const Result<size_t> size = session.files.Aid(adf, aid);
  if (!size.ok()) {
    return apdu::ToSw(size.error());
  }
  // The answer comes first: a command that fails changes no selection.
  const Sw sw = AnswerFor(session, command, adf, out);
  if (sw != Sw::kOk && sw != Sw::kDeactivated) {
    return sw;
  }
  if (!at.adf.SameAs(adf) || (command.p2 & kSessionControl) == kTerminate) {
    LeaveApplication(session);
  }
  if ((command.p2 & kSessionControl) == kTerminate) {  // 8.5.1.2: the session ends, the MF remains
    at.Reset(session.files);
    return sw;
  }
  at.SetDirectory(adf);
  session.channel.app = ServantOf(session, ConstBytes(aid).first(size.value()));
  return sw;
}

}  // namespace

void LeaveApplication(Session& session) {
  Channel& channel = session.channel;
  const App* app = channel.app;
  channel.app = nullptr;
  access::Pins::LeaveApplication(channel.verified);
  if (app != nullptr && app->deselect != nullptr) {
    app->deselect(session);
  }
}

Sw SelectByAid(Session& session, const Command& command, Writer& out) {
  if (!KnownP2(command)) {
    return Sw::kWrongP1P2;
  }
  if (command.data.size() > fs::kMaxAid) {
    return Sw::kWrongLength;
  }
  const bool another = (command.p2 & kOccurrence) >= kNextOccurrence;
  for (const App* app : session.apps) {
    if (app->select == nullptr || command.data.size() < kRidBytes ||
        !BeginsWith(app->aid, command.data) || (another && app == session.channel.app)) {
      continue;
    }
    LeaveApplication(session);
    session.channel.selection.Reset(session.files);
    const Sw sw = app->select(session, command, out);
    if (apdu::Succeeded(sw)) {
      session.channel.app = app;
    }
    if ((command.p2 & kAnswerKind) == kAnswerNothing) {
      out.Truncate(0);
    }
    if ((command.p2 & kSessionControl) == kTerminate) {
      LeaveApplication(session);
    }
    return sw;
  }
  return SelectAdf(session, command, out);
}

Sw Select(Session& session, const Command& command, Writer& out) {
  if (command.p1 == kByName) {
    return SelectByAid(session, command, out);
  }
  const bool known_p1 = command.p1 == kByFid || command.p1 == kChildDf || command.p1 == kParentDf ||
                        command.p1 == kFromMf || command.p1 == kFromDf;
  if (!known_p1 || !KnownP2(command)) {
    return Sw::kWrongP1P2;
  }
  if (!RightLength(command)) {
    return Sw::kWrongLength;
  }
  const Result<File> found = FindFile(session, command);
  if (!found.ok()) {
    return found.error() == Error::kFormat ? Sw::kWrongLength : FileSw(found.error());
  }
  const Sw sw = AnswerFor(session, command, found.value(), out);
  if (sw != Sw::kOk && sw != Sw::kDeactivated && sw != Sw::kTerminated) {
    return sw;
  }
  const Sw set = SetSelection(session, found.value());
  return set == Sw::kOk ? sw : set;
}

// P1: how far the terminal is with an application, which matters to no application here. Whatever
// it asks for, STATUS is how a terminal polls for proactive commands (TS 102 223 6.3).
Sw Status(Session& session, const Command& command, Writer& out) {
  session.proactive.StatusSeen();
  constexpr uint8_t kDfName = 0x01;
  const Selection& at = session.channel.selection;
  if (command.p1 > 2) {
    return Sw::kWrongP1P2;
  }
  if (!at.dir.exists()) {
    return Sw::kConditionsNotSatisfied;
  }
  if (command.p2 == 0) {
    return WriteFcp(session, at.dir, out);
  }
  if (command.p2 == kAnswerNothing) {
    return Sw::kOk;
  }
  if (command.p2 != kDfName) {
    return Sw::kWrongP1P2;
  }
  const App* app = session.channel.app;
  if (app != nullptr && app->select != nullptr) {  // an application of the card itself
    tlv::Add(out, 0x84, app->aid);
    return Sw::kOk;
  }
  uint8_t aid[fs::kMaxAid];
  const Result<size_t> size = session.files.Aid(at.adf, aid);
  if (!at.adf.exists() || !size.ok()) {
    return Sw::kConditionsNotSatisfied;
  }
  tlv::Add(out, 0x84, ConstBytes(aid).first(size.value()));
  return Sw::kOk;
}

}  // namespace simurgh::apps
