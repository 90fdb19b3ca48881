#include "crypto/arena.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>

#include "crypto/ec.h"
#include "crypto/rsa.h"
#include "crypto/sha.h"
#include "tests/unit/crypto/hex.h"
#include "tests/vectors/rsa.h"

namespace simurgh::crypto {
namespace {

class ArenaTest : public testing::Test {
 protected:
  void SetUp() override {
    std::array<uint8_t, Rng::kSeedBytes> seed{};
    rng_.Seed(seed);
    for (Curve curve : {Curve::kNistP256, Curve::kBrainpoolP256r1}) {
      Add(curve);
    }
    operations_.push_back({"RSA-2048 verify", [this] {
                             return Accepted(RsaVerify(Hex(vectors::kRsa2048Key), RsaHash::kSha256,
                                                       digest_, Hex(vectors::kRsa2048Sha256)));
                           }, kRsaArenaBytes});
  }
  void TearDown() override { ArenaReset(kArenaWhole); }

  struct Operation {
    std::string name;
    std::function<bool()> run;  // true: did its work
    size_t brings = kEcArenaBytes;
  };

  void Add(Curve curve) {
    const std::string name = curve == Curve::kNistP256 ? "P-256 " : "brainpoolP256r1 ";
    const std::vector<uint8_t> key(32, 0x5A);
    const EcPublicKey point = EcPublicFromPrivate(curve, key).value();
    EcSignature signature;
    EXPECT_EQ(EcdsaSign(curve, key, digest_, rng_, signature), Error::kOk);
    operations_.push_back({name + "generate", [=, this] {
                             EcKeyPair pair;
                             return Succeeded(GenerateEcKey(curve, rng_, pair));
                           }});
    operations_.push_back({name + "public key", [=] {
                             const Result<EcPublicKey> result = EcPublicFromPrivate(curve, key);
                             return Succeeded(result.error()) && result.value() == point;
                           }});
    operations_.push_back({name + "sign", [=, this] {
                             EcSignature out{};
                             return Succeeded(EcdsaSign(curve, key, digest_, rng_, out)) &&
                                    out == signature;
                           }});
    operations_.push_back({name + "verify", [=, this] {
                             return Accepted(EcdsaVerify(curve, point, digest_, signature));
                           }});
    operations_.push_back({name + "ECDH", [=, this] {
                             Secret<32> shared;
                             return Succeeded(Ecdh(curve, key, point, rng_, shared));
                           }});
  }
  /// The only failure an operation may report here is a lack of memory.
  static bool Succeeded(Error error) {
    EXPECT_TRUE(error == Error::kOk || error == Error::kHardware);
    return error == Error::kOk;
  }

  Rng rng_;
  const Sha256Digest digest_ = Sha256Of(Ascii(vectors::kRsaMessage));
  std::vector<Operation> operations_;
};

TEST_F(ArenaTest, EveryOperation_LeavesAQuarterSpare) {
  for (const Operation& operation : operations_) {
    ArenaReset(kArenaWhole);
    EXPECT_TRUE(operation.run()) << operation.name;
    std::printf("  %-28s %5zu of %zu bytes\n", operation.name.c_str(), ArenaHighWater(),
                operation.brings);
    EXPECT_LE(ArenaHighWater(), operation.brings * 3 / 4) << operation.name;
  }
}

TEST_F(ArenaTest, TooSmall_RefusesCleanly_AndEverythingIsFreedAgain) {
  for (const Operation& operation : operations_) {
    ArenaReset(kArenaWhole);
    ASSERT_TRUE(operation.run()) << operation.name;
    const size_t need = ArenaHighWater();
    for (size_t usable = 256; usable < need; usable += 104) {
      ArenaReset(usable);
      // Fitting into less than the high-water mark is possible: holes are then used tighter.
      (void)operation.run();
    }
    ArenaReset(256);
    EXPECT_FALSE(operation.run()) << operation.name;  // control: shortage is noticed
    ArenaReset(kArenaWhole);
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(operation.run()) << operation.name;
    }
    // Random numbers with leading zeros move the mark by a few words; a leak would add up.
    EXPECT_LE(ArenaHighWater(), need + 256) << operation.name << ": something is never freed";
  }
}

}  // namespace
}  // namespace simurgh::crypto
