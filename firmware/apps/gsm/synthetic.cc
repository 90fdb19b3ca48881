// EFs that every SIM has and a USIM has not: made up from what the USIM says.
#include <algorithm>

#include "firmware/apps/gsm/handlers.h"

namespace simurgh::apps::gsm {
namespace {

constexpr uint16_t kUst = 0x6F38;
constexpr size_t kUstBytes = 8;           // services 1..64: all that have a counterpart
constexpr uint8_t kPhase2Toolkit = 0x03;  // phase 2, profile download required (10.3.16)

/// A service of EF.SST (10.3.7) and its counterpart in EF.UST (TS 31.102 4.2.8).
struct Service {
  uint8_t sst;
  uint8_t ust;  ///< kAlways: the card does it whatever the USIM says
};
constexpr uint8_t kAlways = 0;
constexpr Service kServices[] = {
    {1, kAlways},   // CHV1 disable function
    {2, kAlways},   // abbreviated dialling numbers
    {3, 2},         // fixed dialling numbers
    {4, 10},        // short message storage
    {5, 13},        // advice of charge
    {9, 21},        // MSISDN
    {10, kAlways},  // extension 1
    {11, 3},        // extension 2
    {12, 12},       // SMS parameters
    {14, 15},       // cell broadcast message identifiers
    {15, 17},       // group identifier level 1
    {16, 18},       // group identifier level 2
    {17, 19},       // service provider name
    {18, 4},        // service dialling numbers
    {19, 5},        // extension 3
    {23, 24},       // eMLPP
    {24, 25},       // automatic answer for eMLPP
    {25, 29},       // data download by cell broadcast
    {26, 28},       // data download by short message
    {29, kAlways},  // proactive SIM
    {30, 16},       // cell broadcast message identifier ranges
    {31, 6},        // barred dialling numbers
    {32, 7},        // extension 4
    {35, 11},       // short message status reports
    {38, 27},       // GPRS: EF.KcGPRS is one of the files for GSM access
    {43, 20},       // user controlled PLMN selector
    {44, 42},       // operator controlled PLMN selector
    {45, 43},       // HPLMN selector
    {46, 39},       // CPBCCH information
    {47, 40},       // investigation scan
    {51, 45},       // PLMN network name
    {52, 46},       // operator PLMN list
    {53, 47},       // mailbox dialling numbers
    {54, 48},       // message waiting indication
    {55, 49},       // call forwarding indication
    {56, 51},       // service provider display information
};
constexpr bool InOrder() {
  uint8_t last = 0;
  for (const Service& s : kServices) {
    if (s.sst <= last || s.sst > kMaxSynthetic * 4 || s.ust > kUstBytes * 8) {
      return false;
    }
    last = s.sst;
  }
  return true;
}
static_assert(InOrder());

// Two bits a service: allocated and activated, both or neither.
void MakeSst(Session& session, Bytes out) {
  Fill(out, 0);
  uint8_t ust[kUstBytes] = {};
  const fs::File file = SyntheticSource(session, kEfSst);
  const size_t size = std::min<size_t>(file.size, sizeof ust);
  if (session.files.Read(file, 0, Bytes(ust).first(size)) != Error::kOk) {
    Fill(ust, 0);
  }
  for (const Service& s : kServices) {
    const unsigned bit = s.ust - 1u;
    if (s.ust == kAlways || (ust[bit / 8] >> (bit % 8) & 1) != 0) {
      out[(s.sst - 1u) / 4] |= static_cast<uint8_t>(3u << ((s.sst - 1u) % 4 * 2));
    }
  }
}

}  // namespace

bool IsSynthetic(uint16_t fid) { return fid == kEfPhase || fid == kEfSst; }

fs::File SyntheticSource(Session& session, uint16_t fid) {
  return fid == kEfSst ? session.files.Child(UsimAdf(session), kUst).ValueOr(fs::File{})
                       : fs::File{};
}

size_t SyntheticContent(Session& session, uint16_t fid, Bytes out) {
  if (fid == kEfPhase) {
    out[0] = kPhase2Toolkit;
    return 1;
  }
  MakeSst(session, out.first(kMaxSynthetic));
  return kMaxSynthetic;
}

}  // namespace simurgh::apps::gsm
