// Files below the MF, the default contents and the list of templates. Columns: file, kind,
// mandatory or optional, rule, SFI, records, size, first content.
#include "firmware/rsp/templates.h"

#include <iterator>

#include "firmware/rsp/template_columns.h"

namespace simurgh::rsp {
namespace {

using namespace columns;  // NOLINT: the tables below are written in them

// 2.23.143.1.2.1
constexpr FileRow kMfRows[] = {
    {0x3F00, M, m, 14, 0x00, 0, 0, Fill::kNone},  // mf
    {0x2F05, T, o, 1, 0x05, 0, 2, Fill::kFf},  // ef-pl
    {0x2FE2, T, m, 11, 0x00, 0, 10, Fill::kNone},  // ef-iccid
    {0x2F00, L, m, 10, 0x1E, 0, 0, Fill::kNone},  // ef-dir
    {0x2F06, L, m, 10, 0x00, 0, 0, Fill::kNone},  // ef-arr
    {0x2F08, T, o, 10, 0x08, 0, 5, Fill::kNone},  // ef-umpc
};

// 2.23.143.1.2.2
constexpr FileRow kCdRows[] = {
    {0x7F11, D, m, 14, 0x00, 0, 0, Fill::kNone},  // df-cd
    {0x6F01, T, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-launchpad
    {0x6F40, T, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-icon
};

// 2.23.143.1.2.3.2; version 1 is its beginning
constexpr FileRow kTelecomRows[] = {
    {0x7F10, D, m, 14, 0x00, 0, 0, Fill::kNone},  // df-telecom
    {0x6F06, L, o, 10, 0x00, 0, 0, Fill::kNone},  // ef-arr
    {0x6F53, L, o, 3, 0x00, 0, 0, Fill::kNone},  // ef-rma
    {0x6F54, T, o, 3, 0x00, 0, 22, Fill::kNone},  // ef-sume
    {0x6FE0, L, o, 9, 0x00, 50, 24, Fill::kFf},  // ef-ice-dn
    {0x6FE1, L, o, 9, 0x00, 0, 0, Fill::kFf},  // ef-ice-ff
    {0x6FE5, L, o, 5, 0x00, 0, 0, Fill::kNone},  // ef-psismsc
    {0x5F50, D, o, 14, 0x00, 0, 0, Fill::kNone},  // df-graphics
    {0x4F20, L, o, 2, 0x00, 0, 0, Fill::k00Ff},  // ef-img
    {0x4F40, T, o, 2, 0x00, 0, 0, Fill::kFf},  // ef-iidf
    {0x4F21, B, o, 9, 0x00, 0, 0, Fill::kNone},  // ef-ice-graphics
    {0x4F01, T, o, 10, 0x00, 0, 0, Fill::kNone},  // ef-launch-scws
    {0x4F80, T, o, 10, 0x00, 0, 0, Fill::kNone},  // ef-icon
    {0x5F3A, D, o, 14, 0x00, 0, 0, Fill::kNone},  // df-phonebook
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
    {0x5F3B, D, o, 14, 0x00, 0, 0, Fill::kNone},  // df-multimedia
    {0x4F47, B, o, 5, 0x00, 0, 0, Fill::kNone},  // ef-mml
    {0x4F48, B, o, 5, 0x00, 0, 0, Fill::kNone},  // ef-mmdf
    {0x5F3C, D, o, 14, 0x00, 0, 0, Fill::kNone},  // df-mmss
    {0x4F20, T, o, 2, 0x01, 0, 0, Fill::kNone},  // ef-mlpl
    {0x4F21, T, o, 2, 0x02, 0, 0, Fill::kNone},  // ef-mspl
    {0x4F22, T, o, 2, 0x03, 0, 1, Fill::kNone},  // ef-mmssmode
    {0x5F3D, D, o, 14, 0x00, 0, 0, Fill::kNone},  // df-mcs
    {0x4F01, T, o, 2, 0x01, 0, 0, Fill::kNone},  // ef-mst
    {0x4F02, B, o, 2, 0x02, 0, 0, Fill::kNone},  // ef-mcs-config
    {0x5F3E, D, o, 14, 0x00, 0, 0, Fill::kNone},  // df-v2x
    {0x4F01, T, o, 2, 0x01, 0, 0, Fill::kNone},  // ef-vst
    {0x4F02, B, o, 2, 0x02, 0, 0, Fill::kNone},  // ef-v2x-config
    {0x4F03, T, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-v2xp-pc5
    {0x4F04, T, o, 2, 0x00, 0, 0, Fill::kNone},  // ef-v2xp-Uu
};

// Content octets after 2.23.143.1.2 (67 81 0F 01 02).
constexpr uint8_t kArc[] = {0x67, 0x81, 0x0F, 0x01, 0x02};

constexpr uint8_t kBytes[] = {
    0xFF,                                                        // 0
    0x00, 0xFF,                                                  // 1
    0x07, 0xFF,                                                  // 3
    0x0A,                                                        // 5
    0xF0, 0x00, 0x00, 0xF0, 0x00, 0x00,                          // 6: two START values
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,  // 12: EF.PSLOCI from here
    0x00, 0x00, 0xFF, 0x01,                                      // 22: EF.LOCI is 15..25
    0x00, 0x00, 0x00, 0x02,                                      // 26
    0xFF, 0x00, 0x00, 0x01,                                      // 30: EPS and 5GS location
    0xFF, 0xFF, 0xFF, 0x00, 0x00,                                // 34: PLMN and technology
    0xFF, 0x00, 0x00, 0x00, 0x00, 0x01, 0xFF, 0xFF,              // 39: call information
    0x01, 0x00, 0xFF,                                            // 47
    0x00, 0x00, 0x00, 0xFF,                                      // 50
    0xFF, 0x07,                                                  // 54
    0xFF, 0x00, 0x00, 0x00, 0x01,                                // 56
    0xF0, 0xFF, 0x00, 0x00,                                      // 61
    0x80, 0x1E, 0x60, 0xC0, 0x1E, 0x90, 0x00, 0x80, 0x04, 0x00,  // 65: EF.UFC
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xF0, 0x00, 0x00,  //
    0x00, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80,  //
};

struct FillRow {
  uint8_t at, length, tail;
  bool repeat;
};
constexpr FillRow kFills[] = {
    {0, 0, 0, false},   // kNone
    {0, 1, 0, false},   // kFf
    {1, 1, 0, false},   // k00
    {1, 2, 0, false},   // k00Ff
    {3, 2, 0, false},   // k07Ff
    {5, 1, 0, false},   // k0A
    {6, 6, 0, false},   // kHfn
    {12, 14, 0, false}, // kPsLoci
    {15, 11, 0, false}, // kLoci
    {26, 4, 0, false},  // kAd
    {30, 4, 3, false},  // kEpsLoci
    {34, 5, 0, true},   // kPlmn
    {39, 8, 7, false},  // kIci
    {56, 0, 0, false},  // kOci, below
    {47, 3, 0, false},  // k0100Ff
    {50, 4, 0, false},  // k000000Ff
    {65, 30, 0, false}, // kUfc
    {54, 2, 1, false},  // kKc
    {56, 5, 4, false},  // k5gsLoci
    {61, 2, 0, false},  // kF0Ff
    {61, 4, 0, false},  // kRouting4
};
static_assert(std::size(kFills) == static_cast<size_t>(Fill::kRouting4) + 1);
// EF.OCI: six bytes at the end where EF.ICI has seven.
constexpr uint8_t kOciBytes[] = {0xFF, 0x00, 0x00, 0x00, 0x01, 0xFF, 0xFF};

constexpr Template kTemplates[] = {
    {1, 1, Pe::kMf, Base::kMf, true, kMfRows},
    {2, 1, Pe::kCd, Base::kMf, false, kCdRows},
    {3, 1, Pe::kTelecom, Base::kMf, false, std::span(kTelecomRows).first(38)},
    {3, 2, Pe::kTelecom, Base::kMf, false, kTelecomRows},
    {4, 1, Pe::kUsim, Base::kMf, true, kUsimRows},
    {4, 2, Pe::kUsim, Base::kMf, true, kUsimRowsV2},
    {5, 1, Pe::kOptUsim, Base::kApplication, false, std::span(kOptUsimRows).first(74)},
    {5, 2, Pe::kOptUsim, Base::kApplication, false, std::span(kOptUsimRows).first(85)},
    {5, 3, Pe::kOptUsim, Base::kApplication, false, kOptUsimRows},
    {6, 1, Pe::kPhonebook, Base::kApplication, false, kPhonebookRows},
    {7, 1, Pe::kGsmAccess, Base::kApplication, false, kGsmAccessRows},
    {8, 1, Pe::kIsim, Base::kMf, true, kIsimRows},
    {9, 1, Pe::kOptIsim, Base::kApplication, false, std::span(kOptIsimRows).first(9)},
    {9, 2, Pe::kOptIsim, Base::kApplication, false, kOptIsimRows},
    {10, 1, Pe::kCsim, Base::kMf, true, kCsimRows},
    {10, 2, Pe::kCsim, Base::kMf, true, kCsimRows},
    {11, 1, Pe::kOptCsim, Base::kApplication, false, kOptCsimRows},
    {11, 2, Pe::kOptCsim, Base::kApplication, false, kOptCsimRows},
    {12, 1, Pe::kEap, Base::kApplication, false, kEapRows},
    {13, 1, Pe::kDf5gs, Base::kApplication, false, std::span(k5gsRows).first(11)},
    {13, 2, Pe::kDf5gs, Base::kApplication, false, k5gsRows},
    {13, 3, Pe::kDf5gs, Base::kApplication, false, k5gsRowsV3},
    {13, 4, Pe::kDf5gs, Base::kApplication, false, k5gsRowsV4},
    {14, 1, Pe::kDfSaip, Base::kApplication, false, kSaipRows},
    {15, 1, Pe::kDfSnpn, Base::kApplication, false, kSnpnRows},
    {16, 1, Pe::kDf5gProse, Base::kApplication, false, k5gProseRows},
};

}  // namespace

uint8_t Pattern::At(uint32_t i, uint32_t size) const {
  const size_t n = bytes.size();
  if (n == 0) {
    return 0xFF;
  }
  if (repeat) {
    return bytes[i % n];
  }
  const size_t head = n - tail;
  if (i < head) {
    return bytes[i];
  }
  if (size > n && i < size - tail) {
    return head > 0 ? bytes[head - 1] : bytes[0];
  }
  const size_t k = size > n ? n - (size - i) : i;
  return k < n ? bytes[k] : bytes[n - 1];
}

Pattern PatternOf(Fill fill) {
  if (fill == Fill::kOci) {
    return {kOciBytes, 6, false};
  }
  const FillRow& row = kFills[static_cast<size_t>(fill)];
  return {ConstBytes(kBytes).subspan(row.at, row.length), row.tail, row.repeat};
}

std::span<const Template> Templates() { return kTemplates; }

const Template* FindTemplate(ConstBytes oid) {
  const size_t arcs = std::size(kArc);
  if (oid.size() <= arcs || oid.size() > arcs + 2 || !Equal(oid.first(arcs), kArc)) {
    return nullptr;
  }
  const uint8_t number = oid[arcs];
  const uint8_t version = oid.size() == arcs + 2 ? oid[arcs + 1] : 1;
  for (const Template& t : Templates()) {
    if (t.number == number && t.version == version) {
      return &t;
    }
  }
  return nullptr;
}

}  // namespace simurgh::rsp
