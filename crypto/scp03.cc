#include "crypto/scp03.h"

#include "base/check.h"
#include "base/writer.h"
#include "crypto/aes.h"
#include "crypto/const_time.h"

namespace simurgh::crypto {
namespace {

constexpr size_t kMacBytes = 8;  // S8 mode
constexpr uint8_t kPadByte = 0x80;

/// Data derivation constants (Amendment D table 4-1).
enum class Derive : uint8_t {
  kCardCryptogram = 0x00,
  kHostCryptogram = 0x01,
  kCardChallenge = 0x02,
  kSEnc = 0x04,
  kSMac = 0x06,
  kSRmac = 0x07,
};

/// KDF in counter mode with CMAC (SP 800-108, Amendment D 4.1.5): each block is the CMAC over
/// label (11 zeros, constant) | 00 | output bits (2) | counter (1) | context.
void Kdf(ConstBytes key, Derive constant, ConstBytes context1, ConstBytes context2, Bytes out) {
  std::array<uint8_t, 16> fixed{};
  fixed[11] = static_cast<uint8_t>(constant);
  Put16(fixed, 13, static_cast<uint16_t>(out.size() * 8));
  Cmac cmac(key);
  for (uint8_t counter = 1; !out.empty(); ++counter) {
    fixed[15] = counter;
    cmac.Update(fixed);
    cmac.Update(context1);
    cmac.Update(context2);
    AesBlock block;
    cmac.Finish(block);
    const size_t n = std::min(block.size(), out.size());
    Copy(out, ConstBytes(block).first(n));
    out = out.subspan(n);
    Wipe(block);
  }
}

void DeriveKey(ConstBytes key, Derive constant, ConstBytes host, ConstBytes card, Secret<32>& out) {
  out.Resize(key.size());
  Kdf(key, constant, host, card, out.view());
}

constexpr bool Further(uint8_t cla) { return (cla & 0x40) != 0; }

/// Class byte with the secure messaging bit (GlobalPlatform 11.1.4: b3, or b6 for channels 4..19).
constexpr uint8_t Secured(uint8_t cla) {
  return static_cast<uint8_t>(cla | (Further(cla) ? 0x20 : 0x04));
}

/// Class byte as the MAC sees it: channel 0, b4 = 0, b3 = 1 (Amendment D 6.2.4).
constexpr uint8_t ForMac(uint8_t cla) {
  return static_cast<uint8_t>((cla & (Further(cla) ? 0x80 : 0xF0)) | 0x04);
}

/// Appends 80 00..00 up to a whole block (GPCS B.2.3). @returns the new size, 0 when it lacks room.
size_t Pad(Bytes data, size_t size) {
  const size_t padded = (size / kAesBlock + 1) * kAesBlock;
  if (padded > data.size()) {
    return 0;
  }
  data[size] = kPadByte;
  Fill(data.subspan(size + 1, padded - size - 1), 0);
  return padded;
}

/// The reverse. The text is authenticated before it comes here, so this leaks nothing.
Result<Bytes> Unpad(Bytes data) {
  size_t size = data.size();
  while (size > 0 && data[size - 1] == 0) {
    --size;
  }
  if (size == 0 || data[size - 1] != kPadByte || data.size() - size >= kAesBlock) {
    return Error::kAuth;
  }
  return data.first(size - 1);
}

}  // namespace

void Scp03::Start(ConstBytes key_enc, ConstBytes key_mac, ConstBytes host_challenge8,
                  ConstBytes card_challenge8) {
  CHECK(host_challenge8.size() == 8 && card_challenge8.size() == 8);
  Wipe();
  Copy(host_challenge_, host_challenge8);
  Copy(card_challenge_, card_challenge8);
  DeriveKey(key_enc, Derive::kSEnc, host_challenge_, card_challenge_, s_enc_);
  DeriveKey(key_mac, Derive::kSMac, host_challenge_, card_challenge_, s_mac_);
  DeriveKey(key_mac, Derive::kSRmac, host_challenge_, card_challenge_, s_rmac_);
}

std::array<uint8_t, 8> Scp03::CardChallenge(ConstBytes key_enc, ConstBytes counter3,
                                            ConstBytes aid) {
  std::array<uint8_t, 8> challenge;
  Kdf(key_enc, Derive::kCardChallenge, counter3, aid, challenge);
  return challenge;
}

Scp03::Cryptogram Scp03::CardCryptogram() const {
  Cryptogram out;
  Kdf(s_mac_.view(), Derive::kCardCryptogram, host_challenge_, card_challenge_, out);
  return out;
}

Scp03::Cryptogram Scp03::HostCryptogram() const {
  Cryptogram out;
  Kdf(s_mac_.view(), Derive::kHostCryptogram, host_challenge_, card_challenge_, out);
  return out;
}

void Scp03::SetLevel(uint8_t level) {
  level_ = level;
  counter_ = 0;  // the first command after EXTERNAL AUTHENTICATE counts as 1 (6.2.6)
}

// C-MAC over chaining value | header | Lc | data without the MAC (6.2.4). Lc counts the MAC too.
void Scp03::CommandMac(ConstBytes header4, size_t lc, ConstBytes data, AesBlock& mac) const {
  std::array<uint8_t, 7> head;
  Writer out(head);
  out.Add8(ForMac(header4[0]));
  out.Add(header4.subspan(1, 3));
  if (lc > 0xFF) {
    out.Add8(0);
    out.Add16(static_cast<uint16_t>(lc));
  } else {
    out.Add8(static_cast<uint8_t>(lc));
  }
  Cmac cmac(s_mac_.view());
  cmac.Update(chaining_);
  cmac.Update(out.written());
  cmac.Update(data);
  cmac.Finish(mac);
}

// The counter as a block, encrypted with S-ENC; `first_byte` is 80 for responses (6.2.6, 6.2.7).
void Scp03::Icv(uint8_t first_byte, AesBlock& icv) const {
  icv.fill(0);
  icv[0] = first_byte;
  Put32(icv, 12, counter_);
  Aes(s_enc_.view()).Encrypt(icv.data(), icv.data());
}

Result<size_t> Scp03::WrapCommand(uint8_t level, Bytes header4, Bytes data, size_t data_size) {
  CHECK(header4.size() == 4 && data_size <= data.size());
  if ((level & kCMac) == 0) {
    return data_size;
  }
  const bool encrypt = (level & kCEnc) != 0 && data_size > 0;
  const size_t padded = encrypt ? Pad(data, data_size) : data_size;
  if ((encrypt && padded == 0) || data.size() - padded < kMacBytes) {
    return Error::kFull;
  }
  ++counter_;  // also for commands without data
  if (encrypt) {
    AesBlock icv;
    Icv(0, icv);
    CbcEncrypt(s_enc_.view(), icv, data.first(padded));
  }
  CommandMac(header4, padded + kMacBytes, data.first(padded), chaining_);
  Copy(data.subspan(padded), ConstBytes(chaining_).first(kMacBytes));
  header4[0] = Secured(header4[0]);
  return padded + kMacBytes;
}

Result<Bytes> Scp03::UnwrapCommand(uint8_t level, ConstBytes header4, Bytes data) {
  CHECK(header4.size() == 4);
  if ((level & kCMac) == 0) {
    return data;
  }
  if (data.size() < kMacBytes) {
    return Error::kAuth;
  }
  const Bytes text = data.first(data.size() - kMacBytes);
  AesBlock mac;
  CommandMac(header4, data.size(), text, mac);
  if (!Accepted(EqualConstantTime(ConstBytes(mac).first(kMacBytes), data.last(kMacBytes)))) {
    return Error::kAuth;
  }
  chaining_ = mac;
  ++counter_;
  if ((level & kCEnc) == 0 || text.empty()) {
    return text;
  }
  if (text.size() % kAesBlock != 0) {
    return Error::kAuth;
  }
  AesBlock icv;
  Icv(0, icv);
  CbcDecrypt(s_enc_.view(), icv, text);
  return Unpad(text);
}

// R-MAC over chaining value | data | SW, the chaining value being the last C-MAC (6.2.5).
void Scp03::ResponseMac(ConstBytes data, uint16_t sw, AesBlock& mac) const {
  std::array<uint8_t, 2> sw_bytes;
  Put16(sw_bytes, 0, sw);
  Cmac cmac(s_rmac_.view());
  cmac.Update(chaining_);
  cmac.Update(data);
  cmac.Update(sw_bytes);
  cmac.Finish(mac);
}

Result<size_t> Scp03::WrapResponse(Bytes data, size_t data_size, uint16_t sw) {
  CHECK(data_size <= data.size());
  if ((level_ & kRMac) == 0) {
    return data_size;
  }
  const bool encrypt = (level_ & kREnc) != 0 && data_size > 0;
  const size_t padded = encrypt ? Pad(data, data_size) : data_size;
  if ((encrypt && padded == 0) || data.size() - padded < kMacBytes) {
    return Error::kFull;
  }
  if (encrypt) {
    AesBlock icv;
    Icv(0x80, icv);
    CbcEncrypt(s_enc_.view(), icv, data.first(padded));
  }
  AesBlock mac;
  ResponseMac(data.first(padded), sw, mac);
  Copy(data.subspan(padded), ConstBytes(mac).first(kMacBytes));
  return padded + kMacBytes;
}

Result<Bytes> Scp03::UnwrapResponse(Bytes data, uint16_t sw) {
  if ((level_ & kRMac) == 0) {
    return data;
  }
  if (data.size() < kMacBytes) {
    return Error::kAuth;
  }
  const Bytes text = data.first(data.size() - kMacBytes);
  AesBlock mac;
  ResponseMac(text, sw, mac);
  if (!Accepted(EqualConstantTime(ConstBytes(mac).first(kMacBytes), data.last(kMacBytes)))) {
    return Error::kAuth;
  }
  if ((level_ & kREnc) == 0 || text.empty()) {
    return text;
  }
  if (text.size() % kAesBlock != 0) {
    return Error::kAuth;
  }
  AesBlock icv;
  Icv(0x80, icv);
  CbcDecrypt(s_enc_.view(), icv, text);
  return Unpad(text);
}

void Scp03::Wipe() {
  s_enc_.Clear();
  s_mac_.Clear();
  s_rmac_.Clear();
  crypto::Wipe(chaining_);
  counter_ = 0;
  level_ = 0;
}

}  // namespace simurgh::crypto
