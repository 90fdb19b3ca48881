#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/saip/run.h"

namespace simurgh::saip {
namespace {

using namespace der;
using rsp::Status;
using testing::ElementsAre;
using testing::SizeIs;

/// The smallest package around `more`, which follows the USIM.
V Package(const V& more = {}, const V& usim = Usim()) {
  return Cat({Header(), Mf(), Puks(), Pins(PinConfig("01", T(0x82, "01"))), usim, more, End()});
}
V Gfm(const V& commands) { return T(PeTag(1), {Head(21), T(0xA1, T(0x30, commands))}); }
V Ef(const std::string& fid, const V& more) { return T(0x62, {T(0x83, fid), more}); }

void ExpectFailure(const V& package, Status status, Reason reason) {
  const Outcome run = Install(package);
  EXPECT_FALSE(run.ok());
  EXPECT_EQ(run.failure.status, status) << static_cast<int>(run.failure.reason);
  EXPECT_EQ(run.failure.reason, reason) << static_cast<int>(run.failure.reason);
}

TEST(SaipHeader, Sound_Installs) {
  const Outcome run = Install(Package());
  ASSERT_TRUE(run.ok()) << static_cast<int>(run.failure.reason) << " at " << run.failure.offset;
  EXPECT_EQ(run.iccid, Hex("98001032547698103285"));
  EXPECT_EQ(run.imsi, Hex("080910101032540636"));
  ASSERT_THAT(run.statuses, SizeIs(1));
  EXPECT_EQ(run.statuses[0].status, Status::kOk);
}

TEST(SaipHeader, Version_TwoAndThreeOnly) {
  const V rest = Cat({Mf(), End()});
  const V templates = T(0x06, "67810F010201");
  EXPECT_TRUE(Install(Cat({Header(kServices, templates, 2), rest})).ok());
  EXPECT_TRUE(Install(Cat({Header(kServices, templates, 3), rest})).ok());
  for (uint8_t major : {0, 1, 4}) {
    ExpectFailure(Cat({Header(kServices, templates, major), rest}), Status::kUnsupportedProfileVersion,
                  Reason::kVersion);
  }
}

TEST(SaipHeader, EveryServiceTheCardLacks_IsNamed) {
  for (uint8_t n = 0; n < rsp::kServiceCount; ++n) {
    const V package = Cat({Header(T(n < 31 ? 0x80u + n : 0u, "")), Mf(), End()});
    const Outcome run = Install(package);
    const bool has = (kCardServices >> n & 1) != 0;
    EXPECT_EQ(run.ok(), has) << int{n};
    if (!has) {
      EXPECT_EQ(run.error, Error::kUnsupported);
      EXPECT_EQ(run.failure.status, Status::kFeatureNotSupported);
      EXPECT_EQ(run.failure.reason, Reason::kService);
      EXPECT_EQ(run.failure.detail, n);
    }
    EXPECT_TRUE(Install(package, 7, ~rsp::Services{0}).ok()) << int{n};  // control: a card with all
  }
}

TEST(SaipHeader, ServiceOfALaterVersion_Refused) {
  const Outcome run = Install(Cat({Header(T(0x9F1F, "")), Mf(), End()}));
  EXPECT_EQ(run.failure.reason, Reason::kService);
  EXPECT_EQ(run.failure.detail, 31);
}

TEST(SaipHeader, UnknownMandatoryTemplate_Refused) {
  EXPECT_TRUE(Install(Cat({Header(kServices, T(0x06, "67810F01020402")), Mf(), End()})).ok());
  ExpectFailure(Cat({Header(kServices, T(0x06, "67810F01027F")), Mf(), End()}),
                Status::kTemplateNotSupported, Reason::kTemplate);
}

TEST(SaipHeader, MandatoryAid_Refused) {
  const V members = Cat({T(0x80, "02"), T(0x81, "01"), T(0x83, "98001032547698103285"),
                         T(0xA5, kServices), T(0xA6, T(0x06, "67810F010201"))});
  const V aids = T(0xA8, T(0x30, {T(0x80, "A000000001"), T(0x81, "0100")}));
  EXPECT_TRUE(Install(Cat({T(0xA0, members), Mf(), End()})).ok());
  ExpectFailure(Cat({T(0xA0, {members, aids}), Mf(), End()}), Status::kLibNotSupported,
                Reason::kMandatoryAid);
}

TEST(SaipHeader, MissingIccid_Refused) {
  ExpectFailure(Cat({T(0xA0, {T(0x80, "02"), T(0xA5, kServices)}), Mf(), End()}), Status::kBadValues,
                Reason::kMissing);
}

TEST(SaipFiles, Mf_MakesItsFiles) {
  const Outcome run = Install(Package());
  ASSERT_TRUE(run.ok());
  const auto* iccid = run.sink->Find({0x2FE2});
  ASSERT_NE(iccid, nullptr);
  EXPECT_EQ(iccid->content, Hex("98001032547698103285"));
  EXPECT_EQ(iccid->file.arr_record, 11);
  const auto* dir = run.sink->Find({0x2F00});
  ASSERT_NE(dir, nullptr);
  EXPECT_EQ(dir->file.type, fs::Type::kLinearFixed);
  EXPECT_EQ(dir->file.record_count, 2);
  EXPECT_EQ(dir->file.sfi, 0x1E);
  V expected = Hex("61044F02A000");
  expected.resize(32, 0xFF);
  EXPECT_EQ(dir->content, expected);
  const auto* pl = run.sink->Find({0x2F05});  // not in the element: created by default
  ASSERT_NE(pl, nullptr);
  EXPECT_EQ(pl->content, Hex("FFFF"));
  EXPECT_EQ(run.sink->Find({0x2F08}), nullptr);  // EF.UMPC has no default content
  EXPECT_EQ(run.sink->nodes[0].references, Hex("010A"));
}

TEST(SaipFiles, Usim_DefaultsAreMadeUnlessForbidden) {
  const Outcome run = Install(Package());
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run.sink->Find({0x7FD0})->aid, Hex("A0000000871002FF49FF0589"));
  EXPECT_EQ(run.sink->Find({0x7FD0, 0x6F7E})->content, Hex("FFFFFFFFFFFFFF0000FF01"));  // EF.LOCI
  const V eps = Cat({V(15, 0xFF), Hex("000001")});
  EXPECT_EQ(run.sink->Find({0x7FD0, 0x6FE3})->content, eps);
  const auto* sms = run.sink->Find({0x7FD0, 0x6F3C});
  EXPECT_EQ(sms->file.record_count, 10);
  EXPECT_EQ(sms->content[176], 0x00);
  EXPECT_EQ(sms->content[177], 0xFF);

  const V without = Cat({kAdfFile, kImsiFile, kUsimArrFile, kUstFile, kSpnFile, kEstFile, kAccFile,
                         File(18, {}, T(0x80, "")), kEccFile});
  const Outcome less = Install(Package({}, Usim(without)));
  ASSERT_TRUE(less.ok());
  EXPECT_EQ(less.sink->Find({0x7FD0, 0x6F7E}), nullptr);
}

TEST(SaipFiles, Descriptor_OverridesTheRow) {
  const V fdn = File(7, Cat({T(0x82, "4221001C"), T(0x8A, "04"), T(0x8B, "6F0603"), T(0x80, "38"),
                             T(0x88, "F0"), T(0xA5, {T(0xC0, "C0"), T(0xC2, "A1B2")})}));
  const V files = Cat({kAdfFile, kImsiFile, kUsimArrFile, kUstFile, fdn, kSpnFile, kEstFile, kAccFile, kEccFile});
  const Outcome run = Install(Package({}, Usim(files)));
  ASSERT_TRUE(run.ok());
  const auto* ef = run.sink->Find({0x7FD0, 0x6F3B});
  ASSERT_NE(ef, nullptr);
  EXPECT_EQ(ef->file.record_length, 28);
  EXPECT_EQ(ef->file.record_count, 2);
  EXPECT_EQ(ef->file.arr_fid, 0x6F06);
  EXPECT_EQ(ef->file.arr_record, 3);
  EXPECT_EQ(ef->file.sfi, 0x1E);
  EXPECT_EQ(ef->file.special, 0xC0);
  EXPECT_EQ(ef->file.life_cycle, 4);
  EXPECT_EQ(ef->content[0], 0xA1);
  EXPECT_EQ(ef->content[27], 0xB2);
  EXPECT_EQ(ef->content[28], 0xA1);
}

TEST(SaipFiles, Offsets_AreRelativeAndLeaveThePattern) {
  const V ef = Ef("6F50", Cat({T(0x82, "4121"), T(0x80, "0258"), T(0xA5, T(0xC1, "0102"))}));
  const V big(300, 0xEE);
  const Outcome run = Install(Package(Gfm(Cat({ef, T(0x81, "AABB"), T(0x02, "03"), T(0x81, "CC"),
                                           T(0x02, "00FA"), T(0x81, big)}))));
  ASSERT_TRUE(run.ok());
  const auto& content = run.sink->Find({0x6F50})->content;
  V expected = Hex("AABB020202CC");
  expected.resize(256, 0x02);
  Append(expected, big);
  expected.resize(600, 0x02);
  EXPECT_EQ(content, expected);
}

TEST(SaipFiles, ContentPastTheEnd_Refused) {
  const V ef = Ef("6F50", Cat({T(0x82, "4121"), T(0x80, "04")}));
  EXPECT_TRUE(Install(Package(Gfm(Cat({ef, T(0x02, "01"), T(0x81, "AABBCC")})))).ok());
  ExpectFailure(Package(Gfm(Cat({ef, T(0x02, "01"), T(0x81, "AABBCCDD")}))), Status::kBadValues,
                Reason::kContentTooLong);
  ExpectFailure(Package(Gfm(Cat({ef, T(0x02, "05")}))), Status::kBadValues, Reason::kContentTooLong);
}

TEST(SaipFiles, DuplicateFile_Refused) {
  const V ef = Ef("6F50", Cat({T(0x82, "4121"), T(0x80, "04")}));
  EXPECT_TRUE(Install(Package(Gfm(ef))).ok());
  ExpectFailure(Package(Gfm(Cat({ef, ef}))), Status::kBadValues, Reason::kDuplicateFile);
}

TEST(SaipFiles, UnknownTemplate_Refused) {
  EXPECT_TRUE(Install(Package({}, Usim(UsimFiles(), "0402"))).ok());
  ExpectFailure(Package({}, Usim(UsimFiles(), "0409")), Status::kTemplateNotSupported, Reason::kTemplate);
  ExpectFailure(Package({}, Usim(UsimFiles(), "08")), Status::kBadValues, Reason::kTemplate);
}

TEST(SaipFiles, MissingMandatoryMember_Refused) {
  const V files = Cat({kAdfFile, kUsimArrFile, kUstFile, kSpnFile, kEstFile, kAccFile, kEccFile});
  ExpectFailure(Package({}, Usim(files)), Status::kBadValues, Reason::kMissing);
}

TEST(SaipFiles, MembersOutOfOrder_Refused) {
  const V files = Cat({kAdfFile, kUsimArrFile, kImsiFile, kUstFile, kSpnFile, kEstFile, kAccFile, kEccFile});
  ExpectFailure(Package({}, Usim(files)), Status::kBadValues, Reason::kMissing);
  const V late = Cat({UsimFiles(), kImsiFile});
  ExpectFailure(Package({}, Usim(late)), Status::kBadValues, Reason::kEncoding);
}

// Objects of a BER-TLV file, in a package that arrives in pieces of any size.
TEST(SaipFiles, BerTlv_ObjectsAreWritten) {
  const V large(700, 0x5A);
  const V objects = Cat({T(0x80, "0102"), T(0xA1, large), V{0x9F, 0x1F, 0x00}});
  const auto file = [](const V& fcp, const V& content) {
    return Package(Gfm(Cat({Ef("6F50", fcp), T(0x81, content)})));
  };
  const V fcp = Cat({T(0x82, "7921"), T(0x80, "0400"), T(0xA5, T(0x86, "0800"))});
  for (size_t piece : {size_t{1}, size_t{7}, size_t{250}, size_t{100000}}) {
    const Outcome run = Install(file(fcp, objects), piece);
    ASSERT_TRUE(run.ok()) << piece;
    const FakeSink::Node* node = run.sink->Find({0x6F50});
    ASSERT_NE(node, nullptr);
    EXPECT_EQ(node->file.size, 0x800u);
    EXPECT_EQ(node->file.record_length, 0x400u);
    ASSERT_EQ(node->objects.size(), 3u);
    EXPECT_EQ(node->objects.at(0x80), (V{1, 2}));
    EXPECT_EQ(node->objects.at(0xA1), large);
    EXPECT_EQ(node->objects.at(0x9F1F), V{});
  }
  const V half(objects.begin(), objects.begin() + 100);
  ExpectFailure(file(fcp, half), Status::kBadValues, Reason::kEncoding);
  ExpectFailure(file(fcp, Cat({T(0x80, "01"), T(0x80, "02")})), Status::kBadValues, Reason::kDuplicateFile);
  ExpectFailure(file(Cat({T(0x82, "7921"), T(0x80, "0400"), T(0xA5, T(0x86, "0100"))}), objects),
                Status::kBadValues, Reason::kFileParameters);
}

TEST(SaipFiles, ContradictoryDescriptor_Refused) {
  const auto try_ef = [](const V& members) { return Package(Gfm(Ef("6F50", members))); };
  EXPECT_TRUE(Install(try_ef(Cat({T(0x82, "42210004"), T(0x80, "08")}))).ok());
  const V wrong[] = {
      Cat({T(0x82, "42210004"), T(0x80, "09")}),                             // not whole records
      Cat({T(0x82, "4221"), T(0x80, "08")}),                                 // no record length
      Cat({T(0x82, "4121")}),                                                // no size
      Cat({T(0x82, "4121"), T(0x80, "08"), T(0x8A, "02")}),                  // life cycle
      Cat({T(0x82, "4121"), T(0x80, "08"), T(0x84, "A000000001")}),          // an AID for an EF
      Cat({T(0x82, "4121"), T(0x80, "08"), T(0xA5, {T(0xC1, "00"), T(0xC2, "00")})}),
  };
  for (const V& members : wrong) {
    const Outcome run = Install(try_ef(members));
    EXPECT_EQ(run.error, Error::kFormat);
  }
}

TEST(SaipFiles, ServiceTable_LosesWhatTheCardLacks) {
  const auto ust = [](rsp::Services services) {
    return Install(Package(), 50, services).sink->Find({0x7FD0, 0x6F38})->content;
  };
  // Services 64, 65, 69 and 76; 68 with GBA.
  EXPECT_EQ(ust(kCardServices), Hex("FFFFFFFFFFFFFF7FEEF7FFFFFFFF"));
  EXPECT_EQ(ust(kCardServices & ~rsp::Bit(rsp::Service::kGbaUsim)),
            Hex("FFFFFFFFFFFFFF7FE6F7FFFFFFFF"));
}

TEST(SaipFiles, OptionalElements_NeedTheirApplication) {
  const V opt = T(PeTag(20), {Head(9), Oid("05"), File(0, {}, Content("6465"))});
  const Outcome run = Install(Package(opt));
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run.sink->Find({0x7FD0, 0x6F05})->content, Hex("6465FFFFFFFF"));
  ExpectFailure(Cat({Header(), Mf(), opt, End()}), Status::kBadValues, Reason::kOrder);
}

TEST(SaipFiles, NestedDirectories_FollowTheTemplate) {
  const V telecom = T(PeTag(18), {Head(7), Oid("03"), File(0, T(0xC6, "8101")),
                                  File(7, T(0xC6, "8101")),  // DF.GRAPHICS
                                  File(8, Cat({T(0x82, "4221000A"), T(0x80, "0A")})),
                                  File(9, Cat({T(0x83, "4F41"), T(0x80, "05")}),
                                       Cat({Content("01"), T(0xA1, {T(0x83, "4F42"), T(0x80, "06")}), Content("02")})),
                                  File(13, T(0xC6, "8101")),  // DF.PHONEBOOK
                                  File(18, {}, Content("01"))});
  const Outcome run = Install(Package(telecom));
  ASSERT_TRUE(run.ok()) << static_cast<int>(run.failure.reason);
  EXPECT_NE(run.sink->Find({0x7F10, 0x5F50, 0x4F20}), nullptr);
  EXPECT_EQ(run.sink->Find({0x7F10, 0x5F50, 0x4F41})->content, Hex("01FFFFFFFF"));
  EXPECT_EQ(run.sink->Find({0x7F10, 0x5F50, 0x4F42})->content, Hex("02FFFFFFFFFF"));
  EXPECT_EQ(run.sink->Find({0x7F10, 0x5F3A, 0x4F22})->content, Hex("01000000"));
}

TEST(SaipGfm, PathsAndLinks) {
  const V df = T(0x62, {T(0x82, "7821"), T(0x83, "5F40"), T(0xC6, "81")});
  const V ef = Ef("4F01", Cat({T(0x82, "4121"), T(0x80, "02")}));
  const V link = Ef("6F99", Cat({T(0x82, "4121"), T(0xC7, "7FD05F404F01")}));
  const V commands = Cat({T(0x80, "7FD0"), df, T(0x80, "7FD05F40"), ef, T(0x81, "0102"), T(0x80, ""), link});
  const Outcome run = Install(Package(Gfm(commands)));
  ASSERT_TRUE(run.ok()) << static_cast<int>(run.failure.reason);
  EXPECT_EQ(run.sink->Find({0x7FD0, 0x5F40, 0x4F01})->content, Hex("0102"));
  EXPECT_EQ(run.sink->Find({0x7FD0, 0x5F40, 0x4F01})->file.sfi, 1);
  EXPECT_TRUE(run.sink->Find({0x6F99})->link);

  ExpectFailure(Package(Gfm(Cat({T(0x80, "7FD1"), ef}))), Status::kBadValues, Reason::kPath);
  ExpectFailure(Package(Gfm(Cat({T(0x80, "7FD05F"), ef}))), Status::kBadValues, Reason::kPath);
  ExpectFailure(Package(Gfm(Ef("6F99", Cat({T(0x82, "4121"), T(0xC7, "2FFF")})))), Status::kBadValues,
                Reason::kPath);
  ExpectFailure(Package(Gfm(Cat({commands, T(0x81, "01")}))), Status::kBadValues, Reason::kFileParameters);
}

TEST(SaipPins, ReferencesFitTheirPlace) {
  const V local = PinConfig("0081", Cat({T(0x82, "0081"), T(0x83, "03"), T(0x84, "22")}));
  const Outcome run = Install(Package(Pins(local)));
  ASSERT_TRUE(run.ok()) << static_cast<int>(run.failure.reason);
  ASSERT_THAT(run.sink->pins, SizeIs(2));
  EXPECT_EQ(run.sink->pins[0], (FakeSink::Pin{1, 1, 1, 7, 3, 3, Hex("30303030FFFFFFFF")}));
  EXPECT_EQ(run.sink->pins[1], (FakeSink::Pin{run.sink->Find({0x7FD0})->file.object, 0x81, 0x81, 3, 2, 2,
                                              Hex("30303030FFFFFFFF")}));
  ASSERT_THAT(run.sink->puks, SizeIs(2));
  EXPECT_EQ(run.sink->puks[0].max, 10);

  ExpectFailure(Package(Pins(PinConfig("01"))), Status::kBadValues, Reason::kPinReference);
  ExpectFailure(Package(Pins(PinConfig("0089"))), Status::kBadValues, Reason::kPinReference);
  ExpectFailure(Package(Pins(Cat({local, local}))), Status::kBadValues, Reason::kPinReference);
  ExpectFailure(Package(Pins(PinConfig("0081", T(0x82, "07")))), Status::kBadValues, Reason::kPinReference);
  ExpectFailure(Package(Pins(PinConfig("0081", T(0x84, "23")))), Status::kBadValues, Reason::kPinValue);
  ExpectFailure(Package(Pins(T(0x30, T(0x80, "0081")))), Status::kBadValues, Reason::kMissing);
  ExpectFailure(Cat({Header(), Mf(), Pins(PinConfig("0081")), End()}), Status::kBadValues,
                Reason::kPinReference);
}

TEST(SaipPins, Shared_NamesTheOwner) {
  const V isim_adf = T(0x62, {T(0x82, "7821"), T(0x83, "7FB0"), T(0x84, "A0000000871004"), T(0xC6, "01")});
  const Outcome run = Install(Package(Cat({Gfm(isim_adf), PinsShared("7FD0")})));
  ASSERT_TRUE(run.ok()) << static_cast<int>(run.failure.reason);
  EXPECT_THAT(run.sink->shares, ElementsAre(std::pair(run.sink->Find({0x7FB0})->file.object,
                                                      run.sink->Find({0x7FD0})->file.object)));
  ExpectFailure(Package(PinsShared("7FD0")), Status::kBadValues, Reason::kPath);  // itself
  ExpectFailure(Package(PinsShared("7FD9")), Status::kBadValues, Reason::kPath);
}

TEST(SaipPuks, TwiceTheSame_Refused) {
  EXPECT_TRUE(Install(Cat({Header(), Mf(), Puks(), End()})).ok());
  ExpectFailure(Cat({Header(), Mf(), Puks(Cat({PukConfig("01"), PukConfig("01")})), End()}), Status::kBadValues,
                Reason::kPinReference);
  ExpectFailure(Cat({Header(), Mf(), Puks(PukConfig("09")), End()}), Status::kBadValues, Reason::kPinReference);
}

TEST(SaipAka, Milenage_WithAndWithoutDefaults) {
  const Outcome plain = Install(Package(AkaPe()));
  ASSERT_TRUE(plain.ok());
  ASSERT_THAT(plain.sink->akas, SizeIs(1));
  const FakeSink::AkaCopy& a = plain.sink->akas[0];
  EXPECT_EQ(a.adf, plain.sink->Find({0x7FD0})->file.object);
  EXPECT_EQ(a.algorithm, rsp::Algorithm::kMilenage);
  EXPECT_EQ(a.key, Hex("000102030405060708090A0B0C0D0E0F"));
  EXPECT_EQ(a.opc, Hex("101112131415161718191A1B1C1D1E1F"));
  EXPECT_EQ(a.delta, Hex("000010000000"));
  EXPECT_EQ(a.age, Hex("000010000000"));
  EXPECT_EQ(a.sqn_options, 2);
  EXPECT_TRUE(a.rotation.empty() && a.xoring.empty() && a.init.empty());

  V sqns, sqn_list;
  for (int i = 0; i < 32; ++i) {
    V s(6, 0);
    s[5] = static_cast<uint8_t>(i);
    Append(sqns, s);
    sqn_list = Cat({sqn_list, T(0x04, s)});
  }
  const V xoring(80, 0x5A);
  const V algo = T(0xA1, {T(0x80, "01"), T(0x81, "05"), T(0x82, "000102030405060708090A0B0C0D0E0F"),
                          T(0x83, "101112131415161718191A1B1C1D1E1F"), T(0x84, "0102030405"), T(0x85, xoring)});
  const V rest = Cat({T(0x82, "0F"), T(0x83, "000000000010"), T(0x84, "000000000020"), T(0xA5, sqn_list)});
  const Outcome full = Install(Package(AkaPe(algo, rest)), 1);
  ASSERT_TRUE(full.ok()) << static_cast<int>(full.failure.reason);
  const FakeSink::AkaCopy& b = full.sink->akas[0];
  EXPECT_EQ(b.rotation, Hex("0102030405"));
  EXPECT_EQ(b.xoring, xoring);
  EXPECT_EQ(b.init, sqns);
  EXPECT_EQ(b.delta, Hex("000000000010"));
  EXPECT_EQ(b.age, Hex("000000000020"));
  EXPECT_EQ(b.sqn_options, 0x0F);
  EXPECT_EQ(b.options, 5);
}

TEST(SaipAka, WhatTheCardCannotDo_Refused) {
  EXPECT_TRUE(Install(Package(AkaPe(AlgoParameter("03")))).ok());
  ExpectFailure(Package(AkaPe(AlgoParameter("02"))), Status::kBadValues, Reason::kAlgorithm);  // OPc of 16 bytes
  ExpectFailure(Package(AkaPe(AlgoParameter("04"))), Status::kFeatureNotSupported, Reason::kAlgorithm);
  const V short_key = T(0xA1, {T(0x80, "01"), T(0x81, "01"), T(0x82, "0001"), T(0x83, "0001")});
  ExpectFailure(Package(AkaPe(short_key)), Status::kBadValues, Reason::kAlgorithm);
  ExpectFailure(Package(AkaPe(AlgoParameter(), T(0xA5, T(0x04, "000000000000")))), Status::kBadValues,
                Reason::kMissing);
  ExpectFailure(Package(AkaPe(AlgoParameter(), T(0x83, "080000000000"))), Status::kBadValues, Reason::kAlgorithm);
  ExpectFailure(Cat({Header(), Mf(), AkaPe(), End()}), Status::kBadValues, Reason::kOrder);
}

V TuakParameter(size_t k_bytes, const std::string& iterations) {
  return T(0xA1, {T(0x80, "02"), T(0x81, "53"), T(0x82, V(k_bytes, 0x11)), T(0x83, V(32, 0x22)),
                  T(0x86, "000005"), T(0x87, iterations)});
}

TEST(SaipAka, Tuak_EveryLengthOfKHasItsService) {
  using rsp::Service;
  const Outcome run = Install(Package(AkaPe(TuakParameter(32, "03"))));
  ASSERT_TRUE(run.ok());
  const auto& a = run.sink->akas.back();
  EXPECT_EQ(a.algorithm, rsp::Algorithm::kTuak);
  EXPECT_EQ(a.options, 0x53);
  EXPECT_EQ(a.iterations, 3);
  EXPECT_EQ(a.key, V(32, 0x11));
  EXPECT_EQ(a.opc, V(32, 0x22));
  const auto with = [](size_t k_bytes, Service service) {
    const rsp::Services others =
        kCardServices & ~(rsp::Bit(Service::kTuak128) | rsp::Bit(Service::kTuak256));
    return Install(Package(AkaPe(TuakParameter(k_bytes, "01"))), 50, others | rsp::Bit(service));
  };
  EXPECT_TRUE(with(16, Service::kTuak128).ok());
  EXPECT_TRUE(with(32, Service::kTuak256).ok());
  EXPECT_EQ(with(32, Service::kTuak128).failure.status, Status::kFeatureNotSupported);
  EXPECT_EQ(with(16, Service::kTuak256).failure.status, Status::kFeatureNotSupported);
  ExpectFailure(Package(AkaPe(TuakParameter(24, "01"))), Status::kBadValues, Reason::kAlgorithm);
  ExpectFailure(Package(AkaPe(TuakParameter(16, "00"))), Status::kBadValues, Reason::kAlgorithm);
}

TEST(SaipAka, Mapping_PointsToTheSource) {
  const V mapping = T(0xA0, {T(0x80, "01"), T(0x81, "A0000000871002")});
  const V adf = T(0x62, {T(0x82, "7821"), T(0x83, "7FB0"), T(0x84, "A0000000871004"), T(0xC6, "01")});
  const Outcome run = Install(Package(Cat({AkaPe(), Gfm(adf), AkaPe(mapping)})));
  ASSERT_TRUE(run.ok()) << static_cast<int>(run.failure.reason);
  EXPECT_THAT(run.sink->maps, ElementsAre(std::pair(run.sink->Find({0x7FB0})->file.object,
                                                    run.sink->Find({0x7FD0})->file.object)));
  const V nowhere = T(0xA0, {T(0x80, "01"), T(0x81, "A0000000999999")});
  ExpectFailure(Package(AkaPe(nowhere)), Status::kBadValues, Reason::kPath);
}

V Domain(const V& component) {
  const V key = T(0x30, {T(0x95, "38"), T(0x82, "01"), T(0x83, "30"), T(0x30, T(0x30, component))});
  return T(PeTag(6), {Head(30), T(0xA1, T(0x4F, "A000000151000000")), T(0xA2, key), T(0xA3, T(0x04, "0102"))});
}

TEST(SaipDomain, KeysAreSealedAndTheRestIsKept) {
  const V component = Cat({T(0x80, "88"), T(0x86, "11223344556677881122334455667788"), T(0x87, "08")});
  const Outcome run = Install(Package(Domain(component)), 3);
  ASSERT_TRUE(run.ok()) << static_cast<int>(run.failure.reason);
  ASSERT_THAT(run.sink->keys, SizeIs(1));
  EXPECT_EQ(run.sink->keys[0],
            (FakeSink::Ota{0, 0x30, 1, 0, Hex("88"), Hex("11223344556677881122334455667788")}));
  const V kept = Cat({T(0xA1, T(0x4F, "A000000151000000")), T(0xA3, T(0x04, "0102"))});
  EXPECT_EQ(run.sink->data.at({1, 0}), kept);
  ExpectFailure(Package(Domain(T(0x80, "88"))), Status::kBadValues, Reason::kKey);
}

TEST(SaipRfm, KeptInWholeHoweverItArrives) {
  const V big(700, 0x77);
  const V members = Cat({T(0x4F, "B00010"), T(0xA0, T(0x04, "B00010")), T(0x81, "12"), T(0x04, big)});
  const V rfm = T(PeTag(7), {Head(31), members});
  for (size_t piece : {1u, 5u, 100000u}) {
    const Outcome run = Install(Package(Cat({rfm, rfm})), piece);
    ASSERT_TRUE(run.ok());
    EXPECT_EQ(run.sink->data.at({2, 0}), members);
    EXPECT_EQ(run.sink->data.at({2, 1}), members);
  }
}

TEST(SaipElements, UnsupportedElement_SkippedUnlessMandated) {
  const auto element = [](int number, bool mandated) {
    return T(PeTag(number), {Head(40, mandated), T(0x81, "2A03"), T(0xA2, T(0x04, "00"))});
  };
  for (int number : {8, 9, 11, 32, 33, 60}) {
    const Outcome run = Install(Package(element(number, false)));
    ASSERT_TRUE(run.ok()) << number;
    ASSERT_THAT(run.statuses, SizeIs(1));
    EXPECT_EQ(run.statuses[0].status, Status::kPeNotSupported);
    EXPECT_EQ(run.statuses[0].identification, 40);
    ExpectFailure(Package(element(number, true)), Status::kPeNotSupported, Reason::kElement);
  }
}

TEST(SaipElements, ManySkipped_KeepTheListBounded) {
  V skipped;
  for (int i = 0; i < 30; ++i) {
    skipped = Cat({skipped, T(PeTag(9), Head(static_cast<uint8_t>(i), false))});
  }
  EXPECT_THAT(Install(Package(skipped)).statuses, SizeIs(testing::Le(Saip::kMaxStatuses)));
  const Outcome run = Install(Package(Cat({skipped, Usim()})));  // a second USIM with the same AID
  EXPECT_EQ(run.statuses.back().reason, Reason::kDuplicateFile);
}

}  // namespace
}  // namespace simurgh::saip
