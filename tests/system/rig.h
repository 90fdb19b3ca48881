#pragma once

#include <memory>
#include <string>
#include <vector>

#include "offcard/common/card.h"
#include "offcard/common/hex.h"
#include "offcard/common/temporary_directory.h"
#include "offcard/issuer/image.h"
#include "offcard/issuer/isdr.h"
#include "offcard/issuer/kit.h"

/// Whole cards for tests: issuer keys, card files, machines, and the way from a blank card to one with
/// an enabled profile. Everything goes through the card's door, as an issuer and a phone would do it.
namespace simurgh::system_test {

using offcard::Buffer;
using offcard::CardKit;
using offcard::Reader;

/// Why `machine` cannot run here (no QEMU, no firmware); empty when it can.
std::string WhyNot(const std::string& machine);

/// What went over a card's line since its first start: replayed on another machine, a card with the
/// same seed must say the same.
struct Exchanged {
  enum class Kind { kPower, kReset, kCommand } kind = Kind::kCommand;
  Buffer sent;
  Buffer got;
};
using History = std::vector<Exchanged>;

/// A card file and the machine that runs it.
class TestCard final : public Reader {
 public:
  /// Starts the machine. @param history  notes everything; may be nullptr.
  TestCard(std::string machine, std::string file, History* history = nullptr);
  /// SIGKILL, then a new start: only a start installs images.
  void PowerCycle();
  void PowerOff();
  std::vector<uint8_t> Reset() override;
  std::vector<uint8_t> Transmit(ConstBytes command) override;
  const std::string& file() const { return file_; }

 private:
  std::string machine_;
  std::string file_;
  History* history_;
  std::unique_ptr<Reader> reader_;
};

/// One issuer for the whole test program, made at first use.
const offcard::KeyDirectory& Issuer();
/// The profile packages of examples/.
const Buffer& OperationalPackage();
const Buffer& TestPackage();
/// examples/operational.json with other identities.
Buffer OperationalPackage(const std::string& iccid, const std::string& imsi);
Buffer IccidOf(ConstBytes package);

/// A new card file. The same arguments give the same card.
struct CardSpec {
  std::string eid = "89049032123451234512345678901235";
  std::string seed = "simurgh";
};
void MakeCardFile(const std::string& file, const CardSpec& spec = {});

/// Keys for a card; the admin code is known.
CardKit KitFor(const CardSpec& spec = {}, bool commercial = false);
extern const char kAdminCode[];

/// An image request that this card accepts, signed and bound by the issuer: tests spoil one thing.
offcard::ImageRequest RequestFor(const CardKit& kit, offcard::ImageKind kind, uint64_t image_id);
Buffer ImageFor(const CardKit& kit, ConstBytes package, offcard::ImageKind kind, uint64_t image_id);

/// Sends, restarts, and says how the installation ended (docs/formats/image.md): the reason, or -1
/// when nothing was tried. @throws UserError when the card refuses to receive it.
int Install(TestCard& card, ConstBytes image);

/// Manufactured, operational profile (image 1) enabled, test profile (image 2) installed.
/// @returns the kit with the card's public keys.
CardKit Provision(TestCard& card, CardKit kit);

/// A provisioned card file to copy from: made once per machine in this program.
struct Provisioned {
  std::string file;
  CardKit kit;
  History history;
};
const Provisioned& ProvisionedCard(const std::string& machine);
/// A copy of it (sparse, so it costs little).
std::string CopyCard(const std::string& from, const offcard::TemporaryDirectory& dir, const std::string& name);

/// SHA-256 of the flash in use, in hex.
std::string FlashHash(const std::string& file);

/// SELECT by path from the MF and READ BINARY / RECORD; the application by AID first when it is one
/// in 7FFF. @throws UserError when the card refuses.
Buffer ReadImsi(Reader& card);
void SelectUsim(Reader& card);

}  // namespace simurgh::system_test
