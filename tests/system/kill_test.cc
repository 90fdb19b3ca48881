// QEMU is killed at random moments while the card writes. After every kill the card boots and is found
// as it was before or after the command that was under way.
// SIMURGH_KILLS says how many kills, SIMURGH_SEED where the dice start (the failing one is printed).
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <random>
#include <thread>

#include "crypto/scp03.h"
#include "offcard/common/frame_reader.h"
#include "offcard/common/launcher.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/auc.h"
#include "offcard/issuer/secure_session.h"
#include "tests/system/rig.h"

namespace simurgh::system_test {
namespace {

using namespace simurgh::offcard;  // NOLINT

unsigned Environment(const char* name, unsigned otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : otherwise;
}

/// A card whose process id is known, so that another thread can kill it at any moment.
class Victim {
 public:
  Victim(const std::string& machine, const std::string& file)
      : card_(StartOf(machine, file)), reader_(card_.ReleaseFd(), machine) {}
  Reader& reader() { return reader_; }
  pid_t pid() const { return card_.pid(); }

 private:
  static Start StartOf(const std::string& machine, const std::string& file) {
    Start start;
    start.machine = machine;
    start.file = file;
    return start;
  }
  RunningCard card_;
  FrameReader reader_;
};

/// SIGKILL to `pid` after a delay, from another thread. Joined before the process is waited for, so the
/// number is still the card's.
class Killer {
 public:
  Killer(pid_t pid, std::chrono::microseconds delay)
      : thread_([pid, delay] {
          std::this_thread::sleep_for(delay);
          ::kill(pid, SIGKILL);
        }) {}
  ~Killer() { thread_.join(); }
  Killer(const Killer&) = delete;
  Killer& operator=(const Killer&) = delete;

 private:
  std::thread thread_;
};

/// Something that writes again and again, and knows what the card may look like afterwards.
class Scenario {
 public:
  virtual ~Scenario() = default;
  virtual const char* name() const = 0;
  /// Works until the card dies: throws UserError then.
  virtual void Work(Reader& card) = 0;
  /// Before or after, nothing else; and the card goes on from there.
  virtual void Check(Reader& card) = 0;
};

Answer Must(Reader& card, const Buffer& command) {
  const Answer answer = ExchangeAll(card, command);
  EXPECT_TRUE(answer.ok()) << ToHex(command) << ": " << StatusWords(answer.sw);
  return answer;
}

/// UPDATE RECORD of a phonebook entry, which holds a number that grows.
class UpdateRecords final : public Scenario {
 public:
  const char* name() const override { return "update record"; }
  void Work(Reader& card) override {
    SelectFile(card);
    for (;;) {
      ++sent_;
      Must(card, Command(0x00, 0xDC, 0x05, 0x04, Record(sent_)));
      done_ = sent_;
    }
  }
  void Check(Reader& card) override {
    SelectFile(card);
    const Buffer record = Must(card, Command(0x00, 0xB2, 0x05, 0x04, {}, 32)).data;
    EXPECT_TRUE(record == Record(done_) || record == Record(sent_)) << ToHex(record);
    done_ = sent_ = record == Record(sent_) ? sent_ : done_;
  }

 private:
  static Buffer Record(uint32_t n) {
    Buffer out(32, 0xFF);
    for (size_t i = 0; n != 0 && i + 4 <= out.size(); i += 4) { Put32(out, i, n); }
    return out;
  }
  static void SelectFile(Reader& card) {
    Must(card, Command(0x00, 0xA4, 0x08, 0x0C, FromHex("7F105F3A4F3A")));
  }
  uint32_t sent_ = 0;
  uint32_t done_ = 0;
};

/// DisableProfile and EnableProfile in turn.
class Switching final : public Scenario {
 public:
  const char* name() const override { return "enable and disable"; }
  void Work(Reader& card) override {
    for (;;) {
      under_way_ = true;
      const int result = enabled_ ? isdr::DisableProfile(card, Iccid(), false)
                                  : isdr::EnableProfile(card, Iccid(), false);
      EXPECT_EQ(result, 0);
      enabled_ = !enabled_;
      under_way_ = false;
    }
  }
  void Check(Reader& card) override {
    bool enabled = false;
    for (const isdr::Profile& p : isdr::ListProfiles(card)) {
      if (p.iccid == Iccid()) {
        enabled = p.enabled;
      } else {
        EXPECT_FALSE(p.enabled);
      }
    }
    EXPECT_TRUE(under_way_ || enabled == enabled_) << "an answered change was lost";
    under_way_ = false;
    enabled_ = true;  // the other scenarios want it enabled
    if (!enabled) { EXPECT_EQ(isdr::EnableProfile(card, Iccid(), false), 0); }
    card.Reset();
    EXPECT_EQ(ReadImsi(card).size(), 9u);
  }

 private:
  static const Buffer& Iccid() {
    static const Buffer iccid = IccidOf(OperationalPackage());
    return iccid;
  }
  bool enabled_ = true;
  bool under_way_ = false;
};

/// AUTHENTICATE, and PERSONALIZE with an IMSI and a key that belong together.
class Subscriptions final : public Scenario {
 public:
  Subscriptions(CardKit kit, bool personalize) : kit_(std::move(kit)), personalize_(personalize) {}
  const char* name() const override { return personalize_ ? "personalize" : "authenticate"; }

  void Work(Reader& card) override {
    if (personalize_) {
      WorkPersonalize(card);
    } else {
      WorkAuthenticate(card);
    }
  }

  void Check(Reader& card) override {
    const Buffer imsi = ReadImsi(card);
    EXPECT_TRUE(imsi == Imsi(Shared().done) || imsi == Imsi(Shared().sent)) << ToHex(imsi);
    if (imsi == Imsi(Shared().sent) && Shared().sent != Shared().done) {
      Shared().done = Shared().sent;
      Shared().network = NetworkOf(Shared().sent);
    }
    Shared().sent = Shared().done;
    // What was answered is never taken again.
    SelectUsim(card);
    if (answered_) {
      EXPECT_EQ(Authenticate(card, last_).kind, AuthAnswer::Kind::kSynchronization);
      answered_ = false;
    }
    const AuthVector fresh = MakeVector(Shared().network);
    EXPECT_TRUE(Matches(fresh, Authenticate(card, fresh))) << "IMSI and key do not belong together";
  }

  /// The subscription as the network has it: both scenarios work on the same card.
  struct State {
    uint32_t sent = 0;
    uint32_t done = 0;
    Subscription network = NetworkOf(0);
  };
  static State& Shared() {
    static State state;
    return state;
  }

 private:
  static Buffer Imsi(uint32_t n) {
    Buffer imsi = FromHex("080910100000000010");
    for (size_t i = 7; n != 0 && i > 3; --i, n /= 100) {
      imsi[i] = static_cast<uint8_t>((n % 10) << 4 | (n / 10) % 10);
    }
    return imsi;
  }
  static Subscription NetworkOf(uint32_t n) {
    Subscription s;
    s.k = FromHex("465B5CE8B199B49FAA5F0A2EE238A6BC");
    s.opc = FromHex("CD63CB71954A9F4E48A5994E37A02BAF");
    if (n != 0) { Put32(s.k, 0, n); }
    return s;
  }

  void WorkAuthenticate(Reader& card) {
    SelectUsim(card);
    for (;;) {
      last_ = MakeVector(Shared().network);
      answered_ = false;
      const AuthAnswer answer = Authenticate(card, last_);
      EXPECT_TRUE(Matches(last_, answer));
      answered_ = true;
    }
  }

  void WorkPersonalize(Reader& card) {
    Must(card, Command(0x00, 0xA4, 0x04, 0x00, FromHex("F053494D555247485041"), 256));
    SecureSession session(card, 0x32, kit_.personalization,
                          crypto::Scp03::kCMac | crypto::Scp03::kCEnc);
    for (;;) {
      const uint32_t next = Shared().done + 1;
      Buffer data = FromHex("8001018108");
      const auto add = [&](const Buffer& bytes) {
        data.insert(data.end(), bytes.begin(), bytes.end());
      };
      add(FromHex(kAdminCode));
      add(FromHex("8209"));
      add(Imsi(next));
      add(FromHex("8310"));
      add(NetworkOf(next).k);
      Shared().sent = next;
      const Answer answer = session.Exchange(0x80, 0x40, 0, 0, data);
      EXPECT_TRUE(answer.ok()) << StatusWords(answer.sw);
      Shared().done = next;
      Shared().network = NetworkOf(next);
    }
  }

  CardKit kit_;
  bool personalize_;
  AuthVector last_;
  bool answered_ = false;
};

/// An image comes in small pieces; what the card called durable is there after the kill, and the
/// image is completed and installed in the end, kill or not.
class Receiving final : public Scenario {
 public:
  explicit Receiving(CardKit kit) : kit_(std::move(kit)) {}
  const char* name() const override { return "receive an image"; }
  unsigned installs() const { return installs_; }

  void Work(Reader& card) override {
    if (image_.empty()) { image_ = ImageFor(kit_, Package(), ImageKind::kOperational, ++id_); }
    const isdr::SendResult sent = isdr::SendImage(card, image_, 600, [this](size_t at, size_t) {
      sent_ = static_cast<uint32_t>(at);
    });
    EXPECT_EQ(sent.sw, 0x9000);
    complete_ = true;
    // Until the kill comes.
    for (;;) { (void)isdr::ReadImageStatus(card); }
  }

  void Check(Reader& card) override {
    if (image_.empty()) { return; }
    const isdr::ImageStatus status = isdr::ReadImageStatus(card);
    const bool installed = status.last && status.last->image_id == id_;
    if (installed) {
      EXPECT_EQ(status.last->reason, 0);
      EXPECT_EQ(isdr::DeleteProfile(card, IccidOf(Package())), 0);
      image_.clear();
      ++installs_;
    } else if (complete_) {
      ADD_FAILURE() << "a complete image was not installed at boot";
    } else if (status.state == isdr::ImageStatus::State::kReceiving) {
      EXPECT_EQ(status.image_id, id_);
      // At most one sector of what was answered is lost (docs/formats/image.md).
      EXPECT_GE(status.received + 4096, sent_);
    } else {
      EXPECT_EQ(sent_, 0u) << "nothing is left of an image that was coming in";
    }
    complete_ = false;
    sent_ = installed ? 0 : status.received;
  }

 private:
  static const Buffer& Package() {
    static const Buffer package = OperationalPackage("8900101000000000043", "001010000000004");
    return package;
  }
  unsigned installs_ = 0;
  CardKit kit_;
  Buffer image_;
  uint64_t id_ = 100;
  uint32_t sent_ = 0;
  bool complete_ = false;
};

class Kills : public testing::TestWithParam<const char*> {};

TEST_P(Kills, AtRandomMoments_CardIsBeforeOrAfter) {
  const std::string machine = GetParam();
  const std::string why = WhyNot(machine);
  if (!why.empty()) { GTEST_SKIP() << why; }
  const unsigned kills = Environment("SIMURGH_KILLS", 100);
  const unsigned seed = Environment("SIMURGH_SEED", 1);
  std::mt19937 dice(seed);
  const TemporaryDirectory dir;
  const Provisioned& provisioned = ProvisionedCard(machine);
  const std::string file = CopyCard(provisioned.file, dir, "card");
  Subscriptions::Shared() = {};
  UpdateRecords update;
  Switching switching;
  Subscriptions authenticate(provisioned.kit, false);
  Subscriptions personalize(provisioned.kit, true);
  Receiving receive(provisioned.kit);
  Scenario* const scenarios[] = {&update, &switching, &authenticate, &personalize, &receive};

  const auto began = std::chrono::steady_clock::now();
  Scenario* last = nullptr;
  unsigned hit = 0;
  for (unsigned kill = 0; kill < kills && !HasFailure(); ++kill) {
    SCOPED_TRACE(testing::Message() << "SIMURGH_SEED=" << seed << ", kill " << kill << ", after "
                                    << (last != nullptr ? last->name() : "nothing"));
    const auto delay = std::chrono::microseconds(dice() % 120'000);
    Scenario* const next = scenarios[dice() % std::size(scenarios)];
    if (dice() % 4 == 0) {  // in the middle of booting: recovery, installing an image
      const Victim victim(machine, file);
      const Killer killer(victim.pid(), 3 * delay);
      ++hit;
      continue;
    }
    Victim victim(machine, file);
    victim.reader().Reset();
    if (last != nullptr) { last->Check(victim.reader()); }
    last = next;
    const Killer killer(victim.pid(), delay);
    try {
      next->Work(victim.reader());
    } catch (const UserError&) {
      ++hit;  // the card died in the middle of it
    }
  }
  ASSERT_FALSE(HasFailure());
  {
    Victim victim(machine, file);
    victim.reader().Reset();
    last->Check(victim.reader());
    update.Check(victim.reader());
  }
  EXPECT_EQ(hit, kills);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%u kills of %s in %.1f s, seed %u; %u images came through\n", kills, machine.c_str(),
              took.count(), seed, receive.installs());
}

INSTANTIATE_TEST_SUITE_P(Qemu, Kills, testing::Values("mps2-an386", "mps2-an505"),
                         [](const auto& info) {
                           return std::string(info.param) == "mps2-an386" ? "mps2_an386"
                                                                          : "mps2_an505";
                         });

}  // namespace
}  // namespace simurgh::system_test
