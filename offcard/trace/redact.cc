#include "offcard/trace/redact.h"

#include <algorithm>
#include <functional>

#include "base/tlv.h"
#include "offcard/trace/file_names.h"

namespace simurgh::offcard::trace {
namespace {

using Mask = std::vector<bool>;

constexpr int kDeepest = 16;

/// Marks the values of primitive objects that `secret` names (their tag and that of the object around
/// them). Works on the beginning of a message: what an object still misses is no error, and what
/// is not BER-TLV is marked whole.
class TlvMask {
 public:
  using Secret = std::function<bool(tlv::Tag tag, tlv::Tag parent, size_t length)>;
  explicit TlvMask(Secret secret) : secret_(std::move(secret)) {}

  Mask Of(ConstBytes data) {
    mask_.assign(data.size(), false);
    Walk(data, 0, 0, 0);
    return std::move(mask_);
  }

 private:
  void Walk(ConstBytes data, size_t at, tlv::Tag parent, int depth) {
    while (!data.empty()) {
      const Result<tlv::Header> header = tlv::ReadHeader(data);
      if (!header.ok()) {
        // Half a header tells nothing and hides nothing; what can be none is marked.
        if (header.error() != Error::kRange) { Mark(at, data.size()); }
        return;
      }
      const tlv::Header& h = header.value();
      const size_t here = std::min<size_t>(h.length, data.size() - h.header_bytes);
      const ConstBytes value = data.subspan(h.header_bytes, here);
      const size_t value_at = at + h.header_bytes;
      if (secret_(h.tag, parent, h.length)) {
        Mark(value_at, here);
      } else if (h.constructed && depth < kDeepest) {
        Walk(value, value_at, h.tag, depth + 1);
      }
      at = value_at + here;
      data = data.subspan(h.header_bytes + here);
    }
  }

  void Mark(size_t at, size_t size) {
    std::fill_n(mask_.begin() + static_cast<long>(at), size, true);
  }

  Secret secret_;
  Mask mask_;
};

void HideMasked(Shown& shown, const Mask& mask, size_t mask_from, size_t at, size_t size) {
  for (size_t i = 0; i < size && mask_from + i < mask.size(); ++i) {
    if (mask[mask_from + i]) { shown.Hide(at + i, at + i + 1); }
  }
}

void HideCommandData(Event& event, const Apdu& a) {
  event.command.Hide(a.data_at, a.data_at + a.data.size());
}

void HideAnswer(Event& event, const Context& c) { event.answer.Hide(0, c.data.size()); }

/// Marks the answer of `c.origin` by what is known of it so far.
void HideAnswerBy(Event& event, const Context& c, const Mask& whole) {
  HideMasked(event.answer, whole, c.whole.size() - c.data.size(), 0, c.data.size());
}

bool IsPinCommand(uint8_t ins) {
  return ins == 0x20 || ins == 0x24 || ins == 0x26 || ins == 0x28 || ins == 0x2C;
}

/// TS 31.102 7.1.2.1: DB and length-value pairs (RES, CK, IK, Kc or Ks); DC: AUTS, no secret. A GSM
/// context has no tag. Lengths stay.
Mask AuthenticationMask(ConstBytes whole) {
  Mask mask(whole.size(), true);
  if (whole.empty()) { return mask; }
  if (whole[0] == 0xDC) { return Mask(whole.size(), false); }
  size_t at = 0;
  if (whole[0] == 0xDB) { mask[at++] = false; }
  while (at < whole.size() && whole[at] <= 32) {  // anything longer is no length
    mask[at] = false;
    at += 1 + whole[at];
  }
  return mask;
}

void Authenticate(Event& event, const Context& c) {
  if (c.origin.ins == 0x88) { return HideAnswerBy(event, c, AuthenticationMask(c.whole)); }
  HideAnswerBy(event, c, TlvMask([](tlv::Tag, tlv::Tag, size_t) { return true; }).Of(c.whole));
}

// TS 51.011 9.2.16: SRES (4) and Kc (8), without structure.
void RunGsmAlgorithm(Event& event, const Context& c) { HideAnswer(event, c); }

/// docs/formats/manufacture.md: 86, 87, 88, 8A and 85 are public.
void Manufacture(Event& event, const Apdu& a) {
  const Mask mask = TlvMask([](tlv::Tag tag, tlv::Tag, size_t) {
                      return tag != 0x85 && tag != 0x86 && tag != 0x87 && tag != 0x88 && tag != 0x8A;
                    }).Of(a.data);
  HideMasked(event.command, mask, 0, a.data_at, a.data.size());
}

/// SGP.22 5.7.5: hashCc is the only OCTET STRING of 32 bytes directly inside PrepareDownload.
void StoreData(Event& event, const Context& c) {
  const Mask mask = TlvMask([](tlv::Tag tag, tlv::Tag parent, size_t length) {
                      return tag == 0x04 && length == 32 && (parent == 0xBF21 || parent == 0x30);
                    }).Of(c.message);
  const Result<tlv::Header> header = tlv::ReadHeader(c.message);
  if (header.ok() && header.value().tag == 0xBF21) {
    HideMasked(event.command, mask, c.message_at, c.apdu.data_at, c.apdu.data.size());
  }
}

/// TS 102 223 6.8: text strings (8D or 0D) in answers to GET INKEY (22) and GET INPUT (23).
void TerminalResponse(Event& event, const Apdu& a) {
  const ConstBytes data = a.data;
  if (data.size() < 5 || (data[3] != 0x22 && data[3] != 0x23)) { return; }
  const Mask mask = TlvMask([](tlv::Tag tag, tlv::Tag, size_t) {
                      return tag == 0x8D || tag == 0x0D;
                    }).Of(data);
  HideMasked(event.command, mask, 0, a.data_at, data.size());
}

bool ReadsFile(uint8_t ins) { return ins == 0xB0 || ins == 0xB2 || ins == 0xCB || ins == 0x32; }
bool WritesFile(uint8_t ins) { return ins == 0xD6 || ins == 0xDC || ins == 0xDB; }

/// The file that a read or update of this context touches; READ RECORD and SEARCH by SFI included.
bool SecretFile(const Place& place) {
  if (!place.known) { return true; }
  if (place.file.empty()) { return false; }
  for (const KnownFile& f : KnownFiles()) {
    if (f.secret && f.name == place.file) { return true; }
  }
  return false;
}

void Files(Event& event, const Context& c) {
  if (!SecretFile(c.target)) { return; }
  if (ReadsFile(c.origin.ins)) { HideAnswer(event, c); }
  if (WritesFile(c.apdu.ins)) { HideCommandData(event, c.apdu); }
}

}  // namespace

Event Redactor::Redact(const Event& event) {
  const Context c = tracker_.Follow(event);
  Event out = event;
  if (event.kind == Event::Kind::kReset) { return out; }
  const Apdu& a = c.apdu;
  const bool gsm = a.cla.type == apdu::Class::kGsm;
  const bool ets = a.cla.type == apdu::Class::kEts;
  if (IsPinCommand(a.ins)) { HideCommandData(out, a); }
  if (a.cla.secure != 0 && !gsm) {
    // EXTERNAL AUTHENTICATE carries a cryptogram and a MAC, nothing to keep.
    if (a.ins != 0x82) { HideCommandData(out, a); }
  }
  if (c.origin.cla.secure != 0 && c.origin.ins != 0x82 && !gsm) { HideAnswer(out, c); }
  if (ets && (a.ins == 0x40 || a.ins == 0xD8)) { HideCommandData(out, a); }  // PERSONALIZE, PUT KEY
  if (ets && a.ins == 0x3E) { Manufacture(out, a); }
  if (ets && a.ins == 0xE2) { StoreData(out, c); }
  if (ets && a.ins == 0x14) { TerminalResponse(out, a); }
  if (a.ins == 0x76 && a.p1 == 0x01) { HideCommandData(out, a); }
  if (c.origin.ins == 0x76 && c.whole.size() > 2) {  // TS 102 221 11.1.22: duration (2), token
    Mask mask(c.whole.size(), true);
    mask[0] = mask[1] = false;
    HideAnswerBy(out, c, mask);
  }
  if (gsm && c.origin.ins == 0x88) {
    RunGsmAlgorithm(out, c);
  } else if (c.origin.ins == 0x88 || c.origin.ins == 0x89) {
    Authenticate(out, c);
  }
  Files(out, c);
  // A malformed command may be anything: a PIN with a wrong length, a key in a wrong class.
  if (!a.valid && event.command.bytes.size() > 5) { out.command.Hide(5, event.command.bytes.size()); }
  return out;
}

}  // namespace simurgh::offcard::trace
