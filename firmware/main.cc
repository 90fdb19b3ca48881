// The card on a QEMU machine: builds the machine, the card and its serial line (frames or contacts,
// as the card file says), in static memory, and serves for ever.

#include <new>

#include "apdu/contact_link.h"
#include "apdu/frame_link.h"
#include "firmware/card/card.h"
#include "firmware/config.h"
#include "firmware/measured_door.h"
#include "hal/card_file.h"
#include "qemu/machine.h"

namespace simurgh {
namespace {

constexpr hal::FlashShape kFlash{.sectors = config::kFlashSectors,
                                 .sector_bytes = config::kSectorBytes,
                                 .program_bytes = hal::card_file::kProgramBytes};
static_assert(config::kFlashSectors * config::kSectorBytes <= hal::card_file::kFlashReserved);

// Storage only: main() constructs the objects, in order, after the MPU is on.
template <typename T>
struct Place {
  alignas(T) uint8_t bytes[sizeof(T)];
};
using Door = MeasuredDoor<qemu::Machine>;
constinit Place<qemu::Machine> machine_place{};
constinit Place<Platform> platform_place{};
constinit Place<Card> card_place{};
constinit Place<Door> door_place{};
// There is one line; what it carries is decided at the start.
union LinePlace {
  Place<apdu::FrameLink> frames{};
  Place<apdu::ContactLink> contacts;
};
constinit LinePlace line_place{};

// The other side of a UART is never gone.
template <typename Link>
[[noreturn]] void ServeForEver(Link& link) {
  for (;;) {
    (void)link.RunOne();
  }
}

[[noreturn]] void Serve(qemu::Machine& machine, apdu::Door& door) {
  if (machine.file().line_kind() == hal::card_file::LineKind::kContacts) {
    const apdu::AtrRow& row = apdu::AtrRowAt(machine.file().atr_row());
    ServeForEver(*new (&line_place) apdu::ContactLink(machine.serial(), door, row));
  }
  ServeForEver(*new (&line_place) apdu::FrameLink(machine.serial(), door));
}

}  // namespace
}  // namespace simurgh

int main() {
  using namespace simurgh;
  auto& machine = *new (machine_place.bytes) qemu::Machine(kFlash);
  auto& platform = *new (platform_place.bytes) Platform(machine.platform());
  auto& card = *new (card_place.bytes) Card(platform);
  if (const Error error = card.Boot(); error != Error::kOk) {
    machine.BootFailed(error);
  }
  auto& door = *new (door_place.bytes) Door(card, machine);
  machine.file().counters().boot_ticks = machine.Ticks();
  machine.file().MarkReady();
  Serve(machine, door);
}
