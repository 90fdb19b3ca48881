#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "offcard/issuer/auc.h"
#include "offcard/issuer/image.h"
#include "tests/unit/card/card_rig.h"
#include "tests/unit/usim/naa_profile.h"

namespace simurgh::test {

/// A card with such a profile enabled, its USIM selected.
struct NaaCard {
  explicit NaaCard(const NaaProfile& profile) : NaaCard(profile.Package()) {}
  explicit NaaCard(const Data& package_bytes) : package(package_bytes) {
    EXPECT_TRUE(own.rig.Manufacture());
    const offcard::ProfileFacts facts = offcard::ReadProfileFacts(package);
    const int reason =
        own.rig.Install(own.rig.Pack({.id = 1, .iccid = facts.iccid, .package = package}));
    EXPECT_EQ(reason, 0);
    EXPECT_EQ(own.rig.Enable(facts.iccid), 0);
    own.rig.card().Reset();
    network = offcard::SubscriptionOf(facts);
    SelectUsim();
  }
  void SelectUsim() { EXPECT_EQ(Ask("00A4040C07A0000000871002").sw, 0x9000); }
  void SelectIsim() { EXPECT_EQ(Ask("00A4040C07A0000000871004").sw, 0x9000); }
  Response Ask(const std::string& hex) { return own.rig.Ask(hex); }
  Response Authenticate(uint8_t p2, const Data& data) {
    return Ask(fmt::format("008800{:02X}{:02X}{}00", p2, data.size(), ToText(data)));
  }
  /// The fields of AUTHENTICATE's data.
  static Data Fields(const std::vector<Data>& fields, const Data& tag = {}) {
    Data out = tag;
    for (const Data& f : fields) {
      out.push_back(static_cast<uint8_t>(f.size()));
      out.insert(out.end(), f.begin(), f.end());
    }
    return out;
  }
  Data Challenge(const offcard::AuthVector& v, const Data& tag = {}) {
    return Fields({Data(v.rand.begin(), v.rand.end()), v.autn}, tag);
  }

  Data package;
  OwnedCard own;
  offcard::Subscription network;
};

}  // namespace simurgh::test
