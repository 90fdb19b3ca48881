// File control parameters (TS 102 221 11.1.1.3, 11.1.1.4).
#include <algorithm>

#include "base/tlv.h"
#include "firmware/apps/uicc/uicc.h"

namespace simurgh::apps {
namespace {

using apdu::Sw;
using fs::File;

// 11.1.1.4.6.1: clock stop allowed, supply voltage classes as the ATR says.
constexpr uint8_t kUiccCharacteristics[] = {0x71};

void AddDescriptor(const File& file, Writer& out) {
  tlv::Group group(out, 0x82);
  out.Add8(file.descriptor_byte);
  out.Add8(file.data_coding);
  if (file.record_file()) {
    out.Add16(file.record_length);
    out.Add8(static_cast<uint8_t>(file.record_count));
  }
}

Error AddName(Session& session, const File& file, Writer& out) {
  uint8_t bytes[fs::kMaxAid];
  // The FID of an ADF is the profile's own affair; to a terminal it is the current application.
  Put16(bytes, 0, file.type == fs::Type::kAdf ? fs::kCurrentAdfFid : file.fid);
  tlv::Add(out, 0x83, ConstBytes(bytes).first(2));
  if (file.type == fs::Type::kAdf) {
    const size_t size = TRY(session.files.Aid(file, bytes));
    tlv::Add(out, 0x84, ConstBytes(bytes).first(size));
  }
  return Error::kOk;
}

// Sizes on two bytes, four when they need them.
void AddSize(Writer& out, tlv::Tag tag, uint32_t size) {
  uint8_t bytes[4];
  Put32(bytes, 0, size);
  tlv::Add(out, tag, ConstBytes(bytes).subspan(size > 0xFFFF ? 0 : 2));
}

// 11.1.1.4.6: available memory, DER coding only, reserved and maximum file size.
Error AddObjectLimits(Session& session, const File& file, Writer& out) {
  const uint32_t used = TRY(session.files.ObjectBytes(file));
  const uint32_t limit = file.size == 0 ? fs::kMaxFileSize : file.size;
  const uint32_t room = std::min(session.store.FreeBytes(config::kFileChunk), limit - used);
  constexpr uint8_t kDerOnly = 1;
  tlv::Group group(out, 0xA5);
  AddSize(out, 0x83, room);
  tlv::Add(out, 0x84, ConstBytes(&kDerOnly, 1));
  AddSize(out, 0x85, file.record_length);
  if (file.size != 0) {
    AddSize(out, 0x86, file.size);
  }
  if ((file.flags & fs::flag::kHasSpecial) != 0) {
    tlv::Add(out, 0xC0, ConstBytes(&file.special, 1));
  }
  return Error::kOk;
}

Error AddProprietary(Session& session, const File& file, Writer& out) {
  if (file.type == fs::Type::kBerTlv) {
    return AddObjectLimits(session, file, out);
  }
  if (file.directory()) {
    tlv::Group group(out, 0xA5);
    tlv::Add(out, 0x80, kUiccCharacteristics);
  } else if ((file.flags & fs::flag::kHasSpecial) != 0) {
    tlv::Group group(out, 0xA5);
    tlv::Add(out, 0xC0, ConstBytes(&file.special, 1));
  }
  return Error::kOk;
}

// PIN status template DO (11.1.1.4.10): PS_DO, then usage qualifier and key reference of each PIN.
Error AddPinStatus(Session& session, const File& file, Writer& out) {
  uint8_t references[fs::kMaxPinReferences];
  const size_t count = TRY(session.files.PinReferences(file, references));
  if (count == 0) {
    return Error::kOk;
  }
  fs::Selection there = session.channel.selection;
  there.dir = file;
  uint8_t enabled[(fs::kMaxPinReferences + 7) / 8] = {};
  bool universal_used = false;
  for (size_t i = 0; i < count; ++i) {
    const Result<access::PinMode> mode = session.pins.Mode(there, references[i]);
    if (mode.ok() && mode.value().enabled) {
      enabled[i / 8] |= static_cast<uint8_t>(0x80 >> (i % 8));
    }
    universal_used = universal_used || (mode.ok() && mode.value().replaced);
  }
  tlv::Group group(out, 0xC6);
  tlv::Add(out, 0x90, ConstBytes(enabled).first((count + 7) / 8));
  for (size_t i = 0; i < count; ++i) {
    if (references[i] == access::kUniversalPin) {
      const uint8_t usage = universal_used ? 0x08 : 0x00;
      tlv::Add(out, 0x95, ConstBytes(&usage, 1));
    }
    tlv::Add(out, 0x83, ConstBytes(&references[i], 1));
  }
  return Error::kOk;
}

Error AddSecurity(Session& session, const File& file, Writer& out) {
  if ((file.flags & fs::flag::kOwnRule) != 0) {
    uint8_t rule[1 + fs::kMaxRule];
    const size_t size = TRY(session.files.OwnRule(file, rule));
    tlv::Add(out, rule[0], ConstBytes(rule).subspan(1, size - 1));
    return Error::kOk;
  }
  if (file.arr_fid != 0) {
    tlv::Group group(out, 0x8B);
    out.Add16(file.arr_fid);
    out.Add8(file.arr_record);
  }
  return Error::kOk;
}

// The file size of a BER-TLV file is what its objects take (11.1.1.4.1).
Error AddEfOnly(Session& session, const File& file, Writer& out) {
  const bool objects = file.type == fs::Type::kBerTlv;
  AddSize(out, 0x80, objects ? TRY(session.files.ObjectBytes(file)) : file.size);
  const uint8_t sfi = static_cast<uint8_t>(file.sfi << 3);
  tlv::Add(out, 0x88, ConstBytes(&sfi, file.sfi != 0 ? 1 : 0));
  return Error::kOk;
}

Error AddAll(Session& session, const File& file, Writer& out) {
  tlv::Group group(out, 0x62);
  AddDescriptor(file, out);
  TRY(AddName(session, file, out));
  TRY(AddProprietary(session, file, out));
  tlv::Add(out, 0x8A, ConstBytes(&file.life_cycle, 1));
  TRY(AddSecurity(session, file, out));
  if (file.directory()) {
    return AddPinStatus(session, file, out);
  }
  return AddEfOnly(session, file, out);
}

}  // namespace

Sw WriteFcp(Session& session, const File& file, Writer& out) {
  const Error error = AddAll(session, file, out);
  return error == Error::kOk ? Sw::kOk : apdu::ToSw(error);
}

}  // namespace simurgh::apps
