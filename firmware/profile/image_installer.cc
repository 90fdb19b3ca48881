#include "firmware/profile/image_installer.h"

#include <algorithm>

#include "crypto/ec.h"
#include "firmware/profile/card_data.h"
#include "firmware/profile/manufacture.h"
#include "firmware/profile/saip_interpreter.h"
#include "firmware/profile/staging.h"

namespace simurgh::profile {

namespace {

/// A package's header has the digits in order, EF.ICCID and the profile id have each pair swapped
/// (TS 102 221 13.2).
bool SameIccid(ConstBytes digits, const Iccid& swapped) {
  if (digits.size() != swapped.size()) {
    return false;
  }
  for (size_t i = 0; i < swapped.size(); ++i) {
    if (static_cast<uint8_t>(digits[i] << 4 | digits[i] >> 4) != swapped[i]) {
      return false;
    }
  }
  return true;
}

/// Record of the last installed image: image id, then the start of its digest.
constexpr size_t kLastImageBytes = 24;
constexpr size_t kLastDigestBytes = 16;
using LastImage = std::array<uint8_t, kLastImageBytes>;

store::Key LastImageKey(ImageSigner signer) {
  return CardKey(CardField::kLastImage, static_cast<uint16_t>(signer));
}

Class ClassOf(ImageKind kind) {
  switch (kind) {
    case ImageKind::kTest:
      return Class::kTest;
    case ImageKind::kProvisioning:
      return Class::kProvisioning;
    case ImageKind::kOperational:
      break;
  }
  return Class::kOperational;
}

ImageReason FromStore(Error error) {
  return error == Error::kFull ? ImageReason::kMemory : ImageReason::kHardware;
}

}  // namespace

ImageReason ImageInstaller::CheckHeader(const ImageHeader& header) {
  const auto& own =
      header.target == ImageTarget::kCard ? rooms_.identity.eid : rooms_.identity.batch;
  if (header.target_id != own || header.target_id == Eid{}) {
    return ImageReason::kTarget;
  }
  if (rooms_.profiles.mode() == Mode::kTest && header.kind != ImageKind::kTest) {
    return ImageReason::kMode;  // I8
  }
  const Result<CardConfig> config = ReadCardConfig(rooms_.store);
  const bool development = header.signer == ImageSigner::kDevelopment;
  if (!config.ok() || (config.value().commercial && development) ||
      !rooms_.store.Has(CardKey(CardField::kImageKey, static_cast<uint16_t>(header.signer)))) {
    return ImageReason::kSigner;
  }
  LastImage last{};
  const Result<size_t> read = rooms_.store.Read(LastImageKey(header.signer), 0, last);
  if (read.ok() ? header.image_id <= Get64(last) : read.error() != Error::kNotFound) {
    return ImageReason::kReplay;
  }
  return ImageReason::kInstalled;
}

Error ImageInstaller::Receive(ConstBytes raw, ImageReason* reason) {
  ImageHeader header;
  *reason = ImageReason::kFormat;
  const Error parsed = ParseImageHeader(raw, header);
  if (parsed == Error::kUnsupported) {
    *reason = ImageReason::kVersion;
  }
  TRY(parsed);
  *reason = CheckHeader(header);
  if (*reason != ImageReason::kInstalled) {
    return Error::kAccess;
  }
  return rooms_.images.Begin(raw, header.total(), header.image_id);
}

Error ImageInstaller::Install() {
  if (rooms_.images.status().state != ImageStore::State::kComplete) {
    return Error::kState;
  }
  ImageResult result;
  result.image_id = rooms_.images.status().image_id;
  result.reason = Run(result);
  if (rooms_.store.open()) {
    rooms_.store.Rollback();
  }
  TRY(rooms_.profiles.AbortStaging());
  return rooms_.images.Finish(result);
}

ImageReason ImageInstaller::Run(ImageResult& result) {
  std::array<uint8_t, kImageHeaderBytes> raw{};
  if (rooms_.images.Read(0, raw) != Error::kOk) {
    return ImageReason::kHardware;
  }
  ImageHeader header;
  const Error parsed = ParseImageHeader(raw, header);
  if (parsed != Error::kOk) {
    return parsed == Error::kUnsupported ? ImageReason::kVersion : ImageReason::kFormat;
  }
  if (header.total() != rooms_.images.status().total) {
    return ImageReason::kFormat;
  }
  if (InstalledBefore(header, raw)) {
    return ImageReason::kInstalled;  // power failed between the commit and the release of the area
  }
  ImageReason reason = CheckHeader(header);
  if (reason == ImageReason::kInstalled) {
    reason = CheckSignature(header, raw);
  }
  if (reason == ImageReason::kInstalled) {
    reason = CheckDigest(header);
  }
  return reason == ImageReason::kInstalled ? Unpack(header, raw, result) : reason;
}

bool ImageInstaller::InstalledBefore(const ImageHeader& header, ConstBytes raw) {
  LastImage last{};
  const Result<size_t> read = rooms_.store.Read(LastImageKey(header.signer), 0, last);
  const crypto::Sha256Digest digest = ImageDigest(raw);
  return read.ok() && read.value() == last.size() && Get64(last) == header.image_id &&
         Equal(ConstBytes(last).subspan(8), ConstBytes(digest).first(kLastDigestBytes));
}

ImageReason ImageInstaller::CheckSignature(const ImageHeader& header, ConstBytes raw) {
  std::array<uint8_t, 65> key{};
  const store::Key where = CardKey(CardField::kImageKey, static_cast<uint16_t>(header.signer));
  if (!rooms_.store.Read(where, 0, key).ok()) {
    return ImageReason::kSigner;
  }
  const Verdict verdict =
      crypto::EcdsaVerify(crypto::Curve::kNistP256, key, ImageDigest(raw), header.signature);
  return Accepted(verdict) ? ImageReason::kInstalled : ImageReason::kSignature;
}

ImageReason ImageInstaller::CheckDigest(const ImageHeader& header) {
  crypto::Sha256 hash;
  for (uint32_t at = kImageHeaderBytes; at < header.total();) {
    const size_t n = std::min<size_t>(work_.size(), header.total() - at);
    if (rooms_.images.Read(at, work_.first(n)) != Error::kOk) {
      return ImageReason::kHardware;
    }
    hash.Update(work_.first(n));
    at += static_cast<uint32_t>(n);
  }
  return hash.Finish() == header.digest ? ImageReason::kInstalled : ImageReason::kDigest;
}

ImageReason ImageInstaller::OpenKeys(const ImageHeader& header, ConstBytes raw, ImageKeys& out) {
  keys::KeyValue own;
  if (header.target == ImageTarget::kBatch) {
    if (rooms_.keys.Open(CardKeyId(CardSlot::kBatch), keys::Purpose::kUnwrapBatch, own) !=
        Error::kOk) {
      return ImageReason::kKey;
    }
    DeriveImageKeys(own.view(), raw, out);
    return ImageReason::kInstalled;
  }
  crypto::Secret<32> shared;
  if (rooms_.keys.Open(CardKeyId(CardSlot::kAgree), keys::Purpose::kAgree, own) != Error::kOk ||
      crypto::Ecdh(crypto::Curve::kNistP256, own.view(), header.agreement, rooms_.rng, shared) !=
          Error::kOk) {
    return ImageReason::kKey;
  }
  DeriveImageKeys(shared.view(), raw, out);
  return ImageReason::kInstalled;
}

Error ImageInstaller::ReadPlain(uint32_t offset, const crypto::Aes& aes, crypto::AesBlock& counter,
                                Bytes out) {
  TRY(rooms_.images.Read(offset, out));
  crypto::Ctr(aes, counter, out);
  return Error::kOk;
}

/// Metadata, profile package, binding, commit: all that is inside the ciphertext.
ImageReason ImageInstaller::Unpack(const ImageHeader& header, ConstBytes raw, ImageResult& result) {
  ImageKeys keys;
  const ImageReason opened = OpenKeys(header, raw, keys);
  if (opened != ImageReason::kInstalled) {
    return opened;
  }
  const crypto::Aes aes(keys.key);
  crypto::AesBlock counter = keys.counter;
  // The metadata may end within a block of the cipher, so the package is read from the start of the
  // payload again, with a counter of its own.
  crypto::AesBlock metadata_counter = keys.counter;
  const Bytes metadata = work_.first(header.metadata_bytes);
  if (ReadPlain(kImageHeaderBytes, aes, metadata_counter, metadata) != Error::kOk) {
    return ImageReason::kHardware;
  }
  Record record;
  Signature signature;
  if (ParseImageMetadata(metadata, record, signature) != Error::kOk) {
    return ImageReason::kMetadata;
  }
  const ImageReason sound = CheckMetadata(header, record, signature);
  if (sound != ImageReason::kInstalled) {
    return sound;
  }
  const Result<uint16_t> space = rooms_.profiles.BeginStaging();
  if (!space.ok()) {
    return FromStore(space.error());
  }
  record.slot = static_cast<uint8_t>(space.value() - 1);
  ImageReason reason = Interpret(header, aes, counter, record, result);
  if (reason == ImageReason::kInstalled) {
    reason = Bind(record, signature, result);
  }
  return reason == ImageReason::kInstalled ? MakeReal(header, raw, record, signature) : reason;
}

ImageReason ImageInstaller::CheckMetadata(const ImageHeader& header, const Record& record,
                                          const Signature& signature) {
  const bool is_signed = signature.size != 0;
  if (record.profile_class != ClassOf(header.kind) ||
      (header.kind == ImageKind::kOperational && !is_signed)) {
    return ImageReason::kMetadata;
  }
  return rooms_.profiles.FindByIccid(record.iccid).ok() ? ImageReason::kExists
                                                        : ImageReason::kInstalled;
}

ImageReason ImageInstaller::Interpret(const ImageHeader& header, const crypto::Aes& aes,
                                      crypto::AesBlock& counter, const Record& record,
                                      ImageResult& result) {
  StagingSink sink(rooms_.store, rooms_.keys, rooms_.files, rooms_.pins, record.space());
  saip::Saip package(sink);
  Error error = Error::kOk;
  uint32_t skip = header.metadata_bytes;
  for (uint32_t at = kImageHeaderBytes; at < header.total() && error == Error::kOk;) {
    const size_t n = std::min<size_t>(work_.size(), header.total() - at);
    if (ReadPlain(at, aes, counter, work_.first(n)) != Error::kOk) {
      return ImageReason::kHardware;
    }
    const size_t skipped = std::min<size_t>(skip, n);
    skip -= static_cast<uint32_t>(skipped);
    error = package.Feed(work_.subspan(skipped, n - skipped));
    at += static_cast<uint32_t>(n);
  }
  if (error == Error::kOk) {
    error = package.Finish();
  }
  if (error != Error::kOk) {
    const saip::PeStatus failure = package.failure();
    result.pe_status = static_cast<uint8_t>(failure.status);
    result.pe_id = failure.identification;
    result.element = failure.element;
    result.pe_reason = failure.reason;
    result.pe_detail = failure.detail;
    return error == Error::kFull       ? ImageReason::kMemory
           : error == Error::kHardware ? ImageReason::kHardware
                                       : ImageReason::kProfile;
  }
  const Error flushed = sink.Flush();
  if (flushed != Error::kOk) {
    return FromStore(flushed);
  }
  return SameIccid(package.iccid(), record.iccid) ? ImageReason::kInstalled
                                                  : ImageReason::kMetadata;
}

ImageReason ImageInstaller::Bind(Record& record, Signature& signature, ImageResult& result) {
  if (signature.size == 0) {
    // Kinds that may come unsigned: the card vouches for what it has installed itself.
    if (rooms_.profiles.binding().Sign(record, record.space(), rooms_.rng, signature) !=
        Error::kOk) {
      result.binding = Reason::kNoImsi;
      return ImageReason::kBinding;
    }
  }
  const BindingCheck check =
      rooms_.profiles.binding().Check(record, signature.view(), record.space());
  // A terminal the card does not know yet: activation will check all of it.
  if (Accepted(check.verdict) || check.reason == Reason::kTerminalUnknown) {
    return ImageReason::kInstalled;
  }
  result.binding = check.reason;
  return ImageReason::kBinding;
}

/// The one moment in which the profile becomes real and the image id is spent.
ImageReason ImageInstaller::MakeReal(const ImageHeader& header, ConstBytes raw, Record& record,
                                     const Signature& signature) {
  LastImage last{};
  Put64(last, 0, header.image_id);
  Copy(Bytes(last).subspan(8), ConstBytes(ImageDigest(raw)).first(kLastDigestBytes));
  store::Transaction transaction(rooms_.store);
  Error error = rooms_.profiles.CommitStaging(record, signature.view());
  if (error == Error::kOk) {
    error = rooms_.store.Put(LastImageKey(header.signer), last);
  }
  if (error == Error::kOk) {
    error = transaction.Commit();
  }
  if (error == Error::kExists) {
    return ImageReason::kExists;
  }
  return error == Error::kOk ? ImageReason::kInstalled : FromStore(error);
}

}  // namespace simurgh::profile
