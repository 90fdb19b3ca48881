#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "firmware/cat/proactive.h"

/// The engine with two applications that do what the test says. The room knows a Session by name
/// only, so here it is the test's.
namespace simurgh {

using Raw = std::vector<uint8_t>;

struct Session {
  /// One application's functions, and what it was told.
  struct Application {
    std::function<Error(const cat::Request&, cat::Composer&)> compose;
    std::function<Error(const cat::Request&, const cat::Outcome&)> ended;
    std::function<void(cat::Composer&)> menu;
    std::function<apdu::Sw(const cat::Heard&, Writer&)> heard;
    std::vector<cat::Outcome> outcomes;
    std::vector<Raw> answers;  ///< of the outcomes: their views do not last
    std::vector<uint16_t> tokens;
    std::vector<cat::Heard> envelopes;
    int starts = 0;
  };
  Application apps[2];
};

namespace cat::test {

template <int N>
struct Application {
  static Session::Application& Of(Session& s) { return s.apps[N]; }
  static Error Compose(Session& s, const Request& r, Composer& c) {
    return Of(s).compose ? Of(s).compose(r, c) : Error::kOk;
  }
  static Error Ended(Session& s, const Request& r, const Outcome& o) {
    Of(s).outcomes.push_back(o);
    Of(s).answers.emplace_back(o.answer.begin(), o.answer.end());
    Of(s).tokens.push_back(r.token);
    return Of(s).ended ? Of(s).ended(r, o) : Error::kOk;
  }
  static void Started(Session& s) { ++Of(s).starts; }
  static void Menu(Session& s, Composer& c) {
    if (Of(s).menu) { Of(s).menu(c); }
  }
  static apdu::Sw Hear(Session& s, const Heard& h, Writer& out) {
    Of(s).envelopes.push_back(h);
    return Of(s).heard ? Of(s).heard(h, out) : apdu::Sw::kFunctionNotSupported;
  }
  static constexpr Client kClient = {Compose, Ended, Started, Menu, Hear};
};
inline constexpr const Client& kFirst = Application<0>::kClient;
inline constexpr const Client& kSecond = Application<1>::kClient;
inline constexpr const Client* kClients[] = {&kFirst, &kSecond};

/// A terminal that can do everything.
inline const Raw kEverything(32, 0xFF);

struct Answer {
  uint16_t sw = 0;
  Raw data;
  bool operator==(const Answer&) const = default;
};

inline Raw Bytes(const std::string& hex) {
  Raw out;
  std::string digits;
  for (const char c : hex) {
    if (c == ' ') { continue; }
    digits += c;
    if (digits.size() == 2) {
      out.push_back(static_cast<uint8_t>(std::stoi(digits, nullptr, 16)));
      digits.clear();
    }
  }
  EXPECT_TRUE(digits.empty()) << hex;
  return out;
}

class Rig {
 public:
  Rig() : p(kClients) {}
  explicit Rig(const Raw& profile) : p(kClients) { EXPECT_EQ(Profile(profile), 0x9000); }

  uint16_t Profile(const Raw& profile) {
    Raw raw = WithData({0x80, 0x10, 0x00, 0x00}, profile);
    return apdu::Value(p.TerminalProfile(session, apdu::ParseCommand(raw).value()));
  }
  Answer Fetch(size_t le, uint8_t p2 = 0) {
    Raw raw{0x80, 0x12, 0x00, p2, static_cast<uint8_t>(le)};
    Raw room(300);
    Writer out(room);
    const apdu::Sw sw = p.Fetch(session, apdu::ParseCommand(raw).value(), out);
    return {apdu::Value(sw), Raw(out.written().begin(), out.written().end())};
  }
  /// Fetches what was announced. Empty: nothing is.
  Raw Next() {
    const uint16_t sw = apdu::Value(p.Announce(apdu::Sw::kOk));
    if ((sw >> 8) != 0x91) { return {}; }
    const Answer answer = Fetch(sw & 0xFF);
    EXPECT_EQ(answer.sw, 0x9000);
    EXPECT_EQ(answer.data.size(), static_cast<size_t>(sw & 0xFF));
    last_ = answer.data;
    return last_;
  }
  uint16_t Respond(const Raw& data) {
    Raw raw = WithData({0x80, 0x14, 0x00, 0x00}, data);
    return apdu::Value(p.TerminalResponse(session, apdu::ParseCommand(raw).value()));
  }
  /// A response to the last fetched command: general result (and more), then other objects.
  uint16_t Respond(const std::string& result, const std::string& objects = "") {
    return Respond(ResponseFor(result, objects));
  }
  Raw ResponseFor(const std::string& result, const std::string& objects = "") const {
    const size_t details = last_[1] == 0x81 ? 3 : 2;
    Raw data(last_.begin() + static_cast<long>(details), last_.begin() + static_cast<long>(details) + 5);
    const Raw value = Bytes(result);
    Append(data, {0x82, 0x02, 0x82, 0x81, 0x83, static_cast<uint8_t>(value.size())});
    Append(data, value);
    Append(data, Bytes(objects));
    return data;
  }
  Answer Envelope(const Raw& data) {
    Raw raw = WithData({0x80, 0xC2, 0x00, 0x00}, data);
    Raw room(300);
    Writer out(room);
    const apdu::Sw sw = p.Envelope(session, apdu::ParseCommand(raw).value(), out);
    return {apdu::Value(sw), Raw(out.written().begin(), out.written().end())};
  }
  Answer Envelope(const std::string& hex) { return Envelope(Bytes(hex)); }
  const Raw& last() const { return last_; }

  Session session;
  Proactive p;

 private:
  static void Append(Raw& to, const Raw& from) { to.insert(to.end(), from.begin(), from.end()); }
  static Raw WithData(const Raw& header, const Raw& data) {
    Raw out = header;
    if (!data.empty()) { out.push_back(static_cast<uint8_t>(data.size())); }
    Append(out, data);
    return out;
  }
  Raw last_;
};

}  // namespace cat::test
}  // namespace simurgh
