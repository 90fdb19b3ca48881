#pragma once

#include "apdu/app.h"

namespace simurgh::apps {

/// Card personalization application (US 9,451,441: CPA), AID F053494D555247485041. Changes IMSI and
/// key of the enabled profile under the admin code: docs/formats/personalization.md.
extern const apdu::App kPersonalization;

}  // namespace simurgh::apps
