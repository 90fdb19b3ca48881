#pragma once

#include "apdu/app.h"
#include "base/result.h"
#include "base/writer.h"
#include "firmware/access/rules.h"
#include "firmware/apps/session.h"
#include "firmware/fs/file_system.h"

// Handlers of the table in gsm.cc and what they share. Private to this folder. All clauses are
// those of 3GPP TS 51.011 where nothing else is said.
namespace simurgh::apps::gsm {

// Status words of a SIM (9.4). Those that a UICC has as well are in apdu/sw.h.
constexpr apdu::Sw kNoEfSelected = static_cast<apdu::Sw>(0x9400);
constexpr apdu::Sw kOutOfRange = static_cast<apdu::Sw>(0x9402);
constexpr apdu::Sw kNotFound = static_cast<apdu::Sw>(0x9404);  ///< file or pattern
constexpr apdu::Sw kInconsistent = static_cast<apdu::Sw>(0x9408);
constexpr apdu::Sw kMemory = static_cast<apdu::Sw>(0x9240);
constexpr apdu::Sw kNoChv = static_cast<apdu::Sw>(0x9802);
constexpr apdu::Sw kAccessDenied = static_cast<apdu::Sw>(0x9804);  ///< also: wrong CHV, tries left
constexpr apdu::Sw kChvStatus = static_cast<apdu::Sw>(0x9808);
constexpr apdu::Sw kInvalidation = static_cast<apdu::Sw>(0x9810);
constexpr apdu::Sw kChvBlocked = static_cast<apdu::Sw>(0x9840);

apdu::Sw VerifyChv(Session&, const apdu::Command&, Writer&);
apdu::Sw ChangeChv(Session&, const apdu::Command&, Writer&);
apdu::Sw DisableChv(Session&, const apdu::Command&, Writer&);
apdu::Sw EnableChv(Session&, const apdu::Command&, Writer&);
apdu::Sw UnblockChv(Session&, const apdu::Command&, Writer&);

// ---- directory.cc: which file is which

constexpr uint16_t kDfGsm = 0x7F20;
constexpr uint16_t kDfDcs1800 = 0x7F21;  ///< another name of DF.GSM (10.3)
constexpr uint16_t kDfTelecom = 0x7F10;
constexpr uint16_t kEfPhase = 0x6FAE;
constexpr uint16_t kEfSst = 0x6F38;

/// What SELECT found: a file, or the DF.GSM that the USIM stands for, or an EF the card makes up.
struct Place {
  fs::File file;
  bool df_gsm = false;
  bool synthetic = false;
};

/// A file by its FID, in reach of the current directory (8.1): a child, the directory itself, its
/// parent, a DF beside it, the MF. @error kNotFound.
Result<Place> Find(Session& session, uint16_t fid);
void SelectPlace(Session& session, const Place& place, uint16_t fid);

/// The ADF of the first USIM: what DF.GSM is mapped onto. May not exist.
fs::File UsimAdf(Session& session);

/// Children of a directory as a SIM counts them.
struct Children {
  uint8_t directories = 0;
  uint8_t files = 0;
};
Children Count(Session& session);  ///< of the current directory

/// For its lifetime the USIM is the channel's application, so that the second PIN is found.
class UsimView {
 public:
  explicit UsimView(Session& session)
      : selection_(session.channel.selection), saved_(selection_.adf) {
    if (const fs::File adf = UsimAdf(session); adf.exists()) {
      selection_.adf = adf;
    }
  }
  ~UsimView() { selection_.adf = saved_; }
  UsimView(const UsimView&) = delete;
  UsimView& operator=(const UsimView&) = delete;

 private:
  fs::Selection& selection_;
  const fs::File saved_;
};

// ---- chv.cc

/// Key reference of CHV1 (an application PIN) or CHV2 (a second PIN): the first of its kind that
/// the USIM's PIN status template names.
uint8_t ChvReference(Session& session, uint8_t chv);
/// Whether CHV1 has been verified, or is disabled.
bool Chv1Satisfied(Session& session);

// ---- synthetic.cc: EFs of a SIM that a USIM does not have

bool IsSynthetic(uint16_t fid);
/// The current EF is a made-up one.
inline bool SyntheticSelected(const Session& session) {
  const fs::Selection& at = session.channel.selection;
  return at.gsm_ef != 0 && !at.ef.exists();
}
/// The file that a made-up EF says the same as, whose access rule it has; none: always readable.
fs::File SyntheticSource(Session& session, uint16_t fid);
/// Content of a made-up EF, at most kMaxSynthetic bytes. @returns its size.
constexpr size_t kMaxSynthetic = 14;
size_t SyntheticContent(Session& session, uint16_t fid, Bytes out);

// ---- response.cc: what SELECT and STATUS answer (9.2.1)

void WriteDirectory(Session& session, Writer& out);  ///< the current directory, 22 bytes
void WriteEf(Session& session, Writer& out);         ///< the current EF, 15 bytes

}  // namespace simurgh::apps::gsm
