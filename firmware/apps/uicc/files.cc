// Commands on the content of EFs (TS 102 221 11.1.3 to 11.1.8).
#include <algorithm>

#include "firmware/apps/uicc/handlers.h"

namespace simurgh::apps {
namespace {

using apdu::Command;
using apdu::Sw;
using fs::File;
using fs::Type;

constexpr uint8_t kSfiInP1 = 0x80;  // READ BINARY, UPDATE BINARY: P1 holds an SFI
constexpr size_t kMaxRecord = 255;

// Record addressing (table 11.12 and others): the three low bits of P2.
constexpr uint8_t kNext = 2;
constexpr uint8_t kPrevious = 3;
constexpr uint8_t kAbsolute = 4;

struct Place {
  uint8_t sfi = 0;
  uint32_t offset = 0;
  bool valid = true;
};

Place BinaryPlace(const Command& command) {
  if ((command.p1 & kSfiInP1) == 0) {
    return {0, static_cast<uint32_t>(command.p1 << 8 | command.p2), true};
  }
  const uint8_t sfi = command.p1 & 0x1F;
  return {sfi, command.p2, (command.p1 & 0x60) == 0 && sfi >= 1 && sfi <= 30};
}

Sw FileError(Error error) {
  return error == Error::kRange ? Sw::kWrongP1P2Unspecified : apdu::ToSw(error);
}

// The record a command names. Next and previous move the record pointer, but only `Commit` below
// makes it so, after the command has succeeded.
Sw FindRecord(Session& session, const Command& command, uint16_t& number) {
  const fs::Selection& at = session.channel.selection;
  const uint16_t count = at.ef.record_count;
  const bool cyclic = at.ef.type == Type::kCyclic;
  const uint8_t mode = command.p2 & 0x07;
  if (mode == kAbsolute) {
    number = command.p1 == 0 ? at.record : command.p1;
  } else if (command.p1 != 0) {
    return Sw::kWrongP1P2;
  } else if (mode == kNext) {
    number = at.record == 0 ? 1 : static_cast<uint16_t>(at.record + 1);
    number = cyclic && number > count ? 1 : number;
  } else if (mode == kPrevious) {
    number = at.record == 0 ? count : static_cast<uint16_t>(at.record - 1);
    number = cyclic && number == 0 ? count : number;
  } else {
    return Sw::kWrongP1P2;
  }
  return number == 0 || number > count ? Sw::kRecordNotFound : Sw::kOk;
}

void MovePointer(Session& session, const Command& command, uint16_t number) {
  if ((command.p2 & 0x07) != kAbsolute) {
    session.channel.selection.record = number;
  }
}

Sw OpenRecordFile(Session& session, const Command& command, access::Access access) {
  const uint8_t sfi = command.p2 >> 3;
  if (sfi == 31) {
    return Sw::kWrongP1P2;
  }
  const Sw sw = OpenEf(session, sfi, access);
  if (sw != Sw::kOk) {
    return sw;
  }
  return session.channel.selection.ef.record_file() ? Sw::kOk : Sw::kCommandIncompatible;
}

}  // namespace

Sw OpenEf(Session& session, uint8_t sfi, access::Access access) {
  fs::Selection& at = session.channel.selection;
  if (sfi != 0) {
    const Result<File> found = session.files.BySfi(at.dir, sfi);
    if (!found.ok()) {
      return FileSw(found.error());
    }
    at.SetEf(found.value());
  }
  if (!at.ef.exists()) {
    return Sw::kNoEfSelected;
  }
  if (session.files.terminated() || at.dir.terminated()) {
    return Sw::kConditionsNotSatisfied;
  }
  // Special file information, bit 7: readable and updatable when deactivated (TS 102 222 6.3.2.2.2).
  constexpr uint8_t kUsableDeactivated = 0x40;
  const bool terminated = at.ef.life_cycle == static_cast<uint8_t>(fs::LifeCycle::kTerminated);
  if (!at.ef.active() && (terminated || (at.ef.special & kUsableDeactivated) == 0)) {
    return Sw::kDataInvalidated;
  }
  const bool allowed = access::Allowed(session.files, session.pins, at, session.channel.verified,
                                       at.ef, access);
  return allowed ? Sw::kOk : Sw::kSecurityNotSatisfied;
}

Sw ReadBinary(Session& session, const Command& command, Writer& out) {
  const Place place = BinaryPlace(command);
  if (!place.valid) {
    return Sw::kWrongP1P2;
  }
  const Sw sw = OpenEf(session, place.sfi, access::kRead);
  if (sw != Sw::kOk) {
    return sw;
  }
  const File& ef = session.channel.selection.ef;
  if (ef.type != Type::kTransparent) {
    return Sw::kCommandIncompatible;
  }
  if (place.offset >= ef.size) {
    return Sw::kWrongP1P2Unspecified;
  }
  // No Le field is a T=0 command without P3: as if all that a short answer holds were asked for.
  const size_t wanted = command.has_le ? command.ne : 256;
  const size_t size = std::min({wanted, static_cast<size_t>(ef.size - place.offset), out.room()});
  const Error error = session.files.Read(ef, place.offset, out.Reserve(size));
  return error == Error::kOk ? Sw::kOk : FileError(error);
}

Sw UpdateBinary(Session& session, const Command& command, Writer&) {
  const Place place = BinaryPlace(command);
  if (!place.valid) {
    return Sw::kWrongP1P2;
  }
  const Sw sw = OpenEf(session, place.sfi, access::kUpdate);
  if (sw != Sw::kOk) {
    return sw;
  }
  const File& ef = session.channel.selection.ef;
  if (ef.type != Type::kTransparent) {
    return Sw::kCommandIncompatible;
  }
  if (place.offset >= ef.size) {
    return Sw::kWrongP1P2Unspecified;
  }
  if (command.data.size() > ef.size - place.offset) {
    return Sw::kWrongLength;
  }
  const Error error = session.files.Write(ef, place.offset, command.data);
  return error == Error::kOk ? Sw::kOk : FileError(error);
}

Sw ReadRecord(Session& session, const Command& command, Writer& out) {
  Sw sw = OpenRecordFile(session, command, access::kRead);
  if (sw != Sw::kOk) {
    return sw;
  }
  uint16_t number = 0;
  sw = FindRecord(session, command, number);
  if (sw != Sw::kOk) {
    return sw;
  }
  const File& ef = session.channel.selection.ef;
  const Error error = session.files.ReadRecord(ef, number, out.Reserve(ef.record_length));
  if (error != Error::kOk) {
    return FileError(error);
  }
  MovePointer(session, command, number);
  return Sw::kOk;
}

Sw UpdateRecord(Session& session, const Command& command, Writer&) {
  Sw sw = OpenRecordFile(session, command, access::kUpdate);
  if (sw != Sw::kOk) {
    return sw;
  }
  fs::Selection& at = session.channel.selection;
  const bool cyclic = at.ef.type == Type::kCyclic;
  const uint8_t mode = command.p2 & 0x07;
  if (cyclic && mode != kPrevious) {  // 11.1.6.1: the only mode for cyclic files
    return mode == kNext || mode == kAbsolute ? Sw::kCommandIncompatible : Sw::kWrongP1P2;
  }
  if (cyclic && command.p1 != 0) {
    return Sw::kWrongP1P2;
  }
  uint16_t number = 1;
  sw = cyclic ? Sw::kOk : FindRecord(session, command, number);
  if (sw != Sw::kOk) {
    return sw;
  }
  if (command.data.size() != at.ef.record_length) {
    return Sw::kWrongLength;
  }
  const Error error = cyclic ? session.files.Append(at.ef, command.data)
                             : session.files.WriteRecord(at.ef, number, command.data);
  if (error != Error::kOk) {
    return FileError(error);
  }
  MovePointer(session, command, number);
  return Sw::kOk;
}

namespace {

// What SEARCH RECORD looks for, and where (11.1.7).
struct Search {
  ConstBytes pattern;
  size_t offset = 0;
  uint8_t after = 0;        // with `after_byte`: search behind the first byte of this value
  bool after_byte = false;
  bool backward = false;
  bool beside = false;      // start with the record next to (before) the current one
};

bool Contains(ConstBytes record, const Search& search) {
  size_t from = search.offset;
  if (search.after_byte) {
    const auto found = std::find(record.begin(), record.end(), search.after);
    if (found == record.end()) {
      return false;
    }
    from = static_cast<size_t>(found - record.begin()) + 1;
  }
  if (from > record.size()) {
    return false;
  }
  const ConstBytes rest = record.subspan(from);
  return std::search(rest.begin(), rest.end(), search.pattern.begin(), search.pattern.end()) !=
         rest.end();
}

// P2: 4 and 5 simple, forward and backward; 6 enhanced, with a search indication of two bytes.
bool ParseSearch(const Command& command, Search& search) {
  const uint8_t mode = command.p2 & 0x07;
  search.pattern = command.data;
  search.backward = mode == 5;
  if (mode == 4 || mode == 5) {
    return true;
  }
  if (mode != 6 || command.data.size() < 3 || (command.data[0] & 0xF4) != 0x04) {
    return false;
  }
  search.backward = (command.data[0] & 0x01) != 0;
  search.beside = (command.data[0] & 0x02) != 0;
  search.after_byte = (command.data[0] & 0x08) != 0;
  search.after = command.data[1];
  search.offset = search.after_byte ? 0 : command.data[1];
  search.pattern = command.data.subspan(2);
  return true;
}

}  // namespace

Sw SearchRecord(Session& session, const Command& command, Writer& out) {
  Search search;
  Sw sw = OpenRecordFile(session, command, access::kRead);
  if (sw != Sw::kOk) {
    return sw;
  }
  if (!ParseSearch(command, search)) {
    return Sw::kWrongP1P2;
  }
  fs::Selection& at = session.channel.selection;
  const int count = at.ef.record_count;
  const int step = search.backward ? -1 : 1;
  int number = command.p1 != 0 ? command.p1 : at.record;
  if (search.beside && command.p1 != 0) {
    return Sw::kWrongP1P2;
  }
  if (search.beside) {  // as READ RECORD, next and previous
    number = number == 0 && search.backward ? count : number + step;
    if (at.ef.type == Type::kCyclic && (number < 1 || number > count)) {
      number = search.backward ? count : 1;
    }
  }
  if (number < 1 || number > count) {
    return Sw::kRecordNotFound;
  }
  uint8_t buffer[kMaxRecord];
  const Bytes record = Bytes(buffer).first(at.ef.record_length);
  uint8_t first = 0;
  for (; number >= 1 && number <= count; number += step) {
    const Error error = session.files.ReadRecord(at.ef, static_cast<uint16_t>(number), record);
    if (error != Error::kOk) {
      return FileError(error);
    }
    if (Contains(record, search)) {
      out.Add8(static_cast<uint8_t>(number));
      first = first == 0 ? static_cast<uint8_t>(number) : first;
    }
  }
  constexpr Sw kUnsuccessful = static_cast<Sw>(0x6282);
  if (first == 0) {
    return kUnsuccessful;
  }
  at.record = first;
  return Sw::kOk;
}

// Adds to the newest record of a cyclic file; the sum becomes the new newest record (11.1.8).
Sw Increase(Session& session, const Command& command, Writer& out) {
  constexpr Sw kMaximumReached = static_cast<Sw>(0x9850);
  const bool by_sfi = (command.p1 & 0x80) != 0;
  if (command.p2 != 0 || (!by_sfi && command.p1 != 0) || (by_sfi && ((command.p1 & 0x60) != 0 || (command.p1 & 0x1F) == 0 || (command.p1 & 0x1F) == 31))) {
    return Sw::kWrongP1P2;
  }
  const Sw sw = OpenEf(session, by_sfi ? command.p1 & 0x1F : 0, access::kIncrease);
  if (sw != Sw::kOk) {
    return sw;
  }
  fs::Selection& at = session.channel.selection;
  if (at.ef.type != Type::kCyclic || at.ef.record_length > 127) {
    return Sw::kCommandIncompatible;
  }
  if (command.data.size() > at.ef.record_length) {
    return Sw::kWrongLength;
  }
  const Bytes sum = out.Reserve(at.ef.record_length);
  Error error = session.files.ReadRecord(at.ef, 1, sum);
  if (error != Error::kOk) {
    return FileError(error);
  }
  unsigned carry = 0;
  for (size_t i = 0; i < sum.size(); ++i) {
    const size_t at_byte = sum.size() - 1 - i;
    const unsigned add = i < command.data.size() ? command.data[command.data.size() - 1 - i] : 0u;
    carry += sum[at_byte] + add;
    sum[at_byte] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  if (carry != 0) {
    out.Truncate(0);
    return kMaximumReached;
  }
  error = session.files.Append(at.ef, sum);
  if (error != Error::kOk) {
    return FileError(error);
  }
  at.record = 1;
  out.Add(command.data);
  return Sw::kOk;
}

}  // namespace simurgh::apps
