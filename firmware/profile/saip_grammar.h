#pragma once

#include "firmware/profile/saip_interpreter.h"

namespace simurgh::saip {

/// Constructed values the interpreter looks into.
enum class Node : uint8_t {
  // Elements: everything but the header begins with PEHeader.
  kHeader,
  kFiles,
  kGfm,
  kPins,
  kPuks,
  kAka,
  kCdma,
  kDomain,
  kRfm,
  kEnd,
  kOther,  ///< skipped, once PEHeader has told whether it may be
  // Inside elements.
  kPeHeader,
  kServices,
  kTemplates,
  kLibraries,
  kFile,
  kFcp,
  kProprietary,
  kGfmList,
  kGfmCommands,
  kPinChoice,
  kPinList,
  kPin,
  kPukList,
  kPuk,
  kAkaChoice,
  kMapping,
  kAlgorithm,
  kSqnInit,
  kKeyList,
  kKey,
  kComponents,
  kComponent,
};

enum class Action : uint8_t {
  kEnter,    ///< constructed: rules of node `to` apply inside
  kValue,    ///< taken whole, handed to `handler`
  kContent,  ///< streamed into the file under way
  kRefuse,   ///< `handler` says why, whatever the value
};

using Handler = Error (Saip::*)(ConstBytes);

struct Rule {
  Node in;
  uint16_t tag;
  Action action;
  Node to;
  uint8_t min, max;  ///< bytes of a value
  Handler handler;
};

/// The tags of the module PEDefinitions, node by node.
struct Rules {
  /// nullptr: a member added by a later version, skipped (EXTENSIBILITY IMPLIED).
  static const Rule* Find(Node in, tlv::Tag tag);
};

}  // namespace simurgh::saip
