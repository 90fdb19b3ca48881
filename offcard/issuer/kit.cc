#include "offcard/issuer/kit.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/tlv.h"
#include "base/writer.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kScpKeyBytes = 16;

Buffer Random(size_t size) {
  Buffer out(size);
  SystemRng().Fill(out);
  return out;
}

ScpKeys NewScpKeys() { return {Random(kScpKeyBytes), Random(kScpKeyBytes), Random(kScpKeyBytes)}; }

Json ToJson(const ScpKeys& keys) {
  return {{"enc", ToHex(keys.enc)}, {"mac", ToHex(keys.mac)}, {"dek", ToHex(keys.dek)}};
}

ScpKeys ScpFromJson(const Json& json, const std::string& where) {
  const auto get = [&](const char* name) {
    return FromHex(json.at(name).get<std::string>(), where + "." + name);
  };
  return {get("enc"), get("mac"), get("dek")};
}

Buffer Joined(const ScpKeys& keys) {
  Buffer out = keys.enc;
  out.insert(out.end(), keys.mac.begin(), keys.mac.end());
  out.insert(out.end(), keys.dek.begin(), keys.dek.end());
  return out;
}

Buffer Typed(uint8_t type, ConstBytes key) {
  Buffer out(1 + key.size());
  out[0] = type;
  Copy(Bytes(out).subspan(1), key);
  return out;
}

}  // namespace

void KeyDirectory::Require() const {
  if (!std::filesystem::exists(File(kImageDevelopment))) {
    throw UserError(fmt::format("{}: no issuer keys there; make some with: simurgh pki new {}",
                                directory_.string(), directory_.string()));
  }
}

std::string KeyDirectory::KitFile(const std::string& eid) const {
  return (directory_ / "cards" / (eid + ".json")).string();
}

CardKit NewCardKit(const std::string& eid) {
  CardKit kit;
  kit.eid = eid;
  kit.isdr = NewScpKeys();
  kit.loader = NewScpKeys();
  kit.personalization = NewScpKeys();
  kit.admin_code = ToHex(Random(8));
  return kit;
}

CardKit ReadCardKit(const KeyDirectory& keys, const std::string& eid) {
  const std::string path = keys.KitFile(eid);
  if (!std::filesystem::exists(path)) {
    throw UserError(fmt::format(
        "{}: the issuer has no keys of card {}; manufacture it with: simurgh manufacture", path, eid));
  }
  try {
    const Json json = Json::parse(ReadTextFile(path));
    const auto bytes = [&](const char* name) {
      return FromHex(json.value(name, std::string()), path + ": " + name);
    };
    CardKit kit;
    kit.eid = json.at("eid");
    kit.isdr = ScpFromJson(json.at("isdr"), path + ": isdr");
    kit.loader = ScpFromJson(json.at("loader"), path + ": loader");
    kit.personalization = ScpFromJson(json.at("personalization"), path + ": personalization");
    kit.admin_code = json.at("admin_code");
    kit.admin_tries = json.at("admin_tries");
    kit.commercial = json.at("commercial");
    kit.profile_menu = json.value("profile_menu", false);
    kit.batch_id = bytes("batch_id");
    kit.batch_key = bytes("batch_key");
    kit.sign_public = bytes("sign_public");
    kit.agree_public = bytes("agree_public");
    return kit;
  } catch (const Json::exception& e) {
    throw UserError(fmt::format("{}: {}", path, e.what()));
  }
}

void WriteCardKit(const KeyDirectory& keys, const CardKit& kit) {
  const Json json = {{"eid", kit.eid},
                     {"isdr", ToJson(kit.isdr)},
                     {"loader", ToJson(kit.loader)},
                     {"personalization", ToJson(kit.personalization)},
                     {"admin_code", kit.admin_code},
                     {"admin_tries", kit.admin_tries},
                     {"commercial", kit.commercial},
                     {"profile_menu", kit.profile_menu},
                     {"batch_id", ToHex(kit.batch_id)},
                     {"batch_key", ToHex(kit.batch_key)},
                     {"sign_public", ToHex(kit.sign_public)},
                     {"agree_public", ToHex(kit.agree_public)}};
  const std::string path = keys.KitFile(kit.eid);
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  const std::string text = json.dump(2) + "\n";
  WriteFile(path, ConstBytes(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

Buffer ManufactureData(const CardKit& kit, const KeyDirectory& keys) {
  Buffer buffer(1800);
  Writer out(buffer);
  tlv::Add(out, 0x81, Joined(kit.isdr));
  tlv::Add(out, 0x82, Joined(kit.loader));
  tlv::Add(out, 0x83, Joined(kit.personalization));
  tlv::Add(out, 0x84, FromHex(kit.admin_code, "admin code"));
  const uint8_t tries = static_cast<uint8_t>(kit.admin_tries);
  tlv::Add(out, 0x85, ConstBytes(&tries, 1));
  tlv::Add(out, 0x86, ReadEcKey(keys.File(KeyDirectory::kImageDevelopment)).point);
  tlv::Add(out, 0x87, ReadEcKey(keys.File(KeyDirectory::kImageCommercial)).point);
  const uint8_t commercial = kit.commercial ? 1 : 0;
  tlv::Add(out, 0x88, ConstBytes(&commercial, 1));
  if (kit.profile_menu) {
    const uint8_t shown = 1;
    tlv::Add(out, 0x8B, ConstBytes(&shown, 1));
  }
  if (!kit.batch_key.empty()) { tlv::Add(out, 0x89, kit.batch_key); }
  tlv::Add(out, 0x8A, Typed(1, ReadEcKey(keys.File(KeyDirectory::kProvider)).point));
  tlv::Add(out, 0x8A, Typed(2, ReadEcKey(keys.File(KeyDirectory::kProviderBrainpool)).point));
  tlv::Add(out, 0x8A, Typed(3, RsaPublicKey(keys.File(KeyDirectory::kProviderRsa))));
  CHECK(!out.overflow());
  buffer.resize(out.size());
  return buffer;
}

}  // namespace simurgh::offcard
