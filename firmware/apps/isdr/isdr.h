#pragma once

#include "apdu/app.h"
#include "firmware/cat/client.h"

namespace simurgh::apps {

/// ISD-R (SGP.22 2.4.3), AID A0000005591010FFFFFFFF8900000100: local profile management (ES10c),
/// and the card's own commands: images, manufacture, modes (docs/formats/image.md, manufacture.md,
/// isdr.md).
extern const apdu::App kIsdr;

/// The ISD-R's side of the toolkit: a menu that lists the profiles and enables one after the user
/// has said yes. Only on cards manufactured with it (docs/formats/toolkit.md).
extern const cat::Client kProfileMenu;

}  // namespace simurgh::apps
