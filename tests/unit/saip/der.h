#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

/// Profile packages for tests, built by hand: nothing here knows the interpreter's tables.
namespace simurgh::saip::der {

using V = std::vector<uint8_t>;

inline V Hex(const std::string& text) {
  V out;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return out;
}

inline void Append(V& to, const V& from) {
  for (uint8_t b : from) {
    to.push_back(b);
  }
}

inline V Cat(std::initializer_list<V> parts) {
  V out;
  for (const V& p : parts) {
    Append(out, p);
  }
  return out;
}

inline V T(uint32_t tag, const V& value) {
  V out;
  if (tag > 0xFF) {
    out.push_back(static_cast<uint8_t>(tag >> 8));
  }
  out.push_back(static_cast<uint8_t>(tag));
  if (value.size() > 0xFF) {
    out.push_back(0x82);
    out.push_back(static_cast<uint8_t>(value.size() >> 8));
  } else if (value.size() > 0x7F) {
    out.push_back(0x81);
  }
  out.push_back(static_cast<uint8_t>(value.size()));
  Append(out, value);
  return out;
}
inline V T(uint32_t tag, const std::string& hex) { return T(tag, Hex(hex)); }
inline V T(uint32_t tag, std::initializer_list<V> parts) { return T(tag, Cat(parts)); }

inline uint32_t PeTag(int number) { return number < 31 ? 0xA0u + number : 0xBF00u + number; }
/// PEHeader: mandated, identification.
inline V Head(uint8_t id, bool mandated = true) {
  return T(0xA0, Cat({mandated ? T(0x80, "") : V{}, T(0x81, V{id})}));
}
inline V Oid(const std::string& arcs) { return T(0x81, "67810F0102" + arcs); }

inline const V kServices = Cat({T(0x81, ""), T(0x91, "")});
inline V Header(const V& services = kServices, const V& templates = T(0x06, "67810F010201"),
                uint8_t major = 2) {
  return T(PeTag(0), {T(0x80, V{major}), T(0x81, "01"), T(0x83, "98001032547698103285"),
                      T(0xA5, services), T(0xA6, templates)});
}

/// A File: descriptor members, then anything after them.
inline V File(int row, const V& fcp, const V& rest = {}) {
  const int n = row + 2;
  return T(n < 31 ? 0xA0u + n : 0xBF00u + n, Cat({fcp.empty() ? V{} : T(0xA1, fcp), rest}));
}
inline V Content(const std::string& hex) { return T(0x83, hex); }
inline V Content(const V& v) { return T(0x83, v); }
inline V Skip(uint8_t n) { return T(0x82, V{n}); }

inline const V kMfFile = File(0, T(0xC6, "010A"));
inline const V kIccidFile = File(2, {}, Content("98001032547698103285"));
inline const V kDirFile = File(3, Cat({T(0x82, "42210010"), T(0x80, "20")}), Content("61044F02A000"));
inline const V kArrFile = File(4, Cat({T(0x82, "42210008"), T(0x80, "18")}), Content("8001019000"));
inline V Mf(const V& files = Cat({kMfFile, kIccidFile, kDirFile, kArrFile})) {
  return T(PeTag(16), {Head(4), Oid("01"), files});
}

inline V PukConfig(const std::string& reference, const std::string& value = "3131313131313131") {
  return T(0x30, {T(0x80, reference), T(0x81, value)});
}
inline V Puks(const V& list = Cat({PukConfig("01"), PukConfig("0081")})) {
  return T(PeTag(3), {Head(5), T(0xA1, list)});
}
inline V PinConfig(const std::string& reference, const V& more = {}) {
  return T(0x30, {T(0x80, reference), T(0x81, "30303030FFFFFFFF"), more});
}
inline V Pins(const V& list) { return T(PeTag(2), {Head(2), T(0xA1, T(0xA0, list))}); }
inline V PinsShared(const std::string& path) {
  return T(PeTag(2), {Head(2), T(0xA1, T(0x81, path))});
}

inline const V kAdfFile = File(0, Cat({T(0x83, "7FD0"), T(0x84, "A0000000871002FF49FF0589"), T(0xC6, "010A81")}));
inline const V kImsiFile = File(1, {}, Content("080910101032540636"));
inline const V kUsimArrFile = File(2, Cat({T(0x82, "42210008"), T(0x80, "10")}), Content("8001019000"));
inline const V kUstFile = File(6, {}, Content("FFFFFFFFFFFFFFFFFFFFFFFFFFFF"));
inline const V kSpnFile = File(11, {}, Content("01"));
inline const V kEstFile = File(12, {}, Content("00"));
inline const V kAccFile = File(16, {}, Content("0001"));
inline const V kEccFile = File(20, {}, Content("11F2FF00"));
inline V UsimFiles() {
  return Cat({kAdfFile, kImsiFile, kUsimArrFile, kUstFile, kSpnFile, kEstFile, kAccFile, kEccFile});
}
inline V Usim(const V& files = UsimFiles(), const std::string& oid = "04") {
  return T(PeTag(19), {Head(8), Oid(oid), files});
}

inline V AlgoParameter(const std::string& algorithm = "01") {
  return T(0xA1, {T(0x80, algorithm), T(0x81, "01"), T(0x82, "000102030405060708090A0B0C0D0E0F"),
                  T(0x83, "101112131415161718191A1B1C1D1E1F")});
}
inline V AkaPe(const V& choice = AlgoParameter(), const V& rest = {}) {
  return T(PeTag(4), {Head(11), T(0xA1, choice), rest});
}
inline V End() { return T(PeTag(10), Head(99)); }

}  // namespace simurgh::saip::der
