// simurgh image: profile image files.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/user_error.h"
#include "offcard/issuer/image.h"
#include "offcard/issuer/isdr.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string input, output;
  std::string keys;
  std::string eid, batch;
  std::string terminal;
  std::string card;
  std::string name = "Simurgh profile", provider = "Simurgh";
  uint64_t id = 0;
  int equation = 1;
  bool cover_k = false, unsigned_profile = false, json = false;
  ImageKind kind = ImageKind::kOperational;
  ImageSigner signer = ImageSigner::kDevelopment;
  BindingAlgorithm algorithm = BindingAlgorithm::kP256;
  size_t chunk = 20000;
};

const std::map<std::string, ImageKind> kKinds = {{"operational", ImageKind::kOperational},
                                                 {"provisioning", ImageKind::kProvisioning},
                                                 {"test", ImageKind::kTest}};
const std::map<std::string, ImageSigner> kSigners = {{"development", ImageSigner::kDevelopment},
                                                     {"commercial", ImageSigner::kCommercial}};
const std::map<std::string, BindingAlgorithm> kAlgorithms = {
    {"p256", BindingAlgorithm::kP256},
    {"brainpool", BindingAlgorithm::kBrainpool},
    {"rsa", BindingAlgorithm::kRsaSha256},
    {"rsa-sha1", BindingAlgorithm::kRsaSha1}};

template <typename T>
std::string NameOf(const std::map<std::string, T>& names, int value) {
  for (const auto& [name, v] : names) {
    if (static_cast<int>(v) == value) { return name; }
  }
  return fmt::format("unknown ({})", value);
}

std::string ProviderKeyFile(const KeyDirectory& keys, BindingAlgorithm algorithm) {
  switch (algorithm) {
    case BindingAlgorithm::kP256: return keys.File(KeyDirectory::kProvider);
    case BindingAlgorithm::kBrainpool: return keys.File(KeyDirectory::kProviderBrainpool);
    default: return keys.File(KeyDirectory::kProviderRsa);
  }
}

Buffer FixedHex(const std::string& text, size_t size, const char* option) {
  const Buffer bytes = FromHex(text, option);
  if (bytes.size() != size) {
    throw UserError(fmt::format("{} {}: {} hexadecimal digits expected", option, text, 2 * size));
  }
  return bytes;
}

void Pack(const Options& o) {
  const KeyDirectory keys(o.keys);
  keys.Require();
  ImageRequest request;
  request.kind = o.kind;
  request.signer = o.signer;
  request.signing_key =
      ReadEcKey(keys.File(o.signer == ImageSigner::kDevelopment ? KeyDirectory::kImageDevelopment
                                                                : KeyDirectory::kImageCommercial));
  request.image_id = o.id;
  request.name = o.name;
  request.provider_name = o.provider;
  const CardKit kit = ReadCardKit(keys, o.eid);
  request.eid = FixedHex(o.eid, 16, "--eid");
  request.agree_public = kit.agree_public;
  if (!o.batch.empty()) {
    request.batch_id = FixedHex(o.batch, 16, "--batch");
    request.batch_key = kit.batch_key;
    if (kit.batch_key.empty()) {
      throw UserError(fmt::format("card {} has no batch key; manufacture it with --batch-key", o.eid));
    }
  }
  if (!o.unsigned_profile) {
    BindingRequest binding;
    binding.equation = static_cast<uint8_t>(o.equation);
    binding.cover_k = o.cover_k;
    binding.algorithm = o.algorithm;
    binding.key_file = ProviderKeyFile(keys, o.algorithm);
    binding.eid = request.eid;
    if (!o.terminal.empty()) { binding.terminal = FixedHex(o.terminal, 8, "--terminal"); }
    request.binding = binding;
  }
  const Buffer package = ReadFile(o.input);
  try {
    (void)ReadProfileFacts(package);
  } catch (const std::exception& e) {
    throw UserError(fmt::format("{}: not a profile package: {}; see: simurgh profile check", o.input, e.what()));
  }
  const Buffer image = PackImage(package, request);
  WriteFile(o.output, image);
  fmt::print("{}: {} image {} of {} bytes for {}\n", o.output, NameOf(kKinds, static_cast<int>(o.kind)),
             o.id, image.size(), o.batch.empty() ? "card " + o.eid : "batch " + o.batch);
}

void Inspect(const Options& o) {
  const Buffer image = ReadFile(o.input);
  const ImageSummary s = InspectImage(image);
  std::string signature = "not checked (no --pki)";
  if (!o.keys.empty()) {
    const KeyDirectory keys(o.keys);
    const char* file = s.signer == 2 ? KeyDirectory::kImageCommercial : KeyDirectory::kImageDevelopment;
    signature = ImageSignatureRight(image, ReadEcKey(keys.File(file)).point) ? "right" : "WRONG";
  }
  const nlohmann::ordered_json json = {
      {"version", s.version},
      {"kind", NameOf(kKinds, s.kind)},
      {"target", s.target == 2 ? "batch" : "card"},
      {"target_id", ToHex(s.target_id)},
      {"signer", NameOf(kSigners, s.signer)},
      {"image_id", s.image_id},
      {"payload_bytes", s.payload},
      {"metadata_bytes", s.metadata},
      {"complete", s.complete},
      {"digest", s.digest_right ? "right" : "WRONG"},
      {"signature", signature}};
  if (o.json) {
    fmt::print("{}\n", json.dump(2));
    return;
  }
  for (const auto& [name, value] : json.items()) {
    fmt::print("{:<15} {}\n", name, value.is_string() ? value.get<std::string>() : value.dump());
  }
}

void Send(const Options& o) {
  const Buffer image = ReadFile(o.input);
  (void)InspectImage(image);
  const std::unique_ptr<Reader> reader = OpenCard(o.card);
  const isdr::SendResult result =
      isdr::SendImage(*reader, image, o.chunk, [](size_t done, size_t all) {
        Progress(fmt::format("sent {} of {} bytes", done, all), done == all);
      });
  if (result.sw != 0x9000) {
    throw UserError(fmt::format("{}: the card refused it ({:04X}): {}", o.input, result.sw,
                                isdr::ImageRefusalWords(result.sw)));
  }
  fmt::print("{}: {} bytes sent in {} commands{}; the card installs it at its next boot\n", o.input,
             image.size(), result.commands,
             result.resumed_at == 0 ? "" : fmt::format(", resumed at byte {}", result.resumed_at));
}

void ShowStatus(const Options& o) {
  const std::unique_ptr<Reader> reader = OpenCard(o.card);
  const isdr::ImageStatus s = isdr::ReadImageStatus(*reader);
  static constexpr const char* kStates[] = {"", "no image waits", "an image is being received",
                                            "an image waits for the next boot"};
  fmt::print("{}; {} of {} bytes received, {} durable, room for {}\n",
             kStates[static_cast<int>(s.state)], s.received, s.total, s.durable, s.capacity);
  if (s.last) {
    fmt::print("last image: {} ({})\n", isdr::ReasonWords(*s.last), s.last->image_id);
  }
}

}  // namespace

void AddImage(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* image = app.add_subcommand("image", "Pack, inspect and send profile image files");
  image->require_subcommand(1);
  image->footer("Example:\n"
                "  simurgh profile build examples/operational.json -o p.der\n"
                "  simurgh image pack p.der --pki keys --eid 89049032... --id 1 -o p.img\n"
                "  simurgh image send p.img --card host:my.card\n"
                "Format: docs/formats/image.md");

  CLI::App* pack = image->add_subcommand("pack", "Make an image of a profile package");
  pack->add_option("PROFILE", o->input, "profile package, DER")->required()->type_name("");
  pack->add_option("-o,--output", o->output, "image file")->required()->type_name("FILE");
  pack->add_option("--pki", o->keys, "key directory")->required()->type_name("DIR");
  pack->add_option("--eid", o->eid, "the card")->required()->type_name("EID");
  pack->add_option("--batch", o->batch, "encrypt for this batch id instead of the one card")
      ->type_name("HEX");
  pack->add_option("--terminal", o->terminal, "bind the profile to this terminal too")->type_name("HEX");
  AddNumber(*pack, "--id", o->id, "image id: greater than the last one the card installed", 1, UINT64_MAX)
      ->required();
  pack->add_option("--kind", o->kind, "operational, provisioning or test")
      ->transform(CLI::CheckedTransformer(kKinds))
      ->type_name("KIND");
  pack->add_option("--signer", o->signer, "development or commercial")
      ->transform(CLI::CheckedTransformer(kSigners))
      ->type_name("KEY");
  pack->add_option("--algorithm", o->algorithm, "binding signature: p256, brainpool, rsa or rsa-sha1")
      ->transform(CLI::CheckedTransformer(kAlgorithms))
      ->type_name("ALG");
  pack->add_option("--equation", o->equation, "what the binding signature covers")
      ->check(CLI::Range(1, 3))
      ->capture_default_str();
  pack->add_flag("--cover-k", o->cover_k, "the binding signature covers K");
  pack->add_flag("--unsigned", o->unsigned_profile,
                 "no binding signature: the card binds it (kinds provisioning and test)");
  pack->add_option("--name", o->name, "profile name")->capture_default_str();
  pack->add_option("--provider", o->provider, "service provider name")->capture_default_str();
  pack->callback([o] { Pack(*o); });

  CLI::App* inspect = image->add_subcommand("inspect", "Show the header of an image");
  inspect->add_option("IMAGE", o->input, "image file")->required()->type_name("");
  inspect->add_option("--pki", o->keys, "key directory, to check the signature")->type_name("DIR");
  inspect->add_flag("--json", o->json, "print a JSON object");
  inspect->callback([o] { Inspect(*o); });

  CLI::App* send = image->add_subcommand("send", "Send an image to a card, or go on sending it");
  send->add_option("IMAGE", o->input, "image file")->required()->type_name("");
  AddCardOption(*send, o->card);
  send->add_option("--chunk", o->chunk, "image bytes per command")
      ->check(CLI::Range(1, 65531))
      ->capture_default_str();
  send->callback([o] { Send(*o); });

  CLI::App* status = image->add_subcommand("status", "What waits on the card, and how the last one ended");
  AddCardOption(*status, o->card);
  status->callback([o] { ShowStatus(*o); });
}

}  // namespace simurgh::offcard::cli
