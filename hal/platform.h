#pragma once

#include "hal/clock.h"
#include "hal/device_id.h"
#include "hal/entropy.h"
#include "hal/flash.h"
#include "hal/jig.h"
#include "hal/reset.h"

namespace simurgh {

/// All a card knows of the machine it runs on. A board, a QEMU machine and a PC process each build
/// one; the card keeps references. The serial line is not here: it stands outside the door.
struct Platform {
  hal::Flash& flash;  ///< whole device flash; firmware/config.h says which sectors are whose
  hal::Entropy& entropy;
  hal::Clock& clock;
  hal::DeviceId& device;
  hal::Jig& jig;
  hal::Reset& reset;
};

}  // namespace simurgh
