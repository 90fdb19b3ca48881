#include "firmware/cat/proactive.h"

#include <algorithm>

#include "base/check.h"
#include "base/tlv.h"

namespace simurgh::cat {

using apdu::Command;
using apdu::Sw;

namespace {

// COMPREHENSION-TLV tags without their CR bit (TS 102 223 9.3), and the BER tag around a command.
constexpr uint8_t kCommandDetails = 0x01;
constexpr uint8_t kDeviceIdentities = 0x02;
constexpr uint8_t kResult = 0x03;
constexpr uint8_t kFileList = 0x12;
constexpr uint8_t kImeiTag = 0x14;
constexpr uint8_t kCr = 0x80;
constexpr tlv::Tag kProactiveCommand = 0xD0;

constexpr uint8_t kUicc = 0x81;
constexpr uint8_t kTerminal = 0x82;
constexpr uint8_t kImeiQualifier = 0x01;  // TS 102 223 8.6, PROVIDE LOCAL INFORMATION
constexpr uint8_t kLastNumber = 0xFE;     // command numbers 01..FE (TS 102 223 8.6)

// What the terminal profile says about a command (TS 102 223 5.2).
struct Row {
  Type type;
  uint8_t profile_byte;  // from 0
  uint8_t profile_bit;
};
constexpr Row kRows[] = {
    {Type::kRefresh, 2, 0x80},
    {Type::kProvideLocalInformation, 3, 0x40},
};

// The one use of each object that a TERMINAL RESPONSE may have.
struct Response {
  ConstBytes details;
  ConstBytes result;
  ConstBytes imei;
};

// COMPREHENSION-TLV with a tag of one byte: unlike BER, 1F and 9F are ordinary tags here.
Result<ConstBytes> TakeObject(ConstBytes& rest, uint8_t& tag) {
  if (rest.size() < 2) {
    return Error::kFormat;
  }
  tag = rest[0] & static_cast<uint8_t>(~kCr);
  size_t header = 2;
  size_t length = rest[1];
  if (length == 0x81 && rest.size() >= 3) {
    header = 3;
    length = rest[2];
  } else if (length >= 0x80) {
    return Error::kFormat;
  }
  if (length > rest.size() - header) {
    return Error::kFormat;
  }
  const ConstBytes value = rest.subspan(header, length);
  rest = rest.subspan(header + length);
  return value;
}

Result<Response> ReadResponse(ConstBytes data) {
  Response out;
  while (!data.empty()) {
    uint8_t tag = 0;
    const ConstBytes value = TRY(TakeObject(data, tag));
    switch (tag) {
      case kCommandDetails:
        out.details = value;
        break;
      case kResult:
        out.result = value;
        break;
      case kImeiTag:
        out.imei = value;
        break;
      default:
        break;
    }
  }
  if (out.details.size() != 3 || out.result.empty()) {
    return Error::kFormat;
  }
  return out;
}

bool NeedsFiles(RefreshMode mode) {
  return mode == RefreshMode::kFileChange || mode == RefreshMode::kInitAndFileChange;
}

}  // namespace

Error Proactive::Refresh(RefreshMode mode, ConstBytes files, uint8_t count) {
  if (NeedsFiles(mode) != (!files.empty() && count != 0)) {
    return Error::kFormat;
  }
  return Add(Type::kRefresh, static_cast<uint8_t>(mode), files, count);
}

Error Proactive::AskImei() {
  const bool queued = std::any_of(queue_.begin(), queue_.end(), [](const Item& item) {
    return item.type == Type::kProvideLocalInformation && item.qualifier == kImeiQualifier;
  });
  if (queued || imei_known_) {
    return Error::kOk;
  }
  return Add(Type::kProvideLocalInformation, kImeiQualifier, {}, 0);
}

Error Proactive::Add(Type type, uint8_t qualifier, ConstBytes files, uint8_t count) {
  if (has_profile() && !Supports(type)) {
    return Error::kUnsupported;
  }
  Item item;
  item.type = type;
  item.qualifier = qualifier;
  item.number = next_number_;
  Writer out(item.bytes);
  {
    tlv::Group command(out, kProactiveCommand);
    const uint8_t details[] = {item.number, static_cast<uint8_t>(type), qualifier};
    const uint8_t devices[] = {kUicc, kTerminal};
    tlv::Add(out, kCommandDetails | kCr, details);
    tlv::Add(out, kDeviceIdentities | kCr, devices);
    if (!files.empty()) {
      tlv::AddHeader(out, kFileList | kCr, 1 + files.size());
      out.Add8(count);
      out.Add(files);
    }
  }
  if (out.overflow()) {
    return Error::kRange;
  }
  item.size = static_cast<uint8_t>(out.size());
  if (!queue_.Add(item)) {
    return Error::kFull;
  }
  next_number_ = next_number_ == kLastNumber ? 1 : static_cast<uint8_t>(next_number_ + 1);
  return Error::kOk;
}

bool Proactive::Supports(Type type) const {
  for (const Row& row : kRows) {
    if (row.type == type) {
      return row.profile_byte < profile_size_ && (profile_[row.profile_byte] & row.profile_bit) != 0;
    }
  }
  return false;
}

// Only what was not fetched yet: the front may be under way.
void Proactive::DropUnsupported() {
  for (size_t i = queue_.size(); i > (fetched_ ? 1u : 0u); --i) {
    if (!Supports(queue_[i - 1].type)) {
      queue_.RemoveAt(i - 1);
    }
  }
}

Sw Proactive::TerminalProfile(const Command& command) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (command.data.empty()) {
    return Sw::kWrongLength;
  }
  const ConstBytes known = command.data.first(std::min(command.data.size(), profile_.size()));
  Copy(profile_, known);
  profile_size_ = static_cast<uint8_t>(known.size());
  DropUnsupported();
  return Sw::kOk;
}

size_t Proactive::pending() const {
  return has_profile() && !fetched_ && !queue_.empty() ? queue_[0].size : 0;
}

Sw Proactive::Announce(Sw sw) const {
  const size_t length = pending();
  if (sw != Sw::kOk || length == 0) {
    return sw;
  }
  return apdu::WithCount(Sw::kProactivePending, static_cast<uint8_t>(length));
}

// A command that was fetched and not answered may be fetched again: the answer may have been lost.
Sw Proactive::Fetch(const Command& command, Writer& out) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (!has_profile() || queue_.empty()) {
    return Sw::kTechnicalProblem;
  }
  const Item& item = queue_[0];
  if (command.ne != item.size) {
    return apdu::WithCount(Sw::kCorrectLength, item.size);
  }
  out.Add(ConstBytes(item.bytes).first(item.size));
  fetched_ = true;
  return Sw::kOk;
}

Sw Proactive::TerminalResponse(const Command& command) {
  if (command.p1 != 0 || command.p2 != 0) {
    return Sw::kWrongP1P2;
  }
  if (!fetched_) {
    return Sw::kTechnicalProblem;
  }
  const Result<Response> parsed = ReadResponse(command.data);
  if (!parsed.ok()) {
    return Sw::kWrongData;
  }
  const Response& response = parsed.value();
  const Item& item = queue_[0];
  const uint8_t details[] = {item.number, static_cast<uint8_t>(item.type), item.qualifier};
  if (!Equal(response.details, details)) {
    return Sw::kWrongData;
  }
  result_ = response.result[0];
  result_known_ = true;
  const bool performed = result_ < 0x10;  // TS 102 223 8.12
  if (item.type == Type::kProvideLocalInformation && performed &&
      response.imei.size() == kImeiBytes) {
    Copy(imei_, response.imei);
    imei_known_ = true;
  }
  queue_.RemoveAt(0);
  fetched_ = false;
  return Sw::kOk;
}

// Next number, whether the IMEI is known, IMEI, terminal profile.
void Proactive::Save(Writer& out) const {
  out.Add8(next_number_);
  out.Add8(imei_known_ ? 1 : 0);
  out.Add(imei_);
  out.Add(ConstBytes(profile_).first(profile_size_));
}

Error Proactive::Restore(ConstBytes state) {
  constexpr size_t kFixed = 2 + kImeiBytes;
  if (state.size() < kFixed || state.size() > kFixed + profile_.size() || state[0] == 0 ||
      state[0] > kLastNumber || state[1] > 1) {
    return Error::kCorrupt;
  }
  Reset();
  next_number_ = state[0];
  imei_known_ = state[1] != 0;
  Copy(imei_, state.subspan(2, kImeiBytes));
  profile_size_ = static_cast<uint8_t>(state.size() - kFixed);
  Copy(profile_, state.subspan(kFixed));
  return Error::kOk;
}

Result<ConstBytes> Proactive::imei() const {
  return imei_known_ ? Result<ConstBytes>(ConstBytes(imei_)) : Error::kNotFound;
}

Result<uint8_t> Proactive::last_result() const {
  return result_known_ ? Result<uint8_t>(result_) : Error::kNotFound;
}

}  // namespace simurgh::cat
