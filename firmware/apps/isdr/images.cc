// Images: docs/formats/image.md. The secure area is not part of the store, so these rows run
// without a transaction of the dispatcher; what they leave there is durable when they answer.
#include "base/tlv.h"
#include "firmware/apps/isdr/handlers.h"
#include "firmware/profile/card_data.h"
#include "firmware/profile/image_installer.h"

namespace simurgh::apps::isdr {

using apdu::Command;
using apdu::Sw;
using profile::ImageInstaller;
using profile::ImageReason;
using profile::ImageResult;

namespace {

constexpr size_t kOffsetBytes = 4;

ImageInstaller InstallerFor(Session& s) {
  const ImageInstaller::Rooms rooms = {s.store,    s.keys,   s.files, s.pins,
                                       s.profiles, s.images, s.rng,   s.platform.device.identity()};
  return ImageInstaller(rooms, s.scratch);
}

Sw RefusalOf(ImageReason reason) {
  switch (reason) {
    case ImageReason::kTarget:
      return Sw::kReferencedDataNotFound;
    case ImageReason::kMode:
      return Sw::kConditionsNotSatisfied;
    case ImageReason::kSigner:
      return Sw::kSecurityNotSatisfied;
    case ImageReason::kReplay:
      return Sw::kDataInvalidated;
    default:
      return Sw::kWrongData;
  }
}

Sw RefusalOf(Error error) {
  switch (error) {
    case Error::kFull:
      return Sw::kNotEnoughMemory;
    case Error::kState:
      return Sw::kConditionsNotSatisfied;
    case Error::kRange:
      return Sw::kWrongP1P2Unspecified;
    default:
      return Sw::kMemoryProblem;
  }
}

void Add32(Writer& out, tlv::Tag tag, uint32_t value) {
  uint8_t bytes[4];
  Put32(bytes, 0, value);
  tlv::Add(out, tag, bytes);
}

}  // namespace

Sw GetImageStatus(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  const profile::ImageStore::Status& status = session.images.status();
  const uint8_t state = static_cast<uint8_t>(status.state);
  tlv::Add(out, 0x80, ConstBytes(&state, 1));
  Add32(out, 0x81, status.total);
  Add32(out, 0x82, status.received);
  Add32(out, 0x83, status.durable);
  uint8_t id[8];
  Put64(id, 0, status.image_id);
  tlv::Add(out, 0x84, id);
  if (status.result.present) {
    uint8_t result[profile::kImageResultBytes];
    profile::EncodeImageResult(status.result, result);
    tlv::Add(out, 0x85, result);
  }
  Add32(out, 0x86, session.images.capacity());
  return Sw::kOk;
}

Sw BeginImage(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (command.data.size() != profile::kImageHeaderBytes) {
    return Sw::kWrongLength;
  }
  ImageReason reason = ImageReason::kInstalled;
  ImageInstaller installer = InstallerFor(session);
  const Error error = installer.Receive(command.data, &reason);
  if (reason != ImageReason::kInstalled) {
    return RefusalOf(reason);
  }
  if (error != Error::kOk) {
    return RefusalOf(error);
  }
  out.Add32(session.images.status().received);
  return Sw::kOk;
}

/// Called once per piece when the command is longer than RAM: the first one begins with the offset.
Sw ImageData(Session& session, const Command& command, Writer&) {
  ConstBytes data = command.data;
  uint32_t offset = session.images.status().received;
  if (session.stream.offset == 0) {
    if (command.p1 != 0 || command.p2 != 0) {
      return Sw::kWrongP1P2;
    }
    if (data.size() < kOffsetBytes) {
      return Sw::kWrongLength;
    }
    offset = Get32(data);
    data = data.subspan(kOffsetBytes);
  }
  const Error error = session.images.Write(offset, data);
  return error == Error::kOk ? Sw::kOk : RefusalOf(error);
}

Sw InstallImage(Session& session, const Command& command, Writer& out) {
  if (!InSession(session, profile::kLoaderKeyVersion)) {
    return Sw::kSecurityNotSatisfied;
  }
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (!command.data.empty()) {
    return Sw::kWrongLength;
  }
  session.assembly = Assembly{};  // the installer works in the memory of STORE DATA
  ImageInstaller installer = InstallerFor(session);
  const Error error = installer.Install();
  if (error != Error::kOk) {
    return RefusalOf(error);
  }
  uint8_t result[profile::kImageResultBytes];
  profile::EncodeImageResult(session.images.status().result, result);
  out.Add(result);
  return Sw::kOk;
}

Sw AbortImage(Session& session, const Command& command, Writer&) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (!command.data.empty()) {
    return Sw::kWrongLength;
  }
  const Error error = session.images.Abort();
  return error == Error::kOk ? Sw::kOk : RefusalOf(error);
}

}  // namespace simurgh::apps::isdr
