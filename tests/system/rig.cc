#include "tests/system/rig.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "crypto/sha.h"
#include "firmware/config.h"
#include "offcard/common/launcher.h"
#include "offcard/common/profile_builder.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/pki.h"

namespace simurgh::system_test {

using namespace simurgh::offcard;  // NOLINT: the tests speak its language

const char kAdminCode[] = "3132333435363738";

std::string WhyNot(const std::string& machine) {
  try {
    if (machine == "host") {
      (void)FindHostCard();
      return "";
    }
    (void)FindFirmware(machine, "simurgh");
  } catch (const std::exception& e) {
    return e.what();
  }
  return std::system("command -v qemu-system-arm >/dev/null 2>&1") == 0
             ? ""
             : "qemu-system-arm is not installed";
}

TestCard::TestCard(std::string machine, std::string file, History* history)
    : machine_(std::move(machine)), file_(std::move(file)), history_(history) {
  PowerCycle();
}

void TestCard::PowerOff() { reader_.reset(); }

void TestCard::PowerCycle() {
  PowerOff();
  Start start;
  start.machine = machine_;
  start.file = file_;
  reader_ = StartCard(start);
  if (history_ != nullptr) { history_->push_back({Exchanged::Kind::kPower, {}, {}}); }
}

std::vector<uint8_t> TestCard::Reset() {
  std::vector<uint8_t> atr = reader_->Reset();
  if (history_ != nullptr) { history_->push_back({Exchanged::Kind::kReset, {}, atr}); }
  return atr;
}

std::vector<uint8_t> TestCard::Transmit(ConstBytes command) {
  std::vector<uint8_t> answer = reader_->Transmit(command);
  if (history_ != nullptr) {
    history_->push_back({Exchanged::Kind::kCommand, Buffer(command.begin(), command.end()), answer});
  }
  return answer;
}

const KeyDirectory& Issuer() {
  static const TemporaryDirectory dir;
  static const KeyDirectory keys = [] {
    KeyDirectory made(dir / "pki");
    MakeKeyDirectory(made);
    return made;
  }();
  return keys;
}

namespace {

nlohmann::ordered_json Example(const std::string& name) {
  return nlohmann::ordered_json::parse(
      ReadTextFile(std::string(SIMURGH_SOURCE_DIR) + "/examples/" + name));
}

}  // namespace

const Buffer& OperationalPackage() {
  static const Buffer package = saip::BuildProfile(Example("operational.json"));
  return package;
}

const Buffer& TestPackage() {
  static const Buffer package = saip::BuildProfile(Example("test-profile.json"));
  return package;
}

Buffer OperationalPackage(const std::string& iccid, const std::string& imsi) {
  nlohmann::ordered_json json = Example("operational.json");
  json["iccid"] = iccid;
  json["imsi"] = imsi;
  return saip::BuildProfile(json);
}

Buffer IccidOf(ConstBytes package) { return ReadProfileFacts(package).iccid; }

void MakeCardFile(const std::string& file, const CardSpec& spec) {
  NewCard card;
  Copy(card.eid, FromHex(spec.eid, "EID"));
  card.seed = SeedFrom(spec.seed);
  CreateCardFile(file, card);
}

CardKit KitFor(const CardSpec& spec, bool commercial) {
  CardKit kit = NewCardKit(spec.eid);
  kit.admin_code = kAdminCode;
  kit.commercial = commercial;
  return kit;
}

ImageRequest RequestFor(const CardKit& kit, ImageKind kind, uint64_t image_id) {
  ImageRequest request;
  request.kind = kind;
  request.signer = kit.commercial ? ImageSigner::kCommercial : ImageSigner::kDevelopment;
  request.signing_key = ReadEcKey(Issuer().File(
      kit.commercial ? KeyDirectory::kImageCommercial : KeyDirectory::kImageDevelopment));
  request.image_id = image_id;
  request.eid = FromHex(kit.eid, "EID");
  request.agree_public = kit.agree_public;
  request.name = "Example";
  request.provider_name = "Simurgh";
  if (kind == ImageKind::kOperational) {
    BindingRequest binding;
    binding.eid = request.eid;
    binding.key_file = Issuer().File(KeyDirectory::kProvider);
    request.binding = binding;
  }
  return request;
}

Buffer ImageFor(const CardKit& kit, ConstBytes package, ImageKind kind, uint64_t image_id) {
  return PackImage(package, RequestFor(kit, kind, image_id));
}

int Install(TestCard& card, ConstBytes image) {
  const isdr::SendResult sent = isdr::SendImage(card, image);
  if (sent.sw != 0x9000) { throw UserError("sending the image: " + StatusWords(sent.sw)); }
  card.PowerCycle();
  const isdr::ImageStatus status = isdr::ReadImageStatus(card);
  return status.last ? status.last->reason : -1;
}

CardKit Provision(TestCard& card, CardKit kit) {
  kit = isdr::Manufacture(card, Issuer(), kit);
  const auto install = [&](ConstBytes package, ImageKind kind, uint64_t id) {
    const int reason = Install(card, ImageFor(kit, package, kind, id));
    if (reason != 0) { throw UserError(fmt::format("image {} was not installed: {}", id, reason)); }
  };
  install(OperationalPackage(), ImageKind::kOperational, 1);
  const int enabled = isdr::EnableProfile(card, IccidOf(OperationalPackage()), false);
  if (enabled != 0) { throw UserError("enable: " + isdr::ProfileResultWords(enabled)); }
  install(TestPackage(), ImageKind::kTest, 2);
  return kit;
}

const Provisioned& ProvisionedCard(const std::string& machine) {
  static const TemporaryDirectory dir;
  static std::map<std::string, Provisioned> made;
  const auto found = made.find(machine);
  if (found != made.end()) { return found->second; }
  Provisioned p;
  p.file = dir / machine;
  MakeCardFile(p.file);
  {
    TestCard card(machine, p.file, &p.history);
    p.kit = Provision(card, KitFor());
  }
  return made.emplace(machine, std::move(p)).first->second;
}

std::string CopyCard(const std::string& from, const TemporaryDirectory& dir, const std::string& name) {
  const std::string to = dir / name;
  const std::string command = fmt::format("cp --sparse=always '{}' '{}'", from, to);
  if (std::system(command.c_str()) != 0) { throw UserError(command + ": failed"); }
  return to;
}

std::string FlashHash(const std::string& file) {
  const std::vector<uint8_t> flash =
      ReadFlash(file, config::kFlashSectors * uint32_t{4096});
  return ToHex(crypto::Sha256Of(flash));
}

void SelectUsim(Reader& card) {
  const Answer answer =
      ExchangeAll(card, Command(0x00, 0xA4, 0x04, 0x0C, FromHex("A0000000871002")));
  if (!answer.ok()) { throw UserError("SELECT USIM: " + StatusWords(answer.sw)); }
}

Buffer ReadImsi(Reader& card) {
  SelectUsim(card);
  const Answer selected = ExchangeAll(card, Command(0x00, 0xA4, 0x00, 0x0C, FromHex("6F07")));
  if (!selected.ok()) { throw UserError("SELECT EF.IMSI: " + StatusWords(selected.sw)); }
  const Answer read = ExchangeAll(card, Command(0x00, 0xB0, 0x00, 0x00, {}, 9));
  if (!read.ok()) { throw UserError("READ EF.IMSI: " + StatusWords(read.sw)); }
  return read.data;
}

}  // namespace simurgh::system_test
