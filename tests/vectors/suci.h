#pragma once

#include <cstdint>

namespace simurgh::vectors {

// Keys of the home network in 3GPP TS 33.501 annex C.4, in hex.
inline constexpr char kSuciAPrivate[] =
    "c53c22208b61860b06c62e5406a7b330c2b577aa5558981510d128247d38bd1d";
inline constexpr char kSuciAPublic[] =
    "5a8d38864820197c3394b92613b20b91633cbd897119273bf8e4a6f4eec0a650";
inline constexpr char kSuciBPrivate[] =
    "f1ab1074477ebcc7f554ea1c5fc368b1616730155e0041ac447d6301975fecda";
inline constexpr char kSuciBCompressed[] =
    "0272da71976234ce833a6907425867b82e074d44ef907dfb4b3e21c1c2256ebcd1";
inline constexpr char kSuciBPublic[] =
    "0472da71976234ce833a6907425867b82e074d44ef907dfb4b3e21c1c2256ebcd1"
    "5a7ded52fcbb097a4ed250e036c7b9c8c7004c4eedc4f068cd7bf8d3f900e3b4";

/// C.4.3 (profile A) and C.4.4 (profile B): an IMSI's MSIN, 001002086, and a user name.
struct SuciSet {
  uint8_t scheme;
  const char *network_public, *network_private, *ephemeral_private, *input, *output;
};
inline constexpr SuciSet kSuciSets[] = {
    {1, kSuciAPublic, kSuciAPrivate,
     "c80949f13ebe61af4ebdbd293ea4f942696b9e815d7e8f0096bbf6ed7de62256", "00012080f6",
     "b2e92f836055a255837debf850b528997ce0201cb82adfe4be1f587d07d8457d"
     "cb02352410cddd9e730ef3fa87"},
    {1, kSuciAPublic, kSuciAPrivate,
     "be9eff3e9f22a4b42a3d236e7a6c500b3f2e7e0c7449988ba800d664bf4fcd97",
     "766572796c6f6e67757365726e616d6531",
     "977d8b2fdaa7b64aa700d04227d5b440630ea4ec50f9082273a26bb678c92222"
     "8e358a1582adb15322c10e515141d2039a12e1d7783a97f1ac"},
    {2, kSuciBCompressed, kSuciBPrivate,
     "99798858a1dc6a2c68637149a4b1dbfd1fdff5addd62a2142f06699ed7602529", "00012080f6",
     "039aab8376597021e855679a9778ea0b67396e68c66df32c0f41e9acca2da9b9d1"
     "46a33fc2716ac7dae96aa30a4d"},
    {2, kSuciBPublic, kSuciBPrivate,
     "90a5898bd29ffa3f261e00e980067c70a2b1b992a21f5b4fef6d4df69fe804ad",
     "766572796c6f6e67757365726e616d6531",
     "03759bb22c563d9f4a6b3c1419e543fc2f39d6823f02a9d71162b39399218b244b"
     "be22d8b9f856a52ed381cd7eaf4cf2d5253cddc61a0a7882eb"},
};

}  // namespace simurgh::vectors
