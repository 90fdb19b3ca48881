// Card sessions driven by a host twin: crypto::Scp03 on the other end.
#include "firmware/gp/secure_channel.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "crypto/aes.h"
#include "hal/host/sim_flash.h"
#include "tests/unit/store/heap_index.h"

namespace simurgh::gp {
namespace {

using apdu::Sw;
using crypto::Scp03;
using Raw = std::vector<uint8_t>;

const Raw kEnc(16, 0x11), kMac(16, 0x22), kDek(16, 0x33), kRoot(32, 0x44);
const Raw kAid{0xA0, 0x00, 0x00, 0x05, 0x59, 0x10, 0x10};
const Raw kHostChallenge{1, 2, 3, 4, 5, 6, 7, 8};
constexpr uint8_t kFull = Scp03::kCMac | Scp03::kCEnc | Scp03::kRMac | Scp03::kREnc;
constexpr uint8_t kLevels[] = {0x00, 0x01, 0x03, 0x11, 0x13, 0x33};

// Everything a session needs, on a real store over simulated flash.
struct Bench {
  static constexpr hal::FlashShape kShape{16, 4096, 4};
  explicit Bench(bool with_keys = true) {
    flash.EraseAll();
    EXPECT_EQ(store.Mount(), Error::kOk);
    keys.Unlock(kRoot);
    if (!with_keys) {
      return;
    }
    store.Begin();
    EXPECT_EQ(keys.Put(set.enc, keys::Purpose::kScp03Enc, kEnc), Error::kOk);
    EXPECT_EQ(keys.Put(set.mac, keys::Purpose::kScp03Mac, kMac), Error::kOk);
    EXPECT_EQ(keys.Put(set.dek, keys::Purpose::kScp03Dek, kDek), Error::kOk);
    EXPECT_EQ(store.Commit(), Error::kOk);
  }
  std::vector<uint8_t> memory = std::vector<uint8_t>(kShape.sectors * kShape.sector_bytes);
  hal::SimFlash flash{kShape, memory};
  store::HeapIndex index{512};
  store::Store store{flash, index};
  keys::KeyStore keys{store};
  KeySet set{.version = 0x30, .enc = {0, 1}, .mac = {0, 2}, .dek = {0, 3}, .counter = CardCounter(1)};
  SecureChannel card;
};

Raw Join(const Raw& a, ConstBytes b) {
  Raw out(a.size() + b.size());
  std::copy(a.begin(), a.end(), out.begin());
  std::copy(b.begin(), b.end(), out.begin() + static_cast<long>(a.size()));
  return out;
}

// The card's entrance, as the dispatcher uses it: parse, decode, unwrap.
struct Parsed {
  Raw raw;
  apdu::Command command;
  explicit Parsed(Raw bytes) : raw(std::move(bytes)) {
    command = apdu::ParseCommand(raw).value();
    command.cla = apdu::DecodeCla(raw[0]).value();
  }
};

struct Answer {
  Sw sw;
  Raw data;
};

Raw InitializeUpdateApdu(uint8_t version = 0x30, uint8_t cla = 0x80) {
  return Join(Join({cla, 0x50, version, 0x00, 0x08}, kHostChallenge), Raw{0x00});
}

Answer InitializeUpdate(Bench& bench, Raw raw = InitializeUpdateApdu()) {
  Parsed in(std::move(raw));
  Raw room(64);
  Writer out(room);
  const Result<apdu::Command> plain = bench.card.Unwrap(in.command);
  EXPECT_TRUE(plain.ok());
  const Sw sw =
      bench.card.InitializeUpdate(bench.store, bench.keys, bench.set, kAid, plain.value(), out);
  return {sw, Raw(out.written().begin(), out.written().end())};
}

struct Host {
  Scp03 scp;
  uint8_t channel_bits = 0;

  void Start(const Answer& update, const Raw& enc = kEnc, const Raw& mac = kMac) {
    ASSERT_EQ(update.sw, Sw::kOk);
    ASSERT_EQ(update.data.size(), 32u);
    scp.Start(enc, mac, kHostChallenge, ConstBytes(update.data).subspan(13, 8));
  }
  Raw Wrapped(uint8_t level, Raw header, Raw data) {
    const size_t size = data.size();
    data.resize(size + 24);
    header[0] |= channel_bits;
    const size_t wrapped = scp.WrapCommand(level, header, data, size).value();
    data.resize(wrapped);
    header.push_back(static_cast<uint8_t>(wrapped));
    return Join(header, data);
  }
  Raw ExternalAuthenticate(uint8_t level) {
    const Scp03::Cryptogram cryptogram = scp.HostCryptogram();
    Raw raw = Wrapped(Scp03::kCMac, {0x80, 0x82, level, 0x00},
                      Raw(cryptogram.begin(), cryptogram.end()));
    scp.SetLevel(level);
    return raw;
  }
  Raw Command(Raw header, const Raw& data) { return Wrapped(scp.level(), std::move(header), data); }
};

Sw ExternalAuthenticate(Bench& bench, const Raw& raw) {
  Parsed in(raw);
  const Result<apdu::Command> plain = bench.card.Unwrap(in.command);
  return plain.ok() ? bench.card.ExternalAuthenticate(plain.value()) : apdu::ToSw(plain.error());
}

void Open(Bench& bench, Host& host, uint8_t level) {
  host.Start(InitializeUpdate(bench));
  ASSERT_EQ(ExternalAuthenticate(bench, host.ExternalAuthenticate(level)), Sw::kOk);
  ASSERT_TRUE(bench.card.active_on(0));
}

const Raw kStoreData{0x80, 0xE2, 0x91, 0x00};
const Raw kText{'h', 'e', 'l', 'l', 'o'};

// The command arrives and its plain text is `expected`.
void ExpectPlain(Bench& bench, const Raw& raw, const Raw& expected) {
  Parsed in(raw);
  const Result<apdu::Command> plain = bench.card.Unwrap(in.command);
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(Raw(plain.value().data.begin(), plain.value().data.end()), expected);
  EXPECT_EQ(plain.value().cla.secure, 0);
}

void ExpectRefusedAndClosed(Bench& bench, const Raw& raw) {
  Parsed in(raw);
  EXPECT_EQ(bench.card.Unwrap(in.command).error(), Error::kAuth);
  EXPECT_FALSE(bench.card.active_on(0));
  EXPECT_EQ(bench.card.level(), 0);
  EXPECT_EQ(bench.card.key_version(), 0);
}

TEST(InitializeUpdate, Answer_HasTheFieldsOfAmendmentD) {
  Bench bench;
  const Answer a = InitializeUpdate(bench);
  ASSERT_EQ(a.sw, Sw::kOk);
  ASSERT_EQ(a.data.size(), 32u);
  EXPECT_EQ(Raw(a.data.begin() + 10, a.data.begin() + 13), (Raw{0x30, 0x03, 0x70}));
  EXPECT_EQ(Raw(a.data.begin() + 29, a.data.end()), (Raw{0x00, 0x00, 0x01}));
  const auto challenge = Scp03::CardChallenge(kEnc, ConstBytes(a.data).last(3), kAid);
  EXPECT_TRUE(Equal(challenge, ConstBytes(a.data).subspan(13, 8)));
  Host host;
  host.Start(a);
  EXPECT_TRUE(Equal(host.scp.CardCryptogram(), ConstBytes(a.data).subspan(21, 8)));
  EXPECT_FALSE(bench.card.active_on(0));
}

TEST(InitializeUpdate, UnknownVersionOrMissingKey_Is6A88) {
  Bench bench;
  EXPECT_EQ(InitializeUpdate(bench, InitializeUpdateApdu(0x31)).sw, Sw::kReferencedDataNotFound);
  EXPECT_EQ(InitializeUpdate(bench, InitializeUpdateApdu(0x30)).sw, Sw::kOk);
  EXPECT_EQ(InitializeUpdate(bench, InitializeUpdateApdu(0x00)).sw, Sw::kOk);
  Bench empty(false);
  EXPECT_EQ(InitializeUpdate(empty).sw, Sw::kReferencedDataNotFound);
}

TEST(InitializeUpdate, WrongLengthOrP2_IsRefused) {
  Bench bench;
  Raw raw = InitializeUpdateApdu();
  raw[3] = 0x01;
  EXPECT_EQ(InitializeUpdate(bench, raw).sw, Sw::kWrongP1P2);
  raw = InitializeUpdateApdu();
  raw[4] = 0x07;
  raw.pop_back();
  EXPECT_EQ(InitializeUpdate(bench, raw).sw, Sw::kWrongLength);
  EXPECT_EQ(InitializeUpdate(bench).sw, Sw::kOk);
}

TEST(InitializeUpdate, Counter_NeverRepeatsOverResets) {
  Bench bench;
  std::set<Raw> challenges;
  for (int boot = 0; boot < 5; ++boot) {
    store::Store store(bench.flash, bench.index);
    ASSERT_EQ(store.Mount(), Error::kOk);
    keys::KeyStore keys(store);
    keys.Unlock(kRoot);
    for (int i = 0; i < 5; ++i) {
      SecureChannel card;
      Parsed in(InitializeUpdateApdu());
      Raw room(64);
      Writer out(room);
      ASSERT_EQ(card.InitializeUpdate(store, keys, bench.set, kAid, in.command, out), Sw::kOk);
      EXPECT_TRUE(challenges.emplace(room.begin() + 13, room.begin() + 21).second);
    }
  }
}

TEST(InitializeUpdate, PowerCutAnywhere_NeverRepeatsAChallenge) {
  int cuts = 0;
  for (uint64_t n = 1; n < 50; ++n) {
    for (uint32_t seed = 0; seed < 4; ++seed) {
      Bench bench;
      const Answer first = InitializeUpdate(bench);
      ASSERT_EQ(first.sw, Sw::kOk);
      bench.flash.CutAfter(n, seed);
      Answer second{Sw::kOk, {}};
      bool cut = false;
      try {
        second = InitializeUpdate(bench);
      } catch (const hal::PowerCut&) {
        cut = true;
        ++cuts;
      }
      bench.flash.PowerOn();
      store::Store store(bench.flash, bench.index);
      ASSERT_EQ(store.Mount(), Error::kOk);
      keys::KeyStore keys(store);
      keys.Unlock(kRoot);
      SecureChannel card;
      Parsed in(InitializeUpdateApdu());
      Raw room(64);
      Writer out(room);
      ASSERT_EQ(card.InitializeUpdate(store, keys, bench.set, kAid, in.command, out), Sw::kOk);
      const uint8_t counter = room[31];
      EXPECT_GT(counter, first.data[31]);
      if (!cut) {
        EXPECT_GT(counter, second.data[31]);
      }
    }
  }
  EXPECT_GT(cuts, 0);
}

TEST(InitializeUpdate, CounterUsedUp_Is6985) {
  Bench bench;
  ASSERT_EQ(bench.store.PutNow(bench.set.counter, Raw{0xFF, 0xFF, 0xFE}), Error::kOk);
  EXPECT_EQ(InitializeUpdate(bench).sw, Sw::kOk);
  EXPECT_EQ(InitializeUpdate(bench).sw, Sw::kConditionsNotSatisfied);
}

TEST(Session, EveryLevel_CommandsAndAnswersPassBothWays) {
  for (const uint8_t level : kLevels) {
    Bench bench;
    Host host;
    Open(bench, host, level);
    EXPECT_EQ(bench.card.level(), level);
    EXPECT_EQ(bench.card.key_version(), 0x30);
    for (const size_t size : {0, 1, 15, 16, 17, 100, 200}) {
      const Raw text(size, 0x5A);
      Raw raw = host.Command(kStoreData, text);
      if (level == 0 && size == 0) {
        raw.pop_back();  // Lc is absent when there is no data
      }
      if (size >= 15) {  // shorter texts may occur in the ciphertext by chance
        const bool hidden =
            std::search(raw.begin(), raw.end(), text.begin(), text.end()) == raw.end();
        EXPECT_EQ(hidden, (level & Scp03::kCEnc) != 0);
      }
      ExpectPlain(bench, raw, text);
      Raw room(300);
      Writer response(room);
      response.Add(text);
      ASSERT_EQ(bench.card.Wrap(response, Sw::kOk), Error::kOk);
      if (level != 0) {
        const Result<Bytes> answer = host.scp.UnwrapResponse(response.written(), 0x9000);
        ASSERT_TRUE(answer.ok());
        EXPECT_TRUE(Equal(answer.value(), text));
      }
      const bool mac = (level & Scp03::kRMac) != 0;
      EXPECT_EQ(response.size() > size, mac);
    }
  }
}

TEST(Session, ErrorAnswers_StayBare_WarningsAreProtected) {
  Bench bench;
  Host host;
  Open(bench, host, kFull);
  ExpectPlain(bench, host.Command(kStoreData, kText), kText);
  Raw room(100);
  Writer response(room);
  EXPECT_EQ(bench.card.Wrap(response, Sw::kFileNotFound), Error::kOk);
  EXPECT_EQ(response.size(), 0u);
  EXPECT_EQ(bench.card.Wrap(response, static_cast<Sw>(0x6310)), Error::kOk);
  EXPECT_EQ(response.size(), 8u);
}

TEST(Session, NoRoomForTheAnswer_ClosesInsteadOfSendingPlain) {
  Bench bench;
  Host host;
  Open(bench, host, kFull);
  ExpectPlain(bench, host.Command(kStoreData, kText), kText);
  Raw room(20);
  Writer response(room);
  response.Add(Raw(16, 0x77));
  EXPECT_EQ(bench.card.Wrap(response, Sw::kOk), Error::kFull);
  EXPECT_EQ(response.size(), 0u);
  EXPECT_FALSE(bench.card.active_on(0));
}

TEST(ExternalAuthenticate, WrongCryptogramAnyByte_Is6300AndCloses) {
  for (size_t at = 0; at < 8; ++at) {
    Bench bench;
    Host host;
    host.Start(InitializeUpdate(bench));
    const Raw good = host.ExternalAuthenticate(kFull);
    Raw bad = good;
    bad[5 + at] ^= 0x01;
    EXPECT_EQ(ExternalAuthenticate(bench, bad), Sw::kAuthenticationFailed);
    EXPECT_FALSE(bench.card.active_on(0));
    EXPECT_NE(ExternalAuthenticate(bench, good), Sw::kOk) << "one try per challenge";
    Host again;  // control: a fresh session with the right one
    Open(bench, again, kFull);
  }
}

TEST(ExternalAuthenticate, WrongMacAnyByte_Is6982AndCloses) {
  for (size_t at = 8; at < 16; ++at) {
    Bench bench;
    Host host;
    host.Start(InitializeUpdate(bench));
    Raw bad = host.ExternalAuthenticate(kFull);
    bad[5 + at] ^= 0x80;
    EXPECT_EQ(ExternalAuthenticate(bench, bad), Sw::kSecurityNotSatisfied);
    EXPECT_FALSE(bench.card.active_on(0));
    Host again;
    Open(bench, again, kFull);
  }
}

TEST(ExternalAuthenticate, LevelChangedOnTheWay_IsRefused) {
  Bench bench;
  Host host;
  host.Start(InitializeUpdate(bench));
  Raw bad = host.ExternalAuthenticate(kFull);
  bad[2] = 0x01;  // a legal level, but not the one the host signed
  EXPECT_EQ(ExternalAuthenticate(bench, bad), Sw::kSecurityNotSatisfied);
  EXPECT_FALSE(bench.card.active_on(0));
}

TEST(ExternalAuthenticate, EveryLevelByte_OnlyTheTableIsTaken) {
  for (int level = 0; level < 256; ++level) {
    Bench bench;
    Host host;
    host.Start(InitializeUpdate(bench));
    const bool legal = std::find(std::begin(kLevels), std::end(kLevels), level) != std::end(kLevels);
    const Sw sw =
        ExternalAuthenticate(bench, host.ExternalAuthenticate(static_cast<uint8_t>(level)));
    EXPECT_EQ(sw, legal ? Sw::kOk : Sw::kWrongP1P2) << level;
    EXPECT_EQ(bench.card.active_on(0), legal);
  }
}

TEST(ExternalAuthenticate, OtherKeys_AreRefused) {
  const Raw other(16, 0x99);
  for (const bool wrong_mac_key : {true, false}) {
    Bench bench;
    Host host;
    host.Start(InitializeUpdate(bench), kEnc, wrong_mac_key ? other : kMac);
    const Sw sw = ExternalAuthenticate(bench, host.ExternalAuthenticate(kFull));
    EXPECT_EQ(sw, wrong_mac_key ? Sw::kAuthenticationFailed : Sw::kOk);
  }
}

TEST(ExternalAuthenticate, WithoutInitializeUpdate_IsRefused) {
  Bench bench;
  Host host;
  host.Start(InitializeUpdate(bench));
  const Raw good = host.ExternalAuthenticate(0x01);
  bench.card.Close();
  Parsed in(good);
  EXPECT_EQ(bench.card.ExternalAuthenticate(in.command), Sw::kConditionsNotSatisfied);
  EXPECT_EQ(ExternalAuthenticate(bench, good), Sw::kConditionsNotSatisfied);
}

TEST(ExternalAuthenticate, PlainClass_IsRefused) {
  Bench bench;
  Host host;
  host.Start(InitializeUpdate(bench));
  Raw raw = host.ExternalAuthenticate(0x01);
  ASSERT_EQ(raw[0], 0x84);
  raw[0] = 0x80;
  EXPECT_EQ(ExternalAuthenticate(bench, raw), Sw::kSecurityNotSatisfied);
}

TEST(Session, ReplayedExternalAuthenticate_DoesNotOpenAnotherSession) {
  Bench bench;
  Host host;
  host.Start(InitializeUpdate(bench));
  const Raw old = host.ExternalAuthenticate(0x01);
  ASSERT_EQ(ExternalAuthenticate(bench, old), Sw::kOk);
  ASSERT_EQ(InitializeUpdate(bench).sw, Sw::kOk);  // same host challenge, next counter
  EXPECT_EQ(ExternalAuthenticate(bench, old), Sw::kAuthenticationFailed);
}

TEST(Session, ReplayedCommand_IsRefused) {
  Bench bench;
  Host host;
  Open(bench, host, kFull);
  const Raw first = host.Command(kStoreData, kText);
  const Raw second = host.Command(kStoreData, kText);
  ExpectPlain(bench, first, kText);
  ExpectPlain(bench, second, kText);  // control: the next one in order
  ExpectRefusedAndClosed(bench, second);
}

TEST(Session, DroppedCommand_MakesTheNextOneFail) {
  Bench bench;
  Host host;
  Open(bench, host, 0x01);
  (void)host.Command(kStoreData, kText);
  ExpectRefusedAndClosed(bench, host.Command(kStoreData, kText));
}

TEST(Session, EveryTamperedByte_IsRefusedAndCloses) {
  size_t size = 0;
  {
    Bench bench;
    Host host;
    Open(bench, host, kFull);
    const Raw good = host.Command(kStoreData, kText);
    size = good.size();
    ExpectPlain(bench, good, kText);
  }
  for (size_t at = 1; at < size; ++at) {
    if (at == 4) {
      continue;  // Lc: the parser's business
    }
    Bench bench;
    Host host;
    Open(bench, host, kFull);
    Raw bad = host.Command(kStoreData, kText);
    bad[at] ^= 0x04;
    ExpectRefusedAndClosed(bench, bad);
  }
}

TEST(Session, EveryTruncatedCommand_IsRefused) {
  for (size_t lc = 0; lc < 24; ++lc) {
    Bench bench;
    Host host;
    Open(bench, host, kFull);
    Raw bad = host.Command(kStoreData, kText);
    ASSERT_EQ(bad.size(), 5u + 24u);
    bad[4] = static_cast<uint8_t>(lc);
    bad.resize(lc == 0 ? 4 : 5 + lc);
    ExpectRefusedAndClosed(bench, bad);
  }
}

TEST(Session, PlainCommandWhereTheLevelAsksForAMac_IsRefusedAndCloses) {
  for (const uint8_t level : kLevels) {
    Bench bench;
    Host host;
    Open(bench, host, level);
    const Raw plain{0x80, 0xE2, 0x91, 0x00, 0x01, 0xAA};
    if (level == 0) {
      ExpectPlain(bench, plain, {0xAA});
      EXPECT_TRUE(bench.card.active_on(0));
    } else {
      ExpectRefusedAndClosed(bench, plain);
    }
  }
}

TEST(Session, MacOnlyCommandAtAnEncryptedLevel_IsRefused) {
  Bench bench;
  Host host;
  Open(bench, host, Scp03::kCMac | Scp03::kCEnc);
  const Raw data(16, 0x00);  // a block, but no ciphertext of padded text
  ExpectRefusedAndClosed(bench, host.Wrapped(Scp03::kCMac, kStoreData, data));
}

TEST(Session, OtherClassBits_AreNotSecureMessagingOfThisSession) {
  for (const uint8_t bits : {0x08, 0x0C}) {
    Bench bench;
    Host host;
    Open(bench, host, 0x01);
    Raw raw = host.Command(kStoreData, kText);
    raw[0] = static_cast<uint8_t>(0x80 | bits);
    ExpectRefusedAndClosed(bench, raw);
  }
}

TEST(Session, CommandsOfTransportAndToolkit_PassPlainAndUnwrapped) {
  Bench bench;
  Host host;
  Open(bench, host, kFull);
  for (const Raw& raw : {Raw{0x00, 0xC0, 0x00, 0x00, 0x10}, Raw{0x80, 0x12, 0x00, 0x00, 0x0B},
                         Raw{0x00, 0x70, 0x00, 0x00, 0x01}}) {
    Parsed in(raw);
    EXPECT_TRUE(bench.card.Unwrap(in.command).ok());
    Raw room(64);
    Writer response(room);
    response.Add(kText);
    EXPECT_EQ(bench.card.Wrap(response, Sw::kOk), Error::kOk);
    EXPECT_EQ(response.size(), kText.size());
  }
  EXPECT_TRUE(bench.card.active_on(0));
  ExpectPlain(bench, host.Command(kStoreData, kText), kText);
}

TEST(Session, SecondChannel_HasNoSessionAndDoesNotDisturbTheFirst) {
  Bench bench;
  Host host;
  Open(bench, host, kFull);
  EXPECT_FALSE(bench.card.active_on(1));
  Raw other = host.Command(kStoreData, kText);
  const Raw good = other;
  other[0] |= 0x01;  // the same protected command on channel 1
  Parsed in(other);
  EXPECT_EQ(bench.card.Unwrap(in.command).error(), Error::kState);
  ExpectPlain(bench, {0x81, 0xE2, 0x91, 0x00, 0x01, 0xAA}, {0xAA});
  EXPECT_TRUE(bench.card.active_on(0));
  ExpectPlain(bench, good, kText);
}

TEST(Session, OnAFurtherChannel_Works) {
  for (const uint8_t cla : {0x82, 0xC1}) {  // channels 2 and 5
    Bench bench;
    Host host;
    const uint8_t channel = cla == 0x82 ? 2 : 5;
    host.channel_bits = cla & 0x7F;
    host.Start(InitializeUpdate(bench, InitializeUpdateApdu(0x30, cla)));
    ASSERT_EQ(ExternalAuthenticate(bench, host.ExternalAuthenticate(kFull)), Sw::kOk);
    EXPECT_TRUE(bench.card.active_on(channel));
    EXPECT_FALSE(bench.card.active_on(0));
    ExpectPlain(bench, host.Command(kStoreData, kText), kText);
    bench.card.CloseOn(0);
    EXPECT_TRUE(bench.card.active_on(channel));
    bench.card.CloseOn(channel);
    EXPECT_FALSE(bench.card.active_on(channel));
  }
}

TEST(Session, NewInitializeUpdate_EndsTheOldSession) {
  Bench bench;
  Host host;
  Open(bench, host, kFull);
  const Raw late = host.Command(kStoreData, kText);
  ASSERT_EQ(InitializeUpdate(bench).sw, Sw::kOk);
  EXPECT_FALSE(bench.card.active_on(0));
  Parsed in(late);
  EXPECT_EQ(bench.card.Unwrap(in.command).error(), Error::kState);
}

TEST(Session, SensitiveData_OpensUnderTheDek) {
  Bench bench;
  Host host;
  const Raw secret(32, 0x6B);
  Raw sealed = secret;
  crypto::CbcEncrypt(kDek, crypto::AesBlock{}, sealed);
  Raw data = sealed;
  EXPECT_EQ(bench.card.DecryptSensitive(bench.keys, data), Error::kState);
  Open(bench, host, kFull);
  EXPECT_EQ(bench.card.DecryptSensitive(bench.keys, Bytes(data).first(31)), Error::kFormat);
  ASSERT_EQ(bench.card.DecryptSensitive(bench.keys, data), Error::kOk);
  EXPECT_EQ(data, secret);
}

}  // namespace
}  // namespace simurgh::gp
