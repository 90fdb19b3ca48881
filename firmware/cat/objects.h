#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/writer.h"

namespace simurgh::cat {

/// COMPREHENSION-TLV tags without their CR bit (ETSI TS 102 223 9.3, TS 101 220 7.2).
enum class Tag : uint8_t {
  kOther = 0x00,  ///< a tag of three bytes: none of those is used here
  kCommandDetails = 0x01,
  kDeviceIdentities = 0x02,
  kResult = 0x03,
  kDuration = 0x04,
  kAlpha = 0x05,
  kAddress = 0x06,
  kSmsTpdu = 0x0B,
  kTextString = 0x0D,
  kItem = 0x0F,
  kItemId = 0x10,
  kResponseLength = 0x11,
  kFileList = 0x12,
  kLocation = 0x13,
  kImei = 0x14,
  kHelpRequest = 0x15,
  kMeasurement = 0x16,
  kDefaultText = 0x17,
  kEventList = 0x19,
  kTimerId = 0x24,
  kTimerValue = 0x25,
  kDateTime = 0x26,
  kLanguage = 0x2D,
  kTimingAdvance = 0x2E,
  kAid = 0x2F,
  kAccessTechnology = 0x3F,
  kEsn = 0x46,
  kImeisv = 0x62,
  kBattery = 0x63,
  kSearchMode = 0x65,
  kMeid = 0x6D,
};

/// Device identities (TS 102 223 8.7).
enum class Device : uint8_t {
  kKeypad = 0x01,
  kDisplay = 0x02,
  kUicc = 0x81,
  kTerminal = 0x82,
  kNetwork = 0x83,
};

struct Object {
  Tag tag = Tag::kOther;
  ConstBytes value;  ///< view into the reader's input
};

/// Walks COMPREHENSION-TLV objects: unlike BER, 1F and 9F are ordinary tags of one byte, and 7F
/// begins one of three (TS 101 220 7.1.1).
class ObjectReader {
 public:
  explicit ObjectReader(ConstBytes input) : rest_(input) {}
  bool done() const { return rest_.empty(); }
  /// @error kFormat: tag 00, 80 or FF, a length that is none, an object past the end.
  Result<Object> Next();

 private:
  ConstBytes rest_;
};

/// The value of the first object with `tag`. @error kNotFound, kFormat.
Result<ConstBytes> FindObject(ConstBytes objects, Tag tag);
/// kOk when `objects` is a row of whole objects.
Error CheckObjects(ConstBytes objects);

/// Bytes of a literal, without its terminating zero.
template <size_t N>
ConstBytes Ascii(const char (&text)[N]) {
  return {reinterpret_cast<const uint8_t*>(text), N - 1};
}

/// Writes the objects of one command. Text comes in as UTF-8 and leaves in the GSM default alphabet
/// when that has all its characters, else in UCS2, or with '?' where the terminal has no UCS2.
class Composer {
 public:
  Composer(Writer& out, bool ucs2) : out_(out), ucs2_(ucs2) {}

  void Add(Tag tag, ConstBytes value);
  /// Text string (8.15): data coding scheme 04 (8 bits, default alphabet) or 08 (UCS2) and text.
  void Text(ConstBytes utf8) { CodedText(Tag::kTextString, utf8); }
  void DefaultText(ConstBytes utf8) { CodedText(Tag::kDefaultText, utf8); }
  /// Alpha identifier (8.2; TS 102 221 annex A).
  void Alpha(ConstBytes utf8);
  /// Item (8.9); its text is cut after a whole character so that it takes at most `limit` bytes.
  void Item(uint8_t id, ConstBytes utf8, size_t limit = 240);
  /// Response length (8.11), in characters.
  void ResponseLength(uint8_t low, uint8_t high);

  /// Items get numbers from here on: how applications share one menu.
  void set_item_base(uint8_t base) { item_base_ = base; }
  uint8_t items() const { return items_; }

 private:
  void CodedText(Tag tag, ConstBytes utf8);

  Writer& out_;
  bool ucs2_;
  uint8_t item_base_ = 0;
  uint8_t items_ = 0;
};

/// Timer value (8.38) of a number of seconds: hours, minutes, seconds in swapped digits.
/// @error kRange: a day or more.
Error WriteTimerValue(uint32_t seconds, std::span<uint8_t, 3> out);
/// @error kFormat: not three bytes of swapped digits that make a time.
Result<uint32_t> ReadTimerValue(ConstBytes value);

}  // namespace simurgh::cat
