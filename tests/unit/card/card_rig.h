#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/ec.h"
#include "crypto/rng.h"
#include "crypto/scp03.h"
#include "firmware/card/card.h"
#include "firmware/config.h"
#include "hal/card_file.h"
#include "hal/host/sim_flash.h"

/// A whole card in the test's process: what power cuts, fuzzing and the dispatcher's tests share.
namespace simurgh::test {

using Data = std::vector<uint8_t>;

constexpr hal::FlashShape kCardFlash = {.sectors = config::kFlashSectors,
                                        .sector_bytes = config::kSectorBytes,
                                        .program_bytes = hal::card_file::kProgramBytes};
constexpr size_t kCardFlashBytes = size_t{kCardFlash.sectors} * kCardFlash.sector_bytes;

/// Answer of a command.
struct Response {
  Data data;
  uint16_t sw = 0;
  bool ok() const { return (sw >> 8) == 0x90 || (sw >> 8) == 0x91; }
};

Data Hex(const std::string& text);  ///< digits; spaces are skipped
std::string ToText(ConstBytes data);
Data Join(std::initializer_list<ConstBytes> parts);

/// Everything of a machine but the flash. Entropy is the same at every boot, so that a boot
/// repeated on the same flash does the same operations.
class FakeMachine {
 public:
  FakeMachine(hal::Flash& flash, uint8_t number);
  Platform& platform() { return platform_; }
  hal::Identity identity;
  uint16_t millivolts = 0;
  uint32_t restarts = 0;

 private:
  struct Device final : hal::DeviceId {
    explicit Device(FakeMachine& m) : machine(m) {}
    const hal::Identity& identity() const override { return machine.identity; }
    FakeMachine& machine;
  };
  struct Entropy final : hal::Entropy {
    explicit Entropy(uint8_t n) : number(n) {}
    Error Fill(Bytes out) override {
      simurgh::Fill(out, number);
      return Error::kOk;
    }
    uint8_t number;
  };
  struct Clock final : hal::Clock {
    uint64_t Milliseconds() const override { return 0; }
    uint64_t UnixSeconds() const override { return 0; }
  };
  struct Jig final : hal::Jig {
    explicit Jig(FakeMachine& m) : machine(m) {}
    uint16_t Millivolts() override { return machine.millivolts; }
    FakeMachine& machine;
  };
  struct Reset final : hal::Reset {
    explicit Reset(FakeMachine& m) : machine(m) {}
    hal::ResetCause cause() const override { return hal::ResetCause::kPowerOn; }
    void Restart() override { ++machine.restarts; }
    FakeMachine& machine;
  };
  Device device_;
  Entropy entropy_;
  Clock clock_;
  Jig jig_;
  Reset reset_;
  Platform platform_;
};

/// A card on a flash that somebody else owns, with the issuer's and the terminal's words for it.
class CardRig {
 public:
  /// Boots. @param number  makes this device differ from others: EID, root key, entropy.
  explicit CardRig(hal::Flash& flash, uint8_t number = 1);

  /// Power off and on.
  Error Boot();
  Card& card() { return *card_; }
  Session session(uint8_t channel = 0) { return card_->SessionFor(channel); }
  FakeMachine& machine() { return machine_; }
  Error boot_error() const { return boot_error_; }

  /// One command as it is.
  Response Send(ConstBytes command);
  Response Send(const std::string& hex) { return Send(Hex(hex)); }
  /// One command in pieces of `piece` bytes.
  Response SendPieces(ConstBytes command, size_t piece);
  /// With 61xx and 6Cxx followed.
  Response Ask(ConstBytes command);
  Response Ask(const std::string& hex) { return Ask(Hex(hex)); }

  // The issuer. Keys are equal bytes: 11 ISD-R, 22 loader, 33 personalization.
  static constexpr uint8_t kIsdrKey = 0x11, kLoaderKey = 0x22, kPersonalizationKey = 0x33;
  static Data AdminCode() { return {1, 2, 3, 4, 5, 6}; }
  Data ManufactureCommand();
  bool Manufacture();
  bool SelectIsdr(uint8_t channel = 0);
  Response StoreData(ConstBytes request, uint8_t channel = 0);
  /// ES10c functions by ICCID: the result code, -1 when the card did not answer one.
  int Enable(ConstBytes iccid) { return Change(0x31, iccid); }
  int Disable(ConstBytes iccid) { return Change(0x32, iccid); }
  int Delete(ConstBytes iccid);
  bool OpenSession(uint8_t version, uint8_t key_byte, uint8_t level, uint8_t channel = 0);
  Response Wrapped(const std::string& header, ConstBytes data, uint8_t channel = 0);

  /// A test image for this card, with its package as it is; right in all its checks.
  struct Image {
    uint64_t id = 1;
    uint8_t kind = 3;  ///< test: the card signs the binding
    Data metadata;     ///< empty: what kind and ICCID say
    Data iccid;        ///< as in EF.ICCID
    Data package;
  };
  Data Pack(const Image& image);
  Response BeginImage(ConstBytes image);
  /// Sends file bytes [from, to) with IMAGE DATA commands of at most `chunk` bytes.
  bool SendImage(ConstBytes image, size_t from, size_t to, size_t chunk = 8000);
  /// BEGIN, all data, power cycle. @returns the reason of the result, -1: not accepted.
  int Install(ConstBytes image);
  int LastReason();

  /// All the card is to the world and to itself: its answers, and every record of its store. Resets
  /// the card first.
  std::string Snapshot();

 private:
  int Change(uint8_t tag, ConstBytes iccid);
  FakeMachine machine_;
  crypto::Rng rng_;
  const crypto::EcKeyPair& signer_;
  const crypto::EcKeyPair& provider_;
  crypto::Scp03 host_;
  std::optional<Card> card_;  ///< always at the same address: tests/fuzz/card_fuzz.h
  Error boot_error_ = Error::kOk;
};

/// Memory and flash of its own, and the card on it.
struct OwnedCard {
  explicit OwnedCard(uint8_t number = 1)
      : memory(kCardFlashBytes, 0xFF), flash(kCardFlash, memory), rig(flash, number) {}
  std::vector<uint8_t> memory;
  hal::SimFlash flash;
  CardRig rig;
};

/// The package of examples/operational.json, with ICCID, IMSI and K that depend on `number`.
struct Subscriber {
  Data iccid;  ///< as in EF.ICCID
  Data package;
  Data k, opc;
  std::string imsi;
};
/// @param small  without ISIM and with a short phonebook; else with a full one: more than 8 KB.
Subscriber NewSubscriber(uint8_t number, bool small = true);

/// A Milenage vector for SQN = SEQ << 5 | IND.
struct Vector {
  std::array<uint8_t, 16> rand{}, autn{};
  Data res;
  Data Command() const;  ///< AUTHENTICATE in 3G context
};
Vector NewVector(const Subscriber& subscriber, uint64_t seq, uint8_t ind, bool right_mac = true);

/// PINs of the example profile.
constexpr const char* kVerifyPin1 = "00200001 08 31323334FFFFFFFF";
constexpr const char* kWrongPin1 = "00200001 08 39393939FFFFFFFF";
constexpr const char* kVerifyAdm1 = "0020000A 08 3132333435363738";
constexpr const char* kSelectUsim = "00A40404 07 A0000000871002";

}  // namespace simurgh::test
