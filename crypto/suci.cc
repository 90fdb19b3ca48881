#include "crypto/suci.h"

#include "base/check.h"
#include "crypto/aes.h"
#include "crypto/ec.h"
#include "crypto/hmac.h"
#include "crypto/x25519.h"

namespace simurgh::crypto {
namespace {

constexpr size_t kEncKey = 16;
constexpr size_t kIcb = 16;
constexpr size_t kMacKey = 32;

/// An ephemeral public key as it is sent, and what both sides share.
struct Agreement {
  std::array<uint8_t, kSuciMaxPoint> point{};
  size_t point_size = 0;
  Secret<32> shared;
};

// C.3.4.1: the u coordinate, without a prefix.
Error AgreeA(ConstBytes public_key, ConstBytes ephemeral, Rng& rng, Agreement& out) {
  X25519Key point;
  TRY(X25519Public(ephemeral, rng, point));
  TRY(X25519(ephemeral, public_key, rng, out.shared));
  Copy(out.point, point);
  out.point_size = point.size();
  return Error::kOk;
}

// C.3.4.2: a compressed point (SEC 1 2.3.3).
Error AgreeB(ConstBytes public_key, ConstBytes ephemeral, Rng& rng, Agreement& out) {
  const EcPublicKey point = TRY(EcPublicFromPrivate(Curve::kNistP256, ephemeral));
  EcPublicKey network;
  if (public_key.size() == network.size()) {
    Copy(network, public_key);
  } else {
    network = TRY(EcDecompress(Curve::kNistP256, public_key));
  }
  TRY(Ecdh(Curve::kNistP256, ephemeral, network, rng, out.shared));
  out.point[0] = static_cast<uint8_t>(0x02 | (point.back() & 1));
  Copy(Bytes(out.point).subspan(1), ConstBytes(point).subspan(1, 32));
  out.point_size = 33;
  return Error::kOk;
}

// CTR with a counter of 32 bits (SP 800-38A B.1, m = 32; C.3.4.0).
void Ctr32(ConstBytes key, Bytes icb, ConstBytes in, Bytes out) {
  const Aes aes(key);
  AesBlock stream;
  for (size_t i = 0; i < in.size(); ++i) {
    if (i % stream.size() == 0) {
      aes.Encrypt(icb.data(), stream.data());
      Put32(icb, 12, Get32(icb, 12) + 1);
    }
    out[i] = in[i] ^ stream[i % stream.size()];
  }
  Wipe(stream);
}

}  // namespace

Error ConcealSupiWith(SuciScheme scheme, ConstBytes public_key, ConstBytes ephemeral32,
                      ConstBytes input, Rng& rng, Bytes out) {
  CHECK(scheme != SuciScheme::kNull && out.size() == input.size() + SuciOverhead(scheme));
  Agreement agreement;
  TRY(scheme == SuciScheme::kProfileA ? AgreeA(public_key, ephemeral32, rng, agreement)
                                      : AgreeB(public_key, ephemeral32, rng, agreement));
  const ConstBytes point = ConstBytes(agreement.point).first(agreement.point_size);
  Secret<kEncKey + kIcb + kMacKey> keys;
  keys.Resize(kEncKey + kIcb + kMacKey);
  X963Kdf(agreement.shared.view(), point, keys.view());

  Copy(out, point);
  const Bytes cipher = out.subspan(point.size(), input.size());
  Ctr32(keys.view().first(kEncKey), keys.view().subspan(kEncKey, kIcb), input, cipher);
  HmacSha256 mac(keys.view().last(kMacKey));
  mac.Update(cipher);
  Copy(out.last(kSuciTag), ConstBytes(mac.Finish()).first(kSuciTag));
  return Error::kOk;
}

Error ConcealSupi(SuciScheme scheme, ConstBytes public_key, ConstBytes input, Rng& rng, Bytes out) {
  if (scheme == SuciScheme::kNull) {
    CHECK(out.size() == input.size());
    Copy(out, input);
    return Error::kOk;
  }
  if (scheme == SuciScheme::kProfileA) {
    Secret<32> ephemeral;
    ephemeral.Resize(32);
    rng.Fill(ephemeral.view());
    return ConcealSupiWith(scheme, public_key, ephemeral.view(), input, rng, out);
  }
  EcKeyPair pair;
  TRY(GenerateEcKey(Curve::kNistP256, rng, pair));
  return ConcealSupiWith(scheme, public_key, pair.private_key.view(), input, rng, out);
}

}  // namespace simurgh::crypto
