#pragma once

#include "apdu/app.h"

namespace simurgh::apps {

/// ISD-R (SGP.22 2.4.3), AID A0000005591010FFFFFFFF8900000100: local profile management (ES10c),
/// and the card's own commands: images, manufacture, modes (docs/formats/image.md, manufacture.md,
/// isdr.md).
extern const apdu::App kIsdr;

}  // namespace simurgh::apps
