// The whole card under power cuts: whatever a command was doing, the card that boots next is the
// one before the command or the one after it, and what it said it had counted stays counted.
#include <gtest/gtest.h>

#include "firmware/profile/card_data.h"
#include "firmware/profile/image_format.h"
#include "firmware/profile/subscription.h"
#include "tests/power_cut/card_scenario.h"

namespace simurgh::test {
namespace {

// ---- Making the card, and its profiles

TEST(CardPowerCut, Manufacture_BlankOrMade) {
  auto s = Base("manufacture");
  s.setup = [](CardRig&) {};
  s.act = [](CardRig& rig) { ASSERT_TRUE(rig.Manufacture()); };
  s.seeds = 3;
  RunAndExpectPass(s);
}

TEST(CardPowerCut, ReceiveImage_ResumesAndInstalls) {
  auto s = Base("receive");
  Data image;
  s.setup = [&image](CardRig& rig) {
    ASSERT_TRUE(rig.Manufacture());
    image = ImageOf(rig, NewSubscriber(1, false), 1);
    ASSERT_GT(image.size(), 2 * config::kSectorBytes);
  };
  s.act = [&image](CardRig& rig) {
    ASSERT_TRUE(rig.SelectIsdr());
    ASSERT_EQ(rig.BeginImage(image).sw, 0x9000);
    ASSERT_TRUE(rig.SendImage(image, profile::kImageHeaderBytes, image.size() - 1, 3000));
  };
  s.also_legal = [&image](const std::string& state) {  // what is durable is whole sectors
    for (size_t at = 0; at < image.size(); at += config::kSectorBytes) {
      const std::string line =
          "image: 2 " + std::to_string(image.size()) + " " + std::to_string(at) + " 1 result";
      if (state.find(line) != std::string::npos) {
        return true;
      }
    }
    return false;
  };
  s.fault = [&image](CardRig& rig, ConstBytes) {
    return std::string(rig.Install(image) == 0 ? "" : "the image cannot be sent to its end");
  };
  s.repeat = false;
  s.seeds = 1;
  s.second_seeds = 1;
  RunAndExpectPass(s);
}

TEST(CardPowerCut, InstallAtBoot_AllOrNothing) {
  auto s = Base("install");
  Data image;
  s.setup = [&image](CardRig& rig) {
    ASSERT_TRUE(rig.Manufacture());
    ASSERT_EQ(rig.Install(ImageOf(rig, Two(), 1)), 0);
    image = ImageOf(rig, One(), 2);
    ASSERT_TRUE(rig.SelectIsdr());
    ASSERT_EQ(rig.BeginImage(image).sw, 0x9000);
    const size_t whole_sectors = image.size() / config::kSectorBytes * config::kSectorBytes;
    ASSERT_TRUE(rig.SendImage(image, profile::kImageHeaderBytes, whole_sectors));
  };
  s.act = [&image](CardRig& rig) { ASSERT_EQ(rig.Install(image), 0); };
  s.seeds = 1;
  s.second_seeds = 1;
  s.second_most = 2;
  RunAndExpectPass(s);
}

TEST(CardPowerCut, RefusedImage_LeavesNothing) {
  auto s = Base("install_refused");
  Data image;
  s.setup = [&image](CardRig& rig) {
    ASSERT_TRUE(rig.Manufacture());
    Data package = One().package;
    package.resize(package.size() - 10);  // refused at its very end
    image = rig.Pack({.id = 2, .iccid = One().iccid, .package = package});
    ASSERT_TRUE(rig.SelectIsdr());
    ASSERT_EQ(rig.BeginImage(image).sw, 0x9000);
    const size_t whole_sectors = image.size() / config::kSectorBytes * config::kSectorBytes;
    ASSERT_TRUE(rig.SendImage(image, profile::kImageHeaderBytes, whole_sectors));
  };
  s.act = [&image](CardRig& rig) { (void)rig.Install(image); };
  s.fails = true;  // the installer's transaction rolls back in its destructor
  s.boot = [](hal::Flash& flash) { return std::make_unique<CardRig>(flash); };
  s.fault = [&image](CardRig& rig, ConstBytes) {
    return std::string(rig.Install(image) == 11 ? "" : "refused for another reason, or not at all");
  };
  s.seeds = 1;
  s.second_seeds = 1;
  s.second_most = 2;
  RunAndExpectPass(s);
}

TEST(CardPowerCut, Activation_OneProfileOrTheOther) {
  auto s = Base("enable");
  s.act = [](CardRig& rig) { ASSERT_EQ(rig.Enable(Two().iccid), 0); };
  RunAndExpectPass(s);
  s = Base("disable");
  s.act = [](CardRig& rig) { ASSERT_EQ(rig.Disable(One().iccid), 0); };
  RunAndExpectPass(s);
  s = Base("delete");
  s.act = [](CardRig& rig) { ASSERT_EQ(rig.Delete(Two().iccid), 0); };
  RunAndExpectPass(s);
}

/// A profile that fails its check at boot is discarded and the next one enabled.
TEST(CardPowerCut, BootDiscards_OnceAndForGood) {
  auto s = Base("discard_at_boot");
  s.act = [](CardRig& rig) {
    Session session = rig.session();
    const Result<fs::File> imsi = profile::FindImsi(session.files, 1);
    ASSERT_TRUE(imsi.ok());
    ASSERT_EQ(session.files.Write(imsi.value(), 0, Hex("0809101010101010F1")), Error::kOk);
    ASSERT_EQ(rig.Boot(), Error::kOk);
    ASSERT_EQ(session.profiles.active().ValueOr(9), 1);
  };
  RunAndExpectPass(s);
}

// ---- PINs

TEST(CardPowerCut, WrongPin_SpentTriesStaySpent) {
  auto s = Base("pin_wrong");
  s.repeat = false;  // it would count `told` again
  int told = 3;
  s.act = [&told](CardRig& rig) {
    told = 3;
    SelectUsim(rig);
    for (int left = 2; left >= 0; --left) {
      ASSERT_EQ(rig.Ask(kWrongPin1).sw, 0x63C0 + left);
      told = left;
    }
  };
  AllowStates(s, {[](CardRig& rig) {
                    SelectUsim(rig);
                    rig.Ask(kWrongPin1);
                  },
                  [](CardRig& rig) {
                    SelectUsim(rig);
                    rig.Ask(kWrongPin1);
                    rig.Ask(kWrongPin1);
                  }});
  s.fault = [&told](CardRig& rig, ConstBytes) {
    SelectUsim(rig);
    const int left = rig.Ask("00200001").sw - 0x63C0;
    return left <= told ? std::string()
                        : "tries came back: " + std::to_string(left) + " after the card said " +
                              std::to_string(told);
  };
  RunAndExpectPass(s);
}

constexpr const char* kNewPin1 = "37373737FFFFFFFF";

TEST(CardPowerCut, RightPin_TriesFullOrSpent) {
  auto s = Base("pin_right");
  s.setup = [](CardRig& rig) {
    Provision(rig);
    SelectUsim(rig);
    ASSERT_EQ(rig.Ask(kWrongPin1).sw, 0x63C2);
  };
  s.act = [](CardRig& rig) {
    SelectUsim(rig);
    ASSERT_EQ(rig.Ask(kVerifyPin1).sw, 0x9000);
  };
  AllowStates(s, {[](CardRig& rig) {
                SelectUsim(rig);
                rig.Ask(kWrongPin1);
              }});
  RunAndExpectPass(s);
}

TEST(CardPowerCut, ChangePin_OldOrNew) {
  auto s = Base("pin_change");
  s.act = [](CardRig& rig) {
    SelectUsim(rig);
    ASSERT_EQ(rig.Ask(std::string("00240001 10 31323334FFFFFFFF") + kNewPin1).sw, 0x9000);
  };
  AllowStates(s, {[](CardRig& rig) {
                SelectUsim(rig);
                rig.Ask(kWrongPin1);
              }});
  s.fault = [](CardRig& rig, ConstBytes) {  // exactly one of the two is the PIN
    SelectUsim(rig);
    const bool old_one = rig.Ask(kVerifyPin1).sw == 0x9000;
    const bool new_one = rig.Ask(std::string("00200001 08") + kNewPin1).sw == 0x9000;
    return std::string(old_one != new_one ? "" : "neither or both PINs are right");
  };
  s.repeat = false;  // the fault check above has verified PINs
  RunAndExpectPass(s);
}

TEST(CardPowerCut, UnblockPin_OldOrNew) {
  auto s = Base("pin_unblock");
  s.setup = [](CardRig& rig) {
    Provision(rig);
    SelectUsim(rig);
    for (int i = 0; i < 3; ++i) {
      rig.Ask(kWrongPin1);
    }
    ASSERT_EQ(rig.Ask(kVerifyPin1).sw, 0x6983);
  };
  const std::string command = "002C0001 10";
  s.act = [=](CardRig& rig) {
    SelectUsim(rig);
    ASSERT_EQ(rig.Ask(command + "3132333435363738" + kNewPin1).sw, 0x9000);
  };
  const auto full = [](CardRig& rig) {  // pins.cc: the PIN's tries are full before its value is new
    const uint8_t tries = 3;
    ASSERT_EQ(rig.session().store.PutNow({1, 0xF001, 0x0201}, ConstBytes(&tries, 1)), Error::kOk);
  };
  AllowStates(s, {[=](CardRig& rig) {
                    SelectUsim(rig);
                    rig.Ask(command + "3939393939393939" + kNewPin1);
                  },
                  full});
  RunAndExpectPass(s);
}

// ---- Authentication

TEST(CardPowerCut, Authenticate_NoVectorIsAcceptedTwice) {
  auto s = Base("authenticate");
  s.repeat = false;  // it would give vectors out again
  std::vector<Vector> given;
  s.act = [&given](CardRig& rig) {
    given.clear();
    SelectUsim(rig);
    ASSERT_EQ(rig.Ask(kVerifyPin1).sw, 0x9000);
    for (uint8_t i = 1; i <= 4; ++i) {
      const Vector v = NewVector(One(), 10u + i, i);
      const Response r = rig.Ask(v.Command());
      ASSERT_EQ(r.data.at(0), 0xDB) << ToText(r.data);
      given.push_back(v);
    }
    const Response replayed = rig.Ask(given[1].Command());
    ASSERT_EQ(replayed.data.at(0), 0xDC);
  };
  std::vector<Act> ways = {[](CardRig& rig) {
    SelectUsim(rig);
    rig.Ask(kWrongPin1);
  }};
  for (uint8_t n = 1; n <= 3; ++n) {
    ways.push_back([n](CardRig& rig) {
      SelectUsim(rig);
      rig.Ask(kVerifyPin1);
      for (uint8_t i = 1; i <= n; ++i) {
        rig.Ask(NewVector(One(), 10u + i, i).Command());
      }
    });
  }
  AllowStates(s, ways);
  s.fault = [&given](CardRig& rig, ConstBytes) -> std::string {
    SelectUsim(rig);
    if (rig.Ask(kVerifyPin1).sw != 0x9000) {
      return "PIN refused";
    }
    for (const Vector& v : given) {
      const Response r = rig.Ask(v.Command());
      if (r.sw != 0x9000 || r.data.empty() || r.data[0] != 0xDC) {
        return "a vector was accepted twice: " + ToText(r.data);
      }
    }
    return "";
  };
  RunAndExpectPass(s);
}

// ---- Personalization

Data PersonalizeMessage(bool right_code) {
  Data code = CardRig::AdminCode();
  code[0] ^= right_code ? 0 : 1;
  return Join(
      {Hex("800101 8106"), code, Hex("8209 080910101010325477"), Hex("8310"), Data(16, 0x77)});
}
Response Personalize(CardRig& rig, bool right_code) {
  EXPECT_TRUE(rig.Ask("00A404000AF053494D555247485041").ok());
  EXPECT_TRUE(rig.OpenSession(0x32, CardRig::kPersonalizationKey, 0x03));
  return rig.Wrapped("80400000", PersonalizeMessage(right_code));
}

TEST(CardPowerCut, Personalize_OldOrNewSubscription) {
  auto s = Base("personalize");
  s.setup = [](CardRig& rig) {
    Provision(rig);
    SelectUsim(rig);
    ASSERT_EQ(rig.Ask(kVerifyPin1).sw, 0x9000);
    ASSERT_EQ(rig.Ask(NewVector(One(), 11, 1).Command()).sw, 0x9000);
    ASSERT_EQ(Personalize(rig, false).sw, 0x63C4);
  };
  s.act = [](CardRig& rig) { ASSERT_TRUE(Personalize(rig, true).ok()); };
  const auto tries_full = [](CardRig& rig) {
    const uint8_t wrong = 0;
    ASSERT_EQ(rig.session().store.PutNow(profile::CardKey(profile::CardField::kAdminTries),
                                         ConstBytes(&wrong, 1)),
              Error::kOk);
  };
  AllowStates(s, {[](CardRig& rig) { Personalize(rig, false); }, tries_full});
  s.seeds = 4;
  RunAndExpectPass(s);
}

TEST(CardPowerCut, WrongAdminCode_SpentTriesStaySpent) {
  auto s = Base("personalize_wrong");
  s.setup = [](CardRig& rig) {
    Provision(rig);
    ASSERT_TRUE(Personalize(rig, true).ok());  // the session counter exists from here on
  };
  s.repeat = false;
  int told = 5;
  s.act = [&told](CardRig& rig) {
    told = 5;
    for (int left = 4; left >= 3; --left) {
      ASSERT_EQ(Personalize(rig, false).sw, 0x63C0 + left);
      told = left;
    }
  };
  AllowStates(s, {[](CardRig& rig) { Personalize(rig, false); }});
  s.fault = [&told](CardRig& rig, ConstBytes) {
    rig.Ask("00A404000AF053494D555247485041");
    const Response r = rig.Ask("8042000000");
    return std::string(r.data.size() == 6 && r.data[2] <= told ? "" : "tries came back");
  };
  s.seeds = 4;
  RunAndExpectPass(s);
}

// ---- Files

/// Two contents in turn: an update that changes nothing writes nothing.
void UpdateLoci(CardRig& rig, int times) {
  SelectUsim(rig);
  ASSERT_EQ(rig.Ask(kVerifyPin1).sw, 0x9000);
  ASSERT_TRUE(rig.Ask("00A4000C026F7E").ok());
  for (int i = 0; i < times; ++i) {
    const Data content(11, static_cast<uint8_t>(i % 2 == 0 ? 0xA5 : 0x5A));
    ASSERT_EQ(rig.Ask("00D600000B" + ToText(content)).sw, 0x9000);
  }
}

TEST(CardPowerCut, Updates_OldOrNewContent) {
  const std::vector<Act> spent = {[](CardRig& rig) {
    SelectUsim(rig);
    rig.Ask(kWrongPin1);
  }};
  auto s = Base("update_binary");
  s.act = [](CardRig& rig) { UpdateLoci(rig, 1); };
  AllowStates(s, spent);
  RunAndExpectPass(s);
  s = Base("update_record");
  s.act = [](CardRig& rig) {
    SelectUsim(rig);
    ASSERT_EQ(rig.Ask(kVerifyPin1).sw, 0x9000);
    ASSERT_TRUE(rig.Ask("00A4000C026F3C").ok());
    ASSERT_EQ(rig.Ask("00DC0104B0" + ToText(Data(0xB0, 0x5C))).sw, 0x9000);
  };
  AllowStates(s, spent);
  RunAndExpectPass(s);
}

/// The store is nearly full, so that every sector the updates fill is paid for by compacting
/// others.
TEST(CardPowerCut, Compaction_LosesNothing) {
  auto s = Base("compaction");
  s.setup = [](CardRig& rig) {
    Provision(rig);
    store::Store& store = rig.session().store;
    uint16_t i = 0;
    while (store.Put({60, 1, i}, Data(500, static_cast<uint8_t>(i))) == Error::kOk) {
      ++i;
    }
    ASSERT_GT(i, 300);
    for (uint16_t k = 0; k < 6; ++k) {  // room for the updates themselves
      ASSERT_EQ(store.Delete({60, 1, static_cast<uint16_t>(k * 40)}), Error::kOk);
    }
    UpdateLoci(rig, 400);  // the log has gone round
  };
  s.act = [](CardRig& rig) { UpdateLoci(rig, 200); };
  AllowStates(s, {[](CardRig& rig) {
                    SelectUsim(rig);
                    rig.Ask(kWrongPin1);
                  },
                  [](CardRig& rig) { UpdateLoci(rig, 1); }});
  s.seeds = 1;
  s.second_seeds = 1;
  s.second_most = 3;
  RunAndExpectPass(s);
}

}  // namespace
}  // namespace simurgh::test
