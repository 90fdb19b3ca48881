// ISIM, CSIM and EAP. Columns: file, kind, mandatory or optional, rule, SFI, records, size, first
// content.
#include "firmware/rsp/templates.h"

#include "firmware/rsp/template_columns.h"

namespace simurgh::rsp {
namespace {

using namespace columns;  // NOLINT: the tables below are written in them

}  // namespace

// 2.23.143.1.2.8
const FileRow kIsimRows[7] = {
    {0x0000, A, m, 14, 0x00, 0, 0, Fill::kNone},  // adf-isim
    {0x6F02, T, m, 2, 0x02, 0, 0, Fill::kNone},  // ef-impi
    {0x6F04, L, m, 2, 0x04, 1, 0, Fill::kNone},  // ef-impu
    {0x6F03, T, m, 2, 0x05, 0, 0, Fill::kNone},  // ef-domain
    {0x6F07, T, m, 2, 0x07, 0, 14, Fill::kNone},  // ef-ist
    {0x6FAD, T, o, 10, 0x03, 0, 3, Fill::k00},  // ef-ad
    {0x6F06, L, m, 10, 0x06, 0, 0, Fill::kNone},  // ef-arr
};

// 2.23.143.1.2.9.2; version 1 is its beginning
const FileRow kOptIsimRows[14] = {
    {0x6F09, L, o, 2, 0x00, 1, 0, Fill::kNone},  // ef-pcscf
    {0x6F3C, L, o, 5, 0x00, 10, 176, Fill::k00Ff},  // ef-sms
    {0x6F42, L, o, 5, 0x00, 1, 38, Fill::kFf},  // ef-smsp
    {0x6F43, T, o, 5, 0x00, 0, 2, Fill::kFf},  // ef-smss
    {0x6F47, L, o, 5, 0x00, 10, 30, Fill::k00Ff},  // ef-smsr
    {0x6FD5, T, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-gbabp
    {0x6FD7, L, o, 2, 0x00, 0, 0, Fill::kFf},  // ef-gbanl
    {0x6FDD, L, o, 2, 0x00, 0, 0, Fill::kFf},  // ef-nafkca
    {0x6FE7, L, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-uicciari
    {0x6FF7, T, o, 2, 0x00, 0, 1, Fill::k00},  // ef-frompreferred
    {0x6FF8, B, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-imsconfigdata
    {0x6FFC, B, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-xcapconfigdata
    {0x6FFA, L, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-webrtcuri
    {0x6FFE, B, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-mudmidconfigdata
};

// CSIM: identifiers and lengths of 3GPP2 C.S0065; rules and whatever has length 0 come from the
// profile.

// 2.23.143.1.2.10 and 2.23.143.1.2.10.2
const FileRow kCsimRows[35] = {
    {0x0000, A, m, 14, 0x00, 0, 0, Fill::kNone},  // adf-csim
    {0x6F06, L, m, 10, 0x00, 0, 0, Fill::kNone},  // ef-arr
    {0x6F21, C, m, 0, 0x00, 1, 2, Fill::kNone},  // ef-call-count
    {0x6F22, T, m, 0, 0x00, 0, 10, Fill::kNone},  // ef-imsi-m
    {0x6F23, T, m, 0, 0x00, 0, 10, Fill::kNone},  // ef-imsi-t
    {0x6F24, T, m, 0, 0x00, 0, 16, Fill::kNone},  // ef-tmsi
    {0x6F25, T, m, 0, 0x00, 0, 2, Fill::kNone},  // ef-ah
    {0x6F26, T, m, 0, 0x00, 0, 1, Fill::kNone},  // ef-aop
    {0x6F27, T, m, 0, 0x00, 0, 7, Fill::kNone},  // ef-aloc
    {0x6F28, L, m, 0, 0x00, 0, 5, Fill::kNone},  // ef-cdmahome
    {0x6F29, L, m, 0, 0x00, 0, 8, Fill::kNone},  // ef-znregi
    {0x6F2A, T, m, 0, 0x00, 0, 7, Fill::kNone},  // ef-snregi
    {0x6F2B, T, m, 0, 0x00, 0, 8, Fill::kNone},  // ef-distregi
    {0x6F2C, T, m, 0, 0x00, 0, 1, Fill::kNone},  // ef-accolc
    {0x6F2D, T, m, 0, 0x00, 0, 1, Fill::kNone},  // ef-term
    {0x6F2F, T, m, 0, 0x00, 0, 7, Fill::kNone},  // ef-acp
    {0x6F30, T, m, 0, 0x00, 0, 0, Fill::kNone},  // ef-prl
    {0x6F31, T, m, 0, 0x00, 0, 8, Fill::kNone},  // ef-ruimid
    {0x6F32, T, m, 0, 0x00, 0, 0, Fill::kNone},  // ef-csim-st
    {0x6F33, T, m, 0, 0x00, 0, 3, Fill::kNone},  // ef-spc
    {0x6F34, T, m, 0, 0x00, 0, 1, Fill::kNone},  // ef-otapaspc
    {0x6F35, T, m, 0, 0x00, 0, 1, Fill::kNone},  // ef-namlock
    {0x6F36, T, m, 0, 0x00, 0, 17, Fill::kNone},  // ef-ota
    {0x6F37, T, m, 0, 0x00, 0, 1, Fill::kNone},  // ef-sp
    {0x6F38, T, m, 0, 0x00, 0, 8, Fill::kNone},  // ef-esn-meid-me
    {0x6F3A, T, m, 0, 0x00, 0, 0, Fill::kNone},  // ef-li
    {0x6F42, T, m, 0, 0x00, 0, 1, Fill::kNone},  // ef-usgind
    {0x6F43, T, m, 0, 0x00, 0, 3, Fill::kNone},  // ef-ad
    {0x6F45, T, m, 0, 0x00, 0, 4, Fill::kNone},  // ef-max-prl
    {0x6F46, T, m, 0, 0x00, 0, 1, Fill::kNone},  // ef-spcs
    {0x6F55, T, m, 0, 0x00, 0, 3, Fill::kNone},  // ef-mecrp
    {0x6F70, T, m, 0, 0x00, 0, 0, Fill::kNone},  // ef-home-tag
    {0x6F71, T, m, 0, 0x00, 0, 0, Fill::kNone},  // ef-group-tag
    {0x6F72, T, m, 0, 0x00, 0, 0, Fill::kNone},  // ef-specific-tag
    {0x6F73, T, m, 0, 0x00, 0, 0, Fill::kNone},  // ef-call-prompt
};

// 2.23.143.1.2.11 and 2.23.143.1.2.11.2
const FileRow kOptCsimRows[67] = {
    {0x6F2E, T, o, 0, 0x00, 0, 1, Fill::kNone},  // ef-ssci
    {0x6F3B, L, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-fdn
    {0x6F3C, L, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-sms
    {0x6F3D, L, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-smsp
    {0x6F3E, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-smss
    {0x6F3F, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-ssfc
    {0x6F41, T, o, 0, 0x00, 0, 35, Fill::kNone},  // ef-spn
    {0x6F44, L, o, 0, 0x00, 0, 11, Fill::kNone},  // ef-mdn
    {0x6F47, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-ecc
    {0x6F48, T, o, 0, 0x00, 0, 1, Fill::kNone},  // ef-me3gpdopc
    {0x6F49, T, o, 0, 0x00, 0, 1, Fill::kNone},  // ef-3gpdopm
    {0x6F4A, T, o, 0, 0x00, 0, 4, Fill::kNone},  // ef-sipcap
    {0x6F4B, T, o, 0, 0x00, 0, 5, Fill::kNone},  // ef-mipcap
    {0x6F4C, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-sipupp
    {0x6F4D, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-mipupp
    {0x6F4E, T, o, 0, 0x00, 0, 1, Fill::kNone},  // ef-sipsp
    {0x6F4F, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-mipsp
    {0x6F50, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-sippapss
    {0x6F53, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-puzl
    {0x6F54, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-maxpuzl
    {0x6F56, T, o, 0, 0x00, 0, 3, Fill::kNone},  // ef-hrpdcap
    {0x6F57, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-hrpdupp
    {0x6F58, T, o, 0, 0x00, 0, 1, Fill::kNone},  // ef-csspr
    {0x6F59, T, o, 0, 0x00, 0, 1, Fill::kNone},  // ef-atc
    {0x6F5A, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-eprl
    {0x6F5B, T, o, 0, 0x00, 0, 1, Fill::kNone},  // ef-bcsmscfg
    {0x6F5C, T, o, 0, 0x00, 0, 1, Fill::kNone},  // ef-bcsmspref
    {0x6F5D, L, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-bcsmstable
    {0x6F5E, L, o, 0, 0x00, 0, 2, Fill::kNone},  // ef-bcsmsp
    {0x6F63, L, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-bakpara
    {0x6F64, L, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-upbakpara
    {0x6F65, L, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-mmsn
    {0x6F66, L, o, 0, 0x00, 0, 13, Fill::kNone},  // ef-ext8
    {0x6F67, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-mmsicp
    {0x6F68, L, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-mmsup
    {0x6F69, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-mmsucp
    {0x6F6A, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-auth-capability
    {0x6F6B, T, o, 0, 0x00, 0, 32, Fill::kNone},  // ef-3gcik
    {0x6F6C, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-dck
    {0x6F6D, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-gid1
    {0x6F6E, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-gid2
    {0x6F6F, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-cdmacnl
    {0x6F74, T, o, 0, 0x00, 0, 7, Fill::kNone},  // ef-sf-euimid
    {0x6F75, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-est
    {0x6F76, T, o, 0, 0x00, 0, 4, Fill::kNone},  // ef-hidden-key
    {0x6F77, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-lcsver
    {0x6F78, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-lcscp
    {0x6F79, L, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-sdn
    {0x6F7A, L, o, 0, 0x00, 0, 13, Fill::kNone},  // ef-ext2
    {0x6F7B, L, o, 0, 0x00, 0, 13, Fill::kNone},  // ef-ext3
    {0x6F7C, C, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-ici
    {0x6F7D, C, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-oci
    {0x6F7E, L, o, 0, 0x00, 0, 13, Fill::kNone},  // ef-ext5
    {0x6F7F, L, o, 0, 0x00, 0, 15, Fill::kNone},  // ef-ccp2
    {0x6F80, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-applabels
    {0x6F81, T, o, 0, 0x00, 0, 126, Fill::kNone},  // ef-model
    {0x6F82, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-rc
    {0x6F83, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-smscap
    {0x6F84, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-mipflags
    {0x6F85, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-3gpduppext
    {0x6F87, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-ipv6cap
    {0x6F88, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-tcpconfig
    {0x6F89, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-dgc
    {0x6F8A, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-wapbrowsercp
    {0x6F8B, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-wapbrowserbm
    {0x6F8C, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-mmsconfig
    {0x6F8D, T, o, 0, 0x00, 0, 0, Fill::kNone},  // ef-jdl
};

// 2.23.143.1.2.12
const FileRow kEapRows[8] = {
    {0x0000, D, m, 14, 0x00, 0, 0, Fill::kNone},  // df-eap
    {0x4F01, T, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-eapkeys
    {0x4F02, T, m, 2, 0x00, 0, 1, Fill::k00},  // ef-eapstatus
    {0x4F03, T, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-puid
    {0x4F04, T, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-ps
    {0x4F20, T, o, 5, 0x00, 0, 0, Fill::kFf},  // ef-curid
    {0x4F21, T, o, 5, 0x00, 0, 0, Fill::kNone},  // ef-reid
    {0x4F22, T, o, 5, 0x00, 0, 0, Fill::kNone},  // ef-realm
};

}  // namespace simurgh::rsp
