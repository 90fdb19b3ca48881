#pragma once

#include <span>

#include "apdu/app.h"
#include "base/writer.h"
#include "firmware/apps/session.h"
#include "firmware/fs/file_system.h"

namespace simurgh::apps {

/// The commands every channel has (ETSI TS 102 221 clause 11): what an application's table does not
/// name is looked up here. GET RESPONSE is the dispatcher's.
extern const std::span<const apdu::Entry> kUicc;

/// Learns the terminal's IMEI when a profile is bound to a terminal.
extern const cat::Client kTerminalWatch;

/// SELECT by DF name (TS 102 221 8.5.1.3, 11.1.1): an application of the card whose AID begins with
/// command.data (at least a RID), else an ADF of the profile in use. Leaves the application that was
/// selected, sets the channel's application and directory, and answers with the FCP (an ADF) or
/// what the application answers.
/// 6A82: none.  6283: the ADF is deactivated.  6A86: P2.
apdu::Sw SelectByAid(Session& session, const apdu::Command& command, Writer& out);

/// The channel's application is left: its deselect function runs, local PINs are forgotten. Files
/// stay selected.
void LeaveApplication(Session& session);

/// Writes the file control parameters of a file as this channel sees it (11.1.1.3, template 62).
apdu::Sw WriteFcp(Session& session, const fs::File& file, Writer& out);

}  // namespace simurgh::apps
