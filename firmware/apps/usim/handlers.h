#pragma once

#include <cstdint>

#include "apdu/app.h"
#include "base/result.h"
#include "base/writer.h"
#include "firmware/apps/session.h"

/// Inside of the network applications: handlers, and what they share.
namespace simurgh::apps::naa {

/// What a USIM and an ISIM do alike, under numbers of their own.
struct Application {
  uint16_t service_table;  ///< EF.UST (TS 31.102 4.2.8) or EF.IST (TS 31.103 4.2.7)
  uint16_t gbabp;          ///< EF.GBABP
  uint16_t gbanl;          ///< EF.GBANL
  uint8_t gba_service;     ///< number of GBA in the service table
};
constexpr Application kUsimFiles{0x6F38, 0x6FD6, 0x6FDA, 68};
constexpr Application kIsimFiles{0x6F07, 0x6FD5, 0x6FD7, 2};

/// Whether service `number` is available in the table of the selected application: bit (n - 1) % 8
/// of byte (n - 1) / 8.
bool Service(Session& session, uint16_t service_table, unsigned number);

/// Whether the application's PIN is verified or not asked for: the first application PIN that the
/// PIN status template of the ADF names.
bool PinSatisfied(Session& session);

/// Errors of the key room as AUTHENTICATE answers them (TS 31.102 7.3.2).
apdu::Sw SwOf(Error error);

/// Length and value, as AUTHENTICATE's data and answers are made of.
void AddField(Writer& out, ConstBytes value);
/// The next field of `data`, which goes on behind it. @error kFormat.
Result<ConstBytes> TakeField(ConstBytes& data);

/// GBA security context, bootstrapping and NAF derivation modes (TS 31.102 7.1.2, TS 31.103 7.1.2).
apdu::Sw AuthenticateGba(Session& session, const Application& application,
                         const apdu::Command& command, Writer& out);

// Rows.
apdu::Sw AuthenticateUsim(Session& session, const apdu::Command& command, Writer& out);
apdu::Sw AuthenticateUsimOdd(Session& session, const apdu::Command& command, Writer& out);
apdu::Sw AuthenticateIsim(Session& session, const apdu::Command& command, Writer& out);
apdu::Sw AuthenticateIsimOdd(Session& session, const apdu::Command& command, Writer& out);
apdu::Sw GetIdentity(Session& session, const apdu::Command& command, Writer& out);

}  // namespace simurgh::apps::naa
