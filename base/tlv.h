#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/writer.h"

namespace simurgh::tlv {

/// A tag as its bytes read, most significant first: 0x5A, 0xBF2D, 0x9F8101. At most four bytes.
using Tag = uint32_t;

struct Object {
  Tag tag = 0;
  ConstBytes value;  ///< view into the reader's input
  ConstBytes whole;  ///< tag, length and value
  bool constructed() const { return !whole.empty() && (whole[0] & 0x20) != 0; }
};

/// Walks BER-TLV objects with definite lengths (ISO/IEC 7816-4 5.2.2; X.690 8.1). The only place
/// that checks bounds. Filler bytes 00 or FF between objects are not accepted.
class Reader {
 public:
  explicit Reader(ConstBytes input) : rest_(input) {}
  bool done() const { return rest_.empty(); }
  /// @error kFormat: tag over four bytes, indefinite or over-long length, object past the end.
  Result<Object> Next();
  ConstBytes rest() const { return rest_; }

 private:
  ConstBytes rest_;
};

/// Tag and length at the start of `input`, which need not hold the value yet: what streaming
/// readers ask. `header_bytes` counts tag and length fields.
struct Header {
  Tag tag = 0;
  uint32_t length = 0;
  uint8_t header_bytes = 0;
  bool constructed = false;
};
/// @error kRange: more bytes are needed to tell.  kFormat: can never become a header.
Result<Header> ReadHeader(ConstBytes input);

/// The first object with `tag` directly inside `input`.
/// @error kNotFound, kFormat.
Result<Object> Find(ConstBytes input, Tag tag);

/// The value when it is exactly `size` bytes. @error kFormat otherwise.
Result<ConstBytes> Exactly(ConstBytes value, size_t size);

/// Unsigned big-endian integer of 1..4 bytes (a leading 00 of DER is allowed: up to 5 bytes).
Result<uint32_t> ReadUint(ConstBytes value);

/// Writes tag and the shortest definite length.
void AddHeader(Writer& out, Tag tag, size_t length);
void Add(Writer& out, Tag tag, ConstBytes value);
void AddUint(Writer& out, Tag tag, uint32_t value);  ///< DER INTEGER content, minimal, unsigned

/// A constructed object around whatever is written during its lifetime.
class Group {
 public:
  Group(Writer& out, Tag tag) : out_(out), tag_(tag), start_(out.size()) {}
  ~Group();
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

 private:
  Writer& out_;
  Tag tag_;
  size_t start_;
};

}  // namespace simurgh::tlv
