#include "crypto/mbedtls/psa_scope.h"

#include "base/check.h"
#include "crypto/arena.h"

namespace simurgh::crypto {
namespace {

Rng* g_rng = nullptr;  // of the scope; null outside

}  // namespace

void EnterPsa(Rng* rng, Bytes memory) {
  ArenaEnter(memory);
  // At once when it was done before; with static key slots it allocates nothing that stays.
  CHECK(psa_crypto_init() == PSA_SUCCESS);
  g_rng = rng;
}

void LeavePsa() {
  g_rng = nullptr;
  ArenaLeave();
}

psa_status_t PsaKey::Import(psa_key_type_t type, size_t bits, psa_algorithm_t algorithm,
                            psa_key_usage_t usage, ConstBytes data) {
  psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
  psa_set_key_type(&attributes, type);
  psa_set_key_bits(&attributes, bits);
  psa_set_key_algorithm(&attributes, algorithm);
  psa_set_key_usage_flags(&attributes, usage);
  return psa_import_key(&attributes, data.data(), data.size(), &id_);
}

psa_status_t PsaKey::Generate(psa_key_type_t type, size_t bits) {
  psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
  psa_set_key_type(&attributes, type);
  psa_set_key_bits(&attributes, bits);
  psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_EXPORT);
  return psa_generate_key(&attributes, &id_);
}

Error ToError(psa_status_t status) {
  switch (status) {
    case PSA_SUCCESS:
      return Error::kOk;
    case PSA_ERROR_INVALID_ARGUMENT:
    case PSA_ERROR_DATA_INVALID:
    case PSA_ERROR_NOT_SUPPORTED:
      return Error::kFormat;
    default:
      return Error::kHardware;
  }
}

}  // namespace simurgh::crypto

extern "C" psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t*,
                                                        uint8_t* output, size_t output_size,
                                                        size_t* output_length) {
  *output_length = 0;
  if (simurgh::crypto::g_rng == nullptr) {
    return PSA_ERROR_INSUFFICIENT_ENTROPY;
  }
  simurgh::crypto::g_rng->Fill(simurgh::Bytes(output, output_size));
  *output_length = output_size;
  return PSA_SUCCESS;
}
