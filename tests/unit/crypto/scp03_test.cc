#include "crypto/scp03.h"

#include <gtest/gtest.h>

#include "tests/unit/crypto/hex.h"
#include "tests/vectors/scp03.h"

namespace simurgh::crypto {
namespace {

using vectors::Scp03Session;

/// ENC counts from 00, MAC from 10; longer keys start over (tests/vectors/scp03.h).
std::vector<uint8_t> StaticKey(uint8_t start, size_t bits) {
  std::vector<uint8_t> key(bits / 8);
  for (size_t i = 0; i < key.size(); ++i) {
    key[i] = static_cast<uint8_t>(start + i % 16);
  }
  return key;
}

/// A short C-APDU taken apart. Le is kept only to be put back.
struct Apdu {
  explicit Apdu(const std::string& hex) {
    const std::vector<uint8_t> bytes = Hex(hex);
    header.assign(bytes.begin(), bytes.begin() + 4);
    if (bytes.size() > 5) {
      data.assign(bytes.begin() + 5, bytes.begin() + 5 + bytes[4]);
    }
    has_le = bytes.size() == 5 || bytes.size() == 6 + data.size();
  }
  std::string hex() const {
    std::string out = ToHex(header);
    if (!data.empty()) {
      const uint8_t lc = static_cast<uint8_t>(data.size());
      out += ToHex(ConstBytes(&lc, 1)) + ToHex(data);
    }
    return out + (has_le ? "00" : "");
  }
  std::vector<uint8_t> header, data;
  bool has_le = false;
};

std::string Wrap(Scp03& host, uint8_t level, const std::string& plain) {
  Apdu apdu(plain);
  const size_t size = apdu.data.size();
  apdu.data.resize(size + 32);
  const Result<size_t> wrapped = host.WrapCommand(level, apdu.header, apdu.data, size);
  EXPECT_TRUE(wrapped.ok());
  apdu.data.resize(wrapped.value());
  return apdu.hex();
}

/// Host side of EXTERNAL AUTHENTICATE. @returns the C-APDU.
std::string Authenticate(Scp03& host, const Scp03Session& session) {
  const uint8_t header[] = {0x80, 0x82, session.level, 0};
  const std::string sent =
      Wrap(host, Scp03::kCMac, ToHex(header) + "08" + ToHex(host.HostCryptogram()));
  host.SetLevel(session.level);
  return sent;
}

struct Pair {
  explicit Pair(const Scp03Session& session) : response(Hex(session.init_update_response)) {
    const std::vector<uint8_t> enc = StaticKey(0x00, session.key_bits);
    const std::vector<uint8_t> mac = StaticKey(0x10, session.key_bits);
    const ConstBytes challenge = ConstBytes(response).subspan(13, 8);
    host.Start(enc, mac, Hex(session.host_challenge), challenge);
    card.Start(enc, mac, Hex(session.host_challenge), challenge);
  }
  std::vector<uint8_t> response;
  Scp03 host, card;
};

std::string Name(const Scp03Session& s) {
  return "AES-" + std::to_string(s.key_bits) + " level " + std::to_string(s.level);
}

TEST(Scp03, RecordedSessions_HostMakesTheSameCommands) {
  for (const Scp03Session& session : vectors::kScp03Sessions) {
    SCOPED_TRACE(Name(session));
    Pair pair(session);
    EXPECT_EQ(ToHex(pair.host.CardCryptogram()), ToHex(ConstBytes(pair.response).subspan(21, 8)));
    EXPECT_EQ(Authenticate(pair.host, session), session.external_authenticate);

    EXPECT_EQ(Wrap(pair.host, session.level, vectors::kScp03GetEid), session.get_eid);
    std::vector<uint8_t> answer = Hex(session.get_eid_response);
    const Result<Bytes> text = pair.host.UnwrapResponse(answer, 0x9000);
    ASSERT_TRUE(text.ok());
    EXPECT_EQ(ToHex(text.value()), vectors::kScp03GetEidResponse);
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(Wrap(pair.host, session.level, vectors::kScp03Commands[i]), session.commands[i]);
    }
  }
}

TEST(Scp03, RecordedSessions_CardOpensTheCommandsAndMakesTheResponse) {
  for (const Scp03Session& session : vectors::kScp03Sessions) {
    SCOPED_TRACE(Name(session));
    Pair pair(session);
    Apdu external(session.external_authenticate);
    Result<Bytes> plain = pair.card.UnwrapCommand(Scp03::kCMac, external.header, external.data);
    ASSERT_TRUE(plain.ok());
    EXPECT_EQ(ToHex(plain.value()), ToHex(pair.card.HostCryptogram()));
    pair.card.SetLevel(session.level);

    Apdu get_eid(session.get_eid);
    plain = pair.card.UnwrapCommand(session.level, get_eid.header, get_eid.data);
    ASSERT_TRUE(plain.ok());
    EXPECT_EQ(ToHex(plain.value()), ToHex(Apdu(vectors::kScp03GetEid).data));
    std::vector<uint8_t> answer = Hex(vectors::kScp03GetEidResponse);
    const size_t size = answer.size();
    answer.resize(size + 32);
    const Result<size_t> wrapped = pair.card.WrapResponse(answer, size, 0x9000);
    ASSERT_TRUE(wrapped.ok());
    EXPECT_EQ(ToHex(ConstBytes(answer).first(wrapped.value())), session.get_eid_response);

    for (int i = 0; i < 4; ++i) {
      Apdu command(session.commands[i]);
      plain = pair.card.UnwrapCommand(session.level, command.header, command.data);
      ASSERT_TRUE(plain.ok()) << i;
      EXPECT_EQ(ToHex(plain.value()), ToHex(Apdu(vectors::kScp03Commands[i]).data));
    }
  }
}

TEST(Scp03, AnyFlippedBitOfACommand_IsAuthError) {
  const Scp03Session& session = vectors::kScp03Sessions[2];  // AES-128, level 33
  ASSERT_EQ(session.level, 0x33);
  const Apdu external(session.external_authenticate);
  const size_t bits = (external.header.size() + external.data.size()) * 8;
  for (size_t bit = 0; bit <= bits; ++bit) {
    Pair pair(session);
    Apdu bad = external;
    if (bit < 32) {
      bad.header[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    } else if (bit < bits) {
      bad.data[bit / 8 - 4] ^= static_cast<uint8_t>(1 << bit % 8);
    }
    const Result<Bytes> plain = pair.card.UnwrapCommand(Scp03::kCMac, bad.header, bad.data);
    // Control: nothing flipped. The bits of CLA that say channel and messaging form (b4..b1, and b7
    // for channels from 4 on) are normalized before the MAC (Amendment D 6.2.4), so it does not
    // cover them.
    const bool expected = bit == bits || bit < 4 || bit == 6;
    EXPECT_EQ(plain.ok(), expected) << bit;
    if (!plain.ok()) {
      EXPECT_EQ(plain.error(), Error::kAuth);
    }
  }
}

TEST(Scp03, AnyFlippedBitOfAResponseOrItsSw_IsAuthError) {
  const Scp03Session& session = vectors::kScp03Sessions[2];
  const std::vector<uint8_t> good = Hex(session.get_eid_response);
  for (size_t bit = 0; bit <= good.size() * 8 + 16; ++bit) {
    Pair pair(session);
    Authenticate(pair.host, session);
    Wrap(pair.host, session.level, vectors::kScp03GetEid);
    std::vector<uint8_t> answer = good;
    uint16_t sw = 0x9000;
    if (bit < good.size() * 8) {
      answer[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    } else if (bit < good.size() * 8 + 16) {
      sw ^= static_cast<uint16_t>(1 << (bit - good.size() * 8));
    }
    const Result<Bytes> plain = pair.host.UnwrapResponse(answer, sw);
    EXPECT_EQ(plain.ok(), bit == good.size() * 8 + 16) << bit;  // control: nothing flipped
    if (!plain.ok()) {
      EXPECT_EQ(plain.error(), Error::kAuth);
    }
  }
}

TEST(Scp03, ReplayedCommand_IsAuthError) {
  const Scp03Session& session = vectors::kScp03Sessions[0];
  Pair pair(session);
  Apdu first(session.external_authenticate), again(session.external_authenticate);
  ASSERT_TRUE(pair.card.UnwrapCommand(Scp03::kCMac, first.header, first.data).ok());  // control
  EXPECT_EQ(pair.card.UnwrapCommand(Scp03::kCMac, again.header, again.data).error(), Error::kAuth);
}

TEST(Scp03, RoundTrip_AllSizesAndLevelsAndExtendedLength) {
  const Scp03Session& session = vectors::kScp03Sessions[6];  // AES-256
  for (uint8_t level : {0x00, 0x01, 0x03, 0x11, 0x13, 0x33}) {
    Pair pair(session);
    pair.host.SetLevel(level);
    pair.card.SetLevel(level);
    for (size_t size : {0u, 1u, 15u, 16u, 17u, 231u, 239u, 240u, 255u, 600u}) {
      std::vector<uint8_t> plain(size);
      for (size_t i = 0; i < size; ++i) {
        plain[i] = static_cast<uint8_t>(i);
      }
      std::vector<uint8_t> data = plain;
      data.resize(size + 32);
      uint8_t header[] = {0xC1, 0xE2, 0x91, 0x00};  // channel 5 in the further interindustry class
      const Result<size_t> wrapped = pair.host.WrapCommand(level, header, data, size);
      ASSERT_TRUE(wrapped.ok());
      EXPECT_EQ(header[0], level == 0 ? 0xC1 : 0xE1);
      Result<Bytes> opened =
          pair.card.UnwrapCommand(level, header, Bytes(data).first(wrapped.value()));
      ASSERT_TRUE(opened.ok()) << size;
      EXPECT_EQ(ToHex(opened.value()), ToHex(plain));

      data = plain;
      data.resize(size + 32);
      const Result<size_t> answer = pair.card.WrapResponse(data, size, 0x6310);
      ASSERT_TRUE(answer.ok());
      opened = pair.host.UnwrapResponse(Bytes(data).first(answer.value()), 0x6310);
      ASSERT_TRUE(opened.ok()) << size;
      EXPECT_EQ(ToHex(opened.value()), ToHex(plain));
    }
  }
}

TEST(Scp03, NoRoomForPaddingAndMac_IsFull) {
  const Scp03Session& session = vectors::kScp03Sessions[2];
  for (size_t room : {23u, 24u}) {
    Pair pair(session);
    pair.host.SetLevel(0x33);
    pair.card.SetLevel(0x33);
    std::vector<uint8_t> data(room);
    uint8_t header[] = {0x80, 0xE2, 0, 0};
    const bool fits = room == 24;  // control: one block and eight bytes
    EXPECT_EQ(pair.host.WrapCommand(0x33, header, data, 5).ok(), fits);
    EXPECT_EQ(pair.card.WrapResponse(data, 5, 0x9000).ok(), fits);
  }
}

TEST(Scp03, TooShortForAMac_IsAuthError) {
  Pair pair(vectors::kScp03Sessions[0]);
  pair.host.SetLevel(0x11);
  std::vector<uint8_t> data(7);
  const uint8_t header[] = {0x84, 0xE2, 0, 0};
  EXPECT_EQ(pair.card.UnwrapCommand(0x01, header, data).error(), Error::kAuth);
  EXPECT_EQ(pair.host.UnwrapResponse(data, 0x9000).error(), Error::kAuth);
}

// The recorded cards answer i = 70: pseudo-random challenges, from their sequence counter and the
// AID of the ISD-R (SGP.02 2.2.3) they were selected with.
TEST(Scp03, CardChallenge_MatchesTheRecordedCards) {
  for (const Scp03Session& session : vectors::kScp03Sessions) {
    const std::vector<uint8_t> response = Hex(session.init_update_response);
    const std::array<uint8_t, 8> challenge =
        Scp03::CardChallenge(StaticKey(0x00, session.key_bits), ConstBytes(response).last(3),
                             Hex("a0000005591010ffffffff8900000100"));
    EXPECT_EQ(ToHex(challenge), ToHex(ConstBytes(response).subspan(13, 8))) << Name(session);
  }
}

}  // namespace
}  // namespace simurgh::crypto
