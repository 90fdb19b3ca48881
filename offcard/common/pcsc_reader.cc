#include "offcard/common/pcsc_reader.h"

#include <fmt/format.h>
#include <winscard.h>

#include "offcard/common/user_error.h"

namespace simurgh::offcard {
namespace {

void Check(LONG result, const std::string& doing) {
  if (result != SCARD_S_SUCCESS) {
    throw UserError(fmt::format("pcsc: {}: {}", doing, pcsc_stringify_error(result)));
  }
}

class PcscReader final : public Reader {
 public:
  explicit PcscReader(const std::string& name) {
    Check(SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_),
          "no PC/SC service (start pcscd)");
    try {
      reader_ = Choose(name);
      Check(SCardConnect(context_, reader_.c_str(), SCARD_SHARE_SHARED,
                         SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card_, &protocol_), reader_);
    } catch (...) {
      SCardReleaseContext(context_);
      throw;
    }
  }
  ~PcscReader() override {
    SCardDisconnect(card_, SCARD_LEAVE_CARD);
    SCardReleaseContext(context_);
  }
  PcscReader(const PcscReader&) = delete;
  PcscReader& operator=(const PcscReader&) = delete;

  std::vector<uint8_t> Reset() override {
    Check(SCardReconnect(card_, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                         SCARD_RESET_CARD, &protocol_), "reset");
    std::vector<uint8_t> atr(MAX_ATR_SIZE);
    DWORD atr_size = static_cast<DWORD>(atr.size());
    char name[MAX_READERNAME];
    DWORD name_size = sizeof name;
    DWORD state = 0;
    DWORD protocol = 0;
    Check(SCardStatus(card_, name, &name_size, &state, &protocol, atr.data(), &atr_size), "status");
    atr.resize(atr_size);
    return atr;
  }

  std::vector<uint8_t> Transmit(ConstBytes command) override {
    std::vector<uint8_t> answer(MAX_BUFFER_SIZE_EXTENDED);
    DWORD size = static_cast<DWORD>(answer.size());
    const SCARD_IO_REQUEST* pci = protocol_ == SCARD_PROTOCOL_T1 ? SCARD_PCI_T1 : SCARD_PCI_T0;
    Check(SCardTransmit(card_, pci, command.data(), command.size(), nullptr, answer.data(), &size),
          "transmit");
    answer.resize(size);
    return answer;
  }

 private:
  /// The only reader whose name contains `name`.
  std::string Choose(const std::string& name) const {
    DWORD size = 0;
    std::vector<char> names(1, 0);
    const LONG result = SCardListReaders(context_, nullptr, nullptr, &size);
    if (result == SCARD_S_SUCCESS) {
      names.assign(size + 1, 0);
      Check(SCardListReaders(context_, nullptr, names.data(), &size), "list of readers");
    }
    std::vector<std::string> found;
    std::string all;
    for (const char* p = names.data(); *p != 0;) {
      const std::string one = p;
      if (one == name) { return one; }
      if (one.find(name) != std::string::npos) { found.push_back(one); }
      all += (all.empty() ? "" : ", ") + ("'" + one + "'");
      p += one.size() + 1;
    }
    if (found.size() == 1) { return found[0]; }
    throw UserError(fmt::format("pcsc:{}: {}; readers: {}", name,
                                found.empty() ? "no such reader" : "more than one reader has this name",
                                all.empty() ? "none" : all));
  }

  SCARDCONTEXT context_ = 0;
  SCARDHANDLE card_ = 0;
  DWORD protocol_ = 0;
  std::string reader_;
};

}  // namespace

std::unique_ptr<Reader> OpenPcsc(const std::string& name) {
  return std::make_unique<PcscReader>(name);
}

}  // namespace simurgh::offcard
