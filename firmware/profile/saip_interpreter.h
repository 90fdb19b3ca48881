#pragma once

#include <array>

#include "base/static_vector.h"
#include "base/tlv.h"
#include "crypto/secret.h"
#include "firmware/profile/saip_sink.h"
#include "firmware/rsp/pe_status.h"
#include "firmware/rsp/templates.h"

namespace simurgh::saip {

/// What this firmware does, as ServicesList names it.
constexpr rsp::Services kCardServices =
    rsp::Bit(rsp::Service::kUsim) | rsp::Bit(rsp::Service::kIsim) | rsp::Bit(rsp::Service::kCsim) |
    rsp::Bit(rsp::Service::kMilenage) | rsp::Bit(rsp::Service::kUsimTestAlgorithm) |
    rsp::Bit(rsp::Service::kTuak128) | rsp::Bit(rsp::Service::kTuak256) |
    rsp::Bit(rsp::Service::kGbaUsim) | rsp::Bit(rsp::Service::kGbaIsim) |
    rsp::Bit(rsp::Service::kGetIdentity) | rsp::Bit(rsp::Service::kProfileA) |
    rsp::Bit(rsp::Service::kProfileB) | rsp::Bit(rsp::Service::kBerTlv);

enum class Node : uint8_t;
struct Rule;

/// Streaming interpreter of profile packages (TCA "eUICC Profile Package: Interoperable Format",
/// versions 2 and 3). docs/formats/profile_package.md says what is done with each element.
///
/// Bytes come in pieces of any size; none is kept beyond the value under way, so the package may be
/// as long as the store. The sink receives files, PINs and keys as they appear. After an error the
/// caller drops the space they went into: nothing here has to be undone.
class Saip {
 public:
  static constexpr size_t kMaxStatuses = 8;

  explicit Saip(ProfileSink& sink, rsp::Services services = kCardServices)
      : sink_(sink), services_(services) {}
  ~Saip() { Wipe(); }
  Saip(const Saip&) = delete;
  Saip& operator=(const Saip&) = delete;

  /// The next bytes of the package. After an error every further call returns it again.
  /// @error kFormat: the package is wrong.  kUnsupported: it needs what the card lacks.
  ///        kFull, kHardware: from the store.  `failure()` says more.
  Error Feed(ConstBytes bytes);
  /// After the last byte. @error kFormat: the package is not complete; the error of Feed.
  Error Finish();

  /// The last element was read to its end.
  bool done() const { return ended_ && depth_ == 0 && error_ == Error::kOk; }
  /// Bytes taken so far.
  uint32_t offset() const { return position_; }
  uint16_t elements() const { return elements_; }

  /// PEStatus list: skipped elements, then the failure; a single `ok` when there is none.
  std::span<const PeStatus> statuses() const { return statuses_.view(); }
  /// The entry that stopped the installation; status kOk when nothing did.
  PeStatus failure() const;

  /// Ten bytes, as ProfileHeader has it; empty before the header was read.
  ConstBytes iccid() const { return {iccid_.data(), has_iccid_ ? iccid_.size() : 0}; }
  /// Content of the first EF.IMSI (9 bytes, 3GPP TS 31.102 4.2.2); empty when there was none.
  ConstBytes imsi() const { return {imsi_.data(), has_imsi_ ? imsi_.size() : 0}; }
  /// Services the header demands.
  rsp::Services mandatory() const { return mandatory_; }

 private:
  friend struct Rules;
  static constexpr size_t kMaxDepth = 8;
  static constexpr size_t kMaxValue =
      96;  ///< longest value that is taken whole (patterns go to pattern_)

  enum class Take : uint8_t { kHead, kValue, kStream, kSkip };
  enum class Sub : uint8_t { kNone, kContent, kRaw };
  struct Frame {
    uint32_t end = 0;
    Node node{};
  };
  /// A file as its row and its descriptor say; see saip_files.cc.
  struct FileState {
    uint32_t size = 0;     ///< BER-TLV: reserved
    uint32_t maximum = 0;  ///< BER-TLV: maximum file size
    uint16_t fid = 0;
    uint16_t arr_fid = 0;
    uint16_t record_length = 0;
    uint8_t records = 0;
    fs::Type type = fs::Type::kNone;
    uint8_t descriptor_byte = 0;
    uint8_t data_coding = 0x21;
    uint8_t arr_record = 0;
    uint8_t sfi = 0;
    uint8_t life_cycle = 0x05;
    uint8_t special = 0;
    bool has_special = false;
    bool has_size = false;
    bool repeat = false;
    bool created = false;
    bool skipped = false;
    uint8_t row = 0;
    uint8_t aid_size = 0;
    uint8_t pattern_size = 0;
    uint8_t references_size = 0;
    uint8_t link_size = 0;
    std::array<uint8_t, 16> aid{};
    std::array<uint8_t, fs::kMaxPinReferences> references{};
    std::array<uint8_t, 8> link{};
  };
  struct PinState {
    uint8_t reference = 0;
    uint8_t puk = 0;
    uint8_t attributes = 7;
    uint8_t tries = 0x33;
    bool has_value = false;
    std::array<uint8_t, 8> value{};
  };
  struct AkaState {
    uint8_t algorithm = 0, options = 0, sqn_options = 2;
    uint8_t key_size = 0, opc_size = 0, sqn_count = 0, iterations = 1;
    bool mapped = false, configured = false;
    bool has_rotation = false, has_xoring = false, has_counter = false;
    bool has_delta = false, has_age = false;
  };
  struct KeyState {
    uint16_t usage = 0;
    uint8_t access = 0, identifier = 0, version = 0;
    bool has_identifier = false, has_version = false;
    uint8_t component = 0, mac_length = 8, type_size = 0, value_size = 0;
    std::array<uint8_t, 2> type{};
  };

  // Core (saip_interpreter.cc).
  Error Step(ConstBytes& bytes);
  Error OnHead();
  Error Begin(const tlv::Header& head);
  Error BeginElement(const tlv::Header& head);
  Error BeginMember(const tlv::Header& head);
  Error BeginService(const tlv::Header& head);
  Error Push(Node node, uint32_t length);
  Error OnValue();
  Error OnStream(ConstBytes piece);
  Error CloseFinished();
  Error Close(Node node);
  Error CloseElement();
  Error BeginRaw();
  Error StreamRaw(ConstBytes piece);
  Error FlushRaw();
  Error OnHeaderRead();
  Error Fail(rsp::Status status, Reason reason, uint8_t detail = 0);
  Error FailFrom(Error error, Reason not_found = Reason::kPath);
  void Note(rsp::Status status, Reason reason, uint8_t detail);
  Node node() const { return frames_[depth_ - 1].node; }
  void Wipe();
  Error Bad(Reason reason, uint8_t detail = 0) {
    return Fail(rsp::Status::kBadValues, reason, detail);
  }

  // Header (saip_header.cc).
  Error OnMandated(ConstBytes value);
  Error OnIdentification(ConstBytes value);
  Error OnMajor(ConstBytes value);
  Error OnIccid(ConstBytes value);
  Error OnTemplateListed(ConstBytes value);
  Error OnLibrary(ConstBytes value);

  // Files (saip_files.cc, saip_content.cc).
  Error OnTemplate(ConstBytes value);
  Error BeginFile(uint8_t row);
  Error CreateDefaults(uint8_t until);
  Error OnDoNotCreate(ConstBytes value);
  void FromRow(uint8_t row);
  Error BeginFcp();
  Error OnDescriptor(ConstBytes value);
  Error OnFileId(ConstBytes value);
  Error OnDfName(ConstBytes value);
  Error OnLifeCycle(ConstBytes value);
  Error OnAccessRule(ConstBytes value);
  Error OnFileSize(ConstBytes value);
  Error OnPinTemplate(ConstBytes value);
  Error OnShortId(ConstBytes value);
  Error OnLinkPath(ConstBytes value);
  Error OnSpecial(ConstBytes value);
  Error OnFillPattern(ConstBytes value);
  Error OnRepeatPattern(ConstBytes value);
  Error OnPattern(ConstBytes value, bool repeat);
  Error OnBerTlvSize(ConstBytes value);
  Error OnGfmPath(ConstBytes value);
  Error OnOffset(ConstBytes value);
  Error Create();
  Error CheckSpec(fs::FileSpec& spec);
  void AfterCreate(const fs::File& file);
  Error FindParent(fs::File& parent);
  rsp::Pattern ExpandDefault();
  uint8_t DefaultByte(uint32_t at);
  Error EndFile();
  Error BeginContent();
  Error Content(ConstBytes piece);
  Error ObjectContent(ConstBytes piece);
  Error BeginObject(uint8_t byte);
  Error PutObject();
  Error FlushContent();
  Result<fs::File> Resolve(ConstBytes path);
  void MaskServices(Bytes content, uint32_t at);

  // PINs and keys (saip_keys.cc).
  Error OnPinReference(ConstBytes value);
  Error OnPinValue(ConstBytes value);
  Error OnPinPuk(ConstBytes value);
  Error OnPinAttributes(ConstBytes value);
  Error OnTries(ConstBytes value);
  Error OnPinPath(ConstBytes value);
  Error EndPin();
  Error EndPuk();
  Error OnAlgorithm(ConstBytes value);
  Error OnAlgorithmOptions(ConstBytes value);
  Error OnKey(ConstBytes value);
  Error OnOpc(ConstBytes value);
  Error OnRotation(ConstBytes value);
  Error OnXoring(ConstBytes value);
  Error OnCounterMax(ConstBytes value), OnIterations(ConstBytes value);
  Error OnSqnOptions(ConstBytes value);
  Error OnSqnDelta(ConstBytes value);
  Error OnSqnAgeLimit(ConstBytes value);
  Error OnSqnInit(ConstBytes value);
  Error OnMappingOptions(ConstBytes value);
  Error OnMappingSource(ConstBytes value);
  Error EndAka();
  Error OnKeyUsage(ConstBytes value);
  Error OnKeyAccess(ConstBytes value);
  Error OnKeyIdentifier(ConstBytes value);
  Error OnKeyVersion(ConstBytes value);
  Error OnKeyType(ConstBytes value);
  Error OnKeyData(ConstBytes value);
  Error OnMacLength(ConstBytes value);
  Error EndKeyComponent();

  ProfileSink& sink_;
  rsp::Services services_;
  rsp::Services mandatory_ = 0;
  Error error_ = Error::kOk;

  // Where the stream stands.
  Take take_ = Take::kHead;
  Sub sub_ = Sub::kNone;
  uint8_t head_size_ = 0;
  uint8_t depth_ = 0;
  uint32_t position_ = 0;
  uint32_t left_ = 0;  ///< bytes of the value under way
  const Rule* rule_ = nullptr;
  std::array<uint8_t, 10> head_{};
  std::array<Frame, kMaxDepth> frames_{};
  std::array<uint8_t, kMaxValue> value_{};
  uint8_t value_size_ = 0;

  // The package.
  bool has_header_ = false, has_version_ = false, has_iccid_ = false, has_services_ = false;
  bool has_imsi_ = false, ended_ = false;
  uint16_t elements_ = 0;
  std::array<uint8_t, 10> iccid_{};
  std::array<uint8_t, 9> imsi_{};
  StaticVector<PeStatus, kMaxStatuses> statuses_;

  // The element under way.
  rsp::Pe pe_ = rsp::Pe::kHeader;
  uint32_t element_start_ = 0;
  uint16_t identification_ = 0;
  bool pe_header_read_ = false, pe_mandated_ = false, has_identification_ = false;
  bool supported_ = true;

  // Directories that elements refer to without naming them.
  fs::File adf_;  ///< application the last usim, isim or csim element made
  rsp::Pe adf_pe_ = rsp::Pe::kHeader;
  fs::File pin_dir_;  ///< directory pinCodes apply to
  fs::File top_;      ///< first directory of the template under way
  fs::File dir_;      ///< directory new files go to
  fs::File ef_;       ///< file content goes to
  bool has_mf_ = false;

  const rsp::Template* template_ = nullptr;
  uint8_t next_row_ = 0;
  uint8_t dir_row_ = 0;  ///< row of the directory `dir_` is
  FileState file_;
  uint32_t file_position_ = 0;
  uint32_t buffer_at_ = 0;  ///< offset in the file of buffer_[0]
  uint16_t buffer_size_ = 0;
  uint32_t object_tag_ = 0;     ///< BER-TLV file: the object under way, 0: its header is
  uint16_t object_length_ = 0;  ///< of its value, of which file_position_ bytes are written

  uint32_t puks_ = 0;  ///< PUK references defined, bit n: 01 + n, bit 16 + n: 81 + n
  uint32_t pins_ = 0;  ///< PIN references of this element
  PinState pin_;
  AkaState aka_;
  KeyState key_;
  uint8_t raw_piece_ = 0;
  uint8_t domains_ = 0, rfms_ = 0, cdmas_ = 0;

  /// Content on its way to a file; key material while akaParameter or a key is read.
  std::array<uint8_t, config::kFileChunk> buffer_{};
  /// Fill or repeat pattern of the file under way; initial sequence numbers of akaParameter.
  std::array<uint8_t, fs::kMaxPattern> pattern_{};
};

static_assert(sizeof(Saip) <= 1536);

}  // namespace simurgh::saip
