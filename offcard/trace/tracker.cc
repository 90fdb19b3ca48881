#include "offcard/trace/tracker.h"

#include <fmt/format.h>

#include "apdu/command.h"
#include "base/tlv.h"
#include "offcard/trace/file_names.h"

namespace simurgh::offcard::trace {
namespace {

constexpr uint8_t kSelect = 0xA4;
constexpr uint8_t kGetResponse = 0xC0;
constexpr uint8_t kManageChannel = 0x70;
constexpr uint8_t kStoreData = 0xE2;
constexpr uint8_t kCreateFile = 0xE0;

/// Normal endings and warnings with data: the command did what it was asked to.
bool Succeeded(uint16_t sw) {
  const uint8_t sw1 = static_cast<uint8_t>(sw >> 8);
  return sw1 == 0x90 || sw1 == 0x91 || sw1 == 0x61 || sw1 == 0x9F || sw1 == 0x62;
}

void ToMf(Place& place) {
  place.directory = "MF";
  place.fids.clear();
  place.file.clear();
  place.known = true;
}

void ToParent(Place& place) {
  place.file.clear();
  if (place.fids.empty()) { return; }
  place.fids.pop_back();
  place.directory = place.directory.substr(0, place.directory.rfind('/'));
}

void EnterDirectory(Place& place, uint16_t fid) {
  place.directory += "/" + NameOf(place.directory, fid);
  place.fids.push_back(fid);
  place.file.clear();
}

void EnterFile(Place& place, uint16_t fid) {
  place.file = NameOf(place.directory, fid);
  place.fid = fid;
}

bool IsDirectory(std::string_view directory, uint16_t fid) {
  const KnownFile* known = FindFile(directory, fid);
  return known != nullptr ? known->is_directory : LooksLikeDirectory(fid);
}

/// Short file identifier that a command uses instead of the current file (TS 102 221 8.4.3); 0: none.
uint8_t ShortIdOf(const Apdu& a) {
  const bool binary = a.ins == 0xB0 || a.ins == 0xD6 || a.ins == 0x0E;
  if (binary) { return (a.p1 & 0x80) != 0 ? a.p1 & 0x1F : 0; }
  const bool record = a.ins == 0xB2 || a.ins == 0xDC || a.ins == 0xA2;
  if (record) { return a.p2 >> 3 == 0x1F ? 0 : a.p2 >> 3; }
  const bool object = a.ins == 0xCB || a.ins == 0xDB;
  if (object) { return a.p2 & 0x1F; }
  const bool increase = a.cla.type == apdu::Class::kEts && a.ins == 0x32;
  return increase && (a.p1 & 0x80) != 0 ? a.p1 & 0x1F : 0;
}

}  // namespace

Apdu TakeApart(ConstBytes command) {
  Apdu out;
  if (command.size() < 4) { return out; }
  out.ins = command[1];
  out.p1 = command[2];
  out.p2 = command[3];
  out.data_at = std::min<size_t>(5, command.size());
  out.data = command.subspan(out.data_at);
  const Result<apdu::Cla> cla = apdu::DecodeCla(command[0]);
  Buffer copy(command.begin(), command.end());
  const Result<apdu::Command> parsed = apdu::ParseCommand(copy);
  if (cla.ok()) { out.cla = cla.value(); }
  if (!cla.ok() || !parsed.ok() || out.cla.channel >= 20) {
    out.cla.channel = out.cla.channel < 20 ? out.cla.channel : 0;
    return out;
  }
  const apdu::Command& c = parsed.value();
  out.valid = true;
  if (!c.data.empty()) {
    out.data_at = static_cast<size_t>(c.data.data() - copy.data());
    out.data = command.subspan(out.data_at, c.data.size());
  } else {
    out.data_at = command.size();
    out.data = {};
  }
  out.has_le = c.has_le;
  out.ne = c.ne;
  out.extended = c.extended;
  return out;
}

std::string Place::Text() const {
  if (!known) { return "?"; }
  return file.empty() ? directory : directory + "/" + file;
}

void Tracker::Reset() {
  channels_ = {};
  ToMf(channels_[0].place);
}

Context Tracker::Follow(const Event& event) {
  Context context;
  if (event.kind == Event::Kind::kReset) {
    Reset();
    context.after = channels_[0].place;
    return context;
  }
  const ConstBytes answer = event.answer.bytes;
  context.apdu = TakeApart(event.command.bytes);
  context.sw = Get16(answer, answer.size() - 2);
  context.data = answer.first(answer.size() - 2);
  Channel& channel = channels_[context.channel()];
  context.before = channel.place;

  const bool fetch = context.apdu.ins == kGetResponse && context.apdu.valid;
  if (!fetch) {
    channel.pending = event.command.bytes;
    channel.whole.clear();
  }
  context.origin_data = channel.pending;
  context.origin = TakeApart(context.origin_data);
  channel.whole.insert(channel.whole.end(), context.data.begin(), context.data.end());
  context.whole = channel.whole;
  if (!fetch && context.apdu.ins == kStoreData) { StoreBlock(channel, context); }
  Channel pointed = channel;
  if (const uint8_t sfi = ShortIdOf(context.apdu); sfi != 0) { SelectShort(pointed, sfi); }
  context.target = pointed.place;
  if (context.apdu.valid && Succeeded(context.sw)) { Move(channel, context); }
  context.after = channel.place;
  return context;
}

void Tracker::Move(Channel& channel, const Context& context) {
  const Apdu& a = context.apdu;
  if (a.ins == kSelect) {
    Select(channel, a);
  } else if (a.ins == kManageChannel && a.cla.type == apdu::Class::kIso) {
    ManageChannel(context);
  } else if (const uint8_t sfi = ShortIdOf(a); sfi != 0) {
    SelectShort(channel, sfi);
  }
  const Result<tlv::Object> fcp = tlv::Find(context.origin.data, 0x62);
  if (a.ins == kCreateFile && fcp.ok()) {
    const Result<tlv::Object> fid = tlv::Find(fcp.value().value, 0x83);
    if (fid.ok() && fid.value().value.size() == 2) { SelectFid(channel.place, Get16(fid.value().value)); }
  }
  if (context.origin.ins == kSelect) { Learn(channel, context); }
}

// ETSI TS 102 221 11.1.1.2, table 11.1; GSM 11.11 selects by FID alone.
void Tracker::Select(Channel& channel, const Apdu& a) {
  Place& place = channel.place;
  const uint8_t p1 = a.cla.type == apdu::Class::kGsm ? 0 : a.p1;
  if (p1 == 0x04) { return SelectAid(place, a.data); }
  if (p1 == 0x03) { return ToParent(place); }
  if (p1 == 0x08 || p1 == 0x09) { return SelectPath(place, a.data, p1 == 0x08); }
  if (p1 > 0x02) { return; }
  if (a.data.empty()) { return ToMf(place); }
  if (a.data.size() == 2) { SelectFid(place, Get16(a.data)); }
}

void Tracker::SelectFid(Place& place, uint16_t fid) {
  if (fid == kMfFid) { return ToMf(place); }
  if (fid == kCurrentAdf) {
    if (!place.app_has_files) { return; }
    place.directory = place.app;
    place.fids.clear();
    place.file.clear();
    place.known = true;
    return;
  }
  if (!place.known) {
    // Only directories below the MF have the first byte 7F.
    if (fid >> 8 != 0x7F) { return; }
    ToMf(place);
  }
  if (!IsDirectory(place.directory, fid)) { return EnterFile(place, fid); }
  if (!place.fids.empty() && place.fids.back() == fid) {
    place.file.clear();
    return;
  }
  // 8.4.1: a child, else a sibling. 7Fxx lies below the MF or an ADF, 5Fxx deeper.
  const bool child = FindFile(place.directory, fid) != nullptr;
  if (!child && !place.fids.empty() && place.fids.back() >> 8 == fid >> 8) { ToParent(place); }
  if (!child && fid >> 8 == 0x7F && !place.fids.empty()) { ToMf(place); }
  EnterDirectory(place, fid);
}

void Tracker::SelectPath(Place& place, ConstBytes path, bool from_mf) {
  if (path.size() % 2 != 0 || path.empty()) { return; }
  if (from_mf) { ToMf(place); }
  for (size_t i = 0; i < path.size(); i += 2) {
    const uint16_t fid = Get16(path, i);
    if (fid == kCurrentAdf || fid == kMfFid) {
      SelectFid(place, fid);
    } else if (IsDirectory(place.directory, fid)) {
      EnterDirectory(place, fid);
    } else {
      EnterFile(place, fid);
    }
  }
}

void Tracker::SelectAid(Place& place, ConstBytes aid) {
  const std::optional<KnownApp> app = FindApp(aid);
  place.app = app ? app->name : "application " + ToHex(aid);
  place.app_has_files = !app || app->has_files;
  place.directory = place.app;
  place.fids.clear();
  place.file.clear();
  place.known = true;
}

void Tracker::SelectShort(Channel& channel, uint8_t sfi) {
  Place& place = channel.place;
  if (!place.known) { return; }
  const auto it = channel.short_ids.find({place.directory, sfi});
  if (it != channel.short_ids.end()) { return EnterFile(place, it->second); }
  const KnownFile* known = FindBySfi(place.directory, sfi);
  if (known != nullptr) { return EnterFile(place, known->fid); }
  place.file = fmt::format("EF with SFI {:02X}", sfi);
  place.fid = 0;
}

// 11.1.17: a channel opened from the basic one starts at the MF, else where its opener is.
void Tracker::ManageChannel(const Context& context) {
  const Apdu& a = context.apdu;
  if (a.p1 == 0x80) {
    const uint8_t closed = a.p2 == 0 ? a.cla.channel : a.p2;
    if (closed > 0 && closed < channels_.size()) { channels_[closed] = {}; }
    return;
  }
  const uint8_t number = a.p2 != 0 ? a.p2 : context.data.size() == 1 ? context.data[0] : 0;
  if (a.p1 != 0 || number == 0 || number >= channels_.size()) { return; }
  Channel opened;
  if (a.cla.channel == 0) {
    ToMf(opened.place);
  } else {
    opened.place = channels_[a.cla.channel].place;
  }
  channels_[number] = std::move(opened);
}

/// What the answer to SELECT says better than the command: kind of file, whole AID, SFI.
void Tracker::Learn(Channel& channel, const Context& context) {
  const Result<tlv::Object> fcp = tlv::Find(context.whole, 0x62);
  const Result<tlv::Object> fci = tlv::Find(context.whole, 0x6F);
  if (!fcp.ok() && !fci.ok()) { return; }
  Place& place = channel.place;
  const ConstBytes fields = fcp.ok() ? fcp.value().value : fci.value().value;
  const Result<tlv::Object> aid = tlv::Find(fields, 0x84);
  const Result<tlv::Object> fid = tlv::Find(fields, 0x83);
  const Result<tlv::Object> sfi = tlv::Find(fields, 0x88);
  const Result<tlv::Object> kind = tlv::Find(fields, 0x82);
  if (context.origin.p1 == 0x04 && aid.ok() && place.fids.empty() && place.file.empty()) {
    SelectAid(place, aid.value().value);
  }
  if (!fcp.ok() || !fid.ok() || fid.value().value.size() != 2 || !kind.ok() ||
      kind.value().value.empty()) {
    return;
  }
  const uint16_t number = Get16(fid.value().value);
  const bool directory = (kind.value().value[0] & 0x38) == 0x38;
  if (directory && !place.file.empty() && place.fid == number) {
    place.file.clear();
    EnterDirectory(place, number);
  } else if (!directory && place.file.empty() && !place.fids.empty() && place.fids.back() == number) {
    ToParent(place);
    EnterFile(place, number);
  }
  if (!directory && sfi.ok() && sfi.value().value.size() == 1) {
    channel.short_ids[{place.directory, static_cast<uint8_t>(sfi.value().value[0] >> 3)}] = number;
  }
  if (!directory && !sfi.ok()) {  // 11.1.1.4.8: without the object the FID's low bits are it
    channel.short_ids[{place.directory, static_cast<uint8_t>(number & 0x1F)}] = number;
  }
}

// SGP.22 5.7.2: P2 counts the blocks of a command from 0; P1 says whether more follow.
void Tracker::StoreBlock(Channel& channel, Context& context) {
  const Apdu& a = context.apdu;
  if (a.p2 == 0) { channel.message.clear(); }
  context.message_at = channel.message.size();
  channel.message.insert(channel.message.end(), a.data.begin(), a.data.end());
  context.message = channel.message;
  context.last_block = (a.p1 & 0x80) != 0;
}

}  // namespace simurgh::offcard::trace
