#include "offcard/trace/gsmtap.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "offcard/common/user_error.h"
#include "offcard/trace/tracker.h"

namespace simurgh::offcard::trace {
namespace {

constexpr size_t kGsmtapBytes = 16;
constexpr uint8_t kSimType = 4;
constexpr uint32_t kLinkRaw = 101;
constexpr size_t kIpBytes = 20;
constexpr size_t kUdpBytes = 8;
constexpr size_t kLongestTpdu = 65535 - kIpBytes - kUdpBytes - kGsmtapBytes;
constexpr size_t kShortAnswer = 256;

void Append(Buffer& to, ConstBytes from) { to.insert(to.end(), from.begin(), from.end()); }

void AppendLittle32(Buffer& to, uint32_t value) {
  for (int i = 0; i < 4; ++i) { to.push_back(static_cast<uint8_t>(value >> (8 * i))); }
}

/// Class of the GET RESPONSE that a T=0 terminal would send.
uint8_t FetchClass(uint8_t cla) {
  if (cla == 0xA0) { return cla; }
  return (cla & 0x40) != 0 ? static_cast<uint8_t>(0x40 | (cla & 0x0F)) : cla & 0x03;
}

Buffer Tpdu(ConstBytes header, uint8_t p3, ConstBytes data, uint16_t sw) {
  Buffer out(header.begin(), header.end());
  out.push_back(p3);
  Append(out, data);
  out.push_back(static_cast<uint8_t>(sw >> 8));
  out.push_back(static_cast<uint8_t>(sw));
  return out;
}

uint8_t Count(size_t n) { return static_cast<uint8_t>(n >= kShortAnswer ? 0 : n); }

/// 61xx and GET RESPONSE for `data`, of which `first` is the packet that announces it.
void AddFetches(std::vector<Buffer>& out, uint8_t cla, ConstBytes data, uint16_t sw) {
  const uint8_t header[4] = {FetchClass(cla), 0xC0, 0, 0};
  while (!data.empty()) {
    const size_t n = std::min(kShortAnswer, data.size());
    const ConstBytes rest = data.subspan(n);
    const uint16_t now = rest.empty() ? sw : static_cast<uint16_t>(0x6100 | Count(rest.size()));
    out.push_back(Tpdu(header, Count(n), data.first(n), now));
    data = rest;
  }
}

uint16_t Announce(size_t size) { return static_cast<uint16_t>(0x6100 | Count(size)); }

}  // namespace

namespace {

/// What the decoder of Wireshark 4.0 reports as malformed however it is written: FETCH that brought
/// nothing, and AUTHENTICATE with less than RAND, SRES and Kc behind the header.
bool BreaksDecoder(ConstBytes tpdu) {
  constexpr size_t kFetchLeast = 1;
  constexpr size_t kAuthenticateLeast = 28;
  const size_t data = tpdu.size() - 7;
  return (tpdu[1] == 0x12 && data < kFetchLeast) || (tpdu[1] == 0x88 && data < kAuthenticateLeast);
}

std::vector<Buffer> Split(const Event& event);

}  // namespace

std::vector<Buffer> AsTpdus(const Event& event) {
  std::vector<Buffer> out = Split(event);
  std::erase_if(out, [](const Buffer& tpdu) { return BreaksDecoder(tpdu); });
  return out;
}

namespace {

std::vector<Buffer> Split(const Event& event) {
  const Buffer& command = event.command.bytes;
  const ConstBytes answer = event.answer.bytes;
  std::vector<Buffer> out;
  if (event.kind != Event::Kind::kCommand || command.size() < 4 || command.size() > kLongestTpdu ||
      answer.size() < 2) {
    return out;
  }
  const Apdu a = TakeApart(command);
  const ConstBytes header = ConstBytes(command).first(4);
  const uint16_t sw = Get16(answer, answer.size() - 2);
  const ConstBytes data = answer.first(answer.size() - 2);
  if (a.data.empty() && a.ins == 0xC0 && data.size() <= kShortAnswer) {
    out.push_back(Tpdu(header, Count(data.size()), data, sw));
    return out;
  }
  if (!a.data.empty()) {
    // P3 counts what is really there, also where a malformed command said something else; an extended
    // command keeps its own length field behind a P3 of 00.
    const bool is_short = a.data.size() <= 255;
    const uint16_t first = data.empty() ? sw : Announce(data.size());
    Buffer sent;
    if (!is_short && a.extended) {
      sent = {static_cast<uint8_t>(a.data.size() >> 8), static_cast<uint8_t>(a.data.size())};
    }
    Append(sent, a.data);
    out.push_back(Tpdu(header, is_short ? static_cast<uint8_t>(a.data.size()) : 0, sent, first));
    AddFetches(out, command[0], data, sw);
    return out;
  }
  if (data.size() > kShortAnswer) {
    out.push_back(Tpdu(header, 0, {}, Announce(data.size())));
    AddFetches(out, command[0], data, sw);
    return out;
  }
  // The decoder takes P3 bytes in front of the status word, also where the card refused: so P3 counts
  // the bytes of the packet.
  out.push_back(Tpdu(header, Count(data.size()), data, sw));
  return out;
}

}  // namespace

Buffer GsmtapPacket(ConstBytes tpdu) {
  Buffer out(kGsmtapBytes, 0);
  out[0] = 2;                 // version
  out[1] = kGsmtapBytes / 4;  // header length in words
  out[2] = kSimType;
  Append(out, tpdu);
  return out;
}

GsmtapSender::GsmtapSender(const std::string& target) {
  std::string host = target;
  std::string port = std::to_string(kGsmtapPort);
  const size_t colon = target.rfind(':');
  const bool bracket = target.starts_with('[');  // [::1]:4729
  if (colon != std::string::npos && (target.find(':') == colon || (bracket && target[colon - 1] == ']'))) {
    host = target.substr(0, colon);
    port = target.substr(colon + 1);
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') { host = host.substr(1, host.size() - 2); }
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number == 0 || number > 65535) {
    throw UserError(fmt::format("--gsmtap {}: expected HOST or HOST:PORT", target));
  }
  addrinfo hints = {};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (code != 0) { throw UserError(fmt::format("--gsmtap {}: {}", target, gai_strerror(code))); }
  fd_ = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const bool connected = fd_ >= 0 && connect(fd_, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo(found);
  if (!connected) {
    const std::string reason = std::strerror(errno);
    if (fd_ >= 0) { close(fd_); }
    throw UserError(fmt::format("--gsmtap {}: {}", target, reason));
  }
}

GsmtapSender::~GsmtapSender() { close(fd_); }

void GsmtapSender::Send(const Event& event) {
  for (const Buffer& tpdu : AsTpdus(event)) {
    const Buffer packet = GsmtapPacket(tpdu);
    (void)!send(fd_, packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
}

PcapWriter::PcapWriter(const std::string& path, uint64_t start_micros)
    : path_(path), file_(std::fopen(path.c_str(), "wbe")), start_(start_micros) {
  if (file_ == nullptr) { throw UserError(fmt::format("{}: {}", path, std::strerror(errno))); }
  Buffer header;
  AppendLittle32(header, 0xA1B2C3D4);
  AppendLittle32(header, 2 | 4 << 16);  // version 2.4
  AppendLittle32(header, 0);
  AppendLittle32(header, 0);
  AppendLittle32(header, 65535);
  AppendLittle32(header, kLinkRaw);
  Put(header);
}

PcapWriter::~PcapWriter() { std::fclose(file_); }

void PcapWriter::Put(ConstBytes bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size() || std::fflush(file_) != 0) {
    throw UserError(fmt::format("{}: {}", path_, std::strerror(errno)));
  }
}

void PcapWriter::Write(const Event& event) {
  const uint64_t at = start_ + event.micros;
  for (const Buffer& tpdu : AsTpdus(event)) {
    const Buffer payload = GsmtapPacket(tpdu);
    const uint16_t udp = static_cast<uint16_t>(kUdpBytes + payload.size());
    const uint16_t ip = static_cast<uint16_t>(kIpBytes + udp);
    Buffer packet(kIpBytes + kUdpBytes, 0);
    packet[0] = 0x45;  // IPv4, five words
    Put16(packet, 2, ip);
    packet[8] = 64;  // TTL
    packet[9] = 17;  // UDP
    packet[12] = packet[16] = 127;
    packet[15] = packet[19] = 1;
    uint32_t sum = 0;
    for (size_t i = 0; i < kIpBytes; i += 2) { sum += Get16(packet, i); }
    sum = (sum & 0xFFFF) + (sum >> 16);
    Put16(packet, 10, static_cast<uint16_t>(~((sum & 0xFFFF) + (sum >> 16))));
    Put16(packet, 20, kGsmtapPort);
    Put16(packet, 22, kGsmtapPort);
    Put16(packet, 24, udp);  // checksum 0: none (RFC 768)
    Append(packet, payload);
    Buffer record;
    AppendLittle32(record, static_cast<uint32_t>(at / 1'000'000));
    AppendLittle32(record, static_cast<uint32_t>(at % 1'000'000));
    AppendLittle32(record, static_cast<uint32_t>(packet.size()));
    AppendLittle32(record, static_cast<uint32_t>(packet.size()));
    Append(record, packet);
    Put(record);
  }
}

namespace {

struct PcapFormat {
  bool big = false;
  bool nano = false;
};

std::optional<PcapFormat> FormatOf(ConstBytes data) {
  if (data.size() < 4) { return std::nullopt; }
  switch (Get32(data)) {
    case 0xA1B2C3D4: return PcapFormat{true, false};
    case 0xA1B23C4D: return PcapFormat{true, true};
    case 0xD4C3B2A1: return PcapFormat{false, false};
    case 0x4D3CB2A1: return PcapFormat{false, true};
    default: return std::nullopt;
  }
}

uint32_t Read32(ConstBytes data, size_t at, bool big) {
  const uint32_t value = Get32(data, at);
  return big ? value : __builtin_bswap32(value);
}

/// The IPv4 packet in a frame of this link type; empty: none.
ConstBytes Ip(ConstBytes frame, uint32_t link) {
  const size_t skip = link == 1 ? 14 : link == 113 ? 16 : 0;
  if (frame.size() < skip + kIpBytes) { return {}; }
  if (skip != 0 && Get16(frame, skip - 2) != 0x0800) { return {}; }
  const ConstBytes ip = frame.subspan(skip);
  return ip[0] >> 4 == 4 ? ip : ConstBytes();
}

/// The TPDU of a GSMTAP packet of SIM traffic; empty: something else.
ConstBytes SimPayload(ConstBytes ip) {
  if (ip.size() < kIpBytes || ip[9] != 17) { return {}; }
  const size_t udp_at = size_t{4} * (ip[0] & 0x0F);
  if (udp_at < kIpBytes || ip.size() < udp_at + kUdpBytes + kGsmtapBytes) { return {}; }
  const ConstBytes udp = ip.subspan(udp_at);
  if (Get16(udp, 0) != kGsmtapPort && Get16(udp, 2) != kGsmtapPort) { return {}; }
  const size_t size = Get16(udp, 4);
  if (size < kUdpBytes + kGsmtapBytes || size > udp.size()) { return {}; }
  const ConstBytes tap = udp.subspan(kUdpBytes, size - kUdpBytes);
  const size_t header = size_t{4} * tap[1];
  if (tap[0] != 2 || tap[2] != kSimType || header < kGsmtapBytes || header > tap.size()) { return {}; }
  return tap.subspan(header);
}

/// Instructions whose P3 counts bytes that come from the card; of the rest, bytes that go to it.
bool Reads(uint8_t cla, uint8_t ins) {
  constexpr uint8_t kReads[] = {0x12, 0x30, 0x42, 0x46, 0x70, 0x84, 0xB0, 0xB2, 0xC0, 0xCA, 0xF2};
  if (ins == 0x44) { return (cla & 0x80) != 0 && cla != 0xA0; }
  return std::find(std::begin(kReads), std::end(kReads), ins) != std::end(kReads);
}

std::optional<Event> FromTpdu(ConstBytes tpdu, uint64_t micros) {
  if (tpdu.size() < 7) { return std::nullopt; }
  Event event;
  event.micros = micros;
  const ConstBytes body = tpdu.subspan(5, tpdu.size() - 7);
  const ConstBytes sw = tpdu.last(2);
  const bool reads = Reads(tpdu[0], tpdu[1]);
  event.command.bytes.assign(tpdu.begin(), tpdu.begin() + 4);
  if (reads || !body.empty() || tpdu[4] != 0) { event.command.bytes.push_back(tpdu[4]); }
  if (reads) {
    event.answer.bytes.assign(body.begin(), body.end());
  } else {
    Append(event.command.bytes, body);
  }
  Append(event.answer.bytes, sw);
  return event;
}

}  // namespace

bool LooksLikePcap(ConstBytes data) { return FormatOf(data).has_value(); }

std::vector<Event> ReadPcap(ConstBytes data, const std::string& file) {
  const std::optional<PcapFormat> format = FormatOf(data);
  if (!format || data.size() < 24) { throw UserError(fmt::format("{}: damaged pcap file header", file)); }
  const uint32_t link = Read32(data, 20, format->big);
  if (link != 1 && link != 113 && link != kLinkRaw && link != 228) {
    throw UserError(fmt::format("{}: link type {}; Ethernet, Linux cooked, raw and IPv4 are read", file, link));
  }
  std::vector<Event> events;
  uint64_t first = 0;
  size_t number = 0;
  for (size_t at = 24; at < data.size();) {
    ++number;
    const size_t left = data.size() - at;
    const uint32_t size = left >= 16 ? Read32(data, at + 8, format->big) : 0;
    if (left < 16 || size > left - 16) {
      throw UserError(fmt::format("{}: packet {} is cut off at byte {}", file, number, at));
    }
    const uint64_t fraction = Read32(data, at + 4, format->big);
    const uint64_t time = Read32(data, at, format->big) * uint64_t{1'000'000} +
                          (format->nano ? fraction / 1000 : fraction);
    if (number == 1) { first = time; }
    const ConstBytes tpdu = SimPayload(Ip(data.subspan(at + 16, size), link));
    const std::optional<Event> event = FromTpdu(tpdu, time - std::min(first, time));
    if (event) { events.push_back(*event); }
    at += 16 + size;
  }
  return events;
}

}  // namespace simurgh::offcard::trace
