#pragma once

#include "apdu/app.h"
#include "base/writer.h"
#include "firmware/apps/session.h"

// Handlers of the table in isdr.cc and what they share. Private to this folder.
namespace simurgh::apps::isdr {

// images.cc
apdu::Sw GetImageStatus(Session&, const apdu::Command&, Writer&);
apdu::Sw BeginImage(Session&, const apdu::Command&, Writer&);
apdu::Sw ImageData(Session&, const apdu::Command&, Writer&);
apdu::Sw InstallImage(Session&, const apdu::Command&, Writer&);
apdu::Sw AbortImage(Session&, const apdu::Command&, Writer&);

// management.cc
apdu::Sw SelectAutomatically(Session&, const apdu::Command&, Writer&);
apdu::Sw SetTerminalId(Session&, const apdu::Command&, Writer&);
apdu::Sw SetMode(Session&, const apdu::Command&, Writer&);
apdu::Sw Manufacture(Session&, const apdu::Command&, Writer&);
apdu::Sw GetDiscarded(Session&, const apdu::Command&, Writer&);
apdu::Sw GetCardData(Session&, const apdu::Command&, Writer&);

// isdr.cc
apdu::Sw InitializeUpdate(Session&, const apdu::Command&, Writer&);
apdu::Sw ExternalAuthenticate(Session&, const apdu::Command&, Writer&);

// es10.cc
apdu::Sw StoreData(Session&, const apdu::Command&, Writer&);
/// One ES10 command, put together from its blocks.
apdu::Sw Es10(Session&, ConstBytes request, Writer&);

/// The command came inside a session opened with this key set, with at least a C-MAC.
bool InSession(const Session& session, uint8_t key_version);
/// Tells the terminal that another profile (or none) is enabled. A queue that is full already holds
/// a REFRESH, and one UICC reset is enough.
void AnnounceChange(Session& session);

}  // namespace simurgh::apps::isdr
