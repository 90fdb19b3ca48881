#include "firmware/rsp/names.h"

#include <iterator>
#include <span>

namespace simurgh::rsp {
namespace {

constexpr std::string_view kPes[] = {
    "header", "genericFileManagement", "pinCodes", "pukCodes", "akaParameter", "cdmaParameter",
    "securityDomain", "rfm", "application", "nonStandard", "end", "rfu1", "rfu2", "rfu3", "rfu4",
    "rfu5", "mf", "cd", "telecom", "usim", "opt-usim", "isim", "opt-isim", "phonebook",
    "gsm-access", "csim", "opt-csim", "eap", "df-5gs", "df-saip", "df-snpn", "df-5gprose", "iot",
    "opt-iot",
};
static_assert(std::size(kPes) == kPeCount);

constexpr std::string_view kServices[] = {
    "contactless", "usim", "isim", "csim", "milenage", "tuak128", "cave", "gba-usim", "gba-isim",
    "mbms", "eap", "javacard", "multos", "multiple-usim", "multiple-isim", "multiple-csim",
    "tuak256", "usim-test-algorithm", "ber-tlv", "dfLink", "cat-tp", "get-identity",
    "profile-a-x25519", "profile-b-p256", "suciCalculatorApi", "dns-resolution", "scp11ac",
    "scp11c-authorization-mechanism", "s16mode", "eaka",
};
static_assert(std::size(kServices) == kServiceCount);

constexpr std::string_view kStatuses[] = {
    "ok", "pe-not-supported", "memory-failure", "bad-values", "not-enough-memory",
    "invalid-request-format", "invalid-parameter", "runtime-not-supported", "lib-not-supported",
    "template-not-supported", "feature-not-supported", "pin-code-missing",
};

constexpr std::string_view kMf[] = {
    "mf", "ef-pl", "ef-iccid", "ef-dir", "ef-arr", "ef-umpc",
};
constexpr std::string_view kCd[] = {
    "df-cd", "ef-launchpad", "ef-icon",
};
constexpr std::string_view kTelecom[] = {
    "df-telecom", "ef-arr", "ef-rma", "ef-sume", "ef-ice-dn", "ef-ice-ff", "ef-psismsc",
    "df-graphics", "ef-img", "ef-iidf", "ef-ice-graphics", "ef-launch-scws", "ef-icon",
    "df-phonebook", "ef-pbr", "ef-ext1", "ef-aas", "ef-gas", "ef-psc", "ef-cc", "ef-puid",
    "ef-iap", "ef-adn", "ef-pbc", "ef-anr", "ef-puri", "ef-email", "ef-sne", "ef-uid", "ef-grp",
    "ef-ccp1", "df-multimedia", "ef-mml", "ef-mmdf", "df-mmss", "ef-mlpl", "ef-mspl",
    "ef-mmssmode", "df-mcs", "ef-mst", "ef-mcs-config", "df-v2x", "ef-vst", "ef-v2x-config",
    "ef-v2xp-pc5", "ef-v2xp-Uu",
};
constexpr std::string_view kUsim[] = {
    "adf-usim", "ef-imsi", "ef-arr", "ef-keys", "ef-keysPS", "ef-hpplmn", "ef-ust", "ef-fdn",
    "ef-sms", "ef-smsp", "ef-smss", "ef-spn", "ef-est", "ef-start-hfn", "ef-threshold",
    "ef-psloci", "ef-acc", "ef-fplmn", "ef-loci", "ef-ad", "ef-ecc", "ef-netpar", "ef-epsloci",
    "ef-epsnsc",
};
constexpr std::string_view kOptUsim[] = {
    "ef-li", "ef-acmax", "ef-acm", "ef-gid1", "ef-gid2", "ef-msisdn", "ef-puct", "ef-cbmi",
    "ef-cbmid", "ef-sdn", "ef-ext2", "ef-ext3", "ef-cbmir", "ef-plmnwact", "ef-oplmnwact",
    "ef-hplmnwact", "ef-dck", "ef-cnl", "ef-smsr", "ef-bdn", "ef-ext5", "ef-ccp2", "ef-ext4",
    "ef-acl", "ef-cmi", "ef-ici", "ef-oci", "ef-ict", "ef-oct", "ef-vgcs", "ef-vgcss", "ef-vbs",
    "ef-vbss", "ef-emlpp", "ef-aaem", "ef-hiddenkey", "ef-pnn", "ef-opl", "ef-mbdn", "ef-ext6",
    "ef-mbi", "ef-mwis", "ef-cfis", "ef-ext7", "ef-spdi", "ef-mmsn", "ef-ext8", "ef-mmsicp",
    "ef-mmsup", "ef-mmsucp", "ef-nia", "ef-vgcsca", "ef-vbsca", "ef-gbabp", "ef-msk", "ef-muk",
    "ef-ehplmn", "ef-gbanl", "ef-ehplmnpi", "ef-lrplmnsi", "ef-nafkca", "ef-spni", "ef-pnni",
    "ef-ncp-ip", "ef-ufc", "ef-nasconfig", "ef-uicciari", "ef-pws", "ef-fdnuri", "ef-bdnuri",
    "ef-sdnuri", "ef-ial", "ef-ips", "ef-ipd", "ef-epdgid", "ef-epdgselection", "ef-epdgidem",
    "ef-epdgselectionem", "ef-frompreferred", "ef-imsconfigdata", "ef-3gpppsdataoff",
    "ef-3gpppsdataoffservicelist", "ef-xcapconfigdata", "ef-earfcnlist", "ef-mudmidconfigdata",
    "ef-eaka",
};
constexpr std::string_view kIsim[] = {
    "adf-isim", "ef-impi", "ef-impu", "ef-domain", "ef-ist", "ef-ad", "ef-arr",
};
constexpr std::string_view kOptIsim[] = {
    "ef-pcscf", "ef-sms", "ef-smsp", "ef-smss", "ef-smsr", "ef-gbabp", "ef-gbanl", "ef-nafkca",
    "ef-uicciari", "ef-frompreferred", "ef-imsconfigdata", "ef-xcapconfigdata", "ef-webrtcuri",
    "ef-mudmidconfigdata",
};
constexpr std::string_view kPhonebook[] = {
    "df-phonebook", "ef-pbr", "ef-ext1", "ef-aas", "ef-gas", "ef-psc", "ef-cc", "ef-puid",
    "ef-iap", "ef-adn", "ef-pbc", "ef-anr", "ef-puri", "ef-email", "ef-sne", "ef-uid", "ef-grp",
    "ef-ccp1",
};
constexpr std::string_view kGsmAccess[] = {
    "df-gsm-access", "ef-kc", "ef-kcgprs", "ef-cpbcch", "ef-invscan",
};
constexpr std::string_view kCsim[] = {
    "adf-csim", "ef-arr", "ef-call-count", "ef-imsi-m", "ef-imsi-t", "ef-tmsi", "ef-ah",
    "ef-aop", "ef-aloc", "ef-cdmahome", "ef-znregi", "ef-snregi", "ef-distregi", "ef-accolc",
    "ef-term", "ef-acp", "ef-prl", "ef-ruimid", "ef-csim-st", "ef-spc", "ef-otapaspc",
    "ef-namlock", "ef-ota", "ef-sp", "ef-esn-meid-me", "ef-li", "ef-usgind", "ef-ad",
    "ef-max-prl", "ef-spcs", "ef-mecrp", "ef-home-tag", "ef-group-tag", "ef-specific-tag",
    "ef-call-prompt",
};
constexpr std::string_view kOptCsim[] = {
    "ef-ssci", "ef-fdn", "ef-sms", "ef-smsp", "ef-smss", "ef-ssfc", "ef-spn", "ef-mdn", "ef-ecc",
    "ef-me3gpdopc", "ef-3gpdopm", "ef-sipcap", "ef-mipcap", "ef-sipupp", "ef-mipupp", "ef-sipsp",
    "ef-mipsp", "ef-sippapss", "ef-puzl", "ef-maxpuzl", "ef-hrpdcap", "ef-hrpdupp", "ef-csspr",
    "ef-atc", "ef-eprl", "ef-bcsmscfg", "ef-bcsmspref", "ef-bcsmstable", "ef-bcsmsp",
    "ef-bakpara", "ef-upbakpara", "ef-mmsn", "ef-ext8", "ef-mmsicp", "ef-mmsup", "ef-mmsucp",
    "ef-auth-capability", "ef-3gcik", "ef-dck", "ef-gid1", "ef-gid2", "ef-cdmacnl",
    "ef-sf-euimid", "ef-est", "ef-hidden-key", "ef-lcsver", "ef-lcscp", "ef-sdn", "ef-ext2",
    "ef-ext3", "ef-ici", "ef-oci", "ef-ext5", "ef-ccp2", "ef-applabels", "ef-model", "ef-rc",
    "ef-smscap", "ef-mipflags", "ef-3gpduppext", "ef-ipv6cap", "ef-tcpconfig", "ef-dgc",
    "ef-wapbrowsercp", "ef-wapbrowserbm", "ef-mmsconfig", "ef-jdl",
};
constexpr std::string_view kEap[] = {
    "df-eap", "ef-eapkeys", "ef-eapstatus", "ef-puid", "ef-ps", "ef-curid", "ef-reid",
    "ef-realm",
};
constexpr std::string_view kDf5gs[] = {
    "df-df-5gs", "ef-5gs3gpploci", "ef-5gsn3gpploci", "ef-5gs3gppnsc", "ef-5gsn3gppnsc",
    "ef-5gauthkeys", "ef-uac-aic", "ef-suci-calc-info", "ef-opl5g", "ef-supinai",
    "ef-routing-indicator", "ef-ursp", "ef-tn3gppsnn", "ef-cag", "ef-sor-cmci", "ef-dri",
    "ef-5gsedrx", "ef-5gnswo-conf", "ef-mchpplmn", "ef-kausf-derivation",
};
constexpr std::string_view kDfSaip[] = {
    "df-df-saip", "ef-suci-calc-info-usim",
};
constexpr std::string_view kDfSnpn[] = {
    "df-df-snpn", "ef-pws-snpn",
};
constexpr std::string_view kDf5gprose[] = {
    "df-df-5g-prose", "ef-5g-prose-st", "ef-5g-prose-dd", "ef-5g-prose-dc", "ef-5g-prose-u2nru",
    "ef-5g-prose-ru", "ef-5g-prose-uir",
};

// From Pe::kMf on.
constexpr std::span<const std::string_view> kFiles[] = {
    kMf,  // mf
    kCd,  // cd
    kTelecom,  // telecom
    kUsim,  // usim
    kOptUsim,  // opt-usim
    kIsim,  // isim
    kOptIsim,  // opt-isim
    kPhonebook,  // phonebook
    kGsmAccess,  // gsm-access
    kCsim,  // csim
    kOptCsim,  // opt-csim
    kEap,  // eap
    kDf5gs,  // df-5gs
    kDfSaip,  // df-saip
    kDfSnpn,  // df-snpn
    kDf5gprose,  // df-5gprose
};

}  // namespace

std::string_view PeName(Pe pe) {
  const auto i = static_cast<size_t>(pe);
  return i < std::size(kPes) ? kPes[i] : "?";
}

std::string_view ServiceName(Service service) {
  const auto i = static_cast<size_t>(service);
  return i < std::size(kServices) ? kServices[i] : "?";
}

std::string_view StatusName(Status status) {
  const auto i = static_cast<size_t>(status);
  if (status == Status::kUnsupportedProfileVersion) {
    return "unsupported-profile-version";
  }
  return i < std::size(kStatuses) ? kStatuses[i] : "?";
}

std::string_view FileName(Pe pe, uint8_t row) {
  if (pe < Pe::kMf || static_cast<size_t>(pe) - 16 >= std::size(kFiles)) {
    return {};
  }
  const std::span<const std::string_view> names = kFiles[static_cast<size_t>(pe) - 16];
  return row < names.size() ? names[row] : std::string_view{};
}

}  // namespace simurgh::rsp
