// Files below ADF.USIM. Columns: file, kind, mandatory or optional, rule, SFI, records, size, first
// content.
#include "firmware/rsp/templates.h"

#include "firmware/rsp/template_columns.h"

namespace simurgh::rsp {
namespace {

using namespace columns;  // NOLINT: the tables below are written in them

}  // namespace

// 2.23.143.1.2.4
const FileRow kUsimRows[24] = {
    {0x0000, A, m, 14, 0x00, 0, 0, Fill::kNone},  // adf-usim
    {0x6F07, T, m, 2, 0x07, 0, 9, Fill::kNone},  // ef-imsi
    {0x6F06, L, m, 10, 0x17, 0, 0, Fill::kNone},  // ef-arr
    {0x6F08, T, o, 5, 0x08, 0, 33, Fill::k07Ff},  // ef-keys
    {0x6F09, T, o, 5, 0x09, 0, 33, Fill::k07Ff},  // ef-keysPS
    {0x6F31, T, o, 2, 0x12, 0, 1, Fill::k0A},  // ef-hpplmn
    {0x6F38, T, m, 2, 0x04, 0, 14, Fill::kNone},  // ef-ust
    {0x6F3B, L, o, 8, 0x00, 20, 26, Fill::kFf},  // ef-fdn
    {0x6F3C, L, o, 5, 0x00, 10, 176, Fill::k00Ff},  // ef-sms
    {0x6F42, L, o, 5, 0x00, 1, 38, Fill::kFf},  // ef-smsp
    {0x6F43, T, o, 5, 0x00, 0, 2, Fill::kFf},  // ef-smss
    {0x6F46, T, m, 10, 0x00, 0, 17, Fill::kNone},  // ef-spn
    {0x6F56, T, m, 8, 0x05, 0, 1, Fill::kNone},  // ef-est
    {0x6F5B, T, o, 5, 0x0F, 0, 6, Fill::kHfn},  // ef-start-hfn
    {0x6F5C, T, o, 2, 0x10, 0, 3, Fill::kFf},  // ef-threshold
    {0x6F73, T, o, 5, 0x0C, 0, 14, Fill::kPsLoci},  // ef-psloci
    {0x6F78, T, m, 2, 0x06, 0, 2, Fill::kNone},  // ef-acc
    {0x6F7B, T, o, 5, 0x0D, 0, 12, Fill::kFf},  // ef-fplmn
    {0x6F7E, T, o, 5, 0x0B, 0, 11, Fill::kLoci},  // ef-loci
    {0x6FAD, T, o, 10, 0x03, 0, 4, Fill::kAd},  // ef-ad
    {0x6FB7, L, m, 10, 0x01, 1, 4, Fill::kNone},  // ef-ecc
    {0x6FC4, T, o, 5, 0x00, 0, 128, Fill::kFf},  // ef-netpar
    {0x6FE3, T, o, 5, 0x1E, 0, 18, Fill::kEpsLoci},  // ef-epsloci
    {0x6FE4, L, o, 5, 0x18, 1, 80, Fill::kFf},  // ef-epsnsc
};

// 2.23.143.1.2.4.2: EF.UST is longer
const FileRow kUsimRowsV2[24] = {
    {0x0000, A, m, 14, 0x00, 0, 0, Fill::kNone},  // adf-usim
    {0x6F07, T, m, 2, 0x07, 0, 9, Fill::kNone},  // ef-imsi
    {0x6F06, L, m, 10, 0x17, 0, 0, Fill::kNone},  // ef-arr
    {0x6F08, T, o, 5, 0x08, 0, 33, Fill::k07Ff},  // ef-keys
    {0x6F09, T, o, 5, 0x09, 0, 33, Fill::k07Ff},  // ef-keysPS
    {0x6F31, T, o, 2, 0x12, 0, 1, Fill::k0A},  // ef-hpplmn
    {0x6F38, T, m, 2, 0x04, 0, 17, Fill::kNone},  // ef-ust
    {0x6F3B, L, o, 8, 0x00, 20, 26, Fill::kFf},  // ef-fdn
    {0x6F3C, L, o, 5, 0x00, 10, 176, Fill::k00Ff},  // ef-sms
    {0x6F42, L, o, 5, 0x00, 1, 38, Fill::kFf},  // ef-smsp
    {0x6F43, T, o, 5, 0x00, 0, 2, Fill::kFf},  // ef-smss
    {0x6F46, T, m, 10, 0x00, 0, 17, Fill::kNone},  // ef-spn
    {0x6F56, T, m, 8, 0x05, 0, 1, Fill::kNone},  // ef-est
    {0x6F5B, T, o, 5, 0x0F, 0, 6, Fill::kHfn},  // ef-start-hfn
    {0x6F5C, T, o, 2, 0x10, 0, 3, Fill::kFf},  // ef-threshold
    {0x6F73, T, o, 5, 0x0C, 0, 14, Fill::kPsLoci},  // ef-psloci
    {0x6F78, T, m, 2, 0x06, 0, 2, Fill::kNone},  // ef-acc
    {0x6F7B, T, o, 5, 0x0D, 0, 12, Fill::kFf},  // ef-fplmn
    {0x6F7E, T, o, 5, 0x0B, 0, 11, Fill::kLoci},  // ef-loci
    {0x6FAD, T, o, 10, 0x03, 0, 4, Fill::kAd},  // ef-ad
    {0x6FB7, L, m, 10, 0x01, 1, 4, Fill::kNone},  // ef-ecc
    {0x6FC4, T, o, 5, 0x00, 0, 128, Fill::kFf},  // ef-netpar
    {0x6FE3, T, o, 5, 0x1E, 0, 18, Fill::kEpsLoci},  // ef-epsloci
    {0x6FE4, L, o, 5, 0x18, 1, 80, Fill::kFf},  // ef-epsnsc
};

// 2.23.143.1.2.5.3; versions 1 and 2 are its beginning
const FileRow kOptUsimRows[86] = {
    {0x6F05, T, o, 1, 0x02, 0, 6, Fill::kFf},  // ef-li
    {0x6F37, T, o, 5, 0x00, 0, 3, Fill::k00},  // ef-acmax
    {0x6F39, C, o, 7, 0x00, 1, 3, Fill::k00},  // ef-acm
    {0x6F3E, T, o, 2, 0x00, 0, 8, Fill::kNone},  // ef-gid1
    {0x6F3F, T, o, 2, 0x00, 0, 8, Fill::kNone},  // ef-gid2
    {0x6F40, L, o, 2, 0x00, 1, 24, Fill::kFf},  // ef-msisdn
    {0x6F41, T, o, 5, 0x00, 0, 5, Fill::kPlmn},  // ef-puct
    {0x6F45, T, o, 5, 0x00, 0, 10, Fill::kFf},  // ef-cbmi
    {0x6F48, T, o, 2, 0x0E, 0, 10, Fill::kFf},  // ef-cbmid
    {0x6F49, L, o, 2, 0x00, 10, 24, Fill::kFf},  // ef-sdn
    {0x6F4B, L, o, 8, 0x00, 10, 13, Fill::k00Ff},  // ef-ext2
    {0x6F4C, L, o, 2, 0x00, 10, 13, Fill::k00Ff},  // ef-ext3
    {0x6F50, T, o, 5, 0x00, 0, 20, Fill::kFf},  // ef-cbmir
    {0x6F60, T, o, 5, 0x0A, 0, 40, Fill::kPlmn},  // ef-plmnwact
    {0x6F61, T, o, 2, 0x11, 0, 40, Fill::kPlmn},  // ef-oplmnwact
    {0x6F62, T, o, 2, 0x13, 0, 5, Fill::kPlmn},  // ef-hplmnwact
    {0x6F2C, T, o, 5, 0x00, 0, 16, Fill::kFf},  // ef-dck
    {0x6F32, T, o, 2, 0x00, 0, 30, Fill::kFf},  // ef-cnl
    {0x6F47, L, o, 5, 0x00, 10, 30, Fill::k00Ff},  // ef-smsr
    {0x6F4D, L, o, 8, 0x00, 10, 25, Fill::kFf},  // ef-bdn
    {0x6F4E, L, o, 5, 0x00, 10, 13, Fill::k00Ff},  // ef-ext5
    {0x6F4F, L, o, 5, 0x16, 5, 15, Fill::kFf},  // ef-ccp2
    {0x6F55, L, o, 8, 0x00, 10, 13, Fill::k00Ff},  // ef-ext4
    {0x6F57, T, o, 8, 0x00, 0, 101, Fill::k00Ff},  // ef-acl
    {0x6F58, L, o, 2, 0x00, 10, 11, Fill::kFf},  // ef-cmi
    {0x6F80, C, o, 5, 0x14, 20, 38, Fill::kIci},  // ef-ici
    {0x6F81, C, o, 5, 0x15, 20, 37, Fill::kOci},  // ef-oci
    {0x6F82, C, o, 7, 0x00, 1, 3, Fill::k00},  // ef-ict
    {0x6F83, C, o, 7, 0x00, 1, 3, Fill::k00},  // ef-oct
    {0x6FB1, T, o, 2, 0x00, 0, 20, Fill::kNone},  // ef-vgcs
    {0x6FB2, T, o, 5, 0x00, 0, 7, Fill::kNone},  // ef-vgcss
    {0x6FB3, T, o, 2, 0x00, 0, 20, Fill::kNone},  // ef-vbs
    {0x6FB4, T, o, 5, 0x00, 0, 7, Fill::kNone},  // ef-vbss
    {0x6FB5, T, o, 2, 0x00, 0, 2, Fill::kNone},  // ef-emlpp
    {0x6FB6, T, o, 5, 0x00, 0, 1, Fill::k00},  // ef-aaem
    {0x6FC3, T, o, 5, 0x00, 0, 4, Fill::kFf},  // ef-hiddenkey
    {0x6FC5, L, o, 10, 0x19, 10, 16, Fill::kNone},  // ef-pnn
    {0x6FC6, L, o, 10, 0x1A, 5, 8, Fill::kNone},  // ef-opl
    {0x6FC7, L, o, 5, 0x00, 3, 24, Fill::kNone},  // ef-mbdn
    {0x6FC8, L, o, 5, 0x00, 10, 13, Fill::k00Ff},  // ef-ext6
    {0x6FC9, L, o, 5, 0x00, 10, 5, Fill::kNone},  // ef-mbi
    {0x6FCA, L, o, 5, 0x00, 10, 6, Fill::k00},  // ef-mwis
    {0x6FCB, L, o, 5, 0x00, 10, 16, Fill::k0100Ff},  // ef-cfis
    {0x6FCC, L, o, 5, 0x00, 10, 13, Fill::k00Ff},  // ef-ext7
    {0x6FCD, T, o, 2, 0x1B, 0, 17, Fill::kNone},  // ef-spdi
    {0x6FCE, L, o, 5, 0x00, 10, 6, Fill::k000000Ff},  // ef-mmsn
    {0x6FCF, L, o, 5, 0x00, 10, 13, Fill::k00Ff},  // ef-ext8
    {0x6FD0, T, o, 2, 0x00, 0, 100, Fill::kFf},  // ef-mmsicp
    {0x6FD1, L, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-mmsup
    {0x6FD2, T, o, 5, 0x00, 0, 100, Fill::kFf},  // ef-mmsucp
    {0x6FD3, L, o, 2, 0x00, 5, 11, Fill::kFf},  // ef-nia
    {0x6FD4, T, o, 2, 0x00, 0, 0, Fill::k00},  // ef-vgcsca
    {0x6FD5, T, o, 2, 0x00, 0, 0, Fill::k00},  // ef-vbsca
    {0x6FD6, T, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-gbabp
    {0x6FD7, L, o, 2, 0x00, 0, 0, Fill::kFf},  // ef-msk
    {0x6FD8, L, o, 2, 0x00, 0, 0, Fill::kFf},  // ef-muk
    {0x6FD9, T, o, 2, 0x1D, 0, 15, Fill::kFf},  // ef-ehplmn
    {0x6FDA, L, o, 2, 0x00, 0, 0, Fill::kFf},  // ef-gbanl
    {0x6FDB, T, o, 2, 0x00, 0, 1, Fill::k00},  // ef-ehplmnpi
    {0x6FDC, T, o, 2, 0x00, 0, 1, Fill::k00},  // ef-lrplmnsi
    {0x6FDD, L, o, 2, 0x00, 0, 0, Fill::kFf},  // ef-nafkca
    {0x6FDE, T, o, 10, 0x00, 0, 0, Fill::k00Ff},  // ef-spni
    {0x6FDF, L, o, 10, 0x00, 0, 0, Fill::k00Ff},  // ef-pnni
    {0x6FE2, L, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-ncp-ip
    {0x6FE6, T, o, 10, 0x00, 0, 30, Fill::kUfc},  // ef-ufc
    {0x6FE8, T, o, 2, 0x00, 0, 18, Fill::kNone},  // ef-nasconfig
    {0x6FE7, L, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-uicciari
    {0x6FEC, T, o, 10, 0x00, 0, 0, Fill::kNone},  // ef-pws
    {0x6FED, L, o, 8, 0x00, 0, 0, Fill::kFf},  // ef-fdnuri
    {0x6FEE, L, o, 8, 0x00, 0, 0, Fill::kFf},  // ef-bdnuri
    {0x6FEF, L, o, 2, 0x00, 0, 0, Fill::kFf},  // ef-sdnuri
    {0x6FF0, L, o, 3, 0x00, 0, 0, Fill::kFf},  // ef-ial
    {0x6FF1, C, o, 10, 0x00, 0, 4, Fill::kFf},  // ef-ips
    {0x6FF2, L, o, 3, 0x00, 0, 0, Fill::kFf},  // ef-ipd
    {0x6FF3, T, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-epdgid
    {0x6FF4, T, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-epdgselection
    {0x6FF5, T, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-epdgidem
    {0x6FF6, T, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-epdgselectionem
    {0x6FF7, T, o, 2, 0x00, 0, 1, Fill::k00},  // ef-frompreferred
    {0x6FF8, B, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-imsconfigdata
    {0x6FF9, T, o, 2, 0x00, 0, 4, Fill::kNone},  // ef-3gpppsdataoff
    {0x6FFA, L, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-3gpppsdataoffservicelist
    {0x6FFC, B, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-xcapconfigdata
    {0x6FFD, T, o, 10, 0x00, 0, 0, Fill::kNone},  // ef-earfcnlist
    {0x6FFE, B, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-mudmidconfigdata
    {0x6F01, T, o, 3, 0x00, 0, 1, Fill::kNone},  // ef-eaka
};

// 2.23.143.1.2.6
const FileRow kPhonebookRows[18] = {
    {0x5F3A, D, m, 14, 0x00, 0, 0, Fill::kNone},  // df-phonebook
    {0x4F30, L, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-pbr
    {0x4F38, L, o, 5, 0x00, 0, 13, Fill::k00Ff},  // ef-ext1
    {0x4F40, L, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-aas
    {0x4F48, L, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-gas
    {0x4F22, T, o, 5, 0x00, 0, 4, Fill::k00},  // ef-psc
    {0x4F23, T, o, 5, 0x00, 0, 2, Fill::k00},  // ef-cc
    {0x4F24, T, o, 5, 0x00, 0, 2, Fill::k00},  // ef-puid
    {0x4F50, L, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-iap
    {0x4F58, L, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-adn
    {0x4F60, L, o, 5, 0x00, 0, 2, Fill::k00},  // ef-pbc
    {0x4F68, L, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-anr
    {0x4F70, L, o, 5, 0x00, 0, 0, Fill::kNone},  // ef-puri
    {0x4F78, L, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-email
    {0x4F80, L, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-sne
    {0x4F88, L, o, 5, 0x00, 0, 2, Fill::k00},  // ef-uid
    {0x4F90, L, o, 5, 0x00, 0, 0, Fill::k00},  // ef-grp
    {0x4F98, L, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-ccp1
};

// 2.23.143.1.2.7
const FileRow kGsmAccessRows[5] = {
    {0x5F3B, D, m, 14, 0x00, 0, 0, Fill::kNone},  // df-gsm-access
    {0x4F20, T, o, 5, 0x01, 0, 9, Fill::kKc},  // ef-kc
    {0x4F52, T, o, 5, 0x02, 0, 9, Fill::kKc},  // ef-kcgprs
    {0x4F63, T, o, 5, 0x00, 0, 10, Fill::kFf},  // ef-cpbcch
    {0x4F64, T, o, 2, 0x00, 0, 1, Fill::k00},  // ef-invscan
};

// 2.23.143.1.2.13.2; version 1 is its beginning
const FileRow k5gsRows[13] = {
    {0x6FC0, D, m, 14, 0x00, 0, 0, Fill::kNone},  // df-df-5gs
    {0x4F01, T, o, 5, 0x01, 0, 20, Fill::k5gsLoci},  // ef-5gs3gpploci
    {0x4F02, T, o, 5, 0x02, 0, 20, Fill::k5gsLoci},  // ef-5gsn3gpploci
    {0x4F03, L, o, 5, 0x03, 1, 57, Fill::kFf},  // ef-5gs3gppnsc
    {0x4F04, L, o, 5, 0x04, 1, 57, Fill::kFf},  // ef-5gsn3gppnsc
    {0x4F05, T, o, 5, 0x05, 0, 110, Fill::kNone},  // ef-5gauthkeys
    {0x4F06, T, o, 2, 0x06, 0, 4, Fill::kNone},  // ef-uac-aic
    {0x4F07, T, o, 2, 0x07, 0, 0, Fill::kFf},  // ef-suci-calc-info
    {0x4F08, L, o, 10, 0x08, 0, 10, Fill::kFf},  // ef-opl5g
    {0x4F09, T, o, 2, 0x09, 0, 0, Fill::kNone},  // ef-supinai
    {0x4F0A, T, o, 2, 0x0A, 0, 4, Fill::kF0Ff},  // ef-routing-indicator
    {0x4F0B, B, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-ursp
    {0x4F0C, T, o, 2, 0x0C, 0, 1, Fill::k00},  // ef-tn3gppsnn
};

// 2.23.143.1.2.13.3: two records of 62 in the NAS contexts
const FileRow k5gsRowsV3[13] = {
    {0x6FC0, D, m, 14, 0x00, 0, 0, Fill::kNone},  // df-df-5gs
    {0x4F01, T, o, 5, 0x01, 0, 20, Fill::k5gsLoci},  // ef-5gs3gpploci
    {0x4F02, T, o, 5, 0x02, 0, 20, Fill::k5gsLoci},  // ef-5gsn3gpploci
    {0x4F03, L, o, 5, 0x03, 2, 62, Fill::kFf},  // ef-5gs3gppnsc
    {0x4F04, L, o, 5, 0x04, 2, 62, Fill::kFf},  // ef-5gsn3gppnsc
    {0x4F05, T, o, 5, 0x05, 0, 110, Fill::kNone},  // ef-5gauthkeys
    {0x4F06, T, o, 2, 0x06, 0, 4, Fill::kNone},  // ef-uac-aic
    {0x4F07, T, o, 2, 0x07, 0, 0, Fill::kFf},  // ef-suci-calc-info
    {0x4F08, L, o, 10, 0x08, 0, 10, Fill::kFf},  // ef-opl5g
    {0x4F09, T, o, 2, 0x09, 0, 0, Fill::kNone},  // ef-supinai
    {0x4F0A, T, o, 2, 0x0A, 0, 4, Fill::kF0Ff},  // ef-routing-indicator
    {0x4F0B, B, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-ursp
    {0x4F0C, T, o, 2, 0x0C, 0, 1, Fill::k00},  // ef-tn3gppsnn
};

// 2.23.143.1.2.13.4
const FileRow k5gsRowsV4[20] = {
    {0x6FC0, D, m, 14, 0x00, 0, 0, Fill::kNone},  // df-df-5gs
    {0x4F01, T, o, 5, 0x01, 0, 20, Fill::k5gsLoci},  // ef-5gs3gpploci
    {0x4F02, T, o, 5, 0x02, 0, 20, Fill::k5gsLoci},  // ef-5gsn3gpploci
    {0x4F03, L, o, 5, 0x03, 2, 62, Fill::kFf},  // ef-5gs3gppnsc
    {0x4F04, L, o, 5, 0x04, 2, 62, Fill::kFf},  // ef-5gsn3gppnsc
    {0x4F05, T, o, 5, 0x05, 0, 110, Fill::kNone},  // ef-5gauthkeys
    {0x4F06, T, o, 2, 0x06, 0, 4, Fill::kNone},  // ef-uac-aic
    {0x4F07, T, o, 2, 0x07, 0, 0, Fill::kFf},  // ef-suci-calc-info
    {0x4F08, L, o, 10, 0x08, 0, 10, Fill::kFf},  // ef-opl5g
    {0x4F09, T, o, 2, 0x09, 0, 0, Fill::kNone},  // ef-supinai
    {0x4F0A, T, o, 2, 0x0A, 0, 4, Fill::kRouting4},  // ef-routing-indicator
    {0x4F0B, B, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-ursp
    {0x4F0C, T, o, 2, 0x0C, 0, 1, Fill::k00},  // ef-tn3gppsnn
    {0x4F0D, T, o, 2, 0x0D, 0, 2, Fill::kNone},  // ef-cag
    {0x4F0E, T, o, 2, 0x0E, 0, 0, Fill::kNone},  // ef-sor-cmci
    {0x4F0F, T, o, 2, 0x0F, 0, 7, Fill::kNone},  // ef-dri
    {0x4F10, T, o, 2, 0x10, 0, 2, Fill::kNone},  // ef-5gsedrx
    {0x4F11, T, o, 2, 0x11, 0, 1, Fill::kNone},  // ef-5gnswo-conf
    {0x4F15, T, o, 2, 0x15, 0, 1, Fill::kNone},  // ef-mchpplmn
    {0x4F16, T, o, 2, 0x16, 0, 1, Fill::kNone},  // ef-kausf-derivation
};

// 2.23.143.1.2.14
const FileRow kSaipRows[2] = {
    {0x6FD0, D, m, 14, 0x00, 0, 0, Fill::kNone},  // df-df-saip
    {0x4F01, T, o, 3, 0x00, 0, 0, Fill::kFf},  // ef-suci-calc-info-usim
};

// 2.23.143.1.2.15
const FileRow kSnpnRows[2] = {
    {0x5FE0, D, m, 14, 0x00, 0, 0, Fill::kNone},  // df-df-snpn
    {0x4F01, T, o, 10, 0x00, 0, 1, Fill::kNone},  // ef-pws-snpn
};

// 2.23.143.1.2.16
const FileRow k5gProseRows[7] = {
    {0x5FF0, D, m, 14, 0x00, 0, 0, Fill::kNone},  // df-df-5g-prose
    {0x4F01, T, o, 2, 0x01, 0, 1, Fill::kNone},  // ef-5g-prose-st
    {0x4F02, T, o, 2, 0x02, 0, 26, Fill::kNone},  // ef-5g-prose-dd
    {0x4F03, T, o, 2, 0x03, 0, 12, Fill::kNone},  // ef-5g-prose-dc
    {0x4F04, T, o, 2, 0x04, 0, 32, Fill::kNone},  // ef-5g-prose-u2nru
    {0x4F05, T, o, 2, 0x05, 0, 29, Fill::kNone},  // ef-5g-prose-ru
    {0x4F06, T, o, 2, 0x06, 0, 32, Fill::kNone},  // ef-5g-prose-uir
};

}  // namespace simurgh::rsp
