#pragma once

#include <string>
#include <vector>

#include "firmware/apps/gsm/gsm.h"
#include "firmware/apps/session.h"
#include "firmware/apps/uicc/uicc.h"
#include "firmware/apps/usim/usim.h"
#include "firmware/keys/aka.h"
#include "tests/unit/fs/tree.h"
#include "tests/unit/usim/auc.h"

namespace simurgh::test {

struct QuietEntropy final : hal::Entropy {
  Error Fill(Bytes out) override {
    simurgh::Fill(out, 0x42);
    return Error::kOk;
  }
};
struct QuietClock final : hal::Clock {
  uint64_t Milliseconds() const override { return 0; }
  uint64_t UnixSeconds() const override { return 0; }
};
struct QuietDevice final : hal::DeviceId {
  const hal::Identity& identity() const override { return id; }
  hal::Identity id;
};
struct QuietJig final : hal::Jig {
  uint16_t Millivolts() override { return 0; }
};
struct QuietReset final : hal::Reset {
  hal::ResetCause cause() const override { return hal::ResetCause::kPowerOn; }
  void Restart() override {}
};

inline std::vector<uint8_t> Unhex(const std::string& text) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      ++i;
      continue;
    }
    bytes.push_back(static_cast<uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
    i += 2;
  }
  return bytes;
}
inline std::string Hex(ConstBytes bytes) {
  static const char* kDigits = "0123456789ABCDEF";
  std::string text;
  for (const uint8_t b : bytes) {
    text += kDigits[b >> 4];
    text += kDigits[b & 15];
  }
  return text;
}

/// The rooms of a card, a small profile in them, and tables instead of the dispatcher: commands in
/// hex, answers in hex with the status word at the end. Rows that write run in a transaction.
class TestCard : public TreeRig {
 public:
  TestCard()
      : keys(*store), pins(*store),
        profiles(*store, keys, files, rng, device.identity()), images(flash),
        platform{flash, entropy, clock, device, jig, reset} {
    rng.Seed(std::vector<uint8_t>(48, 1));
    keys.Unlock(std::vector<uint8_t>(32, 0x11));
    auc.k = Unhex("465b5ce8b199b49faa5f0a2ee238a6bc");
    auc.opc = Unhex("cd63cb71954a9f4e48a5994e37a02baf");
    MakeProfile();
    for (uint8_t i = 0; i < config::kChannels; ++i) {
      channels[i].number = i;
    }
    channels[0].open = true;
    channels[0].selection.Reset(files);
  }

  std::string Send(const std::string& hex) {
    std::vector<uint8_t> raw = Unhex(hex);
    const Result<apdu::Command> parsed = apdu::ParseCommand(raw);
    CHECK(parsed.ok());
    apdu::Command command = parsed.value();
    command.cla = apdu::DecodeCla(command.header[0]).value();
    Channel& channel = channels[command.cla.channel];
    Session session{platform, rng, *store, keys, files, pins, secure, profiles, images, proactive,
                    channels, channel, stream, assembly, scratch, apps};
    bool known = false;
    const apdu::Entry* row = channel.app == nullptr ? nullptr
        : apdu::Lookup(channel.app->table, command.cla.type, command.ins, &known);
    row = row != nullptr ? row : apdu::Lookup(apps::kGsm, command.cla.type, command.ins, &known);
    row = row != nullptr ? row : apdu::Lookup(apps::kUicc, command.cla.type, command.ins, &known);
    if (row == nullptr) {
      return "6D00";
    }
    if (row->effect == apdu::Effect::kWrites) {
      store->Begin();
    }
    Writer out(response);
    const apdu::Sw sw = row->handler(session, command, out);
    if (row->effect == apdu::Effect::kWrites) {
      if (apdu::Succeeded(sw)) {
        CHECK(store->Commit() == Error::kOk);
      } else {
        store->Rollback();
      }
    }
    uint8_t status[2];
    Put16(status, 0, apdu::Value(sw));
    return Hex(out.written()) + Hex(status);
  }

  keys::KeyStore keys;
  access::Pins pins;
  crypto::Rng rng;
  QuietEntropy entropy;
  QuietClock clock;
  QuietDevice device;
  QuietJig jig;
  QuietReset reset;
  gp::SecureChannel secure;
  cat::Proactive proactive;
  profile::ProfileStore profiles;
  profile::ImageStore images;
  Platform platform;
  std::array<Channel, config::kChannels> channels{};
  Stream stream;
  Assembly assembly;
  std::array<uint8_t, config::kCommandBytes> scratch{};
  std::array<uint8_t, config::kResponseBytes> response{};
  std::array<const apdu::App*, 3> apps{&apps::kUsim, &apps::kIsim, &apps::kCsim};
  Auc auc;

 private:
  void Rule(const fs::File& arr, uint16_t record, const std::string& rule) {
    std::vector<uint8_t> bytes = Unhex(rule);
    bytes.resize(arr.record_length, 0xFF);
    CHECK(files.WriteRecord(arr, record, bytes) == Error::kOk);
  }
  // Rule 1: read always, update PIN 1. Rule 2: read PIN 1, update and increase PIN 2. Rule 3: never.
  void Rules(const fs::File& directory, uint16_t fid) {
    fs::FileSpec spec = Records(fs::Type::kLinearFixed, fid, 40, 3);
    const fs::File arr = Make(directory, spec);
    Rule(arr, 1, "8001019000 800102A406830101950108");
    Rule(arr, 2, "800101A406830101950108 800102A406830181950108 840132A406830181950108");
    Rule(arr, 3, "8001039700");
  }
  void MakeProfile() {
    fs::FileSpec spec = Dir(fs::Type::kMf, 0x3F00);
    static constexpr uint8_t kPins[] = {0x01, 0x81, 0x0A};
    spec.pin_references = kPins;
    const fs::File mf = Make({}, spec);
    Rules(mf, 0x2F06);
    spec = Transparent(0x2FE2, 10);
    spec.sfi = 2;
    CHECK(files.Write(Make(mf, spec), 0, Unhex("98001032547698103214")) == Error::kOk);
    const fs::File telecom = Make(mf, Dir(fs::Type::kDf, 0x7F10));
    Rules(telecom, 0x6F06);
    Make(Make(telecom, Dir(fs::Type::kDf, 0x5F3A)), Transparent(0x4F01, 2));
    Make(mf, Dir(fs::Type::kDf, 0x7F20));
    spec = Dir(fs::Type::kAdf, 0x7FD0);
    const std::vector<uint8_t> usim = Unhex("A0000000871002FF33FF018900000100");
    spec.aid = usim;
    spec.pin_references = kPins;
    const fs::File adf = Make(mf, spec);
    Rules(adf, 0x6F06);
    spec = Transparent(0x6F07, 9);
    spec.arr_record = 2;
    spec.sfi = 7;
    spec.special = 0x40;
    spec.has_special = true;
    CHECK(files.Write(Make(adf, spec), 0, Unhex("081111111111111111")) == Error::kOk);
    CHECK(files.Write(Make(adf, Transparent(0x6F38, 5)), 0, Unhex("0000000400")) == Error::kOk);
    Make(adf, Records(fs::Type::kLinearFixed, 0x6F3B, 4, 3));
    spec = Records(fs::Type::kCyclic, 0x6F39, 3, 2);
    spec.arr_record = 2;
    CHECK(files.Write(Make(adf, spec), 0, std::vector<uint8_t>(6, 0)) == Error::kOk);
    spec = Transparent(0x6F99, 1);
    spec.arr_record = 3;
    Make(adf, spec);
    spec = Dir(fs::Type::kAdf, 0x7FD2);
    const std::vector<uint8_t> isim = Unhex("A0000000871004FF33FF018900000100");
    spec.aid = isim;
    Make(mf, spec);
    store::Transaction transaction(*store);
    const std::vector<uint8_t> one = Unhex("31313131FFFFFFFF");
    const std::vector<uint8_t> two = Unhex("32323232FFFFFFFF");
    const std::vector<uint8_t> puk = Unhex("3838383838383838");
    CHECK(pins.Put(kSpace, 0, {0x01, one, 1, 7, 3, 3}) == Error::kOk);
    CHECK(pins.Put(kSpace, adf.object, {0x81, two, 0, 3, 3, 3}) == Error::kOk);
    CHECK(pins.PutPuk(kSpace, {0x01, puk, 10, 10}) == Error::kOk);
    keys::AkaParameters p;
    p.key = auc.k;
    p.opc = auc.opc;
    CHECK(keys::Aka(*store, keys).Install(kSpace, adf.object, p) == Error::kOk);
    CHECK(transaction.Commit() == Error::kOk);
  }
};

}  // namespace simurgh::test
