# mbedTLS 3.6 as one static library, `mbedtls`, with the configuration of crypto/mbedtls/. Only crypto/ links it.
# The source comes from SIMURGH_MBEDTLS_DIR when that is set, else from third_party/mbedtls-3.6.*, which
# cmake/fetch_mbedtls.sh fills once through apt; later configures need no network.

set(SIMURGH_MBEDTLS_DIR "" CACHE PATH "Source of mbedTLS 3.6 (empty: third_party/, filled through apt)")

set(mbedtls_dir "${SIMURGH_MBEDTLS_DIR}")
if(NOT mbedtls_dir)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/cmake/fetch_mbedtls.sh ${CMAKE_SOURCE_DIR}/third_party
    OUTPUT_VARIABLE mbedtls_dir OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "mbedTLS 3.6 source could not be obtained (reason above)")
  endif()
endif()
if(NOT EXISTS "${mbedtls_dir}/library/aes.c")
  message(FATAL_ERROR "no mbedTLS source in ${mbedtls_dir}: set SIMURGH_MBEDTLS_DIR to an unpacked mbedTLS 3.6")
endif()
file(STRINGS "${mbedtls_dir}/include/mbedtls/build_info.h" mbedtls_version
  REGEX "define MBEDTLS_VERSION_STRING +\"")
string(REGEX REPLACE ".*\"(.*)\".*" "\\1" mbedtls_version "${mbedtls_version}")
if(NOT mbedtls_version MATCHES "^3\\.6\\.")
  message(FATAL_ERROR "${mbedtls_dir} holds mbedTLS ${mbedtls_version}; this tree is written for 3.6")
endif()
message(STATUS "mbedTLS ${mbedtls_version} from ${mbedtls_dir}")

# Files that are empty under our configuration are left out; a missing one shows as an undefined symbol.
set(mbedtls_sources
  aes asn1parse asn1write bignum bignum_core constant_time ecdh ecdsa ecp ecp_curves hmac_drbg md
  memory_buffer_alloc oid platform platform_util psa_crypto psa_crypto_aead psa_crypto_cipher psa_crypto_client
  psa_crypto_driver_wrappers_no_static psa_crypto_ecp psa_crypto_hash psa_crypto_rsa psa_crypto_slot_management
  psa_util rsa rsa_alt_helpers sha1 sha256)
list(TRANSFORM mbedtls_sources PREPEND "${mbedtls_dir}/library/")
list(TRANSFORM mbedtls_sources APPEND ".c")

add_library(mbedtls STATIC ${mbedtls_sources})
target_include_directories(mbedtls SYSTEM PUBLIC ${mbedtls_dir}/include ${CMAKE_SOURCE_DIR}/crypto/mbedtls)
target_compile_definitions(mbedtls PUBLIC
  MBEDTLS_CONFIG_FILE=<mbedtls_config.h> MBEDTLS_PSA_CRYPTO_CONFIG_FILE=<psa_config.h>)
target_compile_options(mbedtls PRIVATE -w -ffunction-sections -fdata-sections
  -ffile-prefix-map=${mbedtls_dir}=/mbedtls)
if(SIMURGH_TARGET STREQUAL "host")
  target_compile_options(mbedtls PRIVATE -O2)
else()
  target_compile_options(mbedtls PRIVATE -Os)
  # AES is on the way of AUTHENTICATE and of every sealed key.
  set_source_files_properties(${mbedtls_dir}/library/aes.c PROPERTIES COMPILE_OPTIONS -O2)
endif()
if(SIMURGH_FUZZ)
  # Not what is fuzzed, and most of the time: AddressSanitizer alone, no coverage. host-asan replays every
  # corpus with all of it.
  target_compile_options(mbedtls PRIVATE -fno-sanitize=undefined,fuzzer-no-link)
endif()
