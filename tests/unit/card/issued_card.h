#pragma once

#include <gtest/gtest.h>

#include "offcard/common/profile_builder.h"
#include "offcard/common/temporary_directory.h"
#include "offcard/issuer/image.h"
#include "offcard/issuer/isdr.h"
#include "offcard/issuer/kit.h"
#include "offcard/issuer/pki.h"
#include "tests/unit/card/card_rig.h"

namespace simurgh::test {

/// The card as off-card code sees one.
class RigReader final : public offcard::Reader {
 public:
  explicit RigReader(CardRig& rig) : rig_(rig) {}
  Data Reset() override {
    rig_.card().Reset();
    const ConstBytes atr = rig_.card().Atr();
    return Data(atr.begin(), atr.end());
  }
  Data Transmit(ConstBytes command) override {
    const ConstBytes answer = rig_.card().Process(command);
    return Data(answer.begin(), answer.end());
  }

 private:
  CardRig& rig_;
};

/// A card that the issuer's own tools have manufactured, and its issuer.
struct IssuedCard {
  IssuedCard() : keys(folder / "keys"), reader(own.rig) {
    offcard::MakeKeyDirectory(keys);
    eid.assign(own.rig.machine().identity.eid.begin(), own.rig.machine().identity.eid.end());
    kit = offcard::isdr::Manufacture(reader, keys, offcard::NewCardKit(ToText(eid)));
  }
  /// A development image for this card, its profile bound by the provider with P-256.
  offcard::ImageRequest Request(uint64_t id) const {
    offcard::ImageRequest request;
    request.signing_key = offcard::ReadEcKey(keys.File(offcard::KeyDirectory::kImageDevelopment));
    request.image_id = id;
    request.eid = eid;
    request.agree_public = kit.agree_public;
    request.binding = offcard::BindingRequest{};
    request.binding->eid = eid;
    request.binding->key_file = keys.File(offcard::KeyDirectory::kProvider);
    return request;
  }
  /// Sends, boots. @returns how the card ended it.
  offcard::isdr::ImageStatus::Result Install(ConstBytes image) {
    EXPECT_EQ(offcard::isdr::SendImage(reader, image).sw, 0x9000);
    EXPECT_EQ(own.rig.Boot(), Error::kOk);
    return offcard::isdr::ReadImageStatus(reader).last.value_or(
        offcard::isdr::ImageStatus::Result{0xFF});
  }

  offcard::TemporaryDirectory folder;
  offcard::KeyDirectory keys;
  OwnedCard own;
  RigReader reader;
  Data eid;
  offcard::CardKit kit;
};

}  // namespace simurgh::test
