// What SELECT and STATUS answer in class A0 (TS 51.011 9.2.1).
#include <algorithm>

#include "firmware/apps/gsm/handlers.h"

namespace simurgh::apps::gsm {
namespace {

using access::Access;
using fs::File;
using fs::Type;

// Type of file (9.3).
constexpr uint8_t kMf = 0x01;
constexpr uint8_t kDf = 0x02;
constexpr uint8_t kEf = 0x04;

// Levels of access (9.3, clause 7.3): what of, ALW, CHV1, CHV2, ADM, NEV is least.
constexpr uint8_t kAlways = 0x0;
constexpr uint8_t kChv1 = 0x1;
constexpr uint8_t kChv2 = 0x2;
constexpr uint8_t kAdm = 0x4;
constexpr uint8_t kNever = 0xF;

// Would the rule be satisfied by somebody who has verified all PINs up to this level?
bool UpTo(void* context, uint8_t reference) {
  const uint8_t level = *static_cast<const uint8_t*>(context);
  if (access::IsAdm(reference)) {
    return level >= kAdm;
  }
  return access::IsLocal(reference) ? level >= kChv2 : level >= kChv1;
}

uint8_t Level(Session& session, const File& file, Access access) {
  for (uint8_t level : {kAlways, kChv1, kChv2, kAdm}) {
    if (access::Allowed(session.files, file, access, UpTo, &level)) {
      return level;
    }
  }
  return kNever;
}

uint8_t Nibbles(uint8_t high, uint8_t low) { return static_cast<uint8_t>(high << 4 | low); }

// Bit 8: initialized; low bits: tries left.
uint8_t ChvStatus(bool exists, uint8_t tries) {
  return exists ? static_cast<uint8_t>(0x80 | std::min<uint8_t>(tries, 0x0F)) : 0;
}

uint8_t AdmCodes(Session& session) {
  uint8_t references[fs::kMaxPinReferences];
  const Result<File> mf = session.files.Root();
  const size_t count = mf.ok() ? session.files.PinReferences(mf.value(), references).ValueOr(0) : 0;
  return static_cast<uint8_t>(std::count_if(references, references + count, access::IsAdm));
}

struct Conditions {
  uint8_t read = kNever, update = kNever, increase = kNever;
  uint8_t rehabilitate = kNever, invalidate = kNever;
};

Conditions Of(Session& session, const File& file) {
  return {Level(session, file, access::kRead), Level(session, file, access::kUpdate),
          Level(session, file, access::kIncrease), Level(session, file, access::kActivate),
          Level(session, file, access::kDeactivate)};
}

void WriteEfBytes(const File& file, const Conditions& c, Writer& out) {
  constexpr uint8_t kIncreaseAllowed = 0x40;  // byte 8, cyclic files
  constexpr uint8_t kNotInvalidated = 0x01;   // byte 12
  constexpr uint8_t kUsableInvalidated = 0x04;
  constexpr uint8_t kFollowing = 2;  // structure and record length
  const bool cyclic = file.type == Type::kCyclic;
  out.Add16(0);
  out.Add16(static_cast<uint16_t>(file.size));
  out.Add16(file.fid);
  out.Add8(kEf);
  out.Add8(cyclic && c.increase != kNever ? kIncreaseAllowed : 0);
  out.Add8(Nibbles(c.read, c.update));
  out.Add8(Nibbles(cyclic ? c.increase : kNever, 0));
  out.Add8(Nibbles(c.rehabilitate, c.invalidate));
  out.Add8(static_cast<uint8_t>((file.active() ? kNotInvalidated : 0) |
                                ((file.special & 0x40) != 0 ? kUsableInvalidated : 0)));
  out.Add8(kFollowing);
  out.Add8(cyclic ? 0x03 : file.type == Type::kLinearFixed ? 0x01 : 0x00);
  out.Add8(static_cast<uint8_t>(file.record_length));
}

}  // namespace

void WriteDirectory(Session& session, Writer& out) {
  const fs::Selection& at = session.channel.selection;
  constexpr uint8_t kFollowing = 9;  // bytes 14 to 22
  // Clock stop allowed, no level preferred; authentication needs no more than 13/8 MHz; 3 V (GSM
  // 11.12) and 1.8 V (GSM 11.18).
  constexpr uint8_t kCharacteristics = 0x31;
  constexpr uint8_t kChv1Disabled = 0x80;
  const UsimView view(session);
  const auto query = [&](uint8_t chv) {
    return session.pins.Query(at, session.channel.verified, ChvReference(session, chv));
  };
  const Result<access::PinState> one = query(1);
  const Result<access::PinState> two = query(2);
  const auto codes = [](const Result<access::PinState>& pin) {
    return !pin.ok() ? 0 : pin.value().has_puk ? 2 : 1;
  };
  const bool disabled = one.ok() && !one.value().enabled;
  const bool mf = at.gsm_df == 0 && at.dir.type == Type::kMf;
  const Children children = Count(session);
  out.Add16(0);
  out.Add16(static_cast<uint16_t>(std::min<uint32_t>(session.store.FreeBytes(), 0xFFFF)));
  out.Add16(at.gsm_df != 0 ? at.gsm_df : at.dir.fid);
  out.Add8(mf ? kMf : kDf);
  Fill(out.Reserve(5), 0);
  out.Add8(kFollowing);
  out.Add8(static_cast<uint8_t>(kCharacteristics | (disabled ? kChv1Disabled : 0)));
  out.Add8(children.directories);
  out.Add8(children.files);
  out.Add8(static_cast<uint8_t>(codes(one) + codes(two) + AdmCodes(session)));
  out.Add8(0);
  for (const Result<access::PinState>* pin : {&one, &two}) {
    const access::PinState state = pin->ValueOr({});
    out.Add8(ChvStatus(pin->ok(), state.tries_left));
    out.Add8(ChvStatus(state.has_puk, state.puk_tries_left));
  }
}

void WriteEf(Session& session, Writer& out) {
  const fs::Selection& at = session.channel.selection;
  if (!SyntheticSelected(session)) {
    File file = at.ef;
    file.fid = at.gsm_ef != 0 ? at.gsm_ef : file.fid;
    WriteEfBytes(file, Of(session, at.ef), out);
    return;
  }
  uint8_t content[kMaxSynthetic];
  File file;
  file.fid = at.gsm_ef;
  file.type = Type::kTransparent;
  file.size = static_cast<uint32_t>(SyntheticContent(session, at.gsm_ef, content));
  const File source = SyntheticSource(session, at.gsm_ef);
  WriteEfBytes(file, {.read = source.exists() ? Of(session, source).read : kAlways}, out);
}

}  // namespace simurgh::apps::gsm
