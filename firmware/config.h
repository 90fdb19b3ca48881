#pragma once

#include <cstddef>
#include <cstdint>

/// Every limit of the card, in one place.
namespace simurgh::config {

// Flash: what firmware/main.cc and the host card cut out of the device flash, in sectors of
// kSectorBytes. The store comes first, the secure area for images (I6) after it.
constexpr uint32_t kSectorBytes = 4096;
constexpr uint32_t kStoreSectors = 128;  // 512 KiB
constexpr uint32_t kImageSectors = 64;   // 256 KiB
constexpr uint32_t kFlashSectors = kStoreSectors + kImageSectors;

// Store.
constexpr size_t kStoreRecords = 2560;
constexpr size_t kIndexSlots = kStoreRecords + kStoreRecords / 5;  // RAM: 3 bytes each

// APDU.
constexpr uint8_t kChannels = 20;          // TS 102 221 10.1.1: basic and 19 more
constexpr size_t kCommandBytes = 2048;     // longest command held in RAM (longer ones stream)
constexpr size_t kResponseBytes = 2048;    // longest answer, SW excluded
static_assert(kCommandBytes >= 4 + 3 + 1036, "a bound profile package segment in one command");

// Profiles.
constexpr uint8_t kProfiles = 8;
constexpr size_t kFileChunk = 256;         // content of a file is stored in pieces of this size

// Toolkit: the title of the menu that the card's applications share.
constexpr uint8_t kMenuTitle[] = {'S', 'i', 'm', 'u', 'r', 'g', 'h'};

// Personalization.
constexpr uint8_t kAdminCodeTries = 5;

}  // namespace simurgh::config
