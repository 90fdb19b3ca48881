#pragma once

#include "firmware/card/card.h"
#include "firmware/profile/image_installer.h"

namespace simurgh {

/// The loader's way into the card at boot: the same door as everybody's.
class LoaderExchange final : public profile::Exchange {
 public:
  explicit LoaderExchange(Card& card) : card_(card) {}
  ConstBytes Transmit(ConstBytes command) override { return card_.Process(command); }

 private:
  Card& card_;
};

}  // namespace simurgh
