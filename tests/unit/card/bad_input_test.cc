// Every command of the UICC's table and of class A0 with malformed class, parameters, lengths, TLV,
// paths, record numbers, offsets and PINs: the clause's status word, and nothing has changed. Each
// row ends with the unspoilt command, which passes.
#include <gtest/gtest.h>

#include <set>

#include "firmware/apps/gsm/gsm.h"
#include "firmware/apps/uicc/uicc.h"
#include "tests/unit/card/bad_input_rows.h"
#include "tests/unit/card/card_rig.h"

namespace simurgh::test {
namespace {

using apdu::Case;

/// What a command must not change, apart from the flash.
std::string StateOf(CardRig& rig) {
  std::string all = std::to_string(rig.session().pins.verified());
  for (uint8_t i = 0; i < config::kChannels; ++i) {
    const Channel& c = rig.session(i).channel;
    const fs::Selection& s = c.selection;
    char line[160];
    std::snprintf(line, sizeof line, "\n%d %d %p %04X/%04X %04X/%04X %04X %d %04X %04X %d %d", i,
                  c.open, static_cast<const void*>(c.app), s.dir.parent, s.dir.fid, s.ef.parent,
                  s.ef.fid, s.adf.fid, s.record, s.gsm_df, s.gsm_ef, c.verified.scope,
                  c.verified.local);
    all += line;
  }
  return all;
}

class BadInput : public testing::Test {
 public:
  void SetUp() override {
    if (Flash().empty()) {
      OwnedCard made;
      ASSERT_TRUE(made.rig.Manufacture());
      const Subscriber one = NewSubscriber(1);
      ASSERT_EQ(
          made.rig.Install(made.rig.Pack({.id = 1, .iccid = one.iccid, .package = one.package})),
          0);
      ASSERT_EQ(made.rig.Enable(one.iccid), 0);
      made.rig.card().Reset();
      MakeOpenDirectory(made.rig);
      Flash() = made.memory;
    }
    own.memory = Flash();
    ASSERT_EQ(card.Boot(), Error::kOk);
  }
  static Data& Flash() {
    static Data flash;
    return flash;
  }
  static fs::File Make(CardRig& rig, const fs::File& parent, fs::Type type, uint16_t fid,
                       uint16_t length, uint16_t count) {
    fs::FileSpec spec;
    spec.type = type;
    spec.fid = fid;
    spec.arr_fid = parent.type == fs::Type::kMf ? 0x2F66 : 0x6F06;  // looked for beside the file
    spec.arr_record = 1;
    if (type == fs::Type::kTransparent) {
      spec.size = length;
    } else if (type == fs::Type::kLinearFixed || type == fs::Type::kCyclic) {
      spec.record_length = length;
      spec.record_count = count;
    }
    if (fid == 0x6F02) {
      spec.sfi = 2;
    }
    const uint8_t zero = 0;
    if (type != fs::Type::kBerTlv && type != fs::Type::kDf) {
      spec.pattern = ConstBytes(&zero, 1);
    }
    return rig.session().files.Create(rig.session().files.space(), parent, spec).value();
  }
  static void MakeOpenDirectory(CardRig& rig) {
    fs::FileSystem& files = rig.session().files;
    store::Transaction transaction(rig.session().store);
    const fs::File mf = files.Root().value();
    const fs::File df = Make(rig, mf, fs::Type::kDf, 0x7F66, 0, 0);
    for (const fs::File& arr : {Make(rig, mf, fs::Type::kLinearFixed, 0x2F66, 16, 1),
                                Make(rig, df, fs::Type::kLinearFixed, 0x6F06, 16, 1)}) {
      ASSERT_EQ(files.WriteRecord(arr, 1, Hex("80017F9000 8401329000 8401D49000 FF")), Error::kOk);
    }
    Make(rig, df, fs::Type::kTransparent, 0x6F01, 10, 0);
    Make(rig, df, fs::Type::kLinearFixed, 0x6F02, 4, 3);
    Make(rig, df, fs::Type::kCyclic, 0x6F03, 3, 3);
    Make(rig, df, fs::Type::kBerTlv, 0x6F04, 0, 0);
    Make(rig, df, fs::Type::kDf, 0x5F01, 0, 0);
    ASSERT_EQ(transaction.Commit(), Error::kOk);
  }
  void Expect(const char* name, const Bad& bad, ConstBytes command) {
    const Data flash = own.memory;
    const std::string state = StateOf(card);
    const uint16_t sw = card.Send(command).sw;
    const bool right_le = bad.sw == 0x6C00 && (sw >> 8) == 0x6C;  // whatever the right length is
    EXPECT_TRUE(sw == bad.sw || right_le)
        << name << ", " << bad.what << ": " << ToText(command) << " answered " << std::hex << sw
        << " instead of " << bad.sw;
    EXPECT_TRUE(own.memory == flash) << name << ", " << bad.what << ": the flash changed";
    EXPECT_EQ(StateOf(card), state) << name << ", " << bad.what;
  }
  OwnedCard own;
  CardRig& card = own.rig;
};

TEST_F(BadInput, EveryCommand_AnswersItsClausesStatusWordAndChangesNothing) {
  size_t commands = 0;
  for (const Row& row : AllRows()) {
    SetUp();
    for (const char* command : row.before) {
      const uint16_t sw = card.Send(command).sw;
      ASSERT_TRUE(sw == 0x9000 || sw >> 8 == 0x9F) << row.name << ": " << command;
    }
    for (const Bad& bad : row.bad) {
      Expect((std::string(row.name) + " (" + row.clause + ")").c_str(), bad, Hex(bad.command));
      ++commands;
    }
    if (row.good != nullptr) {
      const uint16_t sw = card.Send(row.good).sw;
      EXPECT_TRUE(sw == 0x9000 || sw >> 8 == 0x61 || sw >> 8 == 0x9F)
          << row.name << ", the control: " << row.good << " answered " << std::hex << sw;
    }
  }
  EXPECT_GT(commands, 200u);
}

// The commands without a control row above: they need a waiting proactive command, or a service.
TEST_F(BadInput, ProactiveCommand_MalformedAnswersAreRefused) {
  for (const char* cla : {"80", "A0"}) {
    SetUp();
    const bool gsm = cla[0] == 'A';
    const auto hex = [&](const std::string& text) { return Hex(cla + text); };
    ASSERT_EQ(card.Send(hex("100000 04 FFFFFFFF")).sw, 0x9000);
    ASSERT_EQ(card.session().proactive.Refresh(cat::RefreshMode::kUiccReset), Error::kOk);
    Expect("FETCH", {"a wrong length", "", static_cast<uint16_t>(gsm ? 0x670B : 0x6C0B)},
           hex("120000 0A"));
    Expect("FETCH", {"P2", "", static_cast<uint16_t>(gsm ? 0x6B00 : 0x6A86)}, hex("120001 0B"));
    ASSERT_EQ(card.Send(hex("120000 0B")).sw, 0x9000);
    const uint16_t wrong_data = gsm ? 0x6F00 : 0x6A80;
    for (const char* data : {"01 81", "05 8103010104", "0C 810301020482028281830100",
                             "0C 810301010482028281830200", "0C 8103010104820282818401 00"}) {
      Expect("TERMINAL RESPONSE", {data, "", wrong_data}, hex(std::string("140000") + data));
    }
    EXPECT_EQ(card.Send(hex("140000 0C 810301010482028281830100")).sw, 0x9000);
  }
}

TEST_F(BadInput, RunGsmAlgorithm_WhenOffered) {
  ASSERT_TRUE(card.Ask(kSelectUsim).ok());
  ASSERT_TRUE(card.Ask(kVerifyPin1).ok());
  ASSERT_TRUE(card.Ask(kVerifyAdm1).ok());
  ASSERT_TRUE(card.Ask("00A4000C026F38").ok());
  ASSERT_EQ(card.Send("00D600040120").sw, 0x9000);
  ASSERT_EQ(card.Ask("00A4000C023F00").sw, 0x9000);
  const std::string rand = "00000000000000000000000000000000";
  Expect("RUN GSM ALGORITHM", {"outside DF.GSM", "", 0x9804}, Hex("A0880000 10" + rand));
  ASSERT_EQ(card.Send("A0A40000027F20").sw, 0x9F16);
  Expect("RUN GSM ALGORITHM", {"P1", "", 0x6B00}, Hex("A0880100 10" + rand));
  Expect("RUN GSM ALGORITHM", {"15 bytes", "", 0x6710}, Hex("A0880000 0F" + rand.substr(2)));
  Expect("RUN GSM ALGORITHM", {"none", "", 0x6710}, Hex("A0880000"));
  EXPECT_EQ(card.Send("A0880000 10" + rand).sw, 0x9F0C);
}

/// Class, length and form are checked before any handler, for every row of every table.
TEST_F(BadInput, EveryTableRow_ChecksClassAndForm) {
  size_t rows = 0;
  for (const std::span<const apdu::Entry> table : {apps::kUicc, apps::kGsm}) {
    for (const apdu::Entry& entry : table) {
      ++rows;
      const uint8_t base = entry.cla == Class::kIso ? 0x00 : entry.cla == Class::kEts ? 0x80 : 0xA0;
      const auto with = [&](uint8_t cla, const std::string& rest) {
        return Join({Data{cla, entry.ins}, Hex(rest)});
      };
      const std::string name = ToText(Data{base, entry.ins});
      const auto expect = [&](const char* what, const Data& command, uint16_t sw) {
        Expect(name.c_str(), {what, "", sw}, command);
      };
      expect("three bytes", with(base, "00"), 0x6700);
      expect("Lc over the end", with(base, "0000 05 01"), 0x6700);
      expect("Lc before the end", with(base, "0000 01 010203"), 0x6700);
      expect("half an extended length", with(base, "0000 00 01"), 0x6700);
      if (entry.cla == Class::kGsm) {
        expect("a channel in class A0", with(0xA1, "0000"), 0x6E00);
      } else {
        const auto cla = [&](int bits) { return static_cast<uint8_t>(base | bits); };
        expect("chaining", with(cla(0x10), "0000"), 0x6884);
        expect("a closed channel", with(cla(0x01), "0000"), 0x6881);
        expect("a closed channel", with(cla(0x4F), "0000"), 0x6881);
        expect("secure messaging", with(cla(0x0C), "0000"), 0x6985);
        expect("a reserved class", with(cla(0x28), "0000"), 0x6E00);
      }
      if (entry.shape == Case::k1 || entry.shape == Case::k2) {
        expect("data where none belongs", with(base, "0000 01 00"), 0x6700);
      } else if (entry.shape == Case::k3 || entry.shape == Case::k4) {
        expect("no data", with(base, "0000"), 0x6700);
      }
    }
  }
  EXPECT_GT(rows, 40u);
}

TEST(BadInputTable, EveryCommand_HasARow) {
  std::set<std::pair<Class, uint8_t>> tested;
  for (const Row& row : AllRows()) {
    EXPECT_FALSE(row.bad.empty()) << row.name;
    EXPECT_TRUE(tested.insert({row.cla, row.ins}).second) << row.name << " twice";
  }
  for (const std::span<const apdu::Entry> table : {apps::kUicc, apps::kGsm}) {
    for (const apdu::Entry& entry : table) {
      EXPECT_EQ(tested.erase({entry.cla, entry.ins}), 1u)
          << "class " << static_cast<int>(entry.cla) << " INS " << std::hex << int{entry.ins}
          << ": add a row to UiccRows() or GsmRows()";
    }
  }
  EXPECT_TRUE(tested.empty()) << "rows of commands that the card does not have";
}

}  // namespace
}  // namespace simurgh::test
