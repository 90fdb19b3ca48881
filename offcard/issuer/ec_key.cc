#include "offcard/issuer/ec_key.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <memory>

#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(BIGNUM* p) const { BN_clear_free(p); }
  void operator()(OSSL_PARAM* p) const { OSSL_PARAM_free(p); }
  void operator()(OSSL_PARAM_BLD* p) const { OSSL_PARAM_BLD_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

constexpr const char* kNames[] = {"", "prime256v1", "brainpoolP256r1"};

Owned<EVP_PKEY> ReadPem(const std::string& path) {
  const std::string text = ReadTextFile(path);
  const Owned<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (!key) { throw UserError(fmt::format("{}: no private key in PEM form", path)); }
  return key;
}

void WritePem(const std::string& path, EVP_PKEY* key) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  WriteFile(path, ConstBytes(reinterpret_cast<const uint8_t*>(data), static_cast<size_t>(size)));
}

}  // namespace

crypto::Rng& SystemRng() {
  static crypto::Rng rng;
  static const bool seeded = [] {
    std::array<uint8_t, crypto::Rng::kSeedBytes> seed;
    if (RAND_bytes(seed.data(), static_cast<int>(seed.size())) != 1) {
      throw UserError("the operating system gave no random numbers");
    }
    rng.Seed(seed);
    return true;
  }();
  (void)seeded;
  return rng;
}

EcKey NewEcKey(crypto::Curve curve) {
  crypto::EcKeyPair pair;
  if (crypto::GenerateEcKey(curve, SystemRng(), pair) != Error::kOk) {
    throw UserError("no key could be generated");
  }
  EcKey key;
  key.curve = curve;
  Copy(key.secret, pair.private_key.view());
  key.point = pair.public_key;
  return key;
}

EcKey ReadEcKey(const std::string& path) {
  const Owned<EVP_PKEY> pkey = ReadPem(path);
  char name[40] = {};
  size_t length = 0;
  BIGNUM* number = nullptr;
  EcKey key;
  if (EVP_PKEY_get_group_name(pkey.get(), name, sizeof(name), &length) != 1 ||
      EVP_PKEY_get_bn_param(pkey.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1) {
    throw UserError(fmt::format("{}: not an elliptic curve key", path));
  }
  const Owned<BIGNUM> secret(number);
  if (std::string(name) == kNames[2]) {
    key.curve = crypto::Curve::kBrainpoolP256r1;
  } else if (std::string(name) != kNames[1]) {
    throw UserError(fmt::format("{}: curve {}; prime256v1 or brainpoolP256r1 is needed", path, name));
  }
  BN_bn2binpad(secret.get(), key.secret.data(), static_cast<int>(key.secret.size()));
  const Result<crypto::EcPublicKey> point = crypto::EcPublicFromPrivate(key.curve, key.secret);
  if (!point.ok()) { throw UserError(fmt::format("{}: the key is not valid", path)); }
  key.point = point.value();
  return key;
}

void WriteEcKey(const std::string& path, const EcKey& key) {
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  const Owned<BIGNUM> secret(
      BN_bin2bn(key.secret.data(), static_cast<int>(key.secret.size()), nullptr));
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                  kNames[static_cast<int>(key.curve)], 0);
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get());
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, key.point.data(),
                                   key.point.size());
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* raw = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_KEYPAIR, params.get()) != 1) {
    throw UserError(fmt::format("{}: the key could not be written", path));
  }
  const Owned<EVP_PKEY> pkey(raw);
  WritePem(path, pkey.get());
}

crypto::EcSignature Sign(const EcKey& key, const crypto::Sha256Digest& digest) {
  crypto::EcSignature signature;
  if (crypto::EcdsaSign(key.curve, key.secret, digest, SystemRng(), signature) != Error::kOk) {
    throw UserError("the key cannot sign");
  }
  return signature;
}

void NewRsaKeyFile(const std::string& path) {
  const Owned<EVP_PKEY> key(EVP_RSA_gen(2048));
  WritePem(path, key.get());
}

Buffer RsaPublicKey(const std::string& path) {
  const Owned<EVP_PKEY> key = ReadPem(path);
  uint8_t* der = nullptr;
  const int size = i2d_PublicKey(key.get(), &der);
  if (size <= 0 || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) {
    throw UserError(fmt::format("{}: not an RSA key", path));
  }
  Buffer out(der, der + size);
  OPENSSL_free(der);
  return out;
}

Buffer RsaSign(const std::string& path, ConstBytes message, bool sha1) {
  const Owned<EVP_PKEY> key = ReadPem(path);
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  Buffer out(512);
  size_t size = out.size();
  if (EVP_DigestSignInit(context.get(), nullptr, sha1 ? EVP_sha1() : EVP_sha256(), nullptr,
                         key.get()) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) != 1) {
    throw UserError(fmt::format("{}: the key cannot sign", path));
  }
  out.resize(size);
  return out;
}

}  // namespace simurgh::offcard
