// The card on a QEMU machine: builds the machine, the card and the framed serial line, in static
// memory, and serves for ever.

#include <new>

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
constinit Place<apdu::FrameLink> link_place{};

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
  auto& link = *new (link_place.bytes) apdu::FrameLink(machine.serial(), door);
  machine.file().counters().boot_ticks = machine.Ticks();
  machine.file().MarkReady();
  for (;;) {
    (void)link.RunOne();  // the other side of a UART is never gone
  }
}
