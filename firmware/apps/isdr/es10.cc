// ES10c over STORE DATA (SGP.22 5.7.2, 5.7.15 to 5.7.21). Tags and results: SGP.22 annex, module
// RSPDefinitions (automatic tags).
#include "base/tlv.h"
#include "firmware/apps/isdr/handlers.h"

namespace simurgh::apps::isdr {

using apdu::Command;
using apdu::Sw;
using profile::ProfileStore;
using profile::Record;

namespace {

constexpr uint8_t kLastBlock = 0x80;
constexpr uint8_t kMoreBlocks = 0x11;  // P1 without the bit for the last block

constexpr tlv::Tag kIccid = 0x5A;
constexpr tlv::Tag kAid = 0x4F;
constexpr tlv::Tag kTagList = 0x5C;
constexpr tlv::Tag kClass = 0x95;

// Results that EnableProfile, DisableProfile and DeleteProfile share.
constexpr uint8_t kOk = 0;
constexpr uint8_t kNotFound = 1;
constexpr uint8_t kWrongState = 2;
constexpr uint8_t kByPolicy = 3;
constexpr uint8_t kUndefined = 127;

using Function = Sw (*)(Session&, ConstBytes request, Writer& out);

/// The answer of a function whose result is one INTEGER.
Sw AnswerResult(tlv::Tag tag, uint8_t result, Writer& out) {
  tlv::Group answer(out, tag);
  tlv::Add(out, 0x80, ConstBytes(&result, 1));
  return Sw::kOk;
}

Sw AnswerError(tlv::Tag tag, Error error, Writer& out) {
  switch (error) {
    case Error::kOk:
      return AnswerResult(tag, kOk, out);
    case Error::kNotFound:
      return AnswerResult(tag, kNotFound, out);
    case Error::kState:
      return AnswerResult(tag, kWrongState, out);
    case Error::kAccess:
      return AnswerResult(tag, kByPolicy, out);
    case Error::kAuth:  // the binding failed: GET DISCARDED says why
      return AnswerResult(tag, kUndefined, out);
    default:
      return apdu::ToSw(error);  // rolls back
  }
}

/// Slot named by an ICCID or an ISD-P AID in `choice`. @error kNotFound, kFormat.
Result<uint8_t> FindProfile(Session& session, ConstBytes choice) {
  tlv::Reader reader(choice);
  const tlv::Object o = TRY(reader.Next());
  if (o.tag == kIccid) {
    return session.profiles.FindByIccid(o.value);
  }
  return o.tag == kAid ? session.profiles.FindByAid(o.value) : Result<uint8_t>(Error::kFormat);
}

/// EnableProfileRequest and DisableProfileRequest: [0] identifier, [1] refreshFlag.
struct Change {
  ConstBytes identifier;
  bool refresh = false;
};
Result<Change> ReadChange(ConstBytes request) {
  Change change;
  change.identifier = TRY(tlv::Find(request, 0xA0)).value;
  const ConstBytes flag = TRY(tlv::Exactly(TRY(tlv::Find(request, 0x81)).value, 1));
  change.refresh = flag[0] != 0;
  return change;
}

Sw ChangeState(Session& session, ConstBytes request, tlv::Tag tag, bool enable, Writer& out) {
  const Result<Change> change = ReadChange(request);
  if (!change.ok()) {
    return Sw::kWrongData;
  }
  const Result<uint8_t> slot = FindProfile(session, change.value().identifier);
  Error error = slot.error();
  if (slot.ok()) {
    error = enable ? session.profiles.Enable(slot.value()) : session.profiles.Disable(slot.value());
  }
  if (error == Error::kOk && change.value().refresh) {
    AnnounceChange(session);
  }
  return error == Error::kFormat ? Sw::kWrongData : AnswerError(tag, error, out);
}

Sw EnableProfile(Session& session, ConstBytes request, Writer& out) {
  return ChangeState(session, request, 0xBF31, true, out);
}

Sw DisableProfile(Session& session, ConstBytes request, Writer& out) {
  return ChangeState(session, request, 0xBF32, false, out);
}

Sw DeleteProfile(Session& session, ConstBytes request, Writer& out) {
  const Result<uint8_t> slot = FindProfile(session, request);
  const Error error = slot.ok() ? session.profiles.Delete(slot.value()) : slot.error();
  return error == Error::kFormat ? Sw::kWrongData : AnswerError(0xBF33, error, out);
}

Sw SetNickname(Session& session, ConstBytes request, Writer& out) {
  const Result<tlv::Object> nickname = tlv::Find(request, 0x90);
  if (!nickname.ok()) {
    return Sw::kWrongData;
  }
  const Result<uint8_t> slot = FindProfile(session, request);
  Error error = slot.error();
  if (slot.ok()) {
    error = session.profiles.SetNickname(slot.value(), nickname.value().value);
  }
  if (error == Error::kFormat || error == Error::kRange) {
    return Sw::kWrongData;
  }
  return AnswerError(0xBF29, error, out);
}

// ---- GetProfilesInfo

/// One member of ProfileInfo, as the tag list asks for it.
struct Member {
  tlv::Tag tag;
  bool by_default;
  void (*write)(const Record&, Writer&);
};

void WriteText(Writer& out, tlv::Tag tag, ConstBytes text) {
  if (!text.empty()) {
    tlv::Add(out, tag, text);
  }
}

// In the order of ProfileInfo.
constexpr Member kMembers[] = {
    {kIccid, true, [](const Record& r, Writer& out) { tlv::Add(out, kIccid, r.iccid); }},
    {kAid, true, [](const Record& r, Writer& out) { tlv::Add(out, kAid, r.aid()); }},
    {0x9F70, true,
     [](const Record& r, Writer& out) {
       const uint8_t enabled = r.state == profile::State::kEnabled;
       tlv::Add(out, 0x9F70, ConstBytes(&enabled, 1));
     }},
    {0x90, true, [](const Record& r, Writer& out) { WriteText(out, 0x90, r.nickname.view()); }},
    {0x91, true, [](const Record& r, Writer& out) { tlv::Add(out, 0x91, r.provider.view()); }},
    {0x92, true, [](const Record& r, Writer& out) { tlv::Add(out, 0x92, r.name.view()); }},
    {kClass, true,
     [](const Record& r, Writer& out) {
       const uint8_t value = static_cast<uint8_t>(r.profile_class);
       tlv::Add(out, kClass, ConstBytes(&value, 1));
     }},
    {0xB7, false,
     [](const Record& r, Writer& out) {
       tlv::Group owner(out, 0xB7);
       tlv::Add(out, 0x80, r.mno);
     }},
};

/// Does the tag list (tags of one or two bytes, back to back) name `tag`?
bool Named(ConstBytes list, tlv::Tag tag) {
  for (size_t i = 0; i < list.size(); ++i) {
    tlv::Tag listed = list[i];
    if ((list[i] & 0x1F) == 0x1F && i + 1 < list.size()) {
      listed = listed << 8 | list[++i];
    }
    if (listed == tag) {
      return true;
    }
  }
  return false;
}

bool Matches(const Record& record, const tlv::Object& criterion) {
  switch (criterion.tag) {
    case kIccid:
      return Equal(record.iccid, criterion.value);
    case kAid:
      return Equal(record.aid(), criterion.value);
    default:
      return criterion.value.size() == 1 &&
             static_cast<uint8_t>(record.profile_class) == criterion.value[0];
  }
}

bool KnownCriterion(tlv::Tag tag) { return tag == kIccid || tag == kAid || tag == kClass; }

Sw GetProfilesInfo(Session& session, ConstBytes request, Writer& out) {
  tlv::Object criterion;
  const Result<tlv::Object> search = tlv::Find(request, 0xA0);
  if (search.ok()) {
    tlv::Reader reader(search.value().value);
    const Result<tlv::Object> first = reader.Next();
    if (!first.ok() || !KnownCriterion(first.value().tag)) {
      const uint8_t incorrect_input = 1;
      tlv::Group answer(out, 0xBF2D);
      tlv::Add(out, 0x81, ConstBytes(&incorrect_input, 1));
      return Sw::kOk;
    }
    criterion = first.value();
  }
  const Result<tlv::Object> list = tlv::Find(request, kTagList);
  tlv::Group answer(out, 0xBF2D);
  tlv::Group found(out, 0xA0);
  for (uint8_t slot = 0; slot < ProfileStore::kSlots; ++slot) {
    Record record;
    if (session.profiles.Get(slot, record) != Error::kOk ||
        (search.ok() && !Matches(record, criterion))) {
      continue;
    }
    tlv::Group info(out, 0xE3);
    for (const Member& member : kMembers) {
      if (list.ok() ? Named(list.value().value, member.tag) : member.by_default) {
        member.write(record, out);
      }
    }
  }
  return Sw::kOk;
}

// ---- The card

Sw GetEid(Session& session, ConstBytes request, Writer& out) {
  const Result<tlv::Object> list = tlv::Find(request, kTagList);
  if (!list.ok() || list.value().value.size() != 1 || list.value().value[0] != kIccid) {
    return Sw::kWrongData;
  }
  tlv::Group answer(out, 0xBF3E);
  tlv::Add(out, 0x5A, session.platform.device.identity().eid);
  return Sw::kOk;
}

struct Row {
  tlv::Tag tag;
  Function function;
};
constexpr Row kFunctions[] = {
    {0xBF29, SetNickname},      // 5.7.21
    {0xBF2D, GetProfilesInfo},  // 5.7.15
    {0xBF31, EnableProfile},    // 5.7.16
    {0xBF32, DisableProfile},   // 5.7.17
    {0xBF33, DeleteProfile},    // 5.7.18
    {0xBF3E, GetEid},           // 5.7.20
};

}  // namespace

Sw Es10(Session& session, ConstBytes request, Writer& out) {
  tlv::Reader reader(request);
  const Result<tlv::Object> object = reader.Next();
  if (!object.ok() || !reader.done()) {
    return Sw::kWrongData;
  }
  for (const Row& row : kFunctions) {
    if (row.tag == object.value().tag) {
      return row.function(session, object.value().value, out);
    }
  }
  return Sw::kReferencedDataNotFound;
}

/// Blocks of one command follow each other on one channel, numbered from 0 by P2; P1 is 11 while
/// more follow, 91 for the last one.
Sw StoreData(Session& session, const Command& command, Writer& out) {
  Assembly& assembly = session.assembly;
  if ((command.p1 & ~kLastBlock) != kMoreBlocks) {
    return Sw::kWrongP1P2;
  }
  if (command.p2 == 0) {
    assembly = Assembly{session.channel.number, 0, 0, true};
  }
  if (!assembly.active || assembly.channel != session.channel.number ||
      assembly.next_block != command.p2) {
    assembly = Assembly{};
    return Sw::kConditionsNotSatisfied;
  }
  if (command.data.size() > session.scratch.size() - assembly.size) {
    assembly = Assembly{};
    return Sw::kNotEnoughMemory;
  }
  Copy(session.scratch.subspan(assembly.size), command.data);
  assembly.size += command.data.size();
  ++assembly.next_block;
  if ((command.p1 & kLastBlock) == 0) {
    return Sw::kOk;
  }
  const ConstBytes request = session.scratch.first(assembly.size);
  assembly = Assembly{};
  return Es10(session, request, out);
}

}  // namespace simurgh::apps::isdr
