#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "offcard/common/launcher.h"

namespace simurgh::test {

using ByteVector = std::vector<uint8_t>;

struct Answer {
  uint8_t error = 0xFF;
  ByteVector data;
};

inline ByteVector Be32(uint32_t v) {
  return {static_cast<uint8_t>(v >> 24), static_cast<uint8_t>(v >> 16), static_cast<uint8_t>(v >> 8),
          static_cast<uint8_t>(v)};
}

inline ByteVector operator+(ByteVector a, const ByteVector& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// A card file of its own that vanishes with the object.
class TemporaryCard {
 public:
  explicit TemporaryCard(const std::string& seed = "seed") {
    char name[] = "/tmp/simurgh-card-XXXXXX";
    directory_ = ::mkdtemp(name);
    file_ = directory_ + "/card";
    offcard::NewCard card{.seed = offcard::SeedFrom(seed), .jig_millivolts = 1234};
    card.eid[0] = 0x89;
    offcard::CreateCardFile(file_, card);
  }
  ~TemporaryCard() { std::filesystem::remove_all(directory_); }
  TemporaryCard(const TemporaryCard&) = delete;
  TemporaryCard& operator=(const TemporaryCard&) = delete;
  const std::string& file() const { return file_; }

 private:
  std::string directory_;
  std::string file_;
};

/// Talks to qemu/selftest.
class SelfTest {
 public:
  explicit SelfTest(const offcard::Start& start) : card_(start) {}
  offcard::RunningCard& card() { return card_; }

  void Send(char op, const ByteVector& data) {
    ByteVector m = {static_cast<uint8_t>(op), static_cast<uint8_t>(data.size() >> 8),
                    static_cast<uint8_t>(data.size())};
    m = m + data;
    (void)!::write(card_.fd(), m.data(), m.size());
  }
  /// No answer within `milliseconds`: nothing.
  std::optional<Answer> Receive(int milliseconds = 10'000) {
    ByteVector header;
    if (!ReadExactly(header, 3, milliseconds)) {
      return {};
    }
    Answer a{header[0], {}};
    if (!ReadExactly(a.data, static_cast<size_t>(header[1] << 8 | header[2]), milliseconds)) {
      return {};
    }
    return a;
  }
  std::optional<Answer> Ask(char op, const ByteVector& data, int milliseconds = 10'000) {
    Send(op, data);
    return Receive(milliseconds);
  }
  /// Waits until the machine has started `boots` times and takes commands.
  bool WaitReady(uint64_t boots) {
    for (int i = 0; i < 2000; ++i) {
      const auto c = offcard::ReadCounters(card_.file());
      if (c.boots == boots && c.ready == boots) {
        return true;
      }
      ::usleep(5000);
    }
    return false;
  }

 private:
  bool ReadExactly(ByteVector& out, size_t size, int milliseconds) {
    out.clear();
    while (out.size() < size) {
      pollfd p{.fd = card_.fd(), .events = POLLIN, .revents = 0};
      if (::poll(&p, 1, milliseconds) <= 0) {
        return false;
      }
      uint8_t b[4096];
      const ssize_t n = ::read(card_.fd(), b, std::min(sizeof b, size - out.size()));
      if (n <= 0) {
        return false;
      }
      out.insert(out.end(), b, b + n);
    }
    return true;
  }

  offcard::RunningCard card_;
};

}  // namespace simurgh::test
