// Which file of a UICC stands for which file of a SIM (docs/formats/gsm.md).
#include "firmware/apps/gsm/handlers.h"
#include "firmware/apps/uicc/handlers.h"
#include "firmware/apps/uicc/uicc.h"

namespace simurgh::apps::gsm {
namespace {

using fs::File;

constexpr uint8_t kUsimAid[] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02};
constexpr uint16_t kGsmAccess = 0x5F3B;  // DF.GSM-ACCESS below the USIM (TS 31.102 4.4.3)
constexpr uint16_t kPhonebook = 0x5F3A;  // below DF.TELECOM (TS 31.102 4.4.2)
constexpr uint16_t kHere = 0;

/// A child of a DF of a SIM, and where its content is: in the USIM, or in a DF below it or below
/// DF.TELECOM. Only files with the same content in both worlds have a row.
struct Row {
  uint16_t fid;
  uint16_t directory;
  uint16_t target;
};
constexpr Row Same(uint16_t fid) { return {fid, kHere, fid}; }

// DF.GSM (TS 51.011 10.3, TS 31.102 4.2).
constexpr Row kOfDfGsm[] = {
    Same(0x6F07),                  // IMSI
    {0x6F20, kGsmAccess, 0x4F20},  // Kc
    Same(0x6F31),                  // HPLMN search period
    Same(0x6F37),                  // ACMmax
    Same(0x6F39),                  // ACM
    Same(0x6F3E),                  // GID1
    Same(0x6F3F),                  // GID2
    Same(0x6F41),                  // PUCT
    Same(0x6F45),                  // CBMI
    Same(0x6F46),                  // SPN
    Same(0x6F48),                  // CBMID
    Same(0x6F50),                  // CBMIR
    {0x6F52, kGsmAccess, 0x4F52},  // KcGPRS
    {0x6F53, kHere, 0x6F73},       // LOCIGPRS: PSLOCI
    Same(0x6F60),                  // PLMNwAcT
    Same(0x6F61),                  // OPLMNwAcT
    Same(0x6F62),                  // HPLMNwAcT
    {0x6F63, kGsmAccess, 0x4F63},  // CPBCCH
    {0x6F64, kGsmAccess, 0x4F64},  // InvScan
    Same(0x6F78),                  // ACC
    Same(0x6F7B),                  // FPLMN
    Same(0x6F7E),                  // LOCI
    Same(0x6FAD),                  // AD
    Same(0x6FB1),                  // VGCS
    Same(0x6FB2),                  // VGCSS
    Same(0x6FB3),                  // VBS
    Same(0x6FB4),                  // VBSS
    Same(0x6FB5),                  // eMLPP
    Same(0x6FB6),                  // AAeM
    Same(0x6FC5),                  // PNN
    Same(0x6FC6),                  // OPL
    Same(0x6FC7),                  // MBDN
    Same(0x6FC8),                  // EXT6
    Same(0x6FC9),                  // MBI
    Same(0x6FCA),                  // MWIS
    Same(0x6FCB),                  // CFIS
    Same(0x6FCC),                  // EXT7
    Same(0x6FCD),                  // SPDI
};

// DF.TELECOM (TS 51.011 10.5). What the profile's own DF.TELECOM holds comes first.
constexpr Row kOfDfTelecom[] = {
    {0x6F3A, kPhonebook, 0x4F3A},  // ADN
    Same(0x6F3B),                  // FDN
    Same(0x6F3C),                  // SMS
    Same(0x6F40),                  // MSISDN
    Same(0x6F42),                  // SMSP
    Same(0x6F43),                  // SMSS
    Same(0x6F47),                  // SMSR
    Same(0x6F49),                  // SDN
    {0x6F4A, kPhonebook, 0x4F4A},  // EXT1
    Same(0x6F4B),                  // EXT2
    Same(0x6F4C),                  // EXT3
    Same(0x6F4D),                  // BDN
    {0x6F4E, kHere, 0x6F55},       // EXT4
};

constexpr bool Ascending(std::span<const Row> rows) {
  for (size_t i = 1; i < rows.size(); ++i) {
    if (rows[i - 1].fid >= rows[i].fid) {
      return false;
    }
  }
  return true;
}
static_assert(Ascending(kOfDfGsm) && Ascending(kOfDfTelecom));

bool IsDfGsm(uint16_t fid) { return fid == kDfGsm || fid == kDfDcs1800; }

/// @param telecom  the profile's DF.TELECOM, or no file in DF.GSM.
Result<File> Follow(Session& session, const Row& row, const File& telecom) {
  File at = row.directory == kPhonebook ? telecom : UsimAdf(session);
  if (row.directory != kHere) {
    at = TRY(session.files.Child(at, row.directory));
  }
  return session.files.Child(at, row.target);
}

Result<File> Mapped(Session& session, uint16_t fid, std::span<const Row> rows,
                    const File& telecom) {
  for (const Row& row : rows) {
    if (row.fid == fid) {
      return Follow(session, row, telecom);
    }
  }
  return Error::kNotFound;
}

// The USIM stands for DF.GSM where the profile has none.
bool StandsForDfGsm(Session& session, const File& mf) {
  return !session.files.Child(mf, kDfGsm).ok() && UsimAdf(session).exists();
}

Place At(const File& file) { return {.file = file}; }

Result<Place> FindInDfGsm(Session& session, uint16_t fid) {
  if (IsDfGsm(fid)) {
    return Place{.df_gsm = true};
  }
  if (IsSynthetic(fid)) {
    return Place{.synthetic = true};
  }
  const fs::Selection& at = session.channel.selection;  // `dir` is the MF
  if (fid == fs::kMfFid) {
    return At(at.dir);
  }
  const Result<File> beside = session.files.Child(at.dir, fid);
  if (beside.ok() && beside.value().type == fs::Type::kDf) {
    return At(beside.value());
  }
  return At(TRY(Mapped(session, fid, kOfDfGsm, {})));
}

struct Counting {
  fs::FileSystem& files;
  const File& directory;
  Children found;
};

bool CountOne(void* context, const store::Key& key, size_t) {
  Counting& c = *static_cast<Counting*>(context);
  if (key.object != c.directory.content || key.part < fs::kMinFid || key.part == fs::kMfFid) {
    return true;
  }
  const Result<File> child = c.files.Child(c.directory, key.part);
  if (child.ok() && child.value().ef()) {
    ++c.found.files;
  } else if (child.ok() && child.value().type == fs::Type::kDf) {
    ++c.found.directories;
  }
  return true;
}

uint8_t CountMapped(Session& session, std::span<const Row> rows, const File& telecom) {
  uint8_t count = 0;
  for (const Row& row : rows) {
    const bool own = telecom.exists() && session.files.Child(telecom, row.fid).ok();
    count = static_cast<uint8_t>(count + (!own && Follow(session, row, telecom).ok() ? 1 : 0));
  }
  return count;
}

}  // namespace

File UsimAdf(Session& session) {
  return session.files.ByAid(session.files.space(), kUsimAid).ValueOr(File{});
}

Result<Place> Find(Session& session, uint16_t fid) {
  const fs::Selection& at = session.channel.selection;
  if (at.gsm_df != 0) {
    return FindInDfGsm(session, fid);
  }
  if (fid == fs::kCurrentAdfFid) {  // applications are no affair of class A0
    return Error::kNotFound;
  }
  const Result<File> own = FindByFid(session, fid);
  if (own.ok()) {
    return At(own.value());
  }
  if (own.error() != Error::kNotFound) {
    return own.error();
  }
  const File parent = TRY(session.files.Parent(at.dir));
  const bool near_mf = at.dir.type == fs::Type::kMf || parent.type == fs::Type::kMf;
  if (IsDfGsm(fid) && near_mf) {
    if (StandsForDfGsm(session, parent)) {
      return Place{.df_gsm = true};
    }
    return At(TRY(session.files.Child(parent, kDfGsm)));
  }
  if (at.dir.fid == kDfTelecom && parent.type == fs::Type::kMf) {
    return At(TRY(Mapped(session, fid, kOfDfTelecom, at.dir)));
  }
  return Error::kNotFound;
}

void SelectPlace(Session& session, const Place& place, uint16_t fid) {
  fs::Selection& at = session.channel.selection;
  if (place.df_gsm) {
    const File adf = at.adf;
    if (const Result<File> root = session.files.Root(); root.ok()) {
      at.SetDirectory(root.value());
    }
    at.adf = adf;
    at.gsm_df = kDfGsm;
  } else if (place.file.directory()) {
    at.SetDirectory(place.file);
  } else {
    at.SetEf(place.file);  // none for a made-up one
    at.gsm_ef = fid;
  }
}

Children Count(Session& session) {
  const fs::Selection& at = session.channel.selection;
  if (at.gsm_df != 0) {
    constexpr uint8_t kSynthetic = 2;
    return {0, static_cast<uint8_t>(kSynthetic + CountMapped(session, kOfDfGsm, {}))};
  }
  Counting c{session.files, at.dir, {}};
  session.store.ForEach(session.files.space(), CountOne, &c);
  if (at.dir.type == fs::Type::kMf && StandsForDfGsm(session, at.dir)) {
    ++c.found.directories;
  }
  if (at.dir.fid == kDfTelecom) {
    c.found.files =
        static_cast<uint8_t>(c.found.files + CountMapped(session, kOfDfTelecom, at.dir));
  }
  return c.found;
}

}  // namespace simurgh::apps::gsm
