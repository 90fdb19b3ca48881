#include "firmware/rsp/templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "firmware/rsp/names.h"

namespace simurgh::rsp {
namespace {

std::vector<uint8_t> Expand(Fill fill, uint32_t size) {
  std::vector<uint8_t> out;
  for (uint32_t i = 0; i < size; ++i) {
    out.push_back(PatternOf(fill).At(i, size));
  }
  return out;
}

TEST(Templates, Identifiers_AreUniqueAndFound) {
  std::set<std::pair<int, int>> seen;
  for (const Template& t : Templates()) {
    EXPECT_TRUE(seen.insert({t.number, t.version}).second);
    std::vector<uint8_t> oid = {0x67, 0x81, 0x0F, 0x01, 0x02, t.number};
    if (t.version > 1) {
      oid.push_back(t.version);
    }
    EXPECT_EQ(FindTemplate(oid), &t);
  }
}

TEST(Templates, ForeignIdentifiers_AreUnknown) {
  const uint8_t known[] = {0x67, 0x81, 0x0F, 0x01, 0x02, 0x04};
  ASSERT_NE(FindTemplate(known), nullptr);  // control
  uint8_t other[] = {0x67, 0x81, 0x0F, 0x01, 0x03, 0x04};
  EXPECT_EQ(FindTemplate(other), nullptr);
  const uint8_t late[] = {0x67, 0x81, 0x0F, 0x01, 0x02, 0x04, 0x09};
  EXPECT_EQ(FindTemplate(late), nullptr);
  EXPECT_EQ(FindTemplate(ConstBytes(known).first(5)), nullptr);
  EXPECT_EQ(FindTemplate({}), nullptr);
}

TEST(Templates, EveryRow_HasANameOfItsKind) {
  for (const Template& t : Templates()) {
    for (size_t i = 0; i < t.rows.size(); ++i) {
      const std::string name(FileName(t.pe, static_cast<uint8_t>(i)));
      const FileKind kind = t.rows[i].kind;
      const std::string start = kind == FileKind::kAdf ? "adf-"
                                : kind == FileKind::kDf ? "df-"
                                : kind == FileKind::kMf ? "mf"
                                                        : "ef-";
      EXPECT_EQ(name.substr(0, start.size()), start) << PeName(t.pe) << " row " << i;
    }
    EXPECT_TRUE(FileName(t.pe, 200).empty());
  }
}

TEST(Templates, Rows_AreConsistent) {
  for (const Template& t : Templates()) {
    std::set<uint16_t> fids;
    for (size_t i = 0; i < t.rows.size(); ++i) {
      const FileRow& row = t.rows[i];
      SCOPED_TRACE(std::string(PeName(t.pe)) + " " + std::string(FileName(t.pe, i)));
      EXPECT_LE(row.sfi, 30);
      EXPECT_LE(row.arr, 14);
      EXPECT_TRUE(row.records == 0 || HasRecords(row.kind));
      if (IsDirectory(row.kind)) {
        EXPECT_EQ(row.size, 0);
        fids.clear();
      } else {
        EXPECT_NE(row.fid, 0);
      }
      if (row.fid != 0) {
        EXPECT_TRUE(fids.insert(row.fid).second) << std::hex << row.fid;
      }
      // An element whose first row is a directory cannot do without it.
      if (i == 0 && IsDirectory(row.kind)) {
        EXPECT_TRUE(row.required);
      }
    }
  }
}

TEST(Templates, Versions_ExtendTheFirst) {
  const auto rows = [](uint8_t number, uint8_t version) {
    for (const Template& t : Templates()) {
      if (t.number == number && t.version == version) {
        return t.rows.size();
      }
    }
    return size_t{0};
  };
  EXPECT_LT(rows(3, 1), rows(3, 2));
  EXPECT_LT(rows(5, 1), rows(5, 2));
  EXPECT_EQ(rows(5, 3), rows(5, 2) + 1);
  EXPECT_EQ(rows(13, 1), 11u);
  EXPECT_EQ(rows(13, 4), 20u);
  EXPECT_EQ(kUsimRows[6].size, 14);    // EF.UST
  EXPECT_EQ(kUsimRowsV2[6].size, 17);
}

// Default contents as annex A writes them, for the lengths of its rows.
TEST(Pattern, Defaults_ExpandAsTheTemplatesSay) {
  using V = std::vector<uint8_t>;
  EXPECT_EQ(Expand(Fill::kNone, 2), (V{0xFF, 0xFF}));
  EXPECT_EQ(Expand(Fill::k00Ff, 4), (V{0x00, 0xFF, 0xFF, 0xFF}));
  EXPECT_EQ(Expand(Fill::k07Ff, 3), (V{0x07, 0xFF, 0xFF}));
  EXPECT_EQ(Expand(Fill::kHfn, 6), (V{0xF0, 0, 0, 0xF0, 0, 0}));
  EXPECT_EQ(Expand(Fill::kLoci, 11), (V{255, 255, 255, 255, 255, 255, 255, 0, 0, 255, 1}));
  EXPECT_EQ(Expand(Fill::kPsLoci, 14),
            (V{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 255, 1}));
  EXPECT_EQ(Expand(Fill::kAd, 4), (V{0, 0, 0, 2}));
  V eps(15, 0xFF);
  eps.insert(eps.end(), {0, 0, 1});
  EXPECT_EQ(Expand(Fill::kEpsLoci, 18), eps);
  V fivegs(16, 0xFF);
  fivegs.insert(fivegs.end(), {0, 0, 0, 1});
  EXPECT_EQ(Expand(Fill::k5gsLoci, 20), fivegs);
  EXPECT_EQ(Expand(Fill::kPlmn, 10), (V{255, 255, 255, 0, 0, 255, 255, 255, 0, 0}));
  EXPECT_EQ(Expand(Fill::kKc, 9), (V{255, 255, 255, 255, 255, 255, 255, 255, 7}));
  V ici(31, 0xFF);
  ici.insert(ici.end(), {0, 0, 0, 0, 1, 0xFF, 0xFF});
  EXPECT_EQ(Expand(Fill::kIci, 38), ici);
  V oci(31, 0xFF);
  oci.insert(oci.end(), {0, 0, 0, 1, 0xFF, 0xFF});
  EXPECT_EQ(Expand(Fill::kOci, 37), oci);
  EXPECT_EQ(Expand(Fill::k0100Ff, 5), (V{1, 0, 255, 255, 255}));
  EXPECT_EQ(Expand(Fill::k000000Ff, 6), (V{0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(Expand(Fill::kF0Ff, 4), (V{0xF0, 255, 255, 255}));
  EXPECT_EQ(Expand(Fill::kRouting4, 4), (V{0xF0, 255, 0, 0}));
  EXPECT_EQ(Expand(Fill::kUfc, 30)[0], 0x80);
  EXPECT_EQ(Expand(Fill::kUfc, 30)[29], 0x80);
}

TEST(Pattern, TailLongerThanTheFile_IsCut) {
  const Pattern p = PatternOf(Fill::kIci);
  for (uint32_t size = 1; size < 10; ++size) {
    for (uint32_t i = 0; i < size; ++i) {
      (void)p.At(i, size);  // the sanitizer watches the bounds
    }
  }
  EXPECT_EQ(p.At(0, 8), 0xFF);
  EXPECT_EQ(p.At(7, 8), 0xFF);
  EXPECT_EQ(p.At(5, 8), 0x01);
}

TEST(Names, EveryServiceAndElement_HasOne) {
  for (uint8_t i = 0; i < kServiceCount; ++i) {
    EXPECT_NE(ServiceName(static_cast<Service>(i)), "?");
  }
  EXPECT_EQ(ServiceName(Service::kJavacard), "javacard");
  EXPECT_EQ(ServiceName(Service::kBerTlv), "ber-tlv");
  EXPECT_EQ(ServiceName(Service::kGetIdentity), "get-identity");
  EXPECT_EQ(ServiceName(Service::kUsimTestAlgorithm), "usim-test-algorithm");
  EXPECT_EQ(ServiceName(Service::kEaka), "eaka");
  EXPECT_EQ(ServiceName(static_cast<Service>(99)), "?");
  EXPECT_EQ(PeName(Pe::kGsmAccess), "gsm-access");
  EXPECT_EQ(PeName(Pe::kOptIot), "opt-iot");
  EXPECT_EQ(StatusName(Status::kTemplateNotSupported), "template-not-supported");
  EXPECT_EQ(StatusName(Status::kUnsupportedProfileVersion), "unsupported-profile-version");
  EXPECT_EQ(FileName(Pe::kUsim, 1), "ef-imsi");
  EXPECT_EQ(FileName(Pe::kTelecom, 45), "ef-v2xp-Uu");
}

}  // namespace
}  // namespace simurgh::rsp
