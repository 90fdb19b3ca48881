// What the handlers of the network applications share.
#include "firmware/apps/usim/handlers.h"

namespace simurgh::apps::naa {

using apdu::Sw;

bool Service(Session& session, uint16_t service_table, unsigned number) {
  const Result<fs::File> table = session.files.Child(session.channel.selection.adf, service_table);
  uint8_t byte = 0;
  if (!table.ok() ||
      session.files.Read(table.value(), (number - 1) / 8, Bytes(&byte, 1)) != Error::kOk) {
    return false;
  }
  return (byte >> ((number - 1) % 8) & 1) != 0;
}

bool PinSatisfied(Session& session) {
  const fs::File& adf = session.channel.selection.adf;
  uint8_t references[fs::kMaxPinReferences];
  const Result<size_t> count = session.files.PinReferences(adf, references);
  if (!count.ok()) {
    return false;
  }
  for (size_t i = 0; i < count.value(); ++i) {
    if (references[i] >= 0x01 && references[i] <= 0x08) {
      fs::Selection there = session.channel.selection;
      there.dir = adf;
      return session.pins.Satisfied(there, session.channel.verified, references[i]);
    }
  }
  return true;
}

Sw SwOf(Error error) {
  switch (error) {
    case Error::kAuth:
      return Sw::kAuthenticationMac;
    case Error::kNotFound:
      return Sw::kReferencedDataNotFound;
    case Error::kBlocked:
      return Sw::kBlocked;
    case Error::kFormat:  // AUTN is not as long as the algorithm has it
      return Sw::kWrongLength;
    default:
      return apdu::ToSw(error);
  }
}

void AddField(Writer& out, ConstBytes value) {
  out.Add8(static_cast<uint8_t>(value.size()));
  out.Add(value);
}

Result<ConstBytes> TakeField(ConstBytes& data) {
  if (data.empty() || data.size() < 1u + data[0]) {
    return Error::kFormat;
  }
  const ConstBytes field = data.subspan(1, data[0]);
  data = data.subspan(1 + field.size());
  return field;
}

}  // namespace simurgh::apps::naa
