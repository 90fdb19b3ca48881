// RETRIEVE DATA and SET DATA (TS 102 221 11.3): objects of BER-TLV files, in blocks.
#include <algorithm>

#include "base/tlv.h"
#include "firmware/apps/uicc/handlers.h"

namespace simurgh::apps {
namespace {

using apdu::Command;
using apdu::Sw;
using fs::File;
using fs::Object;
using fs::Transfer;

// P2 (tables 11.33 and 11.35): which block; the low bits are a short file identifier.
constexpr uint8_t kBlock = 0xE0;
constexpr uint8_t kFirst = 0x80;
constexpr uint8_t kNext = 0x00;
constexpr uint8_t kAgain = 0x40;
constexpr uint8_t kSfi = 0x1F;

constexpr uint32_t kTagList = 0x5C;  // reserved: the list of tags (11.3.0)
constexpr size_t kMaxTags = 64 * 3;
constexpr Sw kMoreAvailable = static_cast<Sw>(0x62F1);
constexpr Sw kMoreExpected = static_cast<Sw>(0x63F1);

Sw CheckBlock(const Command& command) {
  const uint8_t block = command.p2 & kBlock;
  const uint8_t sfi = command.p2 & kSfi;
  const bool known = block == kFirst || ((block == kNext || block == kAgain) && sfi == 0);
  return command.p1 != 0 || !known || sfi == 31 ? Sw::kWrongP1P2 : Sw::kOk;
}

Sw OpenObjects(Session& session, const Command& command, access::Access access) {
  const Sw sw = OpenEf(session, command.p2 & kSfi, access);
  if (sw != Sw::kOk) {
    return sw;
  }
  return session.channel.selection.ef.type == fs::Type::kBerTlv ? Sw::kOk
                                                                : Sw::kCommandIncompatible;
}

// A tag of one to three bytes at the start of `data`. @returns its bytes, 0 when there is none.
size_t ReadTag(ConstBytes data, uint32_t& tag) {
  constexpr uint8_t kLong = 0x1F;
  if (data.empty() || data[0] == 0x00 || data[0] == 0xFF) {
    return 0;
  }
  size_t size = 1;
  if ((data[0] & kLong) == kLong) {
    while (size < data.size() && size < 3 && (size == 1 || (data[size - 1] & 0x80) != 0)) {
      ++size;
    }
    if (size == 1 || (data[size - 1] & 0x80) != 0) {
      return 0;
    }
  }
  tag = 0;
  for (size_t i = 0; i < size; ++i) {
    tag = tag << 8 | data[i];
  }
  return size;
}

// An object was replaced, deleted or begun: what other channels do with this file's objects is over.
void AbortTransfers(Session& session) {
  const File& ef = session.channel.selection.ef;
  for (Channel& channel : session.channels) {
    fs::Selection& other = channel.selection;
    if (other.ef.exists() && other.ef.space == ef.space && other.ef.content == ef.content) {
      other.transfer = {};
    }
  }
}

// The next bytes of an object as it is sent: tag, length, value.
Error AddBlock(Session& session, const Object& object, ConstBytes tags, size_t done, size_t size,
               Writer& out) {
  uint8_t head[8];
  Writer header(head);
  tlv::AddHeader(header, object.tag, object.length);
  if (done < header.size()) {
    const size_t n = std::min(size, header.size() - done);
    out.Add(header.written().subspan(done, n));
    size -= n;
    done += n;
  }
  const size_t at = done - header.size();
  if (object.tag == kTagList) {
    out.Add(tags.subspan(size == 0 ? 0 : at, size));
    return Error::kOk;
  }
  return size == 0 ? Error::kOk
                   : session.files.ReadObject(session.channel.selection.ef, object,
                                              static_cast<uint32_t>(at), out.Reserve(size));
}

Sw SendBlock(Session& session, const Command& command, Writer& out) {
  fs::Selection& at = session.channel.selection;
  Transfer& transfer = at.transfer;
  uint8_t list[kMaxTags];
  ConstBytes tags;
  Object object{kTagList, 0, 0};
  if (transfer.mode == Transfer::Mode::kReadTags) {
    const Result<size_t> size = session.files.Tags(at.ef, list);
    if (!size.ok()) {
      return apdu::ToSw(size.error());
    }
    tags = ConstBytes(list).first(size.value());
    object.length = static_cast<uint16_t>(size.value());
  } else {
    const Result<Object> found = session.files.ObjectInSlot(at.ef, transfer.slot, true);
    if (!found.ok()) {
      return apdu::ToSw(found.error());
    }
    object = found.value();
  }
  const size_t total = fs::TagBytes(object.tag) + fs::LengthBytes(object.length) + object.length;
  if (transfer.done >= total) {
    return Sw::kConditionsNotSatisfied;
  }
  const size_t wanted = command.has_le ? command.ne : 256;
  const size_t size = std::min({wanted, total - transfer.done, out.room()});
  const Error error = AddBlock(session, object, tags, transfer.done, size, out);
  if (error != Error::kOk) {
    return apdu::ToSw(error);
  }
  transfer.previous = transfer.done;
  transfer.done = static_cast<uint16_t>(transfer.done + size);
  return transfer.done < total ? kMoreAvailable : Sw::kOk;
}

Sw StartReading(Session& session, const Command& command) {
  fs::Selection& at = session.channel.selection;
  at.transfer = {};
  uint32_t tag = 0;
  const size_t size = ReadTag(command.data, tag);
  if (size == 0 || size != command.data.size()) {
    return Sw::kWrongData;
  }
  if (tag == kTagList) {
    at.transfer.mode = Transfer::Mode::kReadTags;
    return Sw::kOk;
  }
  const Result<Object> object = session.files.FindObject(at.ef, tag);
  if (!object.ok()) {
    return apdu::ToSw(object.error());
  }
  at.transfer.slot = object.value().slot;
  at.transfer.mode = Transfer::Mode::kRead;
  return Sw::kOk;
}

// A length in the DER coding of 11.3.0. @returns its bytes, 0 when it is wrong.
size_t ReadLength(ConstBytes data, uint32_t& length) {
  if (data.empty()) {
    return 0;
  }
  if (data[0] < 0x80) {
    length = data[0];
    return 1;
  }
  const size_t size = data[0] & 0x7F;
  if (size < 1 || size > 3 || data.size() < 1 + size) {
    return 0;
  }
  length = 0;
  for (size_t i = 1; i <= size; ++i) {
    length = length << 8 | data[i];
  }
  return fs::LengthBytes(length) == 1 + size ? 1 + size : 0;
}

Sw DeleteObject(Session& session, uint32_t tag) {
  const File& ef = session.channel.selection.ef;
  const Error error = session.files.DropObject(ef, tag);
  if (error != Error::kOk) {
    return apdu::ToSw(error);
  }
  AbortTransfers(session);
  (void)session.files.SweepObjects(ef);  // what is left is swept up by the next SET DATA
  return Sw::kOk;
}

// Writes a block; the last one makes the object, in the same transaction.
Sw TakeBlock(Session& session, const Object& object, uint32_t at, ConstBytes data, bool begins) {
  fs::Selection& selection = session.channel.selection;
  const bool last = at + data.size() == object.length;
  {
    store::Transaction transaction(session.store);
    Result<Object> target = object;
    if (begins) {
      target = session.files.BeginObject(selection.ef, object.tag, object.length);
    }
    Error error = target.ok() ? session.files.WriteObject(selection.ef, target.value(), at, data)
                              : target.error();
    if (error == Error::kOk && last) {
      error = session.files.CommitObject(selection.ef, target.value());
    }
    error = error == Error::kOk ? transaction.Commit() : error;
    if (error != Error::kOk) {
      selection.transfer = {};
      return apdu::ToSw(error);
    }
    selection.transfer = {static_cast<uint16_t>(at + data.size()), static_cast<uint16_t>(at),
                          target.value().slot,
                          begins ? Transfer::Mode::kWriteFirst : Transfer::Mode::kWrite};
  }
  if (!last) {
    return kMoreExpected;
  }
  AbortTransfers(session);
  (void)session.files.SweepObjects(selection.ef);
  return Sw::kOk;
}

Sw FirstBlock(Session& session, ConstBytes data) {
  const File& ef = session.channel.selection.ef;
  uint32_t tag = 0;
  const size_t tag_size = ReadTag(data, tag);
  if (tag_size == 0 || tag == kTagList) {
    return Sw::kWrongData;
  }
  data = data.subspan(tag_size);
  uint32_t length = 0;
  const size_t length_size = ReadLength(data, length);
  if (!data.empty() && (length_size == 0 || data.size() - length_size > length)) {
    return Sw::kWrongData;
  }
  AbortTransfers(session);
  const Error swept = session.files.SweepObjects(ef);
  if (swept != Error::kOk) {
    return apdu::ToSw(swept);
  }
  if (data.empty()) {
    return DeleteObject(session, tag);
  }
  if (length > fs::kMaxFileSize) {
    return Sw::kNotEnoughMemory;
  }
  return TakeBlock(session, {tag, static_cast<uint16_t>(length), 0}, 0, data.subspan(length_size),
                   true);
}

}  // namespace

Sw RetrieveData(Session& session, const Command& command, Writer& out) {
  Sw sw = CheckBlock(command);
  if (sw != Sw::kOk) {
    return sw;
  }
  const bool first = (command.p2 & kBlock) == kFirst;
  if (first == command.data.empty()) {
    return Sw::kWrongLength;
  }
  sw = OpenObjects(session, command, access::kRetrieve);
  if (sw != Sw::kOk) {
    return sw;
  }
  Transfer& transfer = session.channel.selection.transfer;
  if (first) {
    sw = StartReading(session, command);
    return sw == Sw::kOk ? SendBlock(session, command, out) : sw;
  }
  if (transfer.mode != Transfer::Mode::kRead && transfer.mode != Transfer::Mode::kReadTags) {
    return Sw::kConditionsNotSatisfied;
  }
  if ((command.p2 & kBlock) == kAgain) {
    transfer.done = transfer.previous;
  }
  return SendBlock(session, command, out);
}

Sw SetData(Session& session, const Command& command, Writer&) {
  Sw sw = CheckBlock(command);
  if (sw != Sw::kOk) {
    return sw;
  }
  sw = OpenObjects(session, command, access::kSet);
  if (sw != Sw::kOk) {
    return sw;
  }
  fs::Selection& at = session.channel.selection;
  const uint8_t block = command.p2 & kBlock;
  const Transfer transfer = at.transfer;
  const bool again_first = block == kAgain && transfer.mode == Transfer::Mode::kWriteFirst;
  if (block == kFirst || again_first) {
    return FirstBlock(session, command.data);
  }
  if (transfer.mode != Transfer::Mode::kWriteFirst && transfer.mode != Transfer::Mode::kWrite) {
    return Sw::kConditionsNotSatisfied;
  }
  const Result<Object> object = session.files.ObjectInSlot(at.ef, transfer.slot, false);
  if (!object.ok()) {
    return Sw::kConditionsNotSatisfied;
  }
  const uint32_t from = block == kAgain ? transfer.previous : transfer.done;
  if (command.data.size() > object.value().length - from) {
    at.transfer = {};
    return Sw::kWrongData;
  }
  return TakeBlock(session, object.value(), from, command.data, false);
}

}  // namespace simurgh::apps
