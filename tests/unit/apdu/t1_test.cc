// T=1: card machine and reader over one line that loses, damages, repeats and invents.
#include "apdu/t1.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/apdu/contact_rig.h"

namespace simurgh::test {
namespace {

using offcard::LineError;

constexpr size_t kLrc = apdu::kAtrContacts;
constexpr size_t kCrc = 3;
constexpr size_t kShort = 5;  // blocks of 32

std::vector<Raw> AllSizes() {
  std::vector<Raw> out;
  for (const size_t answer : {0, 1, 30, 31, 252, 253, 254, 255, 256, 257, 1000, 3000}) {
    for (const size_t data : {0, 1, 27, 28, 248, 249, 250, 255, 256, 1000}) {
      out.push_back(data == 0 ? Apdu(0xB0, answer, {}, 0) : Apdu(0xA4, answer, Raw(data, 0x5A)));
      if (answer > 256) { out.push_back(Apdu(0xA4, answer, Raw(data, 0x5A), 3000)); }
    }
  }
  return out;
}

Raw Sealed(Raw block) {
  block.push_back(0);
  (void)apdu::t1::Seal(block, block.size() - 1, false);
  return block;
}

/// Sends these blocks by hand and returns the card's to each.
Raw Say(ContactRig& rig, const Raw& block) {
  rig.line.received.clear();
  rig.line.Send(block);
  while (rig.line.Receive()) {
  }
  return rig.line.received.empty() ? Raw{} : rig.line.received.back();
}

TEST(T1, EverySizeEveryChecksum_AnswersAsTheDoorDoes) {
  for (const size_t row : {kLrc, kCrc, kShort, size_t{2}}) {
    for (const uint8_t ifsd : {0, 1, 32, 254}) {
      ContactRig rig(row, 1);
      if (ifsd != 0) { rig.t1->AgreeIfs(ifsd); }
      for (const Raw& command : AllSizes()) {
        const size_t before = rig.door.commands.size();
        ASSERT_EQ(rig.Transmit(command), AtTheDoor(command)) << row << " " << int{ifsd};
        ASSERT_EQ(rig.door.commands.size(), before + 1);
      }
      EXPECT_EQ(rig.t1->counters().damaged, 0u);
      EXPECT_EQ(rig.line.silences, 0);
    }
  }
}

TEST(T1, Blocks_AreThoseOfIso7816) {
  ContactRig rig(kLrc, 1);
  rig.line.sent.clear();
  rig.line.received.clear();
  EXPECT_EQ(rig.Transmit({0x00, 0x20, 0x00, 0x00}), (Raw{0x90, 0x00}));
  EXPECT_EQ(rig.line.sent[0], (Raw{0x00, 0x00, 0x04, 0x00, 0x20, 0x00, 0x00, 0x24}));
  EXPECT_EQ(rig.line.received[0], (Raw{0x00, 0x00, 0x02, 0x90, 0x00, 0x92}));
  (void)rig.Transmit({0x00, 0x20, 0x00, 0x00});
  EXPECT_EQ(rig.line.sent[1][1], 0x40);
  EXPECT_EQ(rig.line.received[1][1], 0x40);
}

TEST(T1, Crc_KnownValueAndEveryBit) {
  Raw block = {'1', '2', '3', '4', '5', '6', '7', '8', '9', 0, 0};
  ASSERT_EQ(apdu::t1::Seal(block, 9, true), 11u);
  EXPECT_EQ(Get16(block, 9), 0x6F91);  // CRC-16/MCRF4XX; X-25, 906E, is its complement
  EXPECT_TRUE(apdu::t1::Intact(block, true));
  for (size_t bit = 0; bit < block.size() * 8; ++bit) {
    Raw bad = block;
    bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(apdu::t1::Intact(bad, true));
  }
}

TEST(T1, NodeAddress_ComesBackSwapped) {
  ContactRig rig(kLrc, 1);
  EXPECT_EQ(Say(rig, Sealed({0x12, 0x00, 0x04, 0x00, 0x20, 0x00, 0x00})), Sealed({0x21, 0x00, 0x02, 0x90, 0x00}));
}

TEST(T1, ProtocolMistakes_GetAnRBlockAndChangeNothing) {
  for (const Raw& bad : {
           Raw{0x00, 0x40, 0x04, 0x00, 0x20, 0x00, 0x00},  // wrong N(S)
           Raw{0x00, 0x01, 0x04, 0x00, 0x20, 0x00, 0x00},  // reserved bit of an I-block
           Raw{0x80, 0x00, 0x04, 0x00, 0x20, 0x00, 0x00},  // VPP
           Raw{0x00, 0x80, 0x01, 0x00},                    // R-block with INF
           Raw{0x00, 0xC0, 0x01, 0x00},                    // RESYNCH with INF
           Raw{0x00, 0xC1, 0x01, 0x00},                    // IFS 0
           Raw{0x00, 0xC1, 0x01, 0xFF},                    // IFS 255
           Raw{0x00, 0xC1, 0x00},                          // IFS without INF
           Raw{0x00, 0xC3, 0x01, 0x01},                    // WTX is the card's to ask
           Raw{0x00, 0xE3, 0x01, 0x0A},                    // answer to what was not asked
           Raw{0x00, 0xC4, 0x00}, Raw{0x00, 0xFF, 0x00}}) {
    ContactRig rig(kLrc, 1);
    EXPECT_EQ(Say(rig, Sealed(bad)), (Sealed({0x00, 0x82, 0x00}))) << testing::PrintToString(bad);
    EXPECT_TRUE(rig.door.commands.empty() && rig.door.fed.empty());
    EXPECT_EQ(rig.Transmit({0x00, 0x20, 0x00, 0x00}), (Raw{0x90, 0x00}));  // control
  }
}

TEST(T1, LongerThanItsInformationField_IsRefused) {
  ContactRig rig(kShort, 1);
  Raw block = {0x00, 0x00, 33};
  block.resize(3 + 33, 0x20);
  EXPECT_EQ(Say(rig, Sealed(block)), (Sealed({0x00, 0x82, 0x00})));
  Raw longest = {0x00, 0x00, 255};
  longest.resize(3 + 255, 0x20);
  EXPECT_EQ(Say(rig, Sealed(longest)), (Sealed({0x00, 0x81, 0x00})));
  EXPECT_TRUE(rig.door.commands.empty());
}

TEST(T1, ThreeDamagedBlocks_ThenSilence_ThenAGoodOneWorks) {
  ContactRig rig(kLrc, 1);
  const Raw good = Sealed({0x00, 0x00, 0x04, 0x00, 0x20, 0x00, 0x00});
  Raw bad = good;
  bad[4] ^= 1;
  for (int i = 0; i < 3; ++i) { EXPECT_EQ(Say(rig, bad), (Sealed({0x00, 0x81, 0x00}))); }
  EXPECT_TRUE(Say(rig, bad).empty());
  EXPECT_TRUE(rig.door.commands.empty());
  EXPECT_EQ(Say(rig, good), (Sealed({0x00, 0x00, 0x02, 0x90, 0x00})));
  EXPECT_EQ(Say(rig, bad), (Sealed({0x00, 0x91, 0x00})));  // counted from the start again
}

TEST(T1, CharacterMissing_CardAsksAfterTheWaitingTime) {
  ContactRig rig(kLrc, 1);
  const Raw good = Sealed({0x00, 0x00, 0x04, 0x00, 0x20, 0x00, 0x00});
  rig.line.received.clear();
  rig.line.Send(ConstBytes(good).first(6));
  EXPECT_TRUE(rig.line.received.empty());
  EXPECT_NE(rig.contact.patience(), 0u);
  EXPECT_EQ(rig.line.Receive()->value, 0x00);
  EXPECT_EQ(rig.line.received.back(), (Sealed({0x00, 0x81, 0x00})));
}

TEST(T1, CharacterTooMany_BlockIsNotTakenAlthoughItsStartIsWhole) {
  ContactRig rig(kLrc, 1);
  Raw more = Sealed({0x00, 0x00, 0x04, 0x00, 0x20, 0x00, 0x00});
  more.push_back(0x00);
  EXPECT_EQ(Say(rig, more), (Sealed({0x00, 0x81, 0x00})));
  EXPECT_TRUE(rig.door.commands.empty());
}

TEST(T1, WaitingTimeExtension_IsGrantedAndTheAnswerComes) {
  for (const size_t row : {kLrc, kCrc}) {
    ContactRig rig(row, 1);
    rig.door.during = [&] {
      rig.line.KeepAlive();
      rig.line.KeepAlive();  // not asked twice
    };
    for (int i = 1; i <= 3; ++i) {
      const Raw command = Apdu(0xA4, 500, Raw(300), 0);
      EXPECT_EQ(rig.Transmit(command), AtTheDoor(command));
      EXPECT_EQ(rig.t1->counters().extensions, static_cast<uint32_t>(i));
    }
    EXPECT_EQ(rig.t1->counters().damaged, 0u);
  }
}

TEST(T1, ExtensionResponseDamaged_RequestIsRepeated) {
  ContactRig rig(kLrc, 1);
  rig.door.during = [&] { rig.line.KeepAlive(); };
  int spoilt = 0;
  rig.line.to_card = [&](Burst& burst) {
    if (burst[1].value == 0xE3 && spoilt++ == 0) { burst[3].value ^= 4; }
  };
  EXPECT_EQ(rig.Transmit({0x00, 0x20, 0x00, 0x00}), (Raw{0x90, 0x00}));
  EXPECT_EQ(rig.t1->counters().extensions, 2u);
  EXPECT_EQ(rig.door.commands.size(), 1u);
}

TEST(T1, Resynch_StartsAnewAndDropsHalfACommand) {
  ContactRig rig(kLrc, 1);
  rig.t1->AgreeIfs(254);
  (void)rig.Transmit({0x00, 0x20, 0x00, 0x00});
  EXPECT_EQ(Say(rig, Sealed({0x00, 0x60, 0x02, 0x00, 0xA4})), Sealed({0x00, 0x80, 0x00}));
  EXPECT_EQ(rig.door.fed.size(), 2u);
  rig.t1->Resynchronize();
  EXPECT_EQ(rig.door.drops, 1);
  EXPECT_TRUE(rig.door.fed.empty());
  EXPECT_EQ(rig.door.commands.size(), 1u);
  EXPECT_EQ(rig.door.resets, 1);  // of the start: channels and PINs are untouched
  const Raw command = Apdu(0xA4, 700, Raw(300), 0);
  EXPECT_EQ(rig.Transmit(command), AtTheDoor(command));
}

TEST(T1, AbortOfACommand_IsForgottenAndTheNextOneWorks) {
  ContactRig rig(kShort, 1);
  rig.t1->AbortNextCommand();
  EXPECT_THROW(rig.Transmit(Apdu(0xA4, 0, Raw(100))), LineError);
  EXPECT_EQ(rig.door.drops, 1);
  EXPECT_TRUE(rig.door.commands.empty());
  const Raw command = Apdu(0xA4, 0, Raw(100));
  EXPECT_EQ(rig.Transmit(command), AtTheDoor(command));
  EXPECT_EQ(rig.t1->counters().damaged, 0u);
}

TEST(T1, AbortOfAnAnswer_NextCommandWorks) {
  ContactRig rig(kShort, 1);
  rig.t1->AbortNextAnswer();
  EXPECT_THROW(rig.Transmit(Apdu(0xB0, 200, {}, 0)), LineError);
  EXPECT_EQ(rig.door.commands.size(), 1u);
  const Raw command = Apdu(0xB0, 199, {}, 0);
  EXPECT_EQ(rig.Transmit(command), AtTheDoor(command));
  EXPECT_EQ(rig.t1->counters().damaged, 0u);
}

TEST(T1, LongCommand_ReachesTheDoorInPieces) {
  ContactRig rig(kLrc, 1);
  const Raw command = Apdu(0xD6, 0, Raw(60'000, 0x11));
  EXPECT_EQ(rig.Transmit(command), (Raw{0x90, 0x00}));
  ASSERT_EQ(rig.door.commands.size(), 1u);
  EXPECT_EQ(rig.door.commands[0], command);
}

enum class Fault { kLost, kTwice, kBit, kAllBits, kParity, kGarbage };

void Hurt(Burst& burst, size_t at, Fault fault) {
  const auto place = burst.begin() + static_cast<long>(at);
  switch (fault) {
    case Fault::kLost: burst.erase(place); return;
    case Fault::kTwice: burst.insert(place, *place); return;
    case Fault::kBit: burst[at].value ^= 0x04; return;
    case Fault::kAllBits: burst[at].value ^= 0xFF; return;
    case Fault::kParity: burst[at].parity_ok = false; return;
    case Fault::kGarbage: burst.insert(place, {0x3F, true}); return;
  }
}
constexpr Fault kFaults[] = {Fault::kLost, Fault::kTwice,  Fault::kBit,
                             Fault::kAllBits, Fault::kParity, Fault::kGarbage};

// One exchange with chains both ways; one character of one block hurt, every one in every way.
TEST(T1, OneFaultAnywhere_SameAnswerExecutedOnce) {
  const Raw command = Apdu(0xA4, 70, Raw(60, 0x5A), 0);
  for (const bool card_side : {false, true}) {
    for (const Fault fault : kFaults) {
      bool reached = true;
      for (size_t which = 0; reached; ++which) {
        ContactRig rig(kShort, 1);
        size_t seen = 0;
        reached = false;
        (card_side ? rig.line.to_reader : rig.line.to_card) = [&](Burst& burst) {
          if (which >= seen && which < seen + burst.size()) {
            reached = true;
            Hurt(burst, which - seen, fault);
            seen = 1'000'000;
            return;
          }
          seen += burst.size();
        };
        ASSERT_EQ(rig.Transmit(command), AtTheDoor(command))
            << card_side << " character " << which << " fault " << static_cast<int>(fault);
        ASSERT_EQ(rig.door.commands.size(), 1u);
        if (reached) { EXPECT_GE(rig.t1->counters().damaged + rig.t1->counters().blocks_out, 5u); }
        const Raw next = Apdu(0x20, 0);
        ASSERT_EQ(rig.Transmit(next), AtTheDoor(next));
      }
    }
  }
}

TEST(T1, WholeBlockLost_SameAnswerExecutedOnce) {
  const Raw command = Apdu(0xA4, 70, Raw(60, 0x5A), 0);
  for (const bool card_side : {false, true}) {
    for (int which = 0; which < 6; ++which) {
      ContactRig rig(kShort, 1);
      int n = 0;
      (card_side ? rig.line.to_reader : rig.line.to_card) = [&](Burst& burst) {
        if (n++ == which) { burst.clear(); }
      };
      ASSERT_EQ(rig.Transmit(command), AtTheDoor(command)) << card_side << which;
      ASSERT_EQ(rig.door.commands.size(), 1u);
    }
  }
}

TEST(T1, DeadLine_EndsInAnErrorAfterAFewTries) {
  ContactRig rig(kLrc, 1);
  rig.line.to_card = [](Burst& burst) { burst.clear(); };
  EXPECT_THROW(rig.Transmit(Apdu(0x20, 0)), LineError);
  EXPECT_LT(rig.t1->counters().blocks_out, 12u);
  rig.line.to_card = [](Burst&) {};
  EXPECT_THROW(rig.Transmit(Apdu(0x20, 0)), LineError);  // until reset
}

struct Soak {
  int answered = 0, failed = 0;
};

Soak RunSoak(size_t row, unsigned faults_per_mille, bool many, unsigned seeds) {
  Soak soak;
  const std::vector<Raw> sizes = AllSizes();
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    std::mt19937 random(seed);
    ContactRig rig(row, 1);
    rig.t1->AgreeIfs(static_cast<uint8_t>(1 + random() % 254));
    const SimLine::Spoil spoil = [&](Burst& burst) {
      if (random() % 1000 >= faults_per_mille) { return; }
      const unsigned count = many ? 1 + random() % 5 : 1;
      for (unsigned i = 0; i < count && !burst.empty(); ++i) {
        Hurt(burst, random() % burst.size(), kFaults[random() % 6]);
      }
      if (many && random() % 8 == 0) { burst.clear(); }
    };
    rig.door.during = [&] {
      if (random() % 4 == 0) { rig.line.KeepAlive(); }
    };
    for (int i = 0; i < 30; ++i) {
      const Raw& command = sizes[random() % sizes.size()];
      const size_t before = rig.door.commands.size();
      rig.line.to_card = rig.line.to_reader = spoil;
      try {
        EXPECT_EQ(rig.Transmit(command), AtTheDoor(command)) << "seed " << seed << ", command " << i;
        EXPECT_EQ(rig.door.commands.size(), before + 1) << "seed " << seed << ", command " << i;
        ++soak.answered;
      } catch (const LineError&) {
        EXPECT_LE(rig.door.commands.size(), before + 1) << "seed " << seed << ", command " << i;
        ++soak.failed;
        rig.line.to_card = rig.line.to_reader = [](Burst&) {};
        try {
          rig.t1->Resynchronize();
        } catch (const LineError&) {
          ADD_FAILURE() << "seed " << seed << ": a quiet line does not bring the card back";
        }
        const offcard::AtrFacts facts = offcard::ReadAtr(offcard::StartCard(rig.line, 1));
        rig.t1.emplace(rig.line, facts.ifsc, facts.crc);
      }
    }
  }
  return soak;
}

// An LRC finds every single fault of a block, together with the guard time; a CRC finds bursts.
TEST(T1, SeededSoakWithLrc_SameAnswersOrACleanError) {
  const Soak calm = RunSoak(kLrc, 100, false, 40);
  EXPECT_GT(calm.answered, 900);
  const Soak rough = RunSoak(kLrc, 500, false, 40);
  EXPECT_GT(rough.answered, 200);
  EXPECT_GT(rough.failed, 50);
}

TEST(T1, SeededSoakWithCrc_SameAnswersOrACleanError) {
  const Soak rough = RunSoak(kCrc, 300, true, 60);
  EXPECT_GT(rough.answered, 300);
  EXPECT_GT(rough.failed, 50);
}

}  // namespace
}  // namespace simurgh::test
