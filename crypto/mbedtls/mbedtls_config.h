// What mbedTLS 3.6 is built with, on every machine. Read by mbedTLS itself (MBEDTLS_CONFIG_FILE);
// the algorithms reached through PSA are chosen in psa_config.h. Why:
// docs/decisions/0002-mbedtls-use.md.
#pragma once

// No heap, no files, no clock, no stdio: memory comes from the arena (arena.cc).
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_EXIT_MACRO simurgh_mbedtls_exit          // platform.cc
#define MBEDTLS_PLATFORM_SNPRINTF_MACRO simurgh_mbedtls_snprintf  // platform.cc
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_MEMORY_ALIGN_MULTIPLE 8

#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
void simurgh_mbedtls_exit(int status);
int simurgh_mbedtls_snprintf(char* out, size_t size, const char* format, ...);
#ifdef __cplusplus
}
#endif

// PSA with fixed key slots and our own generator behind it. A slot holds at most an RSA-2048 public
// key in DER (270 bytes); an operation of ours uses one slot.
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG
#define MBEDTLS_PSA_STATIC_KEY_SLOTS
#define MBEDTLS_PSA_STATIC_KEY_SLOT_BUFFER_SIZE 272
#define MBEDTLS_PSA_KEY_SLOT_COUNT 2
// Callers pass buffers nobody else writes during the call, so PSA need not copy them.
#define MBEDTLS_PSA_ASSUME_EXCLUSIVE_BUFFERS

// Used directly. Tables in ROM: in RAM they would be mutable globals.
#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA1_C

// Curves: fast reduction for P-256, combs for the base points in ROM. A window of 3 instead of 4
// costs verification 3 % and saves 1.7 KB of arena. The largest number is an RSA-2048 modulus.
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_WINDOW_SIZE 3
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 1
#define MBEDTLS_MPI_WINDOW_SIZE 1
#define MBEDTLS_MPI_MAX_SIZE 256
