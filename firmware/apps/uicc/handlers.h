#pragma once

#include "apdu/app.h"
#include "base/writer.h"
#include "firmware/access/rules.h"
#include "firmware/apps/session.h"

// Handlers of the table in uicc.cc and what they share. Private to this folder and to class A0
// (firmware/apps/gsm), which is these commands in another dress.
namespace simurgh::apps {

apdu::Sw Select(Session&, const apdu::Command&, Writer&);
apdu::Sw Status(Session&, const apdu::Command&, Writer&);
apdu::Sw ManageChannel(Session&, const apdu::Command&, Writer&);

apdu::Sw ReadBinary(Session&, const apdu::Command&, Writer&);
apdu::Sw UpdateBinary(Session&, const apdu::Command&, Writer&);
apdu::Sw ReadRecord(Session&, const apdu::Command&, Writer&);
apdu::Sw UpdateRecord(Session&, const apdu::Command&, Writer&);
apdu::Sw SearchRecord(Session&, const apdu::Command&, Writer&);
apdu::Sw Increase(Session&, const apdu::Command&, Writer&);

apdu::Sw RetrieveData(Session&, const apdu::Command&, Writer&);
apdu::Sw SetData(Session&, const apdu::Command&, Writer&);

apdu::Sw CreateFile(Session&, const apdu::Command&, Writer&);
apdu::Sw DeleteFile(Session&, const apdu::Command&, Writer&);
apdu::Sw ResizeFile(Session&, const apdu::Command&, Writer&);
apdu::Sw ActivateFile(Session&, const apdu::Command&, Writer&);
apdu::Sw DeactivateFile(Session&, const apdu::Command&, Writer&);
apdu::Sw TerminateEf(Session&, const apdu::Command&, Writer&);
apdu::Sw TerminateDf(Session&, const apdu::Command&, Writer&);
apdu::Sw TerminateCardUsage(Session&, const apdu::Command&, Writer&);

apdu::Sw VerifyPin(Session&, const apdu::Command&, Writer&);
apdu::Sw ChangePin(Session&, const apdu::Command&, Writer&);
apdu::Sw DisablePin(Session&, const apdu::Command&, Writer&);
apdu::Sw EnablePin(Session&, const apdu::Command&, Writer&);
apdu::Sw UnblockPin(Session&, const apdu::Command&, Writer&);

apdu::Sw TerminalCapability(Session&, const apdu::Command&, Writer&);
apdu::Sw TerminalProfile(Session&, const apdu::Command&, Writer&);
apdu::Sw Fetch(Session&, const apdu::Command&, Writer&);
apdu::Sw TerminalResponse(Session&, const apdu::Command&, Writer&);
apdu::Sw Envelope(Session&, const apdu::Command&, Writer&);
apdu::Sw SuspendUicc(Session&, const apdu::Command&, Writer&);
apdu::Sw GetChallenge(Session&, const apdu::Command&, Writer&);

/// A file that is not there is 6A82 (table 10.14); all else as ever.
inline apdu::Sw FileSw(Error error) {
  return error == Error::kNotFound ? apdu::Sw::kFileNotFound : apdu::ToSw(error);
}

/// SELECT by FID (8.4.1): a child of the current directory, its parent, a DF beside it, the directory
/// itself, the MF, the current application. @error kNotFound.
Result<fs::File> FindByFid(Session& session, uint16_t fid);

/// Whether this channel may do that to a file, by the file's access rule.
bool Permitted(Session& session, const fs::File& file, access::Access access);

/// A file's descriptor changed: channels that have selected it hold copies.
void RefreshSelections(Session& session, const fs::File& file);

/// The EF a command works on: the one with short identifier `sfi` in the current directory, which
/// becomes the current EF, or with sfi 0 the current EF. Checks that it is active and that `access`
/// is allowed. kOk, 6986 (no EF), 6A82 (no such SFI), 6984 (deactivated), 6985 (its
/// directory or the card is terminated), 6982.
apdu::Sw OpenEf(Session& session, uint8_t sfi, access::Access access);

}  // namespace simurgh::apps
