#include "base/check.h"
#include "crypto/aka.h"
#include "crypto/secret.h"

namespace simurgh::crypto {
namespace {

void Xor(AesBlock& to, ConstBytes with) {
  for (size_t i = 0; i < kAesBlock; ++i) {
    to[i] ^= with[i];
  }
}

/// Cyclic rotation of 128 bits to the left (TS 35.206 2.1).
AesBlock Rotated(const AesBlock& in, size_t bits) {
  const size_t whole = bits / 8 % kAesBlock;
  const size_t part = bits % 8;
  AesBlock out;
  for (size_t i = 0; i < kAesBlock; ++i) {
    const uint8_t high = in[(i + whole) % kAesBlock];
    const uint8_t low = in[(i + whole + 1) % kAesBlock];
    out[i] = static_cast<uint8_t>((high << 8 | low) >> (8 - part));
  }
  return out;
}

}  // namespace

void MilenageOpc(ConstBytes k16, ConstBytes op16, Bytes opc16) {
  CHECK(op16.size() == kAesBlock && opc16.size() == kAesBlock);
  AesBlock block;
  Aes(k16).Encrypt(op16.data(), block.data());
  Xor(block, op16);
  Copy(opc16, block);
  Wipe(block);
}

Milenage::Milenage(ConstBytes k16, ConstBytes opc16, const MilenageConstants& constants,
                   ConstBytes rand16)
    : aes_(k16), constants_(constants) {
  CHECK(opc16.size() == kAesBlock && rand16.size() == kAesBlock);
  Copy(opc_, opc16);
  Copy(temp_, rand16);
  Xor(temp_, opc_);
  aes_.Encrypt(temp_.data(), temp_.data());
}

Milenage::~Milenage() {
  Wipe(opc_);
  Wipe(temp_);
}

// OUTi = E_K(rot(TEMP xor OPc, ri) xor ci) xor OPc, i = 2..5 (TS 35.206 4.1).
void Milenage::Out(size_t index, AesBlock& out) const {
  AesBlock block = temp_;
  Xor(block, opc_);
  out = Rotated(block, constants_.r[index - 1]);
  Xor(out, ConstBytes(constants_.c).subspan(kAesBlock * (index - 1), kAesBlock));
  aes_.Encrypt(out.data(), out.data());
  Xor(out, opc_);
  Wipe(block);
}

// OUT1 = E_K(TEMP xor rot(IN1 xor OPc, r1) xor c1) xor OPc, IN1 = SQN|AMF|SQN|AMF.
void Milenage::F1(ConstBytes sqn6, ConstBytes amf2, Bytes mac_a8, Bytes mac_s8) {
  CHECK(sqn6.size() == 6 && amf2.size() == 2 && mac_a8.size() == 8 && mac_s8.size() == 8);
  AesBlock in;
  for (size_t half : {0u, 8u}) {
    Copy(Bytes(in).subspan(half), sqn6);
    Copy(Bytes(in).subspan(half + 6), amf2);
  }
  Xor(in, opc_);
  AesBlock out = Rotated(in, constants_.r[0]);
  Xor(out, temp_);
  Xor(out, ConstBytes(constants_.c).first(kAesBlock));
  aes_.Encrypt(out.data(), out.data());
  Xor(out, opc_);
  Copy(mac_a8, ConstBytes(out).first(8));
  Copy(mac_s8, ConstBytes(out).last(8));
  Wipe(in);
  Wipe(out);
}

void Milenage::F2F5(Bytes res8, Bytes ak6) {
  CHECK(res8.size() == 8 && ak6.size() == 6);
  AesBlock out;
  Out(2, out);
  Copy(res8, ConstBytes(out).last(8));
  Copy(ak6, ConstBytes(out).first(6));
  Wipe(out);
}

void Milenage::F3(Bytes ck16) {
  CHECK(ck16.size() == kAesBlock);
  AesBlock out;
  Out(3, out);
  Copy(ck16, out);
  Wipe(out);
}

void Milenage::F4(Bytes ik16) {
  CHECK(ik16.size() == kAesBlock);
  AesBlock out;
  Out(4, out);
  Copy(ik16, out);
  Wipe(out);
}

void Milenage::F5Star(Bytes ak6) {
  CHECK(ak6.size() == 6);
  AesBlock out;
  Out(5, out);
  Copy(ak6, ConstBytes(out).first(6));
  Wipe(out);
}

}  // namespace simurgh::crypto
