#include "offcard/trace/file_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "firmware/rsp/names.h"
#include "firmware/rsp/templates.h"
#include "offcard/common/hex.h"

namespace simurgh::offcard::trace {
namespace {

using rsp::Pe;

struct Extra {
  const char* directory;
  uint16_t fid;
  const char* name;
  uint8_t sfi = 0;
};

// What the templates of profile packages leave out. Directories before their files.
constexpr Extra kExtra[] = {
    // TS 51.011 10.3: DF.GSM.
    {"MF", 0x7F20, "DF.GSM"},
    {"MF/DF.GSM", 0x6F05, "EF.LP"}, {"MF/DF.GSM", 0x6F07, "EF.IMSI"},
    {"MF/DF.GSM", 0x6F20, "EF.Kc"}, {"MF/DF.GSM", 0x6F2C, "EF.DCK"},
    {"MF/DF.GSM", 0x6F30, "EF.PLMNsel"}, {"MF/DF.GSM", 0x6F31, "EF.HPPLMN"},
    {"MF/DF.GSM", 0x6F32, "EF.CNL"}, {"MF/DF.GSM", 0x6F37, "EF.ACMmax"},
    {"MF/DF.GSM", 0x6F38, "EF.SST"}, {"MF/DF.GSM", 0x6F39, "EF.ACM"},
    {"MF/DF.GSM", 0x6F3E, "EF.GID1"}, {"MF/DF.GSM", 0x6F3F, "EF.GID2"},
    {"MF/DF.GSM", 0x6F41, "EF.PUCT"}, {"MF/DF.GSM", 0x6F45, "EF.CBMI"},
    {"MF/DF.GSM", 0x6F46, "EF.SPN"}, {"MF/DF.GSM", 0x6F48, "EF.CBMID"},
    {"MF/DF.GSM", 0x6F50, "EF.CBMIR"}, {"MF/DF.GSM", 0x6F51, "EF.NIA"},
    {"MF/DF.GSM", 0x6F52, "EF.KcGPRS"}, {"MF/DF.GSM", 0x6F53, "EF.LOCIGPRS"},
    {"MF/DF.GSM", 0x6F54, "EF.SUME"}, {"MF/DF.GSM", 0x6F60, "EF.PLMNwAcT"},
    {"MF/DF.GSM", 0x6F61, "EF.OPLMNwAcT"}, {"MF/DF.GSM", 0x6F62, "EF.HPLMNwAcT"},
    {"MF/DF.GSM", 0x6F63, "EF.CPBCCH"}, {"MF/DF.GSM", 0x6F64, "EF.InvScan"},
    {"MF/DF.GSM", 0x6F74, "EF.BCCH"}, {"MF/DF.GSM", 0x6F78, "EF.ACC"},
    {"MF/DF.GSM", 0x6F7B, "EF.FPLMN"}, {"MF/DF.GSM", 0x6F7E, "EF.LOCI"},
    {"MF/DF.GSM", 0x6FAD, "EF.AD"}, {"MF/DF.GSM", 0x6FAE, "EF.Phase"},
    {"MF/DF.GSM", 0x6FB1, "EF.VGCS"}, {"MF/DF.GSM", 0x6FB2, "EF.VGCSS"},
    {"MF/DF.GSM", 0x6FB3, "EF.VBS"}, {"MF/DF.GSM", 0x6FB4, "EF.VBSS"},
    {"MF/DF.GSM", 0x6FB5, "EF.eMLPP"}, {"MF/DF.GSM", 0x6FB6, "EF.AAeM"},
    {"MF/DF.GSM", 0x6FB7, "EF.ECC"}, {"MF/DF.GSM", 0x6FC5, "EF.PNN"},
    {"MF/DF.GSM", 0x6FC6, "EF.OPL"}, {"MF/DF.GSM", 0x6FC7, "EF.MBDN"},
    {"MF/DF.GSM", 0x6FC9, "EF.MBI"}, {"MF/DF.GSM", 0x6FCA, "EF.MWIS"},
    {"MF/DF.GSM", 0x6FCD, "EF.SPDI"},
    // TS 51.011 10.5: DF.TELECOM.
    {"MF/DF.TELECOM", 0x6F3A, "EF.ADN"}, {"MF/DF.TELECOM", 0x6F3B, "EF.FDN"},
    {"MF/DF.TELECOM", 0x6F3C, "EF.SMS"}, {"MF/DF.TELECOM", 0x6F3D, "EF.CCP"},
    {"MF/DF.TELECOM", 0x6F40, "EF.MSISDN"}, {"MF/DF.TELECOM", 0x6F42, "EF.SMSP"},
    {"MF/DF.TELECOM", 0x6F43, "EF.SMSS"}, {"MF/DF.TELECOM", 0x6F44, "EF.LND"},
    {"MF/DF.TELECOM", 0x6F47, "EF.SMSR"}, {"MF/DF.TELECOM", 0x6F49, "EF.SDN"},
    {"MF/DF.TELECOM", 0x6F4A, "EF.EXT1"}, {"MF/DF.TELECOM", 0x6F4B, "EF.EXT2"},
    {"MF/DF.TELECOM", 0x6F4C, "EF.EXT3"}, {"MF/DF.TELECOM", 0x6F4D, "EF.BDN"},
    {"MF/DF.TELECOM", 0x6F4E, "EF.EXT4"}, {"MF/DF.TELECOM", 0x6F4F, "EF.ECCP"},
    {"MF/DF.TELECOM", 0x6F58, "EF.CMI"},
    // TS 31.102 4.2 and 4.4: directories that templates do not know, and the FIDs of those they do.
    {"ADF.USIM", 0x5FC0, "DF.5GS"}, {"ADF.USIM", 0x5FD0, "DF.SAIP"},
    {"ADF.USIM", 0x5F3C, "DF.MExE"}, {"ADF.USIM", 0x5F40, "DF.WLAN"},
    {"ADF.USIM", 0x5F50, "DF.HNB"}, {"ADF.USIM", 0x5F70, "DF.SoLSA"},
    {"ADF.USIM", 0x5F90, "DF.ProSe"}, {"ADF.USIM", 0x5FA0, "DF.ACDC"},
    {"ADF.USIM", 0x5FB0, "DF.TV"},
    {"ADF.USIM/DF.MExE", 0x4F40, "EF.MExE-ST"}, {"ADF.USIM/DF.MExE", 0x4F41, "EF.ORPK"},
    {"ADF.USIM/DF.MExE", 0x4F42, "EF.ARPK"}, {"ADF.USIM/DF.MExE", 0x4F43, "EF.TPRPK"},
    {"ADF.USIM/DF.HNB", 0x4F81, "EF.ACSGL"}, {"ADF.USIM/DF.HNB", 0x4F82, "EF.CSGT"},
    {"ADF.USIM/DF.HNB", 0x4F83, "EF.HNBN"}, {"ADF.USIM/DF.HNB", 0x4F84, "EF.OCSGL"},
    {"ADF.USIM/DF.HNB", 0x4F85, "EF.OCSGT"}, {"ADF.USIM/DF.HNB", 0x4F86, "EF.OHNBN"},
    {"ADF.USIM/DF.SoLSA", 0x4F30, "EF.SAI"}, {"ADF.USIM/DF.SoLSA", 0x4F31, "EF.SLL"},
};

// Spellings of the standards where they are not the module's in capitals.
const std::map<std::string, std::string, std::less<>> kSpelling = {
    {"keys", "Keys"}, {"keysPS", "KeysPS"}, {"kc", "Kc"}, {"kcgprs", "KcGPRS"},
    {"plmnwact", "PLMNwAcT"}, {"oplmnwact", "OPLMNwAcT"}, {"hplmnwact", "HPLMNwAcT"},
    {"acmax", "ACMmax"}, {"hiddenkey", "HiddenKey"}, {"invscan", "InvScan"},
    {"suci-calc-info", "SUCI-Calc-Info"}, {"suci-calc-info-usim", "SUCI-Calc-Info-USIM"},
    {"routing-indicator", "Routing-Indicator"}, {"5gauthkeys", "5GAuthKeys"},
    {"epdgid", "ePDGId"}, {"epdgselection", "ePDGSelection"}, {"epdgidem", "ePDGIdEm"},
    {"epdgselectionem", "ePDGSelectionEm"}, {"frompreferred", "FromPreferred"},
    {"imsconfigdata", "IMSConfigData"}, {"xcapconfigdata", "XCAPConfigData"},
    {"earfcnlist", "EARFCNList"}, {"mudmidconfigdata", "MuDMiDConfigData"},
    {"nasconfig", "NASCONFIG"}, {"webrtcuri", "WebRTCURI"}, {"emlpp", "eMLPP"}, {"aaem", "AAeM"},
    {"df-5gs", "5GS"}, {"df-saip", "SAIP"}, {"df-snpn", "SNPN"}, {"df-5g-prose", "5G-ProSe"},
};

// Files whose content is key material: TS 31.102 4.2.3 ff. (CK, IK, Kc, K_ASME, K_AUSF), control
// keys of personalization (TS 22.022), 3GPP2 C.S0065 (SPC, SSD, keys of packet data).
constexpr const char* kSecret[] = {
    "EF.Keys", "EF.KeysPS", "EF.Kc", "EF.KcGPRS", "EF.EPSNSC", "EF.5GS3GPPNSC", "EF.5GSN3GPPNSC",
    "EF.5GAuthKeys", "EF.DCK", "EF.HiddenKey", "EF.EAPKEYS", "EF.3GCIK", "EF.SPC", "EF.HIDDEN-KEY",
    "EF.SIPSP", "EF.MIPSP", "EF.SIPPAPSS", "EF.BAKPARA", "EF.UPBAKPARA", "EF.EAKA",
};

bool IsSecret(const std::string& name) {
  return std::any_of(std::begin(kSecret), std::end(kSecret), [&](const char* s) { return name == s; });
}

/// "ef-start-hfn" -> "EF.START-HFN".
std::string Spell(std::string_view module) {
  const size_t dash = module.find('-');
  std::string kind(module.substr(0, dash));
  std::string rest(module.substr(dash == std::string_view::npos ? module.size() : dash + 1));
  const auto upper = [](std::string& s) {
    std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return std::toupper(c); });
  };
  upper(kind);
  const auto it = kSpelling.find(rest);
  if (it != kSpelling.end()) { return kind + "." + it->second; }
  upper(rest);
  return rest.empty() ? kind : kind + "." + rest;
}

/// Where the files of a template without an application directory of its own belong.
std::string BaseOf(const rsp::Template& t) {
  if (t.base == rsp::Base::kMf) { return "MF"; }
  if (t.pe == Pe::kOptIsim) { return "ADF.ISIM"; }
  if (t.pe == Pe::kOptCsim) { return "ADF.CSIM"; }
  return "ADF.USIM";
}

class Builder {
 public:
  std::vector<KnownFile> Build() {
    for (const rsp::Template& t : rsp::Templates()) { AddTemplate(t); }
    for (const Extra& e : kExtra) {
      Add({e.directory, e.fid, e.name, e.sfi, LooksLikeDirectory(e.fid), IsSecret(e.name)});
    }
    return std::move(files_);
  }

 private:
  void Add(KnownFile file) {
    for (KnownFile& f : files_) {
      if (f.directory == file.directory && f.fid == file.fid) {
        f.sfi = f.sfi == 0 ? file.sfi : f.sfi;
        return;
      }
    }
    files_.push_back(std::move(file));
  }

  void AddTemplate(const rsp::Template& t) {
    const std::string base = BaseOf(t);
    std::string first;
    std::string directory = base;
    for (size_t i = 0; i < t.rows.size(); ++i) {
      const rsp::FileRow& row = t.rows[i];
      const std::string_view module = rsp::FileName(t.pe, static_cast<uint8_t>(i));
      if (module.empty()) { continue; }
      const std::string name = Spell(module);
      if (row.kind == rsp::FileKind::kMf || row.kind == rsp::FileKind::kAdf) {
        first = directory = name;
        continue;
      }
      if (row.kind == rsp::FileKind::kDf) {
        const std::string& above = first.empty() ? base : first;
        if (row.fid != 0) { Add({above, row.fid, name, 0, true, false}); }
        directory = above + "/" + name;
        if (i == 0) { first = directory; }
        continue;
      }
      if (row.fid != 0) { Add({directory, row.fid, name, row.sfi, false, IsSecret(name)}); }
    }
  }

  std::vector<KnownFile> files_;
};

struct AppRow {
  const char* aid;  ///< the beginning that decides
  const char* name;
  bool has_files;
};

// ETSI TS 101 220 annex E, SGP.02 2.2.3, GlobalPlatform H.1.2, docs/formats/personalization.md.
// A longer beginning before a shorter one.
constexpr AppRow kApps[] = {
    {"A0000000871002", "ADF.USIM", true},
    {"A0000000871004", "ADF.ISIM", true},
    {"A0000003431002", "ADF.CSIM", true},
    {"A0000005591010FFFFFFFF8900000100", "ISD-R", false},
    {"A0000005591010FFFFFFFF8900000200", "ECASD", false},
    {"A0000005591010FFFFFFFF89000010", "ISD-P", false},
    {"A000000151000000", "ISD", false},
    {"A00000015141434C00", "ARA-M", false},
    {"F053494D555247485041", "CPA", false},
};

}  // namespace

const std::vector<KnownFile>& KnownFiles() {
  static const std::vector<KnownFile> files = Builder().Build();
  return files;
}

const KnownFile* FindFile(std::string_view directory, uint16_t fid) {
  for (const KnownFile& f : KnownFiles()) {
    if (f.fid == fid && f.directory == directory) { return &f; }
  }
  return nullptr;
}

const KnownFile* FindBySfi(std::string_view directory, uint8_t sfi) {
  for (const KnownFile& f : KnownFiles()) {
    if (sfi != 0 && f.sfi == sfi && f.directory == directory) { return &f; }
  }
  return nullptr;
}

bool LooksLikeDirectory(uint16_t fid) {
  const uint8_t first = static_cast<uint8_t>(fid >> 8);
  return first == 0x3F || first == 0x5F || first == 0x7F;
}

std::string NameOf(std::string_view directory, uint16_t fid) {
  if (fid == kMfFid) { return "MF"; }
  if (const KnownFile* known = FindFile(directory, fid)) { return known->name; }
  const std::string plain = fmt::format("{} {:04X}", LooksLikeDirectory(fid) ? "DF" : "EF", fid);
  std::string name;
  for (const KnownFile& f : KnownFiles()) {
    if (f.fid != fid) { continue; }
    if (!name.empty() && name != f.name) { return plain; }
    name = f.name;
  }
  return name.empty() ? plain : name;
}

std::optional<KnownApp> FindApp(ConstBytes aid) {
  const std::string text = ToHex(aid);
  for (const AppRow& row : kApps) {
    const std::string_view whole = row.aid;
    if (text.starts_with(whole) || (aid.size() >= 7 && whole.starts_with(text))) {
      return KnownApp{row.name, row.has_files};
    }
  }
  return std::nullopt;
}

}  // namespace simurgh::offcard::trace
