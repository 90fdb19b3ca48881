#include "offcard/common/launcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "hal/host/card_file.h"
#include "hal/host/fd_serial.h"
#include "hal/host/host_machine.h"

namespace simurgh::offcard {
namespace {

using Vector = std::vector<uint8_t>;

class CardFile : public ::testing::Test {
 protected:
  CardFile() {
    char name[] = "/tmp/simurgh-launcher-XXXXXX";
    directory_ = ::mkdtemp(name);
  }
  ~CardFile() override { std::filesystem::remove_all(directory_); }
  std::string Path(const std::string& name) const { return directory_ + "/" + name; }
  std::string directory_;
};

TEST_F(CardFile, Create_NewFile_IsSparseErasedAndPrivate) {
  CreateCardFile(Path("a"), {});
  struct stat s {};
  ASSERT_EQ(::stat(Path("a").c_str(), &s), 0);
  EXPECT_EQ(s.st_size, 16 << 20);
  EXPECT_LT(s.st_blocks * 512, 1 << 20);
  EXPECT_EQ(s.st_mode & 0777, 0600u);
  EXPECT_EQ(ReadFlash(Path("a"), 4096), Vector(4096, 0xFF));
  EXPECT_THROW(CreateCardFile(Path("a"), {}), LaunchError);
}

TEST_F(CardFile, Create_RootKeys_RandomUnlessSeeded) {
  NewCard seeded{.seed = SeedFrom("7")};
  CreateCardFile(Path("a"), {});
  CreateCardFile(Path("b"), {});
  CreateCardFile(Path("c"), seeded);
  CreateCardFile(Path("d"), seeded);
  EXPECT_NE(ReadFuses(Path("a")).root_key, ReadFuses(Path("b")).root_key);
  EXPECT_NE(ReadFuses(Path("a")).root_key, ReadFuses(Path("c")).root_key);
  EXPECT_EQ(ReadFuses(Path("c")).root_key, ReadFuses(Path("d")).root_key);
  EXPECT_NE(SeedFrom("7"), SeedFrom("8"));
}

TEST_F(CardFile, CopyFlash_TakesContentButNotFuses) {
  CreateCardFile(Path("a"), {.eid = {0x89, 1}});
  CreateCardFile(Path("b"), {.eid = {0x89, 2}});
  WriteFlash(Path("a"), 4096, {1, 2, 3});
  CopyFlash(Path("a"), Path("b"));
  EXPECT_EQ(ReadFlash(Path("b"), 8192), ReadFlash(Path("a"), 8192));
  EXPECT_EQ(ReadFlash(Path("b"), 8192)[4097], 2);
  EXPECT_EQ(ReadFuses(Path("b")).eid[1], 2);
  EXPECT_NE(ReadFuses(Path("b")).root_key, ReadFuses(Path("a")).root_key);
  SetFuses(Path("b"), ReadFuses(Path("a")));
  EXPECT_EQ(ReadFuses(Path("b")).root_key, ReadFuses(Path("a")).root_key);
}

TEST_F(CardFile, Machine_OverLauncherFile_SharesStateAndLocks) {
  CreateCardFile(Path("a"), {.jig_millivolts = 300});
  {
    hal::MappedCardFile mapped(Path("a"));
    EXPECT_THROW(hal::MappedCardFile second(Path("a")), std::runtime_error);
    EXPECT_THROW(SetFuses(Path("a"), {}), LaunchError);
    hal::HostMachine machine(mapped.memory(), {.sectors = 4, .sector_bytes = 4096, .program_bytes = 4});
    SetJig(Path("a"), 700);
    EXPECT_EQ(machine.platform().jig.Millivolts(), 700);
    ASSERT_EQ(machine.platform().flash.Program(0, Vector{1, 2, 3, 4}), Error::kOk);
    machine.CountCommand(5, 6);
    const auto c = ReadCounters(Path("a"));
    EXPECT_EQ(c.programs, 1u);
    EXPECT_EQ(c.boots, 1u);
    EXPECT_EQ(c.last_ticks, 5u);
    EXPECT_EQ(c.arena_high_water, 6u);
  }
  EXPECT_EQ(ReadFlash(Path("a"), 4), (Vector{1, 2, 3, 4}));
  hal::MappedCardFile free_again(Path("a"));
}

TEST_F(CardFile, BadFiles_AreNamedClearly) {
  const auto message = [](auto f) {
    try {
      f();
    } catch (const std::exception& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(message([&] { ReadFuses(Path("none")); }), ::testing::HasSubstr("create the card first"));
  CreateCardFile(Path("a"), {});
  EXPECT_EQ(message([&] { ReadFuses(Path("a")); }), "no error");
  std::filesystem::resize_file(Path("a"), 100);
  EXPECT_THAT(message([&] { ReadFuses(Path("a")); }), ::testing::HasSubstr("16 MiB"));
  EXPECT_THAT(message([&] { hal::MappedCardFile m(Path("a")); }), ::testing::HasSubstr("16 MiB"));
  std::filesystem::resize_file(Path("a"), 16 << 20);
  EXPECT_THAT(message([&] { ReadFuses(Path("a")); }), ::testing::HasSubstr("magic"));
  EXPECT_THAT(message([&] { hal::MappedCardFile m(Path("a")); }), ::testing::HasSubstr("machine page"));
}

TEST_F(CardFile, Start_UnknownMachineOrMissingFirmware_SaysWhatToDo) {
  CreateCardFile(Path("a"), {});
  EXPECT_THROW(RunningCard(Start{.machine = "z80", .file = Path("a")}), LaunchError);
  try {
    RunningCard card(Start{.machine = "mps2-an386", .file = Path("a"), .firmware = Path("none.elf")});
    FAIL();
  } catch (const LaunchError& e) {
    EXPECT_THAT(e.what(), ::testing::AnyOf(::testing::HasSubstr("none.elf"),
                                           ::testing::HasSubstr("apt install")));
  }
}

TEST(DescribeFault, Record_InWords) {
  hal::card_file::FaultRecord f{};
  EXPECT_EQ(DescribeFault(f), "");
  f.cause = 4;
  f.cfsr = 0x82;
  f.mmfar = 0x10;
  EXPECT_THAT(DescribeFault(f), ::testing::AllOf(::testing::HasSubstr("MemManage"),
                                                 ::testing::HasSubstr("0x00000010")));
}

void Exchange(int near, hal::FdSerial& far) {
  hal::FdSerial here(near);
  Vector out(3), back(3);
  ASSERT_TRUE(here.Write(Vector{1, 2, 3}));
  size_t got = 0;
  while (got < 3) {
    got += far.Read(Bytes(out).subspan(got));
  }
  EXPECT_EQ(out, (Vector{1, 2, 3}));
  ASSERT_TRUE(far.Write(Vector{4, 5, 6}));
  for (got = 0; got < 3;) {
    got += here.Read(Bytes(back).subspan(got));
  }
  EXPECT_EQ(back, (Vector{4, 5, 6}));
}

TEST_F(CardFile, FdSerial_UnixAndTcp_CarryBytesAndSeeTheEnd) {
  const int listener = hal::ListenTcp("127.0.0.1", "0");
  sockaddr_storage a{};
  socklen_t size = sizeof a;
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&a), &size), 0);
  char port[16], host[64];
  ASSERT_EQ(::getnameinfo(reinterpret_cast<sockaddr*>(&a), size, host, sizeof host, port, sizeof port,
                          NI_NUMERICHOST | NI_NUMERICSERV),
            0);
  const int near = hal::ConnectTcp("127.0.0.1", port);
  hal::FdSerial far(hal::Accept(listener));
  Exchange(near, far);
  Vector out(1);
  EXPECT_EQ(far.Read(out), 0u);
  EXPECT_THROW(hal::ConnectTcp("127.0.0.1", "1"), std::runtime_error);
  const int unix_listener = hal::ListenUnix(Path("door"));
  EXPECT_TRUE(std::filesystem::exists(Path("door")));
  ::close(unix_listener);
  ::close(listener);
}

TEST(FdSerial, Pty_IsRaw) {
  std::string name;
  hal::FdSerial far(hal::OpenPty(name));
  const int near = ::open(name.c_str(), O_RDWR | O_NOCTTY);
  ASSERT_GE(near, 0);
  Exchange(near, far);  // 03 and 04 would be interrupt and end of file on a cooked line
}

}  // namespace
}  // namespace simurgh::offcard
