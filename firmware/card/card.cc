#include "firmware/card/card.h"

#include "apdu/atr.h"
#include "firmware/apps/gsm/gsm.h"
#include "firmware/apps/isdr/isdr.h"
#include "firmware/apps/personalization/personalization.h"
#include "firmware/apps/uicc/suspend.h"
#include "firmware/apps/uicc/uicc.h"
#include "firmware/apps/usim/usim.h"
#include "firmware/card/loader_exchange.h"

namespace simurgh {

using apdu::Case;
using apdu::Command;
using apdu::Effect;
using apdu::Entry;
using apdu::Sw;

namespace {

// Built-in applications, then the kinds of ADF that have commands of their own.
constexpr const apdu::App* kApps[] = {&apps::kIsdr, &apps::kPersonalization, &apps::kUsim,
                                      &apps::kIsim, &apps::kCsim};

// Those of them that use the toolkit.
constexpr const cat::Client* kToolkit[] = {&apps::kTerminalWatch, &apps::kProfileMenu};

constexpr uint8_t kGetResponse = 0xC0;
constexpr uint32_t kShortMaximum = 256;

/// Does the command have the shape its row states? A trailing Le where no answer is due is allowed:
/// T=0 cannot say "no Le", and lpac sends MANAGE CHANNEL both ways.
bool ShapeFits(Case shape, const Command& command) {
  const bool has_data = !command.data.empty();
  switch (shape) {
    case Case::k1:
    case Case::k2:
      return !has_data;
    case Case::k3:
    case Case::k4:
      return has_data;
    case Case::kAny:
      return true;
  }
  return false;
}

}  // namespace

Card::Card(Platform& platform)
    : platform_(platform),
      store_flash_(platform.flash, 0, config::kStoreSectors),
      image_flash_(platform.flash, config::kStoreSectors, config::kImageSectors),
      store_(store_flash_, index_),
      keys_(store_),
      files_(store_),
      pins_(store_),
      proactive_(kToolkit),
      profiles_(store_, keys_, files_, rng_, platform.device.identity()),
      images_(image_flash_) {
  for (uint8_t i = 0; i < config::kChannels; ++i) {
    channels_[i].number = i;
  }
  channels_[0].open = true;
}

Error Card::Boot() {
  std::array<uint8_t, crypto::Rng::kSeedBytes> seed;
  TRY(platform_.entropy.Fill(seed));
  rng_.Seed(seed);
  crypto::Wipe(seed);
  TRY(store_.Mount());
  keys_.Unlock(platform_.device.identity().root_key);
  TRY(profiles_.Boot());
  TRY(images_.Mount());
  LoaderExchange door(*this);
  TRY(profile::InstallPendingImage(images_, keys_, rng_, door));
  Reset();
  return Error::kOk;
}

void Card::CloseChannels() {
  for (Channel& channel : channels_) {
    if (channel.app != nullptr && channel.app->deselect != nullptr) {
      Session session = SessionFor(channel.number);
      channel.app->deselect(session);
    }
    const uint8_t number = channel.number;
    channel = Channel{};
    channel.number = number;
  }
  channels_[0].open = true;
}

void Card::Reset() {
  if (store_.open()) {
    store_.Rollback();
  }
  CloseChannels();
  secure_.Close();
  proactive_.Reset();
  command_size_ = 0;
  too_long_ = false;
  streaming_ = {};
  rest_size_ = 0;
  assembly_ = {};
  // No profile may pass its check, or none be enabled: then there is no file system to use, and the
  // ISD-R still answers.
  (void)profiles_.AutoSelect(profile::ProfileStore::Occasion::kBoot);
  UseActiveProfile();
  suspended_ = apps::Suspended(store_);
  if (suspended_ && !apps::SuspendedIn(store_, files_.space())) {
    suspended_ = apps::ForgetSuspension(store_) != Error::kOk;
  }
}

/// A state that waits for its resume token is lost by any command but a few (TS 102 221 11.1.22).
void Card::MindSuspension(const Command& command) {
  if (suspended_ && !apps::KeepsSuspension(command)) {
    suspended_ = apps::ForgetSuspension(store_) != Error::kOk;
  }
}

void Card::UseActiveProfile() {
  files_.Use(profiles_.active_space());
  pins_.Forget();
  channels_[0].selection.Reset(files_);  // the others get theirs when they are opened
}

void Card::Drop() {
  command_size_ = 0;
  too_long_ = false;
  streaming_ = {};
  stream_ = {};
}

/// T=0 learns the direction from the row of the command, as Execute() will find it.
bool Card::TakesData(ConstBytes header) const {
  const Result<apdu::Cla> cla = apdu::DecodeCla(header[0]);
  if (!cla.ok() || cla.value().channel >= config::kChannels) {
    return Door::TakesData(header);
  }
  if (cla.value().secure != 0) {  // at least a MAC comes along
    return true;
  }
  Command command;
  Copy(command.header, header);
  command.cla = cla.value();
  command.ins = header[1];
  Sw why = Sw::kOk;
  const Entry* row = FindRow(channels_[command.cla.channel], command, &why);
  if (row == nullptr || row->shape == Case::kAny) {
    return Door::TakesData(header);
  }
  return row->shape == Case::k3 || row->shape == Case::k4;
}

ConstBytes Card::Atr() { return apdu::kAtr; }

Session Card::SessionFor(uint8_t channel) {
  return Session{platform_, rng_,     store_,  keys_,     files_,
                 pins_,     secure_,  profiles_, images_, proactive_,
                 channels_, channels_[channel], stream_, assembly_, scratch_, kApps};
}

void Card::Feed(ConstBytes part) {
  if (streaming_.row != nullptr) {
    StreamPiece(part);
    return;
  }
  const size_t fits = std::min(part.size(), command_.size() - command_size_);
  Copy(Bytes(command_).subspan(command_size_), part.first(fits));
  command_size_ += fits;
  if (fits == part.size() || too_long_) {
    return;
  }
  if (!TryStartStream()) {
    too_long_ = true;
    return;
  }
  StreamPiece(part.subspan(fits));
}

ConstBytes Card::Finish() {
  if (streaming_.row != nullptr) {
    return FinishStream();
  }
  Writer out(Bytes(response_).first(config::kResponseBytes));
  if (too_long_) {
    command_size_ = 0;
    too_long_ = false;
    return Answer(out, Sw::kWrongLength);
  }
  const Result<Command> parsed = apdu::ParseCommand(Bytes(command_).first(command_size_));
  command_size_ = 0;
  if (!parsed.ok()) {
    return Answer(out, Sw::kWrongLength);
  }
  Command command = parsed.value();
  MindSuspension(command);
  if (command.ins == kGetResponse) {
    const Sw sw = GetResponse(command, out);
    return Answer(out, sw);
  }
  rest_size_ = 0;
  const Sw sw = Execute(command, out);
  if (command.ins == apps::kSuspendIns) {
    suspended_ = apps::Suspended(store_);
  }
  return Answer(out, Deliver(command, sw, out));
}

ConstBytes Card::Process(ConstBytes command) {
  Feed(command);
  return Finish();
}

ConstBytes Card::Answer(Writer& out, Sw sw) {
  // response_ is longer than what a Writer can fill, so the status word always fits.
  const size_t size = out.size();
  Put16(response_, size, apdu::Value(sw));
  return ConstBytes(response_).first(size + 2);
}

const Entry* Card::FindRow(const Channel& channel, const Command& command, Sw* why) const {
  bool class_known = false;
  if (command.cla.type == apdu::Class::kGsm) {
    *why = Sw::kInsNotSupported;
    return apdu::Lookup(apps::kGsm, command.cla.type, command.ins, &class_known);
  }
  if (channel.app != nullptr) {
    const Entry* row = apdu::Lookup(channel.app->table, command.cla.type, command.ins, &class_known);
    if (row != nullptr) {
      return row;
    }
  }
  bool class_known_by_uicc = false;
  const Entry* row =
      apdu::Lookup(apps::kUicc, command.cla.type, command.ins, &class_known_by_uicc);
  *why = class_known || class_known_by_uicc ? Sw::kInsNotSupported : Sw::kClaNotSupported;
  return row;
}

Sw Card::Execute(Command& command, Writer& out) {
  const Result<apdu::Cla> cla = apdu::DecodeCla(command.header[0]);
  if (!cla.ok()) {
    return Sw::kClaNotSupported;
  }
  command.cla = cla.value();
  if (command.cla.channel >= config::kChannels || !channels_[command.cla.channel].open) {
    return Sw::kChannelNotSupported;
  }
  if (command.cla.chained) {
    return Sw::kChainingNotSupported;
  }
  const uint8_t channel_number = command.cla.channel;
  Channel& channel = channels_[channel_number];
  const Result<Command> plain = secure_.Unwrap(command);
  if (!plain.ok()) {
    return plain.error() == Error::kState ? Sw::kConditionsNotSatisfied
                                          : Sw::kSecurityNotSatisfied;
  }
  command = plain.value();
  Sw why = Sw::kInsNotSupported;
  const Entry* row = FindRow(channel, command, &why);
  if (row == nullptr) {
    return why;
  }
  if (!ShapeFits(row->shape, command)) {
    return Sw::kWrongLength;
  }
  Session session = SessionFor(channel_number);
  const Sw sw = Run(*row, session, command, out);
  return secure_.Wrap(out, sw) == Error::kOk ? sw : Sw::kTechnicalProblem;
}

Sw Card::Run(const Entry& row, Session& session, const Command& command, Writer& out) {
  if (row.effect == Effect::kStreams) {
    stream_ = Stream{};
    stream_.total = static_cast<uint32_t>(command.data.size());
    stream_.last_ = true;
    return row.handler(session, command, out);
  }
  const bool writes = row.effect == Effect::kWrites;
  if (writes) {
    store_.Begin();
  }
  Sw sw = row.handler(session, command, out);
  if (writes && store_.open()) {
    if (apdu::Succeeded(sw)) {
      const Error committed = store_.Commit();
      sw = committed == Error::kOk ? sw : apdu::ToSw(committed);
    } else {
      store_.Rollback();
    }
  }
  if (out.overflow()) {
    out.Truncate(0);
    return Sw::kTechnicalProblem;
  }
  const uint16_t value = apdu::Value(sw);
  if (!apdu::Succeeded(sw) && (value >> 8) != 0x62 && (value >> 8) != 0x63) {
    out.Truncate(0);
  }
  return sw;
}

/// Fits the answer to what the terminal asked for (ISO/IEC 7816-3 12.2, TS 102 221 7.3): all of it,
/// or 6Cxx (ask again with xx), or 61xx (fetch xx bytes with GET RESPONSE).
Sw Card::Deliver(const Command& command, Sw sw, Writer& out) {
  const size_t size = out.size();
  if (size == 0) {
    return proactive_.Announce(sw);
  }
  if (command.cla.type == apdu::Class::kGsm) {
    return DeliverGsm(command, sw, out);
  }
  const bool sent_data = !command.data.empty();
  if (!sent_data && command.has_le && !command.extended && apdu::Succeeded(sw)) {
    if (command.ne == size || (command.ne == kShortMaximum && size < kShortMaximum)) {
      return proactive_.Announce(sw);
    }
    if (size <= kShortMaximum) {
      out.Truncate(0);
      return apdu::WithCount(Sw::kCorrectLength, static_cast<uint8_t>(size));
    }
  }
  if (command.has_le && command.ne >= size) {
    return proactive_.Announce(sw);
  }
  // What waits moves behind the window, so that the part being sent and its status word have room.
  const size_t now = command.has_le ? std::min<size_t>(command.ne, kShortMaximum) : 0;
  rest_size_ = size - now;
  rest_at_ = kAnswerWindow;
  Copy(Bytes(response_).subspan(rest_at_), ConstBytes(response_).subspan(now, rest_size_));
  rest_channel_ = command.cla.channel;
  rest_sw_ = sw;
  out.Truncate(now);
  return MoreData();
}

/// Class A0 (TS 51.011 9.2, 9.4.6): what was asked for without data comes at once, or 67xx says how
/// much it is; what a command with data answers waits, and 9Fxx says so.
Sw Card::DeliverGsm(const Command& command, Sw sw, Writer& out) {
  const size_t size = out.size();
  if (command.data.empty() && command.has_le) {
    if (command.ne == size) {
      return proactive_.Announce(sw);
    }
    out.Truncate(0);
    return apdu::WithCount(Sw::kWrongLength, static_cast<uint8_t>(size));
  }
  rest_size_ = size;
  rest_at_ = kAnswerWindow;
  Copy(Bytes(response_).subspan(rest_at_), ConstBytes(response_).first(size));
  rest_channel_ = 0;
  rest_sw_ = sw;
  out.Truncate(0);
  return apdu::WithCount(Sw::kGsmResponse, static_cast<uint8_t>(size));
}

/// GET RESPONSE of class A0 (9.2.18): the first bytes of what waits, as many as P3 says. They may be
/// fetched again, for terminals that look at a part of the answer first.
Sw Card::GetGsmResponse(const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2Unspecified;
  }
  if (rest_size_ == 0 || rest_channel_ != 0) {
    return Sw::kTechnicalProblem;
  }
  const size_t asked = command.has_le ? command.ne : kShortMaximum;
  if (!command.data.empty() || asked > rest_size_) {
    return apdu::WithCount(Sw::kWrongLength, static_cast<uint8_t>(rest_size_));
  }
  Copy(response_, ConstBytes(response_).subspan(rest_at_, asked));
  (void)out.Reserve(asked);
  return proactive_.Announce(rest_sw_);
}

/// 61xx for what waits; 6100 when it is a full short answer or more.
Sw Card::MoreData() const {
  return apdu::WithCount(Sw::kMoreData,
                         rest_size_ >= kShortMaximum ? 0 : static_cast<uint8_t>(rest_size_));
}

/// GET RESPONSE (ISO/IEC 7816-4 7.6.1, TS 102 221 7.3.1.1.5): class 00 or 80 with the channel number.
Sw Card::GetResponse(const Command& command, Writer& out) {
  const Result<apdu::Cla> cla = apdu::DecodeCla(command.header[0]);
  if (!cla.ok()) {
    return Sw::kClaNotSupported;
  }
  if (cla.value().type == apdu::Class::kGsm) {
    return GetGsmResponse(command, out);
  }
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (!command.data.empty()) {
    return Sw::kWrongLength;
  }
  if (rest_size_ == 0 || cla.value().channel != rest_channel_) {
    return Sw::kConditionsNotSatisfied;
  }
  const size_t asked = command.has_le ? command.ne : kShortMaximum;
  if (asked > rest_size_ && asked != kShortMaximum && !command.extended) {
    return apdu::WithCount(Sw::kCorrectLength, static_cast<uint8_t>(rest_size_));
  }
  const size_t now = std::min({asked, rest_size_, size_t{kShortMaximum}});
  Copy(response_, ConstBytes(response_).subspan(rest_at_, now));
  (void)out.Reserve(now);
  rest_size_ -= now;
  if (rest_size_ == 0) {
    return proactive_.Announce(rest_sw_);
  }
  rest_at_ += now;
  return MoreData();
}

}  // namespace simurgh
