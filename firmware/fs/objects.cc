// Objects of BER-TLV files (TS 102 221 8.2.2.4). docs/formats/files.md has the layout.
#include <algorithm>

#include "base/static_vector.h"
#include "firmware/fs/file_system.h"

namespace simurgh::fs {
namespace {

constexpr uint32_t kChunk = config::kFileChunk;

// An entry of the list of objects: tag (3), slot and state (1), length of the value (2).
constexpr size_t kEntry = 6;
constexpr size_t kMaxObjects = 64;
constexpr uint8_t kHidden = 0x80;  // under way, or waiting to be deleted

struct Entry {
  Object object;
  bool hidden = false;
};

uint32_t Weight(uint32_t tag, uint32_t length) {
  return TagBytes(tag) + LengthBytes(length) + length;
}

/// The list of a file's objects, read, changed and written as a whole.
class Objects {
 public:
  Objects(store::Store& store, const File& ef)
      : store_(store), key_{ef.space, ef.content, part::kObjects} {}

  Error Load() {
    uint8_t bytes[kEntry * kMaxObjects];
    const Result<size_t> size = store_.Read(key_, 0, bytes);
    if (!size.ok()) {
      return size.error() == Error::kNotFound ? Error::kOk : size.error();
    }
    for (size_t i = 0; i + kEntry <= size.value(); i += kEntry) {
      Entry e;
      e.object.tag = static_cast<uint32_t>(bytes[i]) << 16 | Get16(bytes, i + 1);
      e.object.slot = bytes[i + 3] & 0x7F;
      e.hidden = (bytes[i + 3] & kHidden) != 0;
      e.object.length = Get16(bytes, i + 4);
      CHECK(entries.Add(e));
    }
    return Error::kOk;
  }

  Error Save() {
    uint8_t bytes[kEntry * kMaxObjects];
    size_t at = 0;
    for (const Entry& e : entries) {
      bytes[at] = static_cast<uint8_t>(e.object.tag >> 16);
      Put16(bytes, at + 1, static_cast<uint16_t>(e.object.tag));
      bytes[at + 3] = static_cast<uint8_t>(e.object.slot | (e.hidden ? kHidden : 0));
      Put16(bytes, at + 4, e.object.length);
      at += kEntry;
    }
    return store_.Put(key_, ConstBytes(bytes).first(at));
  }

  Entry* Visible(uint32_t tag) {
    for (Entry& e : entries) {
      if (!e.hidden && e.object.tag == tag) {
        return &e;
      }
    }
    return nullptr;
  }

  uint8_t FreeSlot() const {
    uint8_t slot = 0;  // there are more slots than entries
    while (std::any_of(entries.begin(), entries.end(),
                       [slot](const Entry& e) { return e.object.slot == slot; })) {
      ++slot;
    }
    return slot;
  }

  uint32_t Bytes() const {
    uint32_t sum = 0;
    for (const Entry& e : entries) {
      sum += e.hidden ? 0 : Weight(e.object.tag, e.object.length);
    }
    return sum;
  }

  StaticVector<Entry, kMaxObjects> entries;

 private:
  store::Store& store_;
  store::Key key_;
};

store::Key ChunkKey(const File& ef, const Object& object, uint32_t at) {
  return {ef.space, ef.content, static_cast<uint16_t>(object.slot << 8 | at / kChunk)};
}

}  // namespace

Result<Object> FileSystem::FindObject(const File& ef, uint32_t tag) {
  if (ef.type != Type::kBerTlv) {
    return Error::kUnsupported;
  }
  Objects list(store_, ef);
  TRY(list.Load());
  const Entry* entry = list.Visible(tag);
  return entry == nullptr ? Result<Object>(Error::kNotFound) : entry->object;
}

Result<Object> FileSystem::ObjectInSlot(const File& ef, uint8_t slot, bool visible) {
  Objects list(store_, ef);
  TRY(list.Load());
  for (const Entry& e : list.entries) {
    if (e.object.slot == slot && e.hidden != visible) {
      return e.object;
    }
  }
  return Error::kNotFound;
}

Error FileSystem::ReadObject(const File& ef, const Object& object, uint32_t at, Bytes out) {
  if (at > object.length || out.size() > object.length - at) {
    return Error::kRange;
  }
  while (!out.empty()) {
    const Bytes piece = out.first(std::min<size_t>(out.size(), kChunk - at % kChunk));
    if (TRY(store_.Read(ChunkKey(ef, object, at), at % kChunk, piece)) != piece.size()) {
      return Error::kCorrupt;
    }
    at += static_cast<uint32_t>(piece.size());
    out = out.subspan(piece.size());
  }
  return Error::kOk;
}

Result<size_t> FileSystem::Tags(const File& ef, Bytes out) {
  Objects list(store_, ef);
  TRY(list.Load());
  size_t size = 0;
  for (const Entry& e : list.entries) {
    if (e.hidden) {
      continue;
    }
    const uint8_t bytes = TagBytes(e.object.tag);
    if (out.size() - size < bytes) {
      return Error::kFull;
    }
    for (uint8_t i = bytes; i-- > 0;) {
      out[size++] = static_cast<uint8_t>(e.object.tag >> (8 * i));
    }
  }
  return size;
}

Result<uint32_t> FileSystem::ObjectBytes(const File& ef) {
  Objects list(store_, ef);
  TRY(list.Load());
  return list.Bytes();
}

Result<Object> FileSystem::BeginObject(const File& ef, uint32_t tag, uint16_t length) {
  if (ef.type != Type::kBerTlv) {
    return Error::kUnsupported;
  }
  Objects list(store_, ef);
  TRY(list.Load());
  const Entry* old = list.Visible(tag);
  const uint32_t others =
      list.Bytes() - (old == nullptr ? 0 : Weight(tag, old->object.length));
  const uint32_t limit = ef.size == 0 ? kMaxFileSize : ef.size;
  const Object object{tag, length, list.FreeSlot()};
  if (others + Weight(tag, length) > limit || length > store_.FreeBytes(kChunk) ||
      !list.entries.Add({object, true})) {
    return Error::kFull;
  }
  TRY(list.Save());
  return object;
}

Error FileSystem::WriteObject(const File& ef, const Object& object, uint32_t at, ConstBytes data) {
  if (at > object.length || data.size() > object.length - at) {
    return Error::kRange;
  }
  while (!data.empty()) {
    uint8_t chunk[kChunk];
    const uint32_t start = at % kChunk;
    const ConstBytes piece = data.first(std::min<size_t>(data.size(), kChunk - start));
    if (start != 0 &&
        TRY(store_.Read(ChunkKey(ef, object, at), 0, Bytes(chunk).first(start))) != start) {
      return Error::kCorrupt;
    }
    TRY(store_.Put(ChunkKey(ef, object, at), ConstBytes(chunk).first(start), piece));
    at += static_cast<uint32_t>(piece.size());
    data = data.subspan(piece.size());
  }
  return Error::kOk;
}

Error FileSystem::CommitObject(const File& ef, const Object& object) {
  Objects list(store_, ef);
  TRY(list.Load());
  Entry* old = list.Visible(object.tag);
  for (Entry& e : list.entries) {
    if (e.hidden && e.object.slot == object.slot && e.object.tag == object.tag &&
        e.object.length == object.length) {
      e.hidden = false;
      if (old != nullptr) {
        old->hidden = true;
      }
      return list.Save();
    }
  }
  return Error::kState;  // swept up since: another channel began an object in this file
}

Error FileSystem::DropObject(const File& ef, uint32_t tag) {
  if (ef.type != Type::kBerTlv) {
    return Error::kUnsupported;
  }
  Objects list(store_, ef);
  TRY(list.Load());
  Entry* entry = list.Visible(tag);
  if (entry == nullptr) {
    return Error::kNotFound;
  }
  entry->hidden = true;
  return list.Save();
}

Error FileSystem::DropAllObjects(const File& ef) {
  Objects list(store_, ef);
  TRY(list.Load());
  for (Entry& e : list.entries) {
    e.hidden = true;
  }
  return list.Save();
}

Error FileSystem::SweepObjects(const File& ef) {
  Objects list(store_, ef);
  TRY(list.Load());
  bool any = false;
  for (size_t i = list.entries.size(); i-- > 0;) {
    const Entry entry = list.entries[i];
    if (!entry.hidden) {
      continue;
    }
    for (uint32_t at = 0; at < entry.object.length; at += kChunk) {
      const Error error = store_.Delete(ChunkKey(ef, entry.object, at));
      if (error != Error::kOk && error != Error::kNotFound) {
        return error;
      }
    }
    list.entries.RemoveAt(i);
    any = true;
  }
  return any ? list.Save() : Error::kOk;
}

}  // namespace simurgh::fs
