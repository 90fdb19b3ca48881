#include "firmware/profile/saip_grammar.h"

#include <iterator>

namespace simurgh::saip {
namespace {

constexpr Rule Enter(Node in, uint16_t tag, Node to) {
  return {in, tag, Action::kEnter, to, 0, 0, nullptr};
}

}  // namespace

const Rule* Rules::Find(Node in, tlv::Tag tag) {
  constexpr auto Value = [](Node in, uint16_t tag, uint8_t min, uint8_t max, Handler handler) {
    return Rule{in, tag, Action::kValue, in, min, max, handler};
  };
  constexpr uint8_t kAny = 96;
  using N = Node;
  // Automatic tags count from 80 (A0 when constructed); the others are written in the module.
  static constexpr Rule kRules[] = {
      Value(N::kPeHeader, 0x80, 0, 0, &Saip::OnMandated),
      Value(N::kPeHeader, 0x81, 1, 3, &Saip::OnIdentification),

      Value(N::kHeader, 0x80, 1, 2, &Saip::OnMajor),
      Value(N::kHeader, 0x83, 10, 10, &Saip::OnIccid),
      Enter(N::kHeader, 0xA5, N::kServices),
      Enter(N::kHeader, 0xA6, N::kTemplates),
      Enter(N::kHeader, 0xA8, N::kLibraries),
      Value(N::kTemplates, 0x06, 1, 16, &Saip::OnTemplateListed),
      {N::kLibraries, 0x30, Action::kRefuse, N::kLibraries, 0, 0, &Saip::OnLibrary},

      Value(N::kFile, 0x80, 0, 0, &Saip::OnDoNotCreate),
      Enter(N::kFile, 0xA1, N::kFcp),
      Value(N::kFile, 0x82, 1, 3, &Saip::OnOffset),
      {N::kFile, 0x83, Action::kContent, N::kFile, 0, 0, nullptr},

      Value(N::kFcp, 0x82, 2, 4, &Saip::OnDescriptor),
      Value(N::kFcp, 0x83, 2, 2, &Saip::OnFileId),
      Value(N::kFcp, 0x84, 5, 16, &Saip::OnDfName),
      Value(N::kFcp, 0x8A, 1, 1, &Saip::OnLifeCycle),
      Value(N::kFcp, 0x8B, 1, 3, &Saip::OnAccessRule),
      Value(N::kFcp, 0x80, 1, 4, &Saip::OnFileSize),
      Value(N::kFcp, 0xC6, 0, fs::kMaxPinReferences, &Saip::OnPinTemplate),
      Value(N::kFcp, 0x88, 0, 1, &Saip::OnShortId),
      Enter(N::kFcp, 0xA5, N::kProprietary),
      Value(N::kFcp, 0xC7, 0, 8, &Saip::OnLinkPath),
      Value(N::kProprietary, 0xC0, 1, 1, &Saip::OnSpecial),
      Value(N::kProprietary, 0xC1, 1, fs::kMaxPattern, &Saip::OnFillPattern),
      Value(N::kProprietary, 0xC2, 1, fs::kMaxPattern, &Saip::OnRepeatPattern),
      Value(N::kProprietary, 0x86, 0, 4, &Saip::OnBerTlvSize),

      Enter(N::kGfm, 0xA1, N::kGfmList),
      Enter(N::kGfmList, 0x30, N::kGfmCommands),
      Value(N::kGfmCommands, 0x80, 0, 8, &Saip::OnGfmPath),
      Enter(N::kGfmCommands, 0x62, N::kFcp),
      Value(N::kGfmCommands, 0x02, 1, 3, &Saip::OnOffset),
      {N::kGfmCommands, 0x81, Action::kContent, N::kGfmCommands, 0, 0, nullptr},

      Enter(N::kPins, 0xA1, N::kPinChoice),
      Enter(N::kPinChoice, 0xA0, N::kPinList),
      Value(N::kPinChoice, 0x81, 0, 8, &Saip::OnPinPath),
      Enter(N::kPinList, 0x30, N::kPin),
      Value(N::kPin, 0x80, 1, 2, &Saip::OnPinReference),
      Value(N::kPin, 0x81, 8, 8, &Saip::OnPinValue),
      Value(N::kPin, 0x82, 1, 2, &Saip::OnPinPuk),
      Value(N::kPin, 0x83, 1, 2, &Saip::OnPinAttributes),
      Value(N::kPin, 0x84, 1, 2, &Saip::OnTries),
      Enter(N::kPuks, 0xA1, N::kPukList),
      Enter(N::kPukList, 0x30, N::kPuk),
      Value(N::kPuk, 0x80, 1, 2, &Saip::OnPinReference),
      Value(N::kPuk, 0x81, 8, 8, &Saip::OnPinValue),
      Value(N::kPuk, 0x82, 1, 2, &Saip::OnTries),

      Enter(N::kAka, 0xA1, N::kAkaChoice),
      Value(N::kAka, 0x82, 1, 1, &Saip::OnSqnOptions),
      Value(N::kAka, 0x83, 6, 6, &Saip::OnSqnDelta),
      Value(N::kAka, 0x84, 6, 6, &Saip::OnSqnAgeLimit),
      Enter(N::kAka, 0xA5, N::kSqnInit),
      Enter(N::kAkaChoice, 0xA0, N::kMapping),
      Enter(N::kAkaChoice, 0xA1, N::kAlgorithm),
      Value(N::kMapping, 0x80, 1, 1, &Saip::OnMappingOptions),
      Value(N::kMapping, 0x81, 5, 16, &Saip::OnMappingSource),
      Value(N::kAlgorithm, 0x80, 1, 4, &Saip::OnAlgorithm),
      Value(N::kAlgorithm, 0x81, 1, 1, &Saip::OnAlgorithmOptions),
      Value(N::kAlgorithm, 0x82, 0, 32, &Saip::OnKey),
      Value(N::kAlgorithm, 0x83, 0, 32, &Saip::OnOpc),
      Value(N::kAlgorithm, 0x84, 5, 5, &Saip::OnRotation),
      Value(N::kAlgorithm, 0x85, 80, 80, &Saip::OnXoring),
      Value(N::kAlgorithm, 0x86, 3, 3, &Saip::OnCounterMax),
      Value(N::kAlgorithm, 0x87, 1, 2, &Saip::OnIterations),
      Value(N::kSqnInit, 0x04, 6, 6, &Saip::OnSqnInit),

      Enter(N::kDomain, 0xA2, N::kKeyList),
      Enter(N::kKeyList, 0x30, N::kKey),
      Value(N::kKey, 0x95, 1, 2, &Saip::OnKeyUsage),
      Value(N::kKey, 0x96, 1, 1, &Saip::OnKeyAccess),
      Value(N::kKey, 0x82, 1, 1, &Saip::OnKeyIdentifier),
      Value(N::kKey, 0x83, 1, 1, &Saip::OnKeyVersion),
      Enter(N::kKey, 0x30, N::kComponents),
      Enter(N::kComponents, 0x30, N::kComponent),
      Value(N::kComponent, 0x80, 1, 2, &Saip::OnKeyType),
      Value(N::kComponent, 0x86, 1, kAny, &Saip::OnKeyData),
      Value(N::kComponent, 0x87, 1, 2, &Saip::OnMacLength),
  };
  for (const Rule& rule : kRules) {
    if (rule.in == in && rule.tag == tag) {
      return &rule;
    }
  }
  return nullptr;
}

}  // namespace simurgh::saip
