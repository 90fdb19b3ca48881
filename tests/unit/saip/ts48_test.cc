#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "firmware/keys/aka.h"
#include "firmware/profile/saip_interpreter.h"
#include "firmware/rsp/reason_text.h"
#include "firmware/profile/staging.h"
#include "firmware/rsp/names.h"
#include "hal/host/sim_flash.h"
#include "tests/unit/saip/package_reader.h"
#include "tests/unit/store/heap_index.h"

namespace simurgh::saip {
namespace {

using V = std::vector<uint8_t>;

constexpr const char* kV2 = "TS48v2_SAIP2.1_NoBERTLV.der";

V Load(const std::string& name) {
  std::ifstream in(std::string(SIMURGH_SPEC_DIR) + "/ts48/" + name, std::ios::binary);
  return V(std::istreambuf_iterator<char>(in), {});
}

/// The rooms a profile goes to, on a simulated flash.
struct Card {
  hal::FlashShape shape{config::kStoreSectors, config::kSectorBytes, 8};
  V memory = V(size_t{config::kStoreSectors} * config::kSectorBytes, 0xFF);
  hal::SimFlash flash{shape, memory};
  store::HeapIndex index{config::kIndexSlots};
  store::Store store{flash, index};
  keys::KeyStore keys{store};
  fs::FileSystem files{store};
  access::Pins pins{store};

  Card() {
    flash.EraseAll();
    EXPECT_EQ(store.Mount(), Error::kOk);
    const V root(32, 0x42);
    keys.Unlock(root);
  }
  Error Install(const V& package, uint16_t space, size_t piece, PeStatus* failure = nullptr,
                rsp::Services services = kCardServices) {
    profile::StagingSink sink(store, keys, files, pins, space);
    Saip saip(sink, services);
    Error error = Error::kOk;
    for (size_t at = 0; at < package.size() && error == Error::kOk; at += piece) {
      error = saip.Feed(ConstBytes(package).subspan(at, std::min(piece, package.size() - at)));
    }
    if (error == Error::kOk) {
      error = saip.Finish();
    }
    if (failure != nullptr) {
      *failure = saip.failure();
    }
    return error == Error::kOk ? sink.Flush() : error;
  }
  Result<fs::File> At(uint16_t space, const Path& path) {
    fs::File file = TRY(files.Root(space));
    for (uint16_t fid : path) {
      file = TRY(files.Child(file, fid));
    }
    return file;
  }
};

std::string Text(const Path& path) {
  std::string s = "3F00";
  char hex[8];
  for (uint16_t fid : path) {
    std::snprintf(hex, sizeof hex, "/%04X", fid);
    s += hex;
  }
  return s;
}

void ExpectAllFiles(Card& card, uint16_t space, const Expected& expected) {
  for (const auto& [path, wanted] : expected.files) {
    SCOPED_TRACE(Text(path) + " " + wanted.name);
    const Result<fs::File> file = card.At(space, path);
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(file.value().directory(), wanted.directory);
    EXPECT_EQ(file.value().arr_record, wanted.arr_record);
    if (wanted.directory) {
      continue;
    }
    if (file.value().type == fs::Type::kBerTlv) {  // none of these packages puts objects in
      EXPECT_EQ(file.value().record_length, wanted.content.size());
      V tags(16);
      EXPECT_EQ(card.files.Tags(file.value(), tags).ValueOr(99), 0u);
      continue;
    }
    V content = wanted.content;
    if (!wanted.link.empty()) {
      content = expected.files.at(wanted.link).content;
    } else {
      EXPECT_EQ(file.value().record_length, wanted.record_length);
    }
    if (wanted.name == "usim/ef-ust") {  // services 64 and 65, which no card key stands behind
      content[7] &= 0x7F;
      content[8] &= 0xFE;
    }
    V read(file.value().size);
    ASSERT_EQ(card.files.Read(file.value(), 0, read), Error::kOk);
    EXPECT_EQ(read, content);
  }
}

class Ts48Installs : public testing::TestWithParam<const char*> {};

TEST_P(Ts48Installs, AndReadsBack) {
  const V package = Load(GetParam());
  if (package.empty()) {
    GTEST_SKIP() << "no reference packages in " SIMURGH_SPEC_DIR;
  }
  const Expected expected = ReadPackage(package);
  ASSERT_GT(expected.files.size(), 200u);
  for (size_t piece : {package.size(), size_t{120}, size_t{1}}) {
    Card card;
    PeStatus failure;
    ASSERT_EQ(card.Install(package, 5, piece, &failure), Error::kOk)
        << rsp::PeName(failure.element) << " (" << failure.identification << ") at " << failure.offset << " "
        << ReasonText(failure.reason);
    ExpectAllFiles(card, 5, expected);
    // The XOR algorithm, where the package puts it.
    keys::Aka aka(card.store, card.keys);
    for (const Path& adf : {Path{0x7FD0}, Path{0x7FB0}}) {
      EXPECT_TRUE(aka.Has(5, card.At(5, adf).value().object)) << Text(adf);
    }
    EXPECT_FALSE(aka.Has(5, card.At(5, {0x7FC0}).value().object));
    if (piece == package.size()) {
      std::printf("%s: %zu files, %llu flash operations\n", GetParam(), expected.files.size(),
                  static_cast<unsigned long long>(card.flash.counts().operations()));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Packages, Ts48Installs,
                         testing::Values(kV2, "TS48v7_SAIP2.3_NoBERTLV_NoRAMRFM.der"));

TEST(Ts48, Version2_TruncatedAnywhereIsRefused) {
  const V package = Load(kV2);
  if (package.empty()) {
    GTEST_SKIP() << "no reference packages in " SIMURGH_SPEC_DIR;
  }
  for (size_t n = 1; n < package.size(); n += 997) {
    Card card;
    EXPECT_EQ(card.Install(V(package.begin(), package.begin() + static_cast<long>(n)), 5, 500), Error::kFormat) << n;
  }
}

TEST(Ts48, BerTlvVariants_EveryFileReadsBackAsThePackageSays) {
  for (const char* name : {"TS48v5_SAIP2.3_BERTLV_SUCI.der", "TS48v7_SAIP2.3_BERTLV_SUCI.der"}) {
    const V package = Load(name);
    if (package.empty()) {
      GTEST_SKIP() << "no reference packages in " SIMURGH_SPEC_DIR;
    }
    Card card;
    PeStatus failure;
    ASSERT_EQ(card.Install(package, 5, 1000, &failure), Error::kOk)
        << name << " " << rsp::PeName(failure.element) << " (" << failure.identification << ") at "
        << failure.offset << " " << ReasonText(failure.reason);
    ExpectAllFiles(card, 5, ReadPackage(package));
  }
}

struct Refusal {
  const char* file;
  rsp::Service service;
};
class Ts48Refused : public testing::TestWithParam<Refusal> {};

TEST_P(Ts48Refused, NamesTheService) {
  const V package = Load(GetParam().file);
  if (package.empty()) {
    GTEST_SKIP() << "no reference packages in " SIMURGH_SPEC_DIR;
  }
  Card card;
  PeStatus failure;
  EXPECT_EQ(card.Install(package, 5, 200, &failure), Error::kUnsupported);
  EXPECT_EQ(failure.status, rsp::Status::kFeatureNotSupported);
  EXPECT_EQ(failure.reason, Reason::kService);
  EXPECT_EQ(rsp::ServiceName(static_cast<rsp::Service>(failure.detail)), rsp::ServiceName(GetParam().service));
  EXPECT_FALSE(card.files.Root(5).ok());  // nothing was written
}

INSTANTIATE_TEST_SUITE_P(
    Packages, Ts48Refused,
    testing::Values(Refusal{"TS48v1_A.der", rsp::Service::kJavacard}));

}  // namespace
}  // namespace simurgh::saip
