// Files that go and files that change their size (TS 102 222 6.4, 6.10). A file's records may be more
// than a transaction takes: what makes it disappear is one transaction, which notes what is left to
// delete; the rest is deleted behind it, by the next command when power fails.
#include <algorithm>

#include "base/static_vector.h"
#include "base/writer.h"
#include "firmware/fs/file_system.h"

namespace simurgh::fs {
namespace {

constexpr uint32_t kChunk = config::kFileChunk;

// An entry of the garbage list: object (2), kind (1), first chunk (1).
constexpr size_t kEntry = 4;
constexpr uint8_t kObject = 0;     // all records of an object
constexpr uint8_t kDirectory = 1;  // as well, and of the files in it
constexpr uint8_t kChunks = 2;     // chunks from the first one on

constexpr size_t kAtOnce = 16;

}  // namespace

/// Whether another descriptor than the file's own names its content object.
Result<bool> FileSystem::Shared(const File& file) {
  struct Search {
    FileSystem& files;
    const File& file;
    bool found = false;
  } search{*this, file};
  store_.ForEach(
      file.space,
      [](void* context, const store::Key& key, size_t size) {
        Search& s = *static_cast<Search*>(context);
        if (key.part < kMinFid || key.object > kMaxObject || size < at::kHeadSize) {
          return true;
        }
        const Result<File> other = s.files.Load(key.space, key.object, key.part);
        s.found = other.ok() && other.value().parent == key.object &&
                  other.value().content == s.file.content && !other.value().SameAs(s.file);
        return !s.found;
      },
      &search);
  return search.found;
}

Error FileSystem::NoteGarbage(uint16_t space, uint16_t object, uint8_t kind, uint8_t first) {
  const store::Key key{space, kMfObject, part::kGarbage};
  uint8_t list[store::Store::kMaxValue];
  const Result<size_t> size = store_.Read(key, 0, list);
  if (!size.ok() && size.error() != Error::kNotFound) {
    return size.error();
  }
  Writer out(list);
  static_cast<void>(out.Reserve(size.ValueOr(0)));
  out.Add16(object);
  out.Add8(kind);
  out.Add8(first);
  return out.overflow() ? Error::kFull : store_.Put(key, out.written());
}

Error FileSystem::RemoveAid(const File& adf) {
  const store::Key key{adf.space, kMfObject, part::kAids};
  uint8_t list[store::Store::kMaxValue];
  const size_t size = TRY(store_.Read(key, 0, list));
  for (size_t i = 0; i + 3 <= size; i += 3u + list[i + 2]) {
    const size_t next = i + 3u + list[i + 2];
    if (next > size) {
      return Error::kCorrupt;
    }
    if (Get16(list, i) == adf.fid) {
      return store_.Put(key, ConstBytes(list).first(i), ConstBytes(list).subspan(next, size - next));
    }
  }
  return Error::kNotFound;
}

/// Takes a file out of its directory, within the open transaction.
Error FileSystem::Discard(const File& file) {
  const bool shared = TRY(Shared(file));
  TRY(store_.Delete({file.space, file.parent, file.fid}));
  if (file.sfi != 0) {
    TRY(store_.Delete({file.space, file.parent, file.sfi}));
  }
  if (file.type == Type::kAdf) {
    TRY(RemoveAid(file));
  }
  if (file.object != file.content || shared) {
    // The content stays with those who share it; what is the file's own is not behind its FIDs.
    TRY(file.object != file.content ? NoteGarbage(file.space, file.object, kObject, 0)
                                    : Error::kOk);
  }
  return shared ? Error::kOk
                : NoteGarbage(file.space, file.content, file.directory() ? kDirectory : kObject, 0);
}

Error FileSystem::Remove(const File& file) {
  if (file.type == Type::kMf) {
    return Error::kState;
  }
  TRY(Collect(file.space));
  store::Transaction transaction(store_);
  TRY(Discard(file));
  TRY(transaction.Commit());
  return Collect(file.space);
}

/// Deletes some records of an object. @returns whether there were any. A file in a directory becomes
/// garbage of its own.
Result<bool> FileSystem::CollectSome(uint16_t space, uint16_t object, bool directory) {
  struct Found {
    uint16_t object;
    StaticVector<uint16_t, kAtOnce> parts;
  } found{object, {}};
  store_.ForEach(
      space,
      [](void* context, const store::Key& key, size_t) {
        Found& f = *static_cast<Found*>(context);
        return key.object != f.object || (f.parts.Add(key.part) && !f.parts.full());
      },
      &found);
  for (const uint16_t part : found.parts) {
    if (directory && part >= kMinFid) {
      const File child = TRY(Load(space, object, part));
      store::Transaction transaction(store_);
      TRY(Discard(child));
      TRY(transaction.Commit());
      return true;  // the child's records come first
    }
    const Error error = store_.Delete({space, object, part});
    if (error != Error::kOk && error != Error::kNotFound) {  // a short file id goes with its file
      return error;
    }
  }
  return !found.parts.empty();
}

Error FileSystem::Collect(uint16_t space) {
  const store::Key key{space, kMfObject, part::kGarbage};
  while (true) {
    uint8_t list[store::Store::kMaxValue];
    const Result<size_t> size = store_.Read(key, 0, list);
    if (!size.ok()) {
      return size.error() == Error::kNotFound ? Error::kOk : size.error();
    }
    if (size.value() < kEntry) {
      return store_.Delete(key);
    }
    const size_t last = size.value() - kEntry;
    const uint16_t object = Get16(list, last);
    const uint8_t kind = list[last + 2];
    if (kind == kChunks) {
      for (uint32_t chunk = list[last + 3]; chunk <= 0xFF; ++chunk) {
        const Error error = store_.Delete({space, object, static_cast<uint16_t>(chunk)});
        if (error != Error::kOk && error != Error::kNotFound) {
          return error;
        }
      }
    } else if (TRY(CollectSome(space, object, kind == kDirectory))) {
      continue;
    }
    TRY(last == 0 ? store_.Delete(key) : store_.Put(key, ConstBytes(list).first(last)));
  }
}

/// Brings the chunk that the smaller of old and new size cuts to the length it has from now on.
Error FileSystem::CutChunk(const File& file, uint32_t size) {
  const uint32_t kept = std::min(file.size, size);
  const uint32_t start = kept / kChunk * kChunk;
  const store::Key key{file.space, file.content, static_cast<uint16_t>(start / kChunk)};
  if (kept == start || !store_.Has(key)) {
    return Error::kOk;
  }
  uint8_t buffer[kChunk];
  const Bytes chunk = Bytes(buffer).first(std::min(kChunk, size - start));
  TRY(Read(file, start, chunk.first(kept - start)));
  TRY(ReadDefault(file, kept, chunk.subspan(kept - start)));
  return store_.Put(key, chunk);
}

Error FileSystem::ResizeObjects(File& file, uint32_t size, uint16_t reserved) {
  if (size != 0 && TRY(ObjectBytes(file)) > size) {
    return Error::kFull;
  }
  file.size = size;
  file.record_length = reserved;
  return Rewrite(file);
}

Error FileSystem::Resize(File& file, uint32_t size, uint16_t reserved) {
  const bool objects = file.type == Type::kBerTlv;
  if (!objects && file.type != Type::kTransparent && file.type != Type::kLinearFixed) {
    return Error::kUnsupported;
  }
  const bool records = file.type == Type::kLinearFixed;
  if (records && (size % file.record_length != 0 || size / file.record_length > 254)) {
    return Error::kFormat;
  }
  if ((size == 0 && !objects) || size > kMaxFileSize || (size != 0 && reserved > size)) {
    return Error::kRange;
  }
  TRY(Collect(file.space));
  if (TRY(Shared(file))) {
    return Error::kState;
  }
  store::Transaction transaction(store_);
  File changed = file;
  if (objects) {
    TRY(ResizeObjects(changed, size, reserved));
  } else {
    if (size > file.size && size - file.size > store_.FreeBytes(kChunk)) {
      return Error::kFull;
    }
    TRY(CutChunk(file, size));
    const uint32_t dead = (size + kChunk - 1) / kChunk;
    if (dead * kChunk < file.size) {
      TRY(NoteGarbage(file.space, file.content, kChunks, static_cast<uint8_t>(dead)));
    }
    changed.size = size;
    changed.record_count = records ? static_cast<uint16_t>(size / file.record_length) : 0;
    TRY(Rewrite(changed));
  }
  TRY(transaction.Commit());
  file = changed;
  return Collect(file.space);
}

}  // namespace simurgh::fs
