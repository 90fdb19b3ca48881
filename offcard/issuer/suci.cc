#include "offcard/issuer/suci.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

constexpr int kProfileA = 1;
constexpr int kProfileB = 2;
constexpr size_t kTag = 8;

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(BIGNUM* p) const { BN_clear_free(p); }
  void operator()(EC_GROUP* p) const { EC_GROUP_free(p); }
  void operator()(EC_POINT* p) const { EC_POINT_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

[[noreturn]] void NoPoint() {
  throw UserError("SUCI: the ephemeral public key is none of the scheme's curve");
}

Buffer SharedA(const Buffer& secret, ConstBytes point) {
  const Owned<EVP_PKEY> own(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, secret.data(), secret.size()));
  const Owned<EVP_PKEY> peer(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, point.data(), point.size()));
  const Owned<EVP_PKEY_CTX> context(own ? EVP_PKEY_CTX_new(own.get(), nullptr) : nullptr);
  Buffer out(32);
  size_t size = out.size();
  if (!context || !peer || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1 ||
      EVP_PKEY_derive(context.get(), out.data(), &size) != 1) {
    NoPoint();
  }
  return out;
}

Buffer SharedB(const Buffer& secret, ConstBytes point) {
  const Owned<EC_GROUP> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const Owned<EC_POINT> peer(EC_POINT_new(group.get()));
  const Owned<EC_POINT> shared(EC_POINT_new(group.get()));
  const Owned<BIGNUM> scalar(BN_bin2bn(secret.data(), static_cast<int>(secret.size()), nullptr));
  const Owned<BIGNUM> x(BN_new());
  Buffer out(32);
  if (EC_POINT_oct2point(group.get(), peer.get(), point.data(), point.size(), nullptr) != 1 ||
      EC_POINT_mul(group.get(), shared.get(), nullptr, peer.get(), scalar.get(), nullptr) != 1 ||
      EC_POINT_get_affine_coordinates(group.get(), shared.get(), x.get(), nullptr, nullptr) != 1 ||
      BN_bn2binpad(x.get(), out.data(), static_cast<int>(out.size())) != 32) {
    NoPoint();
  }
  return out;
}

/// ANSI X9.63: SHA-256 over Z, a counter from 1 and the ephemeral public key.
Buffer KeyData(const Buffer& shared, ConstBytes point, size_t size) {
  Buffer out;
  for (uint32_t counter = 1; out.size() < size; ++counter) {
    std::array<uint8_t, 4> number;
    Put32(number, 0, counter);
    std::array<uint8_t, 32> digest;
    const Owned<EVP_MD_CTX> hash(EVP_MD_CTX_new());
    EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr);
    EVP_DigestUpdate(hash.get(), shared.data(), shared.size());
    EVP_DigestUpdate(hash.get(), number.data(), number.size());
    EVP_DigestUpdate(hash.get(), point.data(), point.size());
    EVP_DigestFinal_ex(hash.get(), digest.data(), nullptr);
    out.insert(out.end(), digest.begin(), digest.end());
  }
  out.resize(size);
  return out;
}

// ---- Text

/// What follows `prefix` in a part of the user name, e.g. "schid1".
std::string Member(const std::string& part, const std::string& prefix, const std::string& whole) {
  if (part.rfind(prefix, 0) != 0) {
    throw UserError(fmt::format("SUCI '{}': '{}' expected where '{}' stands", whole, prefix, part));
  }
  return part.substr(prefix.size());
}

int Number(const std::string& text, const std::string& whole) {
  if (text.empty() || text.size() > 3 || text.find_first_not_of("0123456789") != std::string::npos) {
    throw UserError(fmt::format("SUCI '{}': '{}' is not a number", whole, text));
  }
  return std::stoi(text);
}

Suci ParseNai(const std::string& text) {
  const size_t at = text.find('@');
  std::vector<std::string> parts;
  size_t from = 0;
  while (from <= at) {
    // A user id of the null scheme may hold dots: it is the last part.
    const bool last = parts.size() == 3 && text.compare(from, 6, "userid") == 0;
    const size_t dot = last ? at : std::min(text.find('.', from), at);
    parts.push_back(text.substr(from, dot - from));
    from = dot + 1;
  }
  if (parts.size() != 4 && parts.size() != 7) {
    throw UserError(fmt::format("SUCI '{}': type, rid, schid and userid, or hnkey, ecckey, cip and mac "
                                "expected", text));
  }
  Suci suci;
  suci.nai = true;
  suci.supi_type = Number(Member(parts[0], "type", text), text);
  suci.routing = Member(parts[1], "rid", text);
  suci.scheme = Number(Member(parts[2], "schid", text), text);
  suci.realm = text.substr(at + 1);
  if (parts.size() == 4) {
    suci.plain = Member(parts[3], "userid", text);
    return suci;
  }
  suci.key_id = Number(Member(parts[3], "hnkey", text), text);
  suci.output = FromHex(Member(parts[4], "ecckey", text) + Member(parts[5], "cip", text) +
                        Member(parts[6], "mac", text), "SUCI");
  return suci;
}

char Digit(uint8_t nibble) { return static_cast<char>('0' + nibble); }

std::string Digits(ConstBytes bytes) {
  std::string digits;
  for (const uint8_t b : bytes) {
    for (const uint8_t nibble : {b & 0x0F, b >> 4}) {
      if (nibble < 10) { digits += Digit(nibble); }
    }
  }
  return digits;
}

}  // namespace

Suci ParseSuci(const std::string& text) {
  if (text.find('@') != std::string::npos) { return ParseNai(text); }
  Buffer bytes = FromHex(text, "SUCI");
  if (bytes.size() > 2 && bytes[0] == 0xA1) {  // as GET IDENTITY answers it (TS 31.102 7.5.2)
    const size_t header = bytes[1] < 0x80 ? 2 : bytes[1] == 0x81 ? 3 : 4;
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<long>(std::min(header, bytes.size())));
  }
  if (!bytes.empty() && (bytes[0] == 0x11 || bytes[0] == 't')) {  // a NAI, with or without octet 4
    return ParseNai(std::string(bytes.begin() + (bytes[0] == 0x11 ? 1 : 0), bytes.end()));
  }
  if (bytes.size() < 9 || bytes[0] != 0x01) {
    throw UserError("SUCI: not the coding of an IMSI's SUCI (TS 24.501 9.11.3.4) nor a NAI");
  }
  Suci suci;
  suci.mcc = {Digit(bytes[1] & 0x0F), Digit(bytes[1] >> 4), Digit(bytes[2] & 0x0F)};
  suci.mnc = {Digit(bytes[3] & 0x0F), Digit(bytes[3] >> 4)};
  if (bytes[2] >> 4 < 10) { suci.mnc += Digit(bytes[2] >> 4); }
  suci.routing = Digits(ConstBytes(bytes).subspan(4, 2));
  suci.scheme = bytes[6] & 0x0F;
  suci.key_id = bytes[7];
  suci.output.assign(bytes.begin() + 8, bytes.end());
  return suci;
}

HomeNetworkKey ReadHomeNetworkKey(const std::string& hex_or_file, int scheme) {
  HomeNetworkKey key;
  if (!std::filesystem::exists(hex_or_file)) {
    key.secret = FromHex(hex_or_file, "--key");
  } else {
    const std::string pem = ReadTextFile(hex_or_file);
    const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Owned<EVP_PKEY> read(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    key.secret.resize(32);
    size_t size = 32;
    BIGNUM* number = nullptr;
    if (!read) { throw UserError(fmt::format("{}: no private key in PEM form", hex_or_file)); }
    if (scheme == kProfileA &&
        EVP_PKEY_get_raw_private_key(read.get(), key.secret.data(), &size) != 1) {
      throw UserError(fmt::format("{}: profile A wants an X25519 key", hex_or_file));
    }
    if (scheme == kProfileB) {
      const int got = EVP_PKEY_get_bn_param(read.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number);
      const Owned<BIGNUM> owned(number);
      if (got != 1 || BN_bn2binpad(number, key.secret.data(), 32) != 32) {
        throw UserError(fmt::format("{}: profile B wants a P-256 key", hex_or_file));
      }
    }
  }
  if (key.secret.size() != 32) {
    throw UserError("--key: a private key of 32 bytes (64 hexadecimal digits) or a PEM file");
  }
  return key;
}

Buffer Deconceal(int scheme, const HomeNetworkKey& key, ConstBytes output) {
  if (scheme == 0) { return Buffer(output.begin(), output.end()); }
  if (scheme != kProfileA && scheme != kProfileB) {
    throw UserError(fmt::format("SUCI: protection scheme {}; 0, 1 (A) and 2 (B) are known", scheme));
  }
  const size_t point_size = scheme == kProfileA ? 32 : 33;
  if (output.size() < point_size + kTag) {
    throw UserError(fmt::format("SUCI: {} bytes of scheme output are too few", output.size()));
  }
  const ConstBytes point = output.first(point_size);
  const ConstBytes cipher = output.subspan(point_size, output.size() - point_size - kTag);
  const Buffer keys = KeyData(
      scheme == kProfileA ? SharedA(key.secret, point) : SharedB(key.secret, point), point, 64);

  std::array<uint8_t, 32> mac;
  HMAC(EVP_sha256(), keys.data() + 32, 32, cipher.data(), cipher.size(), mac.data(), nullptr);
  if (CRYPTO_memcmp(mac.data(), output.last(kTag).data(), kTag) != 0) {
    throw UserError("SUCI: the MAC tag is wrong; it was made for another key, or spoilt on its way");
  }
  Buffer plain(cipher.size());
  int size = 0;
  const Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  EVP_DecryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, keys.data(), keys.data() + 16);
  EVP_DecryptUpdate(context.get(), plain.data(), &size, cipher.data(), static_cast<int>(cipher.size()));
  return plain;
}

std::string SupiOf(const Suci& suci, const HomeNetworkKey& key) {
  const bool shown = suci.nai && suci.scheme == 0;
  const Buffer plain = shown ? Buffer() : Deconceal(suci.scheme, key, suci.output);
  if (suci.supi_type == 1) {
    const std::string user = shown ? suci.plain : std::string(plain.begin(), plain.end());
    return fmt::format("nai-{}@{}", user, suci.realm);
  }
  const std::string msin = shown ? suci.plain : Digits(plain);
  if (!suci.nai) { return fmt::format("imsi-{}{}{}", suci.mcc, suci.mnc, msin); }
  // "...mnc012.mcc345...": a leading zero of the MNC may be filling, so the form is kept.
  const size_t mnc = suci.realm.find("mnc"), mcc = suci.realm.find("mcc");
  if (mnc == std::string::npos || mcc == std::string::npos) {
    throw UserError(fmt::format("SUCI: realm {} has no MNC and MCC", suci.realm));
  }
  return fmt::format("mcc {} mnc {} msin {}", suci.realm.substr(mcc + 3, 3),
                     suci.realm.substr(mnc + 3, 3), msin);
}

}  // namespace simurgh::offcard
