#include "offcard/issuer/pki.h"

#include <fmt/format.h>
#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>

#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

namespace fs = std::filesystem;

struct Free {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
  void operator()(X509_STORE* p) const { X509_STORE_free(p); }
  void operator()(X509_STORE_CTX* p) const { X509_STORE_CTX_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(CONF* p) const { NCONF_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

/// The EUM identification number every test EID starts with (SGP.26 EUM name constraint).
constexpr const char* kEin = "89049032";
constexpr const char* kOrganization = "RSP Test EUM";

/// One certificate of the test PKI, in the order of issuing.
struct Spec {
  Role role;
  const char* file;     ///< FILE.der and FILE.key.pem
  const char* issuer;   ///< file of the issuer; its own for the CI
  const char* subject;  ///< "O=...,CN=..."
  const char* usage;
  const char* basic;    ///< basicConstraints, nullptr: none
  const char* registered_id;  ///< subjectAltName RID
  const char* sgp26;    ///< stem of the GSMA file
  long years;
};
constexpr Spec kSpecs[] = {
    {Role::kCi, "ci", "ci", "C=IR,O=Simurgh,OU=Test,CN=Simurgh Test CI", "critical,keyCertSign,cRLSign",
     "critical,CA:TRUE", "2.999.1", "CI_ECDSA_NIST", 35},
    {Role::kEum, "eum", "ci", "O=RSP Test EUM,CN=Simurgh Test EUM", "critical,keyCertSign",
     "critical,CA:TRUE,pathlen:0", "2.999.5", "EUM_ECDSA_NIST", 34},
    {Role::kDpAuth, "dpauth", "ci", "O=Simurgh,CN=Test SM-DP+ authentication",
     "critical,digitalSignature", nullptr, "2.999.10", "S_SM_DPauth_ECDSA_NIST", 10},
    {Role::kDpPb, "dppb", "ci", "O=Simurgh,CN=Test SM-DP+ profile binding",
     "critical,digitalSignature", nullptr, "2.999.10", "S_SM_DPpb_ECDSA_NIST", 10},
    {Role::kDpTls, "dptls", "ci", "O=Simurgh,CN=localhost", "critical,digitalSignature", nullptr,
     "2.999.10", nullptr, 5},
};

[[noreturn]] void Fail(const std::string& what) {
  char text[160] = "";
  ERR_error_string_n(ERR_get_error(), text, sizeof(text));
  throw UserError(fmt::format("{}: OpenSSL says {}", what, text));
}

Owned<EVP_PKEY> PrivateKey(const std::string& path) {
  const std::string text = ReadTextFile(path);
  const Owned<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (!key) { throw UserError(fmt::format("{}: no private key in PEM form", path)); }
  return key;
}

Owned<X509> ReadCertificate(const std::string& path) {
  const Buffer der = ReadFile(path);
  const uint8_t* at = der.data();
  Owned<X509> x(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!x) { throw UserError(fmt::format("{}: not a certificate in DER form", path)); }
  return x;
}

void WriteCertificate(const std::string& path, X509* x) {
  uint8_t* der = nullptr;
  const int size = i2d_X509(x, &der);
  WriteFile(path, ConstBytes(der, static_cast<size_t>(size)));
  OPENSSL_free(der);
}

/// Extensions in the notation of x509v3_config(5).
void AddExtension(X509* x, X509V3_CTX& context, CONF* conf, int nid, const std::string& value) {
  const Owned<X509_EXTENSION> e(X509V3_EXT_nconf_nid(conf, &context, nid, value.c_str()));
  if (!e) { Fail(fmt::format("extension {}", OBJ_nid2sn(nid))); }
  X509_add_ext(x, e.get(), -1);
}

void AddName(X509_NAME* name, const std::string& subject) {
  for (size_t at = 0; at < subject.size();) {
    const size_t end = std::min(subject.find(',', at), subject.size());
    const size_t equals = subject.find('=', at);
    const std::string key = subject.substr(at, equals - at);
    const std::string value = subject.substr(equals + 1, end - equals - 1);
    X509_NAME_add_entry_by_txt(name, key.c_str(), MBSTRING_UTF8,
                               reinterpret_cast<const uint8_t*>(value.c_str()), -1, -1, 0);
    at = end + 1;
  }
}

struct Issue {
  Role role;
  std::string subject;
  const char* usage;
  const char* basic;
  std::string alternative;  ///< subjectAltName value, empty: none
  long years;
};

Owned<X509> MakeCertificate(const Issue& issue, EVP_PKEY* subject_key, X509* issuer,
                            EVP_PKEY* issuer_key) {
  Owned<X509> x(X509_new());
  X509_set_version(x.get(), X509_VERSION_3);
  uint8_t serial[8];
  RAND_bytes(serial, sizeof(serial));
  const uint64_t number = Get64(serial) >> 2 | 1;
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x.get()), number);
  X509_gmtime_adj(X509_getm_notBefore(x.get()), -24L * 3600);
  X509_time_adj_ex(X509_getm_notAfter(x.get()), static_cast<int>(issue.years * 365), 0, nullptr);
  AddName(X509_get_subject_name(x.get()), issue.subject);
  X509* parent = issuer == nullptr ? x.get() : issuer;
  X509_set_issuer_name(x.get(), X509_get_subject_name(parent));
  X509_set_pubkey(x.get(), subject_key);

  const Owned<CONF> conf(NCONF_new(nullptr));
  const std::string section = fmt::format("[eum]\nO={}\nserialNumber={}\n", kOrganization, kEin);
  const Owned<BIO> bio(BIO_new_mem_buf(section.data(), static_cast<int>(section.size())));
  NCONF_load_bio(conf.get(), bio.get(), nullptr);
  X509V3_CTX context;
  X509V3_set_ctx(&context, parent, x.get(), nullptr, nullptr, 0);
  X509V3_set_nconf(&context, conf.get());
  const auto add = [&](int nid, const std::string& value) {
    AddExtension(x.get(), context, conf.get(), nid, value);
  };
  add(NID_subject_key_identifier, "hash");
  if (issuer != nullptr) { add(NID_authority_key_identifier, "keyid:always"); }
  add(NID_key_usage, issue.usage);
  add(NID_certificate_policies,
      fmt::format("critical,2.23.146.1.2.1.{}", static_cast<int>(issue.role)));
  if (issue.basic != nullptr) { add(NID_basic_constraints, issue.basic); }
  if (!issue.alternative.empty()) { add(NID_subject_alt_name, issue.alternative); }
  if (issue.role == Role::kEum) { add(NID_name_constraints, "critical,permitted;dirName:eum"); }
  if (issue.role == Role::kDpTls) { add(NID_ext_key_usage, "critical,serverAuth,clientAuth"); }
  if (X509_sign(x.get(), issuer_key, EVP_sha256()) == 0) { Fail("signing a certificate"); }
  return x;
}

std::string CertificateFile(const KeyDirectory& keys, const std::string& stem) {
  return keys.File(stem + ".der");
}
std::string KeyFile(const KeyDirectory& keys, const std::string& stem) {
  return keys.File(stem + ".key.pem");
}

void IssueFromSpec(const KeyDirectory& keys, const Spec& spec) {
  WriteEcKey(KeyFile(keys, spec.file), NewEcKey());
  const bool self = std::string(spec.file) == spec.issuer;
  const Owned<EVP_PKEY> subject_key = PrivateKey(KeyFile(keys, spec.file));
  const Owned<EVP_PKEY> issuer_key = PrivateKey(KeyFile(keys, spec.issuer));
  const Owned<X509> issuer =
      self ? nullptr : ReadCertificate(CertificateFile(keys, spec.issuer));
  std::string alternative = std::string("RID:") + spec.registered_id;
  if (spec.role == Role::kDpTls) { alternative += ",DNS:localhost,DNS:testsmdpplus1.example.com"; }
  const Issue issue = {spec.role, spec.subject, spec.usage, spec.basic, alternative, spec.years};
  const Owned<X509> x =
      MakeCertificate(issue, subject_key.get(), issuer.get(), issuer_key.get());
  WriteCertificate(CertificateFile(keys, spec.file), x.get());
}

std::string Field(const X509_NAME* name, int nid) {
  char text[128] = "";
  X509_NAME_get_text_by_NID(const_cast<X509_NAME*>(name), nid, text, sizeof(text));
  return text;
}

/// An EUM's name constraint in the sense of SGP.14: same organization, and a serialNumber (the EID)
/// that begins with the permitted one. RFC 5280 would want it equal.
bool EidPermitted(X509* eum, X509* leaf) {
  auto* constraints = static_cast<NAME_CONSTRAINTS*>(
      X509_get_ext_d2i(eum, NID_name_constraints, nullptr, nullptr));
  if (constraints == nullptr) { return true; }
  const X509_NAME* subject = X509_get_subject_name(leaf);
  bool permitted = false;
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees); ++i) {
    const GENERAL_NAME* base = sk_GENERAL_SUBTREE_value(constraints->permittedSubtrees, i)->base;
    if (base->type != GEN_DIRNAME) { continue; }
    const X509_NAME* allowed = base->d.directoryName;
    permitted |= Field(subject, NID_organizationName) == Field(allowed, NID_organizationName) &&
                 Field(subject, NID_serialNumber).starts_with(Field(allowed, NID_serialNumber));
  }
  NAME_CONSTRAINTS_free(constraints);
  return permitted;
}

/// Leaves name constraints to EidPermitted.
int OnVerify(int ok, X509_STORE_CTX* context) {
  return X509_STORE_CTX_get_error(context) == X509_V_ERR_PERMITTED_VIOLATION ? 1 : ok;
}

std::string ChainWords(const KeyDirectory& keys, X509* x) {
  const Owned<X509_STORE> store(X509_STORE_new());
  const Owned<X509> ci = ReadCertificate(CertificateFile(keys, "ci"));
  const Owned<X509> eum = ReadCertificate(CertificateFile(keys, "eum"));
  X509_STORE_add_cert(store.get(), ci.get());
  STACK_OF(X509)* between = sk_X509_new_null();
  sk_X509_push(between, eum.get());
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), x, between);
  X509_STORE_CTX_set_verify_cb(context.get(), OnVerify);
  const bool holds = X509_verify_cert(context.get()) == 1;
  const std::string why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
  sk_X509_free(between);
  if (!holds) { return "chain does not hold: " + why; }
  const bool by_eum = X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(eum.get())) == 0;
  return by_eum && !EidPermitted(eum.get(), x) ? "chain does not hold: EID outside the EUM's range"
                                               : "chain holds";
}

std::string DescribeCertificate(const KeyDirectory& keys, const std::string& path) {
  const Owned<X509> x = ReadCertificate(path);
  char subject[256];
  X509_NAME_oneline(X509_get_subject_name(x.get()), subject, sizeof(subject));
  const Owned<BIO> until(BIO_new(BIO_s_mem()));
  ASN1_TIME_print(until.get(), X509_get0_notAfter(x.get()));
  char* text = nullptr;
  const long size = BIO_get_mem_data(until.get(), &text);
  return fmt::format("{:<28} {}  until {}  {}\n", fs::relative(path, keys.path()).string(), subject,
                     std::string(text, static_cast<size_t>(size)), ChainWords(keys, x.get()));
}

}  // namespace

void MakeKeyDirectory(const KeyDirectory& keys) {
  if (fs::exists(keys.File(KeyDirectory::kImageDevelopment))) {
    throw UserError(fmt::format("{}: there are issuer keys already; choose another directory",
                                keys.path().string()));
  }
  fs::create_directories(keys.path() / "cards");
  WriteEcKey(keys.File(KeyDirectory::kImageCommercial), NewEcKey());
  WriteEcKey(keys.File(KeyDirectory::kProvider), NewEcKey());
  WriteEcKey(keys.File(KeyDirectory::kProviderBrainpool),
             NewEcKey(crypto::Curve::kBrainpoolP256r1));
  NewRsaKeyFile(keys.File(KeyDirectory::kProviderRsa));
  for (const Spec& spec : kSpecs) { IssueFromSpec(keys, spec); }
  // Last: its presence says that the directory is complete.
  WriteEcKey(keys.File(KeyDirectory::kImageDevelopment), NewEcKey());
}

std::string ImportSgp26(const std::string& from, const KeyDirectory& keys) {
  keys.Require();
  std::string said;
  for (const Spec& spec : kSpecs) {
    if (spec.sgp26 == nullptr) { continue; }
    const std::string certificate = fmt::format("{}/CERT_{}.der", from, spec.sgp26);
    const std::string key = fmt::format("{}/SK_{}.pem", from, spec.sgp26);
    const Owned<X509> x = ReadCertificate(certificate);
    const Owned<EVP_PKEY> secret = PrivateKey(key);
    if (X509_check_private_key(x.get(), secret.get()) != 1) {
      throw UserError(fmt::format("{} is not the key of {}", key, certificate));
    }
    WriteCertificate(CertificateFile(keys, spec.file), x.get());
    WriteEcKey(KeyFile(keys, spec.file), ReadEcKey(key));
    said += fmt::format("{} -> {}.der\n", certificate, spec.file);
  }
  for (const Spec& spec : kSpecs) {
    if (spec.sgp26 == nullptr) {  // not in the set: issued under the imported CI
      IssueFromSpec(keys, spec);
      said += fmt::format("{}.der issued under the imported CI\n", spec.file);
    }
  }
  return said;
}

std::string IssueEuiccCertificate(const KeyDirectory& keys, const std::string& eid,
                                  ConstBytes public65) {
  if (eid.rfind(kEin, 0) != 0) {
    throw UserError(fmt::format("EID {} does not begin with {}, which the EUM's certificate demands",
                                eid, kEin));
  }
  const Owned<X509> eum = ReadCertificate(CertificateFile(keys, "eum"));
  const Owned<EVP_PKEY> eum_key = PrivateKey(KeyFile(keys, "eum"));
  // SubjectPublicKeyInfo of a P-256 point (RFC 5480): a fixed head, then the point.
  Buffer spki = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
  spki.insert(spki.end(), public65.begin(), public65.end());
  const uint8_t* at = spki.data();
  const Owned<EVP_PKEY> card_key(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  if (!card_key) { Fail("the card's public key"); }
  const Issue issue = {Role::kEuicc,
                       fmt::format("O={},serialNumber={},CN=Simurgh eUICC", kOrganization, eid),
                       "critical,digitalSignature", nullptr, "", 30};
  const Owned<X509> x = MakeCertificate(issue, card_key.get(), eum.get(), eum_key.get());
  const std::string path = (keys.path() / "cards" / (eid + ".der")).string();
  WriteCertificate(path, x.get());
  return path;
}

std::string DescribeKeyDirectory(const KeyDirectory& keys) {
  keys.Require();
  std::string out;
  for (const Spec& spec : kSpecs) {
    out += DescribeCertificate(keys, CertificateFile(keys, spec.file));
  }
  if (fs::exists(keys.path() / "cards")) {
    for (const auto& entry : fs::directory_iterator(keys.path() / "cards")) {
      if (entry.path().extension() == ".der") {
        out += DescribeCertificate(keys, entry.path().string());
      }
    }
  }
  return out;
}

}  // namespace simurgh::offcard
