// simurgh main-job: a card's life, from blank to a changed subscription, and what it refuses.
#include <fmt/format.h>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "offcard/cli/commands.h"
#include "offcard/cli/job_report.h"
#include "offcard/common/profile_builder.h"
#include "offcard/common/temporary_directory.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/auc.h"
#include "offcard/issuer/image.h"
#include "offcard/issuer/isdr.h"
#include "offcard/issuer/personalization.h"
#include "offcard/issuer/pki.h"
#include "offcard/issuer/usim.h"

namespace simurgh::offcard::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEid = "89049032123451234512345678901235";
constexpr const char* kOtherEid = "89049032123451234512345678901332";
constexpr uint8_t kIccidPath[] = {0x2F, 0xE2};
constexpr uint8_t kImsiPath[] = {0x7F, 0xFF, 0x6F, 0x07};
constexpr uint8_t kPhonebookPath[] = {0x7F, 0x10, 0x5F, 0x3A, 0x4F, 0x3A};

struct Options {
  std::string machine = "mps2-an386";
  std::string profile;
  std::string examples;
  bool quiet = false;
};

/// The step did not do what it must: the job ends.
void Expect(bool condition, const std::string& what) {
  if (!condition) { throw UserError("main job: " + what); }
}

class MainJob {
 public:
  explicit MainJob(const Options& options)
      : options_(options),
        keys_(directory_ / "keys"),
        card_(options.machine, directory_ / "card", options.quiet) {}

  void Run() {
    MakeCard();
    MakeImages();
    SendAndInstall();
    Activate();
    ReadFiles();
    AuthenticateAndResynchronize();
    ChangeSubscription();
    SurvivePowerLoss();
    RefuseWrongAdminCode();
    RefuseTamperedImage();
    RefuseForeignImage();
    RefuseReplay();
    RefuseOperationalInTestMode();
    RefuseClonedFlash();
    card_.PowerOff();
    card_.PrintTable();
    fmt::print("main job: ok\n");
  }

 private:
  void MakeCard();
  void MakeImages();
  void SendAndInstall();
  void Activate();
  void ReadFiles();
  void AuthenticateAndResynchronize();
  void ChangeSubscription();
  void SurvivePowerLoss();
  void RefuseWrongAdminCode();
  void RefuseTamperedImage();
  void RefuseForeignImage();
  void RefuseReplay();
  void RefuseOperationalInTestMode();
  void RefuseClonedFlash();

  void Reboot() {
    card_.PowerOff();
    card_.PowerOn();
  }
  Buffer Build(const std::string& json_file) const;
  Buffer Pack(ConstBytes package, ImageKind kind, uint64_t id, const CardKit& kit) const;
  isdr::ImageStatus::Result SendAndBoot(ConstBytes image);
  void Prove(const char* whose);

  Options options_;
  TemporaryDirectory directory_;
  KeyDirectory keys_;
  Bench card_;
  CardKit kit_;
  Buffer package_, test_package_, image_;
  ProfileFacts facts_, test_facts_;
  Subscription subscription_;
  AuthVector used_;  ///< a vector the card has accepted
  Buffer rebound_imsi_;
};

Buffer MainJob::Build(const std::string& json_file) const {
  const std::string path = options_.examples + "/" + json_file;
  return saip::BuildProfile(saip::Json::parse(ReadTextFile(path), nullptr, true, true));
}

Buffer MainJob::Pack(ConstBytes package, ImageKind kind, uint64_t id, const CardKit& kit) const {
  ImageRequest request;
  request.kind = kind;
  request.signing_key = ReadEcKey(keys_.File(KeyDirectory::kImageDevelopment));
  request.image_id = id;
  request.eid = FromHex(kit.eid);
  request.agree_public = kit.agree_public;
  request.name = kind == ImageKind::kTest ? "Test" : "Operational";
  request.provider_name = "Simurgh";
  if (kind == ImageKind::kOperational) {
    BindingRequest binding;
    binding.eid = request.eid;
    binding.key_file = keys_.File(KeyDirectory::kProvider);
    request.binding = binding;
  }
  return PackImage(package, request);
}

/// Sends an image, boots, and tells how the card ended it.
isdr::ImageStatus::Result MainJob::SendAndBoot(ConstBytes image) {
  const isdr::SendResult sent = isdr::SendImage(card_, image);
  Expect(sent.sw == 0x9000, fmt::format("sending the image: {}", StatusWords(sent.sw)));
  Reboot();
  const isdr::ImageStatus status = isdr::ReadImageStatus(card_);
  Expect(status.last.has_value(), "the card tried no image at boot");
  card_.Say(fmt::format("at boot: {}", isdr::ReasonWords(*status.last)));
  return *status.last;
}

/// One successful authentication of the enabled profile.
void MainJob::Prove(const char* whose) {
  SelectUsim(card_, facts_.pin1);
  used_ = MakeVector(subscription_);
  const AuthAnswer answer = Authenticate(card_, used_);
  Expect(Matches(used_, answer),
         fmt::format("AUTHENTICATE under the {} key: {}", whose, StatusWords(answer.sw)));
  card_.Say(fmt::format("RES, CK and IK are what the AuC computes under the {} key (SQN {})", whose,
                        subscription_.sqn));
}

void MainJob::MakeCard() {
  card_.Step("a blank card is made, booted and given its keys");
  MakeKeyDirectory(keys_);
  NewCard fresh;
  Copy(fresh.eid, FromHex(kEid));
  CreateCardFile(card_.file(), fresh);
  card_.PowerOn();
  (void)card_.Reset();
  kit_ = isdr::Manufacture(card_, keys_, NewCardKit(kEid));
  card_.Say(fmt::format("card {} has its keys; its agreement key is {}...", kEid,
                        ToHex(ConstBytes(kit_.agree_public).first(9))));
}

void MainJob::MakeImages() {
  card_.Step("profiles are built and packed as signed images");
  package_ = options_.profile.empty() ? Build("operational.json") : ReadFile(options_.profile);
  test_package_ = Build("test-profile.json");
  facts_ = ReadProfileFacts(package_);
  test_facts_ = ReadProfileFacts(test_package_);
  image_ = Pack(package_, ImageKind::kOperational, 10, kit_);
  subscription_ = SubscriptionOf(facts_);
  card_.Say(fmt::format("operational profile {}: package {} bytes, image {} bytes",
                        isdr::IccidDigits(facts_.iccid), package_.size(), image_.size()));
}

void MainJob::SendAndInstall() {
  card_.Step("the image goes over the serial line and is installed at boot");
  const isdr::ImageStatus::Result result = SendAndBoot(image_);
  Expect(result.reason == 0, "the image was not installed: " + isdr::ReasonWords(result));
}

void MainJob::Activate() {
  card_.Step("the profile is activated: its binding is checked");
  const int code = isdr::EnableProfile(card_, facts_.iccid, true);
  Expect(code == 0, "EnableProfile: " + isdr::ProfileResultWords(code));
  (void)card_.Reset();
  for (const isdr::Profile& p : isdr::ListProfiles(card_)) {
    card_.Say(fmt::format("{} \"{}\" is {}", isdr::IccidDigits(p.iccid), p.name,
                          p.enabled ? "enabled" : "disabled"));
  }
}

void MainJob::ReadFiles() {
  card_.Step("ICCID, IMSI and a phonebook entry are read");
  const Buffer iccid = ReadTransparent(card_, kIccidPath);
  Expect(Equal(iccid, facts_.iccid), "EF.ICCID is not the profile's");
  SelectUsim(card_, facts_.pin1);
  const Buffer imsi = ReadTransparent(card_, kImsiPath);
  Expect(Equal(imsi, facts_.imsi), "EF.IMSI is not the profile's");
  const Buffer entry = ReadRecord(card_, kPhonebookPath, 1);
  card_.Say(fmt::format("ICCID {}, IMSI {}, phonebook entry 1: {}", isdr::IccidDigits(iccid),
                        ImsiDigits(imsi), ToHex(entry)));
}

void MainJob::AuthenticateAndResynchronize() {
  card_.Step("authentication, twice, then re-synchronization");
  Prove("first");
  Prove("first");
  // An AuC that lost its SQN starts from 0. XOR does not check SQN; AMF FFFF asks for AUTS
  // (TS 34.108 8.1.2.2).
  const uint64_t sqn = subscription_.sqn;
  subscription_.sqn = 0;
  if (subscription_.algorithm == Subscription::Algorithm::kXor) { subscription_.amf = {0xFF, 0xFF}; }
  const AuthVector old = MakeVector(subscription_);
  const AuthAnswer answer = Authenticate(card_, old);
  Expect(answer.kind == AuthAnswer::Kind::kSynchronization, "an old SQN was not refused");
  Expect(Resynchronize(subscription_, old.rand, answer.auts), "MAC-S in AUTS is wrong");
  subscription_.amf = {0x80, 0x00};
  card_.Say(fmt::format("AUTS accepted: the card's SQN is {}, the AuC's was {}", subscription_.sqn, sqn));
  Prove("first");
}

void MainJob::ChangeSubscription() {
  card_.Step("IMSI and key change under the admin code");
  NewSubscription next;
  next.imsi = "001019876543210";
  next.k = Buffer(facts_.k.size());
  SystemRng().Fill(next.k);
  if (!facts_.opc.empty() && subscription_.algorithm != Subscription::Algorithm::kXor) {
    next.opc = Buffer(facts_.opc.size());
    SystemRng().Fill(next.opc);
  }
  const PersonalizeResult result =
      Personalize(card_, kit_.personalization, FromHex(kit_.admin_code), next);
  Expect(result.done, "PERSONALIZE: " + result.words);
  subscription_.k = next.k;
  if (!next.opc.empty()) { subscription_.opc = next.opc; }
  subscription_.sqn = 0;
  (void)card_.Reset();
  SelectUsim(card_, facts_.pin1);
  rebound_imsi_ = ReadTransparent(card_, kImsiPath);
  Expect(ImsiDigits(rebound_imsi_) == next.imsi, "EF.IMSI is not the new one");
  card_.Say("IMSI is now " + next.imsi);
  Prove("new");
}

void MainJob::SurvivePowerLoss() {
  card_.Step("SIGKILL, boot, and everything held");
  card_.PowerOff();
  card_.PowerOn();
  SelectUsim(card_, facts_.pin1);
  Expect(Equal(ReadTransparent(card_, kImsiPath), rebound_imsi_), "the new IMSI is gone");
  if (subscription_.algorithm != Subscription::Algorithm::kXor) {
    const AuthAnswer replay = Authenticate(card_, used_);
    Expect(replay.kind == AuthAnswer::Kind::kSynchronization,
           "a vector used before the power cut was accepted again");
    card_.Say("the vector used last is refused: its SQN is spent");
  }
  Prove("new");
}

void MainJob::RefuseWrongAdminCode() {
  card_.Step("refused: wrong admin code");
  Buffer wrong = FromHex(kit_.admin_code);
  wrong.back() ^= 1;
  NewSubscription next;
  next.imsi = "001010000000666";
  next.k = Buffer(16, 0x66);
  const PersonalizeResult result = Personalize(card_, kit_.personalization, wrong, next);
  Expect((result.sw & 0xFFF0) == 0x63C0, "a wrong admin code was not refused");
  card_.Say(result.words);
  Prove("new");
}

void MainJob::RefuseTamperedImage() {
  card_.Step("refused: tampered image");
  Buffer image = Pack(test_package_, ImageKind::kTest, 20, kit_);
  image[image.size() / 2] ^= 0x10;
  Expect(SendAndBoot(image).reason != 0, "a tampered image was installed");
}

void MainJob::RefuseForeignImage() {
  card_.Step("refused: image for another card");
  CardKit other = kit_;
  other.eid = kOtherEid;
  const isdr::SendResult sent =
      isdr::SendImage(card_, Pack(test_package_, ImageKind::kTest, 21, other));
  Expect(sent.sw == 0x6A88, "an image for another card was taken: " + StatusWords(sent.sw));
  card_.Say(StatusWords(sent.sw));
}

void MainJob::RefuseReplay() {
  card_.Step("refused: replayed image");
  Expect(isdr::DisableProfile(card_, facts_.iccid, false) == 0, "DisableProfile");
  Expect(isdr::DeleteProfile(card_, facts_.iccid) == 0, "DeleteProfile");
  const isdr::SendResult sent = isdr::SendImage(card_, image_);
  Expect(sent.sw == 0x6984, "a replayed image was taken: " + StatusWords(sent.sw));
  card_.Say(StatusWords(sent.sw) + "; the same profile with a new image id is taken:");
  const Buffer again = Pack(package_, ImageKind::kOperational, 30, kit_);
  Expect(SendAndBoot(again).reason == 0, "a new image was not installed");
  Expect(isdr::EnableProfile(card_, facts_.iccid, false) == 0, "EnableProfile");
}

void MainJob::RefuseOperationalInTestMode() {
  card_.Step("refused: operational image in test-profile mode");
  isdr::SetTestMode(card_, kit_, true);
  const isdr::SendResult sent =
      isdr::SendImage(card_, Pack(package_, ImageKind::kOperational, 31, kit_));
  Expect(sent.sw == 0x6985, "an operational image was taken: " + StatusWords(sent.sw));
  card_.Say(StatusWords(sent.sw) + "; a test image is taken:");
  Expect(SendAndBoot(Pack(test_package_, ImageKind::kTest, 32, kit_)).reason == 0,
         "the test image was not installed");
  isdr::SetTestMode(card_, kit_, false);
  Expect(isdr::EnableProfile(card_, facts_.iccid, false) == 0, "EnableProfile");
}

void MainJob::RefuseClonedFlash() {
  card_.Step("refused: flash copied to another card");
  card_.PowerOff();
  const std::string clone = directory_ / "clone";
  NewCard other;
  Copy(other.eid, FromHex(kOtherEid));
  CreateCardFile(clone, other);
  CopyFlash(card_.file(), clone);
  card_.PowerOn(clone);
  for (const isdr::Profile& p : isdr::ListProfiles(card_)) {
    Expect(!p.enabled, "a cloned profile is enabled");
    card_.Say(fmt::format("on the clone, {} is discarded: {}", isdr::IccidDigits(p.iccid),
                          isdr::DiscardedWords(card_, p.iccid)));
    Expect(isdr::EnableProfile(card_, p.iccid, false) != 0, "a cloned profile could be enabled");
  }
  card_.PowerOff();
  card_.PowerOn();
  subscription_.k = facts_.k;
  subscription_.opc = facts_.opc;
  subscription_.sqn = 0;
  card_.Say("on the card it was made for it works:");
  Prove("first");
}

}  // namespace

void AddMainJob(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("main-job", "Take a card through its life, as ./run shows it");
  c->add_option("--machine", o->machine, "host, mps2-an386 or mps2-an505")
      ->check(CLI::IsMember({"host", "mps2-an386", "mps2-an505"}))
      ->capture_default_str();
  c->add_option("--profile", o->profile, "profile package (DER) instead of the example")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  c->add_option("--examples", o->examples, "folder with operational.json and test-profile.json")
      ->required()
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  c->add_flag("--quiet", o->quiet, "do not print the APDUs");
  c->callback([o] { MainJob(*o).Run(); });
}

}  // namespace simurgh::offcard::cli
