#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "offcard/trace/event.h"

/// GSMTAP, the header under which Wireshark and tshark decode SIM traffic (version 2, type 4, UDP port
/// 4729), and pcap files of such packets. What is in a packet: docs/formats/trace.md.
namespace simurgh::offcard::trace {

constexpr uint16_t kGsmtapPort = 4729;

/// An event as a T=0 line would have carried it: header of five bytes, data in one direction, status
/// word. An answer to a command with data, or of more than 256 bytes, becomes 61xx and GET RESPONSE.
/// P3 counts the bytes that are there. Empty: resets, which decoders take for commands; commands without
/// a header; what is longer than a packet; and what Wireshark 4.0 cannot decode (trace.md).
std::vector<Buffer> AsTpdus(const Event& event);

/// GSMTAP header and TPDU.
Buffer GsmtapPacket(ConstBytes tpdu);

/// Sends packets, and does not care whether anybody listens.
class GsmtapSender {
 public:
  /// @param target  "HOST" or "HOST:PORT". @throws UserError: no such host.
  explicit GsmtapSender(const std::string& target);
  ~GsmtapSender();
  GsmtapSender(const GsmtapSender&) = delete;
  GsmtapSender& operator=(const GsmtapSender&) = delete;
  void Send(const Event& event);

 private:
  int fd_ = -1;
};

/// Writes a pcap file (microseconds, LINKTYPE_RAW): IPv4 and UDP around each packet.
class PcapWriter {
 public:
  /// @param start_micros  time of the first event, since 1970. @throws UserError.
  PcapWriter(const std::string& path, uint64_t start_micros);
  ~PcapWriter();
  PcapWriter(const PcapWriter&) = delete;
  PcapWriter& operator=(const PcapWriter&) = delete;
  void Write(const Event& event);  ///< on disk when it returns. @throws UserError

 private:
  void Put(ConstBytes bytes);

  std::string path_;
  std::FILE* file_;
  uint64_t start_;
};

/// Whether `data` begins as a pcap file does.
bool LooksLikePcap(ConstBytes data);
/// Reads GSMTAP SIM packets from a pcap file of link type Ethernet, Linux cooked, raw or IPv4; packets
/// of other kinds are skipped. @throws UserError: damaged, or another link type.
std::vector<Event> ReadPcap(ConstBytes data, const std::string& file);

}  // namespace simurgh::offcard::trace
