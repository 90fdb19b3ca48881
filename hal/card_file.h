#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

/// Layout of the card file: the whole non-volatile state of one machine in 16 MiB
/// (docs/formats/card_file.md). The PC maps the file, QEMU shows it to the guest as PSRAM; both
/// read it through the structures below. Layout only: no I/O here.
namespace simurgh::hal::card_file {

static_assert(std::endian::native == std::endian::little, "the pages are read in place");

constexpr uint32_t kFileBytes = 16u << 20;  ///< QEMU insists on exactly the size of the PSRAM

// Flash: every bit complemented, so that a new, empty file reads as erased flash (FF).
constexpr uint32_t kFlashAt = 0;
constexpr uint32_t kFlashReserved = 8u << 20;
constexpr uint32_t kProgramBytes = 4;  ///< program unit of the modelled flash

constexpr uint32_t kMachineAt = 0xF00000;
constexpr uint32_t kCountersAt = 0xF01000;
constexpr uint32_t kPageBytes = 0x1000;
static_assert(kFlashAt + kFlashReserved <= kMachineAt);
static_assert(kCountersAt + kPageBytes <= kFileBytes);

constexpr uint32_t kMagic = 0x47524D53;  ///< "SMRG" as bytes in the file
constexpr uint32_t kVersion = 1;

enum class SeedMode : uint32_t {
  kFixed = 0,      ///< the launcher leaves the seed alone: every run can be repeated
  kRefreshed = 1,  ///< the launcher writes a new seed from the operating system at each start
};

/// What the serial line of the machine carries.
enum class LineKind : uint32_t {
  kFrames = 0,    ///< docs/formats/frame.md
  kContacts = 1,  ///< docs/formats/contacts.md: T=0 or T=1, as the reader chooses
};

/// What the outside gives the machine: fuses, seed, environment. The card only reads it.
struct MachinePage {
  uint32_t magic;
  uint32_t version;
  uint8_t eid[16];       ///< "fuses": outside the flash, a copied flash does not bring them along
  uint8_t root_key[32];
  uint8_t batch[16];
  uint8_t seed[48];
  uint32_t seed_mode;    ///< SeedMode
  uint32_t jig_millivolts;
  uint64_t unix_seconds;  ///< at power-on; 0: nobody vouches for the date
  uint64_t cut_after;     ///< the machine stops at the operation with this number; 0: never
  uint64_t torn_seed;     ///< decides which bits of that operation change
  uint32_t line_kind;     ///< LineKind
  uint32_t atr_row;       ///< on contacts: which answer to reset (apdu/atr.h)
};
static_assert(offsetof(MachinePage, magic) == 0x00);
static_assert(offsetof(MachinePage, version) == 0x04);
static_assert(offsetof(MachinePage, eid) == 0x08);
static_assert(offsetof(MachinePage, root_key) == 0x18);
static_assert(offsetof(MachinePage, batch) == 0x38);
static_assert(offsetof(MachinePage, seed) == 0x48);
static_assert(offsetof(MachinePage, seed_mode) == 0x78);
static_assert(offsetof(MachinePage, jig_millivolts) == 0x7C);
static_assert(offsetof(MachinePage, unix_seconds) == 0x80);
static_assert(offsetof(MachinePage, cut_after) == 0x88);
static_assert(offsetof(MachinePage, torn_seed) == 0x90);
static_assert(offsetof(MachinePage, line_kind) == 0x98);
static_assert(offsetof(MachinePage, atr_row) == 0x9C);
static_assert(sizeof(MachinePage) == 0xA0 && sizeof(MachinePage) <= kPageBytes);

/// Why a machine restarted on its own. 2..15 are Cortex-M exception numbers.
enum class FaultCause : uint32_t {
  kNone = 0,
  kNmi = 2,
  kHardFault = 3,
  kMemManage = 4,
  kBusFault = 5,
  kUsageFault = 6,
  kSecureFault = 7,
  kCheckFailed = 0x100,        ///< CHECK; `pc` is the caller, `line` and `text` the place
  kStrayInterrupt = 0x101,     ///< an exception nobody handles; its number is in `line`
  kNoMachinePage = 0x102,      ///< the file was not prepared by a launcher
  kPureVirtual = 0x103,
  kBootFailed = 0x104,         ///< Card::Boot refused the flash; its Error is in `line`
};

/// The last fault. Registers are those of the interrupted code; `pc`, `lr` and `xpsr` are 0 when
/// the exception frame could not be pushed (stack overflow).
struct FaultRecord {
  uint32_t cause;  ///< FaultCause, written last
  uint32_t count;  ///< faults since the file was created
  uint32_t pc;
  uint32_t lr;
  uint32_t xpsr;
  uint32_t sp;
  uint32_t cfsr;   ///< Configurable Fault Status
  uint32_t hfsr;   ///< HardFault Status
  uint32_t mmfar;  ///< MemManage address, when cfsr says it is valid
  uint32_t bfar;   ///< BusFault address, likewise
  uint32_t sfsr;   ///< Secure Fault Status, 0 on Armv7-M
  uint32_t line;
  uint8_t text[48];  ///< start of the condition or the file name, zero-terminated
};
static_assert(sizeof(FaultRecord) == 0x60);

/// Left by the machine before it restarts itself, taken and cleared at the next boot. 0 is what a
/// power failure leaves.
enum class RestartMark : uint32_t { kPowerOn = 0, kRequested = 1, kFault = 2 };

/// What the machine counts. Only the running machine writes it; it is not part of the card's state
/// (a card works the same over a zeroed page, except that a fixed seed repeats).
struct CountersPage {
  uint64_t boots;
  uint64_t programs;
  uint64_t programmed_bytes;
  uint64_t erases;
  uint64_t cut_at;    ///< operation at which the machine was stopped; 0: it never was
  uint64_t commands;  ///< commands answered
  uint64_t last_ticks;
  uint64_t last_instructions;  ///< valid under icount only: ticks * tick_nanoseconds
  uint64_t total_ticks;
  uint32_t tick_nanoseconds;   ///< resolution of the two figures above
  uint32_t arena_high_water;
  uint32_t stack_high_water;   ///< bytes; 0 on the PC
  uint32_t stack_bytes;
  uint32_t restart_mark;       ///< RestartMark
  uint32_t ready;              ///< boots, low 32 bits, once the card takes commands
  FaultRecord fault;
  uint64_t boot_ticks;         ///< from the start of the clock to readiness, of the last start
};
static_assert(offsetof(CountersPage, boots) == 0x00);
static_assert(offsetof(CountersPage, programs) == 0x08);
static_assert(offsetof(CountersPage, programmed_bytes) == 0x10);
static_assert(offsetof(CountersPage, erases) == 0x18);
static_assert(offsetof(CountersPage, cut_at) == 0x20);
static_assert(offsetof(CountersPage, commands) == 0x28);
static_assert(offsetof(CountersPage, last_ticks) == 0x30);
static_assert(offsetof(CountersPage, last_instructions) == 0x38);
static_assert(offsetof(CountersPage, total_ticks) == 0x40);
static_assert(offsetof(CountersPage, tick_nanoseconds) == 0x48);
static_assert(offsetof(CountersPage, arena_high_water) == 0x4C);
static_assert(offsetof(CountersPage, stack_high_water) == 0x50);
static_assert(offsetof(CountersPage, stack_bytes) == 0x54);
static_assert(offsetof(CountersPage, restart_mark) == 0x58);
static_assert(offsetof(CountersPage, ready) == 0x5C);
static_assert(offsetof(CountersPage, fault) == 0x60);
static_assert(offsetof(CountersPage, boot_ticks) == 0xC0);
static_assert(sizeof(CountersPage) == 0xC8 && sizeof(CountersPage) <= kPageBytes);

/// Flash operations are numbered from 1 over the life of the file: programs and erases together.
/// MachinePage::cut_after is such a number, so a cut happens once, whatever restarts lie between.
constexpr uint64_t Operations(const CountersPage& c) { return c.programs + c.erases; }

}  // namespace simurgh::hal::card_file
