// ENVELOPE: the terminal speaks first (TS 102 223 clause 7).
#include <algorithm>

#include "base/tlv.h"
#include "firmware/cat/proactive.h"

namespace simurgh::cat {

using apdu::Command;
using apdu::Sw;

namespace {

/// One kind of envelope that the card can hear. Call control, MO short message control, cell
/// broadcast and USSD are services no application here has: 6A81.
struct Row {
  tlv::Tag tag;
  Heard::Kind kind;
  Device from;       ///< kUicc: any; an event comes from whatever it is about (7.5)
  Tag id;            ///< object of one byte that says which; kOther: none
  Tag required;      ///< another object it must have; kOther: none
  bool leads_to_commands;  ///< the answer is a proactive command: refused as busy without room
};
constexpr Row kRows[] = {
    {0xD1, Heard::Kind::kSms, Device::kNetwork, Tag::kOther, Tag::kSmsTpdu, true},  // TS 31.111 7.1.1
    {0xD3, Heard::Kind::kMenu, Device::kKeypad, Tag::kItemId, Tag::kOther, true},   // 7.2
    {0xD6, Heard::Kind::kEvent, Device::kUicc, Tag::kEventList, Tag::kOther, false},  // 7.5
    {0xD7, Heard::Kind::kTimer, Device::kTerminal, Tag::kTimerId, Tag::kTimerValue, true},  // 7.4
};

const Row* RowOf(tlv::Tag tag) {
  const auto row = std::find_if(std::begin(kRows), std::end(kRows),
                                [tag](const Row& r) { return r.tag == tag; });
  return row == std::end(kRows) ? nullptr : row;
}

/// @error kFormat: broken, from or to another device, or without an object it must have.
Result<Heard> Read(const Row& row, ConstBytes objects) {
  TRY(CheckObjects(objects));
  const ConstBytes devices = TRY(FindObject(objects, Tag::kDeviceIdentities));
  if (devices.size() != 2 || devices[1] != static_cast<uint8_t>(Device::kUicc) ||
      (row.from != Device::kUicc && devices[0] != static_cast<uint8_t>(row.from))) {
    return Error::kFormat;
  }
  Heard heard;
  heard.kind = row.kind;
  heard.objects = objects;
  if (row.id != Tag::kOther) {
    heard.id = TRY(tlv::Exactly(TRY(FindObject(objects, row.id)), 1))[0];
  }
  if (row.required == Tag::kTimerValue) {
    TRY(ReadTimerValue(TRY(FindObject(objects, Tag::kTimerValue))));
  }
  if (row.required == Tag::kSmsTpdu) {
    heard.tpdu = TRY(FindObject(objects, Tag::kSmsTpdu));
    if (heard.tpdu.empty()) {
      return Error::kFormat;
    }
  }
  heard.help = FindObject(objects, Tag::kHelpRequest).ok();
  return heard;
}

}  // namespace

Sw Proactive::Envelope(Session& session, const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  tlv::Reader r(command.data);
  const Result<tlv::Object> envelope = r.Next();
  if (!envelope.ok() || !r.done()) {
    return Sw::kWrongData;
  }
  if (!has_profile()) {
    return Sw::kConditionsNotSatisfied;
  }
  const Row* row = RowOf(envelope.value().tag);
  if (row == nullptr) {
    return CheckObjects(envelope.value().value) == Error::kOk ? Sw::kFunctionNotSupported
                                                              : Sw::kWrongData;
  }
  Result<Heard> heard = Read(*row, envelope.value().value);
  if (!heard.ok()) {
    return Sw::kWrongData;
  }
  if (row->leads_to_commands && (fetched_ || queue_.full())) {
    return Sw::kToolkitBusy;
  }
  return Route(session, heard.value(), out);
}

Sw Proactive::Route(Session& session, Heard& heard, Writer& out) {
  const Client* client = nullptr;
  switch (heard.kind) {
    case Heard::Kind::kSms:
      return RouteSms(session, heard, out);
    case Heard::Kind::kEvent:
      RouteEvent(session, heard, out);
      return Sw::kOk;  // 7.5: an event needs no answer
    case Heard::Kind::kMenu:
      client = heard.id / kMenuItemsEach < clients_.size() ? clients_[heard.id / kMenuItemsEach]
                                                           : nullptr;
      client = menu_shown_ ? client : nullptr;
      heard.id %= kMenuItemsEach;
      break;
    case Heard::Kind::kTimer:
      if (heard.id >= 1 && heard.id <= kTimers) {
        client = timers_[heard.id - 1];
        timers_[heard.id - 1] = nullptr;  // 6.4.21: it has run out
      }
      break;
  }
  return client == nullptr || client->heard == nullptr ? Sw::kWrongData
                                                       : client->heard(session, heard, out);
}

Sw Proactive::RouteSms(Session& session, const Heard& heard, Writer& out) {
  for (const Client* client : clients_) {
    const Sw sw = client->heard == nullptr ? Sw::kFunctionNotSupported
                                           : client->heard(session, heard, out);
    if (sw != Sw::kFunctionNotSupported) {
      return sw;
    }
  }
  return Sw::kFunctionNotSupported;
}

void Proactive::RouteEvent(Session& session, const Heard& heard, Writer& out) {
  for (size_t i = 0; i < clients_.size(); ++i) {
    const bool listens = heard.id < kEvents && (events_[i] >> heard.id & 1) != 0;
    if (listens && clients_[i]->heard != nullptr) {
      (void)clients_[i]->heard(session, heard, out);
    }
  }
}

}  // namespace simurgh::cat
