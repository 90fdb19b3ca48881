// What a modem sends to a card that was just powered on.
#include <fmt/format.h>

#include "offcard/common/user_error.h"
#include "offcard/issuer/usim.h"
#include "offcard/modem/modem.h"

namespace simurgh::offcard::modem {
namespace {

std::string Meaning(const std::string& name, const Buffer& data) {
  if (name == "EF.ICCID") {
    std::string digits = ToHex(SwapNibbles(data));
    while (!digits.empty() && digits.back() == 'F') { digits.pop_back(); }
    return digits;
  }
  if (name == "EF.IMSI" && !data.empty()) { return ImsiDigits(data); }
  if (name == "EF.AD" && data.size() >= 4) { return fmt::format("MNC of {} digits", data[3] & 0x0F); }
  if (name == "EF.SPN" && data.size() > 1) { return "\"" + ReadAlpha(ConstBytes(data).subspan(1)) + "\""; }
  return fmt::format("{} bytes", data.size());
}

}  // namespace

void Modem::PowerOn() {
  timers_.clear();
  menu_.clear();
  poll_seconds_ = 30;
  reset_wanted_ = false;
  print_("ATR " + ToHex(reader_.Reset()));
  // The master file first: cards without an enabled profile have none, and are talked to all the same.
  (void)Send(Command(0x00, 0xA4, 0x00, 0x04, FromHex("3F00")));
  // Additional interfaces: none; the terminal takes extended logical channels (TS 102 221 11.1.19).
  (void)Send(Command(0x80, 0xAA, 0x00, 0x00, FromHex("A90581008201 00")));
  ReadFile("2FE2", "EF.ICCID");
  const Buffer profile = terminal_.profile.empty() ? OwnProfile() : terminal_.profile;
  const Answer told = Send(Command(0x80, 0x10, 0x00, 0x00, profile));
  if (!told.ok()) { print_("TERMINAL PROFILE: " + StatusWords(told.sw) + "; no toolkit"); }
  SelectUsim();
  while (reset_wanted_) { PowerOn(); }
}

void Modem::SelectUsim() {
  if (reset_wanted_) { return; }
  const Answer usim = Send(Command(0x00, 0xA4, 0x04, 0x04, FromHex("A0000000871002")));
  if (!usim.ok()) {
    print_("SELECT USIM: " + StatusWords(usim.sw) + "; no profile is enabled");
    return;
  }
  if (!terminal_.pin.empty()) {
    Buffer coded(8, 0xFF);
    std::copy_n(terminal_.pin.begin(), std::min<size_t>(8, terminal_.pin.size()), coded.begin());
    const Answer verified = Send(Command(0x00, 0x20, 0x00, 0x01, coded));
    // 6984: the PIN is disabled, nothing to verify (TS 102 221 11.1.9).
    if (!verified.ok() && verified.sw != 0x6984) {
      throw UserError(fmt::format("VERIFY PIN: {}; give the right one with --pin", StatusWords(verified.sw)));
    }
  }
  ReadFiles();
}

void Modem::ReadFiles() {
  // TS 31.102 5.1.1.2, what every modem reads; and the phase in which it says that it is at work.
  constexpr struct {
    const char* fid;
    const char* name;
  } kFiles[] = {{"6FAD", "EF.AD"}, {"6F38", "EF.UST"}, {"6F07", "EF.IMSI"}, {"6F78", "EF.ACC"},
                {"6F31", "EF.HPPLMN"}, {"6F7E", "EF.LOCI"}, {"6F73", "EF.PSLOCI"}, {"6F46", "EF.SPN"}};
  for (const auto& file : kFiles) {
    if (reset_wanted_) { return; }
    ReadFile(file.fid, file.name);
  }
  (void)Send(Command(0x80, 0xF2, 0x01, 0x0C));
}

void Modem::ReadFile(const char* fid, const char* name) {
  const Answer selected = Send(Command(0x00, 0xA4, 0x00, 0x0C, FromHex(fid)));
  if (!selected.ok() || reset_wanted_) {
    print_(fmt::format("{} {}: {}", name, fid, reset_wanted_ ? "reset" : StatusWords(selected.sw)));
    return;
  }
  const Answer read = Send(Command(0x00, 0xB0, 0x00, 0x00, {}, 256));
  print_(fmt::format("{} {}: {}", name, fid, read.ok() ? Meaning(name, read.data) : StatusWords(read.sw)));
}

}  // namespace simurgh::offcard::modem
