#include "firmware/fs/file_system.h"

#include <gmock/gmock.h>

#include "tests/unit/fs/tree.h"

namespace simurgh {
namespace {

using fs::File;
using fs::FileSpec;
using fs::Occurrence;
using fs::Type;
using test::Dir;
using test::Records;
using test::TreeRig;
using test::Transparent;
using testing::Each;
using testing::ElementsAre;
using V = std::vector<uint8_t>;

constexpr uint8_t kAidOne[] = {0xA0, 0, 0, 0, 0x87, 0x10, 0x02, 0xFF, 0x01};
constexpr uint8_t kAidTwo[] = {0xA0, 0, 0, 0, 0x87, 0x10, 0x02, 0xFF, 0x02};
constexpr uint8_t kAidIsim[] = {0xA0, 0, 0, 0, 0x87, 0x10, 0x04, 0xFF};

class FileSystem : public testing::Test {
 protected:
  FileSystem() { mf = rig.Make(NoFile(), Dir(Type::kMf, 0x3F00)); }
  static File NoFile() { return {}; }
  File Adf(uint16_t fid, ConstBytes aid) {
    FileSpec spec = Dir(Type::kAdf, fid);
    spec.aid = aid;
    return rig.Make(mf, spec);
  }
  TreeRig rig;
  File mf;
};

TEST_F(FileSystem, EverythingGiven_IsFoundAgainAfterRemount) {
  FileSpec spec = Records(Type::kLinearFixed, 0x6F3B, 28, 50);
  spec.sfi = 4;
  spec.arr_fid = 0x2F06;
  spec.arr_record = 9;
  spec.special = 0x40;
  spec.has_special = true;
  const File made = rig.Make(mf, spec);
  ASSERT_EQ(rig.Remount(), Error::kOk);
  fs::FileSystem files(*rig.store);
  files.Use(TreeRig::kSpace);
  const File found = files.Child(files.Root().value(), 0x6F3B).value();
  EXPECT_TRUE(found.SameAs(made));
  EXPECT_EQ(found.type, Type::kLinearFixed);
  EXPECT_EQ(found.record_length, 28);
  EXPECT_EQ(found.record_count, 50);
  EXPECT_EQ(found.size, 1400u);
  EXPECT_EQ(found.sfi, 4);
  EXPECT_EQ(found.arr_fid, 0x2F06);
  EXPECT_EQ(found.arr_record, 9);
  EXPECT_EQ(found.special, 0x40);
  EXPECT_EQ(found.descriptor_byte, 0x42);
  EXPECT_EQ(found.life_cycle, 5);
}

TEST_F(FileSystem, OneByteRule_MeansEfArrOfTheContext) {
  const File adf = Adf(0x7FD0, kAidOne);
  EXPECT_EQ(rig.Make(mf, Transparent(0x2FE2, 10)).arr_fid, 0x2F06);
  EXPECT_EQ(adf.arr_fid, 0x2F06);
  EXPECT_EQ(rig.Make(adf, Transparent(0x6F07, 9)).arr_fid, 0x6F06);
}

TEST_F(FileSystem, SameFidTwice_Refused) {
  rig.Make(mf, Transparent(0x2FE2, 10));
  EXPECT_EQ(rig.TryMake(mf, Transparent(0x2FE2, 10)), Error::kExists);
  EXPECT_EQ(rig.TryMake(mf, Transparent(0x2FE3, 10)), Error::kOk);
}

TEST_F(FileSystem, RolledBackCreate_LeavesNothing) {
  {
    store::Transaction transaction(*rig.store);
    ASSERT_TRUE(rig.files.Create(TreeRig::kSpace, mf, Transparent(0x2FE2, 10)).ok());
    ASSERT_TRUE(rig.files.Child(mf, 0x2FE2).ok());
  }
  EXPECT_EQ(rig.files.Child(mf, 0x2FE2).error(), Error::kNotFound);
  EXPECT_EQ(rig.TryMake(mf, Transparent(0x2FE2, 10)), Error::kOk);
}

TEST_F(FileSystem, ContradictorySpecs_Refused) {
  EXPECT_EQ(rig.TryMake(mf, Dir(Type::kMf, 0x3F00)), Error::kFormat);     // a second MF
  EXPECT_EQ(rig.TryMake(mf, Dir(Type::kAdf, 0x7FD0)), Error::kFormat);    // ADF without an AID
  EXPECT_EQ(rig.TryMake(mf, Transparent(0x0011, 1)), Error::kRange);      // an SFI record
  EXPECT_EQ(rig.TryMake(mf, Transparent(0x7FFF, 1)), Error::kRange);
  EXPECT_EQ(rig.TryMake(mf, Transparent(0x6F01, 0)), Error::kRange);
  EXPECT_EQ(rig.TryMake(mf, Transparent(0x6F01, 0x10000)), Error::kRange);
  EXPECT_EQ(rig.TryMake(mf, Transparent(0x6F01, 0xFFFF)), Error::kOk);
}

TEST_F(FileSystem, UntouchedFile_ReadsAsPattern) {
  EXPECT_THAT(rig.Content(rig.Make(mf, Transparent(0x6F01, 300))), Each(0xFF));
  FileSpec one = Transparent(0x6F02, 300);
  constexpr uint8_t kZero[] = {0};
  one.pattern = kZero;
  EXPECT_THAT(rig.Content(rig.Make(mf, one)), Each(0));
  constexpr uint8_t kPattern[] = {1, 2, 3};
  FileSpec fill = Transparent(0x6F03, 7);
  fill.pattern = kPattern;
  EXPECT_THAT(rig.Content(rig.Make(mf, fill)), ElementsAre(1, 2, 3, 3, 3, 3, 3));
  fill.fid = 0x6F04;
  fill.repeat = true;
  EXPECT_THAT(rig.Content(rig.Make(mf, fill)), ElementsAre(1, 2, 3, 1, 2, 3, 1));
}

TEST_F(FileSystem, PatternOfRecordFile_StartsAnewInEveryRecord) {
  constexpr uint8_t kPattern[] = {9, 8};
  FileSpec spec = Records(Type::kLinearFixed, 0x6F03, 5, 3);
  spec.pattern = kPattern;
  const File ef = rig.Make(mf, spec);
  EXPECT_EQ(rig.Record(ef, 2), (V{9, 8, 8, 8, 8}));
  spec.fid = 0x6F04;
  spec.repeat = true;
  EXPECT_EQ(rig.Record(rig.Make(mf, spec), 3), (V{9, 8, 9, 8, 9}));
}

TEST_F(FileSystem, WriteAcrossChunks_ReadsBackAndLeavesTheRest) {
  const File ef = rig.Make(mf, Transparent(0x6F01, 1000));
  const V data = test::Value(400, 3);
  ASSERT_EQ(rig.files.Write(ef, 250, data), Error::kOk);
  V expected(1000, 0xFF);
  std::copy(data.begin(), data.end(), expected.begin() + 250);
  EXPECT_EQ(rig.Content(ef), expected);
}

TEST_F(FileSystem, OutsideTheFile_RefusedWhole) {
  const File ef = rig.Make(mf, Transparent(0x6F01, 10));
  V bytes(4, 1);
  EXPECT_EQ(rig.files.Write(ef, 7, bytes), Error::kRange);
  EXPECT_EQ(rig.files.Read(ef, 7, bytes), Error::kRange);
  EXPECT_EQ(rig.files.Read(ef, 0xFFFFFFFF, bytes), Error::kRange);
  EXPECT_THAT(rig.Content(ef), Each(0xFF));
  EXPECT_EQ(rig.files.Write(ef, 6, bytes), Error::kOk);
}

TEST_F(FileSystem, UnchangedContent_CostsNoFlash) {
  const File ef = rig.Make(mf, Transparent(0x6F01, 20));
  const V data(20, 5);
  ASSERT_EQ(rig.files.Write(ef, 0, data), Error::kOk);
  rig.flash.ResetCounts();
  ASSERT_EQ(rig.files.Write(ef, 0, data), Error::kOk);
  EXPECT_EQ(rig.flash.counts().programs, 0u);
  ASSERT_EQ(rig.files.Write(ef, 0, V(20, 6)), Error::kOk);
  EXPECT_GT(rig.flash.counts().programs, 0u);
}

TEST_F(FileSystem, CyclicFile_NewestIsRecordOneAndOldestGoes) {
  const File ef = rig.Make(mf, Records(Type::kCyclic, 0x6F39, 2, 3));
  ASSERT_EQ(rig.files.Write(ef, 0, V{1, 1, 2, 2, 3, 3}), Error::kOk);
  EXPECT_EQ(rig.Record(ef, 1), (V{1, 1}));
  for (uint8_t i = 4; i < 9; ++i) {
    ASSERT_EQ(rig.files.Append(ef, V{i, i}), Error::kOk);
  }
  EXPECT_EQ(rig.Record(ef, 1), (V{8, 8}));
  EXPECT_EQ(rig.Record(ef, 2), (V{7, 7}));
  EXPECT_EQ(rig.Record(ef, 3), (V{6, 6}));
  EXPECT_TRUE(rig.Record(ef, 4).empty());
  EXPECT_TRUE(rig.Record(ef, 0).empty());
}

TEST_F(FileSystem, Sfi_GivenAndDerived) {
  FileSpec given = Transparent(0x6F07, 9);
  given.sfi = 7;
  rig.Make(mf, given);
  FileSpec derived = Transparent(0x6F38, 9);
  derived.sfi = FileSpec::kSfiFromFid;
  EXPECT_EQ(rig.Make(mf, derived).sfi, 0x18);
  EXPECT_EQ(rig.files.BySfi(mf, 7).value().fid, 0x6F07);
  EXPECT_EQ(rig.files.BySfi(mf, 0x18).value().fid, 0x6F38);
  EXPECT_EQ(rig.files.BySfi(mf, 9).error(), Error::kNotFound);
  derived.fid = 0x6F58;  // the same five bits: first come
  EXPECT_EQ(rig.Make(mf, derived).sfi, 0);
  given.fid = 0x6F17;
  EXPECT_EQ(rig.TryMake(mf, given), Error::kExists);
}

TEST_F(FileSystem, PathsAndParents_FollowTheTree) {
  const File telecom = rig.Make(mf, Dir(Type::kDf, 0x7F10));
  const File phonebook = rig.Make(telecom, Dir(Type::kDf, 0x5F3A));
  const File pbr = rig.Make(phonebook, Records(Type::kLinearFixed, 0x4F30, 10, 2));
  constexpr uint8_t kPath[] = {0x7F, 0x10, 0x5F, 0x3A, 0x4F, 0x30};
  EXPECT_TRUE(rig.files.ByPath(mf, kPath).value().SameAs(pbr));
  EXPECT_TRUE(rig.files.Parent(pbr).value().SameAs(phonebook));
  EXPECT_TRUE(rig.files.Parent(phonebook).value().SameAs(telecom));
  EXPECT_TRUE(rig.files.Parent(telecom).value().SameAs(mf));
  EXPECT_TRUE(rig.files.Parent(mf).value().SameAs(mf));
  EXPECT_EQ(rig.files.ByPath(mf, ConstBytes(kPath).first(3)).error(), Error::kFormat);
  EXPECT_EQ(rig.files.ByPath(telecom, kPath).error(), Error::kNotFound);
}

TEST_F(FileSystem, Aid_PartialAndOccurrences) {
  const File one = Adf(0x7FD0, kAidOne);
  const File isim = Adf(0x7FD2, kAidIsim);
  const File two = Adf(0x7FD1, kAidTwo);
  const ConstBytes partial = ConstBytes(kAidOne).first(7);
  const auto find = [&](ConstBytes aid, Occurrence which, const File& from) {
    return rig.files.ByAid(TreeRig::kSpace, aid, which, from).ValueOr(File{}).fid;
  };
  EXPECT_EQ(find(partial, Occurrence::kFirst, {}), one.fid);
  EXPECT_EQ(find(partial, Occurrence::kLast, {}), two.fid);
  EXPECT_EQ(find(partial, Occurrence::kNext, one), two.fid);
  EXPECT_EQ(find(partial, Occurrence::kNext, two), 0);
  EXPECT_EQ(find(partial, Occurrence::kPrevious, two), one.fid);
  EXPECT_EQ(find(partial, Occurrence::kPrevious, one), 0);
  EXPECT_EQ(find(kAidIsim, Occurrence::kFirst, {}), isim.fid);
  EXPECT_EQ(find({}, Occurrence::kLast, {}), two.fid);
  uint8_t aid[16];
  EXPECT_EQ(rig.files.Aid(two, aid).value(), sizeof kAidTwo);
  EXPECT_TRUE(Equal(ConstBytes(aid).first(sizeof kAidTwo), kAidTwo));
  FileSpec again = Dir(Type::kAdf, 0x7FD5);
  again.aid = kAidTwo;
  EXPECT_EQ(rig.TryMake(mf, again), Error::kExists);
}

TEST_F(FileSystem, LinkedEf_SharesContentNotRights) {
  FileSpec spec = Transparent(0x6F49, 4);
  const File target = rig.Make(mf, spec);
  const File df = rig.Make(mf, Dir(Type::kDf, 0x7F10));
  spec = Transparent(0x6F50, 0);
  spec.arr_record = 5;
  spec.link = &target;
  const File link = rig.Make(df, spec);
  EXPECT_EQ(link.size, 4u);
  EXPECT_EQ(link.arr_record, 5);
  ASSERT_EQ(rig.files.Write(link, 0, V{1, 2, 3, 4}), Error::kOk);
  EXPECT_EQ(rig.Content(target), (V{1, 2, 3, 4}));
}

TEST_F(FileSystem, LinkedDirectory_ShowsTheSameChildren) {
  const File telecom = rig.Make(mf, Dir(Type::kDf, 0x7F10));
  const File book = rig.Make(telecom, Dir(Type::kDf, 0x5F3A));
  rig.Make(book, Transparent(0x4F30, 4));
  const File adf = Adf(0x7FD0, kAidOne);
  FileSpec spec = Dir(Type::kDf, 0x5F3A);
  spec.link = &book;
  const File link = rig.Make(adf, spec);
  EXPECT_TRUE(rig.files.Child(link, 0x4F30).ok());
  EXPECT_TRUE(rig.files.Parent(link).value().SameAs(adf));
  spec.fid = 0x5F3B;
  spec.link = &telecom;  // would hold itself
  EXPECT_EQ(rig.TryMake(book, spec), Error::kUnsupported);
}

TEST_F(FileSystem, LifeCycle_IsKept) {
  File ef = rig.Make(mf, Transparent(0x6F49, 4));
  ASSERT_EQ(rig.files.SetLifeCycle(ef, fs::LifeCycle::kDeactivated), Error::kOk);
  EXPECT_FALSE(rig.files.Child(mf, 0x6F49).value().active());
  ASSERT_EQ(rig.files.SetLifeCycle(ef, fs::LifeCycle::kActivated), Error::kOk);
  EXPECT_TRUE(rig.files.Child(mf, 0x6F49).value().active());
}

TEST_F(FileSystem, OtherSpace_IsAnotherTree) {
  {
    store::Transaction transaction(*rig.store);
    ASSERT_TRUE(rig.files.Create(8, NoFile(), Dir(Type::kMf, 0x3F00)).ok());
    ASSERT_EQ(transaction.Commit(), Error::kOk);
  }
  rig.Make(mf, Transparent(0x2FE2, 10));
  EXPECT_EQ(rig.files.Child(rig.files.Root(8).value(), 0x2FE2).error(), Error::kNotFound);
  EXPECT_TRUE(rig.files.Child(rig.files.Root(7).value(), 0x2FE2).ok());
  EXPECT_EQ(rig.files.Root(0).error(), Error::kNotFound);
}

TEST_F(FileSystem, PowerCutInAppend_LeavesOldOrNewRing) {
  const File ef = rig.Make(mf, Records(Type::kCyclic, 0x6F39, 3, 2));
  const V before = V{1, 1, 1};
  ASSERT_EQ(rig.files.Append(ef, before), Error::kOk);
  const V saved = rig.memory;
  bool cut = true;
  bool seen_old = false;
  bool seen_new = false;
  for (uint64_t n = 1; cut; ++n) {
    rig.memory = saved;
    ASSERT_EQ(rig.Remount(), Error::kOk);
    cut = false;
    try {
      fs::FileSystem files(*rig.store);
      rig.flash.CutAfter(n, static_cast<uint32_t>(n * 2654435761u));
      store::Transaction transaction(*rig.store);
      ASSERT_EQ(files.Append(ef, V{2, 2, 2}), Error::kOk);
      ASSERT_EQ(transaction.Commit(), Error::kOk);
    } catch (const hal::PowerCut&) {
      cut = true;
    }
    ASSERT_EQ(rig.Remount(), Error::kOk);
    fs::FileSystem files(*rig.store);
    V first(3);
    V second(3);
    ASSERT_EQ(files.ReadRecord(ef, 1, first), Error::kOk);
    ASSERT_EQ(files.ReadRecord(ef, 2, second), Error::kOk);
    const bool is_new = first == V{2, 2, 2};
    EXPECT_EQ(first, is_new ? (V{2, 2, 2}) : before) << "cut " << n;
    EXPECT_EQ(second, is_new ? before : (V{0xFF, 0xFF, 0xFF})) << "cut " << n;
    (is_new ? seen_new : seen_old) = true;
  }
  EXPECT_TRUE(seen_old && seen_new);
}

}  // namespace
}  // namespace simurgh
