// Power cuts in commands that make, change and delete files: the file system a terminal sees is the
// one before the command or the one after it. What is left to delete is no part of that.
#include <gtest/gtest.h>

#include "tests/power_cut/engine.h"
#include "tests/unit/card/card_rig.h"

namespace simurgh::test {
namespace {

using Act = std::function<void(CardRig&)>;

const Subscriber& One() {
  static const Subscriber one = NewSubscriber(1);
  return one;
}

void Expect(CardRig& rig, const std::string& command, uint16_t sw = 0x9000) {
  ASSERT_EQ(rig.Ask(command).sw, sw) << command;
}

/// DF.TELECOM is current and ADM 1 verified: its rule lets ADM 1 do everything.
void Enter(CardRig& rig) {
  Expect(rig, "00A4000C027F10");
  Expect(rig, kVerifyAdm1);
}

constexpr const char* kEf = "8A0105 8B032F060E 8800";

/// What a terminal gets for these commands after a reset.
std::function<std::string(CardRig&)> Answers(std::vector<std::string> commands) {
  return [commands](CardRig& rig) {
    rig.card().Reset();
    std::string text;
    for (const std::string& command : commands) {
      const Response r = rig.Ask(command);
      text += ToText(r.data) + " " + std::to_string(r.sw) + "\n";
    }
    return text;
  };
}

CutScenario<CardRig> Base(const std::string& name, const Act& setup, const Act& act,
                          std::vector<std::string> looks) {
  CutScenario<CardRig> s;
  s.name = name;
  s.shape = kCardFlash;
  s.boot = [](hal::Flash& flash) {
    auto rig = std::make_unique<CardRig>(flash);
    EXPECT_EQ(rig->boot_error(), Error::kOk);
    return rig;
  };
  s.setup = [setup](CardRig& rig) {
    ASSERT_TRUE(rig.Manufacture());
    ASSERT_EQ(rig.Install(rig.Pack({.id = 1, .iccid = One().iccid, .package = One().package})), 0);
    ASSERT_EQ(rig.Enable(One().iccid), 0);
    rig.card().Reset();
    Enter(rig);
    setup(rig);
    rig.card().Reset();
  };
  s.act = [act](CardRig& rig) {
    Enter(rig);
    act(rig);
  };
  looks.insert(looks.begin(), {"00A4000C027F10", kVerifyAdm1});
  s.snapshot = Answers(std::move(looks));
  s.seeds = 3;
  s.second_seeds = 1;
  s.second_most = 3;
  s.most = 40;
  return s;
}

void RunAndExpectPass(const CutScenario<CardRig>& s) {
  EXPECT_EQ(ForEveryPowerCut(s).failures, 0u);
}

void Create(CardRig& rig, const std::string& items) {
  const Data fcp = Hex(items);
  char head[32];
  std::snprintf(head, sizeof head, "00E00000%02X62%02X", static_cast<unsigned>(fcp.size() + 2),
                static_cast<unsigned>(fcp.size()));
  Expect(rig, head + items);
}

void NewEf(CardRig& rig, const std::string& fid, const std::string& size) {
  Create(rig, "82024121 8302" + fid + kEf + "8002" + size);
}

void Fill(CardRig& rig, int bytes, const std::string& byte) {
  for (int at = 0; at < bytes; at += 100) {
    std::string data;
    for (int i = 0; i < 100; ++i) {
      data += byte;
    }
    char head[16];
    std::snprintf(head, sizeof head, "00D6%04X64", static_cast<unsigned>(at));
    Expect(rig, head + data);
  }
}

std::string Repeat(const std::string& byte, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) {
    text += byte;
  }
  return text;
}

TEST(FilesPowerCut, SetData_OldObjectOrNew) {
  RunAndExpectPass(Base(
      "set_data",
      [](CardRig& rig) {
        Create(rig, std::string("82027921 83026F8A") + kEf + "80020100");
        Expect(rig, "80DB0080FF 8182012C" + Repeat("AA", 251), 0x63F1);
        Expect(rig, "80DB000031" + Repeat("AA", 49));
        Expect(rig, "80DB008003 820155");
      },
      [](CardRig& rig) {
        Expect(rig, "00A4000C026F8A");
        Expect(rig, "80DB0080FF 81820190" + Repeat("BB", 251), 0x63F1);
        Expect(rig, "80DB000095" + Repeat("BB", 149));
      },
      {"00A4000C026F8A", "80CB008001 81 00", "80CB000000", "80CB008001 82 00", "80CB008001 5C 00"}));
}

TEST(FilesPowerCut, Create_AllOfItOrNothing) {
  RunAndExpectPass(Base(
      "create_ef", [](CardRig&) {},
      [](CardRig& rig) {
        Create(rig, "82024121 83026F8A 8A0105 AB0580017F9000 880108 80020200 A504C2027788");
      },
      {"00A40004026F8A", "00B0810010", "00A4000C026F8F"}));
}

TEST(FilesPowerCut, DeleteTree_AllOfItOrNothing) {
  const auto make = [](CardRig& rig) {
    Create(rig, "82027821 83025F8A 8A0105 8B032F060E C600");
    for (const char* fid : {"4F01", "4F02", "4F03"}) {
      NewEf(rig, fid, "0258");
      Fill(rig, 600, "5A");
    }
    Expect(rig, "00A4000C027F10");
    NewEf(rig, "6F8A", "0010");
  };
  const auto s = Base("delete_tree", make, [](CardRig& rig) { Expect(rig, "00E40000025F8A"); },
                {"00A40004026F8A", "00A40004025F8A", "00A40004024F01", "00A40004024F03",
                 "00B0020010"});
  RunAndExpectPass(s);
}

TEST(FilesPowerCut, Resize_NothingCutOffComesBack) {
  auto s = Base(
      "resize",
      [](CardRig& rig) {
        NewEf(rig, "6F8A", "0384");
        Fill(rig, 900, "5A");
      },
      [](CardRig& rig) { Expect(rig, "80D400000A 6208 83026F8A 80020064"); },
      {"00A40004026F8A", "00B0000064", "00B0032010"});
  s.fault = [](CardRig& rig, ConstBytes) -> std::string {
    Enter(rig);
    Expect(rig, "00A4000C026F8A");
    if (rig.Ask("00B0006401").sw == 0x9000) {
      return "";  // the size is the old one
    }
    Expect(rig, "80D400000A 6208 83026F8A 80020384");
    const Response r = rig.Ask("00B0032010");
    const bool blank = ToText(r.data) == Repeat("FF", 16);
    Expect(rig, "80D400000A 6208 83026F8A 80020064");
    return blank ? "" : "cut off content came back: " + ToText(r.data);
  };
  RunAndExpectPass(s);
}

TEST(FilesPowerCut, Increase_OldSumOrNew) {
  RunAndExpectPass(Base(
      "increase",
      [](CardRig& rig) {
        Create(rig, "820446210003 83026F8A 8A0105 AB0A 80017F9000 8401329000 8800 80020009"
                    "A503C20100");
        Expect(rig, "8032000001 07 00");
      },
      [](CardRig& rig) {
        Expect(rig, "00A4000C026F8A");
        Expect(rig, "8032000002 0100 00");
      },
      {"00A4000C026F8A", "00B2010403", "00B2020403", "00B2030403"}));
}

}  // namespace
}  // namespace simurgh::test
