#include "tests/unit/card/card_rig.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/tlv.h"
#include "base/writer.h"
#include "crypto/aes.h"
#include "crypto/aka.h"
#include "crypto/sha.h"
#include "firmware/profile/card_data.h"
#include "firmware/profile/image_format.h"
#include "offcard/common/hex.h"
#include "offcard/common/profile_builder.h"
#include "offcard/issuer/image.h"

namespace simurgh::test {
namespace {

constexpr uint8_t kIsdrAid[] = {0xA0, 0x00, 0x00, 0x05, 0x59, 0x10, 0x10, 0xFF,
                                0xFF, 0xFF, 0xFF, 0x89, 0x00, 0x00, 0x01, 0x00};

Data Equal16(uint8_t value, size_t times = 1) { return Data(16 * times, value); }

uint8_t WithChannel(uint8_t cla, uint8_t channel) {
  return static_cast<uint8_t>(channel < 4 ? cla | channel : (cla & 0x80) | 0x40 | (channel - 4));
}

Data Short(uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2, ConstBytes data) {
  const uint8_t high = static_cast<uint8_t>(data.size() >> 8);
  const uint8_t low = static_cast<uint8_t>(data.size());
  if (data.empty()) {
    return Data{cla, ins, p1, p2};
  }
  return data.size() > 255 ? Join({Data{cla, ins, p1, p2, 0, high, low}, data})
                           : Join({Data{cla, ins, p1, p2, low}, data});
}

/// The last digit of an ICCID (ITU-T E.118, Luhn).
char CheckDigit(const std::string& digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int d = digits[digits.size() - 1 - i] - '0';
    d = i % 2 == 0 ? d * 2 : d;
    sum += d > 9 ? d - 9 : d;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

/// The same for every rig of the process: making a pair takes longer than booting a card.
struct IssuerKeys {
  static const IssuerKeys& Get() {
    static const IssuerKeys keys;
    return keys;
  }
  IssuerKeys() {
    crypto::Rng rng;
    rng.Seed(Data(48, 0x5A));
    CHECK(crypto::GenerateEcKey(crypto::Curve::kNistP256, rng, signer) == Error::kOk);
    CHECK(crypto::GenerateEcKey(crypto::Curve::kNistP256, rng, provider) == Error::kOk);
  }
  crypto::EcKeyPair signer;
  crypto::EcKeyPair provider;
};

}  // namespace

Data Hex(const std::string& text) {
  Data out;
  std::string digits;
  for (char c : text) {
    if (c != ' ') {
      digits += c;
    }
  }
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    out.push_back(static_cast<uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
  return out;
}

std::string ToText(ConstBytes data) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(2 * data.size());
  for (uint8_t b : data) {
    out += kDigits[b >> 4];
    out += kDigits[b & 15];
  }
  return out;
}

Data Join(std::initializer_list<ConstBytes> parts) {
  Data out;
  for (ConstBytes part : parts) {
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

FakeMachine::FakeMachine(hal::Flash& flash, uint8_t number)
    : device_(*this), entropy_(number), jig_(*this), reset_(*this), platform_{flash,  entropy_,
                                                                              clock_, device_,
                                                                              jig_,   reset_} {
  identity.eid.fill(0x89);
  identity.eid[15] = number;
  identity.root_key.fill(static_cast<uint8_t>(0x40 + number));
  identity.batch.fill(0xB7);
}

CardRig::CardRig(hal::Flash& flash, uint8_t number)
    : machine_(flash, number),
      signer_(IssuerKeys::Get().signer),
      provider_(IssuerKeys::Get().provider) {
  rng_.Seed(Data(48, 0xA5));
  boot_error_ = Boot();
}

Error CardRig::Boot() {
  card_.emplace(machine_.platform());
  boot_error_ = card_->Boot();
  return boot_error_;
}

// ---- The terminal

Response CardRig::Send(ConstBytes command) {
  const ConstBytes answer = card_->Process(command);
  CHECK(answer.size() >= 2);
  return {Data(answer.begin(), answer.end() - 2), Get16(answer, answer.size() - 2)};
}

Response CardRig::SendPieces(ConstBytes command, size_t piece) {
  while (!command.empty()) {
    const size_t n = std::min(piece, command.size());
    card_->Feed(command.first(n));
    command = command.subspan(n);
  }
  const ConstBytes answer = card_->Finish();
  CHECK(answer.size() >= 2);
  return {Data(answer.begin(), answer.end() - 2), Get16(answer, answer.size() - 2)};
}

Response CardRig::Ask(ConstBytes command) {
  Response r = Send(command);
  if ((r.sw >> 8) == 0x6C) {
    const uint8_t length = static_cast<uint8_t>(r.sw);
    r = Send(Join({command.first(4), ConstBytes(&length, 1)}));
  }
  const uint8_t cla = command[0] & ((command[0] & 0x40) != 0 ? 0x4F : 0x03);
  Data all = r.data;
  while ((r.sw >> 8) == 0x61) {
    const Data get = {cla, 0xC0, 0, 0, static_cast<uint8_t>(r.sw)};
    r = Send(get);
    all.insert(all.end(), r.data.begin(), r.data.end());
  }
  return {all, r.sw};
}

// ---- The issuer

Data CardRig::ManufactureCommand() {
  Data buffer(1024);
  Writer out(buffer);
  const uint8_t development = 0;
  tlv::Add(out, 0x81, Equal16(kIsdrKey, 3));
  tlv::Add(out, 0x82, Equal16(kLoaderKey, 3));
  tlv::Add(out, 0x83, Equal16(kPersonalizationKey, 3));
  tlv::Add(out, 0x84, AdminCode());
  tlv::Add(out, 0x86, signer_.public_key);
  tlv::Add(out, 0x88, ConstBytes(&development, 1));
  tlv::Add(out, 0x8A, Join({Data{0x01}, provider_.public_key}));
  CHECK(!out.overflow());
  return Short(0x80, 0x3E, 0, 0, out.written());
}

bool CardRig::Manufacture() { return SelectIsdr() && Ask(ManufactureCommand()).ok(); }

bool CardRig::SelectIsdr(uint8_t channel) {
  return Ask(Short(WithChannel(0x00, channel), 0xA4, 0x04, 0x00, kIsdrAid)).ok();
}

Response CardRig::StoreData(ConstBytes request, uint8_t channel) {
  Response r;
  uint8_t block = 0;
  do {
    const size_t n = std::min<size_t>(255, request.size());
    const bool last = n == request.size();
    r = Ask(Short(WithChannel(0x80, channel), 0xE2, last ? 0x91 : 0x11, block++, request.first(n)));
    request = request.subspan(n);
  } while (!request.empty() && r.ok());
  return r;
}

int CardRig::Change(uint8_t tag, ConstBytes iccid) {
  const Data request =
      Join({Data{0xBF, tag, 0x11, 0xA0, 0x0C, 0x5A, 0x0A}, iccid, Data{0x81, 0x01, 0xFF}});
  const Response r = SelectIsdr() ? StoreData(request) : Response{};
  return r.ok() && r.data.size() == 6 ? r.data[5] : -1;
}

int CardRig::Delete(ConstBytes iccid) {
  const Data request = Join({Data{0xBF, 0x33, 0x0C, 0x5A, 0x0A}, iccid});
  const Response r = SelectIsdr() ? StoreData(request) : Response{};
  return r.ok() && r.data.size() == 6 ? r.data[5] : -1;
}

bool CardRig::OpenSession(uint8_t version, uint8_t key_byte, uint8_t level, uint8_t channel) {
  const Data key = Equal16(key_byte);
  const Data challenge = {1, 2, 3, 4, 5, 6, 7, 8};
  const Response updated = Ask(Short(WithChannel(0x80, channel), 0x50, version, 0, challenge));
  if (!updated.ok() || updated.data.size() != 32) {
    return false;
  }
  host_.Start(key, key, challenge, ConstBytes(updated.data).subspan(13, 8));
  Data header = {0x80, 0x82, level, 0x00};
  Data data(40);
  Copy(data, host_.HostCryptogram());
  const Result<size_t> size = host_.WrapCommand(crypto::Scp03::kCMac, header, data, 8);
  CHECK(size.ok());
  const uint8_t cla = WithChannel(header[0], channel);
  const Response opened =
      Ask(Short(cla, header[1], header[2], header[3], ConstBytes(data).first(size.value())));
  host_.SetLevel(level);
  return opened.ok();
}

Response CardRig::Wrapped(const std::string& header_hex, ConstBytes plain, uint8_t channel) {
  Data header = Hex(header_hex);
  Data data(plain.begin(), plain.end());
  data.resize(plain.size() + 32);
  const Result<size_t> size = host_.WrapCommand(host_.level(), header, data, plain.size());
  CHECK(size.ok());
  return Ask(Short(WithChannel(header[0], channel), header[1], header[2], header[3],
                   ConstBytes(data).first(size.value())));
}

// ---- Images

Data CardRig::Pack(const Image& image) {
  Data metadata = image.metadata;
  if (metadata.empty()) {
    const uint8_t profile_class = image.kind == 3 ? 0 : image.kind == 2 ? 1 : 2;
    metadata = Join({Data{0x5A, 0x0A}, image.iccid, Data{0x91, 0x02, 'S', 'P', 0x92, 0x01, 'P'},
                     Data{0x95, 0x01, profile_class, 0xC0, 0x03, 0x00, 0xF1, 0x10}});
  }
  Data payload = Join({metadata, image.package});
  Data file(profile::kImageHeaderBytes);
  Copy(file, Data{'S', 'I', 'M', 'G', 1, image.kind, 1, 1});
  Copy(Bytes(file).subspan(8), machine_.identity.eid);
  Put64(file, 24, image.id);
  Put32(file, 32, static_cast<uint32_t>(payload.size()));
  Put32(file, 36, static_cast<uint32_t>(metadata.size()));
  // The provider's pair serves as the ephemeral one: what matters is that it is the same each time.
  Copy(Bytes(file).subspan(40), provider_.public_key);
  std::array<uint8_t, 65> agree{};
  const Result<size_t> known =
      session().store.Read(profile::CardKey(profile::CardField::kCardAgreePublic), 0, agree);
  CHECK(known.ok() && known.value() == agree.size());
  crypto::Secret<32> shared;
  CHECK(crypto::Ecdh(crypto::Curve::kNistP256, provider_.private_key.view(), agree, rng_, shared) ==
        Error::kOk);
  profile::ImageKeys keys;
  profile::DeriveImageKeys(shared.view(), file, keys);
  crypto::AesBlock counter = keys.counter;
  crypto::Ctr(crypto::Aes(keys.key), counter, payload);
  Copy(Bytes(file).subspan(108), crypto::Sha256Of(payload));
  crypto::EcSignature signature{};
  CHECK(crypto::EcdsaSign(crypto::Curve::kNistP256, signer_.private_key.view(),
                          profile::ImageDigest(file), rng_, signature) == Error::kOk);
  Copy(Bytes(file).subspan(140), signature);
  file.insert(file.end(), payload.begin(), payload.end());
  return file;
}

Response CardRig::BeginImage(ConstBytes image) {
  return Ask(Short(0x80, 0x32, 0, 0, image.first(profile::kImageHeaderBytes)));
}

bool CardRig::SendImage(ConstBytes image, size_t from, size_t to, size_t chunk) {
  while (from < to) {
    const size_t n = std::min(chunk, to - from);
    Data data(4);
    Put32(data, 0, static_cast<uint32_t>(from));
    if (!Send(Short(0x80, 0x34, 0, 0, Join({data, image.subspan(from, n)}))).ok()) {
      return false;
    }
    from += n;
  }
  return true;
}

int CardRig::LastReason() {
  if (!SelectIsdr()) {
    return -1;
  }
  const Response status = Ask("8030000000");
  const Result<tlv::Object> result = tlv::Find(status.data, 0x85);
  return result.ok() && result.value().value.size() == profile::kImageResultBytes
             ? result.value().value[0]
             : -1;
}

int CardRig::Install(ConstBytes image) {
  if (!SelectIsdr()) {
    return -1;
  }
  const Response begun = BeginImage(image);
  if (!begun.ok() || begun.data.size() != 4 || !SendImage(image, Get32(begun.data), image.size()) ||
      Boot() != Error::kOk) {
    return -1;
  }
  return LastReason();
}

// ---- Looking at all of it

namespace {

/// Records that only ever count up: they differ between ways that lead to the same state.
bool Counter(const store::Key& key) { return key.space == 0 && key.object == 0x0003; }

/// Tells contents apart; nobody is trying to make two that look alike.
uint64_t Digest(ConstBytes value) {
  const char* const text = reinterpret_cast<const char*>(value.data());
  return std::hash<std::string_view>()({text, value.size()});
}

/// A signature is new each time it is made; whether it holds is what counts.
bool Signature(const store::Key& key) {
  return key.space == 0 && key.object >= profile::kProfileObject &&
         key.object < profile::kProfileObject + config::kProfiles &&
         key.part == static_cast<uint16_t>(profile::RecordPart::kSignature);
}

}  // namespace

std::string CardRig::Snapshot() {
  card_->Reset();
  struct Line {
    store::Key key;
    std::string text;
  };
  struct Context {
    Session session;
    std::vector<Line> lines;
    Data value;
  };
  Context context{session(), {}, {}};
  const auto visit = [](void* raw, const store::Key& key, size_t size) {
    auto& c = *static_cast<Context*>(raw);
    if (Counter(key)) {
      return true;
    }
    c.value.resize(size);
    CHECK(c.session.store.Read(key, 0, c.value).ValueOr(~size_t{0}) == size);
    c.lines.push_back({key, Signature(key) ? "a signature"
                            : size <= 16   ? ToText(c.value)
                                           : fmt::format("{}:{:016X}", size, Digest(c.value))});
    return true;
  };
  for (uint16_t space = 0; space <= config::kProfiles + 1; ++space) {
    context.session.store.ForEach(space, visit, &context);
  }
  const auto number = [](const store::Key& k) {
    return uint64_t{k.space} << 32 | uint64_t{k.object} << 16 | k.part;
  };
  std::sort(context.lines.begin(), context.lines.end(),
            [&](const Line& a, const Line& b) { return number(a.key) < number(b.key); });
  std::string all = fmt::format("free {}\n", context.session.store.FreeBytes());
  const store::Key* last = nullptr;
  for (const Line& line : context.lines) {
    CHECK(last == nullptr || !(*last == line.key));  // a record is in the index once
    last = &line.key;
    all += fmt::format("{}/{:04X}/{:04X}={}\n", last->space, last->object, last->part, line.text);
  }
  for (uint8_t slot = 0; slot < config::kProfiles; ++slot) {
    if (context.session.profiles.Used(slot)) {
      const Verdict verdict = context.session.profiles.CheckBinding(slot).verdict;
      all += fmt::format("binding of {}={}\n", slot, Accepted(verdict) ? "right" : "wrong");
    }
  }
  // What anybody may ask. The image status without what a power cut may lose: `received`.
  const auto ask = [&](const char* name, const Response& r) {
    all += fmt::format("{}: {} {:04X}\n", name, ToText(r.data), r.sw);
  };
  ask("iccid", (Ask("00A40000022FE2"), Ask("00B0000000")));
  ask("pin1", Ask("00200001"));
  ask("usim", Ask(kSelectUsim));
  ask("pin2", Ask("00200081"));
  ask("imsi", (Ask("00A40000026F07"), Ask("00B0000000")));
  if (SelectIsdr()) {
    ask("card", Ask("8046000000"));
    ask("profiles", StoreData(Hex("BF2D00")));
    ask("discarded", Ask("8044000000"));
    const profile::ImageStore::Status& image = session().images.status();
    all += fmt::format("image: {} {} {} {} result {} {}\n", static_cast<int>(image.state),
                       image.total, image.durable, image.image_id, image.result.present,
                       static_cast<int>(image.result.reason));
  }
  return all;
}

// ---- Subscribers

Subscriber NewSubscriber(uint8_t number, bool small) {
  const std::string body = fmt::format("8900101000000000{:02}", number);
  Subscriber s;
  s.imsi = fmt::format("0010100000000{:02}", number);
  s.k = Data(16, number);
  s.opc = Hex("CD63CB71954A9F4E48A5994E37A02BAF");
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(
      offcard::ReadTextFile(std::string(SIMURGH_SOURCE_DIR) + "/examples/operational.json"));
  json["iccid"] = body + CheckDigit(body);
  json["imsi"] = s.imsi;
  json["k"] = ToText(s.k);
  json["pin1Enabled"] = true;
  if (small) {
    json["isim"] = false;
    json["phonebookSize"] = 4;
  } else {
    json["phonebookSize"] = 250;
    for (int i = 10; i < 250; ++i) {
      json["phonebook"].push_back(
          {{"name", fmt::format("Subscriber {}", i)}, {"number", fmt::format("+1001555{:04}", i)}});
    }
  }
  s.package = offcard::saip::BuildProfile(json);
  s.iccid = offcard::ReadProfileFacts(s.package).iccid;
  return s;
}

Vector NewVector(const Subscriber& subscriber, uint64_t seq, uint8_t ind, bool right_mac) {
  Vector v;
  v.rand.fill(static_cast<uint8_t>(seq * 7 + ind));
  std::array<uint8_t, 8> wide;
  Put64(wide, 0, seq << 5 | ind);
  const ConstBytes sqn = ConstBytes(wide).subspan(2);
  const std::array<uint8_t, 2> amf = {0x80, 0x00};
  crypto::Milenage milenage(subscriber.k, subscriber.opc, crypto::MilenageConstants(), v.rand);
  std::array<uint8_t, 8> mac_a{}, mac_s{};
  std::array<uint8_t, 6> ak{};
  v.res.resize(8);
  milenage.F1(sqn, amf, mac_a, mac_s);
  milenage.F2F5(v.res, ak);
  for (size_t i = 0; i < ak.size(); ++i) {
    v.autn[i] = sqn[i] ^ ak[i];
  }
  Copy(Bytes(v.autn).subspan(6), amf);
  Copy(Bytes(v.autn).subspan(8), mac_a);
  v.autn[15] ^= right_mac ? 0 : 1;
  return v;
}

Data Vector::Command() const {
  return Join({Data{0x00, 0x88, 0x00, 0x81, 0x22, 0x10}, rand, Data{0x10}, autn});
}

}  // namespace simurgh::test
