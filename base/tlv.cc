#include "base/tlv.h"

namespace simurgh::tlv {
namespace {

constexpr size_t kMaxTagBytes = 4;

size_t WriteTag(uint8_t* to, Tag tag) {
  size_t n = 0;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const uint8_t byte = static_cast<uint8_t>(tag >> shift);
    if (n > 0 || byte != 0 || shift == 0) {
      to[n++] = byte;
    }
  }
  return n;
}

size_t WriteLength(uint8_t* to, size_t length) {
  if (length < 0x80) {
    to[0] = static_cast<uint8_t>(length);
    return 1;
  }
  uint8_t bytes = 0;
  for (size_t v = length; v != 0; v >>= 8) {
    ++bytes;
  }
  to[0] = static_cast<uint8_t>(0x80 | bytes);
  for (uint8_t i = 0; i < bytes; ++i) {
    to[1 + i] = static_cast<uint8_t>(length >> (8 * (bytes - 1 - i)));
  }
  return 1u + bytes;
}

}  // namespace

Result<Header> ReadHeader(ConstBytes input) {
  if (input.empty()) {
    return Error::kRange;
  }
  Header h;
  size_t at = 0;
  h.constructed = (input[0] & 0x20) != 0;
  h.tag = input[at++];
  if ((h.tag & 0x1F) == 0x1F) {
    uint8_t byte = 0;
    do {
      if (at == kMaxTagBytes) {
        return Error::kFormat;
      }
      if (at == input.size()) {
        return Error::kRange;
      }
      byte = input[at++];
      h.tag = h.tag << 8 | byte;
    } while ((byte & 0x80) != 0);
  }
  if (at == input.size()) {
    return Error::kRange;
  }
  const uint8_t first = input[at++];
  h.length = first;
  if (first >= 0x80) {
    const size_t count = first & 0x7F;
    if (count == 0 || count > 3) {  // indefinite, or beyond anything a card is sent
      return Error::kFormat;
    }
    if (input.size() - at < count) {
      return Error::kRange;
    }
    h.length = 0;
    for (size_t i = 0; i < count; ++i) {
      h.length = h.length << 8 | input[at++];
    }
  }
  h.header_bytes = static_cast<uint8_t>(at);
  return h;
}

Result<Object> Reader::Next() {
  const Result<Header> header = ReadHeader(rest_);
  if (!header.ok()) {
    return Error::kFormat;
  }
  const Header& h = header.value();
  if (h.length > rest_.size() - h.header_bytes) {
    return Error::kFormat;
  }
  Object o;
  o.tag = h.tag;
  o.value = rest_.subspan(h.header_bytes, h.length);
  o.whole = rest_.first(h.header_bytes + h.length);
  rest_ = rest_.subspan(o.whole.size());
  return o;
}

Result<Object> Find(ConstBytes input, Tag tag) {
  for (Reader r(input); !r.done();) {
    const Object o = TRY(r.Next());
    if (o.tag == tag) {
      return o;
    }
  }
  return Error::kNotFound;
}

Result<ConstBytes> Exactly(ConstBytes value, size_t size) {
  if (value.size() != size) {
    return Error::kFormat;
  }
  return value;
}

Result<uint32_t> ReadUint(ConstBytes value) {
  if (value.size() == 5 && value[0] == 0) {
    value = value.subspan(1);
  }
  if (value.empty() || value.size() > 4) {
    return Error::kFormat;
  }
  uint32_t v = 0;
  for (uint8_t byte : value) {
    v = v << 8 | byte;
  }
  return v;
}

void AddHeader(Writer& out, Tag tag, size_t length) {
  uint8_t header[kMaxTagBytes + 1 + sizeof(size_t)];
  size_t n = WriteTag(header, tag);
  n += WriteLength(header + n, length);
  out.Add(ConstBytes(header, n));
}

void Add(Writer& out, Tag tag, ConstBytes value) {
  AddHeader(out, tag, value.size());
  out.Add(value);
}

void AddUint(Writer& out, Tag tag, uint32_t value) {
  uint8_t bytes[5] = {0};
  Put32(bytes, 1, value);
  size_t first = 1;
  while (first < 4 && bytes[first] == 0) {
    ++first;
  }
  if ((bytes[first] & 0x80) != 0) {
    --first;
  }
  Add(out, tag, ConstBytes(bytes).subspan(first));
}

Group::~Group() {
  uint8_t header[kMaxTagBytes + 1 + sizeof(size_t)];
  size_t n = WriteTag(header, tag_);
  n += WriteLength(header + n, out_.size() - start_);
  out_.Insert(start_, ConstBytes(header, n));
}

}  // namespace simurgh::tlv
